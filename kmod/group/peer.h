/* SPDX-License-Identifier: GPL-2.0 */
/* peer.h - owns the memory of a peer: the core's part, its address, its route */
#ifndef BULLY_PEER_H
#define BULLY_PEER_H

#include <linux/rcupdate.h>
#include <net/dst_cache.h>

#include "transport/addr.h"
#include "core/core.h"

/**
 * struct bully_remote - a peer as the shell has it
 * @core: what the core knows of it (G)
 * @addr: where it is reached (G for write; reads also under bully_net.lock)
 * @source: where a message came from that was not from @addr, the last one; no family if
 *	there was none (G)
 * @scope_name: the interface of a link-local @addr; else empty; as @addr
 * @moving: @addr has just changed: a drain that still has the old one may put its
 *	route into @route, so nobody uses that (G)
 * @tags_full: when as many tags as may be are computed again for this peer (G)
 * @route: the route to @addr, of this processor; with bottom halves off
 * @rcu: it is freed a grace period after BULLY_EV_PEER_DEL, since a drain may
 *	still be sending to it
 *
 * (G) by bully_engine.lock.
 */
struct bully_remote {
	struct bully_peer core;
	struct bully_addr addr;
	struct bully_addr source;
	char scope_name[IFNAMSIZ];
	bool moving;
	u64 tags_full;
	struct dst_cache route;
	struct rcu_head rcu;
};

/**
 * struct bully_peer_config - a peer as the administrator named it
 * @addr: where it is reached
 * @scope_name: the interface of a link-local @addr; else empty
 * @id: its id
 * @role: enum bully_role
 */
struct bully_peer_config {
	struct bully_addr addr;
	char scope_name[IFNAMSIZ];
	u32 id;
	u8 role;
};

struct bully_remote *bully_peer_alloc(const struct bully_peer_config *config);
void bully_peer_free(struct bully_remote *remote);
void bully_peer_free_now(struct bully_remote *remote);

static inline struct bully_remote *bully_peer_remote(const struct bully_peer *peer)
{
	return container_of(peer, struct bully_remote, core);
}

#endif /* BULLY_PEER_H */
