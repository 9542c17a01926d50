/* SPDX-License-Identifier: GPL-2.0-only */
/* A child process in a process group of its own, with a time limit. */
#ifndef BULLYCTL_CHILD_H
#define BULLYCTL_CHILD_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define CHILD_HOW_LEN 128
#define CHILD_UNSEEN 126 /* the status of a child that another part of the process has reaped */

/**
 * struct child - a child process
 * @pid: process id of the child and of its process group; 0 if none runs
 * @fd: pidfd of the child, or -1
 * @out: descriptor for the child's standard output; if it is not standard error, the child's
 *	standard error is dropped
 * @timeout_ns: time limit; 0 for none
 * @begin_ns: start time; all times are CLOCK_MONOTONIC
 * @warn_ns: time of the next warning that the child takes long
 * @end_ns: time when TERM was sent, or 0
 * @timed_out: TERM was sent because the time was up
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

/* Prepares @c without starting a child. A @timeout_ns of 0 sets no limit. */
void child_init(struct child *c, uint64_t timeout_ns);
/* Kills and reaps the child, if one runs. */
void child_close(struct child *c);
/*
 * Starts @command with the environment @env; both end with NULL. Standard input is empty; output
 * goes to @out, which is standard error by default. No child may run. Returns 0 or an errno.
 */
int child_start(struct child *c, char *const *command, char *const *env);
bool child_runs(const struct child *c);
/*
 * Ends the child if its time is up. Returns true once the child has ended, and then sets *@status
 * as a shell reports it (124 after a timeout), and @how (CHILD_HOW_LEN) to a text for users.
 */
bool child_check(struct child *c, int *status, char *how);
/* Returns true if a warning is due that the child takes long, and then writes the text to @how. */
bool child_slow(struct child *c, char *how);
/* Sends TERM to the child's process group; child_check() sends KILL 5 s later. */
void child_end(struct child *c);
/* Returns after how many ms child_check() and child_slow() are to be called; -1: no child runs. */
int child_wait_ms(const struct child *c);

#endif /* BULLYCTL_CHILD_H */
