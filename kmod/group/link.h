/* SPDX-License-Identifier: GPL-2.0-only */
/* link.h - owns the sockets that a group holds, and the state of the link to its peers */
#ifndef BULLY_LINK_H
#define BULLY_LINK_H

#include "group/group.h"

bool bully_link_rebind(struct bully_group *group);
void bully_link_open(struct bully_group *group, u16 family);
void bully_link_close(struct bully_group *group);
void bully_link_close_hushed(struct bully_group *group);
unsigned int bully_link_update(struct bully_group *group);

#endif /* BULLY_LINK_H */
