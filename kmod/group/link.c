// SPDX-License-Identifier: GPL-2.0-only
/*
 * link.c - opens the sockets of a group when possible, and finds the state of its link
 *
 * All functions run in process context under bully_net.lock: in a request, or in the work
 * item of the namespace after an address or a device changed.
 */
#include <linux/inetdevice.h>
#include <net/addrconf.h>
#include <net/route.h>

#include "group/link.h"
#include "transport/socket.h"

/* How soon to check again what no event reports. */
#define BULLY_LINK_TENTATIVE_MS 100
#define BULLY_LINK_RETRY_MS 1000

static struct bully_socket *bully_link_socket(const struct bully_group *group, int slot)
{
	return rcu_dereference_protected(group->socket[slot], lockdep_is_held(&group->bn->lock));
}

/* Returns true if the group is bound to no interface, or to one that exists. */
static bool bully_link_device(const struct bully_group *group)
{
	return (!*group->dev_name || group->dev) && (!*group->scope_name || group->local.scope);
}

/* Returns true if the group needs a socket of this family. */
static bool bully_link_wants(const struct bully_group *group, u16 family)
{
	u32 i;

	if (!group->core.n_peers || !bully_link_device(group))
		return false;
	if (group->local.family != AF_UNSPEC)
		return group->local.family == family;
	for (i = 0; i < group->core.n_peers; i++)
		if (bully_peer_remote(group->core.peer[i])->addr.family == family)
			return true;
	return false;
}

/* Open a group's socket of a family, if that is possible and the socket is not open yet. */
void bully_link_open(struct bully_group *group, u16 family)
{
	int slot = bully_group_slot(family);
	struct bully_socket *bs;

	lockdep_assert_held(&group->bn->lock);
	if (bully_link_socket(group, slot) || group->engine.dead || !bully_link_device(group))
		return;
	bs = bully_socket_get(&group->bn->sockets, family, &group->local, group->dev);
	if (!IS_ERR(bs))
		rcu_assign_pointer(group->socket[slot], bs);
}

static void bully_link_release(struct bully_group *group, int slot,
			       void (*put)(struct bully_socket *))
{
	struct bully_socket *bs = bully_link_socket(group, slot);

	if (!bs)
		return;
	rcu_assign_pointer(group->socket[slot], NULL);
	put(bs);
}

/* Release the sockets of a group. */
void bully_link_close(struct bully_group *group)
{
	lockdep_assert_held(&group->bn->lock);
	bully_link_release(group, 0, bully_socket_put);
	bully_link_release(group, 1, bully_socket_put);
}

/* Release the sockets of a group after bully_socket_hush() and a grace period. */
void bully_link_close_hushed(struct bully_group *group)
{
	lockdep_assert_held(&group->bn->lock);
	bully_link_release(group, 0, bully_socket_put_hushed);
	bully_link_release(group, 1, bully_socket_put_hushed);
}

/* Look up the interfaces of the peers again. Return: true if one of them changed */
static bool bully_link_rebind_peers(struct bully_group *group)
{
	bool moved = false;
	u32 i;

	for (i = 0; i < group->core.n_peers; i++) {
		struct bully_remote *remote = bully_peer_remote(group->core.peer[i]);
		u32 scope = bully_addr_ifindex(group->bn->net, remote->scope_name);

		if (scope == remote->addr.scope)
			continue;
		bully_group_lock(group);
		remote->addr.scope = scope;
		/* a drain may still have the old scope, and cache its route */
		remote->moving = true;
		bully_group_unlock(group);
		moved = true;
	}
	return moved;
}

/**
 * bully_link_rebind() - look up the interfaces of a group by their names again
 * @group: the group; nothing is done if it is dead
 *
 * An interface may have been deleted, created again with its name, renamed or moved to
 * another namespace. If an interface that the sockets are bound to changed, the sockets are
 * closed.
 *
 * Return: true if an interface changed. Then the caller calls synchronize_net(), so that no
 * drain caches a route through the old interface, and then bully_link_update().
 */
bool bully_link_rebind(struct bully_group *group)
{
	struct net *net = group->bn->net;
	u32 scope, dev;
	bool moved;

	lockdep_assert_held(&group->bn->lock);
	if (group->engine.dead)
		return false;
	moved = bully_link_rebind_peers(group);
	scope = bully_addr_ifindex(net, group->scope_name);
	dev = bully_addr_ifindex(net, group->dev_name);
	if (scope == group->local.scope && dev == group->dev)
		return moved;
	bully_group_lock(group);
	group->local.scope = scope;
	group->dev = dev;
	bully_group_unlock(group);
	bully_link_close(group);
	return true;
}

/*
 * Returns true if the namespace has the address that the group is bound to, and the address is
 * usable. Sets @tentative if the address is there but still tentative.
 */
static bool bully_link_address(const struct bully_group *group, bool *tentative)
{
	const struct bully_addr *local = &group->local;
	u32 ifindex = local->scope ? local->scope : group->dev;
	struct net *net = group->bn->net;
	struct net_device *dev = NULL;
	bool present = true;

	rcu_read_lock();
	if (ifindex)
		dev = dev_get_by_index_rcu(net, ifindex);
	if (ifindex && !dev) {
		present = false;
	} else if (local->family == AF_INET) {
		present = inet_addr_type_dev_table(net, dev, local->ip4) == RTN_LOCAL;
#if IS_ENABLED(CONFIG_IPV6)
	} else if (local->family == AF_INET6) {
		/* if the group is bound to a VRF, the address is on a device below the VRF */
		bool any = !local->scope;

		present = ipv6_mod_enabled() &&
			  ipv6_chk_addr_and_flags(net, &local->ip6, dev, any, 0, IFA_F_TENTATIVE);
		*tentative = !present && ipv6_mod_enabled() &&
			     ipv6_chk_addr_and_flags(net, &local->ip6, dev, any, 0, 0);
#endif
	}
	rcu_read_unlock();
	return present;
}

static enum bully_link bully_link_look(const struct bully_group *group, bool *tentative)
{
	u32 i;

	if (!group->core.n_peers)
		return BULLY_LINK_NO_PEERS;
	if (!bully_link_device(group))
		return BULLY_LINK_NO_DEVICE;
	if (!bully_link_address(group, tentative))
		return BULLY_LINK_NO_ADDRESS;
	if (!bully_link_socket(group, 0) && !bully_link_socket(group, 1))
		return BULLY_LINK_NO_ADDRESS;
	for (i = 0; i < group->core.n_peers; i++) {
		const struct bully_addr *to = &bully_peer_remote(group->core.peer[i])->addr;

		if (!bully_link_socket(group, bully_group_slot(to->family)))
			continue;
		if (!bully_xmit_carrier(group->bn->net, to, &group->local, group->dev))
			return BULLY_LINK_UP;
	}
	return BULLY_LINK_NO_CARRIER;
}

/* Drop the cached routes of all peers, which may lead elsewhere now. */
static void bully_link_forget_routes(struct bully_group *group)
{
	u32 i;

	lockdep_assert_held(&group->engine.lock);
	for (i = 0; i < group->core.n_peers; i++) {
		struct bully_remote *remote = bully_peer_remote(group->core.peer[i]);

		dst_cache_reset(&remote->route);
		remote->moving = false;
	}
}

/**
 * bully_link_update() - open and close the sockets of a group, and tell the core of its link
 * @group: the group; nothing is done if it is dead
 *
 * Return: ms after which the caller checks again, because no event may report the change: a
 * tentative address becomes usable, a port becomes free, a route appears. 0 for no check
 */
unsigned int bully_link_update(struct bully_group *group)
{
	static const u16 families[] = { AF_INET, AF_INET6 };
	struct bully_event event = { .type = BULLY_EV_LINK };
	bool tentative = false;
	bool missing = false;
	unsigned int i;

	lockdep_assert_held(&group->bn->lock);
	if (group->engine.dead)
		return 0;
	if (bully_link_rebind(group))
		synchronize_net();
	for (i = 0; i < ARRAY_SIZE(families); i++) {
		if (!bully_link_wants(group, families[i])) {
			bully_link_release(group, i, bully_socket_put);
			continue;
		}
		bully_link_open(group, families[i]);
		missing |= !bully_link_socket(group, i);
	}
	event.link = bully_link_look(group, &tentative);

	bully_group_lock(group);
	bully_link_forget_routes(group);
	if (!group->engine.dead && event.link != group->core.link)
		bully_group_step(group, &event, NULL);
	bully_group_unlock(group);

	if (tentative)
		return BULLY_LINK_TENTATIVE_MS;
	if (missing || (event.link != BULLY_LINK_UP && event.link != BULLY_LINK_NO_PEERS))
		return BULLY_LINK_RETRY_MS;
	return 0;
}
