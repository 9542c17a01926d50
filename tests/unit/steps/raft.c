// SPDX-License-Identifier: GPL-2.0-only
/* raft.c - tests voters, claimants and leaders of Raft's election (F3 to F7) */
#include "ballot.h"

/* A question that leaves everything open; returns the answer: enum bully_vote. */
static u32 answer(void)
{
	const struct bully_msg *ok, *refuse;

	fix_clear();
	fix_deliver(&q_msg);
	ok = fix_sent(BULLY_MSG_OK, q_msg.from);
	refuse = fix_sent(BULLY_MSG_REFUSE, q_msg.from);
	if (ok && !ok->leader && ok->echo == q_msg.seq)
		return BULLY_VOTE_GRANTED;
	return refuse && refuse->echo == q_msg.seq ? refuse->refusal : BULLY_VOTE_NONE;
}

static u32 question(u32 from)
{
	fix_msg(&q_msg, BULLY_MSG_ELECTION, from);
	q_msg.state = BULLY_STATE_ELECTION;
	return answer();
}

static u32 remain(void)
{
	return q_sent(BULLY_MSG_REFUSE, q_msg.from)->remain_us;
}

/* F3: the question binds nobody, and its answer is no grant. */
static void open_voter(struct unit *u)
{
	r_voter();
	CHECK(u, question(3) == BULLY_VOTE_GRANTED && question(1) == BULLY_VOTE_GRANTED);
	CHECK(u, question(3) == BULLY_VOTE_GRANTED);
	CHECK(u, !fix.core.grant.id && fix.core.state == BULLY_STATE_WAITING);
	CHECK(u, !(q_sent(BULLY_MSG_OK, 3)->flags & BULLY_F_GRANT));
	CHECK(u, q_claim(1, FIX_WALL + 10) == BULLY_VOTE_GRANTED);
}

/* F3: the refusals of a voter without a leader: 5, 3, 2 or 7, 4, 8. Each row also has what follows. */
static void refusals(struct unit *u)
{
	r_voter();
	r_position(1, 0);
	CHECK(u, question(3) == BULLY_VOTE_AHEAD && !remain());
	fix.core.grant.epoch = BULLY_EPOCH_MAX;
	CHECK(u, question(3) == BULLY_VOTE_EPOCH);
	fix.core.grant.epoch = 0;
	r_position(0, 0);
	CHECK(u, q_claim(1, FIX_WALL + 10) == BULLY_VOTE_GRANTED);
	r_position(1, 0);
	fix.now += FIX_HB;
	CHECK(u, question(3) == BULLY_VOTE_HELD && remain() == 200001);
	CHECK(u, question(1) == BULLY_VOTE_AHEAD);	/* the vote is the asker's */
	fix.core.grant.abstain_until = fix.now + FIX_HB;
	CHECK(u, question(3) == BULLY_VOTE_ABSTAINS && remain() == 100001);
	fix_msg(&q_msg, BULLY_MSG_ELECTION, 3);
	q_msg.members ^= 1;
	CHECK(u, answer() == BULLY_VOTE_MEMBERS);
	fix_msg(&q_msg, BULLY_MSG_ELECTION, 3);
	q_msg.lease_ms++;
	CHECK(u, answer() == BULLY_VOTE_MEMBERS);
}

/* F3: 7 of a leader comes before 5 and 3; and 7 of a claimant. */
static void refusals_led(struct unit *u)
{
	r_leader();
	CHECK(u, q_leads() && question(1) == BULLY_VOTE_LEADS && q_leads());
	fix.core.grant.abstain_until = fix.now + FIX_HB;
	CHECK(u, question(1) == BULLY_VOTE_LEADS);
	fix_msg(&q_msg, BULLY_MSG_ELECTION, 1);
	q_msg.members ^= 1;
	CHECK(u, answer() == BULLY_VOTE_LEADS);
	r_claimant();
	CHECK(u, question(5) == BULLY_VOTE_LEADS && fix.core.lease.claim);
}

/* F3: 9 of a follower comes after 3 and before 2. It says when the leader is missed. */
static void hears(struct unit *u)
{
	r_follower(3);
	r_position(1, 0);
	fix.now += FIX_HB;
	CHECK(u, question(5) == BULLY_VOTE_HEARS && remain() == 200001);
	CHECK(u, !q_sent(BULLY_MSG_REFUSE, 5)->leader);
	fix.core.grant.at = fix.now;
	CHECK(u, question(5) == BULLY_VOTE_HEARS && remain() == 300001);	/* its grant */
	fix.core.grant.resigned = true;
	fix.core.clock.timer[BULLY_T_LEASE] = fix.now + FIX_HB / 2;
	CHECK(u, question(5) == BULLY_VOTE_HEARS && remain() == 50001);
	fix.core.opts.look_ns = MS;						/* R9 */
	CHECK(u, question(5) == BULLY_VOTE_HEARS && remain() == 51001);
	fix.core.grant.resigned = false;
	fix.core.grant.abstain_until = fix.now + FIX_HB;
	CHECK(u, question(5) == BULLY_VOTE_ABSTAINS);
	r_follower(3);
	r_position(1, 0);
	CHECK(u, question(3) == BULLY_VOTE_GRANTED);	/* F4: of its leader */
	CHECK(u, fix.core.leader == 3);
}

/* F3: a witness answers and does not ask; an observer answers nothing. */
static void roles(struct unit *u)
{
	u32 i;

	for (i = 0; i < 2; i++) {
		r_make(2, q_around);
		fix.opts.role = i ? BULLY_ROLE_OBSERVER : BULLY_ROLE_WITNESS;
		fix_start();
		fix_prove_all();
		fix_timers_until(fix.now + 20 * FIX_LEASE);
		fix_prove_all();
		CHECK(u, !fix_count(BULLY_MSG_ELECTION));
		CHECK(u, question(3) == (i ? BULLY_VOTE_NONE : BULLY_VOTE_GRANTED));
	}
}

/* F5: the first claim gets the vote, and neither of two claimants yields to the higher one. */
static void first_claim(struct unit *u)
{
	u64 claim;

	r_voter();
	CHECK(u, q_claim(1, FIX_WALL + 10) == BULLY_VOTE_GRANTED);
	CHECK(u, q_claim(3, FIX_WALL + 20) == BULLY_VOTE_HELD);
	r_claimant();
	claim = fix.core.lease.claim;
	CHECK(u, q_claim(5, claim + 1) == BULLY_VOTE_LEADS && fix.core.lease.claim == claim);
	CHECK(u, q_claim(1, claim + 2) == BULLY_VOTE_LEADS && fix.core.lease.claim == claim);
	/* P1: a lower claimant is granted by a node that is not asking, whatever preempt says */
	r_make(2, q_around);
	fix.opts.preempt = true;
	fix_start();
	fix_prove_all();
	fix_timers_until(fix.now + ABSTENTION);
	fix.core.grant.abstain_until = 0;
	CHECK(u, !fix.core.lease.claim && q_claim(1, FIX_WALL + 10) == BULLY_VOTE_GRANTED);
}

/* F5, R15: voters that granted another claimant count for a while, and the claim is given up. */
static void loses(struct unit *u)
{
	u32 i;

	r_claimant();
	for (i = 0; i < 3; i++) {
		fix_msg(&q_msg, BULLY_MSG_REFUSE, r_five[i]);
		q_msg.echo = q_sent(BULLY_MSG_COORDINATOR, r_five[i])->seq;
		q_msg.state = BULLY_STATE_WAITING;
		q_msg.refusal = BULLY_VOTE_HELD;
		q_msg.leader = 1;
		q_msg.epoch = fix.core.lease.claim + 1;
		q_msg.remain_us = 300000;
		fix_deliver(&q_msg);
		CHECK(u, q_peer(r_five[i])->lease.blocked == BULLY_BLOCKED_CLAIM);
	}
	CHECK(u, fix.core.lease.claim);
	fix_clear();
	fix_timers_until(fix.now + FIX_HB);
	CHECK(u, !fix.core.lease.claim && fix_count(BULLY_MSG_RESIGN) == 4);
	CHECK(u, fix.core.role.phase == BULLY_PHASE_STAGGER);
}

/* R14: what voters said to the question is no answer to the claim. */
static void unheard(struct unit *u)
{
	r_claimant();
	fix_timers_until(fix.now + FIX_HB);
	CHECK(u, !fix.core.lease.claim && fix.core.listen.lonely);
}

/* F4: a voter refuses the claim of a node that is behind; the term goes before the index. */
static void newest(struct unit *u)
{
	static const struct {
		u64 own[2], claimant[2];
		u32 want;
	} table[] = {
		{ { 0, 0 }, { 0, 0 }, BULLY_VOTE_GRANTED },
		{ { 0, 0 }, { 1, 0 }, BULLY_VOTE_GRANTED },
		{ { 1, 7 }, { 1, 7 }, BULLY_VOTE_GRANTED },
		{ { 1, 8 }, { 1, 7 }, BULLY_VOTE_AHEAD },
		{ { 1, 7 }, { 1, 8 }, BULLY_VOTE_GRANTED },
		{ { 2, 0 }, { 1, 9 }, BULLY_VOTE_AHEAD },
		{ { 1, 9 }, { 2, 0 }, BULLY_VOTE_GRANTED },
		{ { 0, 1 }, { 0, 0 }, BULLY_VOTE_AHEAD },
	};
	u32 i;

	for (i = 0; i < sizeof(table) / sizeof(*table); i++) {
		r_voter();
		r_position(table[i].own[0], table[i].own[1]);
		q_claim_msg(3, FIX_WALL + 10);
		q_msg.position.term = table[i].claimant[0];
		q_msg.position.index = table[i].claimant[1];
		CHECK(u, q_answer() == table[i].want);
		CHECK(u, fix.core.grant.id == (table[i].want == BULLY_VOTE_GRANTED ? 3 : 0));
	}
	CHECK(u, q_peer(3)->position.term == 0 && q_sent(BULLY_MSG_REFUSE, 3)->position.index == 1);
	r_place(3, 5, 6);
	CHECK(u, q_peer(3)->position.term == 5 && q_peer(3)->position.index == 6);
	/* the leader claims above an epoch (R5): the follower's owner may be ahead by then */
	r_follower(3);
	r_position(9, 9);
	CHECK(u, q_claim(3, FIX_WALL + 30) == BULLY_VOTE_GRANTED);
	/* another refusal goes before it */
	r_voter();
	r_position(1, 0);
	CHECK(u, q_claim(3, FIX_WALL) == BULLY_VOTE_EPOCH);
	q_claim_msg(3, FIX_WALL + 10);
	q_msg.echo = 0;
	CHECK(u, q_answer() == BULLY_VOTE_UNHEARD);
}

/* F4, R15: a voter that is ahead does not count for this claim. */
static void behind(struct unit *u)
{
	u32 i;

	r_claimant();
	for (i = 0; i < 3; i++) {
		CHECK(u, fix.core.lease.claim);
		fix_msg(&q_msg, BULLY_MSG_REFUSE, r_five[i]);
		q_msg.echo = q_sent(BULLY_MSG_COORDINATOR, r_five[i])->seq;
		q_msg.state = BULLY_STATE_WAITING;
		q_msg.refusal = BULLY_VOTE_AHEAD;
		fix_deliver(&q_msg);
	}
	CHECK(u, !fix.core.lease.claim && fix.core.role.phase == BULLY_PHASE_STAGGER);
}

/* F6: the successor is the node that is most advanced, and among equals the highest one. */
static void successor(struct unit *u)
{
	r_leader();
	CHECK(u, q_leads());
	fix_simple(BULLY_EV_RESIGN);
	CHECK(u, !q_leads() && q_sent(BULLY_MSG_RESIGN, 1)->leader == 5);
	r_leader();
	r_place(1, 2, 1);
	r_place(3, 2, 3);
	r_place(4, 2, 3);
	r_place(5, 1, 9);
	q_peer(3)->priority = 9;	/* F7: of equal positions the ids decide */
	fix_clear();
	fix_simple(BULLY_EV_RESIGN);
	CHECK(u, q_sent(BULLY_MSG_RESIGN, 1)->leader == 4);
	CHECK(u, !(q_sent(BULLY_MSG_RESIGN, 4)->flags & BULLY_F_STANDS));
	r_leader();
	r_place(3, 2, 4);
	r_place(4, 2, 3);
	fix_clear();
	fix_simple(BULLY_EV_RESIGN);
	CHECK(u, q_sent(BULLY_MSG_RESIGN, 1)->leader == 3);
}

/* E14: a node that elects apart is no successor, however far its data is. */
static void successor_apart(struct unit *u)
{
	r_leader();
	r_place(5, 9, 9);
	r_place(3, 2, 3);
	fix_msg(&q_msg, BULLY_MSG_HELLO, 5);
	q_msg.members ^= 1;
	q_msg.position = q_peer(5)->position;
	fix_deliver(&q_msg);
	CHECK(u, q_peer(5)->set.differ && q_peer(5)->position.term == 9);
	fix_clear();
	fix_simple(BULLY_EV_RESIGN);
	CHECK(u, q_sent(BULLY_MSG_RESIGN, 1)->leader == 3);
}

/* C1: a node that resigned stands again under another leader than its successor, also a higher one. */
static void returns(struct unit *u)
{
	r_leader();
	r_place(3, 1, 1);
	fix_simple(BULLY_EV_RESIGN);
	r_held(3, fix.core.epoch + 1);
	CHECK(u, fix.core.leader == 3 && fix.core.stand.resigned);
	r_held(5, fix.core.epoch + 2);
	CHECK(u, fix.core.leader == 5 && !fix.core.stand.resigned);
}

/* F6: a named node claims at once. */
static void named(struct unit *u)
{
	r_follower(3);
	fix_msg(&q_msg, BULLY_MSG_RESIGN, 3);
	q_msg.epoch = fix.core.epoch;
	q_msg.leader = 2;
	q_msg.state = BULLY_STATE_WAITING;
	fix_deliver(&q_msg);
	CHECK(u, fix_count(BULLY_MSG_COORDINATOR) == 4 && !fix_count(BULLY_MSG_ELECTION));
}

/* R13, R15: the claim of the named node overtakes the leader's RESIGN to another voter. */
static void overtakes(struct unit *u)
{
	static const u64 waits[] = { FIX_HB / 16, FIX_HB / 4, FIX_HB / 2, FIX_HB / 2 };
	u32 i;

	r_make(2, q_around);
	fix_start();
	fix_prove_all();
	fix_timers_until(fix.now + ABSTENTION);
	r_held(3, FIX_WALL + 10);
	CHECK(u, fix.core.leader == 3);
	fix_msg(&q_msg, BULLY_MSG_RESIGN, 3);
	q_msg.epoch = fix.core.epoch;
	q_msg.leader = 2;
	q_msg.state = BULLY_STATE_WAITING;
	fix_deliver(&q_msg);
	CHECK(u, fix.core.lease.claim);
	CHECK(u, fix.core.hearsay.missed == 3 && fix.core.hearsay.missed_at == fix.now);	/* E8 */
	r_refuse(3, BULLY_VOTE_AHEAD, 0);
	for (i = 0; i < sizeof(waits) / sizeof(*waits); i++) {
		fix_msg(&q_msg, BULLY_MSG_REFUSE, 1);
		q_msg.echo = q_sent(BULLY_MSG_COORDINATOR, 1)->seq;
		q_msg.refusal = BULLY_VOTE_HELD;
		q_msg.remain_us = 250000;
		q_msg.state = BULLY_STATE_FOLLOWER;
		q_msg.leader = 3;
		q_msg.epoch = FIX_WALL + 10;
		q_msg.reported = q_msg.epoch;
		q_msg.leader_age_us = 0;
		fix_deliver(&q_msg);
		CHECK(u, fix.core.lease.claim);
		fix_clear();
		fix_timers_until(fix.now + waits[i] - 1);
		CHECK(u, !fix_sent(BULLY_MSG_COORDINATOR, 1));
		fix_timers_until(fix.now + 1);
		CHECK(u, fix_sent(BULLY_MSG_COORDINATOR, 1));
	}
	q_grant(1);
	CHECK(u, q_leads());
}

static const char *hand_to(u32 id, bool *again)
{
	struct bully_event ev = { .type = BULLY_EV_RESIGN, .peer = q_peer(id) };

	fix_step(&ev);
	return bully_core_handover(&fix.core, again);
}

/* Nodes 4 and 5 and this leader are ahead of node 1; node 3 is behind it. */
static void place_all(void)
{
	r_position(2, 0);
	r_place(1, 1, 5);
	r_place(3, 1, 4);
	r_place(4, 1, 6);
	r_place(5, 1, 6);
	fix_clear();
}

/* F6, S11: the named node must not be behind a majority. */
static void names_behind(struct unit *u)
{
	bool again;

	r_leader();
	place_all();
	CHECK(u, hand_to(1, &again) && !again && q_leads() && !fix_count(BULLY_MSG_HELLO));
	CHECK(u, hand_to(4, &again) && again);		/* nodes 1, 3 and 5, and itself */
	r_place(5, 1, 7);
	CHECK(u, hand_to(4, &again) && again);		/* nodes 1 and 3, and itself */
	q_peer(1)->state = BULLY_PEER_STATE_DOWN;
	CHECK(u, hand_to(4, &again) && !again && q_leads());
	q_peer(1)->state = BULLY_PEER_STATE_UP;
	q_peer(1)->role = BULLY_ROLE_OBSERVER;
	CHECK(u, hand_to(4, &again) && !again && q_leads());
}

/* Node @from, a follower, asks for the lease (R11). Nodes 1 to 5 are bits 0 to 4. */
static void ask_for(u32 from)
{
	fix_msg(&q_msg, BULLY_MSG_ELECTION, from);
	q_msg.state = BULLY_STATE_FOLLOWER;
	q_msg.leader = 2;
	q_msg.epoch = fix.core.epoch;
	q_msg.flags |= BULLY_F_ALIVE;
	q_msg.alive[0] = 0x1f;
	q_msg.position = q_peer(from)->position;
	fix_clear();
	fix_deliver(&q_msg);
}

/* F6, R11: rank does not count; a node that is behind a majority gets refusal 8. */
static void asks_behind(struct unit *u)
{
	r_leader();
	place_all();
	ask_for(1);
	CHECK(u, q_leads() && q_sent(BULLY_MSG_REFUSE, 1)->refusal == BULLY_VOTE_AHEAD);
	r_place(1, 1, 6);
	ask_for(1);
	CHECK(u, !q_leads() && q_sent(BULLY_MSG_RESIGN, 1)->leader == 1);
	CHECK(u, fix.core.reason == BULLY_REASON_HANDOVER);
	r_leader();
	fix_msg(&q_msg, BULLY_MSG_ELECTION, 1);		/* to another leader than this one */
	q_msg.leader = 5;
	CHECK(u, fix_deliver(&q_msg) == BULLY_DROP_UNEXPECTED && q_leads());
	r_follower(3);
	fix_msg(&q_msg, BULLY_MSG_ELECTION, 1);
	q_msg.leader = 2;
	CHECK(u, fix_deliver(&q_msg) == BULLY_DROP_UNEXPECTED && !fix.n_sent);
}

/* F6: after refusal 8 a follower asks no more. */
static void gives_up(struct unit *u)
{
	r_follower(3);
	CHECK(u, !bully_core_may_elect(&fix.core));	/* F7: the leader is the higher node */
	fix_simple(BULLY_EV_ELECT);
	fix_prove_all();
	if (!fix_sent(BULLY_MSG_ELECTION, 3))
		fix_timers_until(fix.now + FIX_HB / 4);
	CHECK(u, q_sent(BULLY_MSG_ELECTION, 3)->leader == 3 && fix.core.preempt.asked);
	CHECK(u, fix_count(BULLY_MSG_ELECTION) == 1);
	fix_msg(&q_msg, BULLY_MSG_REFUSE, 3);
	q_msg.state = BULLY_STATE_LEADER;
	q_msg.leader = 3;
	q_msg.refusal = BULLY_VOTE_AHEAD;
	fix_deliver(&q_msg);
	CHECK(u, !fix.core.preempt.asked && fix.core.leader == 3);
	fix_clear();
	fix_timers_until(fix.now + FIX_HB * 2);
	CHECK(u, fix.core.leader == 3 && !fix_count(BULLY_MSG_ELECTION));
}

/* R5: the word of an earlier leader is neither believed nor answered. */
static void late_word(struct unit *u)
{
	r_follower(3);
	r_held(1, FIX_WALL + 5);
	CHECK(u, fix.core.leader == 3 && fix.core.grant.id == 3);
	CHECK(u, !fix_count(BULLY_MSG_COORDINATOR_ACK) && !fix_count(BULLY_MSG_REFUSE));
}

/* F7: preempt is off, whatever the options say, and rank is no reason to ask. */
static void stays(struct unit *u)
{
	u32 kind;

	for (kind = 0; kind < 2; kind++) {
		r_make(5, kind ? q_lower : q_around);
		fix.opts.preempt = true;
		fix_start();
		CHECK(u, !fix.core.opts.preempt);
		fix_prove_all();
		fix_timers_until(fix.now + ABSTENTION);
		fix_prove_all();
		r_held(1, FIX_WALL + 10);
		CHECK(u, fix.core.leader == 1);
		fix_clear();
		fix_timers_until(fix.now + FIX_LEASE - 1);
		CHECK(u, fix.core.leader == 1 && !fix_count(BULLY_MSG_ELECTION));
		CHECK(u, fix.core.clock.timer[BULLY_T_PREEMPT] == BULLY_NEVER);
	}
}

const struct unit_case unit_step_raft_cases[] = {
	{ "raft_F3_open_voter", open_voter },
	{ "raft_F3_refusals", refusals },
	{ "raft_F3_refusals_led", refusals_led },
	{ "raft_F3_hears", hears },
	{ "raft_F3_roles", roles },
	{ "raft_F5_first_claim", first_claim },
	{ "raft_F5_loses", loses },
	{ "raft_R14_unheard", unheard },
	{ "raft_F4_newest", newest },
	{ "raft_F4_behind", behind },
	{ "raft_F6_successor", successor },
	{ "raft_E14_successor", successor_apart },
	{ "raft_C1_returns", returns },
	{ "raft_F6_named", named },
	{ "raft_R15_overtakes", overtakes },
	{ "raft_F6_names_behind", names_behind },
	{ "raft_F6_asks_behind", asks_behind },
	{ "raft_F6_gives_up", gives_up },
	{ "raft_R5_late_word", late_word },
	{ "raft_F7_stays", stays },
	{ 0 },
};
