// SPDX-License-Identifier: GPL-2.0-only
/* scenario.c - runs the named scenarios of quorum mode, each with a figure and a bound (Q3) */
#include "chaos.h"
#include "check.h"
#include "safety.h"

#define HB	BULLY_HEARTBEAT_NS
#define FINE	100		/* samples in a heartbeat */

/* What one run of a scenario measured; mean and worst are checked. */
struct scenario {
	const char *name;
	const char *figure;
	double mean_max;
	double worst_max;
	double (*run)(struct world *w);
};

/* enum bully_election, of the scenario that runs */
static u8 election;

/* Returns how many of @beats heartbeats had no holder of the lease. */
static double leaderless(struct world *w, u32 beats)
{
	u32 i, without = 0;

	for (i = 0; i < beats * FINE && !w->failed; i++) {
		world_run(w, w->now + HB / FINE);
		without += !safety_holder(w);
	}
	return (double)without / FINE;
}

/* Returns the heartbeats until @who, or any node if @who is NULL, holds the lease. */
static double until_held(struct world *w, const struct node *who)
{
	u64 begin = w->now;

	while (!w->failed && !(who ? safety_holds(w, who) : safety_holder(w) != NULL)) {
		if (w->now > begin + 100 * HB) {
			world_fail(w, "Q3", "no node holds the lease after 100 heartbeats");
			break;
		}
		world_run(w, w->now + HB / FINE);
	}
	return (double)(w->now - begin) / HB;
}

static u64 lost(const struct world *w)
{
	u64 sum = 0;
	u32 i;

	for (i = 0; i < w->n; i++)
		sum += w->node[i]->seen.reasons[BULLY_REASON_LEASE_LOST];
	return sum;
}

static void make(struct world *w, u32 nodes)
{
	u32 i;

	w->honest = true;
	w->lat_min = 100 * US + world_below(w, 900 * US);
	w->lat_jitter = world_below(w, 200 * US);
	world_group(w, nodes);
	for (i = 0; i < nodes; i++) {
		struct node *n = w->node[i];

		node_set_lease(n, 3 * HB);
		n->opts.election = election;
		n->ppm = (int)world_below(w, 20001) - 10000;
		n->off = world_below(w, 1000000 * SEC);
	}
}

/* Returns @nodes hosts; all but the highest @off run, and the highest of these leads, with Raft any. */
static void led(struct world *w, u32 nodes, u32 off)
{
	make(w, nodes);
	world_start(w, nodes - off);
	until_held(w, election ? NULL : w->node[nodes - off - 1]);
	world_run(w, w->now + 10 * HB + world_below(w, HB));
}

static void cut_in(struct world *w, u32 addr)
{
	u32 i;

	for (i = 0; i < w->n; i++)
		w->cut[i][addr] = i != addr;
}

static double cold_start(struct world *w)
{
	make(w, 5);
	world_start(w, 5);
	return until_held(w, NULL);
}

static double leader_killed(struct world *w)
{
	u32 nodes = 3 + world_below(w, 3);

	led(w, nodes, 0);
	node_crash(w, safety_holder(w));
	return until_held(w, NULL);
}

/* R10: the highest node sends but receives nothing, and the leader dies. */
static double deaf_highest(struct world *w)
{
	led(w, 5, 1);
	node_start(w, w->node[4]);
	cut_in(w, 4);
	world_run(w, w->now + 20 * HB);
	if (safety_holder(w) != w->node[3])
		world_fail(w, "R10", "a node that receives nothing has deposed the leader");
	node_crash(w, w->node[3]);
	return leaderless(w, 100);
}

/* The same, but the highest node led before it stopped receiving. */
static double gone_deaf(struct world *w)
{
	led(w, 5, 0);
	cut_in(w, 4);
	until_held(w, w->node[3]);
	world_run(w, w->now + 20 * HB);
	node_crash(w, w->node[3]);
	return leaderless(w, 100);
}

/* R11: the highest node returns, and reaches only the leader. */
static double half_connected(struct world *w)
{
	u64 before;
	u32 i;

	led(w, 5, 1);
	for (i = 0; i < 3; i++)
		w->cut[i][4] = w->cut[4][i] = true;
	before = world_changes(w, ~0ULL);
	node_start(w, w->node[4]);
	return leaderless(w, 100) + (world_changes(w, ~0ULL) - before > 12 ? 1000 : 0);
}

/* Q3: one follower after the other is out of reach, and no lease is lost. */
static double unreachable(struct world *w)
{
	u32 i, j;

	led(w, 5, 0);
	for (i = 0; i < 4; i++) {
		for (j = 0; j < 5; j++)
			w->cut[i][j] = w->cut[j][i] = true;
		world_run(w, w->now + 5 * HB);
		memset(w->cut, 0, sizeof(w->cut));
		world_run(w, w->now + world_below(w, HB));
	}
	world_run(w, w->now + 5 * HB);
	if (safety_holder(w) != w->node[4])
		world_fail(w, "Q3", "the leader was deposed");
	return (double)lost(w);
}

/* R13: because of the repeats no vote is lost with a packet. */
static double little_loss(struct world *w)
{
	led(w, 3 + world_below(w, 3), 0);
	w->loss = 100;
	world_run(w, w->now + 2000 * HB);
	return (double)lost(w);
}

static double return_under_loss(struct world *w)
{
	led(w, 5, 1);
	w->loss = 3000;
	node_start(w, w->node[4]);
	return leaderless(w, 40);
}

/* Returns the per cent of @beats heartbeats in which not all nodes agree, in classic mode. */
static double apart(struct world *w, u32 nodes, u64 latency, u32 loss, u32 beats)
{
	u32 i, without = 0;

	make(w, nodes);
	w->lat_min = latency;
	for (i = 0; i < nodes; i++)
		node_set_lease(w->node[i], 0);
	world_start(w, nodes);
	world_run(w, w->now + 30 * HB);
	w->loss = loss;
	for (i = 0; i < beats * 4 && !w->failed; i++) {
		world_run(w, w->now + HB / 4);
		without += check_agreed(w, world_set(nodes)) != NULL;
	}
	return 100.0 * without / (beats * 4);
}

/* H5: no follower is lost with a packet. */
static double classic_lan(struct world *w)
{
	return apart(w, 5, 500 * US, 500, 500);
}

static double classic_wan(struct world *w)
{
	return apart(w, 5, 100 * MS, 100, 500);
}

static double classic_wan_1(struct world *w)
{
	return apart(w, 5, 50 * MS, 100, 500);
}

/* R13: a round trip of three heartbeats, and a lease for it. */
static double slow_network(struct world *w)
{
	u32 i;

	make(w, 5);
	w->lat_min = 3 * HB / 2;
	for (i = 0; i < 5; i++) {
		w->node[i]->opts.misses = 100;
		w->node[i]->opts.lease_ns = 50 * HB;
	}
	world_start(w, 5);
	return until_held(w, w->node[4]) + leaderless(w, 100);
}

/* R12: a node with a longer detection time than the leader's returns, and gets the lease. */
static double mixed_handover(struct world *w)
{
	led(w, 3 + world_below(w, 3), 1);
	w->node[w->n - 1]->opts.misses = 5 + world_below(w, 10);
	node_start(w, w->node[w->n - 1]);
	return until_held(w, w->node[w->n - 1]);
}

/* P12, R11: a follower rises above the leader, and falls below all: the lease goes there and back. */
static double priority_moves(struct world *w)
{
	u32 nodes = 3 + world_below(w, 3);
	struct node *n;
	struct bully_opts opts;
	double without;

	led(w, nodes, 0);
	n = w->node[world_below(w, nodes - 1)];
	opts = n->opts;
	opts.priority = 1;
	node_set_opts(w, n, &opts, BULLY_REASON_NONE);
	without = leaderless(w, 10);
	if (safety_holder(w) != n)
		world_fail(w, "P12", "%s has the highest priority and does not lead", n->label);
	opts.priority = 0;
	node_set_opts(w, n, &opts, BULLY_REASON_NONE);
	without += leaderless(w, 20);
	if (safety_holder(w) != w->node[nodes - 1])
		world_fail(w, "P12", "the highest id does not lead again");
	return without;
}

/* S11: the leader hands over to a named node; preempt is off, since a third one may be higher.
 * Returns the longest time without a holder of the lease, in round trips.
 */
static double named_handover(struct world *w)
{
	u32 nodes = 3 + world_below(w, 3), i;
	u64 round, led_at, gap = 0;
	struct node *from, *to;
	bool again = true;

	led(w, nodes, 0);
	from = safety_holder(w);
	for (i = 0; i < nodes; i++) {
		struct bully_opts opts = w->node[i]->opts;

		opts.preempt = false;
		node_set_opts(w, w->node[i], &opts, BULLY_REASON_NONE);
	}
	round = 2 * (w->lat_min + w->lat_jitter);
	to = w->node[world_below(w, nodes - 1)];
	if (to == from)
		to = w->node[nodes - 1];
	led_at = w->now;
	for (i = 0; i < 2000 && !w->failed && (again || !safety_holds(w, to)); i++) {
		const char *why = again ? node_resign_to(w, from, to->id, &again) : NULL;

		if (why && !again)
			world_fail(w, "S11", "no hand-over to %s: %s", to->label, why);
		world_run(w, w->now + round / 20);
		if (w->now - led_at > gap)
			gap = w->now - led_at;
		if (safety_holder(w))
			led_at = w->now;
	}
	if (!safety_holds(w, to) || leaderless(w, 10) > 0 || !safety_holds(w, to))
		world_fail(w, "S11", "%s does not lead, or does not stay", to->label);
	return (double)gap / round;
}

/* E14: nodes 1 to 3 elect in quorum mode, 4 and 5 in classic mode, in any order of starts. */
static double other_mode(struct world *w)
{
	bool classic_first = world_chance(w, 5000);
	u64 before, sent;
	u32 i;

	make(w, 5);
	w->honest = false;
	w->lat_min = 100 * US;
	for (i = 3; i < 5; i++)
		node_set_lease(w->node[i], 0);
	for (i = 0; i < 5; i++)
		if ((i >= 3) == classic_first)
			node_start(w, w->node[i]);
	world_run(w, w->now + 20 * HB);
	world_start(w, 5);
	world_run(w, w->now + 20 * HB);
	before = world_changes(w, ~0ULL);
	sent = w->sent.all;
	if (safety_holder(w) != w->node[2] || w->node[4]->core->state != BULLY_STATE_LEADER ||
	    w->node[3]->core->leader != 5)
		world_fail(w, "E14", "the two modes do not elect side by side");
	world_run(w, w->now + 100 * HB);
	if (world_changes(w, ~0ULL) != before)
		world_fail(w, "E14", "the other mode changes a leader");
	return (double)(w->sent.all - sent) / 100;
}

static double with_raft(struct world *w, double (*run)(struct world *w))
{
	double figure;

	election = BULLY_ELECTION_RAFT;
	figure = run(w);
	election = BULLY_ELECTION_BULLY;
	return figure;
}

static double raft_cold_start(struct world *w)
{
	return with_raft(w, cold_start);
}

static double raft_leader_killed(struct world *w)
{
	return with_raft(w, leader_killed);
}

static double raft_little_loss(struct world *w)
{
	return with_raft(w, little_loss);
}

static double raft_named_handover(struct world *w)
{
	return with_raft(w, named_handover);
}

static const struct scenario scenarios[] = {
	{ "cold-start", "heartbeats to the lease", 3.6, 3.6, cold_start },
	{ "leader-killed", "heartbeats to the next lease", 3.0, 3.5, leader_killed },
	{ "deaf-highest", "leaderless of 100 heartbeats", 6, 6, deaf_highest },
	{ "gone-deaf", "leaderless of 100 heartbeats", 6, 6, gone_deaf },
	{ "half-connected", "leaderless of 100 heartbeats", 0.999, 0.999, half_connected },
	{ "unreachable-followers", "leases lost", 0, 0, unreachable },
	{ "little-loss", "leases lost in 2,000 heartbeats", 0, 0, little_loss },
	{ "mixed-handover", "heartbeats to the handover, other misses", 6, 6, mixed_handover },
	{ "priority-moves", "leaderless of 30 heartbeats; a follower rises and falls", 0.2, 1.5,
	  priority_moves },
	{ "named-handover", "round trips without the lease", 3, 3, named_handover },
	{ "slow-network", "heartbeats to the lease, and without one later; round trip 3", 64, 64,
	  slow_network },
	{ "classic-lan", "per cent of the time not all agree, 5 % loss", 0.1, 5, classic_lan },
	{ "classic-wan", "per cent of the time not all agree, 1 % loss, round trip 2", 0.1, 5,
	  classic_wan },
	{ "classic-wan-1", "per cent of the time not all agree, 1 % loss, round trip 1", 0.1, 5,
	  classic_wan_1 },
	{ "other-mode", "messages a heartbeat, 3 nodes in quorum mode and 2 in classic", 12, 12,
	  other_mode },
	{ "return-under-loss", "leaderless of 40 heartbeats", 1.6, 40, return_under_loss },
	{ "raft-cold-start", "heartbeats to the lease", 5, 9, raft_cold_start },
	{ "raft-leader-killed", "heartbeats to the next lease", 4.5, 12, raft_leader_killed },
	{ "raft-little-loss", "leases lost in 2,000 heartbeats", 0, 0, raft_little_loss },
	{ "raft-named-handover", "round trips without the lease", 3, 3, raft_named_handover },
};

/* Runs one scenario @runs times. Returns true if its figure is within the bounds. */
static bool judge(const struct scenario *s, u32 runs, u64 seed, FILE *trace)
{
	double sum = 0, worst = 0;
	u64 worst_seed = seed, i;
	bool ok;

	for (i = seed; i < seed + runs; i++) {
		struct world *w = world_of_seed(i);
		double figure;

		w->out = trace;
		w->log_timers = true;
		figure = s->run(w);
		if (w->failed)
			printf("FAIL %s, seed %llu: %s\n", s->name, (unsigned long long)i, w->why);
		figure += w->failed ? 1000 : 0;
		sum += figure;
		if (figure > worst) {
			worst = figure;
			worst_seed = i;
		}
		world_free(w);
	}
	ok = sum / runs <= s->mean_max && worst <= s->worst_max;
	printf("%s - %s: %s: mean %.2f (at most %g), worst %.2f (at most %g; seed %llu), %u runs\n",
	       ok ? "ok" : "not ok", s->name, s->figure, sum / runs, s->mean_max, worst,
	       s->worst_max, (unsigned long long)worst_seed, runs);
	return ok;
}

/* Returns how many failed, or -1 if no scenario has that name. */
int scenario_run(const char *name, u32 runs, u64 seed, FILE *trace)
{
	int passed = 0, failed = 0;
	size_t i;

	for (i = 0; i < sizeof(scenarios) / sizeof(*scenarios); i++) {
		if (strcmp(name, "all") && strcmp(name, scenarios[i].name))
			continue;
		if (judge(&scenarios[i], runs, seed, trace))
			passed++;
		else
			failed++;
		fflush(stdout);
	}
	if (!passed && !failed)
		return -1;
	printf("%d passed, %d failed, 0 skipped\n", passed, failed);
	return failed;
}
