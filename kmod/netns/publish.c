// SPDX-License-Identifier: GPL-2.0
/* publish.c - a group is shown to readers, takes the place of another group, and is hidden */
#include "group/link.h"
#include "group/status.h"
#include "netns/publish.h"
#include "netns/table.h"

/**
 * bully_net_publish() - let a new group begin
 * @group: new
 * @old: the group that it takes the place of, or NULL; it resigns and ends, and
 *	who owned its candidacy owns this one's
 */
void bully_net_publish(struct bully_group *group, struct bully_group *old)
{
	struct bully_net *bn = group->bn;
	unsigned int again;

	lockdep_assert_held(&bn->lock);
	if (old) {
		/* it may have granted for longer (R4) */
		bully_core_inherit(&group->core, &old->core);
		bully_net_replace(bn, old, group);
		/* at once: who refreshes looks for itself in this one */
		bully_owner_move(old, group);
		/* a socket that both want stays open all the time */
		bully_link_update(group);
		bully_group_stop(old, BULLY_REASON_CONFIG);
		bully_status_move(old, group);
		bully_group_close(old);
	} else {
		bully_net_add(bn, group);
	}
	/* after the old one's sockets are closed: they may be in the way */
	again = bully_link_update(group);
	if (again)
		bully_kick(&bn->kick, again);
	bully_group_start(group);
}

/* Hide a group, and end it. Under bully_net.lock, may sleep. */
void bully_net_remove(struct bully_group *group, enum bully_reason reason)
{
	bully_net_del(group->bn, group);
	bully_group_stop(group, reason);
	bully_status_end(group); /* the rest takes a while */
	bully_group_close(group);
}
