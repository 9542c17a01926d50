/* SPDX-License-Identifier: GPL-2.0-only */
/* space.h - owns the state that the groups of a network namespace share */
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
 * struct bully_net - the state of bully in a network namespace
 * @net: the namespace
 * @lock: serialises configuration: taken by netlink requests that change something, ATTACH,
 *	@kick, sleep, shutdown, unload and the namespace's end; before any group's lock,
 *	never together with RTNL
 * @sockets: the open sockets (N)
 * @kick: binds sockets and checks links after devices or addresses changed
 * @teller: sends the groups' events (see struct bully_teller)
 * @n_owners: the number of groups that have a record of an owner
 * @tags_full: when the bucket of tags for all other addresses than the peers' is full again
 * @generation: changes with the set of groups and peers; never 0 (N for write)
 * @groups: the groups in the order of names (N for write, R)
 * @names: the groups by name (N for write, R)
 * @n_groups: the number of groups (N for write)
 * @closed: no group may be created any more (N)
 * @used: there has been a group, so callbacks that free its peers may be pending (N)
 * @drops: datagrams that belong to no group, by enum bully_drop
 *
 * Only the files of netns/ write @groups and the fields after it. The struct is declared
 * here because each group has a pointer to it.
 *
 * (N) protected by @lock. (R) readers are under RCU.
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

/* The set of groups or the peers of a group changed: dumps in progress notice the change. */
static inline void bully_net_changed(struct bully_net *bn)
{
	unsigned int next = bn->generation + 1;

	lockdep_assert_held(&bn->lock);
	/* a dump that reads the new generation sees the change, too */
	smp_store_release(&bn->generation, next ? next : 1);
}

#endif /* BULLY_SPACE_H */
