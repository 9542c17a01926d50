/* SPDX-License-Identifier: GPL-2.0-only */
/* table.h - owns the set of groups of a network namespace */
#ifndef BULLY_TABLE_H
#define BULLY_TABLE_H

#include "group/group.h"

extern unsigned int bully_net_id;

struct bully_net *bully_net(struct net *net);
struct bully_group *bully_net_find(struct bully_net *bn, const char *name);

/* under bully_net.lock */
void bully_net_add(struct bully_net *bn, struct bully_group *group);
void bully_net_replace(struct bully_net *bn, struct bully_group *old, struct bully_group *group);
void bully_net_del(struct bully_net *bn, struct bully_group *group);

#endif /* BULLY_TABLE_H */
