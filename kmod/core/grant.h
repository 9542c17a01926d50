/* SPDX-License-Identifier: GPL-2.0-only */
/* grant.h - owns this node's vote */
#ifndef BULLY_CORE_GRANT_H
#define BULLY_CORE_GRANT_H

#include "base.h"

u64 bully_grant_abstention(const struct bully_core *c);
void bully_grant_abstain(struct bully_core *c);
void bully_grant_raise_floor(struct bully_core *c);
u32 bully_grant_holder(const struct bully_core *c);
u64 bully_grant_free(const struct bully_core *c);
enum bully_vote bully_grant_own(struct bully_core *c);
u64 bully_grant_own_due(const struct bully_core *c);
enum bully_vote bully_grant_would(const struct bully_core *c, const struct bully_peer *p,
				  const struct bully_msg *m);
enum bully_vote bully_grant_judge(const struct bully_core *c, const struct bully_peer *p,
				  const struct bully_msg *m);
bool bully_grant_would_yield(const struct bully_core *c, const struct bully_peer *p,
			     const struct bully_msg *m);
void bully_grant_give(struct bully_core *c, const struct bully_msg *m);
enum bully_vote bully_grant_renew(struct bully_core *c, const struct bully_msg *m);
bool bully_grant_is_claimed(const struct bully_core *c, u32 id, u64 session, u64 epoch);
void bully_grant_release(struct bully_core *c, u32 id, u64 session, u64 epoch);
void bully_grant_hear(struct bully_core *c, const struct bully_msg *m);
void bully_grant_tell(const struct bully_core *c, struct bully_action *act, enum bully_vote vote);
struct bully_action *bully_grant_refuse(struct bully_core *c, const struct bully_msg *m,
					enum bully_vote vote);
void bully_grant_in_probe(const struct bully_core *c, struct bully_action *act);

/* There is a new leader, whose grant was not asked for yet. */
static inline void bully_grant_follow(struct bully_core *c)
{
	c->grant.refusal = BULLY_VOTE_NONE;
}

/* Nothing is claimed any more, so this node's vote for itself counts no more. */
static inline void bully_grant_forget_own(struct bully_core *c)
{
	c->grant.own_epoch = 0;
}

#endif /* BULLY_CORE_GRANT_H */
