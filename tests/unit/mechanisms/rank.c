// SPDX-License-Identifier: GPL-2.0-only
/* rank.c - tests the order of nodes, and what is known of another node's rank (P10 to P12) */
#include "alone.h"
#include "peers.h"
#include "rank.h"

/* P10: first the priority, then the id. */
static void above(struct unit *u)
{
	static const struct bully_rank order[] = {
		{ 0, 0 }, { 0, 1 }, { 0, 2 }, { 0, 0xffffffff }, { 1, 1 }, { 255, 2 },
		{ 0xffffffff, 1 },
	};
	u32 i, k, n = sizeof(order) / sizeof(*order);

	for (i = 0; i < n; i++)
		for (k = 0; k < n; k++)
			CHECK(u, bully_rank_above(order[i], order[k]) == (i > k));
}

/* P11: until a peer has told its priority the ids decide, whatever the own priority is. */
static void unknown(struct unit *u)
{
	struct bully_core *c = alone(2, alone_around);
	struct bully_peer *one = alone_peer(1), *three = alone_peer(3);
	u32 own;

	for (own = 0; own < 300; own += 150) {
		c->opts.priority = own;
		CHECK(u, !bully_rank_is_higher(c, one) && bully_rank_is_higher(c, three));
		CHECK(u, bully_rank_priority(c, 3) == 0 && bully_rank_priority(c, 2) == own);
	}
	CHECK(u, bully_peer_ranked(one, 400) && bully_rank_is_higher(c, one));
	CHECK(u, !bully_peer_ranked(one, 400) && bully_rank_priority(c, 1) == 400);
	CHECK(u, bully_peer_ranked(three, 0) && !bully_rank_is_higher(c, three));
	bully_peer_lost(c, one);
	CHECK(u, bully_rank_is_higher(c, one));
	/* a node that is no peer, and none at all */
	CHECK(u, bully_rank_above(bully_rank_of(c, 77), bully_rank_own(c)));
	CHECK(u, !bully_rank_above(bully_rank_of(c, 0), bully_rank_own(c)));
	CHECK(u, bully_rank_priority(c, 77) == 0 && bully_rank_priority(c, 0) == 0);
}

/* P11: of a leader that others name, the later word counts. */
static void named(struct unit *u)
{
	struct bully_core *c = alone(2, alone_around);
	struct bully_peer *p = alone_peer(9);
	static struct bully_msg m;

	fix_msg(&m, BULLY_MSG_OK, 3);
	CHECK(u, !bully_rank_named_is_higher(c, &m));		/* nobody */
	m.leader = 9;
	m.leader_age_us = 1000;
	c->opts.priority = 5;
	m.leader_priority = 4;
	CHECK(u, !bully_rank_named_is_higher(c, &m));
	m.leader_priority = 5;
	CHECK(u, bully_rank_named_is_higher(c, &m));
	bully_peer_ranked(p, 1);
	p->heard = c->now - 1000001;				/* before what is said */
	CHECK(u, bully_rank_named_is_higher(c, &m));
	p->heard = c->now - 1000000;
	CHECK(u, !bully_rank_named_is_higher(c, &m));
	m.leader = 77;						/* no peer */
	CHECK(u, bully_rank_named_is_higher(c, &m));
	m.leader = 2;						/* this node */
	CHECK(u, !bully_rank_named_is_higher(c, &m));
}

/* P12: another priority is told to all once. */
static void tell(struct unit *u)
{
	struct bully_core *c = alone(2, alone_around);

	bully_rank_begin(c);
	bully_rank_tell(c);
	CHECK(u, alone_count(BULLY_MSG_HELLO) == 0);
	c->opts.priority = 7;
	bully_rank_tell(c);
	CHECK(u, alone_count(BULLY_MSG_HELLO) == 1);
	CHECK(u, alone_said(BULLY_MSG_HELLO, 0)->target == BULLY_TO_ALL);
	bully_rank_tell(c);
	CHECK(u, alone_count(BULLY_MSG_HELLO) == 1);
}

const struct unit_case unit_rank_cases[] = {
	{ "rank_P10_above", above },
	{ "rank_P11_unknown", unknown },
	{ "rank_P11_later_word", named },
	{ "rank_P12_told_once", tell },
	{ 0 },
};
