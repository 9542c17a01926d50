// SPDX-License-Identifier: GPL-2.0-only
/*
 * xmit.c - sends one datagram from softirq, and checks if a datagram could be sent
 *
 * Packets leave with DSCP CS6 (network control) and the priority of control traffic.
 * The route is looked up without the DSCP, as for any socket that did not set a DSCP.
 */
#include <linux/pkt_sched.h>
#include <linux/skbuff.h>
#include <net/addrconf.h>
#include <net/ip6_route.h>
#include <net/ipv6.h>
#include <net/route.h>
#include <net/udp_tunnel.h>

#include "core/wire.h"
#include "transport/socket.h"

#define BULLY_XMIT_TOS 0xc0 /* DSCP CS6 */

static struct sk_buff *bully_xmit_skb(const u8 *buf)
{
	const int room = MAX_HEADER + sizeof(struct ipv6hdr) + sizeof(struct udphdr);
	struct sk_buff *skb;

	skb = alloc_skb(room + BULLY_WIRE_LEN, GFP_ATOMIC | __GFP_NOWARN);
	if (!skb)
		return NULL;
	skb_reserve(skb, room);
	skb_put_data(skb, buf, BULLY_WIRE_LEN);
	skb->priority = TC_PRIO_CONTROL;
	return skb;
}

/*
 * The usual source of a packet is the configured local address or, without one, the address
 * that routing chooses for the peer. The cache keeps only this source, beside its route. An
 * answer leaves from the address that the request was sent to. If that is another address,
 * the answer takes a route of its own, which is not cached.
 */

/* Look up a route, and set @saddr to the route's source. Return: the route, or an ERR_PTR */
static struct rtable *bully_xmit_route4(struct net *net, struct sock *sk, u32 oif,
					const struct bully_addr *to, __be16 sport, __be32 *saddr)
{
	struct flowi4 fl4 = {
		.flowi4_oif = oif,
		.flowi4_proto = IPPROTO_UDP,
		.daddr = to->ip4,
		.saddr = *saddr,
		.fl4_dport = to->port,
		.fl4_sport = sport,
	};
	struct rtable *rt = ip_route_output_flow(net, &fl4, sk);

	if (IS_ERR(rt))
		return rt;
	if (rt->rt_flags & (RTCF_BROADCAST | RTCF_MULTICAST)) {
		ip_rt_put(rt);
		return ERR_PTR(-EACCES);
	}
	*saddr = fl4.saddr;
	return rt;
}

/* Returns the route with the usual source: from @cache, or looked up and then put there. */
static struct rtable *bully_xmit_usual4(const struct bully_socket *bs, const struct bully_addr *to,
					struct dst_cache *cache, __be32 *saddr)
{
	struct rtable *rt = cache ? dst_cache_get_ip4(cache, saddr) : NULL;

	if (rt)
		return rt;
	*saddr = bs->local.family == AF_INET ? bs->local.ip4 : 0;
	rt = bully_xmit_route4(bs->set->net, bs->sock->sk, bs->dev, to, bs->local.port, saddr);
	if (cache && !IS_ERR(rt))
		dst_cache_set_ip4(cache, &rt->dst, *saddr);
	return rt;
}

static int bully_xmit4(const struct bully_socket *bs, struct sk_buff *skb,
		       const struct bully_addr *to, const struct bully_addr *from,
		       struct dst_cache *cache)
{
	struct sock *sk = bs->sock->sk;
	struct rtable *rt, *asked;
	__be32 saddr;

	rt = bully_xmit_usual4(bs, to, cache, &saddr);
	if (from && (IS_ERR(rt) || saddr != from->ip4)) {
		__be32 same = from->ip4;

		/* this fails if @from is not an address of this host */
		asked = bully_xmit_route4(bs->set->net, sk, bs->dev, to, bs->local.port, &same);
		if (!IS_ERR(asked)) {
			if (!IS_ERR(rt))
				ip_rt_put(rt);
			rt = asked;
			saddr = same;
		}
	}
	if (IS_ERR(rt)) {
		kfree_skb(skb);
		return PTR_ERR(rt);
	}
	udp_tunnel_xmit_skb(rt, sk, skb, saddr, to->ip4, BULLY_XMIT_TOS, ip4_dst_hoplimit(&rt->dst),
			    0, bs->local.port, to->port, false, false, 0);
	return 0;
}

#if IS_ENABLED(CONFIG_IPV6)
static struct dst_entry *bully_xmit_route6(struct net *net, struct sock *sk, u32 oif,
					   const struct bully_addr *to, __be16 sport,
					   struct in6_addr *saddr)
{
	struct flowi6 fl6 = {
		.flowi6_oif = to->scope ? to->scope : oif,
		.flowi6_proto = IPPROTO_UDP,
		.daddr = to->ip6,
		.saddr = *saddr,
		.fl6_dport = to->port,
		.fl6_sport = sport,
	};
	struct dst_entry *dst;

	/* the peer's link is gone, and routing would take any other link */
	if (bully_addr_needs_scope(to) && !to->scope)
		return ERR_PTR(-ENODEV);
	dst = ip6_dst_lookup_flow(net, sk, &fl6, NULL);
	if (!IS_ERR(dst))
		*saddr = fl6.saddr;
	return dst;
}

/*
 * Returns true if this host has the address. IPv4 routing checks this itself, IPv6 routing
 * does not. A route can make a whole network local, too. A link-local address counts only on
 * its own link.
 */
static bool bully_xmit_ours6(struct net *net, u32 oif, const struct bully_addr *from)
{
	struct net_device *dev = dev_get_by_index_rcu(net, from->scope ? from->scope : oif);
	struct flowi6 fl6 = { .daddr = from->ip6 };
	struct dst_entry *dst;
	bool ours;

	if (ipv6_chk_addr_and_flags(net, &from->ip6, dev, !from->scope, from->scope,
				    IFA_F_TENTATIVE))
		return true;
	if (bully_addr_needs_scope(from))
		return false;
	dst = ip6_route_output(net, NULL, &fl6);
	ours = !dst->error && READ_ONCE(dst->dev)->flags & IFF_LOOPBACK;
	dst_release(dst);
	return ours;
}

/* bully_xmit_usual4() for IPv6. */
static struct dst_entry *bully_xmit_usual6(const struct bully_socket *bs,
					   const struct bully_addr *to, struct dst_cache *cache,
					   struct in6_addr *saddr)
{
	struct dst_entry *dst = cache ? dst_cache_get_ip6(cache, saddr) : NULL;

	if (dst)
		return dst;
	*saddr = bs->local.family == AF_INET6 ? bs->local.ip6 : in6addr_any;
	dst = bully_xmit_route6(bs->set->net, bs->sock->sk, bs->dev, to, bs->local.port, saddr);
	if (cache && !IS_ERR(dst))
		dst_cache_set_ip6(cache, dst, saddr);
	return dst;
}

static int bully_xmit6(const struct bully_socket *bs, struct sk_buff *skb,
		       const struct bully_addr *to, const struct bully_addr *from,
		       struct dst_cache *cache)
{
	struct in6_addr daddr = to->ip6, saddr;
	struct net *net = bs->set->net;
	struct sock *sk = bs->sock->sk;
	struct dst_entry *dst, *asked;

	dst = bully_xmit_usual6(bs, to, cache, &saddr);
	if (from && !ipv6_addr_any(&from->ip6) &&
	    (IS_ERR(dst) || !ipv6_addr_equal(&saddr, &from->ip6)) &&
	    bully_xmit_ours6(net, bs->dev, from)) {
		struct in6_addr same = from->ip6;

		asked = bully_xmit_route6(net, sk, bs->dev, to, bs->local.port, &same);
		if (!IS_ERR(asked)) {
			if (!IS_ERR(dst))
				dst_release(dst);
			dst = asked;
			saddr = same;
		}
	}
	if (IS_ERR(dst)) {
		kfree_skb(skb);
		return PTR_ERR(dst);
	}
	udp_tunnel6_xmit_skb(dst, sk, skb, NULL, &saddr, &daddr, BULLY_XMIT_TOS,
			     ip6_dst_hoplimit(dst), 0, bs->local.port, to->port, false, 0);
	return 0;
}
#else
static int bully_xmit6(const struct bully_socket *bs, struct sk_buff *skb,
		       const struct bully_addr *to, const struct bully_addr *from,
		       struct dst_cache *cache)
{
	kfree_skb(skb);
	return -EAFNOSUPPORT;
}
#endif

/**
 * bully_xmit() - send one datagram
 * @bs: the socket that sends the datagram
 * @to: the destination
 * @from: the requested source, or NULL for the source that routing chooses; ignored if the
 *	socket is bound to an address
 * @cache: the cache of the route to @to and of its usual source; or NULL
 * @buf: BULLY_WIRE_LEN bytes
 *
 * Bottom halves are off, RCU is read-locked. If this host no longer has the address
 * @from, the packet leaves from the usual source.
 *
 * Return: 0 if the datagram was handed to the network, which may still lose it
 */
int bully_xmit(const struct bully_socket *bs, const struct bully_addr *to,
	       const struct bully_addr *from, struct dst_cache *cache, const u8 *buf)
{
	struct sk_buff *skb = bully_xmit_skb(buf);

	if (!skb)
		return -ENOMEM;
	if (bs->local.family != AF_UNSPEC)
		from = NULL; /* the bound address is the only source */
	if (bs->family == AF_INET)
		return bully_xmit4(bs, skb, to, from, cache);
	return bully_xmit6(bs, skb, to, from, cache);
}

static bool bully_xmit_dev_up(const struct dst_entry *dst)
{
	const struct net_device *dev;
	bool up;

	rcu_read_lock();
	dev = READ_ONCE(dst->dev);
	up = netif_running(dev) && netif_carrier_ok(dev);
	rcu_read_unlock();
	return up;
}

/**
 * bully_xmit_carrier() - check that a packet would leave through a device with a carrier
 * @net: the namespace
 * @to: the destination
 * @local: the source, without an address for any source
 * @dev: ifindex that the socket is bound to, or 0
 *
 * Loopback and devices that are always on count as devices with a carrier.
 *
 * Return: 0; -ENETDOWN without a carrier; or the errno of the route lookup
 */
int bully_xmit_carrier(struct net *net, const struct bully_addr *to,
		       const struct bully_addr *local, u32 dev)
{
	struct dst_entry *dst;
	bool up;

	if (local->scope)
		dev = local->scope;
	if (to->family == AF_INET) {
		__be32 saddr = local->family == AF_INET ? local->ip4 : 0;
		struct rtable *rt = bully_xmit_route4(net, NULL, dev, to, local->port, &saddr);

		if (IS_ERR(rt))
			return PTR_ERR(rt);
		dst = &rt->dst;
	} else {
#if IS_ENABLED(CONFIG_IPV6)
		struct in6_addr saddr = local->family == AF_INET6 ? local->ip6 : in6addr_any;

		if (!ipv6_mod_enabled())
			return -EAFNOSUPPORT;
		dst = bully_xmit_route6(net, NULL, dev, to, local->port, &saddr);
		if (IS_ERR(dst))
			return PTR_ERR(dst);
#else
		return -EAFNOSUPPORT;
#endif
	}
	up = bully_xmit_dev_up(dst);
	dst_release(dst);
	return up ? 0 : -ENETDOWN;
}
