// SPDX-License-Identifier: GPL-2.0-only
/* peer.c - allocates and frees peers */
#include <linux/slab.h>

#include "group/peer.h"

/**
 * bully_peer_alloc() - allocate a peer, which no group has yet
 * @config: checked
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

/* Free a peer that no context can have found, or after a grace period. */
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
 * Free a peer that the core has removed, after a grace period. Only a drain may still hold
 * the peer: it took the peer from bully_core_next_msg() under the group's lock, and sends
 * with bottom halves off inside rcu_read_lock(). The ring and waiting events name peers by
 * id. Dumps and events copy peers under the lock.
 */
void bully_peer_free(struct bully_remote *remote)
{
	call_rcu(&remote->rcu, bully_peer_free_rcu);
}
