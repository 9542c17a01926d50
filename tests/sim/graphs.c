// SPDX-License-Identifier: GPL-2.0-only
/* graphs.c - runs all small graphs, random graphs, or one graph by name (Q3, C5) */
#include <stdlib.h>
#include <time.h>

#include "graph.h"

static const char *const before_name[] = { "nothing", "healthy", "alone", "halves" };

/* Of so many runs of random graphs one may exceed a bound, by as much again (safety.rst). */
#define SLOW_IN	10000

struct totals {
	bool random;
	u64 graphs, runs, failed, slow, worst[BEFORE_KINDS], gaps, sum;
};

/* --raft: all runs have Raft's election. */
static bool raft;

static void tell(const struct graph *g, const struct way *way, const struct verdict *v, bool random)
{
	u32 i, j;

	printf("%s %s: %.2f heartbeats, gaps %.2f\n     replay: graphs %s--before %s %s%s--seed %llu --graph %u '",
	       random ? "slow:" : "FAIL", v->wrong,
	       (double)v->took / HB, (double)v->gaps / HB, raft ? "--raft " : "", before_name[way->before], way->preempt ? "" : "--preempt-off ", way->ranked ? "--ranked " : "",
	       (unsigned long long)way->seed, g->n);
	for (i = 0; i < g->n; i++)
		for (j = 0; j < g->n; j++)
			if (i != j && !g->up[i][j])
				printf("%u>%u ", i + 1, j + 1);
	printf("'\n");
}

/* Runs the graph after all histories. */
static void judge(const struct graph *g, u64 seed, u64 seeds, struct totals *t)
{
	struct verdict v;
	u32 i;

	t->graphs++;
	for (i = 0; i < 2 * BEFORE_KINDS * (seeds + 1); i++) {
		struct way way = { i / 2 % BEFORE_KINDS, !(i & 1), false, raft,
				   seed + i / (2 * BEFORE_KINDS) };

		if (raft && !way.preempt)
			way.seed += 1ULL << 32;		/* F7: preempt means nothing, so another seed */
		way.ranked = (u32)(way.seed - seed) == seeds;

		if (way.before > BEFORE_HEALTHY && (u32)(way.seed - seed))
			continue;		/* these runs take long, so one is enough */
		graph_run(g, &way, NULL, &v);
		t->runs++;
		t->sum += v.took;
		if (v.took > t->worst[way.before])
			t->worst[way.before] = v.took;
		t->gaps = v.gaps > t->gaps ? v.gaps : t->gaps;
		if (!v.wrong)
			continue;
		if (t->random && v.slow) {
			t->slow++;
			tell(g, &way, &v, true);
		} else if (t->failed++ < 4000) {
			tell(g, &way, &v, false);
		}
	}
}

/* Tries all graphs of @n nodes: each pair, or each direction of it, is whole or cut. */
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
		if (graph_has_majority(&g))
			judge(&g, mask, seeds, t);
	}
}

/* Draws a graph that has a fully connected majority. */
static void draw(struct world *chance, struct graph *g)
{
	u32 members = 0, i, j, dense = world_below(chance, 10000);
	bool directed = world_chance(chance, 6000);

	g->n = 5 + world_below(chance, GRAPH_NODES - 4);
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

/* Tries every undirected graph of @n nodes in which any two are at most two hops apart. */
static int every_classic(u32 n)
{
	u32 edges = n * (n - 1) / 2, e, i, j, graphs = 0, failed = 0;
	struct graph g = { .n = n };
	u64 mask;

	for (mask = 0; mask < 1ULL << edges; mask++) {
		for (i = 0, e = 0; i < n; i++)
			for (j = i + 1; j < n; j++)
				g.up[i][j] = g.up[j][i] = mask >> e++ & 1;
		if (!graph_has_two_hops(&g))
			continue;
		graphs++;
		for (e = 0; e < 4; e++) {
			struct way way = { e & 1 ? BEFORE_HEALTHY : BEFORE_NOTHING, true, e & 2, false, mask };

			if (!graph_settles(&g, &way))
				break;
		}
		if (e == 4)
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
	printf(", bound %.2f; gaps at most %.2f, %lds\n",
	       (double)(raft ? GRAPH_BOUND_RAFT : GRAPH_BOUND) / HB,
	       (double)t->gaps / HB, (long)(time(NULL) - began));
	if (t->random)
		printf("%llu runs exceeded a bound; allowed is 1 in %u\n", (unsigned long long)t->slow, SLOW_IN);
	fflush(stdout);
	return t->failed || t->slow * SLOW_IN > t->runs;
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
	graph_run(&g, way, trace ? stdout : NULL, &v);
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
	fprintf(stderr, "usage: graphs [--raft] | graphs [--raft] --random COUNT [--seed N]\n"
		"       graphs [--raft] [--before nothing|healthy|alone|halves] [--preempt-off] [--ranked] [--seed N] [--trace] --graph NODES 'A>B ...'\n");
	return 2;
}

int main(int argc, char **argv)
{
	struct way way = { .preempt = true, .seed = 1 };
	struct totals t = { 0 }, u = { 0 }, r = { .random = true };
	time_t began = time(NULL);
	u64 count = 0, seeds = 3;
	bool trace = false;
	int i, bad;

	for (i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--before") && i + 1 < argc)
			way.before = before_called(argv[++i]);
		else if (!strcmp(argv[i], "--preempt-off"))
			way.preempt = false;
		else if (!strcmp(argv[i], "--ranked"))
			way.ranked = true;
		else if (!strcmp(argv[i], "--raft"))
			way.raft = raft = true;
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
		if (bad && !r.failed)
			r.failed = r.slow;
		printf("%llu passed, %llu failed, 0 skipped\n", (unsigned long long)(r.runs - r.failed),
		       (unsigned long long)r.failed);
		return bad;
	}
	every(4, true, seeds, &t);
	bad = summary("every digraph of 4 nodes", &t, began);
	began = time(NULL);
	every(5, false, seeds, &u);
	bad |= summary("every undirected graph of 5 nodes", &u, began);
	if (!raft) {
		bad |= every_classic(4);
		bad |= every_classic(5);
	}
	printf("%llu passed, %llu failed, 0 skipped\n",
	       (unsigned long long)(t.runs + u.runs - t.failed - u.failed),
	       (unsigned long long)(t.failed + u.failed));
	return bad;
}
