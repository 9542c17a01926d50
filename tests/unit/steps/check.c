// SPDX-License-Identifier: GPL-2.0-only
/* check.c - tests the checks that a message must pass before it counts (R9, W4) */
#include "unit.h"

static const u32 others[] = { 1, 3, 0 };

/* Makes node 2, whose HELLOs nodes 1 and 3 have answered. */
static void proved(void)
{
	fix_make(2, others);
	fix_start();
	fix_prove_all();
	fix_clear();
}

/* W2: the first failure decides, and changes nothing but a counter. */
static void verdicts(struct unit *u)
{
	static struct bully_msg m;

	proved();
	fix_msg(&m, BULLY_MSG_HEARTBEAT, 1);
	m.from = 2;
	CHECK(u, fix_deliver(&m) == BULLY_DROP_OWN_ID);
	m.from = 9;
	CHECK(u, fix_deliver(&m) == BULLY_DROP_PEER);
	fix_msg(&m, BULLY_MSG_HEARTBEAT, 1);
	m.to = 3;
	CHECK(u, fix_deliver(&m) == BULLY_DROP_RECEIVER);
	fix_msg(&m, BULLY_MSG_HEARTBEAT, 1);
	m.key_id = 1;
	CHECK(u, fix_deliver(&m) == BULLY_DROP_AUTH);
	CHECK(u, fix.n_sent == 0);	/* none of these is answered */
	CHECK(u, fix_say(BULLY_MSG_HEARTBEAT, 1) == BULLY_DROP_NONE);
	CHECK(u, fix_sent(BULLY_MSG_HEARTBEAT_ACK, 1));
}

/* R9: a peer that names another session of ours gets the right one, once a heartbeat. */
static void wrong_session(struct unit *u)
{
	static struct bully_msg m;
	const struct bully_msg *hello;

	proved();
	fix.now += FIX_HB * 2;
	fix_clear();
	fix_msg(&m, BULLY_MSG_COORDINATOR, 3);
	m.to_session = 99;
	m.leader = 3;
	m.epoch = FIX_WALL;
	m.state = BULLY_STATE_LEADER;
	CHECK(u, fix_deliver(&m) == BULLY_DROP_SESSION);
	hello = fix_sent(BULLY_MSG_HELLO, 3);
	CHECK(u, hello && hello->from_session == fix.core.session);
	CHECK(u, fix.core.leader != 3);
	fix_clear();
	m.seq = ++fix.seq;
	CHECK(u, fix_deliver(&m) == BULLY_DROP_SESSION);
	CHECK(u, !fix_sent(BULLY_MSG_HELLO, 3));
	fix.now += FIX_HB;
	fix_clear();
	m.seq = ++fix.seq;
	CHECK(u, fix_deliver(&m) == BULLY_DROP_SESSION);
	CHECK(u, fix_sent(BULLY_MSG_HELLO, 3));
}

/* S2: messages of a session that has not answered our HELLO have no effect. */
static void unproved(struct unit *u)
{
	static struct bully_msg m;

	fix_make(2, others);
	fix_start();
	fix_msg(&m, BULLY_MSG_COORDINATOR, 3);
	m.leader = 3;
	m.epoch = FIX_WALL;
	m.state = BULLY_STATE_LEADER;
	CHECK(u, fix_deliver(&m) == BULLY_DROP_UNPROVED);
	CHECK(u, fix.core.state == BULLY_STATE_INIT && !fix.core.leader);
	CHECK(u, fix_prove(3) == BULLY_DROP_NONE);
	m.seq = ++fix.seq;
	CHECK(u, fix_deliver(&m) == BULLY_DROP_NONE);
	CHECK(u, fix.core.state == BULLY_STATE_FOLLOWER && fix.core.leader == 3);
}

/* A HELLO from any session is answered, with this session. */
static void hello(struct unit *u)
{
	static struct bully_msg m;
	const struct bully_msg *ack;
	u32 i;

	proved();
	fix_msg(&m, BULLY_MSG_HELLO, 1);
	m.from_session = 0x777;
	m.to_session = 0;
	fix_deliver(&m);
	ack = fix_sent(BULLY_MSG_HELLO_ACK, 1);
	CHECK(u, ack && ack->to_session == 0x777 && ack->echo == m.seq);
	for (i = 0; i < 30; i++) {
		m.seq = ++fix.seq;
		fix_deliver(&m);
	}
	/* no peer can make us send without end */
	CHECK(u, fix_count(BULLY_MSG_HELLO_ACK) < 20);
	CHECK(u, fix.core.stats.drops[BULLY_DROP_LIMITED] > 0);
}

static void wrong_echo(struct unit *u)
{
	static struct bully_msg m;

	fix_make(2, others);
	fix_start();
	fix_msg(&m, BULLY_MSG_HELLO_ACK, 3);
	m.echo = fix_sent(BULLY_MSG_HELLO, 3)->seq + 1;
	CHECK(u, fix_deliver(&m) == BULLY_DROP_ECHO);
	m.seq = ++fix.seq;
	m.echo = 0;
	CHECK(u, fix_deliver(&m) == BULLY_DROP_ECHO);
	CHECK(u, !bully_core_find(&fix.core, 3)->proved);
}

/* W4: each sequence counts once; up to 63 may come late, older ones are dropped. */
static void replay(struct unit *u)
{
	static struct bully_msg m;
	u64 top;
	u32 i;

	proved();
	fix.seq += 1000;
	fix_msg(&m, BULLY_MSG_HEARTBEAT, 1);
	top = m.seq;
	CHECK(u, fix_deliver(&m) == BULLY_DROP_NONE);
	CHECK(u, fix_deliver(&m) == BULLY_DROP_REPLAY);
	for (i = 63; i >= 1; i--) {
		m.seq = top - i;
		CHECK(u, fix_deliver(&m) == BULLY_DROP_NONE);
		CHECK(u, fix_deliver(&m) == BULLY_DROP_REPLAY);
	}
	m.seq = top - 64;
	CHECK(u, fix_deliver(&m) == BULLY_DROP_REPLAY);
	m.seq = 1;
	CHECK(u, fix_deliver(&m) == BULLY_DROP_REPLAY);
	m.seq = top + 64;
	CHECK(u, fix_deliver(&m) == BULLY_DROP_NONE);
	m.seq = top;
	CHECK(u, fix_deliver(&m) == BULLY_DROP_REPLAY);
	m.seq = top + 1;
	CHECK(u, fix_deliver(&m) == BULLY_DROP_NONE);
	m.seq = ~0ULL;
	CHECK(u, fix_deliver(&m) == BULLY_DROP_NONE);
	CHECK(u, fix_deliver(&m) == BULLY_DROP_REPLAY);
}

/* A drop that the caller reports is counted. */
static void counted(struct unit *u)
{
	struct bully_event ev = { .type = BULLY_EV_DROP, .drop = BULLY_DROP_MALFORMED };

	proved();
	fix_step(&ev);
	fix_step(&ev);
	CHECK(u, fix.core.stats.drops[BULLY_DROP_MALFORMED] == 2);
	fix_say(BULLY_MSG_HEARTBEAT, 1);
	CHECK(u, fix.core.stats.rx[BULLY_MSG_HEARTBEAT] == 1);
	CHECK(u, bully_core_find(&fix.core, 1)->stats.rx[BULLY_MSG_HEARTBEAT] == 1);
	CHECK(u, fix.core.stats.tx[BULLY_MSG_HEARTBEAT_ACK] == 1);
	CHECK(u, bully_core_find(&fix.core, 1)->stats.tx[BULLY_MSG_HEARTBEAT_ACK] == 1);
}

/* S2, R9: a HELLO that does not name our session has no effect, because its sender may have
 * learned the peer's session from any node.
 */
static void unnamed_hello(struct unit *u)
{
	static struct bully_msg m;
	u64 sessions[] = { 0, fix.core.session + 1 };
	u64 highest;
	u32 i;

	for (i = 0; i < 2; i++) {
		proved();
		highest = fix.core.epochs.highest;
		fix_clear();
		fix_msg(&m, BULLY_MSG_HELLO, 1);
		m.to_session = sessions[i];
		m.seq = ~0ULL;
		m.state = BULLY_STATE_LEADER;
		m.leader = 1;
		m.epoch = FIX_WALL + 1000;
		m.reported = FIX_WALL + 1000;
		CHECK(u, fix_deliver(&m) == BULLY_DROP_NONE);
		CHECK(u, fix_count(BULLY_MSG_HELLO_ACK) == 1);
		CHECK(u, fix.core.epochs.highest == highest && fix.core.leader != 1);
		/* it does not move the window, so the peer's own messages are still accepted */
		CHECK(u, fix_say(BULLY_MSG_HEARTBEAT, 1) == BULLY_DROP_NONE);
	}
}

/* A difference of the configuration is counted and marked; the message is not dropped. */
static void mismatch(struct unit *u)
{
	static struct bully_msg m;

	proved();
	fix_msg(&m, BULLY_MSG_HEARTBEAT, 1);
	m.heartbeat_us++;
	CHECK(u, fix_deliver(&m) == BULLY_DROP_NONE);
	CHECK(u, bully_core_find(&fix.core, 1)->mismatch && fix.core.stats.mismatches == 1);
	fix_msg(&m, BULLY_MSG_HEARTBEAT, 1);
	m.members++;
	fix_deliver(&m);
	CHECK(u, fix.core.stats.mismatches == 2);
	fix_say(BULLY_MSG_HEARTBEAT, 1);
	CHECK(u, !bully_core_find(&fix.core, 1)->mismatch);
}

/* Messages with a direction are dropped if they come from the wrong direction. */
static void unexpected(struct unit *u)
{
	static struct bully_msg m;

	proved();
	CHECK(u, fix_say(BULLY_MSG_ELECTION, 3) == BULLY_DROP_UNEXPECTED);
	CHECK(u, fix_say(BULLY_MSG_OK, 1) == BULLY_DROP_UNEXPECTED);
	CHECK(u, fix_say(BULLY_MSG_HEARTBEAT_ACK, 1) == BULLY_DROP_UNEXPECTED);
	fix_msg(&m, BULLY_MSG_COORDINATOR, 1);
	m.leader = 3;			/* announces another node */
	m.epoch = 5;
	CHECK(u, fix_deliver(&m) == BULLY_DROP_UNEXPECTED);
	fix_msg(&m, BULLY_MSG_COORDINATOR, 3);
	m.leader = 3;			/* without an epoch */
	CHECK(u, fix_deliver(&m) == BULLY_DROP_UNEXPECTED);
}

const struct unit_case unit_step_check_cases[] = {
	{ "check_verdicts", verdicts },
	{ "check_R9_wrong_session", wrong_session },
	{ "check_S2_unproved", unproved },
	{ "check_hello", hello },
	{ "check_S2_unnamed_hello", unnamed_hello },
	{ "check_wrong_echo", wrong_echo },
	{ "check_W4_replay", replay },
	{ "check_counted", counted },
	{ "check_mismatch", mismatch },
	{ "check_unexpected", unexpected },
	{ 0 },
};
