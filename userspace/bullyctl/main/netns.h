/* SPDX-License-Identifier: GPL-2.0-only */
/* Working in another network namespace. */
#ifndef BULLYCTL_NETNS_H
#define BULLYCTL_NETNS_H

#include "base/ctl.h"

/* A name as of ip-netns(8), a path, or a process id. */
int netns_enter(struct ctl *ctl, const char *netns);

#endif /* BULLYCTL_NETNS_H */
