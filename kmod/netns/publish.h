/* SPDX-License-Identifier: GPL-2.0-only */
/* publish.h - owns the order in which a group is shown, started, stopped and hidden */
#ifndef BULLY_PUBLISH_H
#define BULLY_PUBLISH_H

#include "group/group.h"

/* under bully_net.lock, may sleep */
void bully_net_publish(struct bully_group *group, struct bully_group *old);
void bully_net_remove(struct bully_group *group, enum bully_reason reason);

#endif /* BULLY_PUBLISH_H */
