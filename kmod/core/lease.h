/* SPDX-License-Identifier: GPL-2.0-only */
/* lease.h - owns what is claimed, and what was granted */
#ifndef BULLY_CORE_LEASE_H
#define BULLY_CORE_LEASE_H

#include "base.h"

u32 bully_lease_grants(const struct bully_core *c, u64 now);
bool bully_lease_has_vote(const struct bully_core *c, const struct bully_peer *p);
bool bully_lease_is_claiming(const struct bully_core *c);
bool bully_lease_is_won(struct bully_core *c);
void bully_lease_renew(struct bully_core *c);
enum bully_reason bully_lease_over(struct bully_core *c);
void bully_lease_hear(struct bully_core *c);
enum bully_ballot bully_lease_take_vote(struct bully_core *c, struct bully_peer *p,
					const struct bully_msg *m);
void bully_lease_claim(struct bully_core *c);
void bully_lease_end_claim(struct bully_core *c);

/* The peer's refusal is of no claim. */
static inline void bully_lease_forget_vote(struct bully_peer *p)
{
	p->lease.vote = BULLY_VOTE_NONE;
}

/* F3: what the peer says to the question whether it would vote for this node. */
static inline void bully_lease_note_vote(struct bully_peer *p, enum bully_vote vote)
{
	p->lease.vote = vote;
}

/* No peer has said anything to what is claimed or asked from now on. */
static inline void bully_lease_forget_votes(struct bully_core *c)
{
	struct bully_peer *p;
	u32 i;

	bully_for_each_peer(c, i, p)
		bully_lease_forget_vote(p);
}

/* R15: the voter refused, and keeps its vote for @blocked. */
static inline void bully_lease_block(struct bully_peer *p, enum bully_blocked blocked)
{
	p->lease.blocked = blocked;
}

/* S1, R11: the RESIGN of the claim names @heir. */
static inline void bully_lease_name_heir(struct bully_core *c, u32 heir)
{
	c->lease.heir = heir;
}

/* R7: another set has another majority, and a node that left has no vote: count again. */
static inline void bully_lease_uncount(struct bully_core *c)
{
	c->lease.base = 0;
}

#endif /* BULLY_CORE_LEASE_H */
