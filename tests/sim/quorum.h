/* SPDX-License-Identifier: GPL-2.0-only */
/* quorum.h - declares the sets of voters of a random schedule of quorum mode (R7) */
#ifndef BULLY_SIM_QUORUM_H
#define BULLY_SIM_QUORUM_H

#include "chaos.h"

/* Returns true if a node of this role is a voter. */
bool quorum_votes(u8 role);

/* Returns how many voters a set has. */
u32 quorum_voters(const struct world *w, const u8 *set);

/* Configures a host for a set that it belongs to. */
void quorum_configure(struct world *w, struct plan *p, struct node *n, u32 set);

/* Takes the next step of the sets' history on a host, or makes a new set. R7 may forbid it. */
void quorum_change(struct world *w, struct plan *p, struct node *n);

/* Configures a host that is off for the newest set. */
void quorum_catch_up(struct world *w, struct plan *p, struct node *n);

/*
 * Takes the steps that R7 allows on all hosts. With @force, hosts that R7 blocks are
 * restarted in the newest set. Returns true if every host had the newest set already.
 */
bool quorum_settle(struct world *w, struct plan *p, bool force);

#endif /* BULLY_SIM_QUORUM_H */
