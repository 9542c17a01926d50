/* SPDX-License-Identifier: GPL-2.0 */
/* space.h - owns what the groups of a network namespace share */
#ifndef BULLY_SPACE_H
#define BULLY_SPACE_H

#include <linux/atomic.h>
#include <linux/hashtable.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <net/net_namespace.h>

#include "base/queue.h"
#include "core/core.h"
#include "group/events.h"
#include "transport/socket.h"

#define BULLY_NAMES_BITS 6

/**
 * struct bully_net - bully in a network namespace
 * @net: the namespace
 * @lock: configuration: taken by netlink requests, @kick, and the namespace's end;
 *	before any group's lock, never together with RTNL
 * @sockets: open ones (N)
 * @kick: binds sockets and looks at links after devices or addresses changed
 * @teller: sends the groups' events (see there)
 * @n_owners: groups that have a record of an owner
 * @tags_full: when as many tags as may be are computed again for those who are no
 *	peer's address
 * @generation: changes with the set of groups and peers; never 0 (N for write)
 * @groups: in the order of names (N for write, R)
 * @names: the same by name (N for write, R)
 * @n_groups: (N for write)
 * @closed: no group may be made any more (N)
 * @used: there has been a group, so callbacks may be under way that free its peers (N)
 * @drops: datagrams that belong to no group, by enum bully_drop
 *
 * From @groups on only the files of netns/ write. It is declared here because each group
 * has a pointer to it.
 *
 * (N) by @lock. (R) readers are under RCU.
 */
struct bully_net {
	struct net *net;
	struct mutex lock; /* N */
	struct bully_sockets sockets;
	struct bully_kick kick;
	struct bully_teller teller;
	atomic_t n_owners;
	atomic64_t tags_full;
	unsigned int generation;

	struct list_head groups;
	DECLARE_HASHTABLE(names, BULLY_NAMES_BITS);
	unsigned int n_groups;
	bool closed;
	bool used;
	atomic64_t drops[__BULLY_DROP_MAX];
};

/* The set of groups or of some group's peers changed: dumps under way are told. */
static inline void bully_net_changed(struct bully_net *bn)
{
	unsigned int next = bn->generation + 1;

	lockdep_assert_held(&bn->lock);
	/* who sees it sees what has changed: a dump that begins with it has all of that */
	smp_store_release(&bn->generation, next ? next : 1);
}

#endif /* BULLY_SPACE_H */
