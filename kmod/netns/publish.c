// SPDX-License-Identifier: GPL-2.0-only
/* publish.c - shows a group to readers, lets a group replace another group, hides a group */
#include "group/link.h"
#include "group/status.h"
#include "netns/publish.h"
#include "netns/table.h"

/**
 * bully_net_publish() - show a new group to readers, and start it
 * @group: the new group
 * @old: the group that @group replaces, or NULL; @old resigns and ends, and its owner
 *	becomes the owner of @group
 */
void bully_net_publish(struct bully_group *group, struct bully_group *old)
{
	struct bully_net *bn = group->bn;
	unsigned int again;

	lockdep_assert_held(&bn->lock);
	if (old) {
		/* R4: the new group abstains for the longest lease that @old knew of */
		bully_core_inherit(&group->core, &old->core);
		bully_net_replace(bn, old, group);
		/* at once, because an owner that refreshes now finds the new group */
		bully_owner_move(old, group);
		/* before @old closes its sockets, so that a shared socket stays open */
		bully_link_update(group);
		bully_group_stop(old, BULLY_REASON_CONFIG);
		bully_status_move(old, group);
		bully_history_move(old, group);
		/* neither group leads now, so an address that both guard stays mute */
		bully_guard_replace(old->guard, group->guard);
		bully_group_unguard(old);
		bully_group_close(old);
	} else {
		bully_net_add(bn, group);
		bully_guard_replace(NULL, group->guard);
	}
	/* after @old closed its sockets, whose bindings may have been in the way */
	again = bully_link_update(group);
	if (again)
		bully_kick(&bn->kick, again);
	bully_group_start(group);
}

/* Hide, stop and free a group. Under bully_net.lock, may sleep. */
void bully_net_remove(struct bully_group *group, enum bully_reason reason)
{
	bully_net_del(group->bn, group);
	bully_group_stop(group, reason);
	bully_status_end(group); /* early, because the rest takes a while */
	bully_group_unguard(group);
	bully_group_close(group);
}
