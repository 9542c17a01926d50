/* SPDX-License-Identifier: GPL-2.0-only */
/* addr.h - owns the types of an address with its port and interface, and of a path */
#ifndef BULLY_ADDR_H
#define BULLY_ADDR_H

#include <linux/if.h>
#include <linux/in.h>
#include <linux/in6.h>
#include <linux/socket.h>
#include <linux/types.h>

/**
 * struct bully_addr - the source or the destination of datagrams
 * @family: AF_INET, AF_INET6, or AF_UNSPEC for no address (the port counts)
 * @port: in network byte order
 * @scope: ifindex of a link-local address, else 0. The scope of a configured address is
 *	also 0 while no interface has the configured name
 * @ip4: if @family is AF_INET
 * @ip6: if @family is AF_INET6
 *
 * Unused bytes are zero.
 */
struct bully_addr {
	u16 family;
	__be16 port;
	u32 scope;
	union {
		__be32 ip4;
		struct in6_addr ip6;
	};
};

/**
 * struct bully_path - the way that a received datagram took
 * @remote: the source of the datagram
 * @local: the destination of the datagram; answers leave from this address
 * @dev: ifindex of the device that received the datagram; in a VRF, ifindex of the VRF
 * @slave: in a VRF, ifindex of the device below the VRF; else 0
 */
struct bully_path {
	struct bully_addr remote;
	struct bully_addr local;
	u32 dev;
	u32 slave;
};

struct net;

bool bully_addr_same_ip(const struct bully_addr *a, const struct bully_addr *b);
bool bully_addr_same_host(const struct bully_addr *a, const struct bully_addr *b);
bool bully_addr_equal(const struct bully_addr *a, const struct bully_addr *b);
bool bully_addr_same_config(const struct bully_addr *a, const char *a_scope,
			    const struct bully_addr *b, const char *b_scope);
bool bully_addr_needs_scope(const struct bully_addr *addr);
bool bully_addr_is_loopback(const struct bully_addr *addr);
u32 bully_addr_ifindex(struct net *net, const char *name);
bool bully_addr_ifname(struct net *net, u32 index, char *name);
const char *bully_addr_refusal(const struct bully_addr *addr);

#endif /* BULLY_ADDR_H */
