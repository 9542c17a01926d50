/* SPDX-License-Identifier: GPL-2.0 */
/* page.h - owns the status page: a group as it is, in memory that any process may map */
#ifndef BULLY_PAGE_H
#define BULLY_PAGE_H

#include "group/group.h"

int bully_page_init(void);
void bully_page_ready(void);
void bully_page_exit(void);

/* under bully_net.lock, may sleep */
void bully_page_move(struct bully_group *from, struct bully_group *to);
void bully_page_end(struct bully_group *group);

void bully_page_write(struct bully_group *group);

/* Have the page say what the core says. Under the group's lock, after every step. */
static inline void bully_page_update(struct bully_group *group)
{
	if (group->page)
		bully_page_write(group);
}

#endif /* BULLY_PAGE_H */
