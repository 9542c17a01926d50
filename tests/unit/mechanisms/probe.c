// SPDX-License-Identifier: GPL-2.0-only
/* probe.c - tests a follower's probes, and when its leader is gone (H1 to H5, E4) */
#include "alone.h"
#include "clock.h"
#include "probe.h"

#define MS	1000000ULL

static struct bully_msg m;

/* Returns node 2, which follows node 9 from now on. */
static struct bully_core *follower(void)
{
	struct bully_core *c = alone(2, alone_around);

	alone_all_up();
	c->state = BULLY_STATE_FOLLOWER;
	c->leader = 9;
	bully_probe_begin(c);
	return c;
}

/* The leader answers the probe with this sequence. Returns false if the probe is not remembered. */
static bool answer(struct bully_core *c, u64 seq)
{
	u32 place;

	m.echo = seq;
	place = bully_probe_find(c, &m);
	if (place == BULLY_PROBES)
		return false;
	bully_probe_answered(c, alone_peer(9), place);
	return true;
}

/* H1: the first probe comes half to one heartbeat after the leader. */
static void begins(struct unit *u)
{
	struct bully_core *c;
	u64 tick, low = FIX_HB, high = 0;
	u32 i;

	c = follower();
	for (i = 0; i < 200; i++) {
		bully_probe_begin(c);
		tick = c->clock.timer[BULLY_T_TICK] - c->now;
		low = tick < low ? tick : low;
		high = tick > high ? tick : high;
	}
	CHECK(u, low >= FIX_HB / 2 && low < FIX_HB * 5 / 8);
	CHECK(u, high < FIX_HB && high > FIX_HB * 7 / 8);
	CHECK(u, c->clock.timer[BULLY_T_GONE] == c->now + DETECTION);
}

/* H3: a leader is silent a detection time after the last proof, minus a look (R9). */
static void silent(struct unit *u)
{
	struct bully_core *c = follower();

	alone_step(DETECTION - 1);
	CHECK(u, !bully_probe_silent(c));
	alone_step(1);
	CHECK(u, bully_probe_silent(c));
	c->opts.look_ns = 10;
	alone_step(0);
	c->now -= 10;
	CHECK(u, bully_probe_silent(c));
	c->now--;
	CHECK(u, !bully_probe_silent(c));
}

/* H3, E4: a round trip above a quarter of a heartbeat gives the leader more time. */
static void far_away(struct unit *u)
{
	static const struct {
		u64 rtt, more;
	} table[] = {
		{ 25 * MS, 0 }, { 26 * MS, 26 * MS + 26 * MS / 4 },
		{ DETECTION, DETECTION + DETECTION / 4 }, { 9 * DETECTION, DETECTION + DETECTION / 4 },
	};
	struct bully_core *c;
	u32 i;

	for (i = 0; i < sizeof(table) / sizeof(*table); i++) {
		c = follower();
		alone_peer(9)->rtt = table[i].rtt;
		alone_step(DETECTION + table[i].more - 1);
		CHECK(u, !bully_probe_silent(c));
		alone_step(1);
		CHECK(u, bully_probe_silent(c));
	}
}

/* H3: the leader is gone only after all but one of the misses were probes without an answer. */
static void gone(struct unit *u)
{
	struct bully_core *c = follower();

	bully_probe_send(c);
	alone_step(DETECTION);
	CHECK(u, !bully_probe_gone(c));			/* one of three: one more chance */
	CHECK(u, c->clock.timer[BULLY_T_GONE] == c->now + FIX_HB);
	bully_probe_send(c);
	CHECK(u, bully_probe_gone(c));
	c->now--;
	CHECK(u, !bully_probe_gone(c) && c->clock.timer[BULLY_T_GONE] == c->now + FIX_HB);
}

/* H3: an answer proves life at its probe's send time; later probes stay unanswered. */
static void answered(struct unit *u)
{
	struct bully_core *c = follower();
	u64 begin = c->now, seq[3];
	u32 i;

	for (i = 0; i < 3; i++) {
		alone_step(FIX_HB);
		bully_probe_send(c);
		seq[i] = c->outbox.seq;
	}
	alone_step(10);
	CHECK(u, bully_probe_first_unanswered(c) == begin + FIX_HB);
	CHECK(u, answer(c, seq[1]) && c->probe.proof == begin + 2 * FIX_HB);
	CHECK(u, c->probe.unanswered == 1 && alone_peer(9)->rtt == FIX_HB + 10);
	CHECK(u, bully_probe_first_unanswered(c) == begin + 3 * FIX_HB);
	CHECK(u, !answer(c, seq[1]));			/* an answer counts once */
	CHECK(u, answer(c, seq[0]) && c->probe.proof == begin + 2 * FIX_HB);	/* it is older */
	CHECK(u, c->probe.unanswered == 1 && c->clock.timer[BULLY_T_AGAIN] != BULLY_NEVER);
	CHECK(u, answer(c, seq[2]) && !c->probe.unanswered);
	CHECK(u, c->clock.timer[BULLY_T_AGAIN] == BULLY_NEVER);
	CHECK(u, bully_probe_first_unanswered(c) == c->now);
	m.echo = 0;
	CHECK(u, bully_probe_find(c, &m) == BULLY_PROBES);	/* an empty place is no probe */
}

/* H5: a repeat is not one of the misses, and its answer proves the same. */
static void repeats(struct unit *u)
{
	struct bully_core *c = follower();

	bully_probe_repeat(c);				/* no probe is unanswered */
	CHECK(u, !fix.out.n);
	bully_probe_send(c);
	CHECK(u, c->clock.timer[BULLY_T_AGAIN] == c->now + FIX_HB / 4);
	alone_peer(9)->rtt = FIX_HB / 8 + 1;
	bully_probe_repeat(c);
	CHECK(u, c->clock.timer[BULLY_T_AGAIN] == c->now + FIX_HB / 4 + 2);
	bully_probe_repeat(c);
	CHECK(u, c->probe.unanswered == 1 && alone_count(BULLY_MSG_HEARTBEAT) == 3);
	CHECK(u, answer(c, c->outbox.seq - 2) && !c->probe.unanswered);
	bully_probe_send(c);
	alone_step(5);
	bully_probe_repeat(c);
	CHECK(u, answer(c, c->outbox.seq) && !c->probe.unanswered && c->probe.proof == c->now);
}

/* R3: the ring forgets the oldest probe when it wraps, and no other. */
static void wraps(struct unit *u)
{
	struct bully_core *c = follower();
	u64 first = 0;
	u32 i;

	for (i = 0; i < BULLY_PROBES + 1; i++) {
		alone_step(1);
		bully_probe_send(c);
		if (!i)
			first = c->outbox.seq;
	}
	CHECK(u, !answer(c, first) && answer(c, first + 1));
	CHECK(u, c->probe.unanswered == BULLY_PROBES - 1);
	CHECK(u, answer(c, c->outbox.seq) && !c->probe.unanswered);
}

/* H4: a late tick is excused; the leader's earlier proof stays. */
static void late(struct unit *u)
{
	struct bully_core *c = follower();
	u64 begin = c->now;

	alone_step(FIX_HB);
	bully_probe_tick(c, 70);
	CHECK(u, c->probe.proof == begin && c->probe.base == begin + 70);
	CHECK(u, c->clock.timer[BULLY_T_GONE] == begin + 70 + DETECTION);
	alone_step(DETECTION - FIX_HB + 69);
	CHECK(u, !bully_probe_silent(c));
	alone_step(1);
	CHECK(u, bully_probe_silent(c));
}

/* R5: a higher epoch of the same leader is no sign of life. */
static void resumes(struct unit *u)
{
	struct bully_core *c = follower();
	u64 proof = c->now - 50, base = c->now - 40;

	bully_probe_resume(c, proof, base);
	CHECK(u, c->probe.proof == proof && c->probe.base == base);
	CHECK(u, c->clock.timer[BULLY_T_GONE] == base + DETECTION);
}

/* E4, E11: the leader has answered a probe of the last one and a half heartbeats. */
static void lately(struct unit *u)
{
	struct bully_core *c = follower();

	alone_step(FIX_HB + FIX_HB / 2);
	CHECK(u, bully_probe_is_answered(c));
	alone_step(1);
	CHECK(u, !bully_probe_is_answered(c));
	alone_peer(9)->rtt = FIX_HB;
	CHECK(u, bully_probe_is_answered(c));
}

/* E4: without an answer to three extra probes the leader is lost; one answer keeps it. */
static void extra(struct unit *u)
{
	struct bully_core *c = follower();
	u32 i;

	bully_probe_now(c);
	CHECK(u, c->clock.timer[BULLY_T_PROBE] == c->now + FIX_HB / 4);
	for (i = 0; i < 2; i++) {
		alone_step(FIX_HB / 4);
		CHECK(u, !bully_probe_missed(c) && alone_count(BULLY_MSG_HEARTBEAT) == 1);
	}
	CHECK(u, bully_probe_missed(c));
	bully_probe_now(c);
	CHECK(u, answer(c, c->outbox.seq) && c->clock.timer[BULLY_T_PROBE] == BULLY_NEVER);
	CHECK(u, !bully_probe_missed(c));
	c->opts.look_ns = FIX_HB;			/* R9: time for two looks */
	bully_probe_now(c);
	CHECK(u, c->clock.timer[BULLY_T_PROBE] == c->now + 2 * FIX_HB);
}

const struct unit_case unit_probe_cases[] = {
	{ "probe_H1_begins_half_to_one_heartbeat_later", begins },
	{ "probe_H3_silent_at_the_detection_time", silent },
	{ "probe_H3_far_leader_has_more_time", far_away },
	{ "probe_H3_gone_needs_probes", gone },
	{ "probe_H3_counts_from_the_send_time", answered },
	{ "probe_H5_repeats_are_no_misses", repeats },
	{ "probe_R3_ring_wraps", wraps },
	{ "probe_H4_late_tick_is_forgiven", late },
	{ "probe_R5_resumes", resumes },
	{ "probe_E4_answered_lately", lately },
	{ "probe_E4_extra_probes", extra },
	{ 0 },
};
