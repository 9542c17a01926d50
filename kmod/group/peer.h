/* SPDX-License-Identifier: GPL-2.0-only */
/* peer.h - owns the memory of a peer: the core's part, its address, its route */
#ifndef BULLY_PEER_H
#define BULLY_PEER_H

#include <linux/rcupdate.h>
#include <net/dst_cache.h>

#include "transport/addr.h"
#include "core/core.h"

/**
 * struct bully_remote - a peer of a group, with its address and route
 * @core: the peer as the core knows it (G)
 * @addr: the configured address (G for write; reads also under bully_net.lock)
 * @source: the source of the last accepted message that did not come from @addr; no family
 *	if there was none (G)
 * @scope_name: the interface of a link-local @addr, else empty; locked as @addr
 * @moving: @addr has just changed; a drain with the old address may put its route into
 *	@route, so no packet uses @route (G)
 * @tags_full: when the bucket of tags for this peer is full again (G)
 * @route: the route to @addr, for each processor; used with bottom halves off
 * @rcu: frees the peer a grace period after BULLY_EV_PEER_DEL, because a drain may still
 *	send to the peer
 *
 * (G) protected by bully_engine.lock.
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
 * struct bully_peer_config - a peer as the administrator configured it
 * @addr: the configured address
 * @scope_name: the interface of a link-local @addr, else empty
 * @id: the peer's id
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
