// SPDX-License-Identifier: GPL-2.0-only
/* claim.c - tests a claim that cannot win, and when a claimant asks again (R13 to R15) */
#include "alone.h"
#include "claim.h"
#include "hearsay.h"

static struct bully_msg m;

/* Returns node 2, which has just claimed, with four voters; three are a majority. */
static struct bully_core *claimant(void)
{
	struct bully_core *c = alone_quorum(2, alone_around);

	alone_all_up();
	c->state = BULLY_STATE_ELECTION;
	c->announce.at = c->now;
	c->lease.claim_since = c->now;
	c->lease.claim = 100;
	return c;
}

/* R15: a silent voter counts until the time for answers is over. */
static void silent(struct unit *u)
{
	struct bully_core *c = claimant();

	alone_peer(1)->lease.vote = BULLY_VOTE_GRANTED;
	alone_step(FIX_HB / 2 - 1);
	CHECK(u, !bully_claim_is_hopeless(c));
	alone_step(1);
	CHECK(u, bully_claim_is_hopeless(c));
	alone_peer(3)->lease.vote = BULLY_VOTE_ABSTAINS;	/* it may still grant */
	CHECK(u, !bully_claim_is_hopeless(c));
	alone_peer(3)->role = BULLY_ROLE_OBSERVER;
	CHECK(u, bully_claim_is_hopeless(c));
}

/* R15: a voter of another leader does not count; one that granted a claim counts for a while. */
static void blocked(struct unit *u)
{
	struct bully_core *c = claimant();

	alone_peer(1)->lease.vote = alone_peer(3)->lease.vote = BULLY_VOTE_HELD;
	alone_peer(9)->role = BULLY_ROLE_OBSERVER;		/* three of four are needed */
	CHECK(u, !bully_claim_is_hopeless(c));
	alone_peer(3)->lease.blocked = BULLY_BLOCKED_CLAIM;
	alone_step(FIX_HB / 2 + FIX_HB / 8 - 1);
	CHECK(u, !bully_claim_is_hopeless(c));
	alone_step(1);
	CHECK(u, bully_claim_is_hopeless(c));
	c = claimant();
	alone_peer(1)->lease.blocked = BULLY_BLOCKED_LEASE;
	CHECK(u, !bully_claim_is_hopeless(c));
	alone_peer(3)->lease.blocked = BULLY_BLOCKED_LEASE;
	CHECK(u, bully_claim_is_hopeless(c));
}

/* R6: no claim lasts longer than two leases and a detection time. */
static void too_long(struct unit *u)
{
	struct bully_core *c = claimant();
	u32 i;

	for (i = 0; i < c->n_peers; i++)
		c->peer[i]->lease.vote = BULLY_VOTE_ABSTAINS;
	alone_step(2 * FIX_LEASE + DETECTION - 1);
	CHECK(u, !bully_claim_is_hopeless(c));
	alone_step(1);
	CHECK(u, bully_claim_is_hopeless(c));
}

/* R14: a claim without an answer of any kind from a majority is unheard. */
static void unheard(struct unit *u)
{
	struct bully_core *c = claimant();

	alone_peer(1)->lease.vote = BULLY_VOTE_HELD;
	CHECK(u, bully_claim_is_unheard(c));
	alone_peer(3)->lease.vote = BULLY_VOTE_GRANTED;
	CHECK(u, !bully_claim_is_unheard(c));
	alone_peer(3)->role = BULLY_ROLE_OBSERVER;
	CHECK(u, bully_claim_is_unheard(c));
}

/* R15, R6: this node yields to a live leader, or to the higher of two claimants. */
static void yields(struct unit *u)
{
	static const struct {
		u32 from, leader;
		u8 refusal, state;
		u64 epoch, reported;
		u64 age;		/* ns */
		u8 want;
	} table[] = {
		{ 3, 0, BULLY_VOTE_EPOCH, BULLY_STATE_FOLLOWER, 9, 9, 0, BULLY_BLOCKED_NOT },
		{ 3, 3, BULLY_VOTE_LEADS, BULLY_STATE_ELECTION, 9, 0, 0, BULLY_BLOCKED_CLAIM },
		{ 1, 1, BULLY_VOTE_LEADS, BULLY_STATE_ELECTION, 9, 0, 0, BULLY_BLOCKED_NOT },
		{ 1, 1, BULLY_VOTE_LEADS, BULLY_STATE_LEADER, 9, 9, 0, BULLY_BLOCKED_LEASE },
		{ 3, 9, BULLY_VOTE_HELD, BULLY_STATE_WAITING, 9, 8, 0, BULLY_BLOCKED_CLAIM },
		{ 3, 1, BULLY_VOTE_HELD, BULLY_STATE_WAITING, 9, 8, 0, BULLY_BLOCKED_NOT },
		{ 3, 2, BULLY_VOTE_HELD, BULLY_STATE_WAITING, 9, 8, 0, BULLY_BLOCKED_NOT },
		{ 3, 1, BULLY_VOTE_HELD, BULLY_STATE_FOLLOWER, 9, 9, 0, BULLY_BLOCKED_LEASE },
		{ 3, 1, BULLY_VOTE_HELD, BULLY_STATE_WAITING, 9, 9, 0, BULLY_BLOCKED_NOT },
		{ 3, 1, BULLY_VOTE_HELD, BULLY_STATE_FOLLOWER, 9, 9, DETECTION, BULLY_BLOCKED_LEASE },
		{ 3, 1, BULLY_VOTE_HELD, BULLY_STATE_FOLLOWER, 9, 9, DETECTION + 1000, BULLY_BLOCKED_NOT },
		/* 77 fell silent here an age of 2000 ns ago */
		{ 3, 77, BULLY_VOTE_HELD, BULLY_STATE_FOLLOWER, 9, 9, 2000, BULLY_BLOCKED_NOT },
		{ 3, 77, BULLY_VOTE_HELD, BULLY_STATE_FOLLOWER, 9, 9, 1000, BULLY_BLOCKED_LEASE },
		/* 88 has resigned from epoch 8 */
		{ 3, 88, BULLY_VOTE_HELD, BULLY_STATE_FOLLOWER, 8, 8, 0, BULLY_BLOCKED_NOT },
		{ 3, 88, BULLY_VOTE_HELD, BULLY_STATE_FOLLOWER, 9, 9, 0, BULLY_BLOCKED_LEASE },
	};
	struct bully_core *c;
	u32 i;

	for (i = 0; i < sizeof(table) / sizeof(*table); i++) {
		c = claimant();
		bully_hearsay_missed(c, 77, c->now - 2000);
		bully_hearsay_resigned(c, 88, 8);
		fix_msg(&m, BULLY_MSG_REFUSE, table[i].from);
		m.leader = table[i].leader;
		m.refusal = table[i].refusal;
		m.state = table[i].state;
		m.epoch = table[i].epoch;
		m.reported = table[i].reported;
		m.leader_age_us = bully_div(table[i].age, 1000);
		CHECK(u, bully_claim_yields(c, alone_peer(table[i].from), &m) == table[i].want);
		/* E8: this node has just received a report about a live leader */
		CHECK(u, c->hearsay.leader ==
			 (table[i].want == BULLY_BLOCKED_LEASE ? table[i].leader : 0));
	}
}

/* R13: how long a refused claimant waits depends on the refusals. */
static void waits(struct unit *u)
{
	static const struct {
		u8 refusal, tries;
		u32 remain_us, leader;
		u64 epoch;		/* above 5: a claim */
		u64 want;
	} table[] = {
		{ BULLY_VOTE_UNHEARD, 2, 0, 0, 5, 0 },			/* R10 */
		{ BULLY_VOTE_UNHEARD, 3, 0, 0, 5, FIX_HB / 8 },
		{ BULLY_VOTE_MEMBERS, 0, 9, 0, 5, FIX_HB },		/* R7 */
		{ BULLY_VOTE_ABSTAINS, 0, 60000, 0, 5, 60000000 },
		{ BULLY_VOTE_ABSTAINS, 0, 1, 0, 5, FIX_HB / 32 },
		/* a liar cannot make it wait longer than any grant may live */
		{ BULLY_VOTE_ABSTAINS, 0, 0xffffffff, 0, 5, FIX_LEASE / 99 * 101 + 101 },
		{ BULLY_VOTE_HELD, 0, 60000, 1, 6, FIX_HB / 16 },	/* R15 */
		{ BULLY_VOTE_HELD, 0, 60000, 1, 5, FIX_HB / 2 },
		{ BULLY_VOTE_HELD, 0, 60000, 77, 5, 60000000 },		/* the dead resign nothing */
		{ BULLY_VOTE_HELD, 0, 0, 1, 5, FIX_HB / 8 },
		/* 88 has resigned from epoch 4, which is older than this lease */
		{ BULLY_VOTE_HELD, 0, 60000, 88, 5, FIX_HB / 2 },
		{ BULLY_VOTE_HELD, 0, 60000, 88, 4, FIX_HB / 16 },
		{ BULLY_VOTE_HELD, 2, 60000, 88, 4, FIX_HB / 4 },
		{ BULLY_VOTE_HELD, 9, 60000, 88, 4, FIX_HB / 2 },
		{ BULLY_VOTE_HELD, 9, 40000, 88, 4, 40000000 },
	};
	struct bully_core *c;
	u32 i;

	for (i = 0; i < sizeof(table) / sizeof(*table); i++) {
		c = claimant();
		bully_hearsay_missed(c, 77, c->now);
		bully_hearsay_resigned(c, 88, 4);
		fix_msg(&m, BULLY_MSG_REFUSE, 3);
		m.refusal = table[i].refusal;
		m.remain_us = table[i].remain_us;
		m.leader = table[i].leader;
		m.epoch = table[i].epoch;
		m.reported = 5;
		alone_peer(3)->announce.tries = table[i].tries;
		CHECK(u, bully_claim_wait(c, alone_peer(3), &m) == table[i].want);
	}
}

const struct unit_case unit_claim_cases[] = {
	{ "claim_R15_silent_voters", silent },
	{ "claim_R15_blocked_voters", blocked },
	{ "claim_R6_not_for_too_long", too_long },
	{ "claim_R14_unheard", unheard },
	{ "claim_R15_yields", yields },
	{ "claim_R13_waits", waits },
	{ 0 },
};
