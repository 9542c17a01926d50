// SPDX-License-Identifier: GPL-2.0-only
/* scale.c - what large groups cost under each election: agreement, messages and claims */
#include "chaos.h"
#include "tally.h"

#define SEEDS	5
#define LOSS	500		/* per 10,000 */
#define BEATS	200		/* so long packets are lost */
#define TRIES	10		/* claims of all nodes together until they agree: no more than this */

/* tuning.rst: many nodes */
#define LAN { 0, SEC, 3, 3 * SEC, 450 * US, 100 * US, LOSS }

/* Sums over the seeds, the figures of the worst run, and what cannot be a sum. */
struct figures {
	double took;		/* heartbeats until all nodes agree */
	double worst;
	double msgs;		/* a node */
	double claims;		/* of all nodes, the worst run */
};

static u32 claims(const struct world *w)
{
	u32 i, sum = 0;

	for (i = 0; i < w->n; i++)
		sum += w->node[i]->seen.claims;
	return sum;
}

/* Lets the nodes agree again, and notes what that took. */
static void agree(struct world *w, enum side side, const struct course *c, const char *after,
		  struct figures *f)
{
	u64 since = w->now;
	u32 before = claims(w);
	struct tally t = { 0 };
	double took, more;

	memset(&w->sent, 0, sizeof(w->sent));
	tally_pass(w, side, &t, 100 * c->hb + 10 * c->lease, true);
	if (!w->failed && !t.leader)
		world_fail(w, "scale", "%u nodes do not agree after %s", w->n, after);
	took = (double)(w->now - since) / (double)c->hb;
	more = claims(w) - before;
	f->took += took;
	f->worst = took > f->worst ? took : f->worst;
	f->msgs += (double)w->sent.all / w->n;
	f->claims = more > f->claims ? more : f->claims;
	if (!w->failed && more > TRIES)
		world_fail(w, "scale", "%g claims after %s", more, after);
}

static void settle(struct world *w, enum side side, const struct course *c)
{
	struct tally t = { 0 };

	tally_pass(w, side, &t, 30 * c->hb, false);
}

/* One group: a cold start of all nodes, a quiet time, the leader's death and return, and loss. */
static u32 life(const struct course *c, enum side side, u64 seed, struct figures *f, double *apart,
		FILE *out)
{
	struct world *w = tally_world(c, side, seed);
	struct tally t = { 0 };
	u32 i, leader;
	bool all;

	for (i = 0; i < c->nodes; i++)
		tally_power_on(w, w->node[i], side, 0);
	agree(w, side, c, "a cold start", &f[0]);
	settle(w, side, c);
	leader = tally_leader(w, side, &all);
	if (leader) {
		tally_power_cut(w, w->node[leader - 1], side);
		agree(w, side, c, "the leader's death", &f[1]);
		settle(w, side, c);
		tally_power_on(w, w->node[leader - 1], side, 0);
		agree(w, side, c, "its return", &f[2]);
		settle(w, side, c);
	} else {
		world_fail(w, "scale", "no node leads");
	}
	w->loss = c->loss;
	tally_pass(w, side, &t, BEATS * c->hb, false);
	*apart += (double)t.apart / (double)t.span;
	return tally_finish(w, out);
}

static u32 size(FILE *out, u32 nodes)
{
	static const char *const when[] = { "cold start of all", "death of the leader", "its return" };
	double took[SIDES], worst[SIDES], msgs[SIDES], most[SIDES], agreed[SIDES] = { 0 };
	struct figures f[SIDES][3] = { 0 };
	struct course c = LAN;
	u32 side, i, failed = 0;
	u64 seed;

	c.nodes = nodes;
	for (side = CLASSIC; side <= OURS; side++) {
		for (seed = 1; seed <= SEEDS; seed++)
			failed += life(&c, side, seed, f[side], &agreed[side], out);
		agreed[side] = 1 - agreed[side] / SEEDS;
	}
	fprintf(out, "  %u nodes\n", nodes);
	for (i = 0; i < 3; i++) {
		char what[64];

		for (side = CLASSIC; side <= OURS; side++) {
			took[side] = f[side][i].took / SEEDS;
			worst[side] = f[side][i].worst;
			msgs[side] = f[side][i].msgs / SEEDS;
			most[side] = f[side][i].claims;
		}
		snprintf(what, sizeof(what), "%s: heartbeats until all agree, mean", when[i]);
		tally_row(out, what, "%10.2f", took, OURS + 1);
		tally_row(out, "  worst", "%10.2f", worst, OURS + 1);
		tally_row(out, "  messages a node until then", "%10.1f", msgs, OURS + 1);
		tally_row(out, "  claims of all nodes until then, most", "%10.0f", most, OURS + 1);
	}
	tally_row(out, "5 % loss: part of the time in which all nodes agree", "%10.4f", agreed, OURS + 1);
	return failed;
}

/* Prints the table. Returns how many runs failed, by an invariant or without agreement. */
u32 scale_run(FILE *out)
{
	static const u32 sizes[] = { 32, 100, 200, 256 };
	u32 i, failed = 0;

	fprintf(out, "  LAN: heartbeat 1 s, misses 3, lease 3 s; %u seeds\n\n", SEEDS);
	tally_head(out, OURS + 1);
	for (i = 0; i < sizeof(sizes) / sizeof(*sizes); i++)
		failed += size(out, sizes[i]);
	return failed;
}
