// SPDX-License-Identifier: GPL-2.0-only
/* outbox.c - tests what a step sends and remembers (R3, S2, S9, W5) */
#include "alone.h"
#include "outbox.h"

/* R3: only the last 32 messages to a peer are remembered, with their times. */
static void ring(struct unit *u)
{
	struct bully_core *c = alone_quorum(2, alone_around);
	struct bully_peer *p = alone_peer(3);
	u64 at = 0, begin = c->now;
	u32 i, n;

	CHECK(u, !bully_outbox_remembers(p, 0, &at));	/* an empty place is no message */
	for (n = 1; n <= 300; n++) {			/* the count of sends wraps at 256 */
		alone_step(10);
		bully_send(c, BULLY_TO_PEER, 3, BULLY_MSG_HEARTBEAT, 0);
		for (i = 1; i <= n; i++) {
			bool known = n - i < BULLY_SENT;

			if (i > 2 && n - i > BULLY_SENT + 1)
				continue;
			CHECK(u, bully_outbox_remembers(p, i, &at) == known);
			CHECK(u, !known || at == begin + 10 * i);
		}
	}
	CHECK(u, !bully_outbox_remembers(p, 301, &at));
	CHECK(u, !bully_outbox_remembers(alone_peer(1), 300, &at));
}

/* R3: a message to several peers is remembered for each; classic mode remembers none. */
static void targets(struct unit *u)
{
	struct bully_core *c = alone_quorum(2, alone_around);
	u64 at, seq;

	alone_peer(9)->role = BULLY_ROLE_WITNESS;
	seq = bully_send(c, BULLY_TO_HIGHER, 0, BULLY_MSG_ELECTION, 0)->seq;
	CHECK(u, !bully_outbox_remembers(alone_peer(1), seq, &at));
	CHECK(u, bully_outbox_remembers(alone_peer(3), seq, &at));
	CHECK(u, !bully_outbox_remembers(alone_peer(9), seq, &at));	/* no candidate */
	seq = bully_send(c, BULLY_TO_ALL, 0, BULLY_MSG_RESIGN, 0)->seq;
	CHECK(u, bully_outbox_remembers(alone_peer(1), seq, &at));
	CHECK(u, bully_outbox_remembers(alone_peer(9), seq, &at));
	c = alone(2, alone_around);
	seq = bully_send(c, BULLY_TO_ALL, 0, BULLY_MSG_RESIGN, 0)->seq;
	CHECK(u, !bully_outbox_remembers(alone_peer(1), seq, &at));
}

/* Questions measure the round trip; only answers to HELLO prove a session (S2). */
static void questions(struct unit *u)
{
	static const struct {
		u8 type;
		bool asks, proves;
	} table[] = {
		{ BULLY_MSG_HELLO, true, true }, { BULLY_MSG_ELECTION, true, false },
		{ BULLY_MSG_COORDINATOR, true, false }, { BULLY_MSG_HEARTBEAT, false, false },
		{ BULLY_MSG_OK, false, false },
	};
	struct bully_core *c;
	struct bully_peer *p;
	u64 seq;
	u32 i;

	for (i = 0; i < sizeof(table) / sizeof(*table); i++) {
		c = alone(2, alone_around);
		p = alone_peer(3);
		seq = bully_send(c, BULLY_TO_PEER, 3, table[i].type, 0)->seq;
		CHECK(u, p->outbox.ask_seq == (table[i].asks ? seq : 0));
		CHECK(u, p->outbox.hello_seq == (table[i].proves ? seq : 0));
		CHECK(u, !alone_peer(1)->outbox.ask_seq);
	}
	/* S9: the answer to a notice proves nothing, and is remembered in neither mode */
	c = alone_quorum(2, alone_around);
	seq = bully_send(c, BULLY_TO_SOURCE, 3, BULLY_MSG_HELLO, 0)->seq;
	CHECK(u, !p->outbox.hello_seq && !p->outbox.ask_seq);
	CHECK(u, !bully_outbox_remembers(p, seq, &(u64){ 0 }));
}

/* S5: HELLOs that were sent before a peer was lost prove nothing. */
static void void_hellos(struct unit *u)
{
	struct bully_core *c = alone(2, alone_around);
	struct bully_peer *p = alone_peer(3);

	bully_send(c, BULLY_TO_PEER, 3, BULLY_MSG_HELLO, 0);
	CHECK(u, p->outbox.hello_floor < p->outbox.hello_seq);
	bully_outbox_void_hellos(c, p);
	CHECK(u, p->outbox.hello_floor == p->outbox.hello_seq);
	CHECK(u, !alone_peer(1)->outbox.hello_floor);
	bully_send(c, BULLY_TO_PEER, 3, BULLY_MSG_HELLO, 0);
	CHECK(u, p->outbox.hello_floor < p->outbox.hello_seq);
}

/* R12: a follower's report about its leader is as old as the leader's last answer. */
static void says(struct unit *u)
{
	struct bully_core *c = alone(2, alone_around);
	struct bully_action *act;

	c->state = BULLY_STATE_FOLLOWER;
	c->leader = 9;
	c->epoch = 50;
	c->epochs.reported = 60;
	c->probe.proof = c->now - 5;
	act = bully_send(c, BULLY_TO_PEER, 3, BULLY_MSG_OK, 7);
	CHECK(u, act->leader == 9 && act->leader_at == c->now - 5 && act->echo == 7);
	CHECK(u, act->epoch == 50 && act->reported == 60 && act->at == c->now);
	CHECK(u, act->flags == BULLY_F_STANDS);
	c->opts.candidate = false;
	c->state = BULLY_STATE_WAITING;
	act = bully_send(c, BULLY_TO_PEER, 3, BULLY_MSG_OK, 8);
	CHECK(u, act->leader_at == c->now && !act->flags);
}

/* E13, R5: COORDINATOR names the claim. It says "lease held" only if the claim is held. */
static void claims(struct unit *u)
{
	struct bully_core *c = alone_quorum(2, alone_around);
	struct bully_action *act;

	c->lease.claim = 80;
	c->state = BULLY_STATE_ELECTION;
	act = bully_send(c, BULLY_TO_ALL, 0, BULLY_MSG_COORDINATOR, 0);
	CHECK(u, act->leader == 2 && act->epoch == 80 && !(act->flags & BULLY_F_LEASE_HELD));
	c->state = BULLY_STATE_LEADER;
	c->leader = 2;
	c->epoch = 79;
	act = bully_send(c, BULLY_TO_ALL, 0, BULLY_MSG_COORDINATOR, 0);
	CHECK(u, act->epoch == 80 && !(act->flags & BULLY_F_LEASE_HELD));
	act = bully_send(c, BULLY_TO_PEER, 3, BULLY_MSG_HEARTBEAT_ACK, 0);
	CHECK(u, act->epoch == 79 && act->flags & BULLY_F_LEASE_HELD);
	c->epoch = 80;
	act = bully_send(c, BULLY_TO_ALL, 0, BULLY_MSG_COORDINATOR, 0);
	CHECK(u, act->epoch == 80 && act->flags & BULLY_F_LEASE_HELD);
}

/* W5: an answer names the session that it answers. */
static void answer(struct unit *u)
{
	static struct bully_msg m;
	struct bully_action *act;
	struct bully_core *c = alone(2, alone_around);

	fix_msg(&m, BULLY_MSG_HELLO, 3);
	m.from_session = 0x777;
	act = bully_answer(c, &m, BULLY_MSG_HELLO_ACK);
	CHECK(u, act->target == BULLY_TO_SENDER && act->id == 3);
	CHECK(u, act->to_session == 0x777 && act->echo == m.seq);
}

/* A step reports each of its peers once, without its own reason. */
static void notes(struct unit *u)
{
	struct bully_core *c = alone(2, alone_around);

	bully_note(c, BULLY_NOTE_STATE, BULLY_REASON_ADMIN);
	bully_note(c, BULLY_NOTE_PEERS, BULLY_REASON_NONE);
	bully_note(c, BULLY_NOTE_PEERS, BULLY_REASON_NONE);
	bully_note(c, BULLY_NOTE_CONFIG, BULLY_REASON_CONFIG);
	bully_note(c, BULLY_NOTE_CONFIG, BULLY_REASON_CONFIG);
	CHECK(u, alone_notes(BULLY_NOTE_PEERS) == 1 && alone_notes(BULLY_NOTE_CONFIG) == 2);
	CHECK(u, fix.out.act[1].reason == BULLY_REASON_ADMIN);
	CHECK(u, c->reason == BULLY_REASON_CONFIG);
	alone_step(0);
	bully_note(c, BULLY_NOTE_PEERS, BULLY_REASON_NONE);
	CHECK(u, alone_notes(BULLY_NOTE_PEERS) == 1);
}

/* A full table loses an action, but is never written past its end. */
static void full(struct unit *u)
{
	struct bully_core *c = alone(2, alone_around);
	u32 i;

	for (i = 1; i <= BULLY_ACTIONS; i++) {
		bully_send(c, BULLY_TO_PEER, 3, BULLY_MSG_OK, 0);
		CHECK(u, bully_outbox_is_full(c) == (i > BULLY_ACTIONS / 2));
	}
	CHECK(u, fix.out.n == BULLY_ACTIONS && !c->stats.actions_lost);
	bully_send(c, BULLY_TO_PEER, 3, BULLY_MSG_RESIGN, 0);
	CHECK(u, fix.out.n == BULLY_ACTIONS && c->stats.actions_lost == 1);
	CHECK(u, fix.out.act[BULLY_ACTIONS - 1].type == BULLY_MSG_RESIGN);
}

static void microseconds(struct unit *u)
{
	CHECK(u, bully_outbox_us(999) == 0 && bully_outbox_us(1000) == 1);
	CHECK(u, bully_outbox_us(0xfffffffeULL * 1000 + 999) == 0xfffffffe);
	CHECK(u, bully_outbox_us(0xffffffffULL * 1000) == 0xffffffff);
	CHECK(u, bully_outbox_us(0x100000000ULL * 1000) == 0xffffffff);
	CHECK(u, bully_outbox_us(~0ULL) == 0xffffffff);
}

const struct unit_case unit_outbox_cases[] = {
	{ "outbox_R3_remembers_the_last_32", ring },
	{ "outbox_R3_remembers_for_each_target", targets },
	{ "outbox_S2_questions", questions },
	{ "outbox_S5_void_hellos", void_hellos },
	{ "outbox_R12_says_how_old_its_word_is", says },
	{ "outbox_R5_claim_is_not_lease_held", claims },
	{ "outbox_W5_answers_name_the_session", answer },
	{ "outbox_peers_are_told_once_a_step", notes },
	{ "outbox_full_table", full },
	{ "outbox_microseconds_saturate", microseconds },
	{ 0 },
};
