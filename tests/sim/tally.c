// SPDX-License-Identifier: GPL-2.0-only
/* tally.c - a group under one of the elections that are compared, and how long it is without a leader */
#include "raft.h"
#include "safety.h"
#include "tally.h"

static bool is_up(const struct node *n, enum side side)
{
	struct raft_view view;

	if (side != RAFT)
		return n->core;
	raft_look(n, &view);
	return view.up;
}

static bool leads(const struct world *w, const struct node *n, enum side side)
{
	struct raft_view view;

	if (side == QUORUM || side == OURS)
		return n->core && safety_holds(w, n);
	if (side == CLASSIC)
		return n->core && n->core->state == BULLY_STATE_LEADER;
	raft_look(n, &view);
	return view.leads;
}

static bool follows(const struct node *n, const struct node *leader, enum side side)
{
	struct raft_view view, of;

	if (side != RAFT)
		return n->core && n->core->leader == leader->id &&
		       n->core->epoch == leader->core->epoch;
	raft_look(n, &view);
	raft_look(leader, &of);
	return view.up && view.leader == leader->addr + 1 && view.term == of.term;
}

u32 tally_leader(const struct world *w, enum side side, bool *all)
{
	u32 i, j, up = 0;

	*all = false;
	for (i = 0; i < w->n; i++)
		up += is_up(w->node[i], side);
	for (i = 0; i < w->n; i++) {
		u32 followers = 0;

		if (!leads(w, w->node[i], side))
			continue;
		for (j = 0; j < w->n; j++)
			followers += follows(w->node[j], w->node[i], side);
		*all = followers == up;
		if (followers > w->n / 2)
			return i + 1;
	}
	return 0;
}

void tally_power_on(struct world *w, struct node *n, enum side side, u64 first)
{
	if (side == RAFT)
		raft_start(w, n, first);
	else
		node_start(w, n);
}

void tally_power_cut(struct world *w, struct node *n, enum side side)
{
	if (side == RAFT)
		raft_crash(n);
	else
		node_crash(w, n);
}

void tally_pass(struct world *w, enum side side, struct tally *t, u64 span, bool wanted)
{
	u64 until = w->now + span;

	while (!w->failed && w->now < until) {
		u64 before = w->now;
		bool all;
		u32 leader = tally_leader(w, side, &all);

		t->losses += t->leader && t->leader != leader;
		t->leader = leader;
		if (wanted && leader && all)
			return;
		if (!world_step(w, until))
			w->now = until;
		t->span += w->now - before;
		t->without += leader ? 0 : w->now - before;
		t->apart += leader && all ? 0 : w->now - before;
	}
}

struct world *tally_world(const struct course *c, enum side side, u64 seed)
{
	struct world *w = world_of_seed(seed);
	u32 i;

	w->lat_min = c->latency;
	w->lat_jitter = c->jitter;
	world_group(w, c->nodes);
	for (i = 0; i < c->nodes; i++) {
		struct node *n = w->node[i];

		n->opts.heartbeat_ns = c->hb;
		n->opts.misses = c->misses;
		node_set_lease(n, side == QUORUM || side == OURS ? c->lease : 0);
		n->opts.election = side == OURS ? BULLY_ELECTION_RAFT : BULLY_ELECTION_BULLY;
		n->opts.holddown = true;
		n->ppm = (int)world_below(w, 2001) - 1000;
	}
	if (side == RAFT)
		raft_world(w, c->hb, c->hb * c->misses);
	return w;
}

bool tally_finish(struct world *w, FILE *out)
{
	bool failed = w->failed;

	if (failed)
		fprintf(out, "FAIL %s\n", w->why);
	world_free(w);
	return failed;
}

void tally_row(FILE *out, const char *what, const char *format, const double *value, u32 sides)
{
	u32 side;

	fprintf(out, "    %-54s", what);
	for (side = 0; side < sides; side++)
		fprintf(out, format, value[side]);
	fprintf(out, "\n");
}
