/* SPDX-License-Identifier: GPL-2.0-only */
/* socket.h - owns the UDP sockets that groups share */
#ifndef BULLY_SOCKET_H
#define BULLY_SOCKET_H

#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <net/dst_cache.h>

#include "core/core.h"
#include "transport/addr.h"

struct bully_socket;
struct net;
struct socket;

/**
 * typedef bully_socket_receiver - takes a datagram
 * @bs: the socket that received the datagram
 * @buf: room for BULLY_WIRE_LEN bytes, with the datagram if @len is BULLY_WIRE_LEN; the
 *	receiver may overwrite the bytes
 * @len: the length of the datagram
 * @path: the way that the datagram took
 *
 * Bottom halves are off, RCU is read-locked.
 *
 * Return: BULLY_DROP_NONE, or why the datagram was dropped
 */
typedef enum bully_drop (*bully_socket_receiver)(const struct bully_socket *bs, u8 *buf,
						 size_t len, const struct bully_path *path);

/**
 * struct bully_sockets - the sockets of a network namespace
 * @net: the namespace
 * @lock: the lock of the namespace's configuration
 * @receive: takes the datagrams that any of the sockets receives
 * @open: the open sockets (N)
 * @n: the number of open sockets (N for write)
 *
 * (N) protected by @lock.
 */
struct bully_sockets {
	struct net *net;
	struct mutex *lock; /* N */
	bully_socket_receiver receive;
	struct list_head open;
	unsigned int n;
};

/**
 * struct bully_socket - one kernel socket, for all groups with the same binding
 * @node: in bully_sockets.open (N)
 * @set: the sockets of the namespace
 * @sock: the kernel socket; its sk_user_data is this object while the socket is open
 * @local: the address and port of the binding; without an address, the wildcard of @family
 * @family: AF_INET or AF_INET6
 * @dev: ifindex of the binding, or 0; unchanged when the interface goes
 * @refs: the number of groups that use the socket (N)
 * @rcu: frees this object a grace period after the socket was closed
 *
 * (N) protected by bully_sockets.lock.
 */
struct bully_socket {
	struct list_head node;
	struct bully_sockets *set;
	struct socket *sock;
	struct bully_addr local;
	u16 family;
	u32 dev;
	unsigned int refs;
	struct rcu_head rcu;
};

void bully_sockets_init(struct bully_sockets *set, struct net *net, struct mutex *lock,
			bully_socket_receiver receive);

/* socket.c: under bully_sockets.lock, may sleep */
struct bully_socket *bully_socket_get(struct bully_sockets *set, u16 family,
				      const struct bully_addr *local, u32 dev);
void bully_socket_put(struct bully_socket *bs);
void bully_socket_hush(struct bully_socket *bs);
void bully_socket_put_hushed(struct bully_socket *bs);

/* any context */
bool bully_socket_covers(const struct bully_socket *bs, const struct bully_path *path);

/* xmit.c */
int bully_xmit(const struct bully_socket *bs, const struct bully_addr *to,
	       const struct bully_addr *from, struct dst_cache *cache, const u8 *buf);
int bully_xmit_carrier(struct net *net, const struct bully_addr *to,
		       const struct bully_addr *local, u32 dev);

#endif /* BULLY_SOCKET_H */
