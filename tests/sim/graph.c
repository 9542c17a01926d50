// SPDX-License-Identifier: GPL-2.0-only
/* graph.c - runs one graph after one history: checks when a leader is due, and that it stays */
#include "graph.h"
#include "safety.h"

#define SETTLE	(20 * HB)	/* after the bound; handovers (R11) may follow until then */
#define WATCH	(45 * HB)
#define TORN	(80 * HB)	/* after this time all pauses have their full length */
#define FINE	20		/* samples in a heartbeat */

/* Returns true if the set @members (a bit a node) is fully connected. */
static bool is_clique(const struct graph *g, u32 members)
{
	u32 i, j;

	for (i = 0; i < g->n; i++)
		for (j = 0; j < g->n; j++)
			if (members >> i & 1 && members >> j & 1 && i != j && !g->up[i][j])
				return false;
	return true;
}

/* Returns true if the graph contains a fully connected majority. */
bool graph_has_majority(const struct graph *g)
{
	u32 set;

	for (set = 0; set < 1u << g->n; set++)
		if (__builtin_popcount(set) == (int)g->n / 2 + 1 && is_clique(g, set))
			return true;
	return false;
}

/* Cuts links so that no node reaches a majority: all are alone, or in two halves. */
static void tear(struct world *w, enum before before)
{
	u32 i, j;

	for (i = 0; i < w->n; i++)
		for (j = 0; j < w->n; j++)
			w->cut[i][j] = i != j && (before == BEFORE_ALONE || i / (w->n / 2) != j / (w->n / 2));
}

static void cut(struct world *w, const struct graph *g)
{
	u32 i, j;

	for (i = 0; i < g->n; i++)
		for (j = 0; j < g->n; j++)
			w->cut[i][j] = i != j && !g->up[i][j];
}

/* P11: no node knows the new priority of a node that it does not receive. */
static void rank(struct world *w, const struct way *way)
{
	u32 i;

	for (i = 0; i < w->n && way->ranked && !way->raft; i++) {
		struct bully_opts opts = w->node[i]->opts;

		opts.priority = (u32)world_below(w, 3);
		if (w->node[i]->core)
			node_set_opts(w, w->node[i], &opts, BULLY_REASON_NONE);
		else
			w->node[i]->opts = opts;
	}
}

/* F4: owners tell new positions; some tell none. */
static void place(struct world *w, const struct way *way)
{
	u32 i;

	for (i = 0; i < w->n && way->ranked && way->raft; i++) {
		u64 term = world_below(w, 3), index = term ? world_below(w, 3) : 0;

		node_set_position(w, w->node[i], term, index);
	}
}

static struct world *build(const struct graph *g, const struct way *way, FILE *trace)
{
	struct world *w = world_of_seed(way->seed);
	u32 i;

	w->out = trace;
	w->log_timers = true;
	w->honest = true;
	w->lat_min = GRAPH_LATENCY;
	w->lat_jitter = GRAPH_JITTER;
	world_group(w, g->n);
	for (i = 0; i < g->n; i++) {
		struct node *n = w->node[i];

		node_set_lease(n, GRAPH_LEASE);
		n->opts.preempt = way->preempt;
		n->opts.election = way->raft ? BULLY_ELECTION_RAFT : BULLY_ELECTION_BULLY;
		n->ppm = (int)world_below(w, 2001) - 1000;
	}
	rank(w, way);
	return w;
}

/* Returns the node whose lease has votes that it requested after @since. */
static const struct node *holder(const struct world *w, u64 since)
{
	u32 i;

	for (i = 0; i < w->n; i++)
		if (safety_holds(w, w->node[i]) &&
		    w->node[i]->seen.lease_base > node_local(w->node[i], since))
			return w->node[i];
	return NULL;
}

static void measure(struct world *w, const struct way *way, struct verdict *v)
{
	u64 since = w->now, settled = since + graph_bound(way) + SETTLE, gaps;
	const struct node *leader;
	u32 led;

	while (!w->failed && !holder(w, since)) {
		if (w->now > since + 100 * HB) {
			v->took = w->now - since;
			v->wrong = "no node leads";
			return;
		}
		world_run(w, w->now + HB / FINE);
	}
	v->took = w->now - since;
	led = w->n_owners;
	while (!w->failed && w->now < settled) {
		v->gaps += holder(w, since) ? 0 : HB / FINE;
		world_run(w, w->now + HB / FINE);
	}
	v->handovers = w->n_owners - led;
	leader = holder(w, since);
	while (!w->failed && w->now < settled + WATCH) {
		if (!leader || holder(w, since) != leader) {
			v->wrong = "the leader changes although nothing does";
			return;
		}
		world_run(w, w->now + HB / FINE);
	}
	gaps = 3 * HB / 2 * (v->handovers ? v->handovers : 1);
	if (v->took > graph_bound(way))
		v->wrong = "the first leader comes too late";
	else if (v->gaps > gaps)
		v->wrong = "no node leads between the first and the last leader";
	v->slow = v->wrong && v->took <= 2 * graph_bound(way) && v->gaps <= 2 * gaps;
}

void graph_run(const struct graph *g, const struct way *way, FILE *trace, struct verdict *v)
{
	struct world *w = build(g, way, trace);

	memset(v, 0, sizeof(*v));
	if (way->before == BEFORE_NOTHING)
		cut(w, g);
	world_start(w, g->n);
	place(w, way);
	if (way->before != BEFORE_NOTHING)
		world_run(w, w->now + 15 * HB + world_below(w, HB));
	if (way->before > BEFORE_HEALTHY) {
		tear(w, way->before);
		world_run(w, w->now + TORN + world_below(w, 16 * HB));
	}
	if (way->before != BEFORE_NOTHING) {
		print_line(w, NULL, "---- from now on this graph");
		cut(w, g);
		rank(w, way);
		place(w, way);
	}
	measure(w, way, v);
	if (w->failed)
		v->wrong = "an invariant does not hold: see --trace";
	world_free(w);
}

/* Returns true if every two nodes exchange packets, or each with the same third node. */
bool graph_has_two_hops(const struct graph *g)
{
	u32 i, j, k;

	for (i = 0; i < g->n; i++) {
		for (j = 0; j < g->n; j++) {
			for (k = 0; k < g->n && !(g->up[i][k] && g->up[k][j]); k++)
				;
			if (i != j && !g->up[i][j] && k == g->n)
				return false;
		}
	}
	return true;
}

/* E8 in classic mode: one leader, and no node sees another leader later. */
bool graph_settles(const struct graph *g, const struct way *way)
{
	struct world *w = build(g, way, NULL);
	bool late = way->before != BEFORE_NOTHING;
	u32 i, leaders = 0;
	u64 before;
	bool good;

	for (i = 0; i < g->n; i++)
		node_set_lease(w->node[i], 0);
	if (!late)
		cut(w, g);
	world_start(w, g->n);
	world_run(w, w->now + 15 * HB);
	cut(w, g);
	rank(w, way);
	world_run(w, w->now + 100 * HB);
	before = world_changes(w, ~0ULL);
	world_run(w, w->now + 100 * HB);
	for (i = 0; i < g->n; i++)
		leaders += w->node[i]->core->state == BULLY_STATE_LEADER;
	good = !w->failed && leaders == 1 && world_changes(w, ~0ULL) == before;
	world_free(w);
	return good;
}
