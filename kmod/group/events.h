/* SPDX-License-Identifier: GPL-2.0-only */
/* events.h - owns the events of groups that wait to be sent */
#ifndef BULLY_EVENTS_H
#define BULLY_EVENTS_H

#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

#include "core/core.h"

#define BULLY_EVENTS 512 /* waiting in a group: all peers may go and come; a power of two */

struct bully_group;
struct bully_group_view;
struct bully_peer_view;
struct net;

/**
 * struct bully_tell_ops - the functions that reach the listeners of a namespace
 * @wanted: returns true if there is a listener
 * @send: send one message with the whole group and with the whole peer or NULL; returns false
 *	if a listener missed the message; such a listener was told that a message is missing
 * @lost: tell all listeners that a message is missing
 *
 * @send and @lost may sleep.
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
 * @listed: @node is in bully_teller.groups (G)
 * @lost: an event found no room, and listeners must be told (G)
 * @head: the next event to be sent; counts on without wrapping at BULLY_EVENTS (G)
 * @tail: the place of the next event; counts like @head (G)
 * @log_since: jiffies: when the present interval of the log began (S)
 * @logged: lines written in the interval (S)
 * @unlogged: lines left out in the interval (S)
 * @note: the events (G)
 *
 * Protected by (G) bully_engine.lock, (T) bully_teller.lock, (S) bully_teller.sending.
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
 * struct bully_teller - sends the events of a network namespace
 * @ops: the functions that reach the listeners
 * @lock: taken with bottom halves off, within a group's lock
 * @groups: the groups that have events to send, the group whose turn it is first (T)
 * @sending: held while an event is sent; if a group was taken out of @groups under this
 *	mutex, no context sends for the group after the mutex is released
 * @work: sends one event after another
 *
 * (T) protected by @lock.
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

/* without the group's lock, may sleep */
void bully_events_flush(struct bully_group *group);

#endif /* BULLY_EVENTS_H */
