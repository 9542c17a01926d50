// SPDX-License-Identifier: GPL-2.0-only
/* clock.c - tests timers, their second look, and jitter (R9, E9) */
#include "alone.h"
#include "clock.h"

/* The deadline is that of the earliest timer. */
static void deadline(struct unit *u)
{
	struct bully_core *c = alone(2, alone_around);
	u32 t;

	CHECK(u, bully_core_deadline(c) == BULLY_NEVER);
	for (t = 0; t < BULLY_TIMERS; t++) {
		bully_timer_set(c, t, 1000 - t);
		CHECK(u, bully_core_deadline(c) == 1000 - t);
	}
	bully_timer_clear_all(c);
	CHECK(u, bully_core_deadline(c) == BULLY_NEVER && !c->clock.looked);
}

/* A timer is due exactly at its time. */
static void due(struct unit *u)
{
	struct bully_core *c = alone(2, alone_around);

	bully_timer_set(c, BULLY_T_TICK, c->now + 1);
	CHECK(u, !bully_timer_due(c, BULLY_T_TICK));
	alone_step(1);
	CHECK(u, bully_timer_due(c, BULLY_T_TICK) && !bully_timer_due(c, BULLY_T_GONE));
}

/* R9: a timer that judges a peer is looked at twice, a look apart. */
static void two_looks(struct unit *u)
{
	struct bully_core *c = alone(2, alone_around);

	c->opts.look_ns = 500;
	bully_timer_set(c, BULLY_T_GONE, c->now);
	bully_timer_set(c, BULLY_T_PHASE, c->now);
	CHECK(u, !bully_timer_judged(c, BULLY_T_GONE));
	CHECK(u, c->clock.timer[BULLY_T_GONE] == c->now + 500);
	alone_step(499);
	CHECK(u, !bully_timer_judged(c, BULLY_T_GONE));
	CHECK(u, !bully_timer_judged(c, BULLY_T_PHASE));	/* each has its own first look */
	alone_step(1);
	CHECK(u, bully_timer_judged(c, BULLY_T_GONE));
	CHECK(u, c->clock.timer[BULLY_T_GONE] == BULLY_NEVER);
	CHECK(u, !bully_timer_judged(c, BULLY_T_PHASE));
}

/* R9: a timer that is set again is looked at twice again. */
static void look_again(struct unit *u)
{
	struct bully_core *c = alone(2, alone_around);

	c->opts.look_ns = 500;
	bully_timer_set(c, BULLY_T_GONE, c->now);
	CHECK(u, !bully_timer_judged(c, BULLY_T_GONE));
	bully_timer_set(c, BULLY_T_GONE, c->now);
	CHECK(u, !bully_timer_judged(c, BULLY_T_GONE));
	bully_timer_set(c, BULLY_T_GONE, c->now);
	CHECK(u, !bully_timer_judged(c, BULLY_T_GONE));
	alone_step(500);
	bully_timer_set(c, BULLY_T_GONE, BULLY_NEVER);		/* acquitted */
	CHECK(u, !bully_timer_judged(c, BULLY_T_GONE));
}

/* R9: if packets cannot wait on another CPU, one look is enough. */
static void one_look(struct unit *u)
{
	struct bully_core *c = alone(2, alone_around);

	c->opts.look_ns = 0;
	bully_timer_set(c, BULLY_T_GONE, c->now + 1);
	CHECK(u, !bully_timer_judged(c, BULLY_T_GONE));
	alone_step(1);
	CHECK(u, bully_timer_judged(c, BULLY_T_GONE));
	CHECK(u, !bully_timer_judged(c, BULLY_T_GONE));
}

/* A timer is advanced, never delayed; a time that is not earlier keeps the first look. */
static void advance(struct unit *u)
{
	struct bully_core *c = alone(2, alone_around);
	u64 *timer = &c->clock.timer[BULLY_T_GONE], at;

	c->opts.look_ns = 500;
	bully_timer_advance(c, BULLY_T_GONE, c->now);
	CHECK(u, *timer == c->now);
	CHECK(u, !bully_timer_judged(c, BULLY_T_GONE));
	at = *timer;
	bully_timer_advance(c, BULLY_T_GONE, at + 1);
	bully_timer_advance(c, BULLY_T_GONE, at);
	CHECK(u, *timer == at && c->clock.looked);
	bully_timer_advance(c, BULLY_T_GONE, at - 1);
	CHECK(u, *timer == at - 1 && !c->clock.looked);
}

/* E9: retries stay within a quarter, and do not stay in phase. */
static void jitter(struct unit *u)
{
	struct bully_core *c = alone(2, alone_around);
	u64 low = ~0ULL, high = 0, t;
	u32 i;

	for (i = 0; i < 1000; i++) {
		t = bully_jittered(c, 4096);
		low = t < low ? t : low;
		high = t > high ? t : high;
		CHECK(u, bully_jitter(c, 2048) < 2048);
	}
	CHECK(u, low >= 3072 && low < 3072 + 128);
	CHECK(u, high < 5120 && high >= 5120 - 128);
	CHECK(u, bully_jitter(c, 1023) == 0 && bully_jitter(c, 0) == 0);
}

/* The jitter depends on the seed; a seed of 0 gives jitter, too. */
static void seeds(struct unit *u)
{
	struct bully_core *c = alone(2, alone_around);
	u64 first[4], sum = 0;
	u32 i, same = 0;

	bully_clock_init(c, 77);
	for (i = 0; i < 4; i++)
		first[i] = bully_jitter(c, 1 << 20);
	bully_clock_init(c, 77);
	for (i = 0; i < 4; i++)
		CHECK(u, bully_jitter(c, 1 << 20) == first[i]);
	bully_clock_init(c, 78);
	for (i = 0; i < 4; i++)
		same += bully_jitter(c, 1 << 20) == first[i];
	CHECK(u, same < 4);
	bully_clock_init(c, 0);
	for (i = 0; i < 4; i++)
		sum += bully_jitter(c, 1 << 20);
	CHECK(u, sum);
}

/* Lateness is counted in buckets: below 1 us, below 2 us, ..., and everything above 4 s. */
static void lateness(struct unit *u)
{
	static const struct {
		u64 late;
		u32 bucket;
	} table[] = {
		{ 0, 0 }, { 999, 0 }, { 1000, 1 }, { 1999, 1 }, { 2000, 2 },
		{ (1ULL << 22) * 1000 - 1, 22 }, { (1ULL << 22) * 1000, 23 },
		{ ~0ULL, 23 },
	};
	struct bully_core *c;
	u32 i;

	for (i = 0; i < sizeof(table) / sizeof(*table); i++) {
		c = alone(2, alone_around);
		bully_clock_count_lateness(c, table[i].late);
		bully_clock_count_lateness(c, 0);
		CHECK(u, c->stats.late_max == table[i].late);
		CHECK(u, c->stats.late_bucket[table[i].bucket] == (table[i].bucket ? 1 : 2));
	}
}

const struct unit_case unit_clock_cases[] = {
	{ "clock_deadline_is_the_earliest_timer", deadline },
	{ "clock_timer_is_due_at_its_time", due },
	{ "clock_R9_two_looks", two_looks },
	{ "clock_R9_set_anew_looks_twice", look_again },
	{ "clock_R9_one_look_without_look_ns", one_look },
	{ "clock_advance_never_puts_off", advance },
	{ "clock_E9_jitter_within_a_quarter", jitter },
	{ "clock_seeds_make_the_jitter", seeds },
	{ "clock_lateness_buckets", lateness },
	{ 0 },
};
