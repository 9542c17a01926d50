/* SPDX-License-Identifier: GPL-2.0-only */
/* table.h - owns the guarded addresses of a network namespace, and finds them for a packet */
#ifndef BULLY_GUARD_TABLE_H
#define BULLY_GUARD_TABLE_H

#include <linux/atomic.h>
#include <linux/hashtable.h>
#include <linux/ktime.h>
#include <linux/rcupdate.h>

#include "core/core.h"
#include "transport/addr.h"
#include "uapi/bully.h"

struct bully_guard;
struct net;
struct nf_hook_ops;

#define BULLY_GUARD_BITS 6

/* What the counters of a guard count. */
enum bully_guard_way {
	BULLY_GUARD_IN, /* packets to the address, on their way to this host */
	BULLY_GUARD_OUT, /* packets from the address */
	BULLY_GUARD_NEIGH, /* ARP and neighbour discovery that claims the address */
	BULLY_GUARD_WAYS,
};

/**
 * struct bully_guard_list - guarded addresses as the administrator set them
 * @n: the number of addresses
 * @waived: the administrator said that nothing is guarded, so an address may stay behind
 * @addr: the addresses, different ones, without port and scope
 */
struct bully_guard_list {
	u32 n;
	bool waived;
	struct bully_addr addr[BULLY_GUARD_MAX];
};

/**
 * struct bully_guarded - a guarded address
 * @node: in bully_guards.table (N, R)
 * @addr: the address
 * @guard: the guard that has the address in its array
 */
struct bully_guarded {
	struct hlist_node node;
	struct bully_addr addr;
	struct bully_guard *guard;
};

/**
 * struct bully_guard - the guarded addresses of one group; the set never changes
 * @all: the guards of the namespace
 * @shown: @guarded is in bully_guards.table (N)
 * @lease_end: this node leads until then, CLOCK_BOOTTIME in ns: 0 if it does not lead, BULLY_NEVER
 *	if its lead has no end. Written under the lock of the group
 * @drops: packets that were dropped, by enum bully_guard_way
 * @rcu: frees the guard
 * @n: the number of addresses
 * @guarded: the addresses
 *
 * A guard does not know its group, so the hooks never touch a group. (N) protected by
 * bully_net.lock. (R) readers are under RCU.
 */
struct bully_guard {
	struct bully_guards *all;
	bool shown;
	atomic64_t lease_end;
	atomic64_t drops[BULLY_GUARD_WAYS];
	struct rcu_head rcu;
	u32 n;
	struct bully_guarded guarded[];
};

/**
 * struct bully_guards - the guards of a network namespace
 * @net: the namespace
 * @n: the number of guards, shown or not (N)
 * @ops: the registered hooks, or NULL while there is no guard (N)
 * @table: the guarded addresses (N, R)
 */
struct bully_guards {
	struct net *net;
	unsigned int n;
	struct nf_hook_ops *ops;
	DECLARE_HASHTABLE(table, BULLY_GUARD_BITS);
};

void bully_guard_seed(void);

/* under RCU, or bully_net.lock */
struct bully_guard *bully_guard_find4(const struct bully_guards *all, __be32 ip4);
struct bully_guard *bully_guard_find6(const struct bully_guards *all, const struct in6_addr *ip6);
struct bully_guard *bully_guard_find(const struct bully_guards *all, const struct bully_addr *addr);

/* under bully_net.lock */
void bully_guard_insert(struct bully_guard *guard);
void bully_guard_remove(struct bully_guard *guard);
void bully_guard_exchange(struct bully_guard *old, struct bully_guard *guard);

bool bully_guard_list_has(const struct bully_guard_list *list, const struct bully_addr *addr);

/* Say until when this node leads, as on the status page. Under the group's lock. */
static inline void bully_guard_lead(struct bully_guard *guard, u64 lease_end_ns)
{
	atomic64_set(&guard->lease_end, lease_end_ns);
}

/*
 * Returns true if this node leads now: for each packet, by the clock and by the words of the
 * status page. The clock is read after the end of the lease: a context that is delayed in between
 * sees that the lease has ended.
 */
static inline bool bully_guard_leads(const struct bully_guard *guard)
{
	u64 end = atomic64_read_acquire(&guard->lease_end);

	return end == BULLY_NEVER || (end && ktime_get_boottime_ns() < end);
}

#endif /* BULLY_GUARD_TABLE_H */
