/* SPDX-License-Identifier: GPL-2.0-only */
/* clock.h - owns the timers, their second look, and chance */
#ifndef BULLY_CORE_CLOCK_H
#define BULLY_CORE_CLOCK_H

#include "base.h"

u64 bully_jitter(struct bully_core *c, u64 span);
u64 bully_jittered(struct bully_core *c, u64 span);
void bully_clock_init(struct bully_core *c, u64 seed);
void bully_timer_clear_all(struct bully_core *c);
bool bully_timer_judge(struct bully_core *c, enum bully_timer t);
void bully_clock_count_lateness(struct bully_core *c, u64 late);

static inline void bully_timer_set(struct bully_core *c, enum bully_timer t, u64 when)
{
	c->clock.timer[t] = when;
	c->clock.looked &= ~(1u << t);
}

/* Make a timer fire no later than @when. */
static inline void bully_timer_advance(struct bully_core *c, enum bully_timer t, u64 when)
{
	if (when < c->clock.timer[t])
		bully_timer_set(c, t, when);
}

static inline bool bully_timer_due(const struct bully_core *c, enum bully_timer t)
{
	return c->clock.timer[t] <= c->now;
}

/* Returns true if a judging timer is due and this is the second look at it (R9). */
static inline bool bully_timer_judged(struct bully_core *c, enum bully_timer t)
{
	return bully_timer_due(c, t) && bully_timer_judge(c, t);
}

#endif /* BULLY_CORE_CLOCK_H */
