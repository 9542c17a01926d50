// SPDX-License-Identifier: GPL-2.0-only
/* receive.c - demultiplexing: finds the group of a datagram, and steps the group by it */
#include "core/wire.h"
#include "group/auth.h"
#include "netns/receive.h"
#include "netns/table.h"

/*
 * Step a group by a message, or by a malformed datagram that names the group.
 * Return: the verdict
 */
static enum bully_drop bully_receive_step(struct bully_group *group, struct bully_event *event,
					  u8 *buf, const struct bully_path *path)
{
	const struct bully_msg *msg = event->type == BULLY_EV_MSG ? event->msg : NULL;
	struct bully_peer *peer;
	struct bully_keys *keys;
	enum bully_drop verdict;
	bool receives;

	bully_group_lock(group);
	receives = bully_engine_receives(&group->engine);
	if (receives && msg && bully_auth_look(group, msg, path, &event->tag, &keys)) {
		/* the tag is computed without the lock, so that a sender of tags delays no other */
		bully_group_unlock_quiet(group);
		event->tag = bully_keys_verify(keys, msg, buf);
		bully_group_lock(group);
		receives = bully_engine_receives(&group->engine);
	}
	if (!receives) {
		bully_group_unlock_quiet(group);
		return BULLY_DROP_INACTIVE;
	}
	peer = msg ? bully_core_find(&group->core, msg->from) : NULL;
	event->elsewhere = peer &&
			   !bully_addr_equal(&path->remote, &bully_peer_remote(peer)->addr);
	verdict = bully_group_step(group, event, path);
	if (event->elsewhere && verdict == BULLY_DROP_NONE)
		bully_peer_remote(peer)->source = path->remote;
	if (verdict == BULLY_DROP_OWN_ID)
		bully_group_own_id(group, msg, path);
	bully_group_unlock(group);
	return msg ? verdict : event->drop;
}

/*
 * Count a datagram that belongs to no group: no group of this namespace has the name, or the
 * group's own socket does not cover the destination. Return: the verdict
 */
static enum bully_drop bully_receive_astray(struct bully_net *bn, enum bully_drop verdict)
{
	if (verdict == BULLY_DROP_NONE)
		verdict = BULLY_DROP_GROUP;
	atomic64_inc(&bn->drops[verdict]);
	return verdict;
}

/* Receive a datagram: see bully_socket_receiver. */
enum bully_drop bully_receive_datagram(const struct bully_socket *bs, u8 *buf, size_t len,
				       const struct bully_path *path)
{
	struct bully_net *bn = container_of(bs->set, struct bully_net, sockets);
	struct bully_event event = { .type = BULLY_EV_MSG };
	const struct bully_socket *own = NULL;
	struct bully_group *group;
	enum bully_drop verdict;
	struct bully_msg msg;

	verdict = bully_wire_decode(&msg, buf, len);
	/* a datagram of another protocol or version names no group */
	if (verdict != BULLY_DROP_NONE && verdict != BULLY_DROP_MALFORMED)
		return bully_receive_astray(bn, verdict);
	group = bully_net_find(bn, bully_wire_group(buf));
	if (group)
		own = rcu_dereference(group->socket[bully_group_slot(bs->family)]);
	if (!own || (own != bs && !bully_socket_covers(own, path)))
		return bully_receive_astray(bn, verdict);
	if (verdict == BULLY_DROP_NONE) {
		event.msg = &msg;
	} else {
		event.type = BULLY_EV_DROP;
		event.drop = verdict;
	}
	return bully_receive_step(group, &event, buf, path);
}
