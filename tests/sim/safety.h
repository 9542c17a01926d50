/* SPDX-License-Identifier: GPL-2.0-only */
/* safety.h - owns what quorum mode promises at every instant: Q1, Q2, and the order of R6 */
#ifndef BULLY_SIM_SAFETY_H
#define BULLY_SIM_SAFETY_H

#include "world.h"

/* After every step of a node, after every event that its user was told, before every message. */
void safety_step(struct world *w, struct node *n);
void safety_note(struct world *w, struct node *n, const struct bully_note *note);
void safety_msg(struct world *w, struct node *n, const struct bully_msg *msg);

/* Returns true if the user of this node may believe now that the node leads. */
bool safety_holds(const struct world *w, const struct node *n);

/* Returns the node that holds the lease, or NULL. */
struct node *safety_holder(const struct world *w);

#endif /* BULLY_SIM_SAFETY_H */
