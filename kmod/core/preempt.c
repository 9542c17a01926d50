// SPDX-License-Identifier: GPL-2.0-only
/* preempt.c - when this node may take over from a lower leader (P1, P8, R11) */
#include "clock.h"
#include "holddown.h"
#include "preempt.h"
#include "rank.h"
#include "stand.h"
#include "wait.h"

/* P1, P8: returns true if this node would depose a lower live leader. */
bool bully_preempt_would(const struct bully_core *c)
{
	return bully_stands(c) && c->opts.preempt && !bully_holddown_holds(c) &&
	       (!c->opts.preempt_delay_ns || c->preempt.delay_over);
}

/* There is no lower leader: the delay begins again with the next one. */
void bully_preempt_reset(struct bully_core *c)
{
	c->preempt.delay_over = false;
	bully_timer_set(c, BULLY_T_PREEMPT, BULLY_NEVER);
}

/* This node follows a lower leader that it may depose: after the delay, if that is not over. */
void bully_preempt_arm(struct bully_core *c)
{
	bully_timer_advance(c, BULLY_T_PREEMPT, c->now +
			    (c->preempt.delay_over ? 0 : c->opts.preempt_delay_ns));
}

/* P12: the leader has become the lower one: the delay begins. The highest live node has the first
 * move; by the time that the others have waited it leads, if it wants to.
 */
void bully_preempt_begin(struct bully_core *c)
{
	u64 hb = c->opts.heartbeat_ns, rank = bully_wait_rank(c);

	bully_timer_set(c, BULLY_T_PREEMPT, c->now + c->opts.preempt_delay_ns +
			(rank ? hb + bully_min(rank, 4) * (hb / 4) : 0));
}

/* P12: the rank of this node or of its leader is another: the delay runs under a lower leader. */
void bully_preempt_ranked(struct bully_core *c)
{
	if (bully_rank_leader_is_higher(c)) {
		bully_preempt_reset(c);
		bully_preempt_unasked(c);
	} else if (c->clock.timer[BULLY_T_PREEMPT] == BULLY_NEVER && !c->preempt.delay_over &&
		   bully_stands(c) && c->opts.preempt) {
		bully_preempt_begin(c);
	}
}

/* The delay is over. Returns true if this node may take over now. */
bool bully_preempt_due(struct bully_core *c)
{
	u64 held = bully_core_holddown(c, c->now);

	bully_timer_set(c, BULLY_T_PREEMPT, BULLY_NEVER);
	c->preempt.delay_over = true;
	if (c->state != BULLY_STATE_FOLLOWER || bully_rank_leader_is_higher(c) ||
	    !bully_stands(c) || (!c->opts.preempt && !c->preempt.asked))
		return false;
	if (held)		/* P8 */
		bully_timer_set(c, BULLY_T_PREEMPT, c->now + held);
	return !held;
}

/* R11: the operator wants this node to ask, however often it has. */
void bully_preempt_ask_anew(struct bully_core *c)
{
	c->preempt.ask_tries = 0;
	c->preempt.asked = true;
}

/* R11: ask again soon for some times, and then no more often than the leader is judged. */
void bully_preempt_again(struct bully_core *c)
{
	u64 wait = bully_jittered(c, bully_detection(c));

	if (c->preempt.ask_tries < 4) {
		c->preempt.ask_tries++;
		wait = c->opts.heartbeat_ns / 4;
	}
	bully_timer_set(c, BULLY_T_PREEMPT, c->now + wait);
}

/* R11: HELLOs were sent, to hear a majority. Their answers prove nothing after the detection time,
 * so this node asks soon after the first ones.
 */
void bully_preempt_greeted(struct bully_core *c)
{
	if (!c->preempt.greeted)
		bully_timer_advance(c, BULLY_T_PREEMPT, c->now + c->opts.heartbeat_ns / 4);
	c->preempt.greeted = true;
}
