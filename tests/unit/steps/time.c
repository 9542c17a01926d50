// SPDX-License-Identifier: GPL-2.0-only
/* time.c - tests timers: deadlines, lateness, verdicts, ages */
#include "unit.h"

static const u32 others[] = { 1, 3, 0 };

static void claim_of_3(u64 epoch)
{
	static struct bully_msg m;

	fix_msg(&m, BULLY_MSG_COORDINATOR, 3);
	m.leader = 3;
	m.epoch = epoch;
	m.state = BULLY_STATE_LEADER;
	fix_deliver(&m);
}

/* Makes node 2, which follows node 3. */
static void as_follower(void)
{
	fix_make(2, others);
	fix_start();
	fix_prove_all();
	claim_of_3(FIX_WALL + 1);
	fix_clear();
}

static void answer_probe(u32 from)
{
	const struct bully_msg *probe = fix_sent(BULLY_MSG_HEARTBEAT, from);
	static struct bully_msg m;

	if (!probe)
		return;
	fix_msg(&m, BULLY_MSG_HEARTBEAT_ACK, from);
	m.echo = probe->seq;
	m.leader = from;
	m.epoch = fix.core.epoch;
	m.state = BULLY_STATE_LEADER;
	fix_deliver(&m);
}

/* Each timer step sets a later deadline. */
static void progress(struct unit *u)
{
	u32 i;

	fix_make(2, others);
	fix_start();
	for (i = 0; i < 500; i++) {
		u64 before = bully_core_deadline(&fix.core);

		CHECK(u, before != BULLY_NEVER);
		fix_timer();
		CHECK(u, bully_core_deadline(&fix.core) > fix.now);
		if (i % 50 == 20)
			fix_prove_all();
		fix_clear();
	}
}

/* A timer step that is too early does nothing. */
static void early(struct unit *u)
{
	u64 deadline;

	as_follower();
	deadline = bully_core_deadline(&fix.core);
	fix.now = deadline - 1;
	fix_simple(BULLY_EV_TIMER);
	CHECK(u, fix.n_sent == 0 && fix.n_notes == 0);
	CHECK(u, bully_core_deadline(&fix.core) == deadline);
}

/* A clock that seems to go back counts as standing still (T1). */
static void backwards(struct unit *u)
{
	u64 now;

	as_follower();
	now = fix.core.now;
	fix.now -= 10 * FIX_HB;
	fix_simple(BULLY_EV_TIMER);
	CHECK(u, fix.core.now == now);
	CHECK(u, bully_core_deadline(&fix.core) > now);
}

/* H3: misses x heartbeat after the send time of the last probe that was answered. */
static void detection(struct unit *u)
{
	u64 base;
	u32 i;

	as_follower();
	for (i = 0; i < 20; i++) {
		fix_clear();
		fix_timer();
		answer_probe(3);
		CHECK(u, fix.core.state == BULLY_STATE_FOLLOWER);
	}
	base = fix.now;		/* the last probe was sent and answered now */
	fix_clear();
	fix_timers_until(base + 3 * FIX_HB - 1);
	CHECK(u, fix.core.state == BULLY_STATE_FOLLOWER);
	fix_timers_until(base + 3 * FIX_HB + 1);
	CHECK(u, fix.core.state == BULLY_STATE_LEADER);		/* 1 is lower, 3 is down */
	CHECK(u, fix.core.reason == BULLY_REASON_LEADER_TIMEOUT);
	CHECK(u, bully_core_find(&fix.core, 3)->state == BULLY_PEER_STATE_DOWN);
}

/* H4: after an own tick that is late by more than half a heartbeat no peer is lost. */
static void own_lateness(struct unit *u)
{
	u64 voided;

	as_follower();
	fix_timer();
	answer_probe(3);
	voided = fix.core.stats.voided;
	fix.now = bully_core_deadline(&fix.core) + 5 * FIX_HB;
	fix_simple(BULLY_EV_TIMER);
	CHECK(u, fix.core.state == BULLY_STATE_FOLLOWER);
	CHECK(u, fix.core.stats.voided > voided);
}

/* T3: a leader that did not run for longer than the detection time first doubts its time. */
static void time_doubt(struct unit *u)
{
	static const u32 lower[] = { 1, 2, 0 };

	fix_make(9, lower);
	fix_start();
	fix_prove_all();
	CHECK(u, fix.core.state == BULLY_STATE_LEADER);
	fix_clear();
	fix.now = bully_core_deadline(&fix.core) + 5 * FIX_HB;
	fix_say(BULLY_MSG_HEARTBEAT, 1);	/* also if a packet comes first */
	CHECK(u, fix.core.state == BULLY_STATE_INIT && !fix.core.leader);
	CHECK(u, fix.n_notes && fix.note[0].reason == BULLY_REASON_TIME_DOUBT);
}

/* R9: with a look, the verdict waits for the second look. */
static void second_look(struct unit *u)
{
	static const u32 higher[] = { 3, 0 };
	struct bully_event opts = { .type = BULLY_EV_OPTS, .opts = &fix.opts };
	u64 first;

	fix_make(2, higher);
	fix_start();
	fix.opts.look_ns = FIX_HB / 10;
	fix_step(&opts);
	fix_prove_all();
	CHECK(u, fix.core.state == BULLY_STATE_ELECTION);
	first = fix.core.clock.timer[BULLY_T_PHASE];
	fix.now = first;
	fix_simple(BULLY_EV_TIMER);
	CHECK(u, fix.core.state == BULLY_STATE_ELECTION);
	CHECK(u, fix.core.clock.timer[BULLY_T_PHASE] == first + fix.opts.look_ns);
	fix_timers_until(first + fix.opts.look_ns);
	CHECK(u, fix.core.state == BULLY_STATE_LEADER);
}

/* The histogram: below 1 us, 2 us, 4 us and so on; the last bucket has no end. */
static void lateness(struct unit *u)
{
	static const struct {
		u64 late;
		u32 bucket;
	} table[] = {
		{ 0, 0 }, { 999, 0 }, { 1000, 1 }, { 1999, 1 }, { 2000, 2 }, { 4000, 3 },
		{ 1000000, 10 }, { 30000000, 15 },
	};
	u64 max = 0;
	u32 i;

	as_follower();
	for (i = 0; i < sizeof(table) / sizeof(*table); i++) {
		u64 before = fix.core.stats.late_bucket[table[i].bucket];

		fix.now = bully_core_deadline(&fix.core) + table[i].late;
		fix_simple(BULLY_EV_TIMER);
		CHECK(u, fix.core.stats.late_bucket[table[i].bucket] == before + 1);
		max = table[i].late > max ? table[i].late : max;
		CHECK(u, fix.core.stats.late_max == max);
		answer_probe(3);
	}
	fix.now = bully_core_deadline(&fix.core) + 60 * 1000000000ULL;
	fix_simple(BULLY_EV_TIMER);
	CHECK(u, fix.core.stats.late_bucket[BULLY_LATE_BUCKETS - 1] == 1);
}

/* The round-trip time is that of the probe that was answered. */
static void round_trip(struct unit *u)
{
	as_follower();
	bully_core_find(&fix.core, 3)->rtt = 0;
	fix_timer();
	fix.now += 1234567;
	answer_probe(3);
	CHECK(u, bully_core_find(&fix.core, 3)->rtt == 1234567);
	CHECK(u, bully_core_find(&fix.core, 3)->heard == fix.now);
}

/* R12: a follower's report about its leader has the age that the report says. */
static void told(struct unit *u)
{
	static struct bully_msg m;
	u32 kind;

	for (kind = 0; kind < 2; kind++) {
		const struct bully_msg *hello;

		fix_make(2, others);
		fix_start();
		hello = fix_sent(BULLY_MSG_HELLO, 1);
		fix.now += FIX_HB * 3;
		fix_msg(&m, BULLY_MSG_HELLO_ACK, 1);
		m.echo = hello->seq;
		m.leader = 3;
		m.epoch = FIX_WALL;
		m.state = BULLY_STATE_FOLLOWER;
		m.leader_age_us = kind ? 10000 : 400000;
		fix_deliver(&m);
		fix_timers_until(fix.core.clock.timer[BULLY_T_PHASE]);
		/* fresh: node 2 waits for 3, which it cannot reach; stale: it claims soon */
		fix_timers_until(fix.now + (kind ? 1 : 4) * FIX_HB);
		CHECK(u, fix.core.state == (kind ? BULLY_STATE_WAITING : BULLY_STATE_LEADER));
	}
}

/* H7: a follower is judged by its own heartbeat, while the administrator changes it node by node. */
static void slow_follower(struct unit *u)
{
	static const u32 lower[] = { 1, 2, 0 };
	static struct bully_msg m;
	u32 id;

	fix_make(9, lower);
	fix_start();
	fix_prove_all();
	for (id = 1; id <= 2; id++) {
		fix_msg(&m, BULLY_MSG_HEARTBEAT, id);
		m.leader = 9;
		m.epoch = fix.core.epoch;
		m.state = BULLY_STATE_FOLLOWER;
		m.heartbeat_us *= id == 1 ? 10 : 1;
		CHECK(u, fix_deliver(&m) == BULLY_DROP_NONE);
	}
	fix_timers_until(fix.now + 20 * FIX_HB);
	CHECK(u, fix.peer[0].state == BULLY_PEER_STATE_UP);
	CHECK(u, fix.peer[1].state == BULLY_PEER_STATE_DOWN);
	fix_timers_until(fix.now + 20 * FIX_HB);
	CHECK(u, fix.peer[0].state == BULLY_PEER_STATE_DOWN);
}

const struct unit_case unit_step_time_cases[] = {
	{ "time_progress", progress },
	{ "time_early", early },
	{ "time_backwards", backwards },
	{ "time_H3_detection", detection },
	{ "time_H4_own_lateness", own_lateness },
	{ "time_T3_time_doubt", time_doubt },
	{ "time_R9_second_look", second_look },
	{ "time_lateness", lateness },
	{ "time_round_trip", round_trip },
	{ "time_R12_told", told },
	{ "time_H7_slow_follower", slow_follower },
	{ 0 },
};
