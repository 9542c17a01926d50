/* SPDX-License-Identifier: GPL-2.0-only */
/* calm.h - declares when heartbeats are all alike, and the jump over them */
#ifndef BULLY_SIM_CALM_H
#define BULLY_SIM_CALM_H

#include "tally.h"

#define CALM_DETECTIONS	10	/* a group is calm when so many detection times were alike */

struct calm {
	u64 print;		/* of the last heartbeat */
	u64 since;		/* all heartbeats since then were like it */
};

/* Looks at the group once a heartbeat. Returns true if it is calm. */
bool calm_look(struct calm *c, const struct world *w, enum side side);

/*
 * Draws again what is random in a calm group, from @seed: the state of all generators, and
 * when a leader next greets a peer that is down. So what comes does not depend on how
 * long the group has been calm.
 */
void calm_redraw(struct world *w, enum side side, u64 seed);

/*
 * Jumps over @span, a multiple of the heartbeat. The world's own time stands still: each node and
 * packet is where it will be in its heartbeat after @span. What is older than that ages.
 */
void calm_jump(struct world *w, u64 span);

#endif /* BULLY_SIM_CALM_H */
