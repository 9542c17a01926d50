/* SPDX-License-Identifier: GPL-2.0-only */
/* Ends a process group when this process has died, however it has died. */
#ifndef BULLYCTL_GUARD_H
#define BULLYCTL_GUARD_H

#include <sys/types.h>

/**
 * struct guard - the process that does it
 * @fd: a pipe to it, or -1
 * @pid: its number
 */
struct guard {
	int fd;
	pid_t pid;
};

/* 0 or an errno. SIGPIPE is to be ignored from then on. */
int guard_open(struct guard *g);
/* From now on it is this group that is to be ended; 0 for none. */
void guard_watch(const struct guard *g, pid_t group);
void guard_close(struct guard *g);

#endif /* BULLYCTL_GUARD_H */
