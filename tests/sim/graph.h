/* SPDX-License-Identifier: GPL-2.0-only */
/* graph.h - declares the fixed graphs: which node receives whose packets never changes */
#ifndef BULLY_SIM_GRAPH_H
#define BULLY_SIM_GRAPH_H

#include "world.h"

#define HB		BULLY_HEARTBEAT_NS
#define GRAPH_NODES	9		/* at most */
#define GRAPH_LEASE	(3 * HB)
#define GRAPH_LATENCY	(500 * US)
#define GRAPH_JITTER	(100 * US)
/* Within this time a leader is due, with any history before. */
#define GRAPH_BOUND	(GRAPH_LEASE + 2 * HB + 4 * 2 * (GRAPH_LATENCY + GRAPH_JITTER))
/* With Raft's election chance decides, so this is what the tried seeds keep, and no promise. */
#define GRAPH_BOUND_RAFT	(8 * GRAPH_LEASE)

/* Which node receives the packets of which. */
struct graph {
	u32 n;
	bool up[GRAPH_NODES][GRAPH_NODES];	/* from, to */
};

/* The history before a graph. */
enum before {
	BEFORE_NOTHING,		/* all nodes start in the graph */
	BEFORE_HEALTHY,		/* all packets arrived, and there was a leader */
	BEFORE_ALONE,		/* no packet arrived, until all pauses had their full length */
	BEFORE_HALVES,		/* as ALONE, but two halves (and one node) without a majority */
	BEFORE_KINDS
};

/* How a graph is run. */
struct way {
	enum before before;
	bool preempt;
	bool ranked;		/* priorities, which change when the graph begins: half of the nodes know */
	bool raft;		/* Raft's election; positions in the place of priorities */
	u64 seed;
};

struct verdict {
	u64 took;		/* until a lease is held by votes of this graph */
	u64 gaps;		/* without a holder between then and SETTLE */
	u32 handovers;		/* leaderships in that time that followed the first */
	const char *wrong;
	bool slow;		/* what is wrong is only that it took up to twice the bound */
};

/* Returns when a leader is due. */
static inline u64 graph_bound(const struct way *way)
{
	return way->raft ? GRAPH_BOUND_RAFT : GRAPH_BOUND;
}

/* Returns true if the graph contains a fully connected majority. */
bool graph_has_majority(const struct graph *g);

/* Returns true if every two nodes exchange packets, or each with the same third node. */
bool graph_has_two_hops(const struct graph *g);

/* Runs the graph after one history in quorum mode (Q3), and sets @v. */
void graph_run(const struct graph *g, const struct way *way, FILE *trace, struct verdict *v);

/* Returns true if classic mode gets one leader in the graph and keeps it (E8). */
bool graph_settles(const struct graph *g, const struct way *way);

#endif /* BULLY_SIM_GRAPH_H */
