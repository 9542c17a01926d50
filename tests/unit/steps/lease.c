// SPDX-License-Identifier: GPL-2.0-only
/* lease.c - tests claims and leases: majority, farewell, handover (R1, R3, R5, R6, R8 to R13) */
#include "ballot.h"

/* R1: a majority of three is two, and the lease ends with their grants. */
static void majority(struct unit *u)
{
	u64 asked;

	q_claimant(9, q_lower);
	CHECK(u, fix.core.state == BULLY_STATE_ELECTION && fix.core.lease.claim && !fix.core.leader);
	CHECK(u, !(q_sent(BULLY_MSG_COORDINATOR, 1)->flags & BULLY_F_LEASE_HELD));
	q_grant(1);
	CHECK(u, !q_leads());			/* its own vote is not given yet (R4) */
	CHECK(u, bully_core_lease_end(&fix.core) == 0);
	q_grant(2);
	CHECK(u, q_leads() && fix.core.epoch == fix.core.lease.claim);
	CHECK(u, q_sent(BULLY_MSG_COORDINATOR, 1)->flags & BULLY_F_LEASE_HELD);
	asked = fix.core.lease.base;
	CHECK(u, asked <= fix.now && fix.core.lease.until == asked + HOLD);
	CHECK(u, bully_core_lease_end(&fix.core) == asked + HOLD);
	fix_timers_until(asked + HOLD);
	CHECK(u, !q_leads() && !fix.core.leader && fix.core.reason == BULLY_REASON_LEASE_LOST);
	CHECK(u, bully_core_lease_end(&fix.core) == 0);
}

/* R1: a grant for an older claim does not count for this claim. */
static void older_claim(struct unit *u)
{
	q_claimant(9, q_lower);
	q_grant_msg(2);
	q_msg.epoch--;
	fix_deliver(&q_msg);
	q_grant(1);
	CHECK(u, !q_leads());
}

/* R3: the holder counts from the send time of the echoed message. */
static void counted_from(struct unit *u)
{
	u64 first, seq;

	q_claimant(9, q_lower);
	seq = q_peer(1)->outbox.sent[0].seq;
	q_grant_msg(1);
	seq = q_msg.echo;
	fix_deliver(&q_msg);
	first = q_peer(1)->lease.at;
	CHECK(u, first && first <= fix.now);
	fix_timers_until(fix.now + FIX_HB);	/* asked again meanwhile */
	q_grant_msg(1);
	CHECK(u, q_msg.echo != seq);
	q_msg.echo = seq;
	fix_deliver(&q_msg);
	CHECK(u, q_peer(1)->lease.at == first);
	q_grant(1);
	CHECK(u, q_peer(1)->lease.at > first);
	q_grant_msg(1);
	q_msg.echo = 1;				/* long forgotten */
	first = q_peer(1)->lease.at;
	fix_deliver(&q_msg);
	CHECK(u, q_peer(1)->lease.at == first);
}

/* R5: a claimant that receives higher epochs claims above them. */
static void claims_above(struct unit *u)
{
	u64 before;

	q_claimant(9, q_lower);
	before = fix.core.lease.claim;
	fix_msg(&q_msg, BULLY_MSG_REFUSE, 1);
	q_msg.refusal = BULLY_VOTE_EPOCH;
	q_msg.epoch = before + 100;
	fix_clear();
	fix_deliver(&q_msg);
	CHECK(u, fix.core.lease.claim == before + 101 && fix_count(BULLY_MSG_COORDINATOR) == 2);
}

/* R5: a follower of the held epoch is asked to grant the higher claimed epoch until it does. */
static void raised_while_held(struct unit *u)
{
	u64 held;
	u32 i;

	q_leader(9, q_lower);
	held = fix.core.epoch;
	fix_msg(&q_msg, BULLY_MSG_HEARTBEAT, 1);
	q_msg.leader = 9;
	q_msg.refusal = BULLY_VOTE_EPOCH;
	q_msg.epoch = held + 100;
	fix_deliver(&q_msg);
	CHECK(u, q_leads() && fix.core.epoch == held && fix.core.lease.claim == held + 101);
	for (i = 1; i <= 2; i++) {		/* the claim was lost on its way to both */
		fix_msg(&q_msg, BULLY_MSG_HEARTBEAT, i);
		q_msg.leader = 9;
		fix_deliver(&q_msg);
	}
	fix_clear();
	fix_timers_until(fix.core.clock.timer[BULLY_T_TICK]);
	CHECK(u, q_sent(BULLY_MSG_COORDINATOR, 1)->epoch == held + 101);
	CHECK(u, q_sent(BULLY_MSG_COORDINATOR, 2)->epoch == held + 101);
	q_grant(1);
	q_grant(2);
	CHECK(u, q_leads() && fix.core.epoch == held + 101);
}

/* R6: first the user's event, then RESIGN; a claim that is given up is resigned, too. */
static void farewell(struct unit *u)
{
	u64 epoch;

	q_leader(9, q_lower);
	epoch = fix.core.epoch;
	fix_simple(BULLY_EV_RESIGN);
	CHECK(u, fix.out.act[0].kind == BULLY_ACT_EVENT && !fix.out.act[0].leader);
	CHECK(u, fix_count(BULLY_MSG_RESIGN) == 2);
	CHECK(u, q_sent(BULLY_MSG_RESIGN, 1)->epoch == epoch);
	CHECK(u, q_sent(BULLY_MSG_RESIGN, 1)->leader == 2);

	q_claimant(9, q_lower);
	epoch = fix.core.lease.claim;
	fix_clear();
	fix_timers_until(fix.now + 30 * FIX_HB);
	CHECK(u, fix_sent(BULLY_MSG_RESIGN, 1) && q_sent(BULLY_MSG_RESIGN, 1)->epoch >= epoch);
	fix_simple(BULLY_EV_ELECT);
	CHECK(u, fix.core.lease.claim > epoch);		/* never used again */
}

/* S7, R6: when its owner ends, a leader has no lease at the user's event; RESIGN comes after it. */
static void owner_gone(struct unit *u)
{
	struct bully_event ev = { .type = BULLY_EV_OPTS, .opts = &fix.opts,
				  .reason = BULLY_REASON_OWNER_EXIT };
	struct bully_quorum_view view;
	u64 epoch;

	q_leader(9, q_lower);
	epoch = fix.core.epoch;
	fix.opts = fix.core.opts;
	fix.opts.candidate = false;
	fix_clear();
	fix_step(&ev);
	bully_core_quorum(&fix.core, fix.now, &view);
	CHECK(u, !q_leads() && !view.lease_remaining_ns && view.grant_to != 9);
	CHECK(u, fix.out.n == 3 && fix.out.act[1].kind == BULLY_ACT_EVENT &&
		 fix.out.act[1].type == BULLY_NOTE_LEADER && !fix.out.act[1].leader &&
		 fix.out.act[1].reason == BULLY_REASON_OWNER_EXIT);
	CHECK(u, fix.out.act[2].kind == BULLY_ACT_SEND);
	CHECK(u, fix_count(BULLY_MSG_RESIGN) == 2);
	CHECK(u, q_sent(BULLY_MSG_RESIGN, 1)->epoch == epoch);
	CHECK(u, q_sent(BULLY_MSG_RESIGN, 1)->leader == 2);

	/* a claim without a grant is given up, too */
	q_claimant(9, q_lower);
	epoch = fix.core.lease.claim;
	fix.opts = fix.core.opts;
	fix.opts.candidate = false;
	fix_clear();
	fix_step(&ev);
	CHECK(u, !fix.core.lease.claim && fix_sent(BULLY_MSG_RESIGN, 1));
	CHECK(u, q_sent(BULLY_MSG_RESIGN, 1)->epoch == epoch);
	fix_clear();
	fix_timers_until(fix.now + 30 * FIX_HB);
	CHECK(u, !fix.core.lease.claim && !fix_count(BULLY_MSG_COORDINATOR));
}

/* R6: of two claimants the lower yields, and grants. */
static void yields(struct unit *u)
{
	q_claimant(2, q_around);
	CHECK(u, fix.core.lease.claim);
	fix_timers_until(fix.core.grant.abstain_until + MS);
	CHECK(u, q_claim(1, fix.core.lease.claim + 9) != BULLY_VOTE_GRANTED && fix.core.lease.claim);
	CHECK(u, q_claim(3, fix.core.lease.claim + 9) == BULLY_VOTE_GRANTED);
	CHECK(u, !fix.core.lease.claim && fix_count(BULLY_MSG_RESIGN) == 2);
}

/* R8: after a doubt about time the node holds nothing and grants nothing. */
static void doubt(struct unit *u)
{
	struct bully_event ev = { .type = BULLY_EV_DOUBT };

	q_leader(9, q_lower);
	CHECK(u, q_leads());
	fix.wall += 500;
	fix_step(&ev);
	CHECK(u, !q_leads() && !fix.core.leader && fix.core.reason == BULLY_REASON_TIME_DOUBT);
	CHECK(u, fix.core.grant.abstain_until == fix.now + ABSTENTION && fix.core.grant.floor == fix.wall);
	q_voter();
	ev.session = 77;
	fix_step(&ev);
	CHECK(u, fix.core.session == 77 && !q_peer(3)->proved);
	fix_prove(3);
	CHECK(u, q_claim(3, FIX_WALL + 1000) == BULLY_VOTE_ABSTAINS);
}

/* R9: an expired lease ends before a packet is handled. */
static void packet_too_late(struct unit *u)
{
	q_leader(9, q_lower);
	fix.now = fix.core.lease.until;
	fix_say(BULLY_MSG_HEARTBEAT, 1);
	CHECK(u, !q_leads());
}

/* R11: what a higher node must show before it gets the lease; R12: how fresh that must be. */
static void handover(struct unit *u)
{
	static const struct {
		u8 alive;		/* of nodes 1, 2 and 3 */
		u32 age_us;
		bool grants, stands, hands_over;
	} table[] = {
		{ 6, 0, true, true, true },	{ 6, 0, false, true, false },
		{ 4, 0, true, true, false },	{ 6, 300001, true, true, false },
		{ 6, 0, true, false, false },	{ 7, 299999, true, true, true },
	};
	u32 i;

	for (i = 0; i < sizeof(table) / sizeof(*table); i++) {
		q_claimant(2, q_around);
		fix_timers_until(fix.core.grant.abstain_until + MS);
		q_grant(1);
		if (table[i].grants)
			q_grant(3);
		CHECK(u, q_leads());
		fix_clear();
		fix_msg(&q_msg, BULLY_MSG_ELECTION, 3);
		q_msg.flags = BULLY_F_ALIVE | (table[i].stands ? BULLY_F_STANDS : 0);
		q_msg.alive[0] = table[i].alive;
		q_msg.alive_age_us = table[i].age_us;
		fix_deliver(&q_msg);
		CHECK(u, q_leads() != table[i].hands_over);
		if (table[i].hands_over) {
			CHECK(u, q_sent(BULLY_MSG_RESIGN, 3)->leader == 3);
			CHECK(u, fix.core.reason == BULLY_REASON_HANDOVER);
		} else {
			CHECK(u, q_sent(BULLY_MSG_REFUSE, 3)->refusal == BULLY_VOTE_LEADS);
		}
	}
}

/* R13: a claim that is refused for a time is repeated after it. */
static void asks_again(struct unit *u)
{
	u64 epoch;

	q_claimant(9, q_lower);
	epoch = fix.core.lease.claim;
	q_grant(2);
	fix_msg(&q_msg, BULLY_MSG_REFUSE, 1);
	q_msg.refusal = BULLY_VOTE_HELD;
	q_msg.remain_us = 60000;
	fix_deliver(&q_msg);
	fix_clear();
	fix_timers_until(fix.now + 50 * MS - 1);	/* half a heartbeat at most */
	CHECK(u, !fix_sent(BULLY_MSG_COORDINATOR, 1));
	fix_timers_until(fix.now + 1);
	CHECK(u, fix_sent(BULLY_MSG_COORDINATOR, 1) &&
	      q_sent(BULLY_MSG_COORDINATOR, 1)->epoch == epoch);
}

/* R13: a probe without an answer is repeated after a quarter of a heartbeat. */
static void probes_again(struct unit *u)
{
	q_voter();
	q_claim_msg(3, FIX_WALL + 10);
	q_msg.state = BULLY_STATE_LEADER;
	q_msg.flags |= BULLY_F_LEASE_HELD;
	fix_deliver(&q_msg);
	CHECK(u, fix.core.state == BULLY_STATE_FOLLOWER && fix.core.leader == 3);
	fix_clear();
	fix_timers_until(fix.now + 5 * FIX_HB / 4);
	CHECK(u, fix_count(BULLY_MSG_HEARTBEAT) >= 2);
	CHECK(u, q_sent(BULLY_MSG_HEARTBEAT, 3)->flags & BULLY_F_GRANT);	/* R3 */
	CHECK(u, q_sent(BULLY_MSG_HEARTBEAT, 3)->echo == q_msg.seq);
}

const struct unit_case unit_step_lease_cases[] = {
	{ "quorum_R1_majority", majority },
	{ "quorum_R1_older_claim", older_claim },
	{ "quorum_R3_counted_from", counted_from },
	{ "quorum_R5_claims_above", claims_above },
	{ "quorum_R5_raised_while_held", raised_while_held },
	{ "quorum_R6_farewell", farewell },
	{ "quorum_S7_owner_gone", owner_gone },
	{ "quorum_R6_yields", yields },
	{ "quorum_R8_doubt", doubt },
	{ "quorum_R9_packet_too_late", packet_too_late },
	{ "quorum_R11_handover", handover },
	{ "quorum_R13_asks_again", asks_again },
	{ "quorum_R13_probes_again", probes_again },
	{ 0 },
};
