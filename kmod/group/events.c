// SPDX-License-Identifier: GPL-2.0-only
/*
 * events.c - sends events and writes lines to the kernel log, after the packets
 *
 * A step numbers its events under the group's lock and stores them here. The status page
 * shows the same change before the lock is released. The context that drains the packets
 * queues the work item of the namespace after the step's packets have left, or after
 * BULLY_DRAIN_MAX packets. The work item sends the events of a group in order, one at a
 * time, each group in turn.
 *
 * Any user may have any number of listeners, and a console may be slow. So an event is
 * sent without a group's lock, with bottom halves on, at the priority of an ordinary
 * task. Meanwhile packets are received and sent, also by the same processor. A higher
 * priority would make ksoftirqd wait. The work queue is unbound: if a real-time task
 * occupies a processor, the work item runs on another one. While such tasks occupy all
 * processors, events wait.
 *
 * If there is no room or no memory for an event, the group counts the event, and listeners
 * are told that an event is missing.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/jiffies.h>
#include <linux/sched.h>
#include <linux/user_namespace.h>

#include "base/queue.h"
#include "group/events.h"
#include "group/group.h"
#include "group/view.h"

/* A group writes at most BULLY_LOG_LINES lines about its leaders in BULLY_LOG_INTERVAL. */
#define BULLY_LOG_LINES 10
#define BULLY_LOG_INTERVAL (10 * HZ)

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
	[BULLY_REASON_OWNER_UNWILLING] = "owner-unwilling",
};

/**
 * struct bully_telling - an event to be sent, copied under the group's lock
 * @note: the event as the core gave it out
 * @cmd: BULLY_CMD_*_NTF
 * @group: the whole group, with the values of @note
 * @peer: the whole peer, if @cmd is BULLY_CMD_PEER_NTF
 */
struct bully_telling {
	struct bully_note note;
	u8 cmd;
	struct bully_group_view group;
	struct bully_peer_view peer;
};

/**
 * bully_events_put() - store an event of the present step
 * @group: the group, locked
 * @note: the event, with its number
 */
void bully_events_put(struct bully_group *group, const struct bully_note *note)
{
	struct bully_teller *teller = &group->bn->teller;
	struct bully_events *events = &group->events;

	lockdep_assert_held(&group->engine.lock);
	if (events->tail - events->head == BULLY_EVENTS) {
		group->counters.event_overruns++;
		events->lost = true;
		return;
	}
	events->note[events->tail++ % BULLY_EVENTS] = *note;
	if (events->listed || WARN_ON_ONCE(group->engine.dead))
		return;
	events->listed = true;
	spin_lock(&teller->lock);
	list_add_tail(&events->node, &teller->groups);
	spin_unlock(&teller->lock);
}

/* A peer was removed: its waiting events must not be sent for a later peer with its id. */
void bully_events_forget(struct bully_group *group, u32 id)
{
	struct bully_events *events = &group->events;
	unsigned int i;

	lockdep_assert_held(&group->engine.lock);
	for (i = events->head; i != events->tail; i++) {
		struct bully_note *note = &events->note[i % BULLY_EVENTS];

		/* event numbers have no gap; the removal is a change of the configuration */
		if (note->kind == BULLY_NOTE_PEERS && note->peer == id)
			note->kind = BULLY_NOTE_CONFIG;
	}
}

/* A drain has ended: queue the work item that sends the events. */
void bully_events_kick(struct bully_group *group)
{
	lockdep_assert_held(&group->engine.lock);
	if (group->events.listed)
		bully_queue_tell(&group->bn->teller.work);
}

/* Copy the group as it is now, except for the values that the event is about. */
static void bully_events_copy(struct bully_group *group, struct bully_telling *out)
{
	static const u8 cmds[] = {
		[BULLY_NOTE_LEADER] = BULLY_CMD_LEADER_NTF,
		[BULLY_NOTE_STATE] = BULLY_CMD_STATE_NTF,
		[BULLY_NOTE_PEERS] = BULLY_CMD_PEER_NTF,
		[BULLY_NOTE_CONFIG] = BULLY_CMD_CONFIG_NTF,
	};
	const struct bully_note *note = &out->note;
	const struct bully_peer *peer = NULL;

	if (note->kind == BULLY_NOTE_PEERS)
		peer = bully_core_find(&group->core, note->peer);
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
	if (peer) {
		bully_view_peer(group, peer, &out->peer);
	} else { /* cannot happen, because bully_events_forget() changed such events */
		memset(&out->peer, 0, sizeof(out->peer));
		out->peer.config.id = note->peer;
	}
	out->peer.state = note->peer_state;
	out->peer.address = note->peer_address;
	out->peer.priority = note->peer_priority;
}

/* Take the next event. Return: false if there is none, and then the group is not listed any more */
static bool bully_events_next(struct bully_group *group, struct bully_telling *out, bool *lost)
{
	struct bully_teller *teller = &group->bn->teller;
	struct bully_events *events = &group->events;
	bool any;

	bully_group_lock(group);
	*lost = events->lost;
	events->lost = false;
	any = events->head != events->tail;
	if (any) {
		out->note = events->note[events->head++ % BULLY_EVENTS];
		bully_events_copy(group, out);
	} else if (events->listed) {
		events->listed = false;
		spin_lock(&teller->lock);
		list_del(&events->node);
		spin_unlock(&teller->lock);
	}
	bully_group_unlock_quiet(group);
	return any;
}

/* Write a change of the leader to the log, unless the group is in a user namespace. */
static void bully_events_log(struct bully_group *group, const struct bully_note *note)
{
	const char *reason = bully_reason_names[note->reason];
	struct bully_events *events = &group->events;

	if (note->kind != BULLY_NOTE_LEADER || group->bn->net->user_ns != &init_user_ns)
		return;
	if (!events->logged || time_after(jiffies, events->log_since + BULLY_LOG_INTERVAL)) {
		if (events->unlogged)
			pr_info("group %s: %u lines about its leaders were left out\n",
				group->core.name, events->unlogged);
		events->log_since = jiffies;
		events->logged = 0;
		events->unlogged = 0;
	}
	if (events->logged == BULLY_LOG_LINES) {
		events->unlogged++;
		return;
	}
	events->logged++;
	if (note->leader)
		pr_info("group %s: leader %u epoch %llu (%s)\n", group->core.name,
			note->leader, note->epoch, reason);
	else
		pr_info("group %s: no leader (%s)\n", group->core.name, reason);
}

/* Send the next event of a group, and log it. Return: false if there is none */
static bool bully_events_send(struct bully_group *group)
{
	const struct bully_tell_ops *tell = group->bn->teller.ops;
	struct net *net = group->bn->net;
	struct bully_telling out;
	bool any, lost;

	lockdep_assert_held(&group->bn->teller.sending);
	any = bully_events_next(group, &out, &lost);
	if (lost)
		tell->lost(net);
	if (!any)
		return false;
	if (tell->wanted(net) &&
	    !tell->send(net, out.cmd, &out.group,
			out.cmd == BULLY_CMD_PEER_NTF ? &out.peer : NULL)) {
		bully_group_lock(group);
		group->counters.event_overruns++;
		bully_group_unlock_quiet(group);
	}
	bully_events_log(group, &out.note);
	return true;
}

/**
 * bully_events_flush() - send all events of a dead group
 * @group: the group, dead, so that no further events come
 *
 * Sends the events itself instead of waiting for the work item, which a busy machine may
 * delay. Afterwards no context sends for this group, and the work item does not find the
 * group any more.
 */
void bully_events_flush(struct bully_group *group)
{
	struct bully_teller *teller = &group->bn->teller;

	mutex_lock(&teller->sending);
	while (bully_events_send(group))
		cond_resched();
	mutex_unlock(&teller->sending);
}

/* Returns the group whose turn it is, or NULL. The group stays listed, behind the others. */
static struct bully_group *bully_events_turn(struct bully_teller *teller)
{
	struct bully_events *events;

	lockdep_assert_held(&teller->sending);
	spin_lock_bh(&teller->lock);
	events = list_first_entry_or_null(&teller->groups, struct bully_events, node);
	if (events)
		list_move_tail(&events->node, &teller->groups);
	spin_unlock_bh(&teller->lock);
	return events ? container_of(events, struct bully_group, events) : NULL;
}

static void bully_events_work(struct work_struct *work)
{
	struct bully_teller *teller = container_of(work, struct bully_teller, work);
	struct bully_group *group;

	do {
		mutex_lock(&teller->sending);
		group = bully_events_turn(teller);
		if (group)
			bully_events_send(group);
		mutex_unlock(&teller->sending);
		cond_resched();
	} while (group);
}

/* Prepare the events of a new namespace. */
void bully_events_init(struct bully_teller *teller, const struct bully_tell_ops *ops)
{
	teller->ops = ops;
	spin_lock_init(&teller->lock);
	INIT_LIST_HEAD(&teller->groups);
	mutex_init(&teller->sending);
	INIT_WORK(&teller->work, bully_events_work);
}

/* Stop the work item of a namespace that ends. Its groups are dead, and their events were sent. */
void bully_events_exit(struct bully_teller *teller)
{
	WARN_ON_ONCE(!list_empty(&teller->groups));
	cancel_work_sync(&teller->work);
}
