// SPDX-License-Identifier: GPL-2.0-only
/*
 * Makes a cgroup for the command below that of bullyctl, so that the kernel kills all its processes
 * at once, even while they fork. This is done only if systemd has marked the cgroup of bullyctl as
 * delegated. Errors are ignored, because descendants are also found without a cgroup.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <linux/magic.h>

#include "run/run.h"

/* Reads the path of bullyctl's cgroup v2 from /proc/self/cgroup, which has "0::/a/b". */
static bool own_path(char *path, size_t size)
{
	FILE *f = fopen("/proc/self/cgroup", "re");
	bool found = false;

	while (f && !found && fgets(path, (int)size, f))
		found = !strncmp(path, "0::/", 4) && strchr(path, '\n');
	if (f)
		fclose(f);
	if (!found || strstr(path, "/.."))
		return false;
	*strchr(path, '\n') = '\0';
	memmove(path, path + 3, strlen(path + 3) + 1);
	return true;
}

static const char *mount_point(void)
{
	static const char *const places[] = {"/sys/fs/cgroup", "/sys/fs/cgroup/unified"};
	struct statfs fs;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(places); i++)
		if (!statfs(places[i], &fs) && fs.f_type == CGROUP2_SUPER_MAGIC)
			return places[i];
	return NULL;
}

static bool is_delegated(const char *path)
{
	static const char *const marks[] = {"trusted.delegate", "user.delegate"};
	char value[2];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(marks); i++)
		if (getxattr(path, marks[i], value, sizeof(value)) == 1 && value[0] == '1')
			return true;
	return false;
}

void cgroup_open(struct job *j)
{
	const char *mount = mount_point();
	char own[PATH_MAX], path[2 * PATH_MAX];

	j->cgroup = -1;
	j->cgroup_kill = -1;
	if (!mount || !own_path(own, sizeof(own)))
		return;
	snprintf(path, sizeof(path), "%s%s", mount, own);
	if (!is_delegated(path))
		return;
	snprintf(path + strlen(path), sizeof(path) - strlen(path), "/bullyctl-run-%d",
		 (int)getpid());
	if (mkdir(path, 0755) && errno != EEXIST)
		return;
	j->cgroup_path = strdup(path);
	if (j->cgroup_path)
		j->cgroup = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (j->cgroup < 0)
		cgroup_close(j);
	else /* opened now, because later there may be no descriptor left */
		j->cgroup_kill = openat(j->cgroup, "cgroup.kill", O_WRONLY | O_CLOEXEC);
}

static void tell(int fd, const char *what)
{
	if (fd >= 0 && write(fd, what, strlen(what)) < 0)
		errno = 0; /* ignored: descendants are also found without a cgroup */
}

void cgroup_enter(const struct job *j)
{
	int fd = j->cgroup < 0 ? -1 : openat(j->cgroup, "cgroup.procs", O_WRONLY | O_CLOEXEC);

	tell(fd, "0");
	if (fd >= 0)
		close(fd);
}

void cgroup_kill(const struct job *j)
{
	tell(j->cgroup_kill, "1");
}

void cgroup_close(struct job *j)
{
	if (j->cgroup_kill >= 0)
		close(j->cgroup_kill);
	if (j->cgroup >= 0)
		close(j->cgroup);
	j->cgroup = -1;
	j->cgroup_kill = -1;
	if (j->cgroup_path)
		rmdir(j->cgroup_path);
	free(j->cgroup_path);
	j->cgroup_path = NULL;
}
