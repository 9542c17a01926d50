/* SPDX-License-Identifier: GPL-2.0-only */
/* share.h - owns the accounting of one user outside the initial user namespace */
#ifndef BULLY_SHARE_H
#define BULLY_SHARE_H

#include <linux/types.h>

struct bully_user;
struct user_namespace;

/**
 * struct bully_share - the part of a user's limits that one group uses
 * @user: the user, or NULL for a group of the initial user namespace, which has no limit
 * @peers: the number of peers that are accounted for
 * @rate: packets in 1000 s: one a heartbeat for each peer
 *
 * An all-zero share uses nothing. Protected by bully_net.lock of the group's namespace.
 */
struct bully_share {
	struct bully_user *user;
	u32 peers;
	u64 rate;
};

/* These functions may sleep. */
int bully_share_raise(struct bully_share *share, struct user_namespace *ns, u32 peers,
		      u64 heartbeat_ns, const char **refusal);
void bully_share_lower(struct bully_share *share, u32 peers, u64 heartbeat_ns);
void bully_share_end(struct bully_share *share);

#endif /* BULLY_SHARE_H */
