/* SPDX-License-Identifier: GPL-2.0-only */
/* Runs the command of 'monitor --exec': one at a time, for the newest state of a group. */
#ifndef BULLYCTL_HOOK_H
#define BULLYCTL_HOOK_H

#include "base/ctl.h"

#define HOOK_TIMEOUT_NS 60000000000u
#define HOOK_TIMEOUT_MAX_NS 86400000000000u

struct hooks;

/*
 * Prepares @command, which ends with NULL. @group is the wanted group, or NULL for all. A
 * @timeout_ns of 0 sets no limit. The caller ignores SIGPIPE, and its other descriptors are closed
 * on exec. Returns NULL with an errno if there is no memory or no process.
 */
struct hooks *hooks_open(struct ctl *ctl, char *const *command, const char *group,
			 uint64_t timeout_ns);
/* Kills the command that runs, and frees @h, which may be NULL. */
void hooks_close(struct hooks *h);

/* Records an event; hooks_work() runs the command for it. Returns -1 if there is no memory. */
int hooks_event(struct hooks *h, const struct bully_event *ev);
/*
 * Call when no event is left. Known groups that the last snapshots did not contain are recorded as
 * absent.
 */
void hooks_settled(struct hooks *h);
/* Checks the command that runs, and starts the next one that is due. */
void hooks_work(struct hooks *h);
/* Returns a descriptor that is readable when the running command has ended; -1 if none runs. */
int hooks_fd(const struct hooks *h);
/* Returns after how many ms hooks_work() must be called, or -1 for no limit. */
int hooks_wait_ms(const struct hooks *h);
/* Starts no further command. */
void hooks_stop(struct hooks *h);
/* Sends TERM to the command that runs, and KILL later. */
void hooks_end(struct hooks *h);

#endif /* BULLYCTL_HOOK_H */
