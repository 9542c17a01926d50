// SPDX-License-Identifier: GPL-2.0-only
/* faults.c - causes the faults of a random schedule, one at a time, and ends all of them */
#include "chaos.h"
#include "check.h"
#include "quorum.h"

static struct node *some(struct world *w)
{
	return w->node[world_below(w, w->n)];
}

static void holddown_opts(struct world *w, struct plan *p, struct bully_opts *opts)
{
	opts->holddown = !world_chance(w, 1500);
	opts->holddown_free = (u32)world_below(w, 3);
	opts->holddown_delay_ns = world_below(w, 20 * p->hb);
	opts->holddown_max_ns = world_below(w, 60 * p->hb);
	opts->holddown_half_life_ns = world_below(w, 200 * p->hb);
	if (opts->holddown_max_ns > p->hold_max)
		p->hold_max = opts->holddown_max_ns;
}

/* Draws random options that an operator may set. */
void chaos_opts(struct world *w, struct plan *p, struct bully_opts *opts)
{
	static const u32 misses[] = { 2, 3, 3, 3, 4, 5 };
	u32 m = world_below(w, 6);

	opts->heartbeat_ns = p->rhythms && world_chance(w, 4000) ? p->hb / 2 : p->hb;
	opts->misses = opts->misses && !p->rhythms ? opts->misses : misses[m];
	opts->preempt = world_chance(w, 6500);
	opts->preempt_delay_ns = world_chance(w, 7000) ? 0 : world_below(w, 10 * p->hb);
	opts->look_ns = world_chance(w, 5000) ? 0 : world_below(w, p->hb / 8);
	opts->candidate = !world_chance(w, 800);
	if (opts->preempt_delay_ns > p->delay_max)
		p->delay_max = opts->preempt_delay_ns;
	if (p->holddown)
		holddown_opts(w, p, opts);
	if (p->ranks)
		opts->priority = (u32)world_below(w, 4);
}

/* P12: a node has another priority; one of the few that there are, so that ids decide, too. */
void chaos_priority(struct world *w, struct node *n)
{
	struct bully_opts opts = n->opts;

	if (!n->core || n->paused)
		return;
	opts.priority = (u32)world_below(w, 4);
	print_line(w, n, "priority %u", opts.priority);
	node_set_opts(w, n, &opts, BULLY_REASON_NONE);
}

static void fault_network(struct world *w, struct plan *p)
{
	static const u32 levels[] = { 0, 100, 500, 2000, 5000 };

	switch (world_below(w, 4)) {
	case 0:
		w->loss = levels[world_below(w, 5)];
		break;
	case 1:
		w->dup = levels[world_below(w, 5)];
		break;
	case 2:
		w->slow = levels[world_below(w, 5)];
		w->slow_by = world_below(w, 3 * p->hb);
		break;
	case 3:
		w->loss = 0;
		w->dup = 0;
		w->slow = 0;
		break;
	}
	print_line(w, NULL, "network: loss %u, doubled %u, slow %u of 10000 (by %llu us)", w->loss,
		   w->dup, w->slow, (unsigned long long)(w->slow_by / US));
}

/* S9: a host has another address, or its old one again; or one host has a wrong address of another. */
static void fault_address(struct world *w, struct plan *p)
{
	struct node *n = some(w), *of = some(w);
	bool wrong = world_chance(w, 5000), all = world_chance(w, 5000);
	u32 i;

	if (n->addr >= p->nodes || of->addr >= p->nodes)
		return;		/* a second node with an id has no right address */
	for (i = 0; i < w->n; i++)
		if ((all || i == n->addr) && w->node[i]->slot[of->addr])
			w->node[i]->slot[of->addr]->wrong = wrong;
	print_line(w, of, all ? "%s address at all others" : "%s address at one other",
		   wrong ? "wrong" : "right");
}

static void fault_cut(struct world *w)
{
	u32 a = world_below(w, w->n), b = world_below(w, w->n), i, j;
	u64 sides;

	switch (world_below(w, 4)) {
	case 0:			/* a cut in one direction */
		w->cut[a][b] = true;
		print_line(w, NULL, "cut %s -> %s", w->node[a]->label, w->node[b]->label);
		break;
	case 1:
		w->cut[a][b] = true;
		w->cut[b][a] = true;
		print_line(w, NULL, "cut %s <-> %s", w->node[a]->label, w->node[b]->label);
		break;
	case 2:			/* a partition */
		sides = world_rand(w);
		for (i = 0; i < w->n; i++)
			for (j = 0; j < w->n; j++)
				w->cut[i][j] = (sides >> i & 1) != (sides >> j & 1);
		print_line(w, NULL, "partition %llx",
			   (unsigned long long)(sides & ((1ULL << w->n) - 1)));
		break;
	case 3:
		memset(w->cut, 0, sizeof(w->cut));
		print_line(w, NULL, "no cuts");
		break;
	}
}

static void fault_host(struct world *w, struct plan *p)
{
	struct node *n = some(w);
	bool halt;

	switch (world_below(w, 7)) {
	case 0:
		if (n->core)
			print_line(w, n, "power cut");
		node_crash(w, n);
		break;
	case 1:
	case 2:
		if (!n->core)
			print_line(w, n, "power on");
		node_start(w, n);
		break;
	case 3:
		halt = world_chance(w, 3000);
		if (n->core && !n->paused)
			print_line(w, n, halt ? "halted" : "paused");
		node_pause(w, n, halt);
		break;
	case 4:
	case 5:
		if (n->paused)
			print_line(w, n, "resumed");
		node_resume(w, n, world_chance(w, 3000));
		break;
	case 6:
		n->late = world_chance(w, 5000) ? 0 : world_below(w, 4 * p->hb);
		n->late_jitter = world_below(w, p->hb);
		print_line(w, n, "timers late by %llu us and more",
			   (unsigned long long)(n->late / US));
		break;
	}
}

static bool knows(const struct node *n, u32 id)
{
	u32 i;

	for (i = 0; i < WORLD_NODES; i++)
		if (n->slot[i] && n->slot[i]->peer.id == id)
			return true;
	return false;
}

static void fault_peers(struct world *w, struct node *n)
{
	struct node *peer = some(w);

	/* R7: in quorum mode sets change step by step, see quorum.c */
	if (peer == n || peer->id == n->id || n->opts.quorum == BULLY_QUORUM_MAJORITY)
		return;
	if (n->slot[peer->addr]) {
		print_line(w, n, "peer-del %s", peer->label);
		node_peer_del(w, n, peer);
	} else if (!knows(n, peer->id)) {
		print_line(w, n, "peer-add %s", peer->label);
		node_peer_add(w, n, peer, peer->role);
	}
}

/* S11: an operator names the successor, and the tool repeats the request a few times. */
static void fault_resign_to(struct world *w, struct plan *p, struct node *n)
{
	u32 id = some(w)->id, i;
	const char *why = NULL;
	bool again = true;

	for (i = 0; i < 6 && again && n->core && !n->paused; i++) {
		why = node_resign_to(w, n, id, &again);
		if (again)
			world_run(w, w->now + world_below(w, p->hb / 4));
	}
	print_line(w, n, "resign to %u: %s", id, why ? why : "done");
}

/* A command of an operator, or a change of the link, on a host that runs. */
static void fault_command(struct world *w, struct plan *p)
{
	struct node *n = some(w);
	struct bully_opts opts = n->opts;
	const char *why;

	if (!n->core || n->paused)
		return;
	switch (world_below(w, 8)) {
	case 0:
		why = node_elect(w, n);
		print_line(w, n, "elect: %s", why ? why : "done");
		break;
	case 1:
		why = node_resign(w, n);
		print_line(w, n, "resign: %s", why ? why : "done");
		break;
	case 2:
		fault_resign_to(w, p, n);
		break;
	case 3:
		chaos_opts(w, p, &opts);
		print_line(w, n, "opts: preempt %d, candidate %d", opts.preempt, opts.candidate);
		/* as if an owner had gone (S7) */
		node_set_opts(w, n, &opts,
			      opts.candidate ? BULLY_REASON_NONE : BULLY_REASON_OWNER_EXIT);
		break;
	case 4:
		print_line(w, n, "unplugged");
		n->unplugged = true;
		if (world_chance(w, 7000))	/* else the shell does not know it yet */
			node_set_link(w, n, BULLY_LINK_NO_CARRIER);
		break;
	case 5:
		if (n->unplugged)
			print_line(w, n, "plugged in");
		n->unplugged = false;
		node_set_link(w, n, BULLY_LINK_UP);
		break;
	case 6:
		if (p->quorum)
			quorum_change(w, p, n);
		else
			fault_peers(w, n);
		break;
	case 7:
		if (world_chance(w, 5000)) {
			print_line(w, n, "stopped");
			node_stop(w, n, BULLY_REASON_SHUTDOWN);
		} else if (!p->quorum || p->skewed) {
			n->wall_off = (int64_t)world_below(w, 2000000000) - 1000000000;
			print_line(w, n, "wall clock set");
		}
		break;
	}
}

/* A host restarts again and again, so that hold-downs are tested. */
static void fault_reboot(struct world *w)
{
	struct node *n = some(w);

	if (!n->core)
		return;
	print_line(w, n, "reboots");
	node_crash(w, n);
	node_start(w, n);
}

/* A host restarts before any other host can miss it. */
static void fault_blink(struct world *w, struct plan *p)
{
	struct node *n = some(w);
	u32 i;

	for (i = 0; i < w->n && world_chance(w, 8000); i++)
		if (w->node[i]->core && w->node[i]->core->state == BULLY_STATE_LEADER)
			n = w->node[i];
	if (!n->core)
		return;
	print_line(w, n, "off for a moment");
	node_crash(w, n);
	world_run(w, w->now + world_below(w, n->opts.misses * p->hb));
	node_start(w, n);
}

void chaos_fault(struct world *w, struct plan *p)
{
	u32 what = world_below(w, 12);

	if (p->holddown && world_chance(w, 2000))
		fault_reboot(w);
	if (p->ranks && world_chance(w, 3000))
		chaos_priority(w, some(w));
	if (what < 2)
		fault_network(w, p);
	else if (what < 4)
		fault_cut(w);
	else if (what < 7)
		fault_host(w, p);
	else if (what < 8)
		fault_blink(w, p);
	else if (what < 9)
		fault_address(w, p);
	else
		fault_command(w, p);
}

/* E14: nodes of the other mode have no influence. Ids are unique; wall clocks are skewed. */
void chaos_others(struct world *w, struct plan *p, u64 lease, u8 election)
{
	u32 i, left = (p->nodes - 1) / 2;

	p->twin = false;
	w->skewed = true;
	for (i = 1; i < p->nodes && left; i++) {
		struct bully_opts *opts = &w->node[i]->opts;

		if (!world_chance(w, 4000))
			continue;
		left--;
		p->ours &= ~(1ULL << i);
		opts->quorum = lease ? BULLY_QUORUM_MAJORITY : BULLY_QUORUM_OFF;
		opts->lease_ns = lease;
		opts->election = election;
	}
}

/* Ends all faults. Some hosts that are off stay off. */
void chaos_heal(struct world *w, struct plan *p)
{
	bool all = world_chance(w, 5000);
	u32 i, j;

	net_clear(w);
	w->chaos = false;
	for (i = 0; i < w->n; i++) {
		struct node *n = w->node[i];
		bool twin = n->addr >= p->nodes;

		node_punctual(w, n);
		n->unplugged = false;
		if (twin)
			node_crash(w, n);
		node_resume(w, n, world_chance(w, 3000));
		for (j = p->nodes; j < w->n; j++)
			node_peer_del(w, n, w->node[j]);
		for (j = 0; j < p->nodes; j++) {
			if (i == j || twin || w->node[j]->id == n->id)
				continue;
			node_peer_add(w, n, w->node[j], w->node[j]->role);
		}
		if (!twin && (all || world_chance(w, 6000)))
			node_start(w, n);
		node_set_link(w, n, BULLY_LINK_UP);
	}
}
