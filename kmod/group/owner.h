/* SPDX-License-Identifier: GPL-2.0 */
/* owner.h - owns which socket a group's candidacy is bound to */
#ifndef BULLY_OWNER_H
#define BULLY_OWNER_H

#include <linux/types.h>

struct bully_group;
struct sock;

/**
 * struct bully_owner - the socket that owns a group's candidacy
 * @sk: with a reference, or NULL where there is none (G)
 * @portid: of @sk, or 0 (G for write)
 * @late: it missed its deadline and owns no more; kept until it is released or another
 *	one takes over, so that @sk is let go of by who may sleep (G)
 * @deadline_ns: how long it may be silent, 0 for ever (G)
 *
 * When the owner is late stands in bully_engine.due, which only this file writes.
 *
 * (G) by bully_engine.lock. All zero is nobody.
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

/* from process context, without it */
const char *bully_owner_own(struct bully_group *group, struct sock *sk, u32 portid,
			    u64 deadline_ns);
const char *bully_owner_refresh(struct bully_group *group, struct sock *sk);
const char *bully_owner_disown(struct bully_group *group, struct sock *sk);
void bully_owner_move(struct bully_group *old, struct bully_group *group);
void bully_owner_put(struct bully_group *group);

/* any context */
bool bully_owner_release(struct bully_group *group, u32 portid);
void bully_owner_sleep(bool asleep);

#endif /* BULLY_OWNER_H */
