/* SPDX-License-Identifier: GPL-2.0-only */
/* A child in a process group of its own, with a time limit. */
#ifndef BULLYCTL_CHILD_H
#define BULLYCTL_CHILD_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define CHILD_HOW_LEN 128
#define CHILD_UNSEEN 126 /* the status of one whose end nobody told us */

/**
 * struct child - it, while it runs
 * @pid: its process id and that of its group, 0 where none runs
 * @fd: its pidfd, or -1
 * @out: where its output goes; where that is not standard error, what it says there is
 *       thrown away
 * @timeout_ns: how long it may take, 0 for ever
 * @begin_ns: CLOCK_MONOTONIC when it was started
 * @warn_ns: when it is next said that it takes long
 * @end_ns: when TERM was sent, or 0
 * @timed_out: it was sent because the time was up
 */
struct child {
	pid_t pid;
	int fd;
	int out;
	uint64_t timeout_ns;
	uint64_t begin_ns;
	uint64_t warn_ns;
	uint64_t end_ns;
	bool timed_out;
};

void child_init(struct child *c, uint64_t timeout_ns);
/* Kills what runs. */
void child_close(struct child *c);
/* 0 or an errno. Its input is empty; its output goes to standard error, or to @out. */
int child_start(struct child *c, char *const *command, char *const *env);
bool child_runs(const struct child *c);
/* Ends it where its time is up. Has it ended? Then its status as a shell says it,
 * and for people @how, of CHILD_HOW_LEN.
 */
bool child_check(struct child *c, int *status, char *how);
/* Is it time to say that it takes long? */
bool child_slow(struct child *c, char *how);
/* Sends TERM to its group, and KILL some seconds later. */
void child_end(struct child *c);
int child_wait_ms(const struct child *c);

#endif /* BULLYCTL_CHILD_H */
