/* SPDX-License-Identifier: GPL-2.0-only */
/* Commands that read and write configuration files. */
#ifndef BULLYCTL_CONFIG_H
#define BULLYCTL_CONFIG_H

#include "base/ctl.h"

int cmd_showconf(struct ctl *ctl, int argc, char **argv);
int cmd_setconf(struct ctl *ctl, int argc, char **argv);
int cmd_syncconf(struct ctl *ctl, int argc, char **argv);

#endif /* BULLYCTL_CONFIG_H */
