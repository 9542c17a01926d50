// SPDX-License-Identifier: GPL-2.0-only
/* announce.c - a claim and its repetition until every live peer knows of it (E12) */
#include "announce.h"
#include "clock.h"
#include "hello.h"
#include "outbox.h"
#include "peers.h"
#include "position.h"
#include "rank.h"

/* From one COORDINATOR to the next, for one that has not answered. */
static u64 claim_interval(const struct bully_core *c, const struct bully_peer *p)
{
	u64 hb = c->opts.heartbeat_ns;
	u64 first = p->rtt ? bully_max(4 * p->rtt, hb / 4) : hb / 2;

	/* nobody leads while votes are asked for, and packets get lost */
	if (bully_leases(c) && c->state != BULLY_STATE_LEADER)
		return bully_max(hb / 4, 2 * p->rtt);		/* R13 */

	return bully_max(hb / 4, bully_min(first << p->announce.tries, hb));
}

/* The claim is silent towards nobody: also peers that are down are told once. */
void bully_announce_begin(struct bully_core *c)
{
	u64 hb = c->opts.heartbeat_ns, due = BULLY_NEVER, hello = BULLY_NEVER;
	struct bully_peer *p;
	u32 i;

	c->announce.at = c->now;
	c->announce.spare_until = c->now + bully_detection(c) + hb;
	bully_send(c, BULLY_TO_ALL, 0, BULLY_MSG_COORDINATOR, 0);
	bully_for_each_peer(c, i, p) {
		p->announce.tries = 0;
		bully_hello_reset(p);
		p->announce.acked = p->state == BULLY_PEER_STATE_DOWN ||
				    (p->set.differ && !bully_leases(c));
		p->announce.due = c->now + claim_interval(c, p);
		p->announce.until = c->now + bully_detection(c) + hb;
		bully_hello_at(c, p, c->now + bully_jittered(c, hb));
		if (!p->announce.acked)
			due = bully_min(due, p->announce.due);
		hello = bully_min(hello, p->hello.due);
	}
	bully_timer_set(c, BULLY_T_TICK, c->now + hb);
	bully_timer_set(c, BULLY_T_CLAIM, due);
	if (c->state == BULLY_STATE_LEADER)	/* a claimant asks by H8 */
		bully_timer_set(c, BULLY_T_HELLO, hello);
}

/* E12: repeat COORDINATOR until it is answered or the peer is down. @due is when to come back
 * at the latest.
 */
void bully_announce_repeat(struct bully_core *c, u64 due)
{
	struct bully_peer *p;
	u32 i;

	bully_for_each_peer(c, i, p) {
		if (p->announce.acked)
			continue;
		if (p->announce.until <= c->now) {
			if (!p->heard || c->now - p->heard > bully_detection(c)) {
				p->announce.acked = true;
				bully_peer_lost(c, p);
				continue;
			}
			p->announce.until = p->heard + bully_detection(c) + 1;
		}
		if (p->announce.due <= c->now) {
			bully_send(c, BULLY_TO_PEER, p->id,
				   p->proved ? BULLY_MSG_COORDINATOR : BULLY_MSG_HELLO, 0);
			p->announce.tries += p->announce.tries < 3;
			p->announce.due = c->now + claim_interval(c, p);
		}
		due = bully_min(due, p->announce.due);
		if (bully_outbox_is_full(c)) {
			due = c->now;
			break;
		}
	}
	bully_timer_advance(c, BULLY_T_CLAIM, due);
}

/* Announce to the peer now, and until it answers. */
void bully_announce_again(struct bully_core *c, struct bully_peer *p)
{
	p->announce.acked = false;
	p->announce.due = c->now;
	p->announce.until = c->now + bully_detection(c) + c->opts.heartbeat_ns;
	bully_timer_advance(c, BULLY_T_CLAIM, c->now);
}

/* The peer sends, and does not know the leader. */
void bully_announce_tell(struct bully_core *c, struct bully_peer *p)
{
	if (!p->announce.acked)
		return;		/* being told already */
	p->announce.tries = 0;
	bully_announce_again(c, p);
}

/* The peer has not answered yet, and what made it refuse is over: repeat now. */
void bully_announce_hasten(struct bully_core *c, struct bully_peer *p)
{
	if (p->announce.acked || p->announce.tries >= 2)
		return;
	p->announce.due = c->now;
	bully_timer_advance(c, BULLY_T_CLAIM, c->now);
}

/* R13: the peer has refused its vote: ask it again after @wait, with the same claim. */
void bully_announce_after(struct bully_core *c, struct bully_peer *p, u64 wait)
{
	p->announce.acked = false;
	p->announce.tries += p->announce.tries < 3;
	p->announce.due = c->now + wait;
	p->announce.until = bully_max(p->announce.until, p->announce.due + bully_detection(c));
	bully_timer_advance(c, BULLY_T_CLAIM, p->announce.due);
}

/* Returns true if the peer is a better successor than @best, whose id is lower: it is higher, or
 * without ranks not behind (F6, F7).
 */
static bool is_better(const struct bully_core *c, const struct bully_peer *p,
		      const struct bully_peer *best)
{
	if (c->policy->ranks)
		return bully_rank_above(bully_rank_peer(c, p), bully_rank_peer(c, best));
	return !bully_position_ahead(best->position, p->position);
}

/* The best live node that would lead, or 0. */
u32 bully_announce_successor(const struct bully_core *c)
{
	const struct bully_peer *best = NULL;
	struct bully_peer *p;
	u32 i;

	bully_for_each_peer(c, i, p) {
		if (p->role != BULLY_ROLE_CANDIDATE || p->state != BULLY_PEER_STATE_UP ||
		    !p->proved || !p->stands || p->duplicate.until > c->now ||
		    (bully_leases(c) && p->set.differ))		/* E14: it elects apart */
			continue;
		if (!best || is_better(c, p, best))
			best = p;
	}
	return best ? best->id : 0;
}

/* H7: a leader finds the followers whose probes have stopped. */
void bully_announce_judge(struct bully_core *c, u64 late)
{
	u64 slack = c->opts.heartbeat_ns / 2;
	struct bully_peer *p;
	u32 i;

	if (late) {
		/* H4: the observer doubts itself first */
		c->announce.spare_until = bully_max(c->announce.spare_until,
						    c->now + bully_detection(c));
		bully_for_each_peer(c, i, p)
			p->announce.until += p->announce.acked ? 0 : late;
	}
	if (c->now < c->announce.spare_until)
		return;
	bully_for_each_peer(c, i, p)
		if (p->state == BULLY_PEER_STATE_UP && p->announce.acked &&
		    c->now - p->heard > bully_max(bully_detection(c), p->detection) + slack)
			bully_peer_lost(c, p);
}
