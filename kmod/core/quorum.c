// SPDX-License-Identifier: GPL-2.0-only
/*
 * quorum.c - the policy of Bully with leases: a leader leads while a majority grants it
 *
 * A node that wins the election only asks for votes (R1). The highest live node still
 * leads; a higher one that comes later asks the leader to hand over (R11).
 */
#include "elect.h"
#include "grant.h"
#include "handover.h"
#include "hearsay.h"
#include "leased.h"
#include "listen.h"
#include "preempt.h"
#include "rank.h"
#include "role.h"
#include "wait.h"

static u64 quorum_wait(struct bully_core *c, enum bully_phase phase)
{
	u64 hb = c->opts.heartbeat_ns, rank;

	switch (phase) {
	case BULLY_PHASE_LISTEN:
		return bully_leased_listen(c);
	case BULLY_PHASE_STAGGER:
		/* E7: all notice within a heartbeat of each other; higher nodes speak first */
		rank = bully_max(bully_wait_rank(c), 1) - 1;
		return hb + bully_min(rank, 4) * (hb / 8) + c->opts.look_ns;
	default:
		return bully_leased_wait(c);
	}
}

static void quorum_win(struct bully_core *c, enum bully_reason reason)
{
	bully_role_claim(c, reason);
	bully_leased_claim(c);
}

static bool quorum_give_up(struct bully_core *c)
{
	return bully_leased_give_up(c, BULLY_PHASE_COORD);
}

/* What this voter says to a claim; it may give up its own, or start an election. */
static enum bully_vote judge_claim(struct bully_core *c, struct bully_peer *p,
				   const struct bully_msg *m, enum bully_vote vote)
{
	bool higher = bully_rank_is_higher(c, p);

	if (higher && c->lease.claim && bully_grant_would_yield(c, p, m)) {
		/* R6: of two claimants the lower yields */
		bully_role_wait(c, BULLY_REASON_SUPERSEDED, BULLY_PHASE_COORD);
		vote = bully_grant_judge(c, p, m);
	}
	if (!higher && vote == BULLY_VOTE_GRANTED && bully_preempt_would(c) &&
	    !bully_hearsay_is_heir(c, p) &&		/* S11: P1 counts when it leads */
	    !(c->role.phase == BULLY_PHASE_LISTEN && bully_listen_is_lonely(c)) &&
	    c->state != BULLY_STATE_FOLLOWER) {
		/* P1: there is no leader, and this node would be the better one */
		vote = BULLY_VOTE_LEADS;
		if (c->state != BULLY_STATE_ELECTION)
			bully_elect(c, BULLY_REASON_PREEMPTED);
	}
	return vote;
}

/* E10, E11: a claim, or the word that one is held. */
static void quorum_on_coordinator(struct bully_core *c, struct bully_peer *p,
				  const struct bully_msg *m)
{
	enum bully_vote vote = bully_grant_judge(c, p, m);

	bully_wait_claimed(p);
	if (bully_leased_hear_claim(c, p, m))
		return;
	vote = judge_claim(c, p, m, vote);
	if (vote == BULLY_VOTE_GRANTED)
		bully_leased_grant(c, p, m, BULLY_PHASE_COORD);
	else
		bully_grant_refuse(c, m, vote);
}

static void quorum_admin_elect(struct bully_core *c)
{
	if (!bully_leased_admin_elect(c))
		bully_elect(c, BULLY_REASON_ADMIN);
}

const struct bully_policy bully_policy_quorum = {
	.leases = true,
	.ranks = true,
	.wait = quorum_wait,
	.win = quorum_win,
	.claim_above = bully_leased_claim_above,
	.claim_tick = bully_leased_claim_tick,
	.claim_self = bully_leased_claim_self,
	.give_up = quorum_give_up,
	.lead_tick = bully_leased_lead_tick,
	.count = bully_leased_count,
	.on_coordinator = quorum_on_coordinator,
	.on_coordinator_ack = bully_leased_on_coordinator_ack,
	.on_refuse = bully_leased_on_refuse,
	.on_vote = bully_leased_on_vote,
	.on_handover = bully_handover_asked,
	.hear = bully_leased_hear,
	.outbid = bully_leased_outbid,
	.take_over = bully_handover_ask,
	.admin_elect = quorum_admin_elect,
};
