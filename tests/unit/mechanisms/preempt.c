// SPDX-License-Identifier: GPL-2.0-only
/* preempt.c - tests when a node may take over from a lower leader (P1, P8, R11) */
#include "alone.h"
#include "clock.h"
#include "preempt.h"

/* Node 3 follows node 1. */
static struct bully_core *follower(void)
{
	static const u32 lower[] = { 1, 2, 0 };
	struct bully_core *c = alone(3, lower);

	c->state = BULLY_STATE_FOLLOWER;
	c->leader = 1;
	return c;
}

static void hold(struct bully_core *c, u64 ns)
{
	c->opts.holddown = true;
	c->opts.holddown_max_ns = 10 * DETECTION;
	c->holddown.started_at = c->now;
	c->holddown.until = c->now + ns;
}

/* P1, P8: a node would depose if it stands, may, is not held down, and has waited. */
static void would(struct unit *u)
{
	struct bully_core *c = follower();

	CHECK(u, bully_preempt_would(c));
	c->opts.preempt = false;
	CHECK(u, !bully_preempt_would(c));
	c->opts.preempt = true;
	c->opts.candidate = false;
	CHECK(u, !bully_preempt_would(c));
	c->opts.candidate = true;
	c->opts.preempt_delay_ns = 1;
	CHECK(u, !bully_preempt_would(c));
	c->preempt.delay_over = true;
	CHECK(u, bully_preempt_would(c));
	hold(c, 1);
	CHECK(u, !bully_preempt_would(c));
	alone_step(1);
	CHECK(u, bully_preempt_would(c));
}

/* P1: the delay begins with the first lower leader, and a later one does not extend it. */
static void delay(struct unit *u)
{
	struct bully_core *c = follower();
	u64 *timer = &c->clock.timer[BULLY_T_PREEMPT], at;

	c->opts.preempt_delay_ns = 1000;
	at = c->now + 1000;
	bully_preempt_arm(c);
	CHECK(u, *timer == at);
	alone_step(999);
	bully_preempt_arm(c);
	CHECK(u, *timer == at);
	CHECK(u, bully_preempt_due(c) && c->preempt.delay_over && *timer == BULLY_NEVER);
	bully_preempt_arm(c);				/* an expired delay ends at once */
	CHECK(u, *timer == c->now);
	bully_preempt_reset(c);
	CHECK(u, !c->preempt.delay_over && *timer == BULLY_NEVER);
	bully_preempt_arm(c);
	CHECK(u, *timer == c->now + 1000);
}

/* P1, R11: only a follower of a lower leader takes over, by preempt or after its request. */
static void due(struct unit *u)
{
	struct bully_core *c = follower();
	u32 i;

	CHECK(u, bully_preempt_due(c));
	for (i = 0; i < 4; i++) {
		c = follower();
		switch (i) {
		case 0: c->state = BULLY_STATE_WAITING; break;
		case 1: c->leader = 9; break;
		case 2: c->opts.candidate = false; break;
		case 3: c->opts.preempt = false; break;
		}
		CHECK(u, !bully_preempt_due(c));
		CHECK(u, c->preempt.delay_over);
	}
	bully_preempt_asked(c);
	CHECK(u, bully_preempt_due(c));
	bully_preempt_unasked(c);
	CHECK(u, !bully_preempt_due(c));
}

/* P8: a node that is held down looks again when the hold-down ends. */
static void held(struct unit *u)
{
	struct bully_core *c = follower();

	hold(c, 500);
	CHECK(u, !bully_preempt_due(c));
	CHECK(u, c->clock.timer[BULLY_T_PREEMPT] == c->now + 500);
	alone_step(500);
	CHECK(u, bully_preempt_due(c) && c->clock.timer[BULLY_T_PREEMPT] == BULLY_NEVER);
}

/* R11: it asks every quarter of a heartbeat during one heartbeat, and then rarely. */
static void asks_again(struct unit *u)
{
	struct bully_core *c = follower();
	u32 i, round;
	u64 wait;

	for (round = 0; round < 3; round++) {
		for (i = 0; i < 4; i++) {
			bully_preempt_again(c);
			CHECK(u, c->clock.timer[BULLY_T_PREEMPT] == c->now + FIX_HB / 4);
		}
		for (i = 0; i < 20; i++) {
			bully_preempt_again(c);
			wait = c->clock.timer[BULLY_T_PREEMPT] - c->now;
			CHECK(u, wait >= DETECTION * 3 / 4 && wait < DETECTION * 5 / 4);
		}
		if (round)
			bully_preempt_unasked(c);	/* a new leader */
		else
			bully_preempt_ask_anew(c);	/* the operator */
		CHECK(u, c->preempt.asked == !round);
	}
}

const struct unit_case unit_preempt_cases[] = {
	{ "preempt_P1_would", would },
	{ "preempt_P1_delay_is_not_put_off", delay },
	{ "preempt_P1_due", due },
	{ "preempt_P8_looks_again_after_the_holddown", held },
	{ "preempt_R11_asks_again", asks_again },
	{ 0 },
};
