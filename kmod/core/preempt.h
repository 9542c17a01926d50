/* SPDX-License-Identifier: GPL-2.0-only */
/* preempt.h - owns the delay and the request to take over */
#ifndef BULLY_CORE_PREEMPT_H
#define BULLY_CORE_PREEMPT_H

#include "base.h"

bool bully_preempt_would(const struct bully_core *c);
void bully_preempt_reset(struct bully_core *c);
void bully_preempt_arm(struct bully_core *c);
void bully_preempt_begin(struct bully_core *c);
void bully_preempt_ranked(struct bully_core *c);
bool bully_preempt_due(struct bully_core *c);
void bully_preempt_ask_anew(struct bully_core *c);
void bully_preempt_again(struct bully_core *c);
void bully_preempt_greeted(struct bully_core *c);

/* There is a new leader, which was asked for nothing yet. */
static inline void bully_preempt_unasked(struct bully_core *c)
{
	c->preempt.asked = false;
	c->preempt.greeted = false;
	c->preempt.ask_tries = 0;
}

/* R11: the leader is asked to hand over. */
static inline void bully_preempt_asked(struct bully_core *c)
{
	c->preempt.asked = true;
	c->preempt.greeted = false;
}

/* F6: the leader would hand over, but voters would not vote for this node. */
static inline void bully_preempt_give_up(struct bully_core *c)
{
	bully_preempt_reset(c);
	bully_preempt_unasked(c);
}

#endif /* BULLY_CORE_PREEMPT_H */
