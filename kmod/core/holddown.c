// SPDX-License-Identifier: GPL-2.0-only
/* holddown.c - how often a peer's session changed, and how long that keeps it a follower */
#include "holddown.h"

#define CHANGE		65536u		/* what a change of the session adds to the penalty */
#define PENALTY_MAX	(256 * CHANGE)	/* so that even the worst night is forgotten */

/* 65536 times the square root of 1/2, the root of that, and so on (P5) */
static const u32 roots[] = {
	46341, 55109, 60097, 62757, 64132, 64830, 65182, 65359, 65447, 65492, 65514, 65525,
};

/* What is left of a penalty after @time: half of it in each half-life (P5). */
static u32 decay(u32 penalty, u64 time, u64 half_life)
{
	u32 i;

	while (penalty && time >= half_life) {
		penalty >>= 1;
		time -= half_life;
	}
	/* the rest of the time, as a binary fraction of the half-life */
	for (i = 0; i < sizeof(roots) / sizeof(*roots); i++) {
		time <<= 1;
		if (time < half_life)
			continue;
		time -= half_life;
		penalty = (u64)penalty * roots[i] >> 16;
	}
	return penalty;
}

/* The peer's penalty if its session changed now. */
static u32 counted(const struct bully_core *c, const struct bully_peer *p)
{
	u64 since = c->now - p->holddown.penalty_at;
	u32 before = decay(p->holddown.penalty, since, c->opts.holddown_half_life_ns);

	return bully_min(before + CHANGE, PENALTY_MAX);
}

/* The hold-down that a penalty costs: doubled with each change above the free ones (P6). */
static u64 length(const struct bully_core *c, u32 penalty)
{
	u32 changes = (penalty + CHANGE / 2) / CHANGE, shift;
	u64 max = c->opts.holddown_max_ns;

	if (changes <= c->opts.holddown_free)
		return 0;
	shift = bully_min(changes - c->opts.holddown_free - 1, 63);
	return c->opts.holddown_delay_ns > max >> shift ? max : c->opts.holddown_delay_ns << shift;
}

/* P5: a session takes the place of another; the nodes that stayed up remember it. */
void bully_holddown_count(struct bully_core *c, struct bully_peer *p)
{
	p->holddown.penalty = counted(c, p);
	p->holddown.penalty_at = c->now;
}

u64 bully_core_peer_holddown(const struct bully_core *c, const struct bully_peer *p, u64 now)
{
	u64 gone = bully_max(now, c->now) - p->holddown.penalty_at;
	u64 whole = length(c, p->holddown.penalty);

	return c->opts.holddown && whole > gone ? whole - gone : 0;
}

/**
 * bully_holddown_tell() - what an answer to HELLO says of the asker's hold-down (P7)
 * @c: the core
 * @p: the asker
 * @session: the one that it asked from
 *
 * A new session is not believed yet. But the asker decides by our answer, so it must know
 * now what the change will cost.
 *
 * Return: us
 */
u32 bully_holddown_tell(const struct bully_core *c, const struct bully_peer *p, u64 session)
{
	u64 left = 0;

	if (session == p->session)
		left = bully_core_peer_holddown(c, p, c->now);
	else if (p->session && c->opts.holddown)
		left = length(c, counted(c, p));
	return bully_min(bully_div(left, 1000), 0xffffffff);
}

/* P8: a node that stayed up tells us to stay a follower; the longest time counts. */
void bully_holddown_told(struct bully_core *c, const struct bully_msg *m)
{
	if (c->opts.holddown && !c->holddown.lifted)
		c->holddown.until = bully_max(c->holddown.until, c->now + (u64)m->remain_us * 1000);
}

/* The operator wants this node to lead: that goes for all of this session (P4). */
void bully_holddown_end(struct bully_core *c)
{
	c->holddown.lifted = true;
	c->holddown.until = 0;
}

u64 bully_core_holddown(const struct bully_core *c, u64 now)
{
	u64 at = bully_max(now, c->now), age = at - c->holddown.started_at;

	if (!c->opts.holddown || c->state == BULLY_STATE_LEADER)
		return 0;
	/* however long a liar says: what has lived for the longest hold-down is not held */
	if (c->holddown.until <= at || c->opts.holddown_max_ns <= age)
		return 0;
	return bully_min(c->holddown.until - at, c->opts.holddown_max_ns - age);
}

/* P8: returns true if this node may not depose a live leader now. */
bool bully_holddown_holds(const struct bully_core *c)
{
	return bully_core_holddown(c, c->now) > 0;
}
