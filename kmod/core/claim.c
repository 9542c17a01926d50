// SPDX-License-Identifier: GPL-2.0
/* claim.c - quorum mode: a claim that is refused, asked again, or given up (R13, R15) */
#include "internal.h"

/* R15: returns whether this voter may still grant the claim, @waited after it was asked. */
static bool may_grant(const struct bully_core *c, const struct bully_peer *p, u64 waited)
{
	u64 wait = bully_answer_wait(c);

	if (p->role == BULLY_ROLE_OBSERVER || p->lease.blocked == BULLY_BLOCKED_LEASE)
		return false;
	/* the other claim is given up before this one, if nobody answers that */
	if (p->lease.blocked == BULLY_BLOCKED_CLAIM)
		return waited < wait + c->opts.heartbeat_ns / 8;
	return p->lease.vote != BULLY_VOTE_NONE || waited < wait;
}

/* R15: returns true if a majority cannot grant any more, or has not for too long. */
bool bully_claim_hopeless(const struct bully_core *c)
{
	u32 i, may = bully_votes(c);
	struct bully_peer *p;

	bully_for_each_peer(c, i, p)
		may += may_grant(c, p, c->now - c->announce.at);
	return may < bully_majority(c) ||
	       c->now - c->lease.claim_since >= 2 * c->opts.lease_ns + bully_detection(c);
}

/* Let others have the votes. Where no majority answered, find out who does (R14). */
void bully_claim_give_up(struct bully_core *c)
{
	u32 i, answered = bully_votes(c);
	struct bully_peer *p;

	bully_for_each_peer(c, i, p)
		answered += p->role != BULLY_ROLE_OBSERVER && p->lease.vote != BULLY_VOTE_NONE;
	c->role.rounds += c->role.rounds < 3;
	if (answered < bully_majority(c))
		bully_listen_again(c, c->role.cause);
	else
		bully_become_waiting(c, c->role.cause, BULLY_PHASE_COORD);
}

/* R15: returns whether this node yields to the claimant or leader that a refusal names. */
static enum bully_blocked yields_to(struct bully_core *c, const struct bully_peer *p,
				    const struct bully_msg *m)
{
	u64 age = (u64)m->leader_age_us * 1000, at = c->now - bully_min(age, c->now);

	if (m->refusal == BULLY_VOTE_LEADS && m->state != BULLY_STATE_LEADER)
		return p->id > c->id ? BULLY_BLOCKED_CLAIM : BULLY_BLOCKED_NOT;
	if (m->refusal != BULLY_VOTE_HELD && m->refusal != BULLY_VOTE_LEADS)
		return BULLY_BLOCKED_NOT;
	if (m->refusal == BULLY_VOTE_HELD && m->epoch > m->reported)
		/* of two claimants the lower (R6) */
		return m->leader > c->id ? BULLY_BLOCKED_CLAIM : BULLY_BLOCKED_NOT;
	if ((m->state != BULLY_STATE_FOLLOWER && m->state != BULLY_STATE_LEADER) ||
	    age > bully_detection_of(c, p) || !bully_news(c, m->leader, at))
		return BULLY_BLOCKED_NOT;			/* its lease is about to end */
	c->hearsay.leader = m->leader;
	c->hearsay.at = at;
	c->hearsay.lifetime = bully_detection_of(c, p);
	return BULLY_BLOCKED_LEASE;
}

/* A voter does not grant: wait as long as it said, and ask again with the same claim (R13). */
enum bully_drop bully_on_vote_refused(struct bully_core *c, struct bully_peer *p,
				      const struct bully_msg *m)
{
	u64 hb = c->opts.heartbeat_ns, remain = (u64)m->remain_us * 1000, wait;
	u64 age = (u64)m->leader_age_us * 1000, at = c->now - bully_min(age, c->now);

	if (!c->lease.claim) {
		/* it was asked for a handover */
		p->lease.vote = BULLY_VOTE_NONE;
		return c->state == BULLY_STATE_FOLLOWER && c->preempt.asked ? BULLY_DROP_NONE :
								      BULLY_DROP_UNEXPECTED;
	}
	bully_vote_take(c, p, m);
	if (!c->lease.claim || !bully_claiming(c))
		return BULLY_DROP_NONE;
	p->lease.blocked = yields_to(c, p, m);
	if (c->state == BULLY_STATE_ELECTION && bully_claim_hopeless(c)) {
		bully_claim_give_up(c);
		return BULLY_DROP_NONE;
	}
	wait = bully_max(bully_min(remain, bully_abstention(c)), remain ? hb / 32 : hb / 8);
	if (m->refusal == BULLY_VOTE_HELD && m->epoch > m->reported)
		wait = bully_min(wait, hb / 16);	/* a claim may be given up at any time */
	else if (m->refusal == BULLY_VOTE_HELD && bully_news(c, m->leader, at))
		wait = bully_min(wait, hb / 2);		/* so may a grant that its holder resigns */
	if (m->refusal == BULLY_VOTE_UNHEARD && p->announce.tries < 3)
		wait = 0;		/* the next one shows it (R10) */
	else if (m->refusal == BULLY_VOTE_MEMBERS)
		wait = hb;
	else if (m->refusal == BULLY_VOTE_EPOCH)
		return BULLY_DROP_NONE;	/* the new claim is on its way */
	p->announce.acked = false;
	p->announce.tries += p->announce.tries < 3;
	p->announce.due = c->now + wait;
	p->announce.until = bully_max(p->announce.until, p->announce.due + bully_detection(c));
	bully_timer_advance(c, BULLY_T_CLAIM, p->announce.due);
	return BULLY_DROP_NONE;
}
