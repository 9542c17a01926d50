// SPDX-License-Identifier: GPL-2.0-only
/* vote.c - tests a voter: to which node it grants, when, and for how long (R2 to R5, R8, R10) */
#include "ballot.h"
#include "leased.h"

/* R2: one grant at a time; a refusal says how long the grant lives. */
static void one_grant(struct unit *u)
{
	u64 e = FIX_WALL + 10;

	q_voter();
	CHECK(u, q_claim(3, e) == BULLY_VOTE_GRANTED);
	fix.now += 100 * MS;
	CHECK(u, q_claim(1, e + 5) == BULLY_VOTE_HELD);
	CHECK(u, q_sent(BULLY_MSG_REFUSE, 1)->remain_us == 200001);
	CHECK(u, q_sent(BULLY_MSG_REFUSE, 1)->leader == 3);
	fix.now += 200 * MS;
	CHECK(u, q_claim(1, e + 5) == BULLY_VOTE_GRANTED);
}

/* R2: a grant belongs to a session, not to a node. */
static void one_session(struct unit *u)
{
	q_voter();
	CHECK(u, q_claim(3, FIX_WALL + 10) == BULLY_VOTE_GRANTED);
	q_claim_msg(3, FIX_WALL + 20);
	q_msg.from_session += 0x100;
	fix_deliver(&q_msg);			/* an unknown session: it gets a HELLO */
	fix_msg(&q_msg, BULLY_MSG_HELLO_ACK, 3);
	q_msg.from_session += 0x100;
	q_msg.echo = q_sent(BULLY_MSG_HELLO, 3)->seq;
	q_msg.state = BULLY_STATE_ELECTION;
	CHECK(u, fix_deliver(&q_msg) == BULLY_DROP_NONE);
	q_claim_msg(3, FIX_WALL + 20);
	q_msg.from_session += 0x100;
	CHECK(u, q_answer() == BULLY_VOTE_HELD);
}

/* R2: RESIGN of exactly this grant ends it; RESIGN of an older grant does not. */
static void resigned(struct unit *u)
{
	u64 e = FIX_WALL + 10;

	q_voter();
	CHECK(u, q_claim(3, e) == BULLY_VOTE_GRANTED);
	q_resign(3, e - 1);
	CHECK(u, q_claim(1, e + 5) == BULLY_VOTE_HELD);
	q_resign(3, e);
	CHECK(u, q_claim(3, e) == BULLY_VOTE_EPOCH);	/* R5: a resigned epoch is over */
	CHECK(u, q_claim(1, e + 5) == BULLY_VOTE_GRANTED);
}

/* R2: a node that neither leads nor claims has released each grant up to its reported epoch. */
static void let_go(struct unit *u)
{
	u64 e = FIX_WALL + 10;

	q_voter();
	CHECK(u, q_claim(3, e) == BULLY_VOTE_GRANTED);
	fix_msg(&q_msg, BULLY_MSG_OK, 3);
	q_msg.state = BULLY_STATE_WAITING;
	q_msg.reported = e - 1;
	fix_deliver(&q_msg);
	CHECK(u, q_claim(1, e + 5) == BULLY_VOTE_HELD);
	fix_msg(&q_msg, BULLY_MSG_OK, 3);
	q_msg.state = BULLY_STATE_WAITING;
	q_msg.reported = e;
	fix_deliver(&q_msg);
	CHECK(u, q_claim(1, e + 5) == BULLY_VOTE_GRANTED);
}

/* E8: a node that is told of a leader looks again soon after that word is old, however often it has. */
static void told(struct unit *u)
{
	u64 old, wait;
	u32 i;

	q_make(2, q_around);
	fix_start();
	fix_prove_all();
	for (i = 0; i < 4; i++) {
		fix_msg(&q_msg, BULLY_MSG_HELLO, 1);
		q_msg.leader = 99;
		q_msg.state = BULLY_STATE_FOLLOWER;
		q_msg.leader_age_us = 50000;
		fix_deliver(&q_msg);
		old = fix.core.hearsay.at + fix.core.hearsay.lifetime - fix.now;
		CHECK(u, fix.core.hearsay.leader == 99 && old <= FIX_LEASE);
		fix.core.role.rounds = i;
		wait = bully_leased_wait(&fix.core);
		CHECK(u, wait && wait <= old + 1 + FIX_HB / 4);
		if (i)		/* the back-off is longer than that */
			CHECK(u, wait > old);
	}
}

/* R3: an answer to a repeat starts the timer again and echoes the repeat. */
static void repeat(struct unit *u)
{
	u64 e = FIX_WALL + 10;

	q_voter();
	CHECK(u, q_claim(3, e) == BULLY_VOTE_GRANTED);
	fix.now += 200 * MS;
	CHECK(u, q_claim(3, e) == BULLY_VOTE_GRANTED);
	fix_timers_until(fix.now + 299 * MS);
	CHECK(u, q_claim(1, e + 1) == BULLY_VOTE_HELD);
	fix.now += MS;
	CHECK(u, q_claim(1, e + 1) == BULLY_VOTE_GRANTED);
}

/* R4: after a start a voter grants nothing, also not to itself, until all old grants ended. */
static void abstention(struct unit *u)
{
	struct bully_quorum_view view;
	u64 end;

	q_make(2, q_around);
	fix.opts.candidate = false;
	fix_start();
	end = fix.now + ABSTENTION;
	fix_prove_all();
	bully_core_quorum(&fix.core, fix.now, &view);
	CHECK(u, view.abstain_remaining_ns == ABSTENTION && !view.grant_to);
	CHECK(u, q_claim(3, FIX_WALL + 10) == BULLY_VOTE_ABSTAINS);
	fix.now = end - MS;
	CHECK(u, q_claim(3, FIX_WALL + 10) == BULLY_VOTE_ABSTAINS);
	CHECK(u, q_sent(BULLY_MSG_REFUSE, 3)->remain_us == 1001);
	fix.now = end;
	CHECK(u, q_claim(3, FIX_WALL + 10) == BULLY_VOTE_GRANTED);

	q_claimant(9, q_lower);
	q_grant(1);
	CHECK(u, !q_leads() && !fix.core.grant.own_at);
	fix_timers_until(fix.core.grant.abstain_until + 1);
	CHECK(u, fix.core.grant.own_at >= fix.core.grant.abstain_until);	/* R13: and not later */
	CHECK(u, fix.core.grant.own_at < fix.core.grant.abstain_until + MS);
}

/* R5: a voter grants only above its last grant and its floor, or the same claim again. */
static void epochs(struct unit *u)
{
	u64 e = FIX_WALL + 10;

	q_voter();
	CHECK(u, q_claim(3, FIX_WALL) == BULLY_VOTE_EPOCH);
	CHECK(u, q_sent(BULLY_MSG_REFUSE, 3)->epoch == FIX_WALL);
	CHECK(u, q_claim(3, e) == BULLY_VOTE_GRANTED);
	fix_timers_until(fix.now + 2 * FIX_LEASE);
	fix_prove_all();		/* the peers were silent for this time (H8) */
	CHECK(u, q_claim(1, e) == BULLY_VOTE_EPOCH);
	CHECK(u, q_claim(3, e) == BULLY_VOTE_GRANTED);	/* renewed after it lapsed */
	CHECK(u, q_claim(3, e - 1) == BULLY_VOTE_EPOCH);
	CHECK(u, q_claim(3, e + 1) == BULLY_VOTE_GRANTED);
}

/* R8: a clock that jumped has ended grants on which others still rely. */
static void leap(struct unit *u)
{
	q_voter();
	CHECK(u, q_claim(3, FIX_WALL + 10) == BULLY_VOTE_GRANTED);
	fix.now += 20 * FIX_HB;
	CHECK(u, q_claim(3, FIX_WALL + 20) == BULLY_VOTE_ABSTAINS);
}

/* R10: a claimant that does not show that it receives from us gets no grant. */
static void unheard(struct unit *u)
{
	u64 e = FIX_WALL + 10;
	u32 i;

	q_voter();
	q_claim_msg(3, e);
	q_msg.echo = 0;
	CHECK(u, q_answer() == BULLY_VOTE_UNHEARD);
	q_claim_msg(3, e);
	q_msg.echo += 1000;
	CHECK(u, q_answer() == BULLY_VOTE_UNHEARD);
	q_claim_msg(3, e);
	for (i = 0; i < BULLY_SENT; i++)
		q_peer(3)->outbox.sent[i].at = 0;
	CHECK(u, q_answer() == BULLY_VOTE_UNHEARD);	/* that was long ago */
	CHECK(u, q_claim(3, e) == BULLY_VOTE_GRANTED);
}

const struct unit_case unit_step_vote_cases[] = {
	{ "quorum_E8_told", told },
	{ "quorum_R2_one_grant", one_grant },
	{ "quorum_R2_one_session", one_session },
	{ "quorum_R2_resigned", resigned },
	{ "quorum_R2_let_go", let_go },
	{ "quorum_R3_repeat", repeat },
	{ "quorum_R4_abstention", abstention },
	{ "quorum_R5_epochs", epochs },
	{ "quorum_R8_leap", leap },
	{ "quorum_R10_unheard", unheard },
	{ 0 },
};
