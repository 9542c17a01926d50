/* SPDX-License-Identifier: GPL-2.0 */
/* events.h - owns the events that wait to be sent */
#ifndef BULLY_EVENTS_H
#define BULLY_EVENTS_H

#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

#include "core/core.h"

#define BULLY_EVENTS 512 /* that may wait in a group: all its peers go and come; a power of two */

struct bully_group;
struct bully_group_view;
struct bully_peer_view;
struct net;

/**
 * struct bully_tell_ops - how listeners of a namespace are reached
 * @wanted: there is a listener
 * @send: send one message with the whole group and the whole peer, or NULL; returns false if
 *	not all listeners got it, and those were told that something is missing
 * @lost: tell all listeners that something is missing
 *
 * All of them may sleep, but for @wanted.
 */
struct bully_tell_ops {
	bool (*wanted)(struct net *net);
	bool (*send)(struct net *net, u8 cmd, const struct bully_group_view *group,
		     const struct bully_peer_view *peer);
	void (*lost)(struct net *net);
};

/**
 * struct bully_events - the events of a group that wait to be sent
 * @node: in bully_teller.groups (T)
 * @listed: it is there (G)
 * @lost: some found no room, and listeners are to be told (G)
 * @head: next to be sent; counts on without wrapping at BULLY_EVENTS (G)
 * @tail: where the next one goes (G)
 * @log_since: jiffies: when the present interval of the log began (S)
 * @logged: lines in it (S)
 * @unlogged: lines that were left out of it (S)
 * @note: (G)
 *
 * (G) by bully_engine.lock. (T) by bully_teller.lock. (S) by bully_teller.sending.
 */
struct bully_events {
	struct list_head node;
	bool listed;
	bool lost;
	unsigned int head;
	unsigned int tail;
	unsigned long log_since;
	unsigned int logged;
	unsigned int unlogged;
	struct bully_note note[BULLY_EVENTS];
};

/**
 * struct bully_teller - what sends the events of a network namespace
 * @ops: sends
 * @lock: taken with bottom halves off, within a group's lock
 * @groups: those that have events to send, the one whose turn it is first (T)
 * @sending: held while an event is sent; a group that is taken out of @groups under it
 *	is in nobody's hands afterwards
 * @work: sends one event after another
 */
struct bully_teller {
	const struct bully_tell_ops *ops;
	spinlock_t lock; /* T */
	struct list_head groups;
	struct mutex sending; /* S */
	struct work_struct work;
};

void bully_events_init(struct bully_teller *teller, const struct bully_tell_ops *ops);
void bully_events_exit(struct bully_teller *teller);

/* under the group's lock */
void bully_events_put(struct bully_group *group, const struct bully_note *note);
void bully_events_forget(struct bully_group *group, u32 id);
void bully_events_kick(struct bully_group *group);

/* without it, may sleep */
void bully_events_flush(struct bully_group *group);

#endif /* BULLY_EVENTS_H */
