// SPDX-License-Identifier: GPL-2.0-only
/* announce.c - tests the repetition of a claim, and silent followers (E12, H4, H7, R13) */
#include "alone.h"
#include "announce.h"
#include "clock.h"

/* Returns node 2, which has just claimed; all live. */
static struct bully_core *claimed(bool quorum)
{
	struct bully_core *c = quorum ? alone_quorum(2, alone_around) : alone(2, alone_around);

	alone_all_up();
	c->state = quorum ? BULLY_STATE_ELECTION : BULLY_STATE_LEADER;
	bully_announce_begin(c);
	return c;
}

/* E10: a claim goes to all, and is repeated to those that may answer it. */
static void begins(struct unit *u)
{
	struct bully_core *c = alone(2, alone_around);

	alone_all_up();
	alone_peer(1)->state = BULLY_PEER_STATE_DOWN;
	alone_peer(3)->set.differ = true;		/* E14 */
	alone_peer(9)->announce.tries = 3;
	c->state = BULLY_STATE_LEADER;
	bully_announce_begin(c);
	CHECK(u, fix.out.n == 1 && alone_said(BULLY_MSG_COORDINATOR, 0)->target == BULLY_TO_ALL);
	CHECK(u, alone_peer(1)->announce.acked && alone_peer(3)->announce.acked);
	CHECK(u, !alone_peer(9)->announce.acked && !alone_peer(9)->announce.tries);
	CHECK(u, c->clock.timer[BULLY_T_CLAIM] == c->now + FIX_HB / 2);
	CHECK(u, c->clock.timer[BULLY_T_TICK] == c->now + FIX_HB);
	CHECK(u, c->announce.at == c->now && c->announce.spare_until == c->now + DETECTION + FIX_HB);
	/* S6: peers that are lost are asked about a heartbeat after it */
	CHECK(u, alone_peer(1)->hello.due >= c->now + FIX_HB * 3 / 4);
	CHECK(u, alone_peer(1)->hello.due < c->now + FIX_HB * 5 / 4);
}

/* E12: repeats after half a heartbeat, then every heartbeat; sooner if the peer is near. */
static void intervals(struct unit *u)
{
	static const struct {
		u64 rtt, wait[4];
	} table[] = {
		{ 0, { FIX_HB / 2, FIX_HB, FIX_HB, FIX_HB } },
		{ 1, { FIX_HB / 4, FIX_HB / 2, FIX_HB, FIX_HB } },
		{ FIX_HB / 10, { FIX_HB * 2 / 5, FIX_HB * 4 / 5, FIX_HB, FIX_HB } },
		{ FIX_HB, { FIX_HB, FIX_HB, FIX_HB, FIX_HB } },
	};
	struct bully_core *c;
	struct bully_peer *p;
	u32 i, k;

	for (i = 0; i < sizeof(table) / sizeof(*table); i++) {
		c = claimed(false);
		p = alone_peer(9);
		p->rtt = table[i].rtt;
		bully_announce_begin(c);
		alone_peer(1)->announce.acked = alone_peer(3)->announce.acked = true;
		for (k = 0; k < 4; k++) {
			CHECK(u, p->announce.due == c->now + table[i].wait[k]);
			alone_step(table[i].wait[k] - 1);
			p->heard = c->now;
			bully_announce_repeat(c, BULLY_NEVER);
			CHECK(u, !fix.out.n);
			alone_step(1);
			bully_announce_repeat(c, BULLY_NEVER);
			CHECK(u, fix.out.n == 1 && alone_sent(BULLY_MSG_COORDINATOR, 9));
		}
		CHECK(u, p->announce.tries == 3);
	}
}

/* R13: a claimant asks each quarter of a heartbeat, or after two round trips. */
static void claimant(struct unit *u)
{
	struct bully_core *c = claimed(true);
	struct bully_peer *p = alone_peer(9);

	CHECK(u, p->announce.due == c->now + FIX_HB / 4);
	p->announce.tries = 3;
	p->rtt = FIX_HB / 8 + 1;
	alone_step(FIX_HB / 4);
	bully_announce_repeat(c, BULLY_NEVER);
	CHECK(u, p->announce.due == c->now + FIX_HB / 4 + 2);
	CHECK(u, bully_core_deadline(c) <= c->now + FIX_HB / 4);
}

/* E12: repeats until the answer. A peer without a proved session gets a HELLO instead. */
static void answered(struct unit *u)
{
	struct bully_core *c = claimed(false);

	bully_announce_acked(alone_peer(1));
	alone_peer(3)->proved = false;
	alone_step(FIX_HB);
	bully_announce_repeat(c, BULLY_NEVER);
	CHECK(u, fix.out.n == 2 && alone_sent(BULLY_MSG_HELLO, 3));
	CHECK(u, alone_sent(BULLY_MSG_COORDINATOR, 9));
}

/* E12: or until the peer is down: silent for a detection time and a heartbeat after the claim. */
static void down(struct unit *u)
{
	struct bully_core *c = claimed(false);
	struct bully_peer *p = alone_peer(9);

	alone_step(DETECTION + FIX_HB - 1);
	bully_announce_repeat(c, BULLY_NEVER);
	CHECK(u, p->state == BULLY_PEER_STATE_UP);
	p->heard = c->now + 1 - DETECTION;		/* it sends, but it does not answer */
	alone_step(1);
	bully_announce_repeat(c, BULLY_NEVER);
	CHECK(u, alone_peer(1)->state == BULLY_PEER_STATE_DOWN && alone_peer(1)->announce.acked);
	CHECK(u, p->state == BULLY_PEER_STATE_UP && !p->announce.acked);
	CHECK(u, p->announce.until == c->now + 1);
	alone_step(1);
	bully_announce_repeat(c, BULLY_NEVER);
	CHECK(u, p->state == BULLY_PEER_STATE_DOWN && p->announce.acked);
}

/* A peer that does not know the leader is told at once and again, unless it is being told. */
static void tells(struct unit *u)
{
	struct bully_core *c = claimed(false);
	struct bully_peer *p = alone_peer(9);
	u64 due = p->announce.due;

	p->announce.tries = 2;
	bully_announce_tell(c, p);
	CHECK(u, p->announce.due == due && p->announce.tries == 2);
	bully_announce_hasten(c, p);
	CHECK(u, p->announce.due == due);
	p->announce.tries = 1;
	bully_announce_hasten(c, p);
	CHECK(u, p->announce.due == c->now && c->clock.timer[BULLY_T_CLAIM] == c->now);
	p->announce.acked = true;
	p->announce.due = due;
	bully_announce_hasten(c, p);
	CHECK(u, p->announce.due == due);
	bully_announce_tell(c, p);
	CHECK(u, !p->announce.acked && p->announce.due == c->now && !p->announce.tries);
	CHECK(u, p->announce.until == c->now + DETECTION + FIX_HB);
	bully_announce_after(c, p, 3 * DETECTION);	/* R13 */
	CHECK(u, p->announce.due == c->now + 3 * DETECTION && p->announce.tries == 1);
	CHECK(u, p->announce.until == c->now + 4 * DETECTION);
}

/* S1: the successor is the highest live candidate that stands and has a unique id (D1). */
static void successor(struct unit *u)
{
	struct bully_core *c = claimed(false);
	struct bully_peer *p = alone_peer(9);
	u32 i;

	for (i = 0; i < 5; i++) {
		c = claimed(false);
		CHECK(u, bully_announce_successor(c) == 9);
		switch (i) {
		case 0: p->role = BULLY_ROLE_WITNESS; break;
		case 1: p->state = BULLY_PEER_STATE_UNKNOWN; break;
		case 2: p->proved = false; break;
		case 3: p->stands = false; break;
		case 4: p->duplicate.until = c->now + 1; break;
		}
		CHECK(u, bully_announce_successor(c) == 3);
	}
	alone_step(1);
	CHECK(u, bully_announce_successor(c) == 9);
	CHECK(u, !bully_announce_successor(alone(2, alone_around)));
}

/* H7: a follower is down after a detection time, its own if that is longer, and half a heartbeat. */
static void judges(struct unit *u)
{
	struct bully_core *c = claimed(false);
	u64 limit = DETECTION + FIX_HB / 2;
	u32 i;

	for (i = 0; i < c->n_peers; i++)
		c->peer[i]->announce.acked = true;
	alone_step(10 * DETECTION);
	alone_peer(1)->heard = c->now - limit;
	alone_peer(3)->heard = c->now - limit - 1;
	alone_peer(9)->heard = c->now - limit - 1;
	alone_peer(9)->detection = DETECTION + 1;
	bully_announce_judge(c, 0);
	CHECK(u, alone_peer(1)->state == BULLY_PEER_STATE_UP);
	CHECK(u, alone_peer(3)->state == BULLY_PEER_STATE_DOWN);
	CHECK(u, alone_peer(9)->state == BULLY_PEER_STATE_UP);
	alone_step(1);
	alone_peer(1)->announce.acked = false;		/* E12 judges this peer */
	bully_announce_judge(c, 0);
	CHECK(u, alone_peer(1)->state == BULLY_PEER_STATE_UP);
	CHECK(u, alone_peer(9)->state == BULLY_PEER_STATE_DOWN);
}

/* H4: no peer is down right after the claim, or for a detection time after a late tick. */
static void spares(struct unit *u)
{
	struct bully_core *c = claimed(false);
	struct bully_peer *p = alone_peer(9);

	p->announce.acked = true;
	p->heard = 1;
	alone_step(DETECTION + FIX_HB - 1);
	bully_announce_judge(c, 0);
	CHECK(u, p->state == BULLY_PEER_STATE_UP);
	alone_peer(3)->announce.until = 100;
	bully_announce_judge(c, 7);
	CHECK(u, alone_peer(3)->announce.until == 107);
	alone_step(DETECTION - 1);
	bully_announce_judge(c, 0);
	CHECK(u, p->state == BULLY_PEER_STATE_UP);
	alone_step(1);
	bully_announce_judge(c, 0);
	CHECK(u, p->state == BULLY_PEER_STATE_DOWN);
}

const struct unit_case unit_announce_cases[] = {
	{ "announce_E10_to_all", begins },
	{ "announce_E12_intervals", intervals },
	{ "announce_R13_claimant_asks_soon", claimant },
	{ "announce_E12_until_answered", answered },
	{ "announce_E12_until_down", down },
	{ "announce_R13_tells_again", tells },
	{ "announce_S1_successor", successor },
	{ "announce_H7_silent_followers", judges },
	{ "announce_H4_spares_followers", spares },
	{ 0 },
};
