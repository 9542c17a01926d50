/* SPDX-License-Identifier: GPL-2.0-only */
/* The commands group, peer, elect, resign, wait and genkey. */
#ifndef BULLYCTL_COMMANDS_H
#define BULLYCTL_COMMANDS_H

#include "base/ctl.h"

int cmd_group(struct ctl *ctl, int argc, char **argv);
int cmd_peer(struct ctl *ctl, int argc, char **argv);
int cmd_elect(struct ctl *ctl, int argc, char **argv);
int cmd_resign(struct ctl *ctl, int argc, char **argv);
int cmd_wait(struct ctl *ctl, int argc, char **argv);
int cmd_genkey(struct ctl *ctl, int argc, char **argv);

#endif /* BULLYCTL_COMMANDS_H */
