// SPDX-License-Identifier: GPL-2.0
/* addr.c - addresses: comparing them, and refusing those that no host has */
#include <net/ipv6.h>

#include "addr.h"

/* The same address, whatever the ports. */
bool bully_addr_same_host(const struct bully_addr *a, const struct bully_addr *b)
{
	if (a->family != b->family)
		return false;
	switch (a->family) {
	case AF_INET:
		return a->ip4 == b->ip4;
	case AF_INET6:
		return a->scope == b->scope && ipv6_addr_equal(&a->ip6, &b->ip6);
	}
	return true;
}

bool bully_addr_equal(const struct bully_addr *a, const struct bully_addr *b)
{
	return a->port == b->port && bully_addr_same_host(a, b);
}

/* Is it an address that means something only on a named link? */
bool bully_addr_needs_scope(const struct bully_addr *addr)
{
	return addr->family == AF_INET6 && ipv6_addr_type(&addr->ip6) & IPV6_ADDR_LINKLOCAL;
}

/* Returns true if no other host is reached by the address. */
bool bully_addr_is_loopback(const struct bully_addr *addr)
{
	if (addr->family == AF_INET)
		return ipv4_is_loopback(addr->ip4);
	return addr->family == AF_INET6 && ipv6_addr_loopback(&addr->ip6);
}

/**
 * bully_addr_refusal() - can a host have this address?
 * @addr: an address with a family
 *
 * Return: a sentence that says why not, or NULL.
 */
const char *bully_addr_refusal(const struct bully_addr *addr)
{
	int type;

	if (addr->family == AF_INET) {
		if (ipv4_is_zeronet(addr->ip4))
			return "the address is 0.0.0.0 or of its network, which is no host's";
		if (ipv4_is_multicast(addr->ip4))
			return "the address is a multicast address";
		if (ipv4_is_lbcast(addr->ip4))
			return "the address is the broadcast address";
		return NULL;
	}
	type = ipv6_addr_type(&addr->ip6);
	if (type == IPV6_ADDR_ANY)
		return "the address is ::, which is no host's";
	if (type & IPV6_ADDR_MULTICAST)
		return "the address is a multicast address";
	if (type & IPV6_ADDR_MAPPED)
		return "the address is an IPv4 address in IPv6 clothes, give it as IPv4";
	return NULL;
}
