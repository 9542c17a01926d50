// SPDX-License-Identifier: GPL-2.0
/* peer.c - peers come and go */
#include <linux/slab.h>

#include "group/peer.h"

/**
 * bully_peer_alloc() - make a peer that no group has yet
 * @config: already checked
 *
 * Return: the peer, or NULL without memory
 */
struct bully_remote *bully_peer_alloc(const struct bully_peer_config *config)
{
	struct bully_remote *remote;

	remote = kzalloc(sizeof(*remote), GFP_KERNEL_ACCOUNT);
	if (!remote)
		return NULL;
	if (dst_cache_init(&remote->route, GFP_KERNEL_ACCOUNT)) {
		kfree(remote);
		return NULL;
	}
	remote->core.id = config->id;
	remote->core.role = config->role;
	remote->addr = config->addr;
	strscpy(remote->scope_name, config->scope_name, IFNAMSIZ);
	return remote;
}

/* Nobody can have found the peer, or a grace period has passed since. */
void bully_peer_free_now(struct bully_remote *remote)
{
	dst_cache_destroy(&remote->route);
	kfree(remote);
}

static void bully_peer_free_rcu(struct rcu_head *rcu)
{
	bully_peer_free_now(container_of(rcu, struct bully_remote, rcu));
}

/*
 * Who may still hold a peer that the core has let go: a drain that took it from
 * bully_core_next_msg() under the group's lock, and is sending with bottom
 * halves off inside rcu_read_lock(). Nobody else: the ring and events that wait
 * name peers by id, dumps and events copy under the lock.
 */
void bully_peer_free(struct bully_remote *remote)
{
	call_rcu(&remote->rcu, bully_peer_free_rcu);
}
