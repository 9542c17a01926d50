// SPDX-License-Identifier: GPL-2.0-only
/* settings.c - tries the settings that the module accepts: with each the leader must stay (R13) */
#include "chaos.h"
#include "check.h"
#include "safety.h"

#define FINE	20	/* samples in a heartbeat */
#define QUIET	100	/* heartbeats in which nothing happens */
#define LEAST	99	/* per cent of these heartbeats that must have a leader */
#define LOSS	100	/* packets of 10,000 */

/* One combination, on a network for which tuning.rst recommends it. */
struct point {
	u64 hb;
	u32 misses;
	u64 lease;		/* 0 in classic mode */
	u64 delay;		/* preempt-delay */
	u32 voters;
	u64 rtt;
};

static const u64 heartbeats[] = {
	MS, 2 * MS, 5 * MS, 10 * MS - 1, 10 * MS, 100 * MS, SEC, 60 * SEC
};
static const u32 misses[] = { 2, 3, 10, 100 };
static const u32 leases[] = { 0, 1, 10, 100 };	/* default, the shortest, 10 and 100 heartbeats */
static const u32 voters[] = { 2, 3, 5, 9 };

#define COUNT(array)	(sizeof(array) / sizeof(*(array)))

/* Returns the lease that the module accepts, or 0 if it refuses it (kmod/netlink/parse.c). */
static u64 accepted(u64 hb, u32 missed, u32 beats)
{
	u64 least = hb * BULLY_LEASE_HEARTBEATS(hb);
	u64 lease = beats == 1 ? least : beats * hb;

	if (!beats)
		lease = hb * missed > least ? hb * missed : least;
	return lease >= least && lease <= BULLY_LEASE_MAX_NS ? lease : 0;
}

static struct world *build(const struct point *p, u64 seed)
{
	struct world *w = world_of_seed(seed);
	u32 i;

	w->lat_min = p->rtt * 45 / 100;
	w->lat_jitter = p->rtt / 10;
	world_group(w, p->voters);
	for (i = 0; i < p->voters; i++) {
		struct node *n = w->node[i];

		n->opts.heartbeat_ns = p->hb;
		n->opts.misses = p->misses;
		node_set_lease(n, p->lease);
		n->opts.preempt_delay_ns = p->delay;
		n->opts.look_ns = p->hb / 8 < MS ? p->hb / 8 : MS;
		/* the heartbeat is ten times the lateness of nearly all timers */
		n->late_jitter = p->hb / 10;
		n->ppm = (int)world_below(w, 20001) - 10000;
		n->off = world_below(w, 1000000 * SEC);
	}
	return w;
}

/* Returns true if there is a leader: a lease is held, or all follow the same node. */
static bool led(struct world *w, bool quorum)
{
	if (quorum)
		return safety_holder(w) != NULL;
	return !check_agreed(w, world_set(w->n)) && w->node[0]->core->leader;
}

/* Returns the per cent of a quiet time with a leader. The highest node starts last. */
static double measure(struct world *w, const struct point *p)
{
	const struct node *top = w->node[p->voters - 1];
	u64 patience = (4 * p->misses + 40) * p->hb + 4 * p->lease, end;
	u32 i, with = 0;

	world_start(w, p->voters - (p->voters > 2));
	for (end = w->now + patience; !w->failed && w->now < end && !led(w, p->lease);)
		world_run(w, w->now + p->hb / 4);
	node_start(w, w->node[p->voters - 1]);
	for (end = w->now + patience + p->delay; !w->failed && w->now < end;) {
		if (top->core->state == BULLY_STATE_LEADER && led(w, p->lease))
			break;
		world_run(w, w->now + p->hb / 4);
	}
	w->loss = LOSS;
	world_run(w, w->now + 20 * p->hb);
	for (i = 0; i < QUIET * FINE && !w->failed; i++) {
		world_run(w, w->now + p->hb / FINE);
		with += led(w, p->lease) && top->core->state == BULLY_STATE_LEADER;
	}
	return 100.0 * with / (QUIET * FINE);
}

static bool judge(const struct point *p, u64 seed, FILE *out, double *worst)
{
	struct world *w = build(p, seed);
	double share = measure(w, p);
	bool good = !w->failed && share >= LEAST;

	*worst = share < *worst ? share : *worst;
	if (!good)
		fprintf(out,
			"FAIL heartbeat %g ms, misses %u, %s %g ms, preempt-delay %g ms, %u nodes, "
			"round trip %g ms: the highest leads %.1f %% of a quiet time %s\n",
			(double)p->hb / MS, p->misses, p->lease ? "lease" : "classic mode, lease",
			(double)p->lease / MS, (double)p->delay / MS, p->voters,
			(double)p->rtt / MS, share, w->why);
	world_free(w);
	return good;
}

/* Tries all combinations. Returns with how many the leader does not stay. */
u32 settings_run(FILE *out, u32 *points)
{
	u32 total = COUNT(heartbeats) * COUNT(misses) * (COUNT(leases) + 1) * COUNT(voters) * 2;
	u32 failed = 0, i;
	double worst = 100;

	*points = 0;
	for (i = 0; i < total; i++) {
		u32 at = i, lease;
		struct point p = { 0 };

		p.rtt = at % 2;
		at /= 2;
		p.voters = voters[at % COUNT(voters)];
		at /= COUNT(voters);
		lease = at % (COUNT(leases) + 1);
		at /= COUNT(leases) + 1;
		p.misses = misses[at % COUNT(misses)];
		p.hb = heartbeats[at / COUNT(misses)];
		p.rtt = p.rtt ? p.hb / 10 : p.hb / 50;
		p.delay = i % 3 ? 0 : 5 * p.hb;
		if (lease < COUNT(leases)) {
			p.lease = accepted(p.hb, p.misses, leases[lease]);
			if (!p.lease || (lease && p.lease == accepted(p.hb, p.misses, 0)))
				continue;
		}
		++*points;
		failed += !judge(&p, i, out, &worst);
	}
	fprintf(out,
		"settings: %u combinations that are accepted, the highest leads %.1f %% of a quiet time "
		"and more (at least %d)\n", *points, worst, LEAST);
	return failed;
}
