// SPDX-License-Identifier: GPL-2.0-only
/* view.c - copies what user space is shown, so that messages are filled in without a lock */
#include <linux/ktime.h>

#include "group/view.h"

static void bully_view_owners(const struct bully_group *group, struct bully_group_view *view)
{
	const struct bully_owner *owner = group->owners.entry;

	for (; owner != bully_owners_end(&group->owners); owner++) {
		struct bully_owner_view *out = &view->owners[view->n_owners];

		if (!*owner->name)
			continue;
		memcpy(out->name, owner->name, sizeof(out->name));
		out->state = bully_owners_state(owner);
		out->portid = owner->portid;
		out->weight = owner->weight;
		out->position = owner->position;
		out->deadline_ns = owner->deadline_ns;
		if (owner->due != BULLY_NEVER && owner->due > view->time)
			out->remaining_ns = owner->due - view->time;
		view->n_owners++;
	}
}

/*
 * Copy a group. Caller holds the group's lock, so the events of all steps have their numbers.
 * A listener that applies only events with higher numbers to the copy sees every change
 * once, even if events with lower numbers have not been sent yet.
 */
void bully_view_group(struct bully_group *group, struct bully_group_view *view)
{
	const struct bully_core *core = &group->core;

	lockdep_assert_held(&group->engine.lock);
	memset(view, 0, sizeof(*view));
	bully_group_copy_config(group, &view->config);
	view->n_keys = bully_keys_ids(view->config.keys, view->key_ids);
	view->config.keys = NULL; /* the copy outlives the lock */
	view->state = core->state;
	view->reason = core->reason;
	view->link = core->link;
	view->duplicate = core->duplicate.own;
	view->resigned = core->stand.resigned;
	view->priority = core->opts.priority;
	view->position = core->position;
	view->leader = core->leader;
	view->n_peers = core->n_peers;
	view->observers = core->unlisted.taken;
	view->asked = core->opts.unlisted ? core->watch.asked : 0;
	view->epoch = core->epoch;
	view->event_seq = core->event_seq;
	view->session = core->session;
	view->time = ktime_get_boottime_ns();
	bully_view_owners(group, view);
	bully_core_quorum(core, view->time, &view->quorum);
	/* R1: the lease ends with its grants, even if a late timer has not told the core yet */
	if (core->opts.quorum != BULLY_QUORUM_OFF && view->state == BULLY_STATE_LEADER &&
	    !view->quorum.lease_remaining_ns) {
		view->state = BULLY_STATE_WAITING;
		view->leader = 0;
	}
}

/* Copy a peer. Caller holds its group's lock. */
void bully_view_peer(struct bully_group *group, const struct bully_peer *peer,
		     struct bully_peer_view *view)
{
	u64 now = ktime_get_boottime_ns();

	lockdep_assert_held(&group->engine.lock);
	memset(view, 0, sizeof(*view));
	view->config.addr = bully_peer_remote(peer)->addr;
	strscpy(view->config.scope_name, bully_peer_remote(peer)->scope_name, IFNAMSIZ);
	view->config.id = peer->id;
	view->config.role = peer->role;
	view->state = peer->state;
	view->quorum = group->core.opts.quorum != BULLY_QUORUM_OFF;
	view->priority = peer->priority;
	view->ranked = peer->ranked;
	view->position = peer->position;
	view->vote = peer->lease.vote;
	view->duplicate = peer->duplicate.until > now;
	view->mismatch = peer->mismatch;
	view->voters_differ = peer->set.differ;
	view->address = peer->address.found;
	if (view->address == BULLY_ADDRESS_OTHER_SOURCE || view->address == BULLY_ADDRESS_ELSEWHERE)
		view->source = bully_peer_remote(peer)->source;
	view->session = peer->proved ? peer->session : 0;
	view->rtt = peer->rtt;
	view->last_seen = peer->seen;
	view->holddown = bully_core_peer_holddown(&group->core, peer, now);
}
