// SPDX-License-Identifier: GPL-2.0
/*
 * timer.c - when the core is woken, and how late
 *
 * TICK		a follower probes, a leader looks at its followers; every heartbeat
 * GONE		a follower judges its leader; misses heartbeats after the send time
 *		of the last probe that was answered
 * PROBE	a follower judges an extra probe, sent because somebody lower
 *		misses the leader; a quarter of a heartbeat after it
 * PHASE	a wait without a leader is over (enum bully_phase)
 * HELLO	HELLOs are due; twice a heartbeat while listening, ever more rarely
 *		from a leader to those that are down
 * CLAIM	COORDINATOR is repeated to those that have not answered it
 * PREEMPT	the preempt-delay is over, or the hold-down is
 * LEASE	quorum mode: a leader's lease ends, or what a follower knows of one
 * AGAIN	quorum mode: a probe is repeated; a quarter of a heartbeat after it
 * DUPLICATE	nobody has said for a while that our id is borne twice
 *
 * GONE, PROBE, PHASE and a follower's LEASE judge others, and what would acquit them may lie in the
 * queue of another CPU: they are armed one look early and judged at their second
 * look (R9).
 */
#include "internal.h"

void bully_timers_clear(struct bully_core *c)
{
	u32 t;

	for (t = 0; t < BULLY_TIMERS; t++)
		c->clock.timer[t] = BULLY_NEVER;
	c->clock.looked = 0;
	c->role.phase = BULLY_PHASE_NONE;
}

static bool due(struct bully_core *c, enum bully_timer t)
{
	return c->clock.timer[t] <= c->now;
}

/* Is a judging timer due, and looked at for the second time? */
static bool judged(struct bully_core *c, enum bully_timer t)
{
	if (!due(c, t))
		return false;
	if (!c->opts.look_ns || c->clock.looked & 1u << t) {
		bully_timer_set(c, t, BULLY_NEVER);
		return true;
	}
	c->clock.looked |= 1u << t;
	c->clock.timer[t] = c->now + c->opts.look_ns;
	return false;
}

static void record_lateness(struct bully_core *c, u64 late)
{
	u32 bucket = 0;
	u64 us;

	c->stats.late_max = bully_max(c->stats.late_max, late);
	for (us = bully_div(late, 1000); us && bucket < BULLY_LATE_BUCKETS - 1; us >>= 1)
		bucket++;
	c->stats.late_bucket[bucket]++;
}

/*
 * Were we away for longer than anybody waits for us? Then a leader has long been
 * replaced, and what an election under way has heard is history: be silent and
 * listen (rule T3).
 */
bool bully_time_doubt(struct bully_core *c)
{
	enum bully_timer t = c->state == BULLY_STATE_LEADER ? BULLY_T_TICK : BULLY_T_PHASE;

	if (c->state != BULLY_STATE_LEADER && c->state != BULLY_STATE_ELECTION)
		return false;
	if (c->clock.timer[t] == BULLY_NEVER || c->now < c->clock.timer[t] ||
	    c->now - c->clock.timer[t] <= bully_detection(c))
		return false;
	c->stats.voided++;
	bully_become_init(c, BULLY_REASON_TIME_DOUBT);
	return true;
}

/* There is a lower leader, and nothing keeps this node back any more, or does it (rule P8)? */
static void preempt_over(struct bully_core *c)
{
	u64 held = bully_core_holddown(c, c->now);

	if (c->state != BULLY_STATE_FOLLOWER || c->leader > c->id || !bully_stands(c) ||
	    (!c->opts.preempt && !c->preempt.asked))
		return;
	if (held)
		bully_timer_set(c, BULLY_T_PREEMPT, c->now + held);
	else if (bully_quorum(c))
		bully_ask_handover(c);
	else
		bully_elect(c, BULLY_REASON_PREEMPTED);
}

void bully_timers_fire(struct bully_core *c)
{
	u64 deadline = bully_core_deadline(c);

	if (c->now < deadline)
		return;
	record_lateness(c, c->now - deadline);
	if (bully_time_doubt(c))
		return;
	/* first, since it makes allowance for our own lateness */
	if (due(c, BULLY_T_TICK)) {
		u64 late = c->now - c->clock.timer[BULLY_T_TICK];
		u64 half = c->opts.heartbeat_ns / 2;

		bully_timer_set(c, BULLY_T_TICK, c->opts.heartbeat_ns +
				(late > half ? c->now : c->clock.timer[BULLY_T_TICK]));
		if (late > half)
			c->stats.voided++;
		else
			late = 0;
		if (c->state == BULLY_STATE_LEADER)
			bully_lead_tick(c, late);
		else if (c->state == BULLY_STATE_FOLLOWER)
			bully_follow_tick(c, late);
		else
			bully_claim_tick(c);
	}
	if (due(c, BULLY_T_DUPLICATE)) {
		bully_timer_set(c, BULLY_T_DUPLICATE, BULLY_NEVER);
		bully_duplicate_over(c);
	}
	if (due(c, BULLY_T_UNREACHED)) {
		bully_timer_set(c, BULLY_T_UNREACHED, BULLY_NEVER);
		bully_reached(c);
	}
	if (due(c, BULLY_T_PREEMPT)) {
		bully_timer_set(c, BULLY_T_PREEMPT, BULLY_NEVER);
		c->preempt.delay_over = true;
		preempt_over(c);
	}
	if (due(c, BULLY_T_CLAIM))
		bully_lead_claim_timer(c);
	if (due(c, BULLY_T_HELLO))
		bully_hello_timer(c);
	if (due(c, BULLY_T_AGAIN)) {
		bully_timer_set(c, BULLY_T_AGAIN, BULLY_NEVER);
		bully_follow_again(c);
	}
	if (judged(c, BULLY_T_PROBE))
		bully_follow_probe_over(c);
	if (judged(c, BULLY_T_GONE))
		bully_follow_gone(c);
	if (c->state == BULLY_STATE_FOLLOWER && judged(c, BULLY_T_LEASE))
		bully_leader_lost(c, BULLY_REASON_LEADER_TIMEOUT);
	if (judged(c, BULLY_T_PHASE))
		bully_phase_over(c);
}
