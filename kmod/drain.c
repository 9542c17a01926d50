// SPDX-License-Identifier: GPL-2.0
/*
 * drain.c - stepping a group's core, and carrying out what it wants
 *
 * A step happens under the group's lock and puts its actions into the ring.
 * Whoever unlocks and finds nobody draining drains: it takes the actions in
 * their order, expands each under the lock into packets and events, and sends
 * those without it. So nothing is sent under a lock, and neither packets nor
 * events are ever turned round, whichever contexts the steps came from.
 *
 * Both run with bottom halves off. A drain sends no more than BULLY_DRAIN_MAX
 * at once; what is left is the tasklet's, or that of bully_group_flush().
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/ktime.h>
#include <linux/ratelimit.h>
#include <linux/user_namespace.h>

#include "group.h"
#include "net.h"
#include "notify.h"
#include "page.h"
#include "socket.h"
#include "trace.h"

/* After the tasklet has run it does not run again before this time has passed,
 * whatever the core says: no mistake there may take a processor.
 */
#define BULLY_REARM_NS 20000

/* Lines about leaders in the log: many groups must not drown it, and those of a user
 * namespace do not get there.
 */
static DEFINE_RATELIMIT_STATE(bully_drain_log, 5 * HZ, 20);

static const char *const bully_reason_names[] = {
	[BULLY_REASON_NONE] = "none",
	[BULLY_REASON_START] = "start",
	[BULLY_REASON_LEADER_TIMEOUT] = "leader-timeout",
	[BULLY_REASON_RESIGNED] = "resigned",
	[BULLY_REASON_PREEMPTED] = "preempted",
	[BULLY_REASON_ADMIN] = "admin",
	[BULLY_REASON_OWNER_EXIT] = "owner-exit",
	[BULLY_REASON_LEASE_LOST] = "lease-lost",
	[BULLY_REASON_LINK_DOWN] = "link-down",
	[BULLY_REASON_CONFIG] = "config",
	[BULLY_REASON_SHUTDOWN] = "shutdown",
	[BULLY_REASON_OWNER_LATE] = "owner-late",
	[BULLY_REASON_DUPLICATE_ID] = "duplicate-id",
	[BULLY_REASON_TIME_DOUBT] = "time-doubt",
	[BULLY_REASON_HANDOVER] = "handover",
	[BULLY_REASON_SUPERSEDED] = "superseded",
};

/**
 * struct bully_sending - one thing to send, taken out under the lock
 * @packet: it is a packet; else an event
 * @route: where the route of the peer that the packet is for is kept; RCU keeps it;
 *	NULL if the packet goes elsewhere
 * @bs: the socket that it leaves from; RCU keeps it; NULL if there is none
 * @to: where it goes
 * @from: the source that it should have, without an address for any
 * @keys: the keys that it is signed with; RCU keeps them; NULL if it is not
 * @buf: the packet
 * @cmd: of the event
 * @group: the group with the event's values
 * @peer: the peer that the event is about, if @cmd is BULLY_CMD_PEER_NTF
 */
struct bully_sending {
	bool packet;
	union {
		struct {
			struct dst_cache *route;
			struct bully_socket *bs;
			struct bully_addr to;
			struct bully_addr from;
			struct bully_keys *keys;
			u8 buf[BULLY_WIRE_LEN];
		};
		struct {
			u8 cmd;
			struct bully_group_view group;
			struct bully_peer_view peer;
		};
	};
};

void bully_group_lock(struct bully_group *group) __acquires(&group->lock)
{
	spin_lock_bh(&group->lock);
}

/* Keep a step's actions. Packets leave room for events, and for a farewell. */
static void bully_drain_queue(struct bully_group *group, const struct bully_path *path)
{
	u32 i;

	for (i = 0; i < group->actions.n; i++) {
		const struct bully_action *act = &group->actions.act[i];
		unsigned int used = group->tail - group->head;
		struct bully_queued *queued;

		if (act->kind == BULLY_ACT_SEND && used >= BULLY_RING_PACKETS &&
		    (act->type != BULLY_MSG_RESIGN || used >= BULLY_RING_FAREWELL)) {
			group->counters.tx_overruns++;
			continue;
		}
		if (used >= BULLY_RING) {
			group->counters.event_overruns++;
			bully_notify_lost(group->bn->net);
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
	bully_page_update(group); /* before anything of it is heard anywhere */
	bully_drain_queue(group, path);
	return verdict;
}

static void bully_drain_packet(struct bully_group *group, const struct bully_queued *queued,
			       struct bully_remote *remote, const struct bully_msg *msg,
			       struct bully_sending *out)
{
	out->packet = true;
	out->to = remote->addr;
	memset(&out->from, 0, sizeof(out->from));
	if (queued->act.target == BULLY_TO_SOURCE && queued->path.remote.family) {
		out->to = queued->path.remote;
		out->from = queued->path.local;
	}
	out->route = NULL;
	if (!remote->moving && bully_addr_same_host(&out->to, &remote->addr))
		out->route = &remote->route;
	out->bs = rcu_dereference(group->socket[bully_group_slot(out->to.family)]);
	out->keys = NULL;
	if (group->auth >= BULLY_AUTH_PERMISSIVE)
		out->keys = rcu_dereference(group->keys);
	bully_wire_encode(msg, out->buf);
}

static void bully_drain_log_leader(const struct bully_group *group, const struct bully_note *note)
{
	const char *reason = bully_reason_names[note->reason];

	if (group->bn->net->user_ns != &init_user_ns || !__ratelimit(&bully_drain_log))
		return;
	if (note->leader)
		pr_info("group %s: leader %u epoch %llu (%s)\n", group->core.name,
			note->leader, note->epoch, reason);
	else
		pr_info("group %s: no leader (%s)\n", group->core.name, reason);
}

static void bully_drain_event(struct bully_group *group, const struct bully_note *note,
			      struct bully_sending *out)
{
	static const u8 cmds[] = {
		[BULLY_NOTE_LEADER] = BULLY_CMD_LEADER_NTF,
		[BULLY_NOTE_STATE] = BULLY_CMD_STATE_NTF,
		[BULLY_NOTE_PEERS] = BULLY_CMD_PEER_NTF,
		[BULLY_NOTE_CONFIG] = BULLY_CMD_CONFIG_NTF,
	};
	const struct bully_peer *peer;

	bully_page_update(group); /* the event has its number now */
	if (note->kind == BULLY_NOTE_LEADER || note->kind == BULLY_NOTE_STATE)
		trace_bully_state(&group->core, note);
	out->packet = false;
	out->cmd = cmds[note->kind];
	bully_view_group(group, &out->group);
	out->group.state = note->state;
	out->group.reason = note->reason;
	out->group.leader = note->leader;
	out->group.epoch = note->epoch;
	out->group.event_seq = note->seq;
	out->group.time = note->time;
	if (note->kind != BULLY_NOTE_PEERS)
		return;
	peer = bully_core_find(&group->core, note->peer);
	if (peer) {
		bully_view_peer(group, peer, &out->peer);
	} else { /* cannot happen: events are expanded from the peers there are */
		memset(&out->peer, 0, sizeof(out->peer));
		out->peer.config.id = note->peer;
	}
	out->peer.state = note->peer_state;
}

/* Take out the next thing to send. Return: false if there is nothing. */
static bool bully_drain_next(struct bully_group *group, struct bully_sending *out,
			     struct bully_note *note)
{
	while (group->head != group->tail) {
		struct bully_queued *queued = &group->ring[group->head % BULLY_RING];
		struct bully_peer *peer;
		struct bully_msg msg;

		if (queued->act.kind == BULLY_ACT_EVENT) {
			if (bully_core_next_event(&group->core, &queued->act, &queued->cursor,
						  note)) {
				bully_drain_event(group, note, out);
				return true;
			}
		} else {
			peer = bully_core_next_msg(&group->core, &queued->act, &queued->cursor,
						   &msg);
			if (peer) {
				bully_drain_packet(group, queued, bully_peer_remote(peer), &msg,
						   out);
				return true;
			}
		}
		group->head++;
	}
	return false;
}

/* Return: 0, or why it was not sent: the packet to nobody, the event to not everybody */
static int bully_drain_send(struct bully_group *group, struct bully_sending *out)
{
	const struct bully_addr *from;

	if (!out->packet) {
		const struct bully_peer_view *peer = NULL;

		if (out->cmd == BULLY_CMD_PEER_NTF)
			peer = &out->peer;
		if (!bully_notify_wanted(group->bn->net) ||
		    bully_notify_send(group->bn->net, out->cmd, &out->group, peer))
			return 0;
		return -ENOBUFS;
	}
	if (!out->bs)
		return -ENOTCONN;
	from = out->from.family ? &out->from : NULL;
	if (out->keys && bully_auth_sign(out->keys, out->buf))
		return -ENOKEY;
	return bully_xmit(out->bs, &out->to, from, out->route, out->buf);
}

/* Caller holds the lock; it is let go of while something is sent. */
static void bully_drain(struct bully_group *group)
{
	unsigned int budget = BULLY_DRAIN_MAX;
	struct bully_sending out;
	struct bully_note note;

	lockdep_assert_held(&group->lock);
	if (group->draining || group->head == group->tail)
		return;
	group->draining = true;
	rcu_read_lock();
	while (budget-- && bully_drain_next(group, &out, &note)) {
		int err;

		spin_unlock(&group->lock);
		if (!out.packet && note.kind == BULLY_NOTE_LEADER)
			bully_drain_log_leader(group, &note);
		err = bully_drain_send(group, &out);
		spin_lock(&group->lock);
		if (!err)
			continue;
		if (!out.packet) {
			group->counters.event_overruns++;
			continue;
		}
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
 * Send everything that a dead group still has to send, and wait for those who
 * are sending it. May sleep. Nothing is queued any more, so this ends.
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
	verdict = bully_group_step(group, &event, path);
	trace_bully_receive(&group->core, event.type == BULLY_EV_MSG ? &msg : NULL, verdict);
	bully_group_unlock(group);
	return event.type == BULLY_EV_MSG ? verdict : event.drop;
}
