// SPDX-License-Identifier: GPL-2.0-only
/* stand.c - tests whether a node stands (C1, R14, R18, D2, S10) */
#include "alone.h"
#include "stand.h"

static bool quorum_stands(bool quorum, bool lonely)
{
	struct bully_core *c = quorum ? alone_quorum(2, alone_around) : alone(2, alone_around);

	c->listen.lonely = lonely;
	return bully_stands(c);
}

/* One reason is enough not to stand. */
static void reasons(struct unit *u)
{
	struct bully_core *c = NULL;
	u32 i;

	for (i = 0; i < 9; i++) {
		c = alone(2, alone_around);
		CHECK(u, bully_stands(c));
		switch (i) {
		case 0: c->opts.role = BULLY_ROLE_WITNESS; break;
		case 1: c->opts.role = BULLY_ROLE_OBSERVER; break;
		case 2: c->opts.candidate = false; break;
		case 3: bully_stand_resign(c); break;		/* C1 */
		case 4: c->duplicate.own = true; break;		/* D2 */
		case 5: c->address.unreached = true; break;	/* S10 */
		case 6: c->stopped = true; break;
		case 7: c->link = BULLY_LINK_NO_CARRIER; break;
		case 8: c->link = BULLY_LINK_NO_PEERS; break;
		}
		CHECK(u, !bully_stands(c));
	}
}

/* R14: a node without an answering majority does not stand; classic mode needs none. */
static void lonely(struct unit *u)
{
	CHECK(u, quorum_stands(true, false) && !quorum_stands(true, true));
	CHECK(u, quorum_stands(false, false) && quorum_stands(false, true));
}

/* R18: fewer voters than the complete group has elect no leader, until there was a leader. */
static void made(struct unit *u)
{
	struct bully_core *c = alone_quorum(2, alone_around);	/* four voters */

	CHECK(u, c->set.voters == 4 && bully_stand_set_is_made(c));
	c->opts.voters = 4;
	CHECK(u, bully_stand_set_is_made(c) && bully_stands(c));
	c->opts.voters = 5;
	CHECK(u, !bully_stand_set_is_made(c) && !bully_stands(c));
	c->role.seen_leader = true;
	CHECK(u, bully_stand_set_is_made(c) && bully_stands(c));
	c = alone(2, alone_around);
	c->opts.voters = 5;
	CHECK(u, bully_stand_set_is_made(c));
}

/* R18: a node alone in its set leads only if its options allow that. */
static void only_voter(struct unit *u)
{
	struct bully_core *c = alone_quorum(2, &alone_around[3]);

	c->role.seen_leader = true;
	c->link = BULLY_LINK_NO_PEERS;
	CHECK(u, c->set.voters == 1 && !bully_stand_set_is_made(c) && !bully_stand_linked(c));
	c->opts.voters = 2;
	CHECK(u, !bully_stand_set_is_made(c) && !bully_stand_linked(c));
	c->opts.voters = 1;
	CHECK(u, bully_stand_set_is_made(c) && bully_stand_linked(c) && bully_stands(c));
	c->link = BULLY_LINK_NO_ADDRESS;
	CHECK(u, !bully_stand_linked(c));
	c = alone(2, &alone_around[3]);
	c->link = BULLY_LINK_NO_PEERS;
	c->opts.voters = 1;
	CHECK(u, !bully_stand_linked(c));
}

/* C1: a resigned node stands again when a lower node replaces its successor. */
static void successor(struct unit *u)
{
	struct bully_core *c = alone(2, alone_around);

	bully_stand_follow(c, 9, false);
	bully_stand_follow(c, 1, true);		/* nothing was resigned: no successor */
	CHECK(u, bully_stands(c) && !c->stand.successor);
	bully_stand_resign(c);
	bully_stand_follow(c, 3, false);
	CHECK(u, !bully_stands(c));
	bully_stand_follow(c, 3, false);
	bully_stand_follow(c, 9, false);
	CHECK(u, !bully_stands(c));
	bully_stand_follow(c, 3, true);
	CHECK(u, bully_stands(c) && !c->stand.successor);
	bully_stand_follow(c, 9, false);
	bully_stand_resign(c);			/* the former leader is not the successor */
	bully_stand_follow(c, 1, false);
	CHECK(u, !bully_stands(c));
	bully_stand_return(c);
	CHECK(u, bully_stands(c));
}

const struct unit_case unit_stand_cases[] = {
	{ "stand_one_reason_is_enough", reasons },
	{ "stand_R14_lonely", lonely },
	{ "stand_R18_set_is_made", made },
	{ "stand_R18_only_voter", only_voter },
	{ "stand_C1_successor_lost", successor },
	{ 0 },
};
