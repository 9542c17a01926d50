/* SPDX-License-Identifier: GPL-2.0-only */
/* What all that have children share: signals, and how an end is told. */
#ifndef BULLYCTL_SIGNALS_H
#define BULLYCTL_SIGNALS_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define SHELL_SIGNALLED 128 /* and the signal's number */

/* @set becomes those of @signals that were not ignored when we began, as nohup(1) wants it. */
void heeded_signals(sigset_t *set, const int *signals, size_t len);
/*
 * Sends @sig to the process group @group. A stopped process handles TERM only when it is
 * continued, so CONT follows TERM.
 */
void signal_group(pid_t group, int sig);
/* The status as a shell says it: an exit status, or 128 and the number of a signal. */
int shell_status(bool signalled, int number);

#endif /* BULLYCTL_SIGNALS_H */
