// SPDX-License-Identifier: GPL-2.0-only
/* wait.c - tests for which nodes an election waits, and how long (E6, E7, R15, R16) */
#include "alone.h"
#include "wait.h"

#define MS	1000000ULL

/* Returns node 2, with peer 3 as the only higher peer; all live. */
static struct bully_core *pair(bool quorum)
{
	static const u32 two[] = { 1, 3, 0 };
	struct bully_core *c = quorum ? alone_quorum(2, two) : alone(2, two);

	alone_all_up();
	return c;
}

/* E6: OK comes from live higher candidates that can win. */
static void answers(struct unit *u)
{
	struct bully_core *c = pair(false);
	struct bully_peer *p = alone_peer(3);
	u32 i;

	for (i = 0; i < 4; i++) {
		c = pair(false);
		CHECK(u, bully_wait_for_any(c));
		switch (i) {
		case 0: p->state = BULLY_PEER_STATE_DOWN; break;
		case 1: p->role = BULLY_ROLE_WITNESS; break;
		case 2: bully_wait_declined(p); break;
		case 3: p->set.differ = true; break;		/* R7 */
		}
		CHECK(u, !bully_wait_for_any(c));
	}
	c = pair(false);
	p->state = BULLY_PEER_STATE_UNKNOWN;
	CHECK(u, bully_wait_for_any(c));
	p->id = 1;					/* lower nodes do not answer */
	CHECK(u, !bully_wait_for_any(c));
}

/* R16: quorum mode waits for a node without success only once, and never if HELLO got no answer. */
static void in_vain(struct unit *u)
{
	struct bully_core *c = pair(true);
	struct bully_peer *p = alone_peer(3);

	CHECK(u, bully_wait_once(p) && !bully_wait_once(p));
	CHECK(u, !bully_wait_for_any(c));
	bully_wait_claimed(p);
	CHECK(u, bully_wait_for_any(c) && bully_wait_once(p));
	bully_wait_forget_chances(c);
	CHECK(u, bully_wait_for_any(c) && bully_wait_once(p));
	c = pair(true);
	p->answered = false;
	CHECK(u, bully_wait_for_any(c));
	c->listen.done = true;
	CHECK(u, !bully_wait_for_any(c));
	p->answered = true;
	CHECK(u, bully_wait_for_any(c));
	c = pair(false);			/* classic mode has no such limit */
	p->election.passed = true;
	CHECK(u, bully_wait_for_any(c));
}

/* E7: the rank counts live higher candidates that would lead. */
static void rank(struct unit *u)
{
	struct bully_core *c = alone(2, alone_around);
	struct bully_peer *p = alone_peer(3);
	u32 i;

	for (i = 0; i < 5; i++) {
		c = alone(2, alone_around);
		alone_all_up();
		CHECK(u, bully_wait_rank(c) == 2);	/* 3 and 9, and not 1 */
		switch (i) {
		case 0: p->state = BULLY_PEER_STATE_UNKNOWN; break;
		case 1: p->role = BULLY_ROLE_WITNESS; break;
		case 2: c->leader = 3; break;		/* this is the lost leader */
		case 3: p->set.differ = true; break;
		case 4: p->stands = false; break;
		}
		CHECK(u, bully_wait_rank(c) == 1);
	}
	alone_step(DETECTION);			/* its report is valid for this time */
	CHECK(u, bully_wait_rank(c) == 1);
	alone_step(1);
	CHECK(u, bully_wait_rank(c) == 2);
}

/* E6: four round trips to the slowest, half a heartbeat to a detection time, and a look (R9). */
static void ok_time(struct unit *u)
{
	static const struct {
		u64 rtt, classic, quorum;
	} table[] = {
		{ 0, 100 * MS, 100 * MS },	/* not measured: a heartbeat */
		{ 1, 50 * MS, 25 * MS },
		{ 25 * MS / 4 + 1, 50 * MS, 25 * MS + 4 },
		{ 25 * MS / 2, 50 * MS, 50 * MS },
		{ 25 * MS / 2 + 1, 50 * MS + 4, 50 * MS + 4 },
		{ 75 * MS, 300 * MS, 300 * MS },
		{ 75 * MS + 1, 300 * MS, 300 * MS },
	};
	struct bully_core *c;
	u32 i;

	for (i = 0; i < sizeof(table) / sizeof(*table); i++) {
		c = pair(false);
		c->opts.look_ns = 7;
		alone_peer(1)->rtt = 1000 * MS;		/* is not asked */
		alone_peer(3)->rtt = table[i].rtt;
		CHECK(u, bully_wait_ok(c) == table[i].classic + 7);
		c = pair(true);
		alone_peer(1)->rtt = 1000 * MS;
		alone_peer(3)->rtt = table[i].rtt;
		CHECK(u, bully_wait_ok(c) == table[i].quorum);
	}
	c = pair(false);
	bully_wait_declined(alone_peer(3));
	CHECK(u, bully_wait_ok(c) == 50 * MS);
}

/* R15: four round trips to the slowest voter, half a heartbeat to a detection time. */
static void votes_time(struct unit *u)
{
	struct bully_core *c = pair(true);

	c->opts.look_ns = 7;
	CHECK(u, bully_wait_votes(c) == 50 * MS + 7);
	alone_peer(1)->rtt = 25 * MS / 2 + 1;
	CHECK(u, bully_wait_votes(c) == 50 * MS + 4 + 7);
	alone_peer(3)->rtt = 75 * MS + 1;
	CHECK(u, bully_wait_votes(c) == DETECTION + 7);
	alone_peer(3)->role = BULLY_ROLE_OBSERVER;
	CHECK(u, bully_wait_votes(c) == 50 * MS + 4 + 7);
	alone_peer(1)->role = BULLY_ROLE_WITNESS;
	CHECK(u, bully_wait_votes(c) == 50 * MS + 4 + 7);
}

/* E5, E6: an election asks higher candidates, and forgets the answers of the last election. */
static void begins(struct unit *u)
{
	struct bully_core *c = pair(false);

	bully_wait_declined(alone_peer(3));
	CHECK(u, bully_wait_begin(c) && bully_wait_for_any(c));
	alone_peer(3)->state = BULLY_PEER_STATE_DOWN;
	CHECK(u, bully_wait_begin(c));		/* E5: also one that is down */
	alone_peer(3)->role = BULLY_ROLE_OBSERVER;
	CHECK(u, !bully_wait_begin(c));
}

const struct unit_case unit_wait_cases[] = {
	{ "wait_E6_who_may_answer", answers },
	{ "wait_R16_nobody_twice_in_vain", in_vain },
	{ "wait_E7_rank", rank },
	{ "wait_E6_how_long_for_ok", ok_time },
	{ "wait_R15_how_long_for_votes", votes_time },
	{ "wait_E5_election_begins", begins },
	{ 0 },
};
