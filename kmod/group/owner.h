/* SPDX-License-Identifier: GPL-2.0-only */
/* owner.h - owns the binding of a group's candidacy to a socket */
#ifndef BULLY_OWNER_H
#define BULLY_OWNER_H

#include <linux/types.h>

struct bully_group;
struct sock;

/**
 * struct bully_owner - the socket that owns a group's candidacy
 * @sk: the socket, with a reference; or NULL without an owner (G)
 * @portid: the port id of @sk, or 0 (G for write)
 * @late: the owner missed its deadline and owns the candidacy no more; the record stays
 *	until a process releases the socket or takes over, so that no tasklet puts @sk (G)
 * @deadline_ns: how long the owner may be silent, 0 for ever (G)
 *
 * The owner's deadline is bully_engine.due, which only owner.c writes after the engine is
 * initialised.
 *
 * (G) protected by bully_engine.lock. An all-zero record means that there is no owner.
 */
struct bully_owner {
	struct sock *sk;
	u32 portid;
	bool late;
	u64 deadline_ns;
};

/* under the group's lock */
bool bully_owner_owns(const struct bully_group *group);
bool bully_owner_stands(const struct bully_group *group);
void bully_owner_check(struct bully_group *group, u64 now);

/* in process context, without the group's lock */
const char *bully_owner_own(struct bully_group *group, struct sock *sk, u32 portid,
			    u64 deadline_ns);
const char *bully_owner_refresh(struct bully_group *group, struct sock *sk);
const char *bully_owner_disown(struct bully_group *group, struct sock *sk);
void bully_owner_move(struct bully_group *old, struct bully_group *group);
void bully_owner_put(struct bully_group *group);

/* without the group's lock, do not sleep */
bool bully_owner_release(struct bully_group *group, u32 portid);
void bully_owner_sleep(bool asleep);

#endif /* BULLY_OWNER_H */
