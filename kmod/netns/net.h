/* SPDX-License-Identifier: GPL-2.0 */
/* net.h - owns what bully has in a network namespace */
#ifndef BULLY_NET_H
#define BULLY_NET_H

#include <linux/atomic.h>
#include <linux/hashtable.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>
#include <net/net_namespace.h>

#include "core/core.h"
#include "group/events.h"

struct bully_group;

#define BULLY_NAMES_BITS 6

/**
 * struct bully_net - bully in a network namespace
 * @net: the namespace
 * @lock: configuration: taken by netlink requests, @work, and the namespace's end;
 *	before any group's lock, never together with RTNL
 * @groups: in the order of names (N for write, R)
 * @names: the same by name (N for write, R)
 * @sockets: open ones (N)
 * @n_groups: (N)
 * @n_sockets: (N for write)
 * @n_owners: groups that have a record of an owner
 * @closed: no group may be made any more (N)
 * @used: there has been a group, so callbacks may be under way that free its peers (N)
 * @generation: changes with the set of groups and peers; never 0 (N for write)
 * @work: binds sockets and looks at links after devices or addresses changed
 * @work_lock: orders @work_stopped with queueing; taken from any context
 * @work_stopped: @work must not be queued any more (W)
 * @teller: sends the groups' events (see there)
 * @tags_full: when as many tags as may be are computed again for those who are no
 *	peer's address
 * @drops: datagrams that belong to no group, by enum bully_drop
 *
 * (N) by @lock. (R) readers are under RCU. (W) by @work_lock.
 */
struct bully_net {
	struct net *net;
	struct mutex lock; /* N */
	struct list_head groups;
	DECLARE_HASHTABLE(names, BULLY_NAMES_BITS);
	struct list_head sockets;
	unsigned int n_groups;
	unsigned int n_sockets;
	atomic_t n_owners;
	bool closed;
	bool used;
	unsigned int generation;
	struct delayed_work work;
	spinlock_t work_lock; /* W */
	bool work_stopped;
	struct bully_teller teller;
	atomic64_t tags_full;
	atomic64_t drops[__BULLY_DROP_MAX];
};

struct bully_net *bully_net(struct net *net);
struct bully_group *bully_net_find(struct bully_net *bn, const char *name);
void bully_net_add(struct bully_net *bn, struct bully_group *group);
void bully_net_replace(struct bully_net *bn, struct bully_group *old, struct bully_group *group);
void bully_net_del(struct bully_net *bn, struct bully_group *group);
void bully_net_changed(struct bully_net *bn);
void bully_net_kick(struct bully_net *bn, unsigned int delay_ms);
bool bully_net_queue(struct work_struct *work);

const char *bully_net_closed(struct bully_net *bn);
int bully_net_init(void);
void bully_net_exit(void);
void bully_net_shutdown(void);
void bully_net_doubt(bool forked);
void bully_net_sleep(bool asleep);
bool bully_net_sleeps(void);
void bully_net_quit(void);

#endif /* BULLY_NET_H */
