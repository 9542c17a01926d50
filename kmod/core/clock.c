// SPDX-License-Identifier: GPL-2.0-only
/*
 * clock.c - when the core is woken, how late it was, and what chance decides
 *
 * TICK		a follower probes, a leader looks at its followers; every heartbeat
 * GONE		a follower judges its leader; misses heartbeats after the send time
 *		of the last probe that was answered
 * PROBE	a follower judges an extra probe, sent because a lower node
 *		misses the leader; a quarter of a heartbeat after it
 * PHASE	a wait without a leader is over (enum bully_phase)
 * HELLO	HELLOs are due; twice a heartbeat while listening, ever more rarely
 *		from a leader to peers that are down
 * CLAIM	COORDINATOR is repeated to those that have not answered it
 * PREEMPT	the preempt-delay is over, or the hold-down is
 * LEASE	quorum mode: a leader's lease ends, or what a follower knows of one
 * AGAIN	quorum mode: a probe is repeated; a quarter of a heartbeat after it
 * DUPLICATE	no peer has said for a while that two nodes have our id
 * UNREACHED	no peer has said for a while that it sends to another address
 * PLACES	the observer that has been silent for longest loses its place
 *
 * GONE, PROBE, PHASE and a follower's LEASE judge others, and what would acquit them
 * may lie in the queue of another CPU: they are armed one look early and judged at
 * their second look (R9). timers.c fires the timers. An unlisted observer has only TICK, AGAIN
 * and GONE, for the voters that it asks (observer.c).
 */
#include "clock.h"

/* xorshift64*, for jitter only; nothing rests on its being unpredictable. */
static u32 rnd(struct bully_core *c)
{
	c->clock.rng ^= c->clock.rng >> 12;
	c->clock.rng ^= c->clock.rng << 25;
	c->clock.rng ^= c->clock.rng >> 27;
	return (c->clock.rng * 0x2545f4914f6cdd1dULL) >> 32;
}

/* A random time below @span. */
u64 bully_jitter(struct bully_core *c, u64 span)
{
	return (span >> 10) * (rnd(c) & 1023);
}

/* @span, give or take a quarter: retries must not stay in phase (E9). */
u64 bully_jittered(struct bully_core *c, u64 span)
{
	return span - span / 4 + bully_jitter(c, span / 2);
}

void bully_clock_init(struct bully_core *c, u64 seed)
{
	c->clock.rng = seed ? seed : 1;
	bully_timer_clear_all(c);
}

void bully_timer_clear_all(struct bully_core *c)
{
	u32 t;

	for (t = 0; t < BULLY_TIMERS; t++)
		c->clock.timer[t] = BULLY_NEVER;
	c->clock.looked = 0;
}

/* A judging timer is due. Returns true if this is the second look at it (R9). */
bool bully_timer_judge(struct bully_core *c, enum bully_timer t)
{
	if (!c->opts.look_ns || c->clock.looked & 1u << t) {
		bully_timer_set(c, t, BULLY_NEVER);
		return true;
	}
	c->clock.looked |= 1u << t;
	c->clock.timer[t] = c->now + c->opts.look_ns;
	return false;
}

u64 bully_core_deadline(const struct bully_core *c)
{
	u64 when = BULLY_NEVER;
	u32 t;

	for (t = 0; t < BULLY_TIMERS; t++)
		when = bully_min(when, c->clock.timer[t]);
	return when;
}

/* Count by how much the step came after the deadline. */
void bully_clock_count_lateness(struct bully_core *c, u64 late)
{
	u32 bucket = 0;
	u64 us;

	c->stats.late_max = bully_max(c->stats.late_max, late);
	for (us = bully_div(late, 1000); us && bucket < BULLY_LATE_BUCKETS - 1; us >>= 1)
		bucket++;
	c->stats.late_bucket[bucket]++;
}
