/* SPDX-License-Identifier: GPL-2.0-only */
/* The table of commands, and the commands that need only this table. */
#ifndef BULLYCTL_COMMANDS_TABLE_H
#define BULLYCTL_COMMANDS_TABLE_H

#include "base/ctl.h"

extern const struct command commands[];
extern const size_t commands_len;

int cmd_help(struct ctl *ctl, int argc, char **argv);
int cmd_version(struct ctl *ctl, int argc, char **argv);

#endif /* BULLYCTL_COMMANDS_TABLE_H */
