// SPDX-License-Identifier: GPL-2.0-only
/* quorum.c - runs the random schedules of quorum mode: Q1, Q2 and Q3 hold through all faults */
#include "chaos.h"
#include "check.h"
#include "quorum.h"
#include "safety.h"

#define SPARES	2	/* hosts that may join later */

/* Causes the most harmful faults: those of the node that holds the lease. */
static void fault_holder(struct world *w, struct plan *p)
{
	struct node *n = safety_holder(w);
	u32 i, what = world_below(w, 7);

	if (!n || n->paused)
		return;
	switch (what) {
	case 0:
		print_line(w, n, "holder: power cut");
		node_crash(w, n);
		break;
	case 1:
	case 2:
		print_line(w, n, "holder: %s", what == 1 ? "paused" : "halted");
		node_pause(w, n, what == 2);
		break;
	case 3:
	case 4:
		print_line(w, n, "holder: %s", what == 3 ? "deaf" : "mute");
		for (i = 0; i < w->n; i++)
			w->cut[what == 3 ? i : n->addr][what == 3 ? n->addr : i] = true;
		break;
	case 5:
		n->late = world_below(w, 6 * p->hb);
		print_line(w, n, "holder: timers late by %llu us", (unsigned long long)(n->late / US));
		break;
	case 6:
		print_line(w, n, "holder: power cut and on");
		node_crash(w, n);
		node_start(w, n);
		break;
	}
}

/* F4: an owner tells another position, or goes. */
static void move(struct world *w, struct node *n)
{
	u64 term = world_below(w, 3), index = term ? world_below(w, 3) : 0;

	if (!n->core || n->paused)
		return;
	print_line(w, n, "position %llu/%llu", (unsigned long long)term, (unsigned long long)index);
	node_set_position(w, n, term, index);
}

static void fault(struct world *w, struct plan *p)
{
	struct node *n = w->node[world_below(w, w->n)];

	if (p->placed && world_chance(w, 3000))
		move(w, w->node[world_below(w, w->n)]);

	if (p->moving && world_chance(w, 5000)) {
		quorum_change(w, p, n);
		return;
	}
	switch (world_below(w, 12)) {
	case 0:
		if (!n->core)
			break;
		print_line(w, n, "power cut and on");
		node_crash(w, n);
		if (world_chance(w, 3000))
			quorum_catch_up(w, p, n);
		node_start(w, n);
		break;
	case 1:
		print_line(w, n, "time doubt");
		node_doubt(w, n, world_chance(w, 3000) ? world_rand(w) | 1 : 0);
		break;
	case 2:
		w->slow = world_below(w, 5000);
		w->slow_by = world_below(w, 8 * p->hb);
		break;
	case 3:
		if (world_chance(w, 3000))
			quorum_catch_up(w, p, n);
		break;
	case 4:
	case 5:
		quorum_change(w, p, n);
		break;
	case 6:
		fault_holder(w, p);
		break;
	default:
		chaos_fault(w, p);
	}
}

static void build(struct world *w, struct plan *p, u8 election)
{
	struct bully_opts common = { 0 };
	bool mixed = world_chance(w, 1500), roles = world_chance(w, 3000), fast = world_chance(w, 7000);
	char label[12];
	u32 i;

	memset(p, 0, sizeof(*p));
	p->quorum = true;
	p->election = election;
	p->hb = world_chance(w, 3000) ? 10 * MS : 100 * MS;
	p->nodes = 2 + world_below(w, 5);
	p->moving = world_chance(w, 4000);
	p->faults = (20 + world_below(w, 80)) << p->moving;
	p->skewed = w->skewed = world_chance(w, 1000);
	p->rhythms = world_chance(w, 2000);
	p->others = !p->moving && world_chance(w, 1000);
	p->ranks = world_chance(w, 4000);
	p->graph = !p->moving && world_chance(w, 1500);
	if (election == BULLY_ELECTION_RAFT) {
		p->ranks = false;		/* F7 */
		p->placed = world_chance(w, 5000);
	}
	p->ours = ~0ULL;
	w->lat_min = 20 * US + world_below(w, p->hb / 50);
	w->lat_jitter = world_below(w, p->hb / 50);
	w->chaos = true;
	w->honest = true;
	chaos_opts(w, p, &common);
	p->misses = p->rhythms ? 5 : common.misses;	/* chaos_opts() draws no more */
	common.quorum = BULLY_QUORUM_MAJORITY;
	common.election = election;
	common.lease_ns = (fast ? 3 : 3 + world_below(w, 6)) * p->hb;
	for (i = 0; i < p->nodes + SPARES; i++) {
		u32 id = 10 * i + 1 + world_below(w, 9);
		struct node *n;

		snprintf(label, sizeof(label), "%u", id);
		n = world_add(w, label, id, 0);
		n->opts = common;
		if (mixed)
			chaos_opts(w, p, &n->opts);
		else
			n->opts.candidate = true;
		if (!p->rhythms)
			n->opts.misses = common.misses;
		else
			n->opts.heartbeat_ns = world_chance(w, 4000) ? p->hb / 2 : p->hb;
		n->off = world_below(w, 1000000 * SEC);
		n->ppm = world_chance(w, 3000) ? (int)world_below(w, 20001) - 10000 :
			 world_chance(w, 5000) ? 10000 : -10000;
		n->wall_off = p->skewed ? (int64_t)world_below(w, 20000000) - 10000000 : 0;
		n->lazy = world_chance(w, 2000);
		n->absent = i >= p->nodes;
		p->set[0][i] = n->absent ? QUORUM_ABSENT :
			       roles && i && world_chance(w, 3000) ? 1 + world_below(w, 2) : 0;
	}
	p->set[0][world_below(w, p->nodes)] = BULLY_ROLE_CANDIDATE;
	if (quorum_voters(w, p->set[0]) < 2)
		p->set[0][0] = p->set[0][1] = BULLY_ROLE_CANDIDATE;
	p->sets = 1;
	for (i = 0; i < p->nodes; i++)
		quorum_configure(w, p, w->node[i], 0);
	if (p->others && world_chance(w, 5000))
		chaos_others(w, p, common.lease_ns, !election);
	else if (p->others)
		chaos_others(w, p, 0, 0);
}

/* Starts every host of the group; if the set did not change, most of them. */
static void heal(struct world *w, struct plan *p)
{
	bool all = p->sets > 1 || world_chance(w, 5000);
	const u8 *set = p->set[p->sets - 1];
	u32 i;

	net_clear(w);
	w->chaos = false;
	for (i = 0; i < w->n; i++) {
		struct node *n = w->node[i];

		n->late = 0;
		n->late_jitter = 0;
		n->unplugged = false;
		if (set[i] == QUORUM_ABSENT) {
			node_crash(w, n);
			n->absent = true;
			continue;
		}
		node_resume(w, n, world_chance(w, 3000));
		quorum_catch_up(w, p, n);
		if (all || world_chance(w, 6000))
			node_start(w, n);
		node_set_link(w, n, BULLY_LINK_UP);
	}
}

/* F4: the owners of nodes that cannot lead are gone: else nobody could, where such a voter is ahead. */
static void drop_owners(struct world *w)
{
	u32 i;

	for (i = 0; i < w->n; i++)
		if (!check_stands(w->node[i]))
			node_set_position(w, w->node[i], 0, 0);
}

/* Returns the running voters of this mode. */
static u64 voters_up(const struct world *w, const struct plan *p)
{
	u64 up = 0;
	u32 i;

	for (i = 0; i < w->n; i++)
		up |= (u64)(w->node[i]->core && quorum_votes(p->set[p->sets - 1][i]) &&
			    world_in_set(p->ours, i)) << i;
	return up;
}

static bool has_majority(const struct world *w, const struct plan *p, u64 up)
{
	return (u32)__builtin_popcountll(up) > quorum_voters(w, p->set[p->sets - 1]) / 2;
}

/* Links break permanently, in one or both directions; a majority stays fully connected (Q3). */
static void draw_graph(struct world *w, struct plan *p)
{
	u64 up = voters_up(w, p), members = 0;
	u32 dense = world_below(w, 10000), i, j;

	while (members != up && !has_majority(w, p, members))
		members |= up & 1ULL << world_below(w, w->n);
	p->clique = members;
	for (i = 0; i < w->n; i++) {
		for (j = 0; j < w->n; j++) {
			w->cut[i][j] = i != j && !(members >> i & members >> j & 1) &&
				       !world_chance(w, dense);
			if (w->cut[i][j])
				print_line(w, NULL, "for ever cut: %s -> %s", w->node[i]->label,
					   w->node[j]->label);
		}
	}
}

/* Q3 in a graph: a node leads if a node of a fully connected majority stands. */
static const char *led(struct world *w, struct plan *p)
{
	bool stands = false;
	u32 i;

	for (i = 0; i < w->n; i++)
		stands |= p->clique >> i & 1 && check_stands(w->node[i]);
	return safety_holder(w) || !stands || !has_majority(w, p, p->clique) ? NULL : "no node leads";
}

/* Q3 and C1; without a majority no node leads. */
static const char *agreed(struct world *w, struct plan *p)
{
	u32 i;

	if (p->graph)
		return led(w, p);
	if (has_majority(w, p, voters_up(w, p)))
		return check_agreed(w, world_set(w->n) & p->ours);
	for (i = 0; i < w->n; i++)
		if (world_in_set(p->ours, i) && w->node[i]->core && w->node[i]->core->leader)
			return "there is no majority, but a node has a leader";
	return NULL;
}

/* C4: nothing changes, and each follower needs a probe and its answer in each heartbeat. */
static void quiet(struct world *w, struct plan *p)
{
	u64 before = world_changes(w, ~0ULL), limit = 0, others;
	bool all = true;
	u32 i;

	for (i = 0; i < w->n; i++) {
		limit += 2 * 42 * (p->rhythms ? 2 : 1) * (w->node[i]->core != NULL);
		all &= w->node[i]->absent || w->node[i]->core;
	}
	memset(&w->sent, 0, sizeof(w->sent));
	world_run(w, w->now + 40 * p->hb);
	if (w->failed)
		return;
	if (world_changes(w, ~0ULL) != before)
		world_fail(w, "Q3", "the leader changed although nothing was wrong");
	others = net_others(w);
	for (i = 0; i < w->n; i++)
		all &= !w->node[i]->core || w->node[i]->core->leader;
	if (all && !p->graph && !p->others && (others || w->sent.all > limit))
		world_fail(w, "C4", "%llu messages in 40 heartbeats, %llu of them others",
			   (unsigned long long)w->sent.all, (unsigned long long)others);
}

void quorum_run(struct world *w, u8 election, struct plan *p, struct result *r)
{
	const char *why = NULL;
	u64 begin, end, patience;
	bool done;

	memset(r, 0, sizeof(*r));
	build(w, p, election);
	chaos_break(w, p, fault);
	if (w->failed)
		return;
	print_line(w, NULL, "---- heal");
	heal(w, p);
	if (p->graph)
		draw_graph(w, p);
	begin = w->now;
	patience = begin + 40 * p->hb + 4 * w->node[0]->opts.lease_ns;
	end = begin + chaos_bound(w, p) + 8 * w->node[0]->opts.lease_ns;
	/* a step of the set may take a lease on each host */
	end += p->sets * w->n * 4 * w->node[0]->opts.lease_ns;
	do {
		done = quorum_settle(w, p, w->now > patience);
		drop_owners(w);
		world_run(w, w->now + p->hb / 4);
		why = agreed(w, p);
		if (!done)
			begin = w->now;
	} while (!w->failed && (why || !done) && w->now < end);
	r->heal_ns = w->now - begin;
	r->heal_hb = r->heal_ns / p->hb;
	r->msgs = w->order;
	r->leader_changes = world_changes(w, ~0ULL);
	if (w->failed)
		return;
	if (!done)
		world_fail(w, "R7", "the set of voters cannot be changed");
	else if (why)
		world_fail(w, "Q3", "%s", why);
	else if (r->heal_ns > chaos_bound(w, p) + 8 * w->node[0]->opts.lease_ns)
		world_fail(w, "Q3", "the heal took %llu heartbeats", (unsigned long long)r->heal_hb);
	/* a late answer of a session that a doubt has ended looks like a duplicate id (D2) */
	world_run(w, w->now + 14 * p->misses * p->hb + (p->graph ? 2 * p->delay_max : 0) +
		  (p->election ? 4 * w->node[0]->opts.lease_ns : 0));	/* F2 */
	why = agreed(w, p);
	if (why && !w->failed)
		world_fail(w, "Q3", "agreement did not last: %s", why);
	quiet(w, p);
}
