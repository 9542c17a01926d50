/* SPDX-License-Identifier: GPL-2.0-only */
/* Kills a process group if this process dies, even by SIGKILL. */
#ifndef BULLYCTL_GUARD_H
#define BULLYCTL_GUARD_H

#include <sys/types.h>

/**
 * struct guard - the process that kills the group
 * @fd: pipe to the guard, or -1
 * @pid: process id of the guard
 */
struct guard {
	int fd;
	pid_t pid;
};

/* Starts the guard. Returns 0 or an errno. The caller must ignore SIGPIPE from then on. */
int guard_open(struct guard *g);
/* Sets the process group that the guard kills; 0 for none. */
void guard_watch(const struct guard *g, pid_t group);
/* Ends the guard, which kills the group that it watches, and reaps the guard. */
void guard_close(struct guard *g);

#endif /* BULLYCTL_GUARD_H */
