// SPDX-License-Identifier: GPL-2.0-only
/* failures.c - decides what fails in simulated years, the same under every election */
#include <math.h>

#include "failures.h"
#include "raft.h"

/* Documentation/performance.rst says where the numbers are from. */
static const struct {
	const char *name;
	const char *what;
	bool each;		/* of each host, else of the group */
	u64 a_year;
} kinds[FAILURES] = {
	[FAILURE_CRASH] = {
		"crashes", "loses its power, for 5 min, and 1 of 10 times for 4 h", true, 2
	},
	[FAILURE_RESTART] = {
		"planned restarts",
		"leaves, and is on again after exactly 2 min; 5 min later the next host", true, 12
	},
	[FAILURE_LINK] = {
		"lost links", "reaches no other host, for 5 min", true, 1
	},
	[FAILURE_SPLIT] = {
		"splits", "has two sides, drawn at random, for 5 min", false, 4
	},
	[FAILURE_PAIR] = {
		"broken pairs", "keeps two hosts from reaching each other, for 5 min", false, 1
	},
	[FAILURE_LOSS] = {
		"loss", "loses 1 to 50 % of the packets, and 10 % are up to 50 ms late, for 1 min",
		false, 12
	},
	[FAILURE_PAUSE] = {
		"pauses", "stands still for 0.1 to 10 s, but its clock does not", true, 26
	},
};

#define RESTART_APART	(5 * MINUTE)

/* Returns a number in (0, 1]. */
static double uniform(struct source *s)
{
	return (double)((world_draw(&s->rng) >> 11) + 1) / (double)(1ULL << 53);
}

static u64 exponential(struct source *s, u64 mean)
{
	return (u64)(-log(uniform(s)) * (double)mean);
}

static u64 below(struct source *s, u64 n)
{
	return world_draw(&s->rng) % n;
}

/* How long the failure that begins now lasts. */
static u64 duration(struct source *s)
{
	switch (s->kind) {
	case FAILURE_CRASH:
		return below(s, 10) ? exponential(s, 5 * MINUTE) : exponential(s, 4 * HOUR);
	case FAILURE_RESTART:
		return 2 * MINUTE;
	case FAILURE_LOSS:
		return exponential(s, MINUTE);
	case FAILURE_PAUSE:
		return (u64)((double)SEC / 10 * pow(100, uniform(s)));
	default:
		return exponential(s, 5 * MINUTE);
	}
}

/* When it fails next, if it is whole at @now: a Poisson process; operators have a calendar. */
static u64 next(const struct failures *f, struct source *s, u64 now)
{
	u64 mean = YEAR / kinds[s->kind].a_year / f->faster;
	u64 at = (now / mean + 1) * mean + s->host * RESTART_APART + below(s, MINUTE);

	return s->kind == FAILURE_RESTART ? at : now + exponential(s, mean);
}

static void draw_hosts(const struct failures *f, struct source *s)
{
	u64 all = world_set(f->nodes);
	u32 a = (u32)below(s, f->nodes), b = (u32)below(s, f->nodes - 1);

	b += b >= a;
	switch (s->kind) {
	case FAILURE_SPLIT:
		s->hosts = 1 + below(s, all - 1);	/* neither none nor all */
		break;
	case FAILURE_PAIR:
		s->hosts = 1ULL << a | 1ULL << b;
		break;
	default:
		s->hosts = 1ULL << s->host;
	}
	s->loss = (u32)(100 * pow(50, uniform(s)));
}

static void add(struct failures *f, enum failure kind, u32 host, u64 *rng)
{
	struct source *s = &f->source[f->n++];

	*s = (struct source){ .kind = kind, .host = host, .rng = world_draw(rng) };
	s->at = next(f, s, 0);
}

void failures_draw(struct failures *f, u32 nodes, u64 seed, u64 faster)
{
	u64 rng = seed;
	u32 kind, host;

	*f = (struct failures){ .nodes = nodes, .faster = faster };
	for (kind = 0; kind < FAILURES; kind++)
		for (host = 0; host < (kinds[kind].each ? nodes : 1); host++)
			add(f, kind, host, &rng);
}

struct source *failures_next(struct failures *f)
{
	struct source *first = f->source;
	u32 i;

	for (i = 1; i < f->n; i++)
		if (f->source[i].at < first->at)
			first = &f->source[i];
	return first;
}

/* Returns true if the host has no power. */
static bool is_off(const struct failures *f, u32 host)
{
	u32 i;

	for (i = 0; i < f->n; i++)
		if (f->source[i].kind <= FAILURE_RESTART && f->source[i].host == host && f->source[i].on)
			return true;
	return false;
}

/* Returns true if a failure keeps packets between the two hosts from arriving. */
static bool are_parted(const struct failures *f, u32 i, u32 j)
{
	u32 k;

	for (k = 0; k < f->n; k++) {
		const struct source *s = &f->source[k];
		bool a = world_in_set(s->hosts, i), b = world_in_set(s->hosts, j);

		if (!s->on || s->kind < FAILURE_LINK || s->kind > FAILURE_PAIR)
			continue;
		if (s->kind == FAILURE_PAIR ? a && b : a != b)
			return true;
	}
	return false;
}

static void cut(const struct failures *f, struct world *w)
{
	u32 i, j;

	for (i = 0; i < f->nodes; i++)
		for (j = 0; j < f->nodes; j++)
			w->cut[i][j] = i != j && are_parted(f, i, j);
}

/* An operator's `systemctl stop`: a leader hands over. */
static void leave(struct world *w, struct node *n, enum side side)
{
	if (n->paused)
		tally_power_cut(w, n, side);
	else if (side == RAFT)
		raft_leave(w, n);
	else
		node_stop(w, n, BULLY_REASON_SHUTDOWN);
}

static void change_power(const struct failures *f, const struct source *s, struct world *w,
			 enum side side)
{
	bool off = is_off(f, s->host);
	struct node *n = w->node[s->host];

	if (tally_is_up(n, side) == !off)
		return;
	if (!off)
		tally_power_on(w, n, side, 0);
	else if (s->kind == FAILURE_RESTART)
		leave(w, n, side);
	else
		tally_power_cut(w, n, side);
}

static void apply(const struct failures *f, struct source *s, struct world *w, enum side side)
{
	struct node *n = w->node[s->host];

	switch (s->kind) {
	case FAILURE_CRASH:
	case FAILURE_RESTART:
		change_power(f, s, w, side);
		break;
	case FAILURE_LOSS:
		w->loss = s->on ? s->loss : 0;
		w->slow = s->on ? 1000 : 0;
		w->slow_by = 50 * MS;
		break;
	case FAILURE_PAUSE:
		if (!s->on)
			node_resume(w, n, below(s, 2));
		else if (tally_is_up(n, side))
			node_pause(w, n, false);
		break;
	default:
		cut(f, w);
	}
}

void failures_turn(struct failures *f, struct source *s, struct world *w, enum side side)
{
	s->on = !s->on;
	if (s->on)
		draw_hosts(f, s);
	apply(f, s, w, side);
	s->at = s->on ? s->at + duration(s) : next(f, s, s->at);
}

bool failures_leave_majority(const struct failures *f)
{
	u32 i, j;

	for (i = 0; i < f->nodes; i++) {
		u32 reached = 0;

		for (j = 0; j < f->nodes; j++)
			reached += !is_off(f, j) && (i == j || !are_parted(f, i, j));
		if (!is_off(f, i) && reached > f->nodes / 2)
			return true;
	}
	return false;
}

const char *failures_name(enum failure kind)
{
	return kinds[kind].name;
}

void failures_print(const struct failures *f, FILE *out)
{
	u32 i;

	fprintf(out, "  Failures come at random, so often and for so long on average, the same for each election:\n");
	for (i = 0; i < FAILURES; i++)
		fprintf(out, "    %s, %llu a year: %s\n", kinds[i].each ? "each host" : "the network",
			(unsigned long long)(kinds[i].a_year * f->faster), kinds[i].what);
}
