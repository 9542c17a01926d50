/* SPDX-License-Identifier: GPL-2.0-only */
/* owner.h - owns the binding of a group's candidacy to the sockets of a table */
#ifndef BULLY_OWNER_H
#define BULLY_OWNER_H

#include "group/owners.h"

struct bully_group;

#define BULLY_OWNER_AS_IS 255 /* a refresh keeps what the owner said about its will */

/**
 * struct bully_owner_ask - what a socket says about its ownership
 * @name: under which name it owns, padded with NUL
 * @deadline_ns: how long it may be silent, 0 for ever
 * @willing: 0, 1, or BULLY_OWNER_AS_IS in a refresh
 * @weight: 0, or by how much an owner that is not ok lowers the priority
 * @positioned: @position was said; if it was not, a refresh keeps the owner's position
 * @position: how far the owner's data is
 * @forget: it is not missed when it gives the candidacy back
 */
struct bully_owner_ask {
	char name[BULLY_OWNER_NAME_LEN];
	u64 deadline_ns;
	u8 willing;
	u8 weight;
	bool positioned;
	struct bully_position position;
	bool forget;
};

/* under the group's lock */
void bully_owner_decide(const struct bully_group *group, struct bully_opts *opts);
const char *bully_owner_veto(const struct bully_group *group);
void bully_owner_check(struct bully_group *group, u64 now);
void bully_owner_place(struct bully_group *group);
void bully_owner_forget(struct bully_group *group, struct bully_owners_gone *gone);

/* in process context, without the group's lock */
int bully_owner_own(struct bully_group *group, struct sock *sk, u32 portid,
		    const struct bully_owner_ask *ask, const char **refusal);
const char *bully_owner_refresh(struct bully_group *group, struct sock *sk,
				const struct bully_owner_ask *ask);
const char *bully_owner_disown(struct bully_group *group, struct sock *sk,
			       const struct bully_owner_ask *ask);
void bully_owner_drop(struct bully_group *group, const struct bully_owners_gone *gone);
void bully_owner_move(struct bully_group *old, struct bully_group *group);
void bully_owner_put(struct bully_group *group);

/* without the group's lock, do not sleep */
bool bully_owner_release(struct bully_group *group, u32 portid);
void bully_owner_sleep(bool asleep);

#endif /* BULLY_OWNER_H */
