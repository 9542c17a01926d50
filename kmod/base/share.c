// SPDX-License-Identifier: GPL-2.0-only
/*
 * share.c - limits of a user: groups, peers, and packets a second
 *
 * Root in a user namespace can create any number of network namespaces, so a limit of
 * one network namespace would not limit the user. The limits apply to a user: the owner
 * of the outermost user namespace below the initial one. User namespaces nested in this
 * namespace, and the ids mapped there, belong to the same user. A user namespace that the
 * host's root created, for a container, counts as a user of its own.
 *
 * Softirqs send and receive a group's packets, so no scheduler charges them to the
 * user. Each peer is accounted for with one packet a heartbeat. A node repeats a message
 * without an answer up to three times a heartbeat, and this host may receive each packet
 * as well. At 10 us for a packet sent and received, 1000 packets a second cost at most
 * 4 % of a processor.
 *
 * A struct bully_user exists while the user has a group.
 */
#include <linux/hashtable.h>
#include <linux/math64.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/uidgid.h>
#include <linux/user_namespace.h>

#include "base/share.h"

static unsigned int bully_user_groups = 64;
module_param_named(user_groups, bully_user_groups, uint, 0644);
MODULE_PARM_DESC(user_groups,
		 "maximum groups of a user outside the initial user namespace (default 64)");

static unsigned int bully_user_peers = 1024;
module_param_named(user_peers, bully_user_peers, uint, 0644);
MODULE_PARM_DESC(user_peers, "maximum peers in all groups of such a user (default 1024)");

static unsigned int bully_user_packets = 1000;
module_param_named(user_packets, bully_user_packets, uint, 0644);
MODULE_PARM_DESC(user_packets,
		 "maximum packets a second of such a user: peers divided by heartbeat (default 1000)");

#define BULLY_USERS_BITS 6
#define BULLY_SHARE_SPAN_S 1000 /* the time base of rates: a heartbeat may be 60 s */

/**
 * struct bully_user - what the groups of one user use
 * @hash: in bully_users
 * @owner: the owner of the user's outermost user namespace
 * @inum: the number of that namespace if the host's root owns it, else 0
 * @groups: the number of groups; each group keeps the user
 * @peers: the peers of all groups
 * @rate: the packets of all groups in BULLY_SHARE_SPAN_S
 *
 * Protected by bully_users_lock.
 */
struct bully_user {
	struct hlist_node hash;
	kuid_t owner;
	unsigned int inum;
	unsigned int groups;
	u64 peers;
	u64 rate;
};

static DEFINE_MUTEX(bully_users_lock);
static DEFINE_HASHTABLE(bully_users, BULLY_USERS_BITS);

static u64 bully_share_rate(u32 peers, u64 heartbeat_ns)
{
	return peers * div64_u64(BULLY_SHARE_SPAN_S * (u64)NSEC_PER_SEC, heartbeat_ns);
}

/* Returns the user of a namespace, and creates a new user if needed; NULL without memory. */
static struct bully_user *bully_share_user(const struct user_namespace *ns)
{
	struct bully_user *user;
	unsigned int inum;

	lockdep_assert_held(&bully_users_lock);
	while (ns->parent != &init_user_ns)
		ns = ns->parent;
	inum = uid_eq(ns->owner, GLOBAL_ROOT_UID) ? ns->ns.inum : 0;
	hash_for_each_possible(bully_users, user, hash, __kuid_val(ns->owner))
		if (uid_eq(user->owner, ns->owner) && user->inum == inum)
			return user;
	user = kzalloc(sizeof(*user), GFP_KERNEL_ACCOUNT);
	if (!user)
		return NULL;
	user->owner = ns->owner;
	user->inum = inum;
	hash_add(bully_users, &user->hash, __kuid_val(ns->owner));
	return user;
}

static void bully_share_forget(struct bully_user *user)
{
	if (user->groups)
		return;
	hash_del(&user->hash);
	kfree(user);
}

static const char *bully_share_refusal(const struct bully_user *user, bool group, u32 peers,
				       u64 rate)
{
	if (group && user->groups >= READ_ONCE(bully_user_groups))
		return "the module parameter user_groups allows this user no more groups";
	if (peers && user->peers + peers > READ_ONCE(bully_user_peers))
		return "the module parameter user_peers allows this user no more peers";
	if (!rate || user->rate + rate <= (u64)READ_ONCE(bully_user_packets) * BULLY_SHARE_SPAN_S)
		return NULL;
	return "the module parameter user_packets allows this user no more packets a second";
}

/**
 * bully_share_raise() - account for what a group is about to need
 * @share: the group's share, or all zero for a new group; never lowered
 * @ns: the user namespace of the group's network namespace
 * @peers: the number of peers that the group will have
 * @heartbeat_ns: the heartbeat that the group will have
 * @refusal: set to a sentence if a limit of the user forbids it, else to NULL
 *
 * Return: 0; -ENOSPC with a refusal; or -ENOMEM
 */
int bully_share_raise(struct bully_share *share, struct user_namespace *ns, u32 peers,
		      u64 heartbeat_ns, const char **refusal)
{
	u64 rate = bully_share_rate(peers, heartbeat_ns);
	struct bully_user *user = share->user;

	*refusal = NULL;
	if (ns == &init_user_ns)
		return 0;
	peers = max(peers, share->peers) - share->peers;
	rate = max(rate, share->rate) - share->rate;
	mutex_lock(&bully_users_lock);
	if (!user)
		user = bully_share_user(ns);
	if (!user) {
		mutex_unlock(&bully_users_lock);
		return -ENOMEM;
	}
	*refusal = bully_share_refusal(user, !share->user, peers, rate);
	if (!*refusal) {
		user->groups += !share->user;
		user->peers += peers;
		user->rate += rate;
		share->user = user;
		share->peers += peers;
		share->rate += rate;
	}
	bully_share_forget(user);
	mutex_unlock(&bully_users_lock);
	return *refusal ? -ENOSPC : 0;
}

/* Lower a share to what the group uses. At no time is the user charged less than is used. */
void bully_share_lower(struct bully_share *share, u32 peers, u64 heartbeat_ns)
{
	u64 rate = bully_share_rate(peers, heartbeat_ns);

	if (!share->user)
		return;
	peers = min(peers, share->peers);
	rate = min(rate, share->rate);
	mutex_lock(&bully_users_lock);
	share->user->peers -= share->peers - peers;
	share->user->rate -= share->rate - rate;
	mutex_unlock(&bully_users_lock);
	share->peers = peers;
	share->rate = rate;
}

/* The group has ended: return its whole share. */
void bully_share_end(struct bully_share *share)
{
	if (!share->user)
		return;
	mutex_lock(&bully_users_lock);
	share->user->groups--;
	share->user->peers -= share->peers;
	share->user->rate -= share->rate;
	bully_share_forget(share->user);
	mutex_unlock(&bully_users_lock);
	memset(share, 0, sizeof(*share));
}
