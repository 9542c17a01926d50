// SPDX-License-Identifier: GPL-2.0-only
/* grant.c - tests details of this node's vote that a claim does not show (R2 to R5, R13, R16) */
#include "alone.h"
#include "ballot.h"
#include "grant.h"
#include "outbox.h"

static struct bully_msg m;

/* Returns node 2, a voter whose last grant is to node 3, with epoch 100. */
static struct bully_core *voter(void)
{
	struct bully_core *c = alone_quorum(2, alone_around);

	alone_all_up();
	fix_msg(&m, BULLY_MSG_COORDINATOR, 3);
	m.epoch = 100;
	m.lease_ms = FIX_LEASE / MS;
	bully_grant_give(c, &m);
	return c;
}

/* R2: a grant lives for T, and has ended exactly at T. */
static void lives(struct unit *u)
{
	struct bully_core *c = voter();
	u64 end = c->now + FIX_LEASE;

	CHECK(u, bully_grant_free(c) == end);
	alone_step(FIX_LEASE - 1);
	CHECK(u, bully_grant_holder(c) == 3);
	alone_step(1);
	CHECK(u, !bully_grant_holder(c) && !bully_grant_free(c));
	c->grant.abstain_until = c->now + 7;		/* R4 */
	CHECK(u, bully_grant_free(c) == c->now + 7);
}

/* R2: only its holder releases a grant: by the same session, and not with an older epoch. */
static void released(struct unit *u)
{
	struct bully_core *c = voter();
	u32 state;

	bully_grant_release(c, 1, fix_session(3), 100);
	bully_grant_release(c, 3, fix_session(3) + 1, 100);
	bully_grant_release(c, 3, fix_session(3), 99);
	CHECK(u, bully_grant_holder(c) == 3);
	bully_grant_release(c, 3, fix_session(3), 100);
	CHECK(u, !bully_grant_holder(c));
	for (state = BULLY_STATE_INIT; state <= BULLY_STATE_LEADER; state++) {
		c = voter();
		m.state = state;
		m.reported = 99;
		bully_grant_hear(c, &m);
		CHECK(u, bully_grant_holder(c) == 3);
		m.reported = 100;
		bully_grant_hear(c, &m);
		CHECK(u, (bully_grant_holder(c) == 3) == (state == BULLY_STATE_ELECTION ||
							  state == BULLY_STATE_LEADER));
	}
}

/* R13: a claimant asks itself again when its vote is free, and never if that cannot help. */
static void own(struct unit *u)
{
	struct bully_core *c = voter();
	u64 end = c->now + FIX_LEASE;

	CHECK(u, bully_grant_own(c) == BULLY_VOTE_NONE);	/* nothing is claimed */
	c->lease.claim = 101;
	c->grant.abstain_until = c->now + 5;
	CHECK(u, bully_grant_own(c) == BULLY_VOTE_ABSTAINS);
	CHECK(u, bully_grant_own_due(c) == c->now + 5);
	alone_step(5);
	CHECK(u, bully_grant_own(c) == BULLY_VOTE_HELD && bully_grant_own_due(c) == end);
	alone_step(FIX_LEASE - 5);
	CHECK(u, bully_grant_own_due(c) == BULLY_NEVER);
	c->lease.claim = 100;
	CHECK(u, bully_grant_own(c) == BULLY_VOTE_EPOCH && !c->grant.own_epoch);	/* R5 */
	c->lease.claim = 101;
	CHECK(u, bully_grant_own(c) == BULLY_VOTE_GRANTED && bully_grant_holder(c) == 2);
	CHECK(u, c->grant.own_at == c->now && c->grant.own_epoch == 101);
	CHECK(u, bully_grant_own_due(c) == BULLY_NEVER && c->epochs.highest == 101);
	c->opts.role = BULLY_ROLE_OBSERVER;
	CHECK(u, bully_grant_own(c) == BULLY_VOTE_NONE && bully_grant_own_due(c) == BULLY_NEVER);
}

/* R4: a voter abstains for the longest lease that it knows, by a slow clock. */
static void abstains(struct unit *u)
{
	static struct bully_core old;
	struct bully_core *c = voter();

	CHECK(u, bully_grant_abstention(c) == ABSTENTION);
	bully_grant_abstain(c);
	CHECK(u, c->grant.abstain_until == c->now + ABSTENTION);
	c->opts.lease_ns = FIX_LEASE / 3;		/* a shorter lease does not end it earlier */
	bully_grant_abstain(c);
	CHECK(u, bully_grant_abstention(c) == ABSTENTION);
	old.grant.lease_longest = 2 * FIX_LEASE;	/* the group that this one replaces */
	bully_core_inherit(c, &old);
	CHECK(u, bully_grant_abstention(c) == 2 * FIX_LEASE / 99 * 101 + 101);
}

/* R6, R10: a claimant yields to a claimant that shows that it received from this node lately. */
static void would_yield(struct unit *u)
{
	struct bully_core *c = voter();
	struct bully_peer *p = alone_peer(3);

	m.echo = bully_send(c, BULLY_TO_PEER, 3, BULLY_MSG_HELLO, 0)->seq;
	CHECK(u, bully_grant_would_yield(c, p, &m) && !bully_grant_would_yield(c, alone_peer(9), &m));
	m.members++;
	CHECK(u, !bully_grant_would_yield(c, p, &m));
	m.members--;
	p->role = BULLY_ROLE_WITNESS;
	CHECK(u, !bully_grant_would_yield(c, p, &m));
	p->role = BULLY_ROLE_CANDIDATE;
	c->opts.heartbeat_ns = 2 * FIX_HB;		/* a detection time, if T is shorter */
	alone_step(2 * DETECTION);
	CHECK(u, bully_grant_would_yield(c, p, &m));
	alone_step(1);
	CHECK(u, !bully_grant_would_yield(c, p, &m));
	c->opts.lease_ns = 2 * DETECTION + 2 * MS;	/* T, if that is longer */
	m.lease_ms = bully_lease_ms(c);
	CHECK(u, bully_grant_would_yield(c, p, &m));
	c->grant.abstain_until = c->now + 1;
	CHECK(u, !bully_grant_would_yield(c, p, &m));
}

/* R16: a granted claim is known as a claim until its epoch is reported. */
static void claimed(struct unit *u)
{
	struct bully_core *c = voter();
	u64 session = fix_session(3);

	c->epochs.reported = 99;
	CHECK(u, bully_grant_is_claimed(c, 3, session, 100));
	CHECK(u, !bully_grant_is_claimed(c, 3, session, 99));
	CHECK(u, !bully_grant_is_claimed(c, 3, session + 1, 100));
	CHECK(u, !bully_grant_is_claimed(c, 9, session, 100));
	c->epochs.reported = 100;
	CHECK(u, !bully_grant_is_claimed(c, 3, session, 100));
	c->epochs.reported = 99;
	alone_step(FIX_LEASE);
	CHECK(u, !bully_grant_is_claimed(c, 3, session, 100));
}

/* R2, R3, R5, R13: what a message says about the vote, and about the rest of another's grant. */
static void tells(struct unit *u)
{
	struct bully_core *c = voter();
	struct bully_action *act;
	u32 vote;

	c->grant.floor = 300;
	c->grant.abstain_until = c->now + 5000;
	for (vote = BULLY_VOTE_GRANTED; vote < __BULLY_VOTE_MAX; vote++) {
		alone_step(0);
		act = bully_send(c, BULLY_TO_PEER, 3, BULLY_MSG_REFUSE, 0);
		bully_grant_tell(c, act, vote);
		CHECK(u, !(act->flags & BULLY_F_GRANT) == (vote != BULLY_VOTE_GRANTED));
		CHECK(u, act->refusal == (vote == BULLY_VOTE_GRANTED ? 0 : vote));
		CHECK(u, act->echo == (vote == BULLY_VOTE_GRANTED ? m.seq : 0));
		CHECK(u, act->epoch == (vote == BULLY_VOTE_GRANTED ? 100 :
					vote == BULLY_VOTE_EPOCH ? 300 : 0));
		CHECK(u, act->remain_us == (vote == BULLY_VOTE_ABSTAINS ? 6 :
					    vote == BULLY_VOTE_HELD || vote == BULLY_VOTE_LEADS ?
					    FIX_LEASE / 1000 + 1 : 0));
	}
	alone_step(FIX_LEASE);
	act = bully_send(c, BULLY_TO_PEER, 3, BULLY_MSG_REFUSE, 0);
	bully_grant_tell(c, act, BULLY_VOTE_HELD);
	CHECK(u, act->remain_us == 0);
}

/* R3: a follower's probe names the grant while it lives, and then the reason why there is none. */
static void in_probe(struct unit *u)
{
	struct bully_core *c = voter();
	struct bully_action *act;

	c->leader = 3;
	act = bully_send(c, BULLY_TO_PEER, 3, BULLY_MSG_HEARTBEAT, 0);
	bully_grant_in_probe(c, act);
	CHECK(u, act->flags & BULLY_F_GRANT && act->epoch == 100 && act->echo == m.seq);
	alone_step(FIX_LEASE);
	m.epoch = 99;					/* below the grant: of that session it is R5's */
	m.seq++;
	CHECK(u, bully_grant_renew(c, &m) == BULLY_VOTE_GRANTED && c->grant.epoch == 100);
	m.members++;
	CHECK(u, bully_grant_renew(c, &m) == BULLY_VOTE_MEMBERS);
	alone_step(FIX_LEASE);
	act = bully_send(c, BULLY_TO_PEER, 3, BULLY_MSG_HEARTBEAT, 0);
	bully_grant_in_probe(c, act);
	CHECK(u, !(act->flags & BULLY_F_GRANT) && act->refusal == BULLY_VOTE_MEMBERS);
	bully_grant_follow(c);
	act = bully_send(c, BULLY_TO_PEER, 3, BULLY_MSG_HEARTBEAT, 0);
	bully_grant_in_probe(c, act);
	CHECK(u, !act->refusal);
}

const struct unit_case unit_grant_cases[] = {
	{ "grant_R2_lives_for_the_lease", lives },
	{ "grant_R2_released_by_its_holder", released },
	{ "grant_R13_own_vote", own },
	{ "grant_R4_abstains", abstains },
	{ "grant_R10_would_yield", would_yield },
	{ "grant_R16_known_as_a_claim", claimed },
	{ "grant_R2_tells", tells },
	{ "grant_R3_in_a_probe", in_probe },
	{ 0 },
};
