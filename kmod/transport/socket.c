// SPDX-License-Identifier: GPL-2.0-only
/* socket.c - opens, shares and closes sockets, and receives their datagrams */
#include <linux/net.h>
#include <linux/slab.h>
#include <linux/udp.h>
#include <net/ipv6.h>
#include <net/udp_tunnel.h>

#include "core/wire.h"
#include "transport/socket.h"

/**
 * bully_sockets_init() - prepare the sockets of a namespace, of which none is open yet
 * @set: the sockets of the namespace
 * @net: the namespace
 * @lock: the lock under which sockets are opened and closed
 * @receive: takes the received datagrams
 */
void bully_sockets_init(struct bully_sockets *set, struct net *net, struct mutex *lock,
			bully_socket_receiver receive)
{
	set->net = net;
	set->lock = lock;
	set->receive = receive;
	INIT_LIST_HEAD(&set->open);
}

static void bully_socket_path(struct bully_path *path, const struct sk_buff *skb, u16 family)
{
	const struct udphdr *udp = udp_hdr(skb);

	memset(path, 0, sizeof(*path));
	path->remote.family = family;
	path->local.family = family;
	path->remote.port = udp->source;
	path->local.port = udp->dest;
	if (family == AF_INET) {
		path->remote.ip4 = ip_hdr(skb)->saddr;
		path->local.ip4 = ip_hdr(skb)->daddr;
		path->dev = inet_iif(skb);
		path->slave = inet_sdif(skb);
		return;
	}
#if IS_ENABLED(CONFIG_IPV6)
	path->dev = inet6_iif(skb);
	path->slave = inet6_sdif(skb);
	path->remote.ip6 = ipv6_hdr(skb)->saddr;
	path->local.ip6 = ipv6_hdr(skb)->daddr;
	/* a VRF has no link of its own: the link is that of the device below the VRF */
	if (bully_addr_needs_scope(&path->remote))
		path->remote.scope = path->slave ? path->slave : path->dev;
	if (bully_addr_needs_scope(&path->local))
		path->local.scope = path->slave ? path->slave : path->dev;
	/* an answer cannot leave from a multicast address; IPv4 routing refuses that itself */
	if (ipv6_addr_is_multicast(&path->local.ip6))
		path->local.ip6 = in6addr_any;
#endif
}

/**
 * bully_socket_covers() - compare a socket's binding with the destination of a datagram
 * @bs: the socket
 * @path: the way that the datagram took
 *
 * UDP may hand a datagram to any matching socket, for example to a socket bound to a VRF or
 * to one bound to a device below the VRF. The group that the datagram names decides which
 * socket is meant.
 *
 * Return: true if the socket is bound to the datagram's address, port and device
 */
bool bully_socket_covers(const struct bully_socket *bs, const struct bully_path *path)
{
	if (bs->family != path->local.family || bs->local.port != path->local.port)
		return false;
	if (bs->dev && bs->dev != path->dev && bs->dev != path->slave)
		return false;
	switch (bs->local.family) {
	case AF_INET:
		return bs->local.ip4 == path->local.ip4;
	case AF_INET6: /* @dev above is the link of a link-local address */
		return ipv6_addr_equal(&bs->local.ip6, &path->local.ip6);
	}
	return true;
}

/* Returns the reason that the kernel's drop monitor is given for a verdict. */
static enum skb_drop_reason bully_socket_reason(enum bully_drop verdict)
{
	switch (verdict) {
	case BULLY_DROP_LENGTH:
		return SKB_DROP_REASON_PKT_TOO_SMALL;
	case BULLY_DROP_MAGIC:
	case BULLY_DROP_VERSION:
		return SKB_DROP_REASON_UNHANDLED_PROTO;
	case BULLY_DROP_MALFORMED:
		return SKB_DROP_REASON_INVALID_PROTO;
	case BULLY_DROP_GROUP:
	case BULLY_DROP_PEER:
	case BULLY_DROP_RECEIVER:
	case BULLY_DROP_INACTIVE:
		return SKB_DROP_REASON_NO_SOCKET;
	default: /* the group refuses the message */
		return SKB_DROP_REASON_SOCKET_FILTER;
	}
}

/*
 * Receive a datagram. Bottom halves are off, RCU is read-locked. A socket that is being
 * closed has no user data any more.
 *
 * Return: 0, because this function frees every packet
 */
static int bully_socket_receive(struct sock *sk, struct sk_buff *skb)
{
	struct bully_socket *bs = rcu_dereference_sk_user_data(sk);
	enum bully_drop verdict = BULLY_DROP_INACTIVE;
	u8 buf[BULLY_WIRE_LEN];
	struct bully_path path;
	size_t len;

	if (!bs)
		goto out;
	/* UDP has checked the length and the checksum, and trimmed the packet to its length */
	len = skb->len - sizeof(struct udphdr);
	if (len == sizeof(buf) && skb_copy_bits(skb, sizeof(struct udphdr), buf, sizeof(buf)))
		len = 0;
	bully_socket_path(&path, skb, bs->family);
	verdict = bs->set->receive(bs, buf, len, &path);
out:
	if (verdict == BULLY_DROP_NONE)
		consume_skb(skb);
	else
		kfree_skb_reason(skb, bully_socket_reason(verdict));
	return 0;
}

static int bully_socket_open(struct bully_socket *bs)
{
	struct udp_tunnel_sock_cfg tunnel = {
		.sk_user_data = bs,
		.encap_type = 1, /* any value but 0 */
		.encap_rcv = bully_socket_receive,
	};
	struct udp_port_cfg config = {
		.family = bs->family,
		.local_udp_port = bs->local.port,
		.bind_ifindex = bs->dev,
		.use_udp_checksums = 1,
		.use_udp6_tx_checksums = 1,
		.use_udp6_rx_checksums = 1,
		.ipv6_v6only = 1,
	};
	int err;

	if (bs->local.family == AF_INET)
		config.local_ip.s_addr = bs->local.ip4;
#if IS_ENABLED(CONFIG_IPV6)
	if (bs->local.family == AF_INET6)
		config.local_ip6 = bs->local.ip6;
#endif
	err = udp_sock_create(bs->set->net, &config, &bs->sock);
	if (err)
		return err;
	setup_udp_tunnel_sock(bs->set->net, bs->sock->sk, &tunnel);
	return 0;
}

/**
 * bully_socket_get() - get a socket with a given binding
 * @set: the sockets of the namespace
 * @family: AF_INET or AF_INET6
 * @local: the port, and the address or none for the family's wildcard
 * @dev: ifindex to bind to, or 0; the scope of @local takes precedence
 *
 * The caller releases the socket with bully_socket_put().
 *
 * Return: an open socket with this binding, or a new socket; or an ERR_PTR:
 * -EADDRNOTAVAIL if this host does not have the address or the address is tentative,
 * -EADDRINUSE, ...
 */
struct bully_socket *bully_socket_get(struct bully_sockets *set, u16 family,
				      const struct bully_addr *local, u32 dev)
{
	struct bully_socket *bs;
	int err;

	lockdep_assert_held(set->lock);
	if (local->scope)
		dev = local->scope;
	list_for_each_entry(bs, &set->open, node) {
		if (bs->family == family && bs->dev == dev && bully_addr_equal(&bs->local, local)) {
			bs->refs++;
			return bs;
		}
	}
	bs = kzalloc(sizeof(*bs), GFP_KERNEL_ACCOUNT);
	if (!bs)
		return ERR_PTR(-ENOMEM);
	bs->set = set;
	bs->family = family;
	bs->local = *local;
	bs->dev = dev;
	bs->refs = 1;
	err = bully_socket_open(bs);
	if (err) {
		kfree(bs);
		return ERR_PTR(err);
	}
	list_add(&bs->node, &set->open);
	WRITE_ONCE(set->n, set->n + 1);
	return bs;
}

static bool bully_socket_unref(struct bully_socket *bs)
{
	lockdep_assert_held(bs->set->lock);
	if (--bs->refs)
		return false;
	list_del(&bs->node);
	WRITE_ONCE(bs->set->n, bs->set->n - 1);
	return true;
}

/*
 * Release a socket; the last user closes the socket. Two contexts may still use the
 * socket, both inside rcu_read_lock(): receivers, which read sk_user_data, and drains,
 * which read bully_group.socket. The caller has cleared bully_group.socket.
 * udp_tunnel_sock_release() clears sk_user_data and waits for both contexts before it
 * closes the socket.
 */
void bully_socket_put(struct bully_socket *bs)
{
	if (!bully_socket_unref(bs))
		return;
	udp_tunnel_sock_release(bs->sock->sk);
	kfree_rcu(bs, rcu);
}

/*
 * The end of a namespace releases sockets in two halves, with one grace period between
 * the halves for all sockets. First half: the socket receives nothing any more.
 */
void bully_socket_hush(struct bully_socket *bs)
{
	rcu_assign_sk_user_data(bs->sock->sk, NULL);
}

/* Second half, after the grace period: release the socket; the last user closes it. */
void bully_socket_put_hushed(struct bully_socket *bs)
{
	if (!bully_socket_unref(bs))
		return;
	kernel_sock_shutdown(bs->sock, SHUT_RDWR);
	sock_release(bs->sock);
	kfree_rcu(bs, rcu);
}
