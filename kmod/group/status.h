/* SPDX-License-Identifier: GPL-2.0-only */
/* status.h - owns the content of a group's status page */
#ifndef BULLY_STATUS_H
#define BULLY_STATUS_H

#include "group/group.h"

struct bully_status_page;

/* under bully_net.lock, may sleep */
void bully_status_move(struct bully_group *from, struct bully_group *to);
void bully_status_end(struct bully_group *group);
struct bully_status_page *bully_status_get(struct bully_group *group);

void bully_status_write(struct bully_group *group);

/* Write the state of the core to the page, if any. Under the group's lock, after every step. */
static inline void bully_status_update(struct bully_group *group)
{
	if (group->page)
		bully_status_write(group);
}

#endif /* BULLY_STATUS_H */
