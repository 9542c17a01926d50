// SPDX-License-Identifier: GPL-2.0-only
/* years.c - runs a group for simulated years of failures under each election, and compares them */
#include <math.h>
#include <stddef.h>
#include <stdlib.h>

#include "calm.h"
#include "failures.h"

#define LEAD	5		/* heartbeats before a failure that are simulated in any case */

/* What the command line asks for. */
struct order {
	u64 span;
	u64 seed;
	u64 faster;
	u64 nodes;
	u64 hb;
	u64 misses;
	struct course course;
};

/* A group in its years. Its calendar begins when its first leader is settled. */
struct life {
	const struct order *order;
	enum side side;
	bool jumps;
	struct world *w;
	struct failures failures;
	struct calm calm;
	bool is_calm;
	struct tally t;
	u64 began;		/* in the world's time */
	u64 skipped;
	u64 turns;		/* failures that began or ended */
	struct {
		u64 without;
		u64 changes;
	} after[FAILURES];	/* by what began or ended last */
	u64 hopeless;		/* time in which no host reached a majority */
	u64 hopeless_longest;
	u64 digest;		/* of all that was counted after each turn */
};

static u64 calendar(const struct life *l)
{
	return l->w->now - l->began + l->skipped;
}

/* Lets the time until @until pass, and jumps if nothing can happen before that. */
static void pass(struct life *l, u64 until)
{
	u64 hb = l->order->hb;

	while (!l->w->failed && calendar(l) < until) {
		u64 left = until - calendar(l);

		if (l->jumps && l->is_calm && left >= hb) {
			tally_skip(l->w, l->side, &l->t, left - left % hb);
			calm_jump(l->w, left - left % hb);
			l->skipped += left - left % hb;
			continue;
		}
		tally_pass(l->w, l->side, &l->t, left < hb ? left : hb, false);
		if (left >= hb)
			l->is_calm = calm_look(&l->calm, l->w, l->side);
	}
}

/* Lets the time until @until pass, when something begins or ends, so that the way there is the
 * same with jumps and without.
 */
static void approach(struct life *l, u64 until)
{
	u64 lead = LEAD * l->order->hb;

	if (calendar(l) + lead < until)
		pass(l, until - lead);
	if (l->is_calm) {
		u64 seed = l->order->seed << 32 ^ l->turns;

		calm_redraw(l->w, l->side, world_draw(&seed));
		l->is_calm = false;
	}
	tally_pass(l->w, l->side, &l->t, until - calendar(l), false);
}

static void digest(struct life *l)
{
	const u64 seen[] = { calendar(l), l->t.without, l->t.apart, l->t.twice, l->t.changes, l->t.last };
	u32 i;

	for (i = 0; i < sizeof(seen) / sizeof(*seen); i++)
		l->digest = (l->digest ^ seen[i]) * 0x100000001b3ULL;
}

/* Starts the group, without failures. */
static void begin(struct life *l)
{
	struct tally t = { 0 };
	u32 i;

	l->w = tally_world(&l->order->course, l->side, l->order->seed);
	for (i = 0; i < l->w->n; i++) {
		l->w->node[i]->ppm = 0;
		tally_power_on(l->w, l->w->node[i], l->side, 0);
	}
	tally_pass(l->w, l->side, &t, 100 * l->order->hb + 10 * l->order->course.lease, false);
	if (!t.leader)
		world_fail(l->w, "years", "no node leads at first");
	l->began = l->w->now;
	l->t.last = t.leader;
	l->t.patience = l->order->hb;
	failures_draw(&l->failures, l->w->n, l->order->seed, l->order->faster);
}

/* Counts what has happened since the tally was @t, when it was @before. */
static void count(struct life *l, enum failure last, u64 before, const struct tally *t, u64 *hopeless)
{
	u64 span = calendar(l) - before;

	l->after[last].without += l->t.without - t->without;
	l->after[last].changes += l->t.changes - t->changes;
	if (failures_leave_majority(&l->failures)) {
		*hopeless = 0;
		return;
	}
	*hopeless += span;
	l->hopeless += span;
	l->hopeless_longest = *hopeless > l->hopeless_longest ? *hopeless : l->hopeless_longest;
}

/* Runs one life. Returns false if an invariant failed. */
static bool live(struct life *l, FILE *out)
{
	enum failure last = FAILURE_CRASH;
	u64 hopeless = 0;

	begin(l);
	while (!l->w->failed && calendar(l) < l->order->span) {
		struct source *s = failures_next(&l->failures);
		struct tally t = l->t;
		u64 before = calendar(l);
		bool over = s->at >= l->order->span;

		approach(l, over ? l->order->span : s->at);
		count(l, last, before, &t, &hopeless);
		digest(l);
		if (over)
			break;
		failures_turn(&l->failures, s, l->w, l->side);
		l->calm.since = l->w->now;
		last = s->kind;
		l->turns++;
	}
	if ((l->side == QUORUM || l->side == OURS) && l->t.twice)
		world_fail(l->w, "Q1", "two nodes lead at once, for %llu ns", (unsigned long long)l->t.twice);
	return !tally_finish(l->w, out);
}

static double seconds_a_year(const struct life *l, u64 span)
{
	return (double)span / SEC * ((double)YEAR / (double)l->t.span);
}

static double a_year(const struct life *l, u64 count)
{
	return (double)count * ((double)YEAR / (double)l->t.span);
}

static double nines(const struct life *l)
{
	return l->t.without ? -log10((double)l->t.without / (double)l->t.span) : INFINITY;
}

static double without_after(const struct life *l, u32 kind)
{
	return seconds_a_year(l, l->after[kind].without);
}

static double changes_after(const struct life *l, u32 kind)
{
	return a_year(l, l->after[kind].changes);
}

/* One row for each kind of failure. */
static void print_after(const struct life *l, double (*value)(const struct life *l, u32 kind), FILE *out)
{
	double after[SIDES];
	char what[64];
	u32 side, i;

	for (i = 0; i < FAILURES; i++) {
		for (side = 0; side < SIDES; side++)
			after[side] = value(&l[side], i);
		snprintf(what, sizeof(what), "  after %s", failures_name(i));
		tally_row(out, what, "%10.1f", after, SIDES);
	}
}

static void print_table(const struct life *l, FILE *out)
{
	double available[SIDES], nine[SIDES], without[SIDES], longest[SIDES], outages[SIDES],
	       changes[SIDES], twice[SIDES];
	u32 side;

	for (side = 0; side < SIDES; side++) {
		const struct life *a = &l[side];

		available[side] = 1 - (double)a->t.without / (double)a->t.span;
		nine[side] = nines(a);
		without[side] = seconds_a_year(a, a->t.without);
		longest[side] = (double)a->t.longest / SEC;
		outages[side] = a_year(a, a->t.outages);
		changes[side] = a_year(a, a->t.changes);
		twice[side] = seconds_a_year(a, a->t.twice);
	}
	tally_head(out, SIDES);
	tally_row(out, "availability: part of the time with a leader", "%10.7f", available, SIDES);
	tally_row(out, "  in nines", "%10.2f", nine, SIDES);
	tally_row(out, "seconds a year without a leader", "%10.1f", without, SIDES);
	print_after(l, without_after, out);
	tally_row(out, "longest time without a leader, seconds", "%10.2f", longest, SIDES);
	tally_row(out, "times a year without one for longer than a heartbeat", "%10.1f", outages, SIDES);
	tally_row(out, "changes of the leader a year", "%10.1f", changes, SIDES);
	print_after(l, changes_after, out);
	tally_row(out, "seconds a year with two leaders or more", "%10.1f", twice, SIDES);
}

static void print_model(const struct order *o, FILE *out)
{
	const struct course *c = &o->course;
	bool is_long = o->span >= YEAR;
	struct failures f;

	failures_draw(&f, c->nodes, o->seed, o->faster);
	fprintf(out, "  %g %s of %u nodes, heartbeat %g ms, misses %u, lease %g ms, round trip %g ms; seed %llu\n",
		(double)o->span / (double)(is_long ? YEAR : DAY), is_long ? "years" : "days",
		c->nodes, (double)c->hb / MS, c->misses, (double)c->lease / MS,
		2 * (double)c->latency / MS, (unsigned long long)o->seed);
	failures_print(&f, out);
	fprintf(out, "  A leader counts while its host runs, a majority of all hosts follows it and its lease, if any, is held.\n\n");
}

static void print_calm(const struct life *l, FILE *out)
{
	if (l->hopeless)
		fprintf(out, "  No host reached a majority for %.1f s in all, at most %.1f s at a time: no election has a leader then.\n",
			(double)l->hopeless / SEC, (double)l->hopeless_longest / SEC);
	else
		fprintf(out, "  At any time some host reached a majority.\n");
	fprintf(out, "  %llu failures began or ended. %.4f %% of the time was simulated; the rest was calm.\n",
		(unsigned long long)l->turns, 100 - 100.0 * (double)l->skipped / (double)l->t.span);
}

static int years(const struct order *o)
{
	static struct life l[SIDES];
	u32 side, failed = 0;

	print_model(o, stdout);
	for (side = 0; side < SIDES; side++) {
		l[side] = (struct life){ .order = o, .side = side, .jumps = true };
		failed += !live(&l[side], stdout);
	}
	print_table(l, stdout);
	print_calm(l, stdout);
	return failed ? 1 : 0;
}

/* Runs each life with jumps and without. Both must count the same, to the nanosecond. */
static int compare(const struct order *o)
{
	u32 side, failed = 0;

	for (side = 0; side < SIDES; side++) {
		struct life jumps = { .order = o, .side = side, .jumps = true };
		struct life walks = { .order = o, .side = side };
		bool ok = live(&jumps, stdout) & live(&walks, stdout);

		printf("%s: %llu failures began or ended, %.3f s without a leader; jumped over %.1f %% of the time\n",
		       tally_name(side), (unsigned long long)walks.turns, (double)walks.t.without / SEC,
		       100.0 * (double)jumps.skipped / (double)jumps.t.span);
		if (ok && jumps.digest != walks.digest) {
			printf("FAIL %s: %.9f s without a leader if it jumps, %llu changes of the leader and not %llu\n",
			       tally_name(side), (double)jumps.t.without / SEC,
			       (unsigned long long)jumps.t.changes, (unsigned long long)walks.t.changes);
			ok = false;
		}
		failed += !ok;
	}
	printf("%u passed, %u failed, 0 skipped\n", SIDES - failed, failed);
	return failed ? 1 : 0;
}

/* The options that have a number, and where it is put. */
static const struct number {
	const char *word;
	const char *what;
	u64 least, most;
	u64 unit;
	size_t to;
} numbers[] = {
#define TO(field)	offsetof(struct order, field)
	{ "--years", "how long, in years of 365.25 days (default: 100)", 1, 200, YEAR, TO(span) },
	{ "--days", "how long, in days", 1, 73050, DAY, TO(span) },
	{ "--hours", "how long, in hours", 1, 1753200, HOUR, TO(span) },
	{ "--seed", "the seed of all random numbers (default: 1)", 1, 1000000, 1, TO(seed) },
	{ "--nodes", "hosts of the group (default: 5)", 2, FAILURE_HOSTS, 1, TO(nodes) },
	{ "--heartbeat", "ms (default: 100)", 10, 5000, MS, TO(hb) },
	{ "--misses", "heartbeats until a silent leader is gone (default: 3)", 2, 20, 1, TO(misses) },
	{ "--faster", "failures come so many times as often (default: 1)", 1, 100000, 1, TO(faster) },
};

#define NUMBERS	(sizeof(numbers) / sizeof(*numbers))

static int help(void)
{
	u32 i;

	printf("usage: years [OPTION N]... [--compare]\n"
	       "Runs a group through the same failures under each election, and prints a table.\n");
	for (i = 0; i < NUMBERS; i++)
		printf("  %-12s N  %s\n", numbers[i].word, numbers[i].what);
	printf("  --compare       runs each election with and without jumps over calm time: both must count the same\n"
	       "  --help          prints this text\n");
	return 0;
}

/* Returns true if the two words are an option and its number; else it says why not. */
static bool parse(struct order *o, const char *word, const char *value)
{
	char *end = NULL;
	u64 number;
	u32 i;

	for (i = 0; i < NUMBERS && strcmp(word, numbers[i].word); i++)
		;
	if (i == NUMBERS) {
		fprintf(stderr, "years: there is no option '%s'; see years --help\n", word);
		return false;
	}
	number = value ? strtoull(value, &end, 10) : 0;
	if (!value || *value < '0' || *value > '9' || *end || number < numbers[i].least ||
	    number > numbers[i].most) {
		fprintf(stderr, "years: %s needs a whole number from %llu to %llu\n", word,
			(unsigned long long)numbers[i].least, (unsigned long long)numbers[i].most);
		return false;
	}
	*(u64 *)((char *)o + numbers[i].to) = number * numbers[i].unit;
	return true;
}

int main(int argc, char **argv)
{
	struct order o = {
		.span = 100 * YEAR, .seed = 1, .faster = 1, .nodes = 5, .hb = 100 * MS, .misses = 3,
	};
	bool both = false;
	int i;

	for (i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h"))
			return help();
		if (!strcmp(argv[i], "--compare"))
			both = true;
		else if (parse(&o, argv[i], argv[i + 1]))
			i++;
		else
			return 2;
	}
	o.course = (struct course){
		.nodes = (u32)o.nodes, .hb = o.hb, .misses = (u32)o.misses, .latency = 500 * US,
		.lease = o.hb * (o.misses > 3 ? o.misses : 3),	/* the module's default */
	};
	return both ? compare(&o) : years(&o);
}
