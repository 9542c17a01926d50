/* SPDX-License-Identifier: GPL-2.0-only */
/* net/udp_tunnel.h for older kernels - a further argument since 6.17, struct sock since 7.0 */
#ifndef BULLY_COMPAT_NET_UDP_TUNNEL_H
#define BULLY_COMPAT_NET_UDP_TUNNEL_H

#include_next <net/udp_tunnel.h>

/* the further argument is what is put into the control block */
#ifndef BULLY_HAS_IPCB_FLAGS
#define udp_tunnel_xmit_skb(rt, sk, skb, src, dst, tos, ttl, df, sport, dport, xnet, nocheck, cb) \
	udp_tunnel_xmit_skb(rt, sk, skb, src, dst, tos, ttl, df, sport, dport, xnet, nocheck)
#endif

#ifndef BULLY_HAS_IP6CB_FLAGS
#define udp_tunnel6_xmit_skb(dst, sk, skb, dev, src, daddr, prio, ttl, label, sport, dport, \
			     nocheck, cb) \
	udp_tunnel6_xmit_skb(dst, sk, skb, dev, src, daddr, prio, ttl, label, sport, dport, nocheck)
#endif

/* Each of these says by its type what it takes: there are kernels that have changed only one. */
#define bully_compat_sock(sk, function, type)                                                   \
	__builtin_choose_expr(__builtin_types_compatible_p(typeof(&(function)), type), (sk),    \
			      (sk)->sk_socket)

#define setup_udp_tunnel_sock(in, sk, config)                                                   \
	setup_udp_tunnel_sock(in,                                                               \
			      bully_compat_sock(sk, setup_udp_tunnel_sock,                      \
						void (*)(struct net *, struct sock *,           \
							 struct udp_tunnel_sock_cfg *)),        \
			      config)

#define udp_tunnel_sock_release(sk)                                                             \
	udp_tunnel_sock_release(bully_compat_sock(sk, udp_tunnel_sock_release,                  \
						  void (*)(struct sock *)))

#endif /* BULLY_COMPAT_NET_UDP_TUNNEL_H */
