/* SPDX-License-Identifier: GPL-2.0-only */
/* tally.h - declares one group under one of the elections that are compared, and what is measured of it */
#ifndef BULLY_SIM_TALLY_H
#define BULLY_SIM_TALLY_H

#include "world.h"

/* OURS is the module's election by Raft's rules, RAFT the one of raft.c. */
enum side { CLASSIC, QUORUM, OURS, RAFT, SIDES };

/* A group and its network. */
struct course {
	u32 nodes;
	u64 hb;
	u32 misses;
	u64 lease;
	u64 latency;		/* one way, and ... */
	u64 jitter;		/* ... up to this much more */
	u32 loss;		/* per 10,000 */
};

/* What was measured about leaders. */
struct tally {
	u64 span;
	u64 without;		/* time without a leader that a majority follows */
	u64 apart;		/* time in which not all nodes that are up follow one leader */
	u64 twice;		/* time in which two nodes or more lead */
	u64 losses;		/* how often such a leader was lost */
	u64 changes;		/* how often another node led after that */
	u64 longest;		/* without such a leader */
	u64 outage;		/* the present time without one, so far */
	u64 patience;		/* set by the caller: longer outages are ... */
	u64 outages;		/* ... counted here */
	u32 leader;		/* address + 1 */
	u32 last;		/* the same, but the last leader if there is none */
};

/* Returns the name of the election, as in the tables. */
const char *tally_name(enum side side);

/* Returns true if the host is on. */
bool tally_is_up(const struct node *n, enum side side);

/* Returns the leader that a majority of all nodes follows, as address + 1, or 0. */
u32 tally_leader(const struct world *w, enum side side, bool *all);

/* Switches a node on or off. The first election timeout of a textbook Raft is @first, or random if that is 0. */
void tally_power_on(struct world *w, struct node *n, enum side side, u64 first);
void tally_power_cut(struct world *w, struct node *n, enum side side);

/* Lets @span pass; if @wanted, ends when all nodes that are up follow one leader. */
void tally_pass(struct world *w, enum side side, struct tally *t, u64 span, bool wanted);

/* Counts @span as passed although it was not simulated: all is as it is now. */
void tally_skip(const struct world *w, enum side side, struct tally *t, u64 span);

/* Returns the group with all nodes off. */
struct world *tally_world(const struct course *c, enum side side, u64 seed);

/* Prints the names of the first @sides elections above their columns. */
void tally_head(FILE *out, u32 sides);

/* Prints a row of a table: what was measured, and its values under the first @sides elections. */
void tally_row(FILE *out, const char *what, const char *format, const double *value, u32 sides);

/* Frees the group. Returns true if it failed, and then says why. */
bool tally_finish(struct world *w, FILE *out);

#endif /* BULLY_SIM_TALLY_H */
