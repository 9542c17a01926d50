// SPDX-License-Identifier: GPL-2.0-only
/* auth.c - judges the tags of messages, and limits how many tags are computed for a sender */
#include <linux/ktime.h>

#include "core/bucket.h"
#include "group/auth.h"
#include "group/group.h"

/* A5: token buckets limit the tags that are computed for messages which do not name this
 * node's session. The bucket of a peer, for messages from the peer's configured address,
 * fills at this rate in each heartbeat.
 */
#define BULLY_AUTH_PEER_RATE 16
#define BULLY_AUTH_PEER_BURST 32
/* The bucket of a namespace, for all other addresses together, fills at this rate a second. */
#define BULLY_AUTH_NET_RATE 1000
#define BULLY_AUTH_NET_BURST 1000

/* A5: returns true if a bucket has a token for a message that names another session. @peer is
 * NULL for an unlisted observer.
 */
static bool bully_auth_allowed(struct bully_group *group, struct bully_peer *peer,
			       const struct bully_path *path)
{
	struct bully_remote *remote = peer ? bully_peer_remote(peer) : NULL;
	atomic64_t *elsewhere = &group->bn->tags_full;
	u64 now = ktime_get_boottime_ns();
	s64 old;
	u64 new;

	if (remote && bully_addr_same_host(&path->remote, &remote->addr))
		return bully_bucket_take(&remote->tags_full, now,
					 div_u64(group->core.opts.heartbeat_ns,
						 BULLY_AUTH_PEER_RATE),
					 BULLY_AUTH_PEER_BURST);
	old = atomic64_read(elsewhere);
	do {
		new = old;
		if (!bully_bucket_take(&new, now, NSEC_PER_SEC / BULLY_AUTH_NET_RATE,
				       BULLY_AUTH_NET_BURST))
			return false;
	} while (!atomic64_try_cmpxchg(elsewhere, &old, new));
	return true;
}

/**
 * bully_auth_look() - judge a message's tag as far as possible without computing it
 * @group: the group, locked
 * @msg: the message
 * @path: the way that the message took
 * @tag: set to the verdict, enum bully_tag
 * @keys: set to the group's keys, which RCU protects, or to NULL
 *
 * Return: true if the caller must call bully_keys_verify(), without the lock
 */
bool bully_auth_look(struct bully_group *group, const struct bully_msg *msg,
		     const struct bully_path *path, u8 *tag, struct bully_keys **keys)
{
	struct bully_peer *peer;
	bool ours;

	lockdep_assert_held(&group->engine.lock);
	*tag = BULLY_TAG_OFF;
	*keys = rcu_dereference_protected(group->keys, lockdep_is_held(&group->engine.lock));
	if (!*keys)
		return false;
	if (!msg->key_id) { /* A3: a message without a tag passes only in mode permissive */
		*tag = group->auth == BULLY_AUTH_ENFORCE ? BULLY_TAG_FAILED : BULLY_TAG_PASSED;
		return false;
	}
	*tag = BULLY_TAG_UNSEEN;
	if (bully_core_peek(&group->core, msg, &peer, &ours))
		return false;
	*tag = BULLY_TAG_FAILED;
	if (!bully_keys_has(*keys, msg->key_id))
		return false;
	*tag = BULLY_TAG_LIMITED;
	return ours || bully_auth_allowed(group, peer, path);
}
