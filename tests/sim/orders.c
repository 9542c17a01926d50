// SPDX-License-Identifier: GPL-2.0-only
/* orders.c - runs in which operators give commands and single nodes misbehave */
#include "chaos.h"
#include "check.h"

#define HB BULLY_HEARTBEAT_NS

static bool agreed(struct world *w, u32 nodes, u32 id)
{
	u32 i;

	for (i = 0; i < nodes; i++)
		if (node_up(w->node[i]) && w->node[i]->core->leader != id)
			return false;
	return !check_agreed(w, world_set(nodes));
}

/* Waits until all agree on @id. If @limit passes first, @rule is broken. */
static bool expect(struct world *w, u32 nodes, u32 id, u64 limit, const char *rule)
{
	u64 end = w->now + limit;

	while (!w->failed && !agreed(w, nodes, id)) {
		if (w->now >= end) {
			world_fail(w, rule, "%u does not lead", id);
			break;
		}
		if (!world_step(w, end))
			w->now = end;
	}
	return !w->failed;
}

/* No node sees another leader for @beats heartbeats. */
static bool quiet(struct world *w, u32 nodes, u64 beats, const char *rule)
{
	u64 before = world_changes(w, world_set(nodes));

	world_run(w, w->now + beats * HB);
	if (!w->failed && world_changes(w, world_set(nodes)) != before)
		world_fail(w, rule, "the leader changed");
	return !w->failed;
}

static void set_all(struct world *w, u32 nodes, bool preempt)
{
	u32 i;

	for (i = 0; i < nodes; i++) {
		struct bully_opts opts = w->node[i]->opts;

		opts.preempt = preempt;
		node_set_opts(w, w->node[i], &opts, BULLY_REASON_NONE);
	}
}

/* S1, C1: the leader resigns, does not stand, and leads again after the command elect. */
static bool resigning(struct world *w, u32 nodes)
{
	struct node *top = w->node[nodes - 1];
	u64 round = 2 * (w->lat_min + w->lat_jitter);

	if (node_resign(w, top)) {
		world_fail(w, "S1", "the leader may not resign");
		return false;
	}
	return expect(w, nodes, nodes - 1, 3 * round / 2 + MS, "S1") &&
	       quiet(w, nodes, 20, "S1") && !node_elect(w, top) &&
	       expect(w, nodes, nodes, 3 * round / 2 + MS, "P4") && quiet(w, nodes, 10, "C1");
}

/* S11: the leader hands over to a named lower node. While the tool asks, the leader leads on. */
static bool handing_over(struct world *w, u32 nodes)
{
	struct node *top = w->node[nodes - 1];
	u64 round = 2 * (w->lat_min + w->lat_jitter), end = w->now + 3 * round + MS;
	u32 to = 1 + (u32)world_below(w, nodes - 1);
	const char *why;
	bool again;

	set_all(w, nodes, false);
	why = node_resign_to(w, top, to, &again);
	while (again && !w->failed && w->now < end) {
		if (top->core->state != BULLY_STATE_LEADER)
			world_fail(w, "S11", "the leader stops before the other node answers");
		world_run(w, w->now + MS / 4);
		why = node_resign_to(w, top, to, &again);
	}
	if (why)
		world_fail(w, "S11", "no hand-over to %u: %s", to, why);
	if (w->failed || !expect(w, nodes, to, 3 * round / 2 + MS, "S11") ||
	    !quiet(w, nodes, 20, "S11") || node_elect(w, top) ||
	    !expect(w, nodes, nodes, 3 * round / 2 + MS, "P4"))
		return false;
	set_all(w, nodes, true);
	return quiet(w, nodes, 10, "C1");
}

/* P1, P2: a returning node follows, and claims only after its delay. */
static bool preempting(struct world *w, u32 nodes)
{
	struct node *top = w->node[nodes - 1];
	struct bully_opts opts;
	u64 end;

	set_all(w, nodes, false);
	node_crash(w, top);
	if (!expect(w, nodes, nodes - 1, 4 * HB, "E2"))
		return false;
	world_run(w, w->now + 10 * HB);
	node_start(w, top);
	if (!expect(w, nodes, nodes - 1, 2 * HB, "P2") || !quiet(w, nodes, 30, "P2"))
		return false;
	opts = top->opts;
	opts.preempt = true;
	opts.preempt_delay_ns = 10 * HB;
	end = w->now + 11 * HB;
	node_set_opts(w, top, &opts, BULLY_REASON_NONE);
	if (!quiet(w, nodes, 9, "P1") || !expect(w, nodes, nodes, end - w->now, "P1"))
		return false;
	opts.preempt_delay_ns = 0;
	node_set_opts(w, top, &opts, BULLY_REASON_NONE);
	set_all(w, nodes, true);
	return quiet(w, nodes, 10, "C1");
}

static void set_priority(struct world *w, struct node *n, u32 priority)
{
	struct bully_opts opts = n->opts;

	opts.priority = priority;
	node_set_opts(w, n, &opts, BULLY_REASON_NONE);
}

/* All agree on @id within @limit; until then no node is without a leader for longer than COORDINATOR
 * is repeated (E12). A follower that has not heard yet that its leader fell refuses the first ones.
 */
static bool led_until(struct world *w, u32 nodes, u32 id, u64 limit)
{
	u64 end = w->now + limit, led[WORLD_NODES];
	u32 i;

	for (i = 0; i < nodes; i++)
		led[i] = w->now;
	while (!w->failed && !agreed(w, nodes, id)) {
		for (i = 0; i < nodes; i++) {
			if (w->node[i]->core->leader)
				led[i] = w->now;
			if (w->now - led[i] > HB)
				world_fail(w, "P12", "%s has no leader", w->node[i]->label);
		}
		if (w->now >= end)
			world_fail(w, "P12", "%u does not lead", id);
		if (!world_step(w, end))
			w->now = end;
	}
	return !w->failed;
}

/* P12: priorities change one after the other: all follow within a heartbeat and the messages. */
static bool ranking(struct world *w, u32 nodes)
{
	u64 limit = HB + HB / 50 + 4 * (w->lat_min + w->lat_jitter) + MS;
	struct node *low = w->node[0], *top = w->node[nodes - 1];

	if (nodes < 3)
		return true;
	set_priority(w, low, 1);
	if (!led_until(w, nodes, low->id, limit) || !quiet(w, nodes, 10, "P12"))
		return false;
	set_priority(w, w->node[1], 1);		/* the same priority, and the higher id */
	if (!led_until(w, nodes, w->node[1]->id, limit) || !quiet(w, nodes, 10, "P12"))
		return false;
	set_priority(w, low, 0);
	if (!quiet(w, nodes, 10, "P12"))
		return false;
	set_priority(w, w->node[1], 0);		/* the leader falls: it tells with its next heartbeat */
	if (!led_until(w, nodes, top->id, limit + HB) || !quiet(w, nodes, 10, "P12"))
		return false;
	return true;
}

/* H4, T3: a late node reports no peer as down; a paused node does not continue to lead. */
static bool starving(struct world *w, u32 nodes)
{
	struct node *top = w->node[nodes - 1];
	u32 i, k;

	for (i = 0; i < nodes; i++)
		w->node[i]->late = world_below(w, 24) * HB / 10;
	if (!quiet(w, nodes, 40, "H4"))
		return false;
	for (i = 0; i < nodes; i++)
		for (k = 0; k < nodes - 1; k++)
			if (w->node[i]->core->peer[k]->state != BULLY_PEER_STATE_UP)
				world_fail(w, "H4", "%s says that %u is down",
					   w->node[i]->label, w->node[i]->core->peer[k]->id);
	for (i = 0; i < nodes; i++)
		w->node[i]->late = 0;
	world_run(w, w->now + 5 * HB);

	node_pause(w, top, false);
	if (!expect(w, nodes - 1, nodes - 1, 5 * HB, "E2"))
		return false;
	world_run(w, w->now + 3 * HB);
	node_resume(w, top, world_chance(w, 5000));
	if (!top->seen.reasons[BULLY_REASON_TIME_DOUBT])
		world_fail(w, "T3", "the leader that was paused did not doubt its time");
	return expect(w, nodes, nodes, 5 * HB, "C1") && quiet(w, nodes, 20, "C1");
}

/* A node restarts before any other has missed it: all agree on the highest node, and keep agreeing. */
static bool blinking(struct world *w, u32 nodes)
{
	struct node *n = w->node[world_chance(w, 5000) ? nodes - 1 : world_below(w, nodes)];

	node_crash(w, n);
	world_run(w, w->now + world_below(w, BULLY_MISSES * HB));
	node_start(w, n);
	return expect(w, nodes, nodes, 12 * HB, "C1") && quiet(w, nodes, 20, "C1");
}

/* D1, D2: two nodes have the highest id: neither leads while both live. */
static void twins(struct world *w, u32 nodes)
{
	struct node *top = w->node[nodes - 1], *twin = w->node[nodes];
	u64 others = world_set(nodes - 1);
	const char *why;

	node_start(w, twin);
	world_run(w, w->now + 30 * HB);
	if (w->failed)
		return;
	if (top->core->state == BULLY_STATE_LEADER || twin->core->state == BULLY_STATE_LEADER)
		return world_fail(w, "D2", "a node leads although its id is used twice");
	if (!top->core->duplicate.own || !twin->core->duplicate.own)
		return world_fail(w, "D2", "a node does not know that its id is used twice");
	why = check_agreed(w, others);
	if (why || w->node[0]->core->leader != nodes - 1)
		return world_fail(w, "D2", "the others do not follow %u: %s", nodes - 1,
				  why ? why : "");
	node_crash(w, twin);
	expect(w, nodes, nodes, 60 * HB, "D2");
}

void orders_run(struct world *w, u32 nodes)
{
	bool other = world_chance(w, 3000);
	char label[12];
	u32 i, j;

	w->lat_min = 100 * US + world_below(w, 900 * US);
	w->lat_jitter = world_below(w, 200 * US);
	for (i = 0; i <= nodes; i++) {
		bool twin = i == nodes;

		snprintf(label, sizeof(label), "%u%s", twin ? nodes : i + 1, twin ? "b" : "");
		world_add(w, label, twin ? nodes : i + 1, BULLY_ROLE_CANDIDATE);
		w->node[i]->ppm = (int)world_below(w, 2001) - 1000;
	}
	if (other) {
		/* E14: a node of quorum mode has no influence, although it is the highest */
		struct node *n = world_add(w, "q", nodes + 1, BULLY_ROLE_CANDIDATE);

		node_set_lease(n, 3 * HB);
	}
	for (i = 0; i < w->n; i++)
		for (j = 0; j < w->n; j++)
			if (j != nodes && w->node[i]->id != w->node[j]->id)
				node_peer_add(w, w->node[i], w->node[j], BULLY_ROLE_CANDIDATE);
	world_start(w, nodes);
	if (other)
		node_start(w, w->node[nodes + 1]);
	if (expect(w, nodes, nodes, 10 * HB, "C1") && quiet(w, nodes, 20, "C1") &&
	    resigning(w, nodes) && handing_over(w, nodes) && preempting(w, nodes) && ranking(w, nodes) && starving(w, nodes) &&
	    blinking(w, nodes))
		twins(w, nodes);
}
