/* SPDX-License-Identifier: GPL-2.0-only */
/* Groups, peers and counters as they are: text and JSON. */
#ifndef BULLYCTL_VIEW_H
#define BULLYCTL_VIEW_H

#include "base/json.h"

int cmd_show(struct ctl *ctl, int argc, char **argv);
int cmd_stats(struct ctl *ctl, int argc, char **argv);
/* 'group show' and 'peer show' are 'show'. */
int show_instead(struct ctl *ctl, int argc, char **argv);

/* group.c: a group with its peers. */
struct json_object *json_group(const struct bully_group *g);

#endif /* BULLYCTL_VIEW_H */
