/* SPDX-License-Identifier: GPL-2.0-only */
/* Shows groups, peers and counters as text or JSON. */
#ifndef BULLYCTL_VIEW_H
#define BULLYCTL_VIEW_H

#include "base/json.h"

int cmd_show(struct ctl *ctl, int argc, char **argv);
int cmd_stats(struct ctl *ctl, int argc, char **argv);
int cmd_history(struct ctl *ctl, int argc, char **argv);
int cmd_status(struct ctl *ctl, int argc, char **argv);
/* Runs 'show' for 'group show' and 'peer show'. */
int show_instead(struct ctl *ctl, int argc, char **argv);

/* group.c: returns the JSON of a group with its peers. */
struct json_object *json_group(const struct bully_group *g);

#endif /* BULLYCTL_VIEW_H */
