/* SPDX-License-Identifier: GPL-2.0-only */
/* Signals to process groups, and the exit status of a child. */
#ifndef BULLYCTL_SIGNALS_H
#define BULLYCTL_SIGNALS_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define SHELL_SIGNALLED 128 /* plus the number of the signal */

/* Sets *@set to those of @signals that are not ignored: nohup(1) makes bullyctl ignore SIGHUP. */
void heeded_signals(sigset_t *set, const int *signals, size_t len);
/*
 * Sends @sig to the process group @group. A stopped process handles TERM only after CONT, so CONT
 * follows TERM.
 */
void signal_group(pid_t group, int sig);
/* Returns the status that a shell reports: an exit status, or 128 plus the signal's number. */
int shell_status(bool signalled, int number);

#endif /* BULLYCTL_SIGNALS_H */
