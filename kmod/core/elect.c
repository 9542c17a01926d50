// SPDX-License-Identifier: GPL-2.0
/* elect.c - who leads: the states and the election */
#include "bucket.h"
#include "internal.h"

#define CLAIMS_MAX	8	/* at once, and ... */
#define CLAIMS_SHARE	4	/* ... so many in each heartbeat (R17) */

/* Would this node lead if there were no leader? */
bool bully_stands(const struct bully_core *c)
{
	return c->opts.role == BULLY_ROLE_CANDIDATE && c->opts.candidate && !c->stand.resigned &&
	       !c->stand.duplicate && !c->stand.unreached && !c->stopped && bully_linked(c) &&
	       bully_set_complete(c) && !(bully_quorum(c) && c->stand.lonely);	/* R18, R14 */
}

/* R14: returns true if the listening has found no majority that answers, so far. */
bool bully_lonely(const struct bully_core *c)
{
	u32 i, answered = bully_votes(c);

	for (i = 0; i < c->n_peers; i++)
		answered += c->peer[i]->role != BULLY_ROLE_OBSERVER && c->peer[i]->listen.answered;
	return bully_quorum(c) && answered < bully_majority(c);
}

/* Would it take leadership from a live leader with a lower id? (rules P1, P8) */
bool bully_would_preempt(const struct bully_core *c)
{
	return bully_stands(c) && c->opts.preempt && !bully_held(c) &&
	       (!c->opts.preempt_delay_ns || c->preempt.delay_over);
}

/* A node never follows an epoch below one that it has reported (R5); where two
 * leaders chose the same, the higher id's is the later one.
 */
bool bully_epoch_ok(const struct bully_core *c, u64 epoch, u32 id)
{
	return epoch > c->epochs.reported || (epoch == c->epochs.reported && id >= c->epochs.reported_leader);
}

/* Did somebody say, of late, whom he follows? (R12) */
bool bully_told_fresh(const struct bully_core *c)
{
	return c->hearsay.leader && c->now - c->hearsay.at <= c->hearsay.lifetime;
}

static void set_phase(struct bully_core *c, enum bully_phase phase)
{
	u64 hb = c->opts.heartbeat_ns, wait = 0;

	switch (phase) {
	case BULLY_PHASE_NONE:
		break;
	case BULLY_PHASE_LISTEN:
		wait = c->state == BULLY_STATE_INIT ? bully_detection(c) : hb;
		if (bully_quorum(c))
			wait += bully_jitter(c, hb / 2);
		else
			wait = bully_jittered(c, wait) + wait / 4;	/* @wait at least */
		break;
	case BULLY_PHASE_OK:
		wait = bully_ok_wait(c);
		break;
	case BULLY_PHASE_COORD:
		wait = bully_coord_wait(c);
		break;
	case BULLY_PHASE_STAGGER:
		wait = bully_stagger_wait(c);
		break;
	case BULLY_PHASE_CLAIM:
		wait = bully_answer_wait(c);
		break;
	case BULLY_PHASE_NEXT:
		/* others lose the same claim now */
		wait = (bully_min(bully_rank(c), 3) + 1) * (hb / 4);
		break;
	}
	c->role.phase = phase;
	bully_timer_set(c, BULLY_T_PHASE, phase == BULLY_PHASE_NONE ? BULLY_NEVER : c->now + wait);
}

/* R16: whoever was waited for in vain may be waited for again. */
static void forget_chances(struct bully_core *c)
{
	u32 i;

	for (i = 0; i < c->n_peers; i++)
		c->peer[i]->election.passed = false;
}

/* Change what the user is told; only the become_*() functions call this. */
static void enter(struct bully_core *c, enum bully_state state, u32 leader, u64 epoch,
		  enum bully_reason reason)
{
	bool changed = c->leader != leader || (leader && c->epoch != epoch);
	bool moved = c->state != state;

	if (!leader && (c->leader || state == BULLY_STATE_INIT)) {
		/* H8: peers are judged from now on; an election ends before the first question */
		c->hello.judged_from = c->now;
		c->hello.ask_due = c->now + 2 * c->opts.heartbeat_ns;
	}
	bully_timer_set(c, BULLY_T_TICK, BULLY_NEVER);
	bully_timer_set(c, BULLY_T_GONE, BULLY_NEVER);
	bully_timer_set(c, BULLY_T_PROBE, BULLY_NEVER);
	bully_timer_set(c, BULLY_T_CLAIM, BULLY_NEVER);
	bully_timer_set(c, BULLY_T_HELLO, leader || !bully_linked(c) ? BULLY_NEVER : c->hello.ask_due);
	bully_timer_set(c, BULLY_T_LEASE, BULLY_NEVER);
	bully_timer_set(c, BULLY_T_AGAIN, BULLY_NEVER);
	c->state = state;
	c->leader = leader;
	if (leader) {
		c->epoch = epoch;
		c->epochs.reported = epoch;
		c->epochs.reported_leader = leader;
		c->epochs.highest = bully_max(c->epochs.highest, epoch);
		c->role.rounds = 0;
		c->hearsay.leader = 0;
		c->role.seen_leader = true;
		c->stand.lonely = false;
		c->listen.done = false;
		forget_chances(c);
	}
	if (changed)
		bully_note(c, BULLY_NOTE_LEADER, reason);
	else if (moved)
		bully_note(c, BULLY_NOTE_STATE, reason);
	if (changed && leader)
		c->stats.leader_changes++;
	if (c->lease.claim && state != BULLY_STATE_LEADER)
		bully_claim_end(c);		/* R6 */
}

static void listen(struct bully_core *c)
{
	u32 i;

	for (i = 0; i < c->n_peers; i++)
		c->peer[i]->listen.answered = false;
	forget_chances(c);
	set_phase(c, BULLY_PHASE_LISTEN);
	bully_hello_timer(c);
}

/* Know nothing, listen before speaking (rule E1); without a link do not even that. */
void bully_become_init(struct bully_core *c, enum bully_reason reason)
{
	enter(c, BULLY_STATE_INIT, 0, 0, reason);
	bully_timer_set(c, BULLY_T_PREEMPT, BULLY_NEVER);
	set_phase(c, BULLY_PHASE_NONE);
	c->role.cause = reason;
	c->preempt.delay_over = false;
	c->role.rounds = 0;
	c->hearsay.leader = 0;
	if (!c->stopped && bully_linked(c))
		listen(c);
}

void bully_become_waiting(struct bully_core *c, enum bully_reason reason,
			  enum bully_phase phase)
{
	enter(c, BULLY_STATE_WAITING, 0, 0, reason);
	c->role.cause = reason;
	set_phase(c, phase);
}

/* Nothing is known of who answers: ask all, without a leader (R14). */
void bully_listen_again(struct bully_core *c, enum bully_reason reason)
{
	c->stand.lonely = bully_quorum(c);
	bully_become_waiting(c, reason, BULLY_PHASE_NONE);
	listen(c);
}

/* R16: the claim that this voter granted was given up: it need not be waited for. */
void bully_claim_withdrawn(struct bully_core *c)
{
	if (c->state == BULLY_STATE_WAITING && c->role.phase == BULLY_PHASE_COORD && bully_stands(c))
		set_phase(c, BULLY_PHASE_NEXT);
}

static void become_election(struct bully_core *c, enum bully_reason reason)
{
	enter(c, BULLY_STATE_ELECTION, 0, 0, reason);
	set_phase(c, BULLY_PHASE_OK);
}

void bully_become_follower(struct bully_core *c, struct bully_peer *p, u64 epoch,
			   enum bully_reason reason)
{
	/* a lower one leads: so our successor is lost (rule C1) */
	if (p->id < c->stand.successor)
		c->stand.resigned = false;
	c->stand.successor = c->stand.resigned ? p->id : 0;
	enter(c, BULLY_STATE_FOLLOWER, p->id, epoch, reason);
	set_phase(c, BULLY_PHASE_NONE);
	bully_follow_begin(c);
	c->grant.refusal = BULLY_VOTE_NONE;
	c->preempt.asked = false;
	c->preempt.ask_tries = 0;
	if (bully_quorum(c))
		bully_led(c);
	if (p->id > c->id) {
		c->preempt.delay_over = false;
		bully_timer_set(c, BULLY_T_PREEMPT, BULLY_NEVER);
	} else if (bully_stands(c) && c->opts.preempt) {
		bully_timer_advance(c, BULLY_T_PREEMPT, c->now +
				    (c->preempt.delay_over ? 0 : c->opts.preempt_delay_ns));
	}
}

/* What kept this node from standing is over: listen, or as a follower take over (P1). */
void bully_stand_again(struct bully_core *c, enum bully_reason reason)
{
	if (c->state != BULLY_STATE_FOLLOWER)
		bully_become_init(c, reason);
	else if (c->leader < c->id && bully_stands(c) && c->opts.preempt)
		bully_timer_advance(c, BULLY_T_PREEMPT, c->now +
				    (c->preempt.delay_over ? 0 : c->opts.preempt_delay_ns));
}

/* R5, R6: above everything seen, above everything reported, never twice. */
u64 bully_next_epoch(const struct bully_core *c)
{
	u64 epoch = bully_max(c->wall_us, bully_max(c->epochs.highest, c->epochs.reported) + 1);

	if (bully_quorum(c))
		epoch = bully_max(epoch, bully_max(c->grant.epoch, c->grant.floor) + 1);

	return bully_min(epoch, BULLY_EPOCH_MAX);
}

/* R17: the last line of defence: no peer and no input makes this node claim faster. */
bool bully_claim_allowed(struct bully_core *c)
{
	if (bully_bucket_take(&c->role.claims_full, c->now, c->opts.heartbeat_ns / CLAIMS_SHARE,
			      CLAIMS_MAX))
		return true;
	c->stats.claims_limited++;
	return false;
}

/* Hold nothing yet, but ask all for their votes (R1). */
static void become_claimant(struct bully_core *c, enum bully_reason reason)
{
	enter(c, BULLY_STATE_ELECTION, 0, 0, reason);
	c->role.cause = reason;
	set_phase(c, BULLY_PHASE_CLAIM);
	bully_claim(c);
}

/* A majority has granted the claim: now, and not before, this node leads (R1). */
void bully_lease_won(struct bully_core *c)
{
	bool led = c->state == BULLY_STATE_LEADER;

	enter(c, BULLY_STATE_LEADER, c->id, c->lease.claim, led ? BULLY_REASON_SUPERSEDED : c->role.cause);
	set_phase(c, BULLY_PHASE_NONE);
	bully_timer_set(c, BULLY_T_PREEMPT, BULLY_NEVER);
	c->preempt.delay_over = false;
	bully_lead_begin(c);
}

/* Somebody else has our vote: what comes of it? */
void bully_wait_for(struct bully_core *c)
{
	if (c->state == BULLY_STATE_FOLLOWER)
		c->role.cause = BULLY_REASON_LEADER_TIMEOUT;
	bully_become_waiting(c, c->role.cause, BULLY_PHASE_COORD);
}

void bully_become_leader(struct bully_core *c, enum bully_reason reason)
{
	if (bully_quorum(c) && c->state == BULLY_STATE_LEADER) {
		bully_claim_above(c, c->lease.claim);
		return;
	}
	if (!bully_claim_allowed(c)) {
		if (c->state != BULLY_STATE_LEADER)
			bully_become_waiting(c, reason, BULLY_PHASE_STAGGER);
		return;
	}
	if (bully_quorum(c)) {
		become_claimant(c, reason);
		return;
	}
	c->epochs.known_at_claim = bully_max(c->epochs.highest, c->epochs.reported);
	enter(c, BULLY_STATE_LEADER, c->id, bully_next_epoch(c), reason);
	set_phase(c, BULLY_PHASE_NONE);
	bully_timer_set(c, BULLY_T_PREEMPT, BULLY_NEVER);
	c->preempt.delay_over = false;
	bully_lead_begin(c);
}

/* Start an election (rules E2, E5, E6); who does not stand waits for others'. */
void bully_elect(struct bully_core *c, enum bully_reason why)
{
	bool higher = false;
	u32 i;

	if (!bully_stands(c)) {
		bully_become_waiting(c, why, BULLY_PHASE_COORD);
		return;
	}
	c->stats.elections[why]++;
	c->role.cause = why;
	for (i = 0; i < c->n_peers; i++) {
		struct bully_peer *p = c->peer[i];

		p->election.declined = false;
		higher |= p->id > c->id && p->role == BULLY_ROLE_CANDIDATE;
	}
	if (higher)
		bully_send(c, BULLY_TO_HIGHER, 0, BULLY_MSG_ELECTION, 0)->leader = 0;
	if (bully_anybody_may_answer(c))
		become_election(c, why);
	else
		bully_become_leader(c, why);
}

/* Returns true if others follow a leader whom this node leaves in peace (E8). In quorum mode a
 * lease is taken from nobody by a claim.
 */
static bool told_of_leader(const struct bully_core *c)
{
	return c->hearsay.leader && (bully_quorum(c) || c->hearsay.leader > c->id || !bully_would_preempt(c));
}

/* Returns true if another candidate that would lead has answered. */
static bool another_stands(const struct bully_core *c)
{
	u32 i;

	for (i = 0; i < c->n_peers; i++)
		if (c->peer[i]->listen.answered && c->peer[i]->stands && !c->peer[i]->set.differ &&
		    c->peer[i]->role == BULLY_ROLE_CANDIDATE)
			return true;
	return false;
}

/* Listened long enough: is there a leader that we only cannot reach? (rule E8) */
static void decide(struct bully_core *c)
{
	if (told_of_leader(c) && bully_told_fresh(c)) {
		c->role.rounds += c->role.rounds < 3;
		bully_become_waiting(c, c->role.cause, BULLY_PHASE_COORD);
		return;
	}
	if (told_of_leader(c) && c->state == BULLY_STATE_INIT) {
		/* that was a long while ago: ask once more */
		c->hearsay.leader = 0;
		bully_become_waiting(c, c->role.cause, BULLY_PHASE_NONE);
		listen(c);
		return;
	}
	/* there is no successor to wait for (rule C1) */
	if (c->state == BULLY_STATE_WAITING)
		c->stand.resigned = false;
	c->stand.lonely = bully_lonely(c);
	c->listen.done = true;
	if (c->state == BULLY_STATE_INIT && bully_held(c) && another_stands(c)) {
		/* P9: the first move is theirs, for as long as they need */
		bully_become_waiting(c, c->role.cause, BULLY_PHASE_COORD);
		return;
	}
	if (!bully_stands(c))
		c->role.rounds += c->role.rounds < 3;
	bully_elect(c, c->role.cause);
}

void bully_phase_over(struct bully_core *c)
{
	switch (c->role.phase) {
	case BULLY_PHASE_LISTEN:
		decide(c);
		break;
	case BULLY_PHASE_OK:
		/* the source: no OK, so this is the highest */
		bully_become_leader(c, c->role.cause);
		break;
	case BULLY_PHASE_COORD:
		/* the source: start again when no COORDINATOR comes */
		c->role.rounds += c->role.rounds < 3;
		if (bully_quorum(c) && c->role.rounds == 1 && bully_stands(c) && !bully_told_fresh(c))
			bully_elect(c, c->role.cause);		/* R16: and at first at once */
		else if (c->stand.lonely && bully_lonely(c) && !bully_told_fresh(c))
			set_phase(c, BULLY_PHASE_COORD);	/* R14: H8 goes on asking */
		else
			listen(c);
		break;
	case BULLY_PHASE_STAGGER:
	case BULLY_PHASE_NEXT:
		bully_elect(c, c->role.cause);
		break;
	case BULLY_PHASE_CLAIM:
		if (bully_claim_hopeless(c))
			bully_claim_give_up(c);
		else
			bully_timer_set(c, BULLY_T_PHASE, c->now + c->opts.heartbeat_ns / 8);
		break;
	default:
		break;
	}
}

/* R14: a majority answers again: leave the others a moment, and then start an election. */
static void end_loneliness(struct bully_core *c)
{
	u64 hb = c->opts.heartbeat_ns;

	if (!c->stand.lonely || c->state != BULLY_STATE_WAITING || c->role.phase != BULLY_PHASE_COORD ||
	    bully_lonely(c) || bully_told_fresh(c))
		return;
	c->role.phase = BULLY_PHASE_LISTEN;
	bully_timer_set(c, BULLY_T_PHASE, c->now + hb / 4 + bully_jitter(c, hb / 4));
	bully_hello_timer(c);
}

/* Everybody has answered, so there is nobody to wait for. */
void bully_listen_check(struct bully_core *c)
{
	u32 i;

	end_loneliness(c);
	if (c->role.phase != BULLY_PHASE_LISTEN)
		return;
	if (c->state == BULLY_STATE_WAITING && told_of_leader(c) && bully_told_fresh(c)) {
		decide(c);		/* before the news gets old */
		return;
	}
	/* nor where others have another set: ours may still be being made */
	for (i = 0; i < c->n_peers; i++)
		if (!c->peer[i]->listen.answered || c->peer[i]->mismatch)
			return;
	/* a leader that is only told of may still be heard itself */
	if (!bully_told_fresh(c) || (c->hearsay.leader < c->id && !bully_quorum(c)))
		decide(c);
}

/* Quorum mode: a lower node has listened long enough; so has this one, if it knows of a
 * majority (R14).
 */
void bully_listen_end(struct bully_core *c)
{
	if (bully_quorum(c) && c->role.phase == BULLY_PHASE_LISTEN && !bully_lonely(c) &&
	    !bully_told_fresh(c))
		decide(c);
}
