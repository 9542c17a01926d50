// SPDX-License-Identifier: GPL-2.0-only
/* tally.c - a group under one of the elections that are compared, and how long it is without a leader */
#include "raft.h"
#include "safety.h"
#include "tally.h"

const char *tally_name(enum side side)
{
	static const char *const names[SIDES] = { "classic", "quorum", "raft", "textbook" };

	return names[side];
}

bool tally_is_up(const struct node *n, enum side side)
{
	struct raft_view view;

	if (side != RAFT)
		return n->core;
	raft_look(n, &view);
	return view.up;
}

/* A host that stands still serves nobody, whatever its node believes. */
static bool leads(const struct world *w, const struct node *n, enum side side)
{
	struct raft_view view;

	if (n->paused)
		return false;
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

/* What an observer of the whole group sees at an instant. */
struct sight {
	u32 leader;		/* that a majority follows, as address + 1, or 0 */
	u32 leaders;		/* nodes that lead, followed or not */
	bool all;		/* all nodes that are up follow @leader */
};

static struct sight look(const struct world *w, enum side side)
{
	struct sight s = { 0 };
	u32 i, j, up = 0;

	for (i = 0; i < w->n; i++)
		up += tally_is_up(w->node[i], side);
	for (i = 0; i < w->n; i++) {
		u32 followers = 0;

		if (!leads(w, w->node[i], side))
			continue;
		s.leaders++;
		for (j = 0; j < w->n; j++)
			followers += follows(w->node[j], w->node[i], side);
		if (followers <= w->n / 2)
			continue;
		s.leader = i + 1;
		s.all = followers == up;
	}
	return s;
}

u32 tally_leader(const struct world *w, enum side side, bool *all)
{
	struct sight s = look(w, side);

	*all = s.all;
	return s.leader;
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
	node_crash(w, n);
}

/* The leader of now, from this instant on. */
static void count_leader(struct tally *t, u32 leader)
{
	t->losses += t->leader && t->leader != leader;
	t->leader = leader;
	if (!leader)
		return;
	t->changes += t->last && t->last != leader;
	t->last = leader;
	t->outage = 0;
}

static void count_span(struct tally *t, const struct sight *s, u64 span)
{
	t->span += span;
	t->apart += s->leader && s->all ? 0 : span;
	t->twice += s->leaders > 1 ? span : 0;
	if (s->leader)
		return;
	t->without += span;
	t->outages += t->outage <= t->patience && t->outage + span > t->patience;
	t->outage += span;
	t->longest = t->outage > t->longest ? t->outage : t->longest;
}

void tally_pass(struct world *w, enum side side, struct tally *t, u64 span, bool wanted)
{
	u64 until = w->now + span;

	while (!w->failed && w->now < until) {
		struct sight s = look(w, side);
		u64 before = w->now;

		count_leader(t, s.leader);
		if (wanted && s.leader && s.all)
			return;
		if (!world_step(w, until))
			w->now = until;
		count_span(t, &s, w->now - before);
	}
}

void tally_skip(const struct world *w, enum side side, struct tally *t, u64 span)
{
	struct sight s = look(w, side);

	count_leader(t, s.leader);
	count_span(t, &s, span);
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

void tally_head(FILE *out, u32 sides)
{
	u32 side;

	fprintf(out, "    %-54s", "");
	for (side = 0; side < sides; side++)
		fprintf(out, "%10s", tally_name(side));
	fprintf(out, "\n");
}

void tally_row(FILE *out, const char *what, const char *format, const double *value, u32 sides)
{
	u32 side;

	fprintf(out, "    %-54s", what);
	for (side = 0; side < sides; side++)
		fprintf(out, format, value[side]);
	fprintf(out, "\n");
}
