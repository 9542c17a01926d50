/* SPDX-License-Identifier: GPL-2.0 */
/* socket.h - owns UDP sockets, which groups share */
#ifndef BULLY_SOCKET_H
#define BULLY_SOCKET_H

#include <linux/list.h>
#include <linux/rcupdate.h>
#include <net/dst_cache.h>

#include "transport/addr.h"

struct bully_net;
struct socket;

/**
 * struct bully_socket - one socket of the kernel, for all groups that are bound there
 * @node: in bully_net.sockets (N)
 * @bn: the namespace
 * @sock: its sk_user_data is this object while it is open
 * @local: where it is bound; without an address: the wildcard of @family
 * @family: AF_INET or AF_INET6
 * @dev: ifindex that it is bound to, or 0; it stays that when the interface goes
 * @refs: groups that use it (N)
 * @rcu: freed a grace period after it was closed
 *
 * (N) by bully_net.lock.
 */
struct bully_socket {
	struct list_head node;
	struct bully_net *bn;
	struct socket *sock;
	struct bully_addr local;
	u16 family;
	u32 dev;
	unsigned int refs;
	struct rcu_head rcu;
};

/* socket.c: under bully_net.lock, may sleep */
struct bully_socket *bully_socket_get(struct bully_net *bn, u16 family,
				      const struct bully_addr *local, u32 dev);
void bully_socket_put(struct bully_socket *bs);
void bully_socket_hush(struct bully_socket *bs);
void bully_socket_put_hushed(struct bully_socket *bs);

/* any context */
bool bully_socket_covers(const struct bully_socket *bs, const struct bully_path *path);

/* xmit.c */
int bully_xmit(const struct bully_socket *bs, const struct bully_addr *to,
	       const struct bully_addr *from, struct dst_cache *cache, const u8 *buf);
int bully_xmit_carrier(struct bully_net *bn, const struct bully_addr *to,
		       const struct bully_addr *local, u32 dev);

#endif /* BULLY_SOCKET_H */
