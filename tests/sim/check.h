/* SPDX-License-Identifier: GPL-2.0-only */
/* check.h - declares the invariants: what must hold after every step, and without faults */
#ifndef BULLY_SIM_CHECK_H
#define BULLY_SIM_CHECK_H

#include "world.h"

/* After every step, message and event of any node. */
void check_born(struct node *n);
void check_step(struct world *w, struct node *n, const struct bully_event *ev,
		const struct bully_actions *out);
void check_timer(struct world *w, struct node *n);
void check_note(struct world *w, struct node *n, const struct bully_note *note);
void check_msg(struct world *w, struct node *n, const struct bully_msg *msg);

/* Returns true if this node may lead when no other node exists. */
bool check_stands(const struct node *n);

/* P8: returns true if a hold-down forbids this node to replace a live leader. */
bool check_held(const struct world *w, const struct node *n);

/*
 * C1 and C2: all running nodes of @side (a bit for each address) must agree on a leader that the
 * rules allow. A node that is held down need not lead. Returns NULL, or what is wrong.
 */
const char *check_agreed(struct world *w, u64 side);

/* P10: the order of nodes; a node of priority 0 and id 0 is none. */
static inline u64 check_rank(u32 priority, u32 id)
{
	return (u64)priority << 32 | id;
}

/* The rank of a running node. */
static inline u64 check_rank_of(const struct node *n)
{
	return check_rank(n->core->opts.priority, n->id);
}

#endif /* BULLY_SIM_CHECK_H */
