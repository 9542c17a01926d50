// SPDX-License-Identifier: GPL-2.0-only
/*
 * role.c - what this node is: its state, its leader, and the phase of its waiting
 *
 * No other file changes these. Each bully_role_*() below is one transition: it tells the
 * user, tells the others where a rule demands that, and starts what belongs to the new
 * state. The files of the election and its policies decide; the mechanisms below report.
 */
#include "announce.h"
#include "bucket.h"
#include "clock.h"
#include "epoch.h"
#include "grant.h"
#include "hearsay.h"
#include "lease.h"
#include "listen.h"
#include "outbox.h"
#include "peers.h"
#include "preempt.h"
#include "probe.h"
#include "rank.h"
#include "role.h"
#include "stand.h"
#include "wait.h"

#define CLAIMS_MAX	8	/* at once, and ... */
#define CLAIMS_SHARE	4	/* ... so many in each heartbeat (R17) */

static void set_phase(struct bully_core *c, enum bully_phase phase)
{
	u64 wait = 0;

	switch (phase) {
	case BULLY_PHASE_NONE:
		break;
	case BULLY_PHASE_OK:
		wait = bully_wait_ok(c);
		break;
	case BULLY_PHASE_CLAIM:
		wait = bully_wait_votes(c);
		break;
	case BULLY_PHASE_NEXT:
		/* others lose the same claim now */
		wait = (bully_min(bully_wait_rank(c), 3) + 1) * (c->opts.heartbeat_ns / 4);
		break;
	case BULLY_PHASE_ASK:
	case BULLY_PHASE_LISTEN:
	case BULLY_PHASE_COORD:
	case BULLY_PHASE_STAGGER:
		wait = c->policy->wait(c, phase);
		break;
	}
	c->role.phase = phase;
	bully_timer_set(c, BULLY_T_PHASE, phase == BULLY_PHASE_NONE ? BULLY_NEVER : c->now + wait);
}

/* Another wait of the same kind. */
void bully_role_wait_again(struct bully_core *c)
{
	set_phase(c, c->role.phase);
}

/* Wait for @wait, and not for what the phase says. */
void bully_role_wait_for(struct bully_core *c, enum bully_phase phase, u64 wait)
{
	c->role.phase = phase;
	bully_timer_set(c, BULLY_T_PHASE, c->now + wait);
}

/* R17: the last line of defence: no peer and no input makes this node claim faster. */
bool bully_role_may_claim(struct bully_core *c)
{
	if (bully_bucket_take(&c->role.claims_full, c->now, c->opts.heartbeat_ns / CLAIMS_SHARE,
			      CLAIMS_MAX))
		return true;
	c->stats.claims_limited++;
	return false;
}

/* No timer of the state before goes on. */
static void clear_timers(struct bully_core *c, u32 leader)
{
	bool asks = !leader && bully_takes_part(c) && bully_stand_linked(c);

	if (bully_takes_part(c))
		bully_timer_set(c, BULLY_T_TICK, BULLY_NEVER);
	bully_timer_set(c, BULLY_T_GONE, BULLY_NEVER);
	bully_timer_set(c, BULLY_T_PROBE, BULLY_NEVER);
	bully_timer_set(c, BULLY_T_CLAIM, BULLY_NEVER);
	bully_timer_set(c, BULLY_T_HELLO, asks ? c->listen.ask_due : BULLY_NEVER);
	bully_timer_set(c, BULLY_T_LEASE, BULLY_NEVER);
	bully_timer_set(c, BULLY_T_AGAIN, BULLY_NEVER);
}

/* Change what the user is told. */
static void enter(struct bully_core *c, enum bully_state state, u32 leader, u64 epoch,
		  enum bully_reason reason)
{
	bool changed = c->leader != leader || (leader && c->epoch != epoch);
	bool moved = c->state != state;

	if (!leader && (c->leader || state == BULLY_STATE_INIT))
		bully_listen_alone(c);		/* H8 */
	clear_timers(c, leader);
	c->state = state;
	c->leader = leader;
	if (leader) {
		c->epoch = epoch;
		c->role.rounds = 0;
		c->role.seen_leader = true;
		bully_epoch_reported(c, leader, epoch);
		bully_hearsay_forget(c);
		bully_listen_over(c);
		bully_wait_forget_chances(c);
	}
	if (changed)
		bully_note(c, BULLY_NOTE_LEADER, reason);
	else if (moved)
		bully_note(c, BULLY_NOTE_STATE, reason);
	if (changed && leader)
		c->stats.leader_changes++;
	if (c->lease.claim && state != BULLY_STATE_LEADER)
		bully_lease_end_claim(c);		/* R6 */
}

static void listen(struct bully_core *c)
{
	bully_peers_unanswered(c);
	bully_wait_forget_chances(c);
	if (c->policy->listen) {
		c->policy->listen(c);
		return;
	}
	set_phase(c, BULLY_PHASE_LISTEN);
	bully_listen_ask(c);
}

/* E1: know nothing, and listen before speaking; without a link do not even that. */
void bully_role_init(struct bully_core *c, enum bully_reason reason)
{
	enter(c, BULLY_STATE_INIT, 0, 0, reason);
	bully_preempt_reset(c);
	set_phase(c, BULLY_PHASE_NONE);
	c->role.cause = reason;
	c->role.rounds = 0;
	bully_hearsay_forget(c);
	if (!c->stopped && bully_stand_linked(c))
		listen(c);
}

/* Wait for another node's claim, or for the time to start an election. */
void bully_role_wait(struct bully_core *c, enum bully_reason reason, enum bully_phase phase)
{
	enter(c, BULLY_STATE_WAITING, 0, 0, reason);
	c->role.cause = reason;
	set_phase(c, phase);
}

/* Ask all again, without a leader. */
void bully_role_listen(struct bully_core *c)
{
	listen(c);
}

/* R14: whether a majority answers is not known: ask all. */
void bully_role_listen_anew(struct bully_core *c, enum bully_reason reason)
{
	bully_listen_set_lonely(c, bully_leases(c));
	bully_role_wait(c, reason, BULLY_PHASE_NONE);
	listen(c);
}

/* R16: the claim that this voter granted was given up: it need not be waited for. */
void bully_role_claim_withdrawn(struct bully_core *c)
{
	if (c->state == BULLY_STATE_WAITING && c->role.phase == BULLY_PHASE_COORD &&
	    bully_stands(c))
		set_phase(c, BULLY_PHASE_NEXT);
}

/* E2: ELECTION was sent, and higher nodes may answer. */
void bully_role_election(struct bully_core *c, enum bully_reason reason)
{
	enter(c, BULLY_STATE_ELECTION, 0, 0, reason);
	set_phase(c, BULLY_PHASE_OK);
}

/* F3: all voters are asked whether they would vote for this node. */
void bully_role_ask(struct bully_core *c, enum bully_reason reason)
{
	enter(c, BULLY_STATE_ELECTION, 0, 0, reason);
	c->role.cause = reason;
	set_phase(c, BULLY_PHASE_ASK);
}

/* R1: hold nothing yet, but ask all for their votes. */
void bully_role_claim(struct bully_core *c, enum bully_reason reason)
{
	enter(c, BULLY_STATE_ELECTION, 0, 0, reason);
	c->role.cause = reason;
	set_phase(c, BULLY_PHASE_CLAIM);
}

void bully_role_follow(struct bully_core *c, struct bully_peer *p, u64 epoch,
		       enum bully_reason reason)
{
	bully_stand_follow(c, p->id, bully_rank_is_lost(c, c->stand.successor, p->id));
	enter(c, BULLY_STATE_FOLLOWER, p->id, epoch, reason);
	set_phase(c, BULLY_PHASE_NONE);
	bully_probe_begin(c);
	bully_grant_follow(c);
	bully_lease_forget_votes(c);
	bully_preempt_unasked(c);
	if (bully_leases(c))
		bully_lease_hear(c);
	if (bully_rank_is_higher(c, p))
		bully_preempt_reset(c);
	else if (bully_stands(c) && c->opts.preempt)
		bully_preempt_arm(c);
}

/* O3: voters say that @leader leads. */
void bully_role_watch(struct bully_core *c, u32 leader, u64 epoch, enum bully_reason reason)
{
	enter(c, BULLY_STATE_FOLLOWER, leader, epoch, reason);
	set_phase(c, BULLY_PHASE_NONE);
}

/* Lead under @epoch, and tell all. In quorum mode a majority has granted that (R1). */
void bully_role_lead(struct bully_core *c, u64 epoch, enum bully_reason reason)
{
	enter(c, BULLY_STATE_LEADER, c->id, epoch, reason);
	set_phase(c, BULLY_PHASE_NONE);
	bully_preempt_reset(c);
	bully_announce_begin(c);
}

/* R6, S1: stop leading: first here, then for the others. @successor is to claim; 0 for none. */
void bully_role_resign_to(struct bully_core *c, enum bully_reason reason, u32 successor)
{
	struct bully_action *act;

	bully_lease_name_heir(c, successor);
	if (c->stopped)
		bully_role_init(c, reason);
	else
		bully_role_wait(c, reason, BULLY_PHASE_COORD);
	if (bully_leases(c))
		return;			/* bully_lease_end_claim() has told them */
	act = bully_send(c, BULLY_TO_ALL, 0, BULLY_MSG_RESIGN, 0);
	act->leader = successor;
	act->flags &= ~BULLY_F_STANDS;
}

/* S1: the highest live node that stands is to lead. */
void bully_role_resign(struct bully_core *c, enum bully_reason reason)
{
	bully_role_resign_to(c, reason, bully_announce_successor(c));
}

/* This node no longer stands: it neither leads nor claims. Returns true if it did. */
bool bully_role_step_down(struct bully_core *c, enum bully_reason reason)
{
	if (c->state == BULLY_STATE_LEADER)
		bully_role_resign(c, reason);
	else if (c->state == BULLY_STATE_ELECTION)
		bully_role_wait(c, reason, BULLY_PHASE_COORD);
	else
		return false;
	return true;
}

/* P1: what kept this node from standing is over: listen, or as a follower take over. */
void bully_role_stand_again(struct bully_core *c, enum bully_reason reason)
{
	if (c->state != BULLY_STATE_FOLLOWER)
		bully_role_init(c, reason);
	else if (!bully_rank_leader_is_higher(c) && bully_stands(c) && c->opts.preempt)
		bully_preempt_arm(c);
}

/*
 * T3: returns true if this node was away for longer than anybody waits for it. Then a leader
 * has long been replaced, and what an election under way has received is outdated: the node is
 * silent now, and listens.
 */
bool bully_role_doubt(struct bully_core *c)
{
	enum bully_timer t = c->state == BULLY_STATE_LEADER ? BULLY_T_TICK : BULLY_T_PHASE;

	if (c->state != BULLY_STATE_LEADER && c->state != BULLY_STATE_ELECTION)
		return false;
	if (c->clock.timer[t] == BULLY_NEVER || c->now < c->clock.timer[t] ||
	    c->now - c->clock.timer[t] <= bully_detection(c))
		return false;
	c->stats.voided++;
	bully_role_init(c, BULLY_REASON_TIME_DOUBT);
	return true;
}
