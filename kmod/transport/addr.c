// SPDX-License-Identifier: GPL-2.0-only
/* addr.c - compares addresses, refuses addresses that no host has, looks up interfaces */
#include <linux/netdevice.h>
#include <net/ipv6.h>

#include "transport/addr.h"

/* Returns true if the addresses are equal; ignores ports and links. */
bool bully_addr_same_ip(const struct bully_addr *a, const struct bully_addr *b)
{
	if (a->family != b->family)
		return false;
	switch (a->family) {
	case AF_INET:
		return a->ip4 == b->ip4;
	case AF_INET6:
		return ipv6_addr_equal(&a->ip6, &b->ip6);
	}
	return true;
}

/* Returns true if the addresses are equal and, if link-local, on the same link; ignores ports. */
bool bully_addr_same_host(const struct bully_addr *a, const struct bully_addr *b)
{
	return a->scope == b->scope && bully_addr_same_ip(a, b);
}

bool bully_addr_equal(const struct bully_addr *a, const struct bully_addr *b)
{
	return a->port == b->port && bully_addr_same_host(a, b);
}

/**
 * bully_addr_same_config() - compare two configured addresses and ports
 * @a: an address
 * @a_scope: the name of @a's interface, or an empty string
 * @b: another address
 * @b_scope: the name of @b's interface, or an empty string
 *
 * Interfaces are compared by name, because an interface that does not exist has no index.
 *
 * Return: true if addresses, ports and interfaces are the same
 */
bool bully_addr_same_config(const struct bully_addr *a, const char *a_scope,
			    const struct bully_addr *b, const char *b_scope)
{
	return a->port == b->port && bully_addr_same_ip(a, b) && !strcmp(a_scope, b_scope);
}

/* Returns true if the address is link-local, so that it has a meaning only on a named link. */
bool bully_addr_needs_scope(const struct bully_addr *addr)
{
	return addr->family == AF_INET6 && ipv6_addr_type(&addr->ip6) & IPV6_ADDR_LINKLOCAL;
}

/* Returns true if the address is a loopback address, which reaches no other host. */
bool bully_addr_is_loopback(const struct bully_addr *addr)
{
	if (addr->family == AF_INET)
		return ipv4_is_loopback(addr->ip4);
	return addr->family == AF_INET6 && ipv6_addr_loopback(&addr->ip6);
}

/**
 * bully_addr_refusal() - refuse an address that no host can have
 * @addr: an address with a family
 *
 * Return: NULL, or a sentence that says why no host can have the address
 */
const char *bully_addr_refusal(const struct bully_addr *addr)
{
	int type;

	if (addr->family == AF_INET) {
		if (ipv4_is_zeronet(addr->ip4))
			return "the address is in 0.0.0.0/8, which has no hosts";
		if (ipv4_is_multicast(addr->ip4))
			return "the address is a multicast address";
		if (ipv4_is_lbcast(addr->ip4))
			return "the address is the broadcast address";
		return NULL;
	}
	type = ipv6_addr_type(&addr->ip6);
	if (type == IPV6_ADDR_ANY)
		return "the address is ::, which is not an address of a host";
	if (type & IPV6_ADDR_MULTICAST)
		return "the address is a multicast address";
	if (type & IPV6_ADDR_MAPPED)
		return "the address is an IPv4 address in IPv6 notation, give it as IPv4";
	return NULL;
}

/* Returns the present index of the interface @name; 0 if there is none or @name is empty. */
u32 bully_addr_ifindex(struct net *net, const char *name)
{
	const struct net_device *dev;
	u32 index = 0;

	if (!*name)
		return 0;
	rcu_read_lock();
	dev = dev_get_by_name_rcu(net, name);
	if (dev)
		index = dev->ifindex;
	rcu_read_unlock();
	return index;
}

/**
 * bully_addr_ifname() - get the present name of an interface
 * @net: the namespace
 * @index: the ifindex of the interface
 * @name: set to IFNAMSIZ bytes, padded with NUL
 *
 * Return: false if there is no such interface, and then @name is undefined
 */
bool bully_addr_ifname(struct net *net, u32 index, char *name)
{
	const struct net_device *dev;
	bool found;

	rcu_read_lock();
	dev = dev_get_by_index_rcu(net, index);
	if (dev)
		strscpy_pad(name, dev->name, IFNAMSIZ);
	/* a concurrent rename may have changed the name while it was read */
	found = dev && dev == dev_get_by_name_rcu(net, name);
	rcu_read_unlock();
	return found;
}
