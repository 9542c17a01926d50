// SPDX-License-Identifier: GPL-2.0-only
/* rivals.c - compares the three elections with a textbook Raft: availability and messages */
#include "chaos.h"
#include "tally.h"

#define SEEDS	20	/* seeds of the long runs */
#define DEATHS	200	/* leaders that die; fewer in large groups */

/* tuning.rst: one LAN, and between sites. A heartbeat of 1 s suits a round trip of 100 ms. */
#define LAN { 5, 100 * MS, 3, 300 * MS, 450 * US, 100 * US, 500 }
#define WAN { 5, SEC, 5, 10 * SEC, 45 * MS, 10 * MS, 100 }
#define TIGHT { 5, 100 * MS, 3, 300 * MS, 45 * MS, 10 * MS, 100 } /* the LAN's settings there */

/* Returns a running group; its highest node leads, with the textbook's Raft only if @highest, and with
 * the module's not at all: its elections are random.
 */
static struct world *begin(const struct course *c, enum side side, u64 seed, bool highest)
{
	struct world *w = tally_world(c, side, seed);
	struct tally t = { 0 };
	u32 i;

	for (i = 0; i < c->nodes; i++)
		tally_power_on(w, w->node[i], side,
			       highest && i + 1 == c->nodes ? c->hb * c->misses / 2 : 0);
	tally_pass(w, side, &t, 100 * c->hb + 10 * c->lease, true);
	if (!t.leader)
		world_fail(w, "rivals", "no node leads at first");
	tally_pass(w, side, &t, 30 * c->hb + world_below(w, c->hb), false);
	return w;
}

/* The highest of three is up for @up and down for @down, for an hour. */
static u32 flapping(FILE *out, u64 up, u64 down)
{
	struct course c = WAN;
	double led[SIDES], losses[SIDES];
	u32 side, failed = 0, seed;

	c.nodes = 3;
	c.loss = 0;
	for (side = 0; side < SIDES; side++) {
		struct tally t = { 0 };

		for (seed = 1; seed <= SEEDS; seed++) {
			struct world *w = begin(&c, side, seed, true);
			struct node *top = w->node[c.nodes - 1];
			u64 end = w->now + 3600 * SEC;
			bool all;

			t.leader = tally_leader(w, side, &all);
			while (!w->failed && w->now < end) {
				tally_power_cut(w, top, side);
				tally_pass(w, side, &t, down, false);
				tally_power_on(w, top, side, 0);
				tally_pass(w, side, &t, up, false);
			}
			failed += tally_finish(w, out);
		}
		led[side] = 1 - (double)t.without / (double)t.span;
		losses[side] = (double)t.losses / SEEDS;
	}
	fprintf(out, "  the highest of 3 is up for %g s and down for %g s, for an hour; WAN\n",
		(double)up / SEC, (double)down / SEC);
	tally_row(out, "part of the time with a leader", "%10.4f", led, SIDES);
	tally_row(out, "losses of leadership in that hour", "%10.1f", losses, SIDES);
	return failed;
}

/* Runs with lost packets. */
static u32 losing(FILE *out, struct course c, u32 beats)
{
	double led[SIDES], agreed[SIDES], losses[SIDES];
	u32 side, failed = 0, seed;

	for (side = 0; side < SIDES; side++) {
		struct tally t = { 0 };

		for (seed = 1; seed <= SEEDS; seed++) {
			struct world *w = begin(&c, side, seed, false);

			t.leader = 0;
			w->loss = c.loss;
			tally_pass(w, side, &t, beats * c.hb, false);
			failed += tally_finish(w, out);
		}
		led[side] = 1 - (double)t.without / (double)t.span;
		agreed[side] = 1 - (double)t.apart / (double)t.span;
		losses[side] = (double)t.losses * 1000 * (double)c.hb / (double)t.span;
	}
	fprintf(out, "  %u nodes, heartbeat %g ms, lease %g ms, round trip %g ms, %g %% of the packets are lost\n",
		c.nodes, (double)c.hb / MS, (double)c.lease / MS,
		(double)(2 * c.latency + c.jitter) / MS, c.loss / 100.0);
	tally_row(out, "part of the time with a leader", "%10.4f", led, SIDES);
	tally_row(out, "part of the time in which all nodes follow it", "%10.4f", agreed, SIDES);
	tally_row(out, "losses of leadership in 1,000 heartbeats", "%10.2f", losses, SIDES);
	return failed;
}

/* Runs in which the leader loses its power at a random moment. */
static u32 dying(FILE *out, u32 nodes)
{
	double mean[SIDES], worst[SIDES] = { 0 }, quiet[SIDES], msgs[SIDES], most[SIDES] = { 0 };
	struct course c = LAN;
	u32 side, failed = 0, seed, deaths = nodes > 9 ? DEATHS / 5 : DEATHS;

	c.nodes = nodes;
	for (side = 0; side < SIDES; side++) {
		u64 beats = 0, sum = 0, sent = 0;

		for (seed = 1; seed <= deaths; seed++) {
			struct world *w = begin(&c, side, seed, false);
			struct tally t = { 0 };
			double took, cost;
			u32 leader;
			bool all;

			memset(&w->sent, 0, sizeof(w->sent));
			tally_pass(w, side, &t, 10 * c.hb, false);
			beats += w->sent.all;
			t = (struct tally){ 0 };
			memset(&w->sent, 0, sizeof(w->sent));
			leader = tally_leader(w, side, &all);
			if (leader)
				tally_power_cut(w, w->node[leader - 1], side);
			else
				world_fail(w, "rivals", "no node leads before the death");
			tally_pass(w, side, &t, 200 * c.hb, true);
			if (!w->failed && !t.leader)
				world_fail(w, "rivals", "no node leads after a death");
			took = (double)t.without / (double)c.hb;
			cost = (double)net_others(w);
			sum += t.without;
			sent += net_others(w);
			worst[side] = took > worst[side] ? took : worst[side];
			most[side] = cost > most[side] ? cost : most[side];
			failed += tally_finish(w, out);
		}
		mean[side] = (double)sum / deaths / (double)c.hb;
		msgs[side] = (double)sent / deaths;
		quiet[side] = (double)beats / deaths / 10;
	}
	fprintf(out, "  the leader of %u loses its power; LAN, no loss, %u times\n", nodes, deaths);
	tally_row(out, "heartbeats without a leader, mean", "%10.2f", mean, SIDES);
	tally_row(out, "heartbeats without a leader, worst", "%10.2f", worst, SIDES);
	tally_row(out, "messages of the failover, mean", "%10.1f", msgs, SIDES);
	tally_row(out, "messages of the failover, most", "%10.0f", most, SIDES);
	tally_row(out, "messages a heartbeat before it", "%10.1f", quiet, SIDES);
	return failed;
}

/* Prints the table. Returns how many runs failed, by an invariant or without a leader. */
u32 rivals_run(FILE *out)
{
	struct course lan = LAN, wan = WAN, tight = TIGHT;
	u32 failed = 0;

	fprintf(out, "  LAN: heartbeat %g ms, misses %u, lease %g ms; WAN: heartbeat %g s, misses %u, lease %g s\n",
		(double)lan.hb / MS, lan.misses, (double)lan.lease / MS, (double)wan.hb / SEC,
		wan.misses, (double)wan.lease / SEC);
	fprintf(out, "  Raft: timeouts from heartbeat times misses to twice that; %u seeds\n\n", SEEDS);
	tally_head(out, SIDES);
	failed += flapping(out, 10 * SEC, SEC / 2);
	failed += flapping(out, 2 * SEC, SEC / 2);
	failed += losing(out, lan, 5000);
	failed += losing(out, wan, 5000);
	failed += losing(out, tight, 5000);
	tight.lease = 5 * tight.hb;
	failed += losing(out, tight, 5000);
	failed += dying(out, 3);
	failed += dying(out, 5);
	failed += dying(out, 9);
	failed += dying(out, 25);
	return failed;
}
