// SPDX-License-Identifier: GPL-2.0-only
/* apart.c - tests nodes that have the other election of quorum mode, or other voters (E14, F1) */
#include "ballot.h"

/* The set of the same voters with the other election. */
static u32 apart(u8 election)
{
	struct bully_core *c = &fix.core;
	u8 own = c->opts.election;
	u32 members;

	c->opts.election = election;
	members = bully_core_members(c);
	c->opts.election = own;
	return members;
}

static void other(u8 type, u32 from)
{
	fix_msg(&q_msg, type, from);
	q_msg.members = apart(!fix.opts.election);
	q_msg.state = BULLY_STATE_ELECTION;
}

/* F1: the election is part of members. In classic mode it means nothing. */
static void members(struct unit *u)
{
	r_voter();
	CHECK(u, apart(BULLY_ELECTION_RAFT) == fix.core.set.members);
	CHECK(u, apart(BULLY_ELECTION_BULLY) != fix.core.set.members);
	fix.core.opts.quorum = BULLY_QUORUM_OFF;
	CHECK(u, apart(BULLY_ELECTION_RAFT) == apart(BULLY_ELECTION_BULLY));
}

/* F1, E14: a Raft voter refuses question and claim, and nothing else of it counts. */
static void raft(struct unit *u)
{
	r_follower(3);
	other(BULLY_MSG_ELECTION, 5);
	fix_deliver(&q_msg);
	CHECK(u, q_sent(BULLY_MSG_REFUSE, 5)->refusal == BULLY_VOTE_MEMBERS);
	fix_clear();
	other(BULLY_MSG_ELECTION, 1);
	q_msg.epoch = q_msg.reported = FIX_WALL + 1000000;
	fix_deliver(&q_msg);
	CHECK(u, q_sent(BULLY_MSG_REFUSE, 1)->refusal == BULLY_VOTE_MEMBERS);
	CHECK(u, fix.core.epochs.highest < FIX_WALL + 1000000);
	q_claim_msg(5, FIX_WALL + 1000000);
	q_msg.members = apart(BULLY_ELECTION_BULLY);
	CHECK(u, q_answer() == BULLY_VOTE_MEMBERS && fix.core.leader == 3);
	q_claim_msg(5, FIX_WALL + 1000000);
	q_msg.members = apart(BULLY_ELECTION_BULLY);
	q_msg.flags |= BULLY_F_LEASE_HELD;
	q_msg.state = BULLY_STATE_LEADER;
	fix_deliver(&q_msg);
	CHECK(u, fix.core.leader == 3 && fix.core.epochs.highest < FIX_WALL + 1000000);
}

/* F1: the answers of such a node to a question do not count. */
static void raft_asks(struct unit *u)
{
	r_asker();
	r_ok(1);
	other(BULLY_MSG_OK, 3);
	q_msg.echo = q_sent(BULLY_MSG_ELECTION, 3)->seq;
	CHECK(u, fix_deliver(&q_msg) == BULLY_DROP_UNEXPECTED && !fix.core.lease.claim);
	r_ok(4);
	CHECK(u, fix.core.lease.claim);
}

/* E14: a leader does not hand over to such a node (R11), and does not answer it. */
static void raft_leads(struct unit *u)
{
	r_leader();
	other(BULLY_MSG_ELECTION, 5);
	q_msg.leader = 2;
	q_msg.flags |= BULLY_F_ALIVE;
	q_msg.alive[0] = 0x1f;
	CHECK(u, fix_deliver(&q_msg) == BULLY_DROP_UNEXPECTED && q_leads());
	CHECK(u, !fix_count(BULLY_MSG_REFUSE));
}

/* E14: in Bully's election ELECTION and OK of a node with other voters change nothing. */
static void bully(struct unit *u)
{
	u32 raft;

	for (raft = 0; raft < 2; raft++) {
		q_make(2, r_five);
		fix_start();
		fix_prove_all();
		fix_timers_until(fix.now + FIX_HB);
		fix_clear();
		other(BULLY_MSG_ELECTION, 1);
		if (!raft)
			q_msg.members = fix.core.set.members ^ 1;
		CHECK(u, fix_deliver(&q_msg) == BULLY_DROP_UNEXPECTED);
		CHECK(u, !fix_count(BULLY_MSG_OK));
		fix_say(BULLY_MSG_ELECTION, 1);
		CHECK(u, fix_count(BULLY_MSG_OK) == 1);
		q_make(2, q_around);
		fix_start();
		fix_prove_all();
		while (fix.core.role.phase != BULLY_PHASE_OK && fix.n_notes < FIX_NOTES)
			fix_timer();
		other(BULLY_MSG_OK, 3);
		if (!raft)
			q_msg.members = fix.core.set.members ^ 1;
		q_msg.echo = q_sent(BULLY_MSG_ELECTION, 3)->seq;
		CHECK(u, fix_deliver(&q_msg) == BULLY_DROP_UNEXPECTED);
		CHECK(u, fix.core.role.phase == BULLY_PHASE_OK);
		fix_timers_until(fix.now + FIX_HB);
		CHECK(u, fix_count(BULLY_MSG_COORDINATOR));
	}
}

/* E14: a leader of Bully's election hands over to no such node, and tells it nothing. */
static void bully_leads(struct unit *u)
{
	q_leader(2, r_five);
	CHECK(u, !q_leads());		/* nodes 1 and 3, and this node abstains */
	fix_timers_until(fix.core.grant.abstain_until + MS);
	CHECK(u, q_leads());
	fix_clear();
	other(BULLY_MSG_ELECTION, 5);
	q_msg.flags |= BULLY_F_ALIVE;
	q_msg.alive[0] = 0x1f;
	CHECK(u, fix_deliver(&q_msg) == BULLY_DROP_UNEXPECTED && q_leads());
	CHECK(u, !fix_count(BULLY_MSG_REFUSE) && !fix_count(BULLY_MSG_RESIGN));
}

const struct unit_case unit_step_apart_cases[] = {
	{ "apart_F1_members", members },
	{ "apart_F1_raft_voter", raft },
	{ "apart_F1_raft_asker", raft_asks },
	{ "apart_E14_raft_leader", raft_leads },
	{ "apart_E14_bully", bully },
	{ "apart_E14_bully_leader", bully_leads },
	{ 0 },
};
