// SPDX-License-Identifier: GPL-2.0
/*
 * share.c - limits of a user: groups, peers, and packets a second
 *
 * Who is root in a user namespace makes as many network namespaces as he likes, so
 * limits of one namespace limit nobody. What counts is the user: the owner of the
 * outermost user namespace below the initial one, whatever is nested in it and
 * whatever ids are mapped there. A user namespace that the host's root made, for a
 * container, is a user of its own.
 *
 * Softirqs send and receive a group's packets, so no scheduler charges them to the
 * user. Each peer is accounted for with one packet a heartbeat. A node repeats what is
 * not answered up to three times a heartbeat, and each packet may be received on this
 * host as well. At 10 us for a packet sent and received, 1000 of them a second cost
 * 4 % of a processor at worst.
 *
 * A user exists as long as he has a group.
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
MODULE_PARM_DESC(user_groups, "most groups of one user outside the initial user namespace (64)");

static unsigned int bully_user_peers = 1024;
module_param_named(user_peers, bully_user_peers, uint, 0644);
MODULE_PARM_DESC(user_peers, "most peers in all groups of such a user (1024)");

static unsigned int bully_user_packets = 1000;
module_param_named(user_packets, bully_user_packets, uint, 0644);
MODULE_PARM_DESC(user_packets,
		 "most packets a second of such a user: peers divided by heartbeat (1000)");

#define BULLY_USERS_BITS 6
#define BULLY_SHARE_SPAN_S 1000 /* rates are counted for so long: a heartbeat may be 60 s */

/**
 * struct bully_user - what one user has
 * @hash: in bully_users
 * @owner: of his outermost user namespace
 * @inum: of that namespace where the host's root owns it, else 0
 * @groups: each of them keeps the user
 * @peers: of all groups
 * @rate: of all groups, in packets in BULLY_SHARE_SPAN_S
 *
 * By bully_users_lock.
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

/* The user of a namespace, who is made if he has nothing yet; or NULL without memory. */
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
 * bully_share_raise() - take what a group is about to need
 * @share: the group's, or all zero for a new group; never becomes less
 * @ns: of the group's network namespace
 * @peers: how many peers the group will have
 * @heartbeat_ns: its heartbeat
 * @refusal: set to a sentence if the user may not have so much
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

/* Give back what is beyond these; nobody who asks meanwhile sees less than what is used. */
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

/* The group is no more. */
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
