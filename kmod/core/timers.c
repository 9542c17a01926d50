// SPDX-License-Identifier: GPL-2.0-only
/* timers.c - the core is woken: what is due, and in which order (clock.c lists the timers) */
#include "address.h"
#include "announce.h"
#include "clock.h"
#include "elect.h"
#include "lease.h"
#include "listen.h"
#include "notice.h"
#include "preempt.h"
#include "probe.h"
#include "rank.h"
#include "role.h"
#include "set.h"
#include "timers.h"
#include "unlisted.h"

/* R9: the end of the own lease takes effect before anything else is looked at. */
void bully_timers_lease(struct bully_core *c)
{
	enum bully_reason reason = bully_lease_over(c);

	if (reason)
		bully_role_listen_anew(c, reason);
}

/* A heartbeat is over; @late is by how much this node noticed too late (H4), else 0. */
static void tick(struct bully_core *c, u64 late)
{
	switch (c->state) {
	case BULLY_STATE_LEADER:
		bully_rank_tell(c);
		bully_set_ask(c);
		if (c->policy->lead_tick)
			c->policy->lead_tick(c);
		bully_announce_judge(c, late);
		break;
	case BULLY_STATE_FOLLOWER:
		bully_rank_tell(c);
		bully_set_ask(c);
		bully_address_expire(c);
		bully_probe_tick(c, late);
		break;
	default:
		if (c->policy->claim_tick)
			c->policy->claim_tick(c);
	}
}

static void tick_due(struct bully_core *c)
{
	u64 late = c->now - c->clock.timer[BULLY_T_TICK], half = c->opts.heartbeat_ns / 2;

	bully_timer_set(c, BULLY_T_TICK, c->opts.heartbeat_ns +
			(late > half ? c->now : c->clock.timer[BULLY_T_TICK]));
	if (late > half)
		c->stats.voided++;
	tick(c, late > half ? late : 0);
}

static void claim_due(struct bully_core *c)
{
	u64 due = BULLY_NEVER;

	bully_timer_set(c, BULLY_T_CLAIM, BULLY_NEVER);
	if (c->state != BULLY_STATE_LEADER && !c->lease.claim)
		return;
	if (c->policy->claim_self)
		due = c->policy->claim_self(c);
	bully_announce_repeat(c, due);
}

/* Returns true if @t is due, and disarms it. */
static bool take(struct bully_core *c, enum bully_timer t)
{
	if (!bully_timer_due(c, t))
		return false;
	bully_timer_set(c, t, BULLY_NEVER);
	return true;
}

void bully_timers_fire(struct bully_core *c)
{
	u64 deadline = bully_core_deadline(c);

	if (c->now < deadline)
		return;
	bully_clock_count_lateness(c, c->now - deadline);
	if (bully_role_doubt(c))
		return;
	if (take(c, BULLY_T_PLACES))
		bully_unlisted_expire(c);
	/* first, since it makes allowance for our own lateness */
	if (bully_takes_part(c) && bully_timer_due(c, BULLY_T_TICK))
		tick_due(c);
	if (take(c, BULLY_T_DUPLICATE))
		bully_notice_duplicate_over(c);
	if (take(c, BULLY_T_UNREACHED))
		bully_notice_unreached_over(c);
	if (!bully_takes_part(c)) {
		take(c, BULLY_T_HELLO);		/* of a new peer, which has got one */
		c->policy->fire(c);
		return;
	}
	if (bully_timer_due(c, BULLY_T_PREEMPT) && bully_preempt_due(c))
		c->policy->take_over(c);
	if (bully_timer_due(c, BULLY_T_CLAIM))
		claim_due(c);
	if (bully_timer_due(c, BULLY_T_HELLO))
		bully_listen_ask(c);
	if (take(c, BULLY_T_AGAIN))
		bully_probe_repeat(c);
	if (bully_timer_judged(c, BULLY_T_PROBE))
		bully_elect_probe_over(c);
	if (bully_timer_judged(c, BULLY_T_GONE))
		bully_elect_leader_judged(c);
	if (c->state == BULLY_STATE_FOLLOWER && bully_timer_judged(c, BULLY_T_LEASE))
		bully_elect_leader_lost(c, BULLY_REASON_LEADER_TIMEOUT);
	if (bully_timer_judged(c, BULLY_T_PHASE))
		bully_elect_phase_over(c);
}
