// SPDX-License-Identifier: GPL-2.0-only
/* table.c - stores guarded addresses, so that a packet of other addresses costs one probe */
#include <linux/jhash.h>
#include <linux/random.h>
#include <linux/rculist.h>
#include <net/ipv6.h>

#include "guard/table.h"

/* Set once, so that senders of packets cannot choose addresses of one bucket. */
static u32 bully_guard_secret __read_mostly;

void bully_guard_seed(void)
{
	bully_guard_secret = get_random_u32();
}

static u32 bully_guard_hash4(__be32 ip4)
{
	return hash_32(jhash_1word((__force u32)ip4, bully_guard_secret), BULLY_GUARD_BITS);
}

static u32 bully_guard_hash6(const struct in6_addr *ip6)
{
	return hash_32(jhash2((__force const u32 *)ip6->s6_addr32, 4, bully_guard_secret),
		       BULLY_GUARD_BITS);
}

static u32 bully_guard_hash(const struct bully_addr *addr)
{
	return addr->family == AF_INET ? bully_guard_hash4(addr->ip4) :
					 bully_guard_hash6(&addr->ip6);
}

/* Returns the guard of an IPv4 address, or NULL. */
struct bully_guard *bully_guard_find4(const struct bully_guards *all, __be32 ip4)
{
	const struct bully_guarded *one;

	hlist_for_each_entry_rcu(one, &all->table[bully_guard_hash4(ip4)], node, true)
		if (one->addr.family == AF_INET && one->addr.ip4 == ip4)
			return one->guard;
	return NULL;
}

/* Returns the guard of an IPv6 address, on any link, or NULL. */
struct bully_guard *bully_guard_find6(const struct bully_guards *all, const struct in6_addr *ip6)
{
	const struct bully_guarded *one;

	hlist_for_each_entry_rcu(one, &all->table[bully_guard_hash6(ip6)], node, true)
		if (one->addr.family == AF_INET6 && ipv6_addr_equal(&one->addr.ip6, ip6))
			return one->guard;
	return NULL;
}

/* Returns the guard of an address, or NULL; without an address, NULL. */
struct bully_guard *bully_guard_find(const struct bully_guards *all, const struct bully_addr *addr)
{
	if (addr->family == AF_INET)
		return bully_guard_find4(all, addr->ip4);
	return addr->family == AF_INET6 ? bully_guard_find6(all, &addr->ip6) : NULL;
}

bool bully_guard_list_has(const struct bully_guard_list *list, const struct bully_addr *addr)
{
	u32 i;

	if (addr->family == AF_UNSPEC)
		return false;
	for (i = 0; i < list->n; i++)
		if (bully_addr_same_ip(&list->addr[i], addr))
			return true;
	return false;
}

static void bully_guard_insert_one(struct bully_guards *all, struct bully_guarded *one)
{
	hlist_add_head_rcu(&one->node, &all->table[bully_guard_hash(&one->addr)]);
}

/* Show a guard to packets. */
void bully_guard_insert(struct bully_guard *guard)
{
	u32 i;

	for (i = 0; i < guard->n; i++)
		bully_guard_insert_one(guard->all, &guard->guarded[i]);
	guard->shown = true;
}

/* Hide a guard from packets. A packet in progress may still read the guard. */
void bully_guard_remove(struct bully_guard *guard)
{
	u32 i;

	for (i = 0; i < guard->n; i++)
		hlist_del_rcu(&guard->guarded[i].node);
	guard->shown = false;
}

static struct bully_guarded *bully_guard_has(struct bully_guard *guard,
					     const struct bully_addr *addr)
{
	u32 i;

	for (i = 0; i < guard->n; i++)
		if (bully_addr_same_ip(&guard->guarded[i].addr, addr))
			return &guard->guarded[i];
	return NULL;
}

/*
 * Show a guard in the place of another one. A packet of an address that both have finds one of
 * them at every moment.
 */
void bully_guard_exchange(struct bully_guard *old, struct bully_guard *guard)
{
	u32 i;

	for (i = 0; i < guard->n; i++) {
		struct bully_guarded *one = &guard->guarded[i];
		struct bully_guarded *before = bully_guard_has(old, &one->addr);

		if (before)
			hlist_replace_rcu(&before->node, &one->node);
		else
			bully_guard_insert_one(guard->all, one);
	}
	guard->shown = true;
	for (i = 0; i < old->n; i++)
		if (!bully_guard_has(guard, &old->guarded[i].addr))
			hlist_del_rcu(&old->guarded[i].node);
	old->shown = false;
}
