// SPDX-License-Identifier: GPL-2.0-only
/* bullyctl metrics [--output FILE] */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/module.h"
#include "metrics/metrics.h"
#include "metrics/openmetrics.h"

static void print_module(FILE *f, bool loaded)
{
	char version[32], family[16];

	metric_family(f, "bully_module_loaded", "gauge", NULL,
		      "1 if the kernel module is loaded; if 0, there are no other metrics.");
	metric_number(f, "bully_module_loaded", "", loaded, NULL);
	if (!loaded)
		return;
	module_version(version, sizeof(version));
	snprintf(family, sizeof(family), "%d", BULLY_FAMILY_VERSION);
	metric_family(f, "bully_module_info", "gauge", NULL,
		      "Versions of bullyctl and of the module; always 1.");
	metric_number(f, "bully_module_info", "", 1, "version", version, "family_version", family,
		      "tool_version", BULLYCTL_VERSION, NULL);
}

/* Prints all metrics to @f. Returns 0, or an exit status after an error message. */
static int gather(struct ctl *ctl, FILE *f)
{
	struct snapshot s = {0};
	bool absent = module_absent();

	if (!absent && snapshot_take(ctl->b, NULL, &s)) {
		absent = bully_error_number(ctl->b) == -ENOPKG;
		if (!absent)
			return fail_lib(ctl, "metrics");
	}
	print_module(f, !absent);
	if (!absent) {
		metrics_groups(f, &s);
		metrics_peers(f, &s);
		metrics_counters(f, s.stats);
	}
	metric_end(f);
	snapshot_free(&s);
	return CTL_DONE;
}

static int cannot(struct ctl *ctl, const char *file, int err)
{
	return fail(ctl, CTL_REFUSED, err, "%.512s: cannot write it: %s", file, strerror(err));
}

/* Creates a file beside @file whose name does not end in .prom. Returns its descriptor, or -1. */
static int temporary(const char *file, char *path)
{
	const char *base = strrchr(file, '/');
	int len;

	base = base ? base + 1 : file;
	len = snprintf(path, PATH_MAX, "%.*s.%s.XXXXXX", (int)(base - file), file, base);
	if (!*base) {
		errno = EISDIR;
		return -1;
	}
	if (len >= PATH_MAX) {
		errno = ENAMETOOLONG;
		return -1;
	}
	return mkostemp(path, O_CLOEXEC);
}

static int write_all(int fd, const char *text, size_t len)
{
	while (len) {
		ssize_t n = write(fd, text, len);

		if (n < 0 && errno != EINTR)
			return errno;
		if (n > 0) {
			text += n;
			len -= (size_t)n;
		}
	}
	return 0;
}

/* Replaces a regular file as a whole: readers see the old file or the new one, never a part. */
static int replace(struct ctl *ctl, const char *file, const char *text, size_t len)
{
	mode_t mask = umask(0);
	char path[PATH_MAX];
	int fd, err;

	umask(mask);
	fd = temporary(file, path);
	if (fd < 0)
		return cannot(ctl, file, errno);
	err = write_all(fd, text, len);
	if (!err && fchmod(fd, 0644 & ~mask))
		err = errno;
	if (close(fd) && !err)
		err = errno;
	if (!err && rename(path, file))
		err = errno;
	if (!err)
		return CTL_DONE;
	unlink(path);
	return cannot(ctl, file, err);
}

/* Returns the mode of @file if it exists and is no regular file (device, pipe, link); else 0. */
static mode_t special(const char *file)
{
	struct stat st;

	return lstat(file, &st) || S_ISREG(st.st_mode) ? 0 : st.st_mode;
}

/*
 * Writes to a file that is not regular, and keeps the file; readers may see a part of the text. The
 * kernel follows a link, but refuses another user's link in a folder that all users may write to.
 */
static int write_through(struct ctl *ctl, const char *file, mode_t mode, const char *text,
			 size_t len)
{
	int flags = O_WRONLY | O_TRUNC | O_CLOEXEC | O_NOCTTY | (S_ISLNK(mode) ? O_CREAT : 0);
	int fd = open(file, flags, 0644), err;

	if (fd < 0)
		return cannot(ctl, file, errno);
	err = write_all(fd, text, len);
	if (close(fd) && !err)
		err = errno;
	return err ? cannot(ctl, file, err) : CTL_DONE;
}

int cmd_metrics(struct ctl *ctl, int argc, char **argv)
{
	const char *file = option_given(ctl, "--output");
	mode_t mode;
	char *text = NULL;
	size_t len = 0;
	FILE *f;
	int ret;

	if (check_args(ctl, argc, argv, 0, 0))
		return CTL_USAGE;
	if (ctl->json)
		return fail(ctl, CTL_USAGE, 0,
			    "metrics: -j: metrics has no JSON output; use 'bullyctl -j show' or "
			    "'bullyctl -j stats'");
	f = open_memstream(&text, &len);
	if (!f)
		return fail(ctl, CTL_REFUSED, ENOMEM, "metrics: out of memory");
	ret = gather(ctl, f);
	if (fclose(f) && !ret)
		ret = fail(ctl, CTL_REFUSED, ENOMEM, "metrics: out of memory");
	if (file && !strcmp(file, "-"))
		file = NULL;
	mode = file ? special(file) : 0;
	if (!ret && mode)
		ret = write_through(ctl, file, mode, text, len);
	else if (!ret && file)
		ret = replace(ctl, file, text, len);
	else if (!ret)
		fwrite(text, 1, len, stdout);
	free(text);
	return ret;
}
