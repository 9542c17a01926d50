// SPDX-License-Identifier: GPL-2.0
/*
 * drain.c - stepping a group's core, and sending its packets
 *
 * A step happens under the group's lock. It leaves its events to events.c and its
 * messages in the ring. The context that stepped drains the ring, unless another one
 * does: it takes the messages in their order, expands each under the lock into packets,
 * and sends those without it. So nothing is sent under a lock, and packets stay in order,
 * whichever contexts the steps came from. Events follow the packets (events.c). A reader
 * lets go of the lock by bully_group_unlock_quiet() and sends nothing.
 *
 * Both run with bottom halves off. A drain sends no more than BULLY_DRAIN_MAX
 * at once; what is left is the tasklet's, or that of bully_group_flush().
 */
#include <linux/ktime.h>

#include "group/group.h"
#include "netns/net.h"
#include "page/page.h"
#include "transport/socket.h"
#include "base/trace.h"

/* After the tasklet has run it does not run again before this time has passed,
 * whatever the core says: no mistake there may take a processor.
 */
#define BULLY_REARM_NS 20000

/**
 * struct bully_sending - one packet, taken out under the lock
 * @route: where the route of the peer that it is for is kept; RCU keeps it; NULL if it
 *	goes elsewhere
 * @bs: the socket that it leaves from; RCU keeps it; NULL if there is none
 * @to: where it goes
 * @from: the source that it should have, without an address for any
 * @keys: the keys that it is signed with; RCU keeps them; NULL if it is not
 * @buf: the packet
 */
struct bully_sending {
	struct dst_cache *route;
	struct bully_socket *bs;
	struct bully_addr to;
	struct bully_addr from;
	struct bully_keys *keys;
	u8 buf[BULLY_WIRE_LEN];
};

void bully_group_lock(struct bully_group *group) __acquires(&group->lock)
{
	spin_lock_bh(&group->lock);
}

/* Keep a step's messages. They leave room for a farewell, which nothing repeats. */
static void bully_drain_queue(struct bully_group *group, const struct bully_path *path)
{
	u32 i;

	for (i = 0; i < group->actions.n; i++) {
		const struct bully_action *act = &group->actions.act[i];
		unsigned int used = group->tail - group->head;
		struct bully_queued *queued;

		if (act->kind != BULLY_ACT_SEND)
			continue;
		if (used >= (act->type == BULLY_MSG_RESIGN ? BULLY_RING : BULLY_RING_PACKETS)) {
			group->counters.tx_overruns++;
			continue;
		}
		queued = &group->ring[group->tail++ % BULLY_RING];
		queued->act = *act;
		queued->cursor = 0;
		if (path)
			queued->path = *path;
		else
			memset(&queued->path, 0, sizeof(queued->path));
	}
}

/**
 * bully_group_step() - let something happen to a group
 * @group: locked and not dead
 * @event: what; its times are set here
 * @path: where the message of a BULLY_EV_MSG came from; else NULL
 *
 * Return: the verdict of the core
 */
enum bully_drop bully_group_step(struct bully_group *group, struct bully_event *event,
				 const struct bully_path *path)
{
	enum bully_drop verdict;

	lockdep_assert_held(&group->lock);
	event->now = ktime_get_boottime_ns();
	event->wall_us = div_u64(ktime_get_real_ns(), NSEC_PER_USEC);
	verdict = bully_core_step(&group->core, event, &group->actions);
	if (event->type == BULLY_EV_MSG || event->type == BULLY_EV_DROP)
		trace_bully_receive(&group->core, event->type == BULLY_EV_MSG ? event->msg : NULL,
				    verdict);
	bully_events_take(group); /* the page tells the number of the last */
	bully_page_update(group); /* R6: before anything of it is heard anywhere */
	bully_drain_queue(group, path);
	return verdict;
}

static void bully_drain_packet(struct bully_group *group, const struct bully_queued *queued,
			       struct bully_remote *remote, const struct bully_msg *msg,
			       struct bully_sending *out)
{
	out->to = remote->addr;
	memset(&out->from, 0, sizeof(out->from));
	if (queued->act.target == BULLY_TO_SOURCE && queued->path.remote.family)
		out->to = queued->path.remote; /* S9: a notice */
	/* who asked this address expects the answer from it */
	if ((queued->act.target == BULLY_TO_SOURCE || queued->act.target == BULLY_TO_SENDER) &&
	    bully_addr_same_host(&out->to, &queued->path.remote))
		out->from = queued->path.local;
	out->route = NULL;
	if (!remote->moving && bully_addr_same_host(&out->to, &remote->addr))
		out->route = &remote->route;
	out->bs = rcu_dereference(group->socket[bully_group_slot(out->to.family)]);
	out->keys = NULL;
	if (group->auth >= BULLY_AUTH_PERMISSIVE)
		out->keys = rcu_dereference(group->keys);
	bully_wire_encode(msg, out->buf);
}

/* Take out the next packet. Return: false if there is none. */
static bool bully_drain_next(struct bully_group *group, struct bully_sending *out)
{
	while (group->head != group->tail) {
		struct bully_queued *queued = &group->ring[group->head % BULLY_RING];
		struct bully_peer *peer;
		struct bully_msg msg;

		peer = bully_core_next_msg(&group->core, &queued->act, &queued->cursor, &msg);
		if (peer) {
			bully_drain_packet(group, queued, bully_peer_remote(peer), &msg, out);
			return true;
		}
		group->head++;
	}
	return false;
}

/* Return: 0, or why it was not sent */
static int bully_drain_send(struct bully_sending *out)
{
	if (!out->bs)
		return -ENOTCONN;
	if (out->keys && bully_auth_sign(out->keys, out->buf))
		return -ENOKEY;
	return bully_xmit(out->bs, &out->to, out->from.family ? &out->from : NULL, out->route,
			  out->buf);
}

/* Nobody else is draining. The lock is let go of while something is sent. */
static void bully_drain_packets(struct bully_group *group)
{
	unsigned int budget = BULLY_DRAIN_MAX;
	struct bully_sending out;

	group->draining = true;
	rcu_read_lock();
	while (budget-- && bully_drain_next(group, &out)) {
		int err;

		spin_unlock(&group->lock);
		err = bully_drain_send(&out);
		spin_lock(&group->lock);
		if (!err)
			continue;
		group->counters.tx_errors++;
		/* perhaps a route went, which no device and no address tells of */
		if (!group->dead && err != -ENOMEM && err != -ENOKEY)
			bully_net_kick(group->bn, 1000);
	}
	rcu_read_unlock();
	group->draining = false;
	if (group->dead)
		wake_up_all(&group->idle);
	else if (group->head != group->tail)
		bully_timer_kick(&group->timer);
}

/* Packets first, and then events. Caller holds the lock. */
static void bully_drain(struct bully_group *group)
{
	lockdep_assert_held(&group->lock);
	if (group->draining)
		return; /* who does sees to the events, too */
	if (group->head != group->tail)
		bully_drain_packets(group);
	bully_events_kick(group);
}

/* When the group's tasklet must run: for the core, or because the owner is late then. */
static u64 bully_drain_deadline(const struct bully_group *group)
{
	return min(bully_core_deadline(&group->core), group->owner.due);
}

/* Let go of the group, after arming its timer and sending what there is to send. */
void bully_group_unlock(struct bully_group *group) __releases(&group->lock)
{
	lockdep_assert_held(&group->lock);
	if (!group->dead && group->started)
		bully_timer_arm(&group->timer, bully_drain_deadline(group));
	bully_drain(group);
	spin_unlock_bh(&group->lock);
}

/*
 * Let go of a group that was not stepped. Sends nothing: a caller that only asks may have
 * any priority, and while it drained everybody else would leave their packets to it.
 */
void bully_group_unlock_quiet(struct bully_group *group) __releases(&group->lock)
{
	lockdep_assert_held(&group->lock);
	spin_unlock_bh(&group->lock);
}

static bool bully_drain_done(struct bully_group *group)
{
	bool done;

	bully_group_lock(group);
	bully_drain(group);
	done = !group->draining && group->head == group->tail;
	spin_unlock_bh(&group->lock);
	return done;
}

/*
 * Send all packets that a dead group still has to send, and wait for those who
 * are sending them. May sleep. Nothing is queued any more, so this ends.
 */
void bully_group_flush(struct bully_group *group)
{
	wait_event(group->idle, bully_drain_done(group));
}

/* The tasklet of a group: its deadline has come, or a drain left something over. */
void bully_group_tick(struct tasklet_struct *tasklet)
{
	struct bully_group *group = container_of(tasklet, struct bully_group, timer.tasklet);
	struct bully_event event = { .type = BULLY_EV_TIMER };
	u64 now, deadline, late;

	bully_group_lock(group);
	if (!group->dead) {
		now = ktime_get_boottime_ns();
		late = bully_timer_fired(&group->timer, now);
		trace_bully_timer(&group->core, late);
		bully_owner_check(group, now);
		bully_group_step(group, &event, NULL);
		deadline = bully_drain_deadline(group);
		if (deadline != BULLY_NEVER)
			deadline = max(deadline, now + BULLY_REARM_NS);
		bully_timer_arm(&group->timer, deadline);
	}
	bully_drain(group);
	spin_unlock_bh(&group->lock);
}

/* Is a group that is locked one that a datagram may be for? If not, that is counted. */
static bool bully_drain_receives(struct bully_group *group)
{
	bool receives = !group->dead && group->started;

	lockdep_assert_held(&group->lock);
	group->core.stats.drops[BULLY_DROP_INACTIVE] += !receives;
	return receives;
}

/**
 * bully_group_receive() - a datagram came
 * @bn: the namespace
 * @bs: the socket that it came to
 * @buf: its content, which is used up
 * @len: how much that is: BULLY_WIRE_LEN
 * @path: the way it took
 *
 * Bottom halves are off, RCU is read-locked.
 *
 * Return: BULLY_DROP_NONE if it was of use, or why not
 */
enum bully_drop bully_group_receive(struct bully_net *bn, const struct bully_socket *bs, u8 *buf,
				    size_t len, const struct bully_path *path)
{
	struct bully_event event = { .type = BULLY_EV_MSG };
	const struct bully_socket *own = NULL;
	struct bully_group *group;
	struct bully_peer *peer;
	enum bully_drop verdict;
	struct bully_keys *keys;
	struct bully_msg msg;
	bool receives;

	verdict = bully_wire_decode(&msg, buf, len);
	/* what is not even of this protocol and version has no name */
	if (verdict != BULLY_DROP_NONE && verdict != BULLY_DROP_MALFORMED) {
		atomic64_inc(&bn->drops[verdict]);
		return verdict;
	}
	group = bully_net_find(bn, bully_wire_group(buf));
	if (group)
		own = rcu_dereference(group->socket[bully_group_slot(bs->family)]);
	if (!own || (own != bs && !bully_socket_covers(own, path))) {
		if (verdict == BULLY_DROP_NONE)
			verdict = BULLY_DROP_GROUP;
		atomic64_inc(&bn->drops[verdict]);
		return verdict;
	}
	if (verdict != BULLY_DROP_NONE) {
		event.type = BULLY_EV_DROP;
		event.drop = verdict;
	} else {
		event.msg = &msg;
	}
	bully_group_lock(group);
	receives = bully_drain_receives(group);
	if (receives && event.type == BULLY_EV_MSG &&
	    bully_auth_look(group, &msg, path, &event.tag, &keys)) {
		/* computed without the lock: whoever sends tags keeps nobody else waiting */
		spin_unlock_bh(&group->lock);
		event.tag = bully_auth_verify(keys, &msg, buf);
		bully_group_lock(group);
		receives = bully_drain_receives(group);
	}
	if (!receives) {
		spin_unlock_bh(&group->lock);
		return BULLY_DROP_INACTIVE;
	}
	peer = event.type == BULLY_EV_MSG ? bully_core_find(&group->core, msg.from) : NULL;
	event.elsewhere = peer && !bully_addr_equal(&path->remote, &bully_peer_remote(peer)->addr);
	verdict = bully_group_step(group, &event, path);
	if (event.elsewhere && verdict == BULLY_DROP_NONE)
		bully_peer_remote(peer)->source = path->remote;
	if (verdict == BULLY_DROP_OWN_ID)
		bully_group_own_id(group, &msg, path);
	bully_group_unlock(group);
	return event.type == BULLY_EV_MSG ? verdict : event.drop;
}
