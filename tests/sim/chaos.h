/* SPDX-License-Identifier: GPL-2.0-only */
/* chaos.h - declares the random schedules: the faults, when they heal, and what must hold then */
#ifndef BULLY_SIM_CHAOS_H
#define BULLY_SIM_CHAOS_H

#include "world.h"

#define QUORUM_SETS	24
#define QUORUM_ABSENT	0xff

/* One schedule, drawn from the seed. */
struct plan {
	u64 hb;
	u32 nodes;
	u64 faults;		/* length of the fault phase, in heartbeats */
	bool partition;		/* C2 is checked before the heal */
	bool lasting;		/* one way stays broken after the heal */
	bool twin;		/* a second node has another node's id, until the heal */
	bool rhythms;		/* heartbeat and misses differ from node to node */
	bool ranks;		/* priorities differ, and change */
	bool others;		/* some nodes are of the other mode */
	bool graph;		/* links stay broken after the heal: C5, Q3 */
	u64 clique;		/* quorum mode: a fully connected majority of that graph */
	u64 ours;		/* the set of the nodes whose mode is checked */
	u32 misses;		/* the highest value of all nodes */
	bool patient;		/* long after the heal no peer may change either */
	u64 delay_max;		/* the longest preempt-delay */
	u64 look_max;
	bool holddown;		/* some nodes have hold-down on */
	u64 hold_max;		/* the longest hold-down */

	/* quorum mode: the sets of voters, each a step from the one before (R7) */
	bool quorum;
	u8 election;		/* enum bully_election */
	bool placed;		/* Raft: owners tell positions */
	bool skewed;		/* wall clocks differ, and are set */
	bool moving;		/* the set changes */
	u32 sets;
	u8 set[QUORUM_SETS][WORLD_NODES];	/* role by address, or QUORUM_ABSENT */
};

struct result {
	u64 heal_ns;		/* how long C1 took after the heal */
	u64 heal_hb;		/* heal_ns in heartbeats */
	u64 msgs;
	u64 leader_changes;
};

/* Builds a cluster by the seed, breaks it, heals it, and checks it. */
void chaos_run(struct world *w, struct plan *p, struct result *r);

/* faults.c: causes or ends one random fault */
void chaos_fault(struct world *w, struct plan *p);
void chaos_heal(struct world *w, struct plan *p);
void chaos_opts(struct world *w, struct plan *p, struct bully_opts *opts);
void chaos_priority(struct world *w, struct node *n);

/* Runs the quiet part of a run: nothing may change, and C4 holds. */
void chaos_steady(struct world *w, struct plan *p, const char *rule);
u64 chaos_bound(const struct world *w, const struct plan *p);

/* Starts most nodes, and lets @fault cause faults for a while, on average one each heartbeat. */
void chaos_break(struct world *w, struct plan *p, void (*fault)(struct world *w, struct plan *p));

/* Puts fewer than half of the nodes, and never the first, into the other mode: classic mode if @lease
 * is 0, else quorum mode with this election.
 */
void chaos_others(struct world *w, struct plan *p, u64 lease, u8 election);

/* quorum.c: the same faults and more in quorum mode, with sets of voters that change; @election is
 * enum bully_election
 */
void quorum_run(struct world *w, u8 election, struct plan *p, struct result *r);

/* clean.c: runs without faults, where messages are counted (C4); in quorum mode of 3 nodes or more */
void clean_run(struct world *w, u32 nodes, bool quorum);

/* scenario.c: runs a scenario, or all, @runs times; returns the number that failed, or -1 */
int scenario_run(const char *name, u32 runs, u64 seed, FILE *trace);

/* orders.c: runs with commands of operators, late timers and two nodes with one id */
void orders_run(struct world *w, u32 nodes);

/* settings.c: tries every accepted combination of settings; returns how many of @points fail */
u32 settings_run(FILE *out, u32 *points);

/* rivals.c: prints both modes beside Raft; returns how many runs failed */
u32 rivals_run(FILE *out);

/* scale.c: prints what large groups cost; returns how many runs failed */
u32 scale_run(FILE *out);

/* flap.c: runs hours in which the highest node restarts all the time */
u32 flap_hours(void);
void flap_run(struct world *w, u32 hour, FILE *out);

#endif /* BULLY_SIM_CHAOS_H */
