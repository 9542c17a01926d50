/* SPDX-License-Identifier: GPL-2.0 */
/* net/udp_tunnel.h for older kernels - sockets as struct sock, and a further argument */
#ifndef BULLY_COMPAT_NET_UDP_TUNNEL_H
#define BULLY_COMPAT_NET_UDP_TUNNEL_H

#include <linux/version.h>
#include_next <net/udp_tunnel.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 17, 0)

/* the further argument is what is put into the control block */
#define udp_tunnel_xmit_skb(rt, sk, skb, src, dst, tos, ttl, df, sport, dport, xnet, nocheck, cb) \
	udp_tunnel_xmit_skb(rt, sk, skb, src, dst, tos, ttl, df, sport, dport, xnet, nocheck)

#define udp_tunnel6_xmit_skb(dst, sk, skb, dev, src, daddr, prio, ttl, label, sport, dport, \
			     nocheck, cb) \
	udp_tunnel6_xmit_skb(dst, sk, skb, dev, src, daddr, prio, ttl, label, sport, dport, nocheck)

#endif

#if LINUX_VERSION_CODE < KERNEL_VERSION(7, 0, 0)

#define setup_udp_tunnel_sock(net, sk, config) \
	setup_udp_tunnel_sock(net, (sk)->sk_socket, config)

#define udp_tunnel_sock_release(sk) \
	udp_tunnel_sock_release((sk)->sk_socket)

#endif

#endif /* BULLY_COMPAT_NET_UDP_TUNNEL_H */
