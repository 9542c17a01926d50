// SPDX-License-Identifier: GPL-2.0-only
/* handover.c - tests the hand-over to a node that the operator names (S11) */
#include "ballot.h"

static const u32 lower[] = { 1, 2, 0 }, around[] = { 1, 3, 0 }, five[] = { 1, 3, 4, 5, 0 };

/* One request of the tool. Returns the refusal, or NULL if the node has handed over. */
static const char *hand_to(u32 id, bool *again)
{
	struct bully_event ev = { .type = BULLY_EV_RESIGN, .peer = bully_core_find(&fix.core, id) };

	fix_step(&ev);
	return bully_core_handover(&fix.core, again);
}

static void as_leader(void)
{
	fix_make(9, lower);
	fix_start();
	fix_prove_all();
	fix_clear();
}

static void claim_by(u32 from, u64 epoch)
{
	fix_msg(&q_msg, BULLY_MSG_COORDINATOR, from);
	q_msg.leader = from;
	q_msg.epoch = epoch;
	q_msg.state = BULLY_STATE_LEADER;
	fix_deliver(&q_msg);
}

static void resign_by(u32 from, u32 heir)
{
	fix_msg(&q_msg, BULLY_MSG_RESIGN, from);
	q_msg.epoch = fix.core.epoch;
	q_msg.leader = heir;
	q_msg.state = BULLY_STATE_WAITING;
	q_msg.flags = 0;
	fix_deliver(&q_msg);
}

/* The leader leads on until the named node has answered. Only that node is asked. */
static void classic(struct unit *u)
{
	bool again;

	as_leader();
	CHECK(u, hand_to(1, &again) && again && q_leads());
	CHECK(u, fix_count(BULLY_MSG_HELLO) == 1 && fix_sent(BULLY_MSG_HELLO, 1));
	CHECK(u, hand_to(1, &again) && again && fix_count(BULLY_MSG_HELLO) == 1);
	CHECK(u, !fix_count(BULLY_MSG_RESIGN));
	fix_prove(1);
	fix_clear();
	CHECK(u, !hand_to(1, &again) && !again && !q_leads());
	CHECK(u, fix.out.act[0].kind == BULLY_ACT_EVENT);	/* R6: the user first */
	CHECK(u, fix_count(BULLY_MSG_RESIGN) == 2 && q_sent(BULLY_MSG_RESIGN, 2)->leader == 1);
	CHECK(u, !(q_sent(BULLY_MSG_RESIGN, 1)->flags & BULLY_F_STANDS));
	CHECK(u, fix.core.stand.resigned && fix.core.reason == BULLY_REASON_RESIGNED);
	claim_by(1, fix.core.epoch + 1);
	CHECK(u, fix.core.leader == 1 && fix.core.stand.resigned);
}

/* An answer from before the request does not count, nor does an answer of another node. */
static void old_answer(struct unit *u)
{
	bool again;

	as_leader();
	CHECK(u, hand_to(2, &again) && again);
	fix_prove(2);
	CHECK(u, hand_to(1, &again) && again && q_leads());
	fix_prove(2);
	CHECK(u, hand_to(1, &again) && again && q_leads());
	CHECK(u, hand_to(2, &again) && again && q_leads());
	fix_prove(2);
	CHECK(u, !hand_to(2, &again) && !q_leads());
}

/* Each of these keeps the leader leading, and nothing is sent. */
static void ineligible(struct unit *u)
{
	struct bully_event set = { .type = BULLY_EV_PEER_SET, .role = BULLY_ROLE_WITNESS };
	bool again;
	u32 i;

	for (i = 0; i < 6; i++) {
		as_leader();
		fix_msg(&q_msg, BULLY_MSG_HEARTBEAT, 1);
		q_msg.leader = 9;
		if (i == 1)
			q_msg.flags = 0;			/* does not stand */
		if (i == 2)
			q_msg.members++;
		fix_deliver(&q_msg);
		if (i == 3)
			q_peer(1)->proved = false;
		if (i == 4)
			q_peer(1)->duplicate.until = fix.now + FIX_HB;
		set.peer = q_peer(1);
		if (i == 5)
			fix_step(&set);
		fix_clear();
		CHECK(u, hand_to(1, &again) && q_leads() && !fix_count(BULLY_MSG_RESIGN));
		CHECK(u, again == !i && fix_count(BULLY_MSG_HELLO) == (i ? 0 : 1));
	}
	fix_make(2, around);
	fix_start();
	fix_prove_all();
	claim_by(3, FIX_WALL + 7);
	fix_clear();
	CHECK(u, hand_to(1, &again) && !again && !fix.n_sent);	/* does not lead */
}

/* P6: a node that restarts again and again is held down, as this leader counts. */
static void held_down(struct unit *u)
{
	bool again;

	fix_make(9, lower);
	fix.opts.holddown = true;
	fix.opts.holddown_delay_ns = 10000 * MS;
	fix.opts.holddown_max_ns = 300000 * MS;
	fix.opts.holddown_half_life_ns = 300000 * MS;
	fix_start();
	fix_prove_all();
	fix_clear();
	q_peer(1)->holddown.penalty = 65536;
	q_peer(1)->holddown.penalty_at = fix.now;
	CHECK(u, hand_to(1, &again) && !again && q_leads() && !fix.n_sent);
	fix.now += 11000 * MS;
	q_peer(1)->heard = fix.now;
	CHECK(u, hand_to(1, &again) && again && q_leads());
}

/* The limit is a detection time, but at least a second. Another request begins anew. */
static void silent(struct unit *u)
{
	bool again;

	as_leader();
	CHECK(u, hand_to(1, &again) && again);
	fix.now += 1000 * MS;
	CHECK(u, hand_to(1, &again) && again && q_leads());
	fix.now += MS;
	CHECK(u, hand_to(1, &again) && !again && q_leads());
	CHECK(u, hand_to(1, &again) && again && q_leads());
}

/* Quorum mode: the answer names a majority, and lately. Nodes 1, 2 and 9 are bits 0, 1 and 2. */
static void majority(struct unit *u)
{
	static const struct { u8 alive; bool flag; u32 age_us; bool done; } table[] = {
		{ 5, true, 0, true },		{ 7, true, 300000, true },
		{ 3, true, 0, true },		{ 1, true, 0, false },
		{ 5, false, 0, false },		{ 5, true, 300001, false },
	};
	bool again;
	u32 i;

	for (i = 0; i < sizeof(table) / sizeof(*table); i++) {
		q_leader(9, q_lower);
		CHECK(u, q_leads() && hand_to(1, &again) && again);
		CHECK(u, q_sent(BULLY_MSG_HELLO, 1)->flags & BULLY_F_ALIVE);
		fix_msg(&q_msg, BULLY_MSG_HELLO_ACK, 1);
		q_msg.echo = q_sent(BULLY_MSG_HELLO, 1)->seq;
		q_msg.flags |= table[i].flag ? BULLY_F_ALIVE : 0;
		q_msg.alive[0] = table[i].alive;
		q_msg.alive_age_us = table[i].age_us;
		fix_deliver(&q_msg);
		CHECK(u, !hand_to(1, &again) == table[i].done && q_leads() != table[i].done);
		CHECK(u, again == !table[i].done);
		if (table[i].done)
			CHECK(u, q_sent(BULLY_MSG_RESIGN, 2)->leader == 1);
	}
}

/* Quorum mode: a follower that its leader asks says whom it receives, and asks all others once. */
static void asked(struct unit *u)
{
	q_make(2, five);
	fix_start();
	fix_prove_all();
	fix_timers_until(fix.now + ABSTENTION);
	q_claim_msg(5, FIX_WALL + 10);
	q_msg.state = BULLY_STATE_LEADER;
	q_msg.flags |= BULLY_F_LEASE_HELD;
	fix_deliver(&q_msg);
	CHECK(u, fix.core.leader == 5);
	fix.now += 4 * FIX_HB;			/* the answers of the others are old */
	fix_clear();
	fix_msg(&q_msg, BULLY_MSG_HELLO, 3);	/* not its leader */
	q_msg.flags |= BULLY_F_ALIVE;
	fix_deliver(&q_msg);
	CHECK(u, q_sent(BULLY_MSG_HELLO_ACK, 3)->flags & BULLY_F_ALIVE);
	CHECK(u, !fix_count(BULLY_MSG_HELLO));
	fix_msg(&q_msg, BULLY_MSG_HELLO, 5);
	q_msg.leader = 5;
	q_msg.state = BULLY_STATE_LEADER;
	q_msg.flags |= BULLY_F_ALIVE | BULLY_F_LEASE_HELD;
	q_msg.epoch = fix.core.epoch;
	fix_deliver(&q_msg);
	CHECK(u, q_sent(BULLY_MSG_HELLO_ACK, 5)->flags & BULLY_F_ALIVE);
	CHECK(u, fix_count(BULLY_MSG_HELLO) == 4);
	q_msg.seq = ++fix.seq;
	fix_deliver(&q_msg);
	CHECK(u, fix_count(BULLY_MSG_HELLO) == 4);
	fix_prove_all();			/* now a majority answers */
	fix.now += FIX_HB / 2;
	fix_clear();
	q_msg.seq = ++fix.seq;
	fix_deliver(&q_msg);
	CHECK(u, q_sent(BULLY_MSG_HELLO_ACK, 5)->alive[0] == 0x1f && !fix_count(BULLY_MSG_HELLO));
}

/* The highest follower leaves a lower named node a heartbeat, and follows it despite preempt. */
static void leaves_time(struct unit *u)
{
	u32 claims;

	for (claims = 0; claims < 2; claims++) {
		fix_make(2, around);
		fix_start();
		fix_prove_all();
		claim_by(3, FIX_WALL + 7);
		CHECK(u, fix.core.leader == 3);
		fix_clear();
		resign_by(3, 1);
		CHECK(u, fix.core.state == BULLY_STATE_WAITING && !fix.n_sent);
		if (claims) {
			claim_by(1, FIX_WALL + 8);
			CHECK(u, fix.core.state == BULLY_STATE_FOLLOWER && fix.core.leader == 1);
			fix_timers_until(fix.now + FIX_HB / 10);	/* P1 */
			CHECK(u, fix.core.state != BULLY_STATE_FOLLOWER);
			continue;
		}
		fix_timers_until(fix.now + FIX_HB - 1);
		CHECK(u, !fix_count(BULLY_MSG_ELECTION) && !fix_count(BULLY_MSG_COORDINATOR));
		fix_timers_until(fix.now + 1);
		CHECK(u, fix_count(BULLY_MSG_ELECTION) + fix_count(BULLY_MSG_COORDINATOR));
	}
}

/* C1: a successor that hands over to a higher node is not lost; one that names nobody is. */
static void handed_on(struct unit *u)
{
	u32 heir;

	for (heir = 0; heir < 3; heir += 2) {
		as_leader();
		fix_simple(BULLY_EV_RESIGN);
		claim_by(1, fix.core.epoch + 1);
		CHECK(u, fix.core.leader == 1 && fix.core.stand.resigned);
		resign_by(1, heir);
		CHECK(u, fix.core.stand.resigned == (heir == 2));
	}
}

const struct unit_case unit_step_handover_cases[] = {
	{ "handover_S11_classic", classic },
	{ "handover_S11_old_answer", old_answer },
	{ "handover_S11_ineligible", ineligible },
	{ "handover_S11_held_down", held_down },
	{ "handover_S11_silent", silent },
	{ "handover_S11_majority", majority },
	{ "handover_S11_asked", asked },
	{ "handover_S11_leaves_time", leaves_time },
	{ "handover_C1_handed_on", handed_on },
	{ 0 },
};
