/* SPDX-License-Identifier: GPL-2.0-only */
/* Enters another network namespace. */
#ifndef BULLYCTL_NETNS_H
#define BULLYCTL_NETNS_H

#include "base/ctl.h"

/*
 * Moves this process to @netns: a name of ip-netns(8), a path, or a process id. No socket may be
 * open yet. Returns 0, or an exit status after an error message.
 */
int netns_enter(struct ctl *ctl, const char *netns);

#endif /* BULLYCTL_NETNS_H */
