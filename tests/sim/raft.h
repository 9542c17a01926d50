/* SPDX-License-Identifier: GPL-2.0-only */
/* raft.h - declares the election of Raft on the simulator's network */
#ifndef BULLY_SIM_RAFT_H
#define BULLY_SIM_RAFT_H

#include "world.h"

/* What a node believes. */
struct raft_view {
	bool up;
	bool leads;
	u32 leader;		/* address + 1; 0 for none */
	u64 term;
};

/* Makes all nodes of this world elect by Raft: timeouts are in [@timeout, 2 * @timeout). */
void raft_world(struct world *w, u64 heartbeat, u64 timeout);

/* Power on. The first election timeout is @first, or random if @first is 0. */
void raft_start(struct world *w, struct node *n, u64 first);

/* A power cut. Term and vote stay on the disk. */
void raft_crash(struct node *n);

/* A planned end: a leader hands over to a node that is up. */
void raft_leave(struct world *w, struct node *n);

void raft_look(const struct node *n, struct raft_view *view);

#endif /* BULLY_SIM_RAFT_H */
