/* SPDX-License-Identifier: GPL-2.0-only */
/* The command that monitor runs: one at a time, in order, told the newest state. */
#ifndef BULLYCTL_HOOK_H
#define BULLYCTL_HOOK_H

#include "base/ctl.h"

#define HOOK_TIMEOUT_NS 60000000000u
#define HOOK_TIMEOUT_MAX_NS 86400000000000u

struct hooks;

/* @command ends with NULL; @group is the only group of interest, or NULL; a
 * @timeout_ns of 0 is for ever. NULL with an errno for want of memory or of a process.
 * SIGPIPE is to be ignored, and this process's other descriptors are closed on exec.
 */
struct hooks *hooks_open(struct ctl *ctl, char *const *command, const char *group,
			 uint64_t timeout_ns);
void hooks_close(struct hooks *h);

/* An event, to be told as soon as no command runs. -1 for want of memory. */
int hooks_event(struct hooks *h, const struct bully_event *ev);
/* No event is left at present: of groups that no snapshot spoke of it is told, too. */
void hooks_settled(struct hooks *h);
/* Looks after the command that runs, and starts the next. */
void hooks_work(struct hooks *h);
/* Readable when the command that runs has ended; -1 where none runs. */
int hooks_fd(const struct hooks *h);
/* After how long hooks_work() wants to be called, or -1. */
int hooks_wait_ms(const struct hooks *h);
/* Starts nothing any more. */
void hooks_stop(struct hooks *h);
/* Ends the command that runs. */
void hooks_end(struct hooks *h);

#endif /* BULLYCTL_HOOK_H */
