/* SPDX-License-Identifier: GPL-2.0-only */
/* outbox.h - owns what a step says */
#ifndef BULLY_CORE_OUTBOX_H
#define BULLY_CORE_OUTBOX_H

#include "rank.h"

struct bully_action *bully_send(struct bully_core *c, enum bully_target target, u32 id,
				enum bully_msg_type type, u64 echo);
struct bully_action *bully_answer(struct bully_core *c, const struct bully_msg *m,
				  enum bully_msg_type type);
void bully_note(struct bully_core *c, enum bully_event_kind kind, enum bully_reason reason);
bool bully_outbox_remembers(const struct bully_peer *p, u64 seq, u64 *at);
u32 bully_outbox_us(u64 ns);

/* Returns true if the step's table is half full: the rest is for the next step. */
static inline bool bully_outbox_is_full(const struct bully_core *c)
{
	return c->outbox.out->n > BULLY_ACTIONS / 2;
}

static inline void bully_outbox_begin(struct bully_core *c, struct bully_actions *out)
{
	out->n = 0;
	c->outbox.out = out;
}

static inline void bully_outbox_end(struct bully_core *c)
{
	c->outbox.out = NULL;
}

/* Answers to HELLOs that were sent until now prove nothing any more. */
static inline void bully_outbox_void_hellos(const struct bully_core *c, struct bully_peer *p)
{
	p->outbox.hello_floor = c->outbox.seq;
}

/* The HELLO with sequence @seq was answered; older answers prove nothing any more. */
static inline void bully_outbox_hello_answered(struct bully_peer *p, u64 seq)
{
	p->outbox.hello_floor = seq;
}

/* The question that measures the round-trip time was answered. */
static inline void bully_outbox_ask_answered(struct bully_peer *p)
{
	p->outbox.ask_seq = 0;
}

/* Returns true if the action is for this peer. */
static inline bool bully_outbox_is_target(const struct bully_core *c,
					  const struct bully_action *act,
					  const struct bully_peer *p)
{
	switch (act->target) {
	case BULLY_TO_ALL:
		return true;
	case BULLY_TO_HIGHER:
		return bully_rank_is_higher(c, p) && p->role == BULLY_ROLE_CANDIDATE;
	default:
		return p->id == act->id;
	}
}

#endif /* BULLY_CORE_OUTBOX_H */
