// SPDX-License-Identifier: GPL-2.0-only
/* session.c - tests which messages count (W2, W4, S2, D1, A4) */
#include "alone.h"
#include "outbox.h"
#include "session.h"

static struct bully_msg m;
static struct bully_peer *from;
static bool restarted;

/* Returns node 2 with proved peers. */
static struct bully_core *proved(void)
{
	struct bully_core *c = alone(2, alone_around);

	alone_all_up();
	restarted = false;
	return c;
}

static enum bully_drop check(struct bully_core *c, enum bully_tag tag)
{
	return bully_session_check(c, &m, tag, &from, &restarted);
}

static enum bully_drop admit(struct bully_core *c, u64 seq)
{
	m.seq = seq;
	return bully_session_admit(c, alone_peer(3), &m);
}

/* W4: each sequence once; 63 behind the highest may come late, 64 may not. */
static void window(struct unit *u)
{
	struct bully_core *c = proved();
	u64 top = 1000;

	fix_msg(&m, BULLY_MSG_HEARTBEAT, 3);
	CHECK(u, admit(c, top) == BULLY_DROP_NONE && admit(c, top) == BULLY_DROP_REPLAY);
	CHECK(u, admit(c, top - 63) == BULLY_DROP_NONE && admit(c, top - 63) == BULLY_DROP_REPLAY);
	CHECK(u, admit(c, top - 64) == BULLY_DROP_REPLAY);
	top += 63;				/* the seen sequence is still inside */
	CHECK(u, admit(c, top) == BULLY_DROP_NONE && admit(c, top - 63) == BULLY_DROP_REPLAY);
	CHECK(u, admit(c, top - 62) == BULLY_DROP_NONE);
	top += 64;				/* nothing of the old window is left */
	CHECK(u, admit(c, top) == BULLY_DROP_NONE && admit(c, top - 64) == BULLY_DROP_REPLAY);
	CHECK(u, admit(c, top - 63) == BULLY_DROP_NONE && admit(c, top - 1) == BULLY_DROP_NONE);
	CHECK(u, admit(c, ~0ULL) == BULLY_DROP_NONE && admit(c, ~0ULL) == BULLY_DROP_REPLAY);
	CHECK(u, admit(c, ~0ULL - 63) == BULLY_DROP_NONE && admit(c, 0) == BULLY_DROP_REPLAY);
}

/* A4: the look before the tag judges a repetition as the step does, and changes nothing. */
static void peek(struct unit *u)
{
	struct bully_core *c = proved();
	struct bully_peer *p;
	bool ours;
	u64 seq;

	fix_msg(&m, BULLY_MSG_HEARTBEAT, 3);
	for (seq = 1000; seq < 1200; seq += 7)
		admit(c, seq);
	for (seq = 1100; seq < 1200; seq++) {
		enum bully_drop seen;

		m.seq = seq;
		seen = bully_core_peek(c, &m, &p, &ours);
		CHECK(u, seen == bully_core_peek(c, &m, &p, &ours) && ours);
		CHECK(u, seen == admit(c, seq));
	}
	m.to_session++;
	CHECK(u, bully_core_peek(c, &m, &p, &ours) == BULLY_DROP_NONE && !ours);
	m.from = 77;
	CHECK(u, bully_core_peek(c, &m, &p, &ours) == BULLY_DROP_PEER && !p);
}

/* W2: of several faults of a message the first in the order decides. */
static void verdicts(struct unit *u)
{
	struct bully_core *c = proved();

	fix_msg(&m, BULLY_MSG_HEARTBEAT, 3);
	admit(c, 1000);
	c->stopped = true;
	m.from = 2;
	m.to = 9;
	m.key_id = 1;
	CHECK(u, check(c, BULLY_TAG_OFF) == BULLY_DROP_INACTIVE);
	c->stopped = false;
	c->link = BULLY_LINK_NO_CARRIER;
	CHECK(u, check(c, BULLY_TAG_OFF) == BULLY_DROP_INACTIVE);
	c->link = BULLY_LINK_UP;
	CHECK(u, check(c, BULLY_TAG_OFF) == BULLY_DROP_OWN_ID);
	m.from = 77;
	CHECK(u, check(c, BULLY_TAG_OFF) == BULLY_DROP_PEER);
	m.from = 3;
	CHECK(u, check(c, BULLY_TAG_OFF) == BULLY_DROP_RECEIVER);
	m.to = 2;
	CHECK(u, check(c, BULLY_TAG_OFF) == BULLY_DROP_AUTH);
	CHECK(u, check(c, BULLY_TAG_FAILED) == BULLY_DROP_AUTH);
	CHECK(u, check(c, BULLY_TAG_LIMITED) == BULLY_DROP_REPLAY);
	m.seq++;
	CHECK(u, check(c, BULLY_TAG_LIMITED) == BULLY_DROP_LIMITED);
	CHECK(u, check(c, BULLY_TAG_UNSEEN) == BULLY_DROP_AUTH);
	CHECK(u, !fix.out.n);				/* none of these is answered */
	m.to_session++;
	CHECK(u, check(c, BULLY_TAG_PASSED) == BULLY_DROP_SESSION && from == alone_peer(3));
	CHECK(u, alone_sent(BULLY_MSG_HELLO, 3) && fix.out.n == 1);	/* R9 */
	m.to_session--;
	CHECK(u, check(c, BULLY_TAG_PASSED) == BULLY_DROP_NONE);
	m.from_session++;
	CHECK(u, check(c, BULLY_TAG_PASSED) == BULLY_DROP_NONE);
	CHECK(u, bully_session_admit(c, from, &m) == BULLY_DROP_UNPROVED);
	m.from_session--;
	from->proved = false;
	CHECK(u, bully_session_admit(c, from, &m) == BULLY_DROP_UNPROVED && fix.out.n == 1);
	from->proved = true;
	CHECK(u, bully_session_admit(c, from, &m) == BULLY_DROP_NONE);
}

/* S2: in a heartbeat 8 HELLOs of a peer are answered, 16 with those that name our session. */
static void limits(struct unit *u)
{
	struct bully_core *c = proved();
	struct bully_peer *p = alone_peer(3);
	u32 i, round;

	fix_msg(&m, BULLY_MSG_HELLO, 3);
	for (round = 0; round < 2; round++) {
		m.to_session = 0;
		for (i = 0; i < 8; i++) {
			alone_step(0);
			CHECK(u, bully_session_answer_hello(c, p, &m) == BULLY_DROP_NONE);
			CHECK(u, alone_said(BULLY_MSG_HELLO_ACK, 3)->echo == m.seq);
		}
		alone_step(FIX_HB - 1);
		CHECK(u, bully_session_answer_hello(c, p, &m) == BULLY_DROP_LIMITED && !fix.out.n);
		m.to_session = c->session;
		for (i = 0; i < 8; i++)
			CHECK(u, bully_session_answer_hello(c, p, &m) == BULLY_DROP_NONE);
		CHECK(u, bully_session_answer_hello(c, p, &m) == BULLY_DROP_LIMITED);
		CHECK(u, fix.out.n == 8);
		alone_step(1);
	}
	m.flags |= BULLY_F_ELSEWHERE;			/* S9: marked as the question is */
	CHECK(u, bully_session_answer_hello(c, p, &m) == BULLY_DROP_NONE);
	CHECK(u, alone_said(BULLY_MSG_HELLO_ACK, 3)->flags & BULLY_F_ELSEWHERE);
}

/* S2: an answer proves a session if it echoes a HELLO after the floor, and one that was sent. */
static void echoes(struct unit *u)
{
	struct bully_core *c = alone(2, alone_around);
	struct bully_peer *p = alone_peer(3);
	static const struct {
		u64 echo;
		enum bully_drop want;
	} table[] = {
		{ 0, BULLY_DROP_ECHO }, { 10, BULLY_DROP_ECHO }, { 21, BULLY_DROP_ECHO },
		{ 11, BULLY_DROP_NONE }, { 20, BULLY_DROP_NONE },
	};
	u32 i;

	for (i = 0; i < sizeof(table) / sizeof(*table); i++) {
		p->session = 0;
		p->proved = restarted = false;
		p->outbox.hello_floor = 10;
		p->outbox.hello_seq = 20;
		fix_msg(&m, BULLY_MSG_HELLO_ACK, 3);
		m.echo = table[i].echo;
		CHECK(u, check(c, BULLY_TAG_OFF) == table[i].want);
		CHECK(u, p->proved == !table[i].want && !restarted);
		CHECK(u, p->session == (table[i].want ? 0 : m.from_session));
		/* the session is new, so the answer proves no other session */
		CHECK(u, p->outbox.hello_floor == (table[i].want ? 10 : m.echo));
	}
}

/* S2: a peer with another session has restarted; its sequences begin again (W4). */
static void restart(struct unit *u)
{
	struct bully_core *c = proved();
	struct bully_peer *p = alone_peer(3);

	fix_msg(&m, BULLY_MSG_HEARTBEAT, 3);
	admit(c, 1000);
	bully_send(c, BULLY_TO_PEER, 3, BULLY_MSG_HELLO, 0);
	fix_msg(&m, BULLY_MSG_HELLO_ACK, 3);
	m.from_session = 0x777;
	m.seq = 1;
	m.echo = p->outbox.hello_seq;
	CHECK(u, check(c, BULLY_TAG_OFF) == BULLY_DROP_NONE && restarted);
	CHECK(u, p->session == 0x777 && p->stats.sessions == 1 && p->proof.at == c->now);
	CHECK(u, bully_session_admit(c, p, &m) == BULLY_DROP_NONE);
	restarted = false;
	bully_send(c, BULLY_TO_PEER, 3, BULLY_MSG_HELLO, 0);
	m.seq = 2;
	m.echo = p->outbox.hello_seq;
	CHECK(u, check(c, BULLY_TAG_OFF) == BULLY_DROP_NONE && !restarted);
	CHECK(u, p->stats.sessions == 1);
}

/* D1: a session that returns while the newer session is alive is a second node. */
static void comes_back(struct unit *u)
{
	struct bully_core *c;
	struct bully_peer *p;
	u32 late;

	for (late = 0; late < 2; late++) {
		c = proved();
		p = alone_peer(3);
		p->proof.session_before = 0x777;
		alone_step(DETECTION + late);
		bully_send(c, BULLY_TO_PEER, 3, BULLY_MSG_HELLO, 0);
		fix_msg(&m, BULLY_MSG_HELLO_ACK, 3);
		m.from_session = 0x777;
		m.echo = p->outbox.hello_seq;
		CHECK(u, check(c, BULLY_TAG_OFF) == (late ? BULLY_DROP_NONE : BULLY_DROP_UNPROVED));
		CHECK(u, (p->duplicate.until > c->now) == !late);
		CHECK(u, (p->session == 0x777) == late && restarted == late);
		CHECK(u, alone_count(BULLY_MSG_HELLO) == (late ? 1 : 2));
	}
}

const struct unit_case unit_session_cases[] = {
	{ "session_W4_replay_window", window },
	{ "session_A4_peek_judges_as_the_step", peek },
	{ "session_W2_first_failure_decides", verdicts },
	{ "session_S2_answers_are_limited", limits },
	{ "session_S2_which_echo_proves", echoes },
	{ "session_S2_restart", restart },
	{ "session_D1_old_session_comes_back", comes_back },
	{ 0 },
};
