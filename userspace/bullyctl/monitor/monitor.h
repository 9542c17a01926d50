/* SPDX-License-Identifier: GPL-2.0-only */
/* Prints events as they happen. */
#ifndef BULLYCTL_MONITOR_H
#define BULLYCTL_MONITOR_H

#include "base/ctl.h"

int cmd_monitor(struct ctl *ctl, int argc, char **argv);

#endif /* BULLYCTL_MONITOR_H */
