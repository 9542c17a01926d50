/* SPDX-License-Identifier: GPL-2.0-only */
/* safety.h - declares the checks of quorum mode's promises at every instant: Q1, Q2, R6's order */
#ifndef BULLY_SIM_SAFETY_H
#define BULLY_SIM_SAFETY_H

#include "world.h"

/* Called after every step of a node, after every event for its user, before every message. */
void safety_step(struct world *w, struct node *n);
void safety_note(struct world *w, struct node *n, const struct bully_note *note);
void safety_msg(struct world *w, struct node *n, const struct bully_msg *msg);

/* Returns true if this node leads now in the view of its user. */
bool safety_holds(const struct world *w, const struct node *n);

/* Returns the node that holds the lease, or NULL. */
struct node *safety_holder(const struct world *w);

#endif /* BULLY_SIM_SAFETY_H */
