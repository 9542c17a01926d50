// SPDX-License-Identifier: GPL-2.0-only
/* clean.c - runs without faults: checks how many messages an election may cost (C4) */
#include "chaos.h"
#include "check.h"

#define C4_QUORUM	6	/* times n - 1: a failover in quorum mode */

/* Run until all agree on @id; false if they do not within @limit. */
static bool agree(struct world *w, u32 id, u64 limit)
{
	u64 all = world_set(w->n), end = w->now + limit;

	while (!w->failed && w->now < end) {
		const struct node *n = w->node[0]->core ? w->node[0] : w->node[1];

		if (!check_agreed(w, all) && n->core->leader == id)
			return true;
		if (!world_step(w, end))
			w->now = end;
	}
	return false;
}

static void build(struct world *w, u32 nodes, bool quorum)
{
	u32 i;

	w->lat_min = 100 * US + world_below(w, 900 * US);
	w->lat_jitter = world_below(w, 200 * US);
	world_group(w, nodes);
	for (i = 0; i < nodes; i++) {
		struct node *n = w->node[i];

		n->ppm = (int)world_below(w, 2001) - 1000;
		node_set_lease(n, quorum ? 3 * BULLY_HEARTBEAT_NS : 0);
		n->opts.look_ns = world_chance(w, 5000) ? 0 : MS;
	}
}

/* Start, steady state, power cut of the leader, its return. */
void clean_run(struct world *w, u32 nodes, bool quorum)
{
	u64 hb = BULLY_HEARTBEAT_NS, n = nodes, msgs, cut_at;
	u64 most = quorum ? C4_QUORUM * (n - 1) : 3 * (n - 1);
	struct node *top;

	build(w, nodes, quorum);
	top = w->node[nodes - 1];
	world_start(w, nodes);
	if (!agree(w, top->id, 10 * hb))
		return world_fail(w, "C1", "no agreement after a clean start");
	/* HELLO and answer both ways, the worst case, a margin; voters abstain first */
	if (w->sent.all > (quorum ? 9 : 6) * n * n)
		return world_fail(w, "C4", "%llu messages for a clean start of %u nodes",
				  (unsigned long long)w->sent.all, nodes);
	world_run(w, w->now + 20 * hb);

	memset(&w->sent, 0, sizeof(w->sent));
	world_run(w, w->now + 50 * hb);
	if (w->sent.all > 2 * (n - 1) * 52 || net_others(w))
		return world_fail(w, "C4", "%llu messages in 50 heartbeats, %llu of them others",
				  (unsigned long long)w->sent.all,
				  (unsigned long long)net_others(w));

	memset(&w->sent, 0, sizeof(w->sent));
	cut_at = w->now;
	node_crash(w, top);
	if (!agree(w, nodes - 1, 10 * hb))
		return world_fail(w, "C1", "no agreement after a power cut");
	if (w->now - cut_at > 3 * hb + (quorum ? hb / 2 : 20 * MS))
		return world_fail(w, "failover", "the failover took %.1f ms",
				  (double)(w->now - cut_at) / MS);
	msgs = net_others(w);
	if (msgs > most)
		return world_fail(w, "C4", "%llu messages for the failover of %u nodes",
				  (unsigned long long)msgs, nodes);
	world_run(w, w->now + 30 * hb);

	memset(&w->sent, 0, sizeof(w->sent));
	node_start(w, top);
	if (!agree(w, top->id, 10 * hb))
		return world_fail(w, "C1", "no agreement after the return");
	msgs = net_others(w);
	if (msgs > (quorum ? 30 : 12) * (n - 1))
		return world_fail(w, "C4", "%llu messages for the return in %u nodes",
				  (unsigned long long)msgs, nodes);
	world_run(w, w->now + 10 * hb);
}
