// SPDX-License-Identifier: GPL-2.0-only
/* lease.c - tests the grants of a claimant, and how long they count (R1, R3, R7, R9) */
#include "alone.h"
#include "ballot.h"
#include "clock.h"
#include "lease.h"
#include "outbox.h"

static struct bully_msg m;

/* Returns node 2, which claims epoch 100, with four voters; three are a majority. */
static struct bully_core *claimant(void)
{
	struct bully_core *c = alone_quorum(2, alone_around);

	alone_all_up();
	c->state = BULLY_STATE_ELECTION;
	c->lease.claim = 100;
	return c;
}

static void granted(u32 id, u64 epoch, u64 at)
{
	struct bully_peer *p = alone_peer(id);

	p->lease.epoch = epoch;
	p->lease.at = at;
	p->lease.members = fix.core.set.members;
}

/* R1, R3: a claim is won by a majority of grants younger than the time in R3. */
static void won(struct unit *u)
{
	struct bully_core *c = claimant();
	u64 old = c->now - HOLD;

	c->grant.own_epoch = 100;
	c->grant.own_at = c->now;
	granted(1, 100, c->now);
	CHECK(u, !bully_lease_is_won(c) && bully_lease_grants(c, c->now) == 2);
	granted(3, 99, c->now);				/* of an older claim */
	CHECK(u, !bully_lease_is_won(c));
	granted(3, 100, old);				/* too old by a moment */
	CHECK(u, !bully_lease_is_won(c) && bully_lease_grants(c, c->now) == 2);
	granted(3, 100, old + 1);
	CHECK(u, bully_lease_grants(c, c->now) == 3 && bully_lease_is_won(c));
	CHECK(u, c->lease.base == old + 1 && c->lease.until == c->now + 1);
	granted(3, 101, c->now);			/* a later claim keeps others out as well */
	granted(9, 100, old + 1);
	CHECK(u, bully_lease_is_won(c) && c->lease.until == c->now + HOLD);
	alone_peer(3)->role = BULLY_ROLE_OBSERVER;
	CHECK(u, bully_lease_is_won(c) && c->lease.base == old + 1);
	c->lease.claim = 0;
	CHECK(u, !bully_lease_is_won(c) && !bully_lease_grants(c, c->now));
}

/* R7: grants with a set that is neither of this node's sets count only for a larger majority. */
static void ahead(struct unit *u)
{
	static const u32 four[] = { 1, 3, 5, 9, 0 };
	struct bully_core *c = alone_quorum(2, four);	/* five voters: 3, or 4 a step ahead */

	c->state = BULLY_STATE_ELECTION;
	c->lease.claim = 100;
	c->grant.own_epoch = 100;
	c->grant.own_at = c->now;
	granted(1, 100, c->now);
	granted(3, 100, c->now);
	CHECK(u, bully_lease_is_won(c));
	alone_peer(3)->lease.members++;
	CHECK(u, !bully_lease_is_won(c));
	c->set.members_prev = alone_peer(3)->lease.members;
	CHECK(u, bully_lease_is_won(c));
	c->set.members_prev = 0;
	granted(5, 100, c->now);
	alone_peer(5)->lease.members++;
	CHECK(u, bully_lease_is_won(c));		/* four of six */
}

/* R3: the lease counts from the grant that makes the majority; renewed, never shortened. */
static void renewed(struct unit *u)
{
	struct bully_core *c = claimant();
	u64 begin = c->now;

	c->state = BULLY_STATE_LEADER;
	c->epoch = 100;
	c->grant.own_epoch = 100;
	c->grant.own_at = begin + 30;
	granted(1, 100, begin + 10);
	granted(3, 100, begin + 20);
	alone_step(50);
	bully_lease_renew(c);
	CHECK(u, c->lease.base == begin + 10 && c->lease.until == begin + 10 + HOLD);
	CHECK(u, c->clock.timer[BULLY_T_LEASE] == c->lease.until);
	granted(9, 100, begin + 15);
	bully_lease_renew(c);
	CHECK(u, c->lease.base == begin + 15);
	granted(9, 0, 0);				/* a counted grant stays counted */
	bully_lease_renew(c);
	CHECK(u, c->lease.base == begin + 15);
	bully_lease_uncount(c);				/* R7: another set */
	bully_lease_renew(c);
	CHECK(u, c->lease.base == begin + 10);
	CHECK(u, bully_lease_has_vote(c, alone_peer(1)) && !bully_lease_has_vote(c, alone_peer(9)));
	alone_step(HOLD - 40);
	CHECK(u, !bully_lease_has_vote(c, alone_peer(1)) && bully_lease_has_vote(c, alone_peer(3)));
	CHECK(u, !bully_lease_is_claiming(c));
	c->lease.claim = 101;				/* R5: above what it holds */
	CHECK(u, bully_lease_is_claiming(c));
}

/* R9, R8: the lease is over exactly at its end; a tick later than T is a doubt about time. */
static void over(struct unit *u)
{
	struct bully_core *c = claimant();
	u32 late;

	for (late = 0; late < 2; late++) {
		c = claimant();
		c->state = BULLY_STATE_LEADER;
		alone_step(DETECTION);
		bully_timer_set(c, BULLY_T_TICK, c->now - FIX_LEASE - late);
		bully_timer_set(c, BULLY_T_LEASE, c->now + 1);
		CHECK(u, bully_lease_over(c) == BULLY_REASON_NONE);
		bully_timer_set(c, BULLY_T_LEASE, c->now);
		CHECK(u, bully_lease_over(c) == (late ? BULLY_REASON_TIME_DOUBT :
							BULLY_REASON_LEASE_LOST));
		CHECK(u, c->stats.voided == late && bully_lease_over(c) == BULLY_REASON_NONE);
	}
	c->state = BULLY_STATE_FOLLOWER;
	bully_lease_hear(c);
	CHECK(u, c->clock.timer[BULLY_T_LEASE] == c->now + FIX_LEASE);
	alone_step(FIX_LEASE);
	CHECK(u, bully_lease_over(c) == BULLY_REASON_NONE);
}

/* R1, R3, R7: a vote counts if it grants this claim and echoes a remembered message. */
static void votes(struct unit *u)
{
	struct bully_core *c = claimant();
	struct bully_peer *p = alone_peer(3);
	u64 seq = bully_send(c, BULLY_TO_ALL, 0, BULLY_MSG_COORDINATOR, 0)->seq, at = c->now;
	u32 i;

	for (i = 0; i < 8; i++) {
		fix_msg(&m, BULLY_MSG_COORDINATOR_ACK, 3);
		m.flags |= BULLY_F_GRANT;
		m.lease_ms = FIX_LEASE / MS;
		m.echo = seq;
		m.epoch = 100;
		p->lease.epoch = 90;
		p->lease.at = 0;
		p->lease.blocked = BULLY_BLOCKED_CLAIM;
		p->role = BULLY_ROLE_CANDIDATE;
		c->lease.claim = 100;
		switch (i) {
		case 0: p->role = BULLY_ROLE_OBSERVER; break;
		case 1: c->lease.claim = 0; break;
		case 2: m.members++; break;
		case 3: m.lease_ms++; break;
		case 4: m.echo++; break;		/* never sent */
		case 5: m.epoch = 101; break;		/* above the claim */
		case 6: m.epoch = 89; break;		/* below its last grant */
		case 7: m.flags = 0; break;
		}
		CHECK(u, bully_lease_take_vote(c, p, &m) == BULLY_BALLOT_NOTHING && !p->lease.at);
		CHECK(u, p->lease.blocked == BULLY_BLOCKED_CLAIM);
	}
	CHECK(u, p->lease.vote == BULLY_VOTE_MEMBERS);
	m.refusal = BULLY_VOTE_EPOCH;
	CHECK(u, bully_lease_take_vote(c, p, &m) == BULLY_BALLOT_EPOCH);
	CHECK(u, p->lease.vote == BULLY_VOTE_EPOCH);
	m.flags = BULLY_F_GRANT;
	m.epoch = 99;		/* R15: of a lease that this node gave up says nothing to its claim */
	CHECK(u, bully_lease_take_vote(c, p, &m) == BULLY_BALLOT_NOTHING && !p->lease.at);
	CHECK(u, p->lease.vote == BULLY_VOTE_EPOCH);
	c->state = BULLY_STATE_LEADER;
	for (m.epoch = 90; m.epoch <= 100; m.epoch += 10) {
		alone_step(5);
		CHECK(u, bully_lease_take_vote(c, p, &m) == BULLY_BALLOT_GRANT);
		CHECK(u, p->lease.epoch == m.epoch && p->lease.at == at);
	}
	CHECK(u, p->lease.vote == BULLY_VOTE_GRANTED && p->lease.blocked == BULLY_BLOCKED_NOT);
}

/* R6: a claim that ends is resigned with its epoch, and no vote for it counts any more. */
static void ends(struct unit *u)
{
	struct bully_core *c = claimant();
	const struct bully_action *act;
	u64 since = c->now;

	c->lease.claim = 0;
	c->wall_us = 500;
	bully_lease_claim(c);
	CHECK(u, c->lease.claim == 500 && c->epochs.highest == 500 && c->lease.claim_since == since);
	alone_step(5);
	bully_lease_claim(c);				/* R15: the claim lasts since the first */
	CHECK(u, c->lease.claim == 501 && c->lease.claim_since == since);
	granted(3, 501, c->now);
	c->grant.id = 2;
	c->grant.session = c->session;
	c->grant.epoch = c->grant.own_epoch = 501;
	bully_lease_name_heir(c, 9);
	bully_lease_end_claim(c);
	act = alone_said(BULLY_MSG_RESIGN, 0);
	CHECK(u, act->target == BULLY_TO_ALL && act->epoch == 501 && act->leader == 9);
	CHECK(u, !(act->flags & BULLY_F_STANDS));	/* S1: the successor claims first */
	CHECK(u, !c->lease.claim && !c->lease.until && !c->grant.own_epoch && c->grant.resigned);
	CHECK(u, !alone_peer(3)->lease.epoch && !alone_peer(3)->lease.at);
	bully_lease_claim(c);
	CHECK(u, c->lease.claim == 502);		/* R6: no epoch twice */
	bully_lease_end_claim(c);
	act = alone_said(BULLY_MSG_RESIGN, 0);
	CHECK(u, !act->leader && act->flags & BULLY_F_STANDS);
}

const struct unit_case unit_lease_cases[] = {
	{ "lease_R1_won_by_a_majority", won },
	{ "lease_R7_votes_a_step_ahead", ahead },
	{ "lease_R3_renewed", renewed },
	{ "lease_R9_over_at_its_end", over },
	{ "lease_R3_which_votes_count", votes },
	{ "lease_R6_claim_ends", ends },
	{ 0 },
};
