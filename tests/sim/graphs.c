// SPDX-License-Identifier: GPL-2.0
/* graphs.c - owns the standing graphs: who hears whom never changes, and a leader is due (Q3) */
#include <stdlib.h>
#include <time.h>

#include "safety.h"

#define HB	BULLY_HEARTBEAT_NS
#define MISSES	3
#define LEASE	(3 * HB)
#define MOST	9		/* nodes */
#define LATENCY	(500 * US)
#define JITTER	(100 * US)
#define BOUND	(LEASE + 2 * HB + 4 * 2 * (LATENCY + JITTER))
#define SETTLE	(BOUND + 20 * HB)	/* handovers (R11) may follow until then */
#define WATCH	(45 * HB)
#define TORN	(80 * HB)	/* all pauses are as long as they get */
#define FINE	20		/* looks in a heartbeat */

/* Which node receives the packets of which. */
struct graph {
	u32 n;
	bool up[MOST][MOST];	/* from, to */
};

/* What goes before a graph. */
enum before {
	BEFORE_NOTHING,		/* all nodes start in it */
	BEFORE_HEALTHY,		/* all packets arrived, and there was a leader */
	BEFORE_ALONE,		/* no packet arrived, for as long as any pause grows */
	BEFORE_HALVES,		/* two halves (and a single node), none with a majority, as long */
	BEFORE_KINDS
};

static const char *const before_name[] = { "nothing", "healthy", "alone", "halves" };

/* How a graph is met. */
struct way {
	enum before before;
	bool preempt;
	u64 seed;
};

struct verdict {
	u64 took;		/* until a lease is held by votes of this graph */
	u64 gaps;		/* without a holder between then and SETTLE */
	u32 handovers;		/* leaderships in that time that followed the first */
	const char *wrong;
};

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
static bool has_majority(const struct graph *g)
{
	u32 set;

	for (set = 0; set < 1u << g->n; set++)
		if (__builtin_popcount(set) == (int)g->n / 2 + 1 && is_clique(g, set))
			return true;
	return false;
}

/* Nobody has a majority: all alone, or two halves. */
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

static struct world *build(const struct graph *g, const struct way *way, FILE *trace)
{
	struct world *w = world_new(way->seed * 0x9e3779b97f4a7c15ULL + 1);
	char label[12];
	u32 i, j;

	w->out = trace;
	w->log_timers = true;
	w->honest = true;
	w->lat_min = LATENCY;
	w->lat_jitter = JITTER;
	for (i = 0; i < g->n; i++) {
		struct node *n;

		snprintf(label, sizeof(label), "%u", i + 1);
		n = world_add(w, label, i + 1, BULLY_ROLE_CANDIDATE);
		n->opts.quorum = BULLY_QUORUM_MAJORITY;
		n->opts.lease_ns = LEASE;
		n->opts.preempt = way->preempt;
		n->ppm = (int)world_below(w, 2001) - 1000;
	}
	for (i = 0; i < g->n; i++)
		for (j = 0; j < g->n; j++)
			if (i != j)
				node_peer_add(w, w->node[i], w->node[j], BULLY_ROLE_CANDIDATE);
	return w;
}

/* Returns the node that holds a lease by votes that were asked for after @since. */
static const struct node *holder(const struct world *w, u64 since)
{
	u32 i;

	for (i = 0; i < w->n; i++)
		if (safety_holds(w, w->node[i]) &&
		    w->node[i]->seen.lease_base > node_local(w->node[i], since))
			return w->node[i];
	return NULL;
}

static void measure(struct world *w, struct verdict *v)
{
	u64 since = w->now;
	const struct node *leader;
	u32 led;

	while (!w->failed && !holder(w, since)) {
		if (w->now > since + 100 * HB) {
			v->took = w->now - since;
			v->wrong = "nobody leads";
			return;
		}
		world_run(w, w->now + HB / FINE);
	}
	v->took = w->now - since;
	led = w->n_owners;
	while (!w->failed && w->now < since + SETTLE) {
		v->gaps += holder(w, since) ? 0 : HB / FINE;
		world_run(w, w->now + HB / FINE);
	}
	v->handovers = w->n_owners - led;
	leader = holder(w, since);
	while (!w->failed && w->now < since + SETTLE + WATCH) {
		if (!leader || holder(w, since) != leader) {
			v->wrong = "the leader changes although nothing does";
			return;
		}
		world_run(w, w->now + HB / FINE);
	}
	if (v->took > BOUND)
		v->wrong = "it takes too long";
	else if (v->gaps > 3 * HB / 2 * (v->handovers ? v->handovers : 1))
		v->wrong = "leaderless between the first and the last leader";
}

static void run(const struct graph *g, const struct way *way, FILE *trace, struct verdict *v)
{
	struct world *w = build(g, way, trace);
	u32 i;

	memset(v, 0, sizeof(*v));
	if (way->before == BEFORE_NOTHING)
		cut(w, g);
	for (i = 0; i < g->n; i++)
		node_start(w, w->node[i]);
	if (way->before != BEFORE_NOTHING)
		world_run(w, w->now + 15 * HB + world_below(w, HB));
	if (way->before > BEFORE_HEALTHY) {
		tear(w, way->before);
		world_run(w, w->now + TORN + world_below(w, 16 * HB));
	}
	if (way->before != BEFORE_NOTHING) {
		print_line(w, NULL, "---- from now on this graph");
		cut(w, g);
	}
	measure(w, v);
	if (w->failed)
		v->wrong = "an invariant does not hold: see --trace";
	world_free(w);
}

struct totals {
	u64 graphs, runs, failed, worst[BEFORE_KINDS], gaps, sum;
};

static void tell(const struct graph *g, const struct way *way, const struct verdict *v)
{
	u32 i, j;

	printf("FAIL %s: %.2f heartbeats, gaps %.2f\n     replay: graphs --before %s %s--seed %llu --graph %u '", v->wrong,
	       (double)v->took / HB, (double)v->gaps / HB, before_name[way->before], way->preempt ? "" : "--preempt-off ",
	       (unsigned long long)way->seed, g->n);
	for (i = 0; i < g->n; i++)
		for (j = 0; j < g->n; j++)
			if (i != j && !g->up[i][j])
				printf("%u>%u ", i + 1, j + 1);
	printf("'\n");
}

/* Meet the graph in all ways. */
static void judge(const struct graph *g, u64 seed, u64 seeds, struct totals *t)
{
	struct verdict v;
	u32 i;

	t->graphs++;
	for (i = 0; i < 2 * BEFORE_KINDS * seeds; i++) {
		struct way way = { i / 2 % BEFORE_KINDS, !(i & 1), seed + i / (2 * BEFORE_KINDS) };

		if (way.before > BEFORE_HEALTHY && way.seed != seed)
			continue;		/* these take long, once is enough */
		run(g, &way, NULL, &v);
		t->runs++;
		t->sum += v.took;
		if (v.took > t->worst[way.before])
			t->worst[way.before] = v.took;
		t->gaps = v.gaps > t->gaps ? v.gaps : t->gaps;
		if (!v.wrong)
			continue;
		if (t->failed++ < 4000)
			tell(g, &way, &v);
	}
}

/* All of @n nodes: each pair, or each direction of it, is whole or cut. */
static void every(u32 n, bool directed, u64 seeds, struct totals *t)
{
	u32 edges = directed ? n * (n - 1) : n * (n - 1) / 2, e, i, j;
	struct graph g = { .n = n };
	u64 mask;

	for (mask = 0; mask < 1ULL << edges; mask++) {
		for (i = 0, e = 0; i < n; i++) {
			for (j = directed ? 0 : i + 1; j < n; j++) {
				if (i == j)
					continue;
				g.up[i][j] = mask >> e++ & 1;
				if (!directed)
					g.up[j][i] = g.up[i][j];
			}
		}
		if (has_majority(&g))
			judge(&g, mask, seeds, t);
	}
}

/* One with a fully connected majority, wherever that is. */
static void draw(struct world *chance, struct graph *g)
{
	u32 members = 0, i, j, dense = world_below(chance, 10000);
	bool directed = world_chance(chance, 6000);

	g->n = 5 + world_below(chance, MOST - 4);
	while (__builtin_popcount(members) < (int)g->n / 2 + 1)
		members |= 1u << world_below(chance, g->n);
	for (i = 0; i < g->n; i++) {
		for (j = 0; j < g->n; j++) {
			g->up[i][j] = (members >> i & members >> j & 1) || world_chance(chance, dense);
			if (!directed && j < i)
				g->up[i][j] = g->up[j][i];
		}
	}
}

/* Returns true if every two nodes exchange packets, or each with the same third node. */
static bool two_hops(const struct graph *g)
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

static u64 changes(const struct world *w)
{
	u64 sum = 0;
	u32 i;

	for (i = 0; i < w->n; i++)
		sum += w->node[i]->seen.leader_changes;
	return sum;
}

/* E8 in classic mode: one leader, and nobody sees another one later. */
static bool settles(const struct graph *g, bool late, u64 seed)
{
	struct way way = { late ? BEFORE_HEALTHY : BEFORE_NOTHING, true, seed };
	struct world *w = build(g, &way, NULL);
	u32 i, leaders = 0;
	u64 before;
	bool good;

	for (i = 0; i < g->n; i++) {
		w->node[i]->opts.quorum = BULLY_QUORUM_OFF;
		w->node[i]->opts.lease_ns = 0;
	}
	if (!late)
		cut(w, g);
	for (i = 0; i < g->n; i++)
		node_start(w, w->node[i]);
	world_run(w, w->now + 15 * HB);
	cut(w, g);
	world_run(w, w->now + 100 * HB);
	before = changes(w);
	world_run(w, w->now + 100 * HB);
	for (i = 0; i < g->n; i++)
		leaders += w->node[i]->core->state == BULLY_STATE_LEADER;
	good = !w->failed && leaders == 1 && changes(w) == before;
	world_free(w);
	return good;
}

/* Every undirected graph of @n nodes in which any two are two hops apart at most. */
static int every_classic(u32 n)
{
	u32 edges = n * (n - 1) / 2, e, i, j, graphs = 0, failed = 0;
	struct graph g = { .n = n };
	u64 mask;

	for (mask = 0; mask < 1ULL << edges; mask++) {
		for (i = 0, e = 0; i < n; i++)
			for (j = i + 1; j < n; j++)
				g.up[i][j] = g.up[j][i] = mask >> e++ & 1;
		if (!two_hops(&g))
			continue;
		graphs++;
		if (settles(&g, false, mask) && settles(&g, true, mask))
			continue;
		failed++;
		printf("FAIL classic mode, graph %llu of %u nodes does not settle on one leader\n",
		       (unsigned long long)mask, n);
	}
	printf("classic mode, every graph of %u nodes with two hops at most: %u graphs, %u do not settle\n",
	       n, graphs, failed);
	return failed != 0;
}

static int summary(const char *what, const struct totals *t, time_t began)
{
	u32 i;

	printf("%s: %llu graphs, %llu runs, a leader after %.2f heartbeats, at most",
	       what, (unsigned long long)t->graphs, (unsigned long long)t->runs,
	       (double)t->sum / t->runs / HB);
	for (i = 0; i < BEFORE_KINDS; i++)
		printf(" %.2f (%s)", (double)t->worst[i] / HB, before_name[i]);
	printf(", bound %.2f; gaps at most %.2f, %lds\n", (double)BOUND / HB,
	       (double)t->gaps / HB, (long)(time(NULL) - began));
	fflush(stdout);
	return t->failed != 0;
}

static int one(u32 n, char *cuts, const struct way *way, bool trace)
{
	struct graph g = { .n = n };
	struct verdict v;
	char *word;

	memset(g.up, true, sizeof(g.up));
	for (word = strtok(cuts, " "); word; word = strtok(NULL, " ")) {
		unsigned int a, b;

		if (sscanf(word, "%u>%u", &a, &b) != 2 || !a || !b || a > n || b > n)
			return 2;
		g.up[a - 1][b - 1] = false;
	}
	run(&g, way, trace ? stdout : NULL, &v);
	printf("%s: a leader after %.2f heartbeats, gaps %.2f\n", v.wrong ? v.wrong : "passed",
	       (double)v.took / HB, (double)v.gaps / HB);
	return v.wrong != NULL;
}

static enum before before_called(const char *name)
{
	u32 kind = 0;

	while (kind < BEFORE_KINDS - 1 && strcmp(name, before_name[kind]))
		kind++;
	return kind;
}

static int usage(void)
{
	fprintf(stderr, "usage: graphs | graphs --random COUNT [--seed N]\n"
		"       graphs [--before nothing|healthy|alone|halves] [--preempt-off] [--seed N] [--trace] --graph NODES 'A>B ...'\n");
	return 2;
}

int main(int argc, char **argv)
{
	struct way way = { .preempt = true, .seed = 1 };
	struct totals t = { 0 }, u = { 0 }, r = { 0 };
	time_t began = time(NULL);
	u64 count = 0, seeds = 3;
	bool trace = false;
	int i, bad;

	for (i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--before") && i + 1 < argc)
			way.before = before_called(argv[++i]);
		else if (!strcmp(argv[i], "--preempt-off"))
			way.preempt = false;
		else if (!strcmp(argv[i], "--trace"))
			trace = true;
		else if (!strcmp(argv[i], "--seed") && i + 1 < argc)
			way.seed = strtoull(argv[++i], NULL, 10);
		else if (!strcmp(argv[i], "--random") && i + 1 < argc)
			count = strtoull(argv[++i], NULL, 10);
		else if (!strcmp(argv[i], "--seeds") && i + 1 < argc)
			seeds = strtoull(argv[++i], NULL, 10);
		else if (!strcmp(argv[i], "--graph") && i + 2 < argc)
			return one((u32)atoi(argv[i + 1]), argv[i + 2], &way, trace);
		else
			return usage();
	}
	if (count) {
		struct world *chance = world_new(way.seed);

		while (count--) {
			struct graph g;

			draw(chance, &g);
			judge(&g, r.graphs, 1, &r);
		}
		world_free(chance);
		bad = summary("random digraphs of 5 to 9 nodes", &r, began);
		printf("%llu passed, %llu failed, 0 skipped\n", (unsigned long long)(r.runs - r.failed),
		       (unsigned long long)r.failed);
		return bad;
	}
	every(4, true, seeds, &t);
	bad = summary("every digraph of 4 nodes", &t, began);
	began = time(NULL);
	every(5, false, seeds, &u);
	bad |= summary("every undirected graph of 5 nodes", &u, began);
	bad |= every_classic(4);
	bad |= every_classic(5);
	printf("%llu passed, %llu failed, 0 skipped\n",
	       (unsigned long long)(t.runs + u.runs - t.failed - u.failed),
	       (unsigned long long)(t.failed + u.failed));
	return bad;
}
