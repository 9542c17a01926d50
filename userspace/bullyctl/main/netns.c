// SPDX-License-Identifier: GPL-2.0-only
/* Enters the network namespace that -n names, before any socket is opened. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "main/netns.h"

int netns_enter(struct ctl *ctl, const char *netns)
{
	char path[PATH_MAX];
	int fd, err;

	if (!*netns)
		return fail(ctl, CTL_USAGE, 0, "-n: NETNS is empty");
	snprintf(path, sizeof(path), "%s%s", strchr(netns, '/') ? "" : "/run/netns/", netns);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT && strspn(netns, "0123456789") == strlen(netns)) {
		snprintf(path, sizeof(path), "/proc/%s/ns/net", netns);
		fd = open(path, O_RDONLY | O_CLOEXEC);
	}
	if (fd < 0)
		return fail(ctl, errno == ENOENT ? CTL_USAGE : CTL_REFUSED, errno,
			    errno == ENOENT ? "there is no network namespace '%s'"
					    : "cannot open network namespace '%s': %m",
			    netns);
	if (setns(fd, CLONE_NEWNET)) {
		err = errno;
		close(fd);
		return fail(ctl, CTL_REFUSED, err, "cannot enter network namespace '%s': %s", netns,
			    err == EINVAL ? "it is none" : strerror(err));
	}
	close(fd);
	return CTL_DONE;
}
