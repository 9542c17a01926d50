// SPDX-License-Identifier: GPL-2.0-only
/* watch.c - which voter an unlisted observer asks who leads (O2) */
#include "clock.h"
#include "outbox.h"
#include "peers.h"
#include "watch.h"

#define AVOID	8	/* detection times for which a voter that does not serve is not asked */

/* The order in which this session asks the voters: as good as random, and each its own. */
static u64 preference(const struct bully_core *c, const struct bully_peer *p)
{
	u64 hash = (c->session ^ p->id * 0x9e3779b97f4a7c15ULL) * 0xd6e8feb86659fd93ULL;

	return (hash ^ hash >> 32) * 0xd6e8feb86659fd93ULL;
}

static bool is_avoided(const struct bully_core *c, const struct bully_peer *p)
{
	return p->watch.avoid_until > c->now;
}

/* A voter is not asked for @detections, if there is another. */
static void avoid(struct bully_core *c, struct bully_peer *p, u32 detections)
{
	p->watch.avoid_until = c->now + bully_jittered(c, detections * bully_detection(c));
}

/* Returns true if the first voter is to be asked rather than the second. */
static bool is_better(const struct bully_core *c, const struct bully_peer *a,
		      const struct bully_peer *b)
{
	if (is_avoided(c, a) || is_avoided(c, b))
		return a->watch.avoid_until < b->watch.avoid_until;
	return preference(c, a) > preference(c, b);
}

/* Returns the best voter other than @but; NULL if there is none. */
static struct bully_peer *best_but(const struct bully_core *c, const struct bully_peer *but)
{
	struct bully_peer *p, *best = NULL;
	u32 i;

	bully_for_each_peer(c, i, p)
		if (p->role != BULLY_ROLE_OBSERVER && p != but &&
		    (!best || is_better(c, p, best)))
			best = p;
	return best;
}

/* O4: only what names its session takes a place. */
static void ask(struct bully_core *c, struct bully_peer *p)
{
	p->watch.open = true;
	bully_send(c, BULLY_TO_PEER, p->id, BULLY_MSG_HELLO, 0)->unnamed =
		!c->watch.settled || p->id != c->watch.asked;
}

/* Ask this voter from now on; no place is taken before it has served once. */
static void try(struct bully_core *c, const struct bully_peer *p)
{
	c->watch.asked = p ? p->id : 0;
	c->watch.settled = false;
}

/* This voter has served, and is the best that does. */
static void settle(struct bully_core *c, const struct bully_peer *p)
{
	if (c->watch.settled && c->watch.asked != p->id)
		bully_send(c, BULLY_TO_PEER, c->watch.asked, BULLY_MSG_RESIGN, 0);
	c->watch.asked = p->id;
	c->watch.settled = true;
}

/* A voter that has not answered the question of the last heartbeat is down. */
static void judge(struct bully_core *c)
{
	struct bully_peer *p;
	u32 i;

	bully_for_each_peer(c, i, p) {
		if (!p->watch.open)
			continue;
		p->watch.open = false;
		bully_peer_lost(c, p);
		avoid(c, p, AVOID);
	}
}

/* E1: nothing is known of any voter. */
void bully_watch_begin(struct bully_core *c)
{
	struct bully_peer *p;
	u32 i;

	bully_for_each_peer(c, i, p) {
		p->watch.open = false;
		p->watch.avoid_until = 0;
	}
	try(c, NULL);
	c->watch.denier = 0;
	bully_timer_set(c, BULLY_T_TICK, c->now);
}

/* A heartbeat is over. If this node was @late, the voters had less time to answer (H4). */
void bully_watch_tick(struct bully_core *c, u64 late)
{
	u64 hb = c->opts.heartbeat_ns;
	struct bully_peer *p, *other;

	/* not all observers at once: they may have started at the same moment */
	bully_timer_set(c, BULLY_T_TICK,
			c->now + (c->watch.asked ? hb : hb / 2 + bully_jitter(c, hb / 2)));
	if (!late)
		judge(c);
	p = bully_core_find(c, c->watch.asked);
	if (!p || is_avoided(c, p)) {
		p = best_but(c, NULL);
		try(c, p);
	}
	if (!p)
		return;
	ask(c, p);
	bully_timer_set(c, BULLY_T_AGAIN, c->now + bully_max(hb / 4, 2 * p->rtt));
	/* without a leader a voter that is down must not cost a heartbeat */
	other = best_but(c, p);
	if (!other || other->watch.open)
		return;
	if (!c->leader || (!is_avoided(c, other) && is_better(c, other, p)))
		ask(c, other);
}

/* No answer yet: a lost packet must not cost the voter an observer. */
void bully_watch_repeat(struct bully_core *c)
{
	struct bully_peer *p = bully_core_find(c, c->watch.asked);

	if (!p || !p->watch.open)
		return;
	if (!c->leader)
		p = best_but(c, p);
	if (p)
		ask(c, p);
}

/* A voter has answered, and named the leader. If it is @full, this node is to ask another one. */
void bully_watch_named(struct bully_core *c, struct bully_peer *p, bool full)
{
	struct bully_peer *asked = bully_core_find(c, c->watch.asked);

	p->watch.open = false;
	c->watch.denier = 0;
	if (full) {
		avoid(c, p, AVOID);
		return;
	}
	p->watch.avoid_until = 0;
	if (!asked || asked == p || is_better(c, p, asked))
		settle(c, p);
}

/*
 * A voter has answered, and named no leader. It may be the only one that has none: ask another
 * at once. Returns true if the last answer was from another voter, and named none either, or if
 * there is no other voter.
 */
bool bully_watch_denied(struct bully_core *c, struct bully_peer *p)
{
	bool again = c->watch.denier && c->watch.denier != p->id;
	struct bully_peer *other;

	p->watch.open = false;
	if (c->watch.denier != p->id)
		avoid(c, p, 1);
	c->watch.denier = p->id;
	other = best_but(c, p);
	if (!other)
		return true;
	if (!again && c->leader) {
		try(c, other);
		ask(c, other);
	}
	return again;
}
