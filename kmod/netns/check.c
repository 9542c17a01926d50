// SPDX-License-Identifier: GPL-2.0-only
/* check.c - checks a group and its peers against each other and against other groups */
#include <linux/inetdevice.h>
#include <linux/ipv6.h>
#include <linux/netdevice.h>
#include <net/addrconf.h>
#include <net/route.h>

#include "netns/check.h"

/* Returns true if there is a VRF with this name. */
static bool bully_check_vrf(struct bully_net *bn, const char *name)
{
	const struct net_device *dev;
	bool vrf;

	rcu_read_lock();
	dev = dev_get_by_name_rcu(bn->net, name);
	vrf = dev && netif_is_l3_master(dev);
	rcu_read_unlock();
	return vrf;
}

/*
 * Check that a host can have the address, and find its link. A link-local address without a
 * scope belongs to the interface that the sockets are bound to, @bound: @scope_name and the
 * index in @addr are filled in, so that one address is stored in one form only.
 */
static const char *bully_check_addr(struct bully_net *bn, struct bully_addr *addr,
				    char *scope_name, const char *bound)
{
	const char *refusal = bully_addr_refusal(addr);

	if (refusal)
		return refusal;
	if (addr->family == AF_INET6 && !ipv6_mod_enabled())
		return "IPv6 is disabled on this host";
	if (!bully_addr_needs_scope(addr))
		return *scope_name ? "only a link-local address has a scope" : NULL;
	if (!*scope_name)
		strscpy(scope_name, bound, IFNAMSIZ);
	if (!*scope_name)
		return "a link-local address needs an interface";
	if (*bound && strcmp(scope_name, bound))
		return "the address's scope is another interface than the group's device";
	if (bully_check_vrf(bn, scope_name))
		return "a link-local address needs the interface of a link, not a VRF";
	addr->scope = bully_addr_ifindex(bn->net, scope_name);
	return NULL;
}

static bool bully_check_wildcard(const struct bully_addr *local)
{
	return local->family == AF_UNSPEC;
}

/* Returns the interface that sockets are bound to, or an empty string. */
static const char *bully_check_bound(const char *scope_name, const char *dev_name)
{
	return *scope_name ? scope_name : dev_name;
}

/*
 * Check the guarded addresses: a group that guards the address of its own packets, or of another
 * group's, would silence itself as soon as it does not lead, and never lead again.
 */
static const char *bully_check_guard(struct bully_net *bn, const struct bully_group_config *config,
				     const struct bully_group *self)
{
	const struct bully_guards *all = bully_guards(bn->net);
	const struct bully_group *other;
	const struct bully_guard *guard;
	u32 i;

	if (bully_guard_list_has(&config->guard, &config->local))
		return "the group's own local address cannot be guarded, it must always work";
	guard = bully_guard_find(all, &config->local);
	if (guard && (!self || guard != self->guard))
		return "another group guards the local address, which must always work";
	for (i = 0; i < config->guard.n; i++) {
		guard = bully_guard_find(all, &config->guard.addr[i]);
		if (guard && (!self || guard != self->guard))
			return "another group guards this address, one group is enough";
	}
	list_for_each_entry(other, &bn->groups, node)
		if (other != self && bully_guard_list_has(&config->guard, &other->local))
			return "a guarded address is the local address of another group";
	return NULL;
}

/**
 * bully_check_local() - check the binding of a group's sockets, and what the group guards
 * @bn: the namespace, locked
 * @config: the wanted configuration; the indexes of its interfaces are looked up, and a
 *	missing scope is filled in
 * @self: the group that is changed or replaced, which is not compared; or NULL
 *
 * The interfaces need not exist: the group waits for them.
 *
 * Return: NULL, or a sentence that says what is wrong
 */
const char *bully_check_local(struct bully_net *bn, struct bully_group_config *config,
			      const struct bully_group *self)
{
	struct bully_addr *local = &config->local;
	const struct bully_group *other;
	const char *refusal, *bound;

	config->dev = bully_addr_ifindex(bn->net, config->dev_name);
	if (local->family != AF_UNSPEC) {
		refusal = bully_check_addr(bn, local, config->scope_name, config->dev_name);
		if (refusal)
			return refusal;
	}
	bound = bully_check_bound(config->scope_name, config->dev_name);
	list_for_each_entry(other, &bn->groups, node) {
		const char *beside = bully_check_bound(other->scope_name, other->dev_name);

		if (other == self || other->local.port != local->port)
			continue;
		if (*bound && *beside && strcmp(bound, beside))
			continue;
		if (bully_check_wildcard(&other->local) != bully_check_wildcard(local))
			return "all groups on a port must have a local address, or none of them";
		if (strcmp(bound, beside) && bully_addr_same_ip(&other->local, local))
			return "another group on this port is bound to another device";
	}
	return bully_check_guard(bn, config, self);
}

/**
 * bully_check_peer() - check a peer against its group, without the group's other peers
 * @bn: the namespace
 * @config: the group
 * @peer: the peer; its scope is looked up, or filled in
 *
 * Return: NULL, or a sentence that says what is wrong
 */
const char *bully_check_peer(struct bully_net *bn, const struct bully_group_config *config,
			     struct bully_peer_config *peer)
{
	const char *bound = bully_check_bound(config->scope_name, config->dev_name);
	const char *refusal = bully_check_addr(bn, &peer->addr, peer->scope_name, bound);
	const struct bully_addr *local = &config->local;

	if (refusal)
		return refusal;
	if (peer->id == config->id)
		return "a peer cannot have this node's own id";
	if (local->family != AF_UNSPEC && local->family != peer->addr.family)
		return "the peer's address is of another family than the group's local address";
	if (local->family != AF_UNSPEC &&
	    bully_addr_same_config(local, config->scope_name, &peer->addr, peer->scope_name))
		return "the peer's address and port are the group's own";
	if (bully_guard_list_has(&config->guard, &peer->addr))
		return "the peer's address is one that the group guards: give the host's own";
	return NULL;
}

/* Returns true if an address is on @dev, or below @dev if @dev is a VRF; NULL is any device. */
static bool bully_check_on_device(struct net *net, const struct bully_addr *addr,
				  const struct net_device *dev)
{
	bool any = !dev || netif_is_l3_master(dev);

	if (addr->family == AF_INET)
		return (any ? inet_addr_type_dev_table(net, dev, addr->ip4) :
			      inet_dev_addr_type(net, dev, addr->ip4)) == RTN_LOCAL;
#if IS_ENABLED(CONFIG_IPV6)
	/* a tentative address counts; an address that another host was found to have does not */
	return ipv6_chk_addr_and_flags(net, &addr->ip6, dev, any, 1, IFA_F_DADFAILED);
#else
	return false;
#endif
}

/**
 * bully_check_own() - refuse a peer address that is this host's own now
 * @bn: the namespace
 * @config: the group
 * @peer: a peer that passed bully_check_peer()
 *
 * A configuration file that was copied unchanged from another host may name this host as a
 * peer. Only a certain mistake is refused: the group's own port with an address of the
 * namespace, on the device or in the VRF that the group's packets use. A loopback address
 * names this host on purpose.
 *
 * Return: a sentence, or NULL
 */
const char *bully_check_own(struct bully_net *bn, const struct bully_group_config *config,
			    const struct bully_peer_config *peer)
{
	u32 bound = config->local.scope ? config->local.scope : config->dev;
	u32 ifindex = peer->addr.scope ? peer->addr.scope : bound;
	struct net_device *dev = NULL;
	bool own = false;

	if (peer->addr.port != config->local.port || bully_addr_is_loopback(&peer->addr))
		return NULL;
	rcu_read_lock();
	if (ifindex)
		dev = dev_get_by_index_rcu(bn->net, ifindex);
	if (dev || !ifindex)
		own = bully_check_on_device(bn->net, &peer->addr, dev);
	rcu_read_unlock();
	return own ? "the peer's address is this host's own: give that of the other host" : NULL;
}

/* Check that a group can have both peers. */
const char *bully_check_pair(const struct bully_peer_config *a, const struct bully_peer_config *b)
{
	if (a->id == b->id)
		return "a peer with this id exists";
	if (bully_addr_same_config(&a->addr, a->scope_name, &b->addr, b->scope_name))
		return "another peer has this address and port";
	return NULL;
}

/**
 * bully_check_peers() - check a peer against the other peers of its group
 * @group: the group
 * @peer: the new peer, or the new values of @self
 * @self: the peer that is changed, which is not compared; or NULL
 *
 * Return: NULL, or a sentence that says what is wrong
 */
const char *bully_check_peers(const struct bully_group *group, const struct bully_peer_config *peer,
			      const struct bully_remote *self)
{
	u32 i;

	for (i = 0; i < group->core.n_peers; i++) {
		const struct bully_remote *remote = bully_peer_remote(group->core.peer[i]);
		struct bully_peer_config other = {
			.id = remote->core.id,
			.addr = remote->addr,
		};
		const char *refusal;

		if (remote == self)
			continue;
		strscpy(other.scope_name, remote->scope_name, IFNAMSIZ);
		refusal = bully_check_pair(peer, &other);
		if (refusal)
			return refusal;
	}
	return NULL;
}

/**
 * bully_check_set() - check a changed group and its present peers
 * @bn: the namespace, locked
 * @group: the group as it is
 * @config: the wanted configuration, filled in as by bully_check_local()
 *
 * Return: NULL, or a sentence that says what is wrong
 */
const char *bully_check_set(struct bully_net *bn, const struct bully_group *group,
			    struct bully_group_config *config)
{
	const char *refusal = bully_check_local(bn, config, group);
	u32 i;

	for (i = 0; !refusal && i < group->core.n_peers; i++) {
		const struct bully_remote *remote = bully_peer_remote(group->core.peer[i]);
		struct bully_peer_config peer = {
			.id = remote->core.id,
			.addr = remote->addr,
		};

		strscpy(peer.scope_name, remote->scope_name, IFNAMSIZ);
		refusal = bully_check_peer(bn, config, &peer);
	}
	return refusal;
}

/* Returns true if any interface of the namespace has the address, in any VRF. */
static bool bully_check_here(struct net *net, const struct bully_addr *addr)
{
	bool here = false;

	rcu_read_lock();
	if (addr->family == AF_INET) {
		here = __ip_dev_find(net, addr->ip4, false);
	} else if (IS_ENABLED(CONFIG_IPV6)) {
		const struct net_device *dev;

		for_each_netdev_rcu(net, dev)
			here |= ipv6_chk_addr_and_flags(net, &addr->ip6, dev, false, 1, 0);
	}
	rcu_read_unlock();
	return here;
}

/**
 * bully_check_left() - refuse to leave an address behind that nothing guards any more
 * @bn: the namespace, locked
 * @group: the group as it is
 * @list: what the group is to guard; @waived permits everything
 *
 * An address that is on this host becomes audible when its guard goes.
 *
 * Return: NULL, or a sentence that says what to do first
 */
const char *bully_check_left(struct bully_net *bn, const struct bully_group *group,
			     const struct bully_guard_list *list)
{
	u32 i;

	for (i = 0; group->guard && !list->waived && i < group->guard->n; i++) {
		const struct bully_addr *addr = &group->guard->guarded[i].addr;

		if (!bully_guard_list_has(list, addr) && bully_check_here(bn->net, addr))
			return "a guarded address is on this host: remove it, or set 'guard none'";
	}
	return NULL;
}
