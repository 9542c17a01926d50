// SPDX-License-Identifier: GPL-2.0-only
/* elect.c - the election that all policies share: when it starts, and which nodes it waits for */
#include "clock.h"
#include "duplicate.h"
#include "elect.h"
#include "hearsay.h"
#include "holddown.h"
#include "listen.h"
#include "outbox.h"
#include "peers.h"
#include "preempt.h"
#include "probe.h"
#include "rank.h"
#include "role.h"
#include "stand.h"
#include "wait.h"

/* This node has won the election. What that is worth the policy says. */
void bully_elect_win(struct bully_core *c, enum bully_reason reason)
{
	if (c->state == BULLY_STATE_LEADER && c->policy->claim_above) {
		c->policy->claim_above(c, c->lease.claim);
		return;
	}
	if (bully_role_may_claim(c))
		c->policy->win(c, reason);
	else if (c->state != BULLY_STATE_LEADER)
		bully_role_wait(c, reason, BULLY_PHASE_STAGGER);
}

/* E5, E6: ask the higher nodes, or win at once if there is none. */
static void begin(struct bully_core *c, enum bully_reason cause)
{
	c->stats.elections[cause]++;
	bully_role_set_cause(c, cause);
	if (bully_wait_begin(c))
		bully_send(c, BULLY_TO_HIGHER, 0, BULLY_MSG_ELECTION, 0)->leader = 0;
	if (bully_wait_for_any(c))
		bully_role_election(c, cause);
	else
		bully_elect_win(c, cause);
}

/* E2: start an election; a node that does not stand waits for others'. */
void bully_elect(struct bully_core *c, enum bully_reason cause)
{
	if (!bully_takes_part(c))
		bully_role_wait(c, cause, BULLY_PHASE_NONE);
	else if (!bully_stands(c))
		bully_role_wait(c, cause, BULLY_PHASE_COORD);
	else if (c->policy->begin)
		c->policy->begin(c, cause);
	else
		begin(c, cause);
}

/* E6: this node will not take over. If it is the last that is waited for, the election is won. */
void bully_elect_declined(struct bully_core *c, struct bully_peer *p)
{
	bully_wait_declined(p);
	if (!bully_wait_for_any(c))
		bully_elect_win(c, c->role.cause);
}

/* Returns true if the leader that others follow is higher than this node. */
static bool told_is_higher(const struct bully_core *c)
{
	return bully_rank_above(bully_rank_told(c, c->hearsay.leader, c->hearsay.priority,
						c->hearsay.at), bully_rank_own(c));
}

/* E8: returns true if others follow a leader that this node does not depose. A claim never
 * takes a lease.
 */
static bool told_of_leader(const struct bully_core *c)
{
	return c->hearsay.leader &&
	       (bully_leases(c) || told_is_higher(c) || !bully_preempt_would(c));
}

/* Returns true if another candidate that would lead has answered. */
static bool another_stands(const struct bully_core *c)
{
	u32 i;

	for (i = 0; i < c->n_peers; i++)
		if (c->peer[i]->answered && c->peer[i]->stands && !c->peer[i]->set.differ &&
		    c->peer[i]->role == BULLY_ROLE_CANDIDATE)
			return true;
	return false;
}

/* E8: this node has listened long enough. Others may follow a leader that it cannot reach. */
static void decide(struct bully_core *c)
{
	if (told_of_leader(c) && bully_hearsay_is_fresh(c)) {
		bully_role_count_round(c);
		bully_role_wait(c, c->role.cause, BULLY_PHASE_COORD);
		return;
	}
	if (told_of_leader(c) && c->state == BULLY_STATE_INIT) {
		/* that was a long while ago: ask once more */
		bully_hearsay_forget(c);
		bully_role_wait(c, c->role.cause, BULLY_PHASE_NONE);
		bully_role_listen(c);
		return;
	}
	/* C1: there is no successor to wait for */
	if (c->state == BULLY_STATE_WAITING)
		bully_stand_return(c);
	bully_listen_done(c);
	if (c->state == BULLY_STATE_INIT && bully_holddown_holds(c) && another_stands(c)) {
		/* P9: the first move is theirs, for as long as they need */
		bully_role_wait(c, c->role.cause, BULLY_PHASE_COORD);
		return;
	}
	if (!bully_stands(c))
		bully_role_count_round(c);
	bully_elect(c, c->role.cause);
}

/* The source: start again when no COORDINATOR comes. */
static void no_coordinator(struct bully_core *c)
{
	bully_role_count_round(c);
	if (bully_leases(c) && c->role.rounds == 1 && bully_stands(c) && !bully_hearsay_is_fresh(c))
		bully_elect(c, c->role.cause);		/* R16: and at first at once */
	else if (c->listen.lonely && bully_listen_is_lonely(c) && !bully_hearsay_is_fresh(c))
		bully_role_wait_again(c);		/* R14: H8 goes on asking */
	else
		bully_role_listen(c);
}

void bully_elect_phase_over(struct bully_core *c)
{
	switch (c->role.phase) {
	case BULLY_PHASE_LISTEN:
		decide(c);
		break;
	case BULLY_PHASE_OK:
		/* the source: no OK, so this is the highest */
		bully_elect_win(c, c->role.cause);
		break;
	case BULLY_PHASE_ASK:
		c->policy->asked(c);
		break;
	case BULLY_PHASE_COORD:
		no_coordinator(c);
		break;
	case BULLY_PHASE_STAGGER:
	case BULLY_PHASE_NEXT:
		bully_elect(c, c->role.cause);
		break;
	case BULLY_PHASE_CLAIM:
		if (!c->policy->give_up(c))
			bully_role_wait_for(c, BULLY_PHASE_CLAIM, c->opts.heartbeat_ns / 8);
		break;
	default:
		break;
	}
}

/* R14: a majority answers again: leave the others a moment, and then start an election. */
static void end_loneliness(struct bully_core *c)
{
	u64 hb = c->opts.heartbeat_ns;

	if (!c->listen.lonely || c->state != BULLY_STATE_WAITING ||
	    c->role.phase != BULLY_PHASE_COORD || bully_listen_is_lonely(c) ||
	    bully_hearsay_is_fresh(c))
		return;
	bully_role_wait_for(c, BULLY_PHASE_LISTEN, hb / 4 + bully_jitter(c, hb / 4));
	bully_listen_ask(c);
}

/* A message came. If every peer has answered, there is nobody to wait for. */
void bully_elect_listen_check(struct bully_core *c)
{
	u32 i;

	end_loneliness(c);
	if (c->role.phase != BULLY_PHASE_LISTEN)
		return;
	if (c->state == BULLY_STATE_WAITING && told_of_leader(c) && bully_hearsay_is_fresh(c)) {
		decide(c);		/* before the news gets old */
		return;
	}
	/* others with another set: our set may not be complete yet */
	for (i = 0; i < c->n_peers; i++)
		if (!c->peer[i]->answered || c->peer[i]->mismatch)
			return;
	/* a leader that is only told of may still be received itself */
	if (!bully_hearsay_is_fresh(c) || (!told_is_higher(c) && !bully_leases(c)))
		decide(c);
}

/* R14: a lower node has listened long enough; so has this one, if it knows of a majority. */
void bully_elect_listen_end(struct bully_core *c)
{
	if (bully_leases(c) && c->role.phase == BULLY_PHASE_LISTEN && !bully_listen_is_lonely(c) &&
	    !bully_hearsay_is_fresh(c))
		decide(c);
}

/* S11: returns true if @heir is a lower candidate, which claims now without being the highest. */
static bool leaves_time(const struct bully_core *c, u32 heir)
{
	const struct bully_peer *p = bully_core_find(c, heir);

	return p && p->role == BULLY_ROLE_CANDIDATE && !bully_rank_is_higher(c, p);
}

/* C1: returns true if the successor that this node follows is lost; to hand over to a higher node
 * is no loss.
 */
static bool successor_is_lost(const struct bully_core *c, u32 heir)
{
	return !heir || bully_rank_is_lost(c, c->leader, heir);
}

/* There is no leader any more, whatever others say who have not noticed yet. */
static void note_loss(struct bully_core *c, u64 missed_at)
{
	bully_hearsay_missed(c, c->leader, missed_at);
	bully_hearsay_forget_leader(c, c->leader);
}

/* E2, E7: there is no leader any more. The last one named @heir; 0 if it named none. */
static void leader_lost(struct bully_core *c, enum bully_reason reason, u32 heir)
{
	struct bully_peer *p = bully_core_find(c, c->leader);
	u64 missed_at = c->now;

	if (p && reason == BULLY_REASON_LEADER_TIMEOUT && bully_probe_silent(c)) {
		missed_at = bully_probe_first_unanswered(c) + p->rtt;
		bully_peer_lost(c, p);
	}
	note_loss(c, missed_at);
	if (reason == BULLY_REASON_LEADER_TIMEOUT)
		bully_duplicate_shut_out(c);
	if (successor_is_lost(c, heir))
		bully_stand_return(c);
	bully_hearsay_expect(c, heir);
	if ((bully_wait_rank(c) || leaves_time(c, heir)) && bully_stands(c))
		bully_role_wait(c, reason, BULLY_PHASE_STAGGER);
	else
		bully_elect(c, reason);
}

void bully_elect_leader_lost(struct bully_core *c, enum bully_reason reason)
{
	leader_lost(c, reason, 0);
}

/* S1: the leader resigned. @heir, which is another node, claims now. */
void bully_elect_leader_resigned(struct bully_core *c, u32 heir)
{
	leader_lost(c, BULLY_REASON_RESIGNED, heir);
}

/* S1, R11: the leader resigned, and named this node. */
void bully_elect_named(struct bully_core *c)
{
	enum bully_reason reason = c->preempt.asked ? BULLY_REASON_HANDOVER :
						      BULLY_REASON_RESIGNED;

	note_loss(c, c->now);
	c->stats.elections[reason]++;
	bully_elect_win(c, reason);
}

/* E4: a lower node asks for an election although there is a leader. */
void bully_elect_suspect(struct bully_core *c)
{
	if (c->clock.timer[BULLY_T_PROBE] != BULLY_NEVER)
		return;
	if (bully_probe_is_answered(c))
		bully_probe_now(c);
	else
		bully_elect(c, BULLY_REASON_LEADER_TIMEOUT);
}

/* E4: the extra probe had its time. */
void bully_elect_probe_over(struct bully_core *c)
{
	if (bully_probe_missed(c))
		bully_elect(c, BULLY_REASON_LEADER_TIMEOUT);
}

/* P12: the peer has another priority than was known. */
void bully_elect_ranked(struct bully_core *c, const struct bully_peer *p)
{
	if (c->state == BULLY_STATE_FOLLOWER && c->leader == p->id)
		bully_preempt_ranked(c);
	else
		bully_elect_unawaited(c);
}

/* E6: who is lower than was known is not waited for. */
void bully_elect_unawaited(struct bully_core *c)
{
	if (c->state == BULLY_STATE_ELECTION && c->role.phase == BULLY_PHASE_OK &&
	    !bully_wait_for_any(c))
		bully_elect_win(c, c->role.cause);
}

/* H3: the leader's time is over. */
void bully_elect_leader_judged(struct bully_core *c)
{
	struct bully_peer *p = bully_core_find(c, c->leader);

	if (!bully_probe_gone(c))
		return;
	if (p && c->hearsay.leader == c->leader &&
	    c->hearsay.at > bully_probe_first_unanswered(c) + p->rtt) {
		/* it outlived our first unanswered probe: the path is broken, not the leader */
		bully_peer_lost(c, p);
		bully_role_wait(c, BULLY_REASON_LEADER_TIMEOUT, BULLY_PHASE_COORD);
		return;
	}
	bully_elect_leader_lost(c, BULLY_REASON_LEADER_TIMEOUT);
}
