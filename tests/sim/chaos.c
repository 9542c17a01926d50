// SPDX-License-Identifier: GPL-2.0-only
/* chaos.c - runs a random schedule */
#include "chaos.h"
#include "check.h"

#define CONVERGE_HB	80	/* heartbeats in which C1 must hold after the heal */
#define MISSES_MAX	5	/* the highest value of chaos_opts() */
#define STEADY_HB	40	/* heartbeats after C1 in which nothing may change */

static u32 draw_nodes(struct world *w)
{
	u32 what = world_below(w, 20);

	return what == 0 ? 17 : what <= 2 ? 2 : 3 + world_below(w, what < 14 ? 3 : 7);
}

static u32 draw_id(struct world *w, u32 sparse)
{
	u32 i, id;

again:
	id = sparse ? (u32)world_rand(w) : 1 + world_below(w, 60);
	for (i = 0; i < w->n; i++)
		if (w->node[i]->id == id)
			goto again;
	return id ? id : 1;
}

/* Adds a second node that has the id of another. */
static void add_twin(struct world *w, struct plan *p)
{
	struct node *of = w->node[world_below(w, p->nodes)], *n;
	char label[12];
	u32 i;

	snprintf(label, sizeof(label), "%ub", of->id);
	n = world_add(w, label, of->id, of->role);
	n->opts = of->opts;
	for (i = 0; i < p->nodes; i++)
		if (w->node[i] != of)
			node_peer_add(w, n, w->node[i], w->node[i]->role);
}

static void build(struct world *w, struct plan *p)
{
	static const u64 beats[] = { 10 * MS, 100 * MS, 100 * MS, 1000 * MS };
	bool sparse = world_chance(w, 2000), mixed = world_chance(w, 1500), roles;
	struct bully_opts common = { 0 };
	char label[12];
	u32 i;

	memset(p, 0, sizeof(*p));
	p->hb = beats[world_below(w, 4)];
	p->nodes = draw_nodes(w);
	p->faults = 20 + world_below(w, 80);
	p->partition = world_chance(w, 3000);
	p->lasting = !p->partition && world_chance(w, 800);
	p->twin = world_chance(w, 600);
	p->patient = world_chance(w, 2500);
	p->holddown = world_chance(w, 3000);
	p->rhythms = world_chance(w, 2000);
	p->others = world_chance(w, 1000);
	p->ranks = world_chance(w, 4000);
	p->graph = !p->partition && !p->lasting && world_chance(w, 1000);
	p->ours = ~0ULL;
	roles = world_chance(w, 2500);
	w->lat_min = 20 * US + world_below(w, p->hb / 50);
	w->lat_jitter = world_below(w, p->hb / 50);
	w->chaos = true;
	chaos_opts(w, p, &common);
	p->misses = p->rhythms ? MISSES_MAX : common.misses;
	for (i = 0; i < p->nodes; i++) {
		u32 id = draw_id(w, sparse);
		struct node *n;
		u8 role = roles && world_chance(w, 2500) ? 1 + world_below(w, 2) : 0;

		snprintf(label, sizeof(label), "%u", id);
		n = world_add(w, label, id, role);
		n->opts = common;
		if (!mixed)
			n->opts.candidate = true;
		else
			chaos_opts(w, p, &n->opts);
		if (p->rhythms) {
			n->opts.heartbeat_ns = world_chance(w, 4000) ? p->hb / 2 : p->hb;
			n->opts.misses = 2 + (u32)world_below(w, MISSES_MAX - 1);
		} else {
			n->opts.misses = common.misses;
		}
		n->opts.role = role;
		n->off = world_below(w, 1000000 * SEC);
		n->ppm = (int)world_below(w, 20001) - 10000;
		n->wall_off = world_chance(w, 2000) ? (int64_t)world_below(w, 20000000) - 10000000 : 0;
		n->lazy = world_chance(w, 2000);
	}
	world_acquaint(w, p->nodes);
	if (p->others)
		chaos_others(w, p, 6 * p->hb, 0);
	if (p->twin)
		add_twin(w, p);
}

void chaos_break(struct world *w, struct plan *p, void (*fault)(struct world *w, struct plan *p))
{
	u64 end = w->now + p->faults * p->hb;
	u32 i;

	for (i = 0; i < w->n; i++)
		if (world_chance(w, 8000))
			node_start(w, w->node[i]);
	while (!w->failed && w->now < end) {
		world_run(w, w->now + world_below(w, 2 * p->hb));
		if (!w->failed && world_chance(w, 7000))
			fault(w, p);
	}
}

/* Returns the longest time that all waits together may take. */
u64 chaos_bound(const struct world *w, const struct plan *p)
{
	return CONVERGE_HB * p->hb * p->misses / 3 + 2 * p->delay_max;
}

/* Runs until all nodes of a side agree, and notes the time in @took. */
static const char *converge(struct world *w, struct plan *p, u64 side, u64 *took)
{
	u64 begin = w->now, end = begin + chaos_bound(w, p);
	const char *why = check_agreed(w, side);

	while (!w->failed && why && w->now < end) {
		world_run(w, w->now + p->hb / 4);
		why = check_agreed(w, side);
	}
	*took = w->now - begin;
	return why;
}

/* C2: each side of a partition has its own leader. */
static void partition_phase(struct world *w, struct plan *p, struct result *r)
{
	u64 all = world_set(w->n) & p->ours, sides = world_rand(w) & all, took;
	const char *why;
	u32 i, j;

	print_line(w, NULL, "---- two sides: %llx", (unsigned long long)sides);
	for (i = 0; i < w->n; i++)
		for (j = 0; j < w->n; j++)
			w->cut[i][j] = (sides >> i & 1) != (sides >> j & 1);
	for (i = 0; i < 2 && !w->failed; i++, sides ^= all) {
		why = converge(w, p, sides, &took);
		if (why && !w->failed)
			world_fail(w, "C2", "%s", why);
		if (took / p->hb > r->heal_hb)
			r->heal_hb = took / p->hb;
	}
	world_run(w, w->now + world_below(w, 10 * p->hb));
}

static u64 peer_events(const struct world *w)
{
	u64 sum = 0;
	u32 i;

	for (i = 0; i < w->n; i++)
		sum += w->node[i]->seen.peer_events;
	return sum;
}

/*
 * Returns the rank of the highest node that leads at the heal without its own fault, or 0.
 * Nothing is promised if a host resumes with a backlog at that moment: it passes on old news
 * of a leader that may be higher.
 */
static u64 highest_leader(const struct world *w, const struct plan *p)
{
	u64 rank = 0;
	u32 i;

	for (i = 0; i < p->nodes; i++) {
		const struct node *n = w->node[i];

		if (n->paused || n->fire_at <= w->now)
			return 0;
		if (node_up(n) && world_in_set(p->ours, i) && !n->late && n->core->state == BULLY_STATE_LEADER &&
		    check_rank_of(n) > rank)
			rank = check_rank_of(n);
	}
	return rank;
}

static bool led(const struct world *w)
{
	return w->node[0]->core && w->node[0]->core->leader;
}

/* C4: each follower sends heartbeats and gets answers; no other message is sent. */
void chaos_steady(struct world *w, struct plan *p, const char *rule)
{
	u64 all = world_set(w->n) & p->ours, before = world_changes(w, p->ours), peers = peer_events(w);
	u64 beats = STEADY_HB, limit, others;
	u32 up = 0, i;
	const char *why;

	memset(&w->sent, 0, sizeof(w->sent));
	world_run(w, w->now + beats * p->hb);
	if (w->failed)
		return;
	if (world_changes(w, p->ours) != before)
		world_fail(w, rule, "the leader changed although nothing was wrong");
	if (p->lasting || p->graph)
		return;
	why = check_agreed(w, all);
	if (why)
		world_fail(w, rule, "agreement was lost: %s", why);
	for (i = 0; i < w->n; i++)
		up += w->node[i]->core != NULL;
	/* H6: by then peers are down that were received only by chance */
	if (p->patient && peer_events(w) != peers)
		world_fail(w, rule, "a peer went up or down although nothing happened");
	/* clocks are at most 1 % fast, and a heartbeat may fall on each end of the time */
	limit = 2 * (up - 1) * (beats + beats / 50 + 2) * (p->rhythms ? 2 : 1);
	others = net_others(w);
	if (up == p->nodes && !p->others && led(w) && (w->sent.all > limit || others))
		world_fail(w, "C4", "%llu messages in %llu heartbeats of %u nodes, %llu of them others",
			   (unsigned long long)w->sent.all, (unsigned long long)beats, up,
			   (unsigned long long)others);
}

/* C5: returns true if any two of @up exchange packets, or each of them with the same third node. */
static bool two_hops(const struct world *w, u64 up)
{
	u32 i, j, k;

	for (i = 0; i < w->n; i++) {
		for (j = 0; j < i; j++) {
			if (!world_in_set(up, i) || !world_in_set(up, j) || !w->cut[i][j])
				continue;
			for (k = 0; k < w->n; k++)
				if (world_in_set(up, k) && !w->cut[i][k] && !w->cut[k][j])
					break;
			if (k == w->n)
				return false;
		}
	}
	return true;
}

/* Links break permanently, in both directions; nodes of this mode stay at most two hops apart. */
static void draw_graph(struct world *w, struct plan *p)
{
	u32 dense = world_below(w, 10000), i, j;
	u64 up = 0;

	for (i = 0; i < p->nodes; i++)
		up |= (u64)(w->node[i]->core && world_in_set(p->ours, i)) << i;
	do {
		for (i = 0; i < p->nodes; i++)
			for (j = 0; j < i; j++)
				w->cut[i][j] = w->cut[j][i] = !world_chance(w, dense);
		dense += (10000 - dense) / 8 + 1;
	} while (!two_hops(w, up) && dense < 10000);
	if (!two_hops(w, up))
		memset(w->cut, 0, sizeof(w->cut));
	for (i = 0; i < p->nodes; i++)
		for (j = 0; j < i; j++)
			if (w->cut[i][j])
				print_line(w, NULL, "for ever cut: %s and %s", w->node[i]->label,
					   w->node[j]->label);
}

/* C5: at most one leader; one if a node stands; and the leader stays. */
static void graph_phase(struct world *w, struct plan *p)
{
	u32 leaders = 0, standing = 0, i;

	draw_graph(w, p);
	world_run(w, w->now + 2 * chaos_bound(w, p) + p->hold_max * 51 / 50);
	for (i = 0; i < w->n && !w->failed; i++) {
		if (!world_in_set(p->ours, i) || !node_up(w->node[i]))
			continue;
		leaders += w->node[i]->core->state == BULLY_STATE_LEADER;
		standing += check_stands(w->node[i]);
	}
	if (leaders > 1 || (!leaders && standing))
		world_fail(w, "C5", "%u leaders, and %u nodes stand", leaders, standing);
	if (!w->failed)
		chaos_steady(w, p, "C5");
}

/* One link breaks permanently, in one or both directions: nothing may oscillate. */
static void lasting_phase(struct world *w, struct plan *p)
{
	u32 a = world_below(w, p->nodes), b = world_below(w, p->nodes);

	w->cut[a][b] = true;
	if (world_chance(w, 5000))
		w->cut[b][a] = true;
	print_line(w, NULL, "for ever cut: %s and %s", w->node[a]->label, w->node[b]->label);
	world_run(w, w->now + chaos_bound(w, p) + p->hold_max * 51 / 50);
	if (!w->failed)
		chaos_steady(w, p, "no-flapping");
}

/* P12: priorities change while nothing is wrong: all agree on the highest node again and again. */
static void rank_phase(struct world *w, struct plan *p)
{
	u64 took, all = world_set(w->n) & p->ours;
	const char *why = NULL;
	u32 round;

	for (round = 0; round < 3 && !w->failed && !why; round++) {
		u32 i, n = 1 + world_below(w, 3);

		for (i = 0; i < n; i++) {
			chaos_priority(w, w->node[world_below(w, w->n)]);
			world_run(w, w->now + world_below(w, 2) * world_below(w, 2 * p->hb));
		}
		why = converge(w, p, all, &took);
		/* P8 and P1 put a takeover off */
		if (!p->holddown && !w->failed && took > p->delay_max + 12 * p->hb * p->misses / 3)
			world_fail(w, "P12", "a priority took %llu heartbeats", (unsigned long long)(took / p->hb));
	}
	if (why && !w->failed)
		world_fail(w, "P12", "%s", why);
}

/* C1 and C2: all agree, not on a leader below @top, and nothing changes any more. */
static void agree_phase(struct world *w, struct plan *p, struct result *r, u64 top)
{
	u64 all = world_set(w->n) & p->ours, took;
	const char *why;
	u32 i;

	if (p->twin)	/* a report of a duplicate id stays fresh for a while */
		world_run(w, w->now + 14 * p->misses * p->hb);
	why = converge(w, p, all, &took);
	r->heal_ns = took;
	if (took / p->hb > r->heal_hb)
		r->heal_hb = took / p->hb;
	if (w->failed)
		return;
	if (why)
		world_fail(w, "C1", "%s", why);
	/* of two leaders that meet, the higher wins, also with preempt off */
	for (i = 0; i < w->n && !w->failed; i++)
		if (node_up(w->node[i]) && world_in_set(p->ours, i) &&
		    w->node[i]->core->state == BULLY_STATE_LEADER && check_rank_of(w->node[i]) < top)
			world_fail(w, "C2", "%u led when all healed, and %s leads now", (u32)top,
				   w->node[i]->label);
	/* every hold-down ends, and then C1 holds without exception */
	if (p->holddown && !w->failed) {
		world_run(w, w->now + p->hold_max * 51 / 50);
		for (i = 0; i < w->n; i++)
			if (check_held(w, w->node[i]))
				world_fail(w, "P8", "%s is held for too long", w->node[i]->label);
		why = converge(w, p, all, &took);
		if (why && !w->failed)
			world_fail(w, "C1", "after the hold-downs: %s", why);
	}
	if (p->ranks && !w->failed)
		rank_phase(w, p);
	/* messages still in flight: HELLOs to lost peers, late COORDINATORs */
	world_run(w, w->now + (p->patient ? 11 : 4) * p->misses * p->hb +
		  (p->patient ? 24 * p->hb : 0));
	why = check_agreed(w, all);
	if (why && !w->failed)
		world_fail(w, "C1", "agreement did not last: %s", why);
	if (!w->failed)
		chaos_steady(w, p, "C1");
}

void chaos_run(struct world *w, struct plan *p, struct result *r)
{
	u64 top;

	memset(r, 0, sizeof(*r));
	build(w, p);
	chaos_break(w, p, chaos_fault);
	if (w->failed)
		return;
	if (p->partition) {
		chaos_heal(w, p);
		partition_phase(w, p, r);
		if (w->failed)
			return;
	}
	print_line(w, NULL, "---- heal");
	top = p->twin ? 0 : highest_leader(w, p);
	chaos_heal(w, p);
	if (p->graph)
		graph_phase(w, p);
	else if (p->lasting)
		lasting_phase(w, p);
	else
		agree_phase(w, p, r, top);
	r->msgs = w->order;
	r->leader_changes = world_changes(w, ~0ULL);
}
