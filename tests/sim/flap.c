// SPDX-License-Identifier: GPL-2.0-only
/* flap.c - runs hours in which the highest node restarts again and again (P5 to P8) */
#include "chaos.h"
#include "check.h"

#define HOUR	(3600 * SEC)

/*
 * How often the leader may change in an hour, with the defaults: twice for each
 * session of the flapping node in which it takes leadership; once it gets it,
 * once it loses it.
 *
 * With a restart every few seconds the node leads in its first session, and in those of
 * the two free changes. From the third change on the penalty stays above 2.5 (it would
 * fall below only with 220 s between two changes), so each further change costs 10 s or
 * more, and a shorter session never leads. That is one loss, and two takings with their
 * losses: 5, for any number of restarts.
 *
 * With restarts at the worst moments: a session that never leads only adds to the
 * penalty of the later sessions, so it is left out; then each session lasts at least as
 * long as its hold-down. If a session starts with penalty p (p is below 3.5 after the free
 * ones), the next starts with p / 2^(hold-down / 300 s) + 1 or less: below
 * 3.5 / 2^(10/300) + 1 = 4.42, 4.5 / 2^(20/300) + 1 = 5.30, 5.5 / 2^(40/300) + 1
 * = 6.01, 6.5 / 2^(80/300) + 1 = 6.40 for p rounded to 3, 4, 5, 6. So p is always
 * below 6.5. It decays by ln 2 / 300 s of itself, hence by less than
 * 6.5 * 3600 * ln 2 / 300 = 54.1 in the hour, and each change adds 1: fewer than
 * 54.1 + 6.5 = 60.6 changes, so 60 takings and 60 losses.
 */
#define FEW_SECONDS	5
#define WORST		120

static const struct {
	const char *what;
	u64 up;			/* 0: until the node leads */
	u64 down;		/* 0: until another node leads */
	bool holddown;
	u64 least, most;	/* changes of the leader */
	u64 losses;		/* how often leadership may be lost, to any node */
	bool wan;		/* with the values of tuning.rst for a WAN */
	bool quorum;
} hours[] = {
	{ "up 1 s, down 1 s", SEC, SEC, true, FEW_SECONDS, FEW_SECONDS, FEW_SECONDS, false, false },
	{ "up 3 s, down 2 s", 3 * SEC, 2 * SEC, true, FEW_SECONDS, FEW_SECONDS, FEW_SECONDS, false,
	  false },
	{ "up 9 s, down 1 s", 9 * SEC, SEC, true, FEW_SECONDS, FEW_SECONDS, FEW_SECONDS, false, false },
	{ "at the worst moments", 0, 0, true, 80, WORST, WORST, false, false },
	/* the node is back before another node misses it */
	{ "up 2 s, down 0.1 s", 2 * SEC, SEC / 10, true, 0, FEW_SECONDS, 2 * FEW_SECONDS, false, false },
	{ "up 10 s, down 0.5 s, on a WAN", 10 * SEC, SEC / 2, true, 0, 2 * FEW_SECONDS,
	  2 * FEW_SECONDS, true, false },
	{ "up 2 s, down 0.5 s, on a WAN", 2 * SEC, SEC / 2, true, 0, 2 * FEW_SECONDS,
	  2 * FEW_SECONDS, true, false },
	{ "up 10 s, down 0.5 s, quorum mode on a WAN", 10 * SEC, SEC / 2, true, 0, 2 * FEW_SECONDS,
	  2 * FEW_SECONDS, true, true },
	{ "up 2 s, down 0.5 s, quorum mode on a WAN", 2 * SEC, SEC / 2, true, 0, 2 * FEW_SECONDS,
	  2 * FEW_SECONDS, true, true },
	/* without hold-down: two for each restart */
	{ "up 3 s, down 2 s, holddown off", 3 * SEC, 2 * SEC, false, 1438, 1440, 1440, false, false },
};

/* What the node that stays up has seen. */
struct watch {
	const struct node *by;
	u32 leader;
	u64 epoch;		/* of the last leader that it followed */
	u64 changes;
	u64 losses;		/* of those leaderships */
	u64 since;		/* when it lost its leader, or 0 */
	u64 without;		/* ns */
};

static void look(const struct world *w, struct watch *v)
{
	u32 leader = v->by->core->leader;

	if (!leader) {
		v->since = v->since ? v->since : w->now;
		return;
	}
	v->without += v->since ? w->now - v->since : 0;
	v->since = 0;
	if (v->epoch != v->by->core->epoch)
		v->losses += v->epoch != 0;
	v->epoch = v->by->core->epoch;
	if (leader == v->leader)
		return;
	v->changes += v->leader != 0;
	v->leader = leader;
}

/* Lets @span pass; if @span is 0, waits until @id leads. Ends at @end at the latest. */
static void pass(struct world *w, struct watch *v, u64 span, u32 id, u64 end)
{
	u64 until = span && w->now + span < end ? w->now + span : end;

	while (!w->failed && (span || v->leader != id)) {
		if (!world_step(w, until)) {
			w->now = until;
			break;
		}
		look(w, v);
	}
}

u32 flap_hours(void)
{
	return sizeof(hours) / sizeof(*hours);
}

void flap_run(struct world *w, u32 hour, FILE *out)
{
	struct watch v = { 0 };
	u64 end, restarts = 0;
	struct node *top;
	u32 i;

	world_group(w, 3);
	for (i = 0; i < 3; i++) {
		struct bully_opts *opts = &w->node[i]->opts;

		opts->holddown = hours[hour].holddown;
		if (!hours[hour].wan)
			continue;
		opts->heartbeat_ns = SEC;
		opts->misses = 5;
		node_set_lease(w->node[i], hours[hour].quorum ? 10 * SEC : 0);
	}
	world_start(w, 3);
	top = w->node[2];
	v.by = w->node[0];
	pass(w, &v, hours[hour].wan ? 20 * SEC : SEC, 0, 20 * SEC);
	v.without = 0;
	if (v.leader != top->id)
		return world_fail(w, "C1", "the highest does not lead at first");
	end = w->now + HOUR;
	while (!w->failed && w->now < end) {
		node_crash(w, top);
		pass(w, &v, hours[hour].down, 2, end);
		node_start(w, top);
		restarts++;
		pass(w, &v, hours[hour].up, 3, end);
	}
	fprintf(out, "highest of 3 restarts, %s: %llu restarts, %llu changes of the leader an hour (%llu to %llu allowed)\n",
		hours[hour].what, (unsigned long long)restarts, (unsigned long long)v.changes,
		(unsigned long long)hours[hour].least, (unsigned long long)hours[hour].most);
	fprintf(out, "     %llu losses of leadership (at most %llu), a leader %.2f %% of the time\n",
		(unsigned long long)v.losses, (unsigned long long)hours[hour].losses,
		100 - 100.0 * v.without / HOUR);
	if (v.losses > hours[hour].losses || (hours[hour].holddown && v.without > HOUR / 20))
		world_fail(w, "P9", "leadership was lost %llu times in an hour: %s",
			   (unsigned long long)v.losses, hours[hour].what);
	if (v.changes < hours[hour].least || v.changes > hours[hour].most)
		world_fail(w, "P6", "the leader changed %llu times in an hour: %s",
			   (unsigned long long)v.changes, hours[hour].what);
	/* without restarts the held-down node leads in the end */
	pass(w, &v, BULLY_HOLDDOWN_MAX_NS + SEC, 0, BULLY_NEVER);
	if (!w->failed && v.leader != top->id)
		world_fail(w, "P8", "the highest does not lead when its hold-down is over");
}
