// SPDX-License-Identifier: GPL-2.0-only
/* claim.c - whether a claim may still be granted, and to which other claim it yields (R15) */
#include "claim.h"
#include "grant.h"
#include "hearsay.h"
#include "rank.h"
#include "set.h"
#include "wait.h"

/* R15: returns whether this voter may still grant the claim, @waited after it was asked. */
static bool may_grant(const struct bully_core *c, const struct bully_peer *p, u64 waited)
{
	u64 wait = bully_wait_votes(c);

	if (p->role == BULLY_ROLE_OBSERVER || p->lease.blocked == BULLY_BLOCKED_LEASE ||
	    p->lease.blocked == BULLY_BLOCKED_AHEAD)
		return false;
	/* the other claim is given up before this one, if nobody answers that */
	if (p->lease.blocked == BULLY_BLOCKED_CLAIM)
		return waited < wait + c->opts.heartbeat_ns / 8;
	return p->lease.vote != BULLY_VOTE_NONE || waited < wait;
}

/* R15: returns true if a majority cannot grant any more, or has not for too long. */
bool bully_claim_is_hopeless(const struct bully_core *c)
{
	u32 i, may = bully_set_is_voter(c);
	struct bully_peer *p;

	bully_for_each_peer(c, i, p)
		may += may_grant(c, p, c->now - c->announce.at);
	return may < bully_set_majority(c) ||
	       c->now - c->lease.claim_since >= 2 * c->opts.lease_ns + bully_detection(c);
}

/* R14: returns true if no majority has answered the claim. */
bool bully_claim_is_unheard(const struct bully_core *c)
{
	u32 i, answered = bully_set_is_voter(c);
	struct bully_peer *p;

	bully_for_each_peer(c, i, p)
		answered += p->role != BULLY_ROLE_OBSERVER && p->lease.vote != BULLY_VOTE_NONE;
	return answered < bully_set_majority(c);
}

/* R6: of two claimants the lower yields; without ranks, both do (F5). */
static enum bully_blocked yields(const struct bully_core *c, bool higher)
{
	return higher || !c->policy->ranks ? BULLY_BLOCKED_CLAIM : BULLY_BLOCKED_NOT;
}

/* R15: returns whether this node yields to the claimant or leader that a refusal names. */
enum bully_blocked bully_claim_yields(struct bully_core *c, const struct bully_peer *p,
				      const struct bully_msg *m)
{
	u64 age = (u64)m->leader_age_us * 1000, at = c->now - bully_min(age, c->now);

	if (m->refusal == BULLY_VOTE_LEADS && m->state != BULLY_STATE_LEADER)
		return yields(c, bully_rank_is_higher(c, p));
	if (m->refusal == BULLY_VOTE_AHEAD)
		return BULLY_BLOCKED_AHEAD;
	if (m->refusal != BULLY_VOTE_HELD && m->refusal != BULLY_VOTE_LEADS)
		return BULLY_BLOCKED_NOT;
	if (m->refusal == BULLY_VOTE_HELD && m->epoch > m->reported)
		return yields(c, bully_rank_named_is_higher(c, m));
	if (bully_hearsay_has_resigned(c, m->leader, m->epoch))
		return BULLY_BLOCKED_NOT;			/* the voter will know it soon */
	if ((m->state != BULLY_STATE_FOLLOWER && m->state != BULLY_STATE_LEADER) ||
	    age > bully_detection_of(c, p) || !bully_hearsay_is_news(c, m->leader, at))
		return BULLY_BLOCKED_NOT;			/* its lease is about to end */
	bully_hearsay_hear(c, m, at, bully_detection_of(c, p));
	return BULLY_BLOCKED_LEASE;
}

/* R13: returns how long to wait before the voter is asked again. */
u64 bully_claim_wait(const struct bully_core *c, const struct bully_peer *p,
		     const struct bully_msg *m)
{
	u64 hb = c->opts.heartbeat_ns, remain = (u64)m->remain_us * 1000;
	u64 age = (u64)m->leader_age_us * 1000, at = c->now - bully_min(age, c->now);
	u64 least = remain ? hb / 32 : hb / 8;
	u64 wait = bully_max(bully_min(remain, bully_grant_abstention(c)), least);

	if (m->refusal == BULLY_VOTE_UNHEARD && p->announce.tries < 3)
		return 0;			/* R10: the next one shows it */
	if (m->refusal == BULLY_VOTE_MEMBERS)
		return hb;
	if (m->refusal == BULLY_VOTE_HELD && m->epoch > m->reported)
		return bully_min(wait, hb / 16);	/* a claim may be given up at any time */
	if (m->refusal == BULLY_VOTE_HELD && bully_hearsay_has_resigned(c, m->leader, m->epoch))
		return bully_min(wait, hb >> (4 - bully_min(p->announce.tries, 3)));
	if (m->refusal == BULLY_VOTE_HELD && bully_hearsay_is_news(c, m->leader, at))
		return bully_min(wait, hb / 2);	/* so may a grant that its holder resigns */
	return wait;
}
