/* SPDX-License-Identifier: GPL-2.0-only */
/* Shows groups, peers and rates in a terminal. */
#ifndef BULLYCTL_TOP_H
#define BULLYCTL_TOP_H

#include "base/ctl.h"

int cmd_top(struct ctl *ctl, int argc, char **argv);

#endif /* BULLYCTL_TOP_H */
