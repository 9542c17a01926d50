// SPDX-License-Identifier: GPL-2.0-only
/* auth.c - tests the order of the checks of tags and of the replay window (A4, W4) */
#include "bucket.h"
#include "unit.h"

static const u32 others[] = { 1, 3, 0 };

static enum bully_drop deliver(const struct bully_msg *m, enum bully_tag tag)
{
	struct bully_event ev = { .type = BULLY_EV_MSG, .msg = m, .tag = tag };

	return fix_step(&ev);
}

/* Makes node 2, whose HELLOs nodes 1 and 3 have answered; the next HELLO is allowed. */
static void proved(void)
{
	fix_make(2, others);
	fix_start();
	fix_prove_all();
	fix.now += 2 * FIX_HB;
	fix_clear();
}

/* Everything that a message could change, except counters and the time of the step. */
static struct bully_core core_before;
static struct bully_peer peer_before[FIX_PEERS];

static void forget_counters(struct bully_core *core, struct bully_peer *peer)
{
	u32 i;

	memset(&core->stats, 0, sizeof(core->stats));
	core->now = 0;
	core->wall_us = 0;
	for (i = 0; i < FIX_PEERS; i++)
		memset(&peer[i].stats, 0, sizeof(peer[i].stats));
}

static void remember(void)
{
	memcpy(&core_before, &fix.core, sizeof(core_before));
	memcpy(peer_before, fix.peer, sizeof(peer_before));
	forget_counters(&core_before, peer_before);
}

static bool unchanged(void)
{
	static struct bully_core core;
	static struct bully_peer peer[FIX_PEERS];

	memcpy(&core, &fix.core, sizeof(core));
	memcpy(peer, fix.peer, sizeof(peer));
	forget_counters(&core, peer);
	return !memcmp(&core, &core_before, sizeof(core)) &&
	       !memcmp(peer, peer_before, sizeof(peer)) && !fix.n_sent && !fix.n_notes;
}

enum kind { GOOD, OWN, STRANGER, ELSEWHERE, REPEAT, OTHER_SESSION, OTHER_SENDER, NEW_HELLO, KINDS };

static void make(struct bully_msg *m, enum kind kind)
{
	fix_msg(m, kind == NEW_HELLO ? BULLY_MSG_HELLO : BULLY_MSG_COORDINATOR, 3);
	m->leader = 3;
	m->epoch = FIX_WALL + 5;
	m->reported = FIX_WALL + 5;
	m->state = BULLY_STATE_LEADER;
	switch (kind) {
	case OWN:
		m->from = 2;
		break;
	case STRANGER:
		m->from = 9;
		break;
	case ELSEWHERE:
		m->to = 1;
		break;
	case REPEAT:
		m->seq = fix.peer[1].replay.seq;
		break;
	case OTHER_SESSION:
		m->to_session++;
		break;
	case OTHER_SENDER:
		m->from_session++;
		break;
	case NEW_HELLO:
		m->to_session = 0;
		m->from_session++;
		break;
	default:
		break;
	}
}

/* A4: the order is: sender, repetition, tag, and only then any state. */
static void order(struct unit *u)
{
	static const struct {
		u8 kind;
		u8 tag;
		u8 want;
		u8 answers;
	} table[] = {
		{ OWN, BULLY_TAG_FAILED, BULLY_DROP_OWN_ID, 0 },
		{ STRANGER, BULLY_TAG_FAILED, BULLY_DROP_PEER, 0 },
		{ ELSEWHERE, BULLY_TAG_FAILED, BULLY_DROP_RECEIVER, 0 },
		{ ELSEWHERE, BULLY_TAG_PASSED, BULLY_DROP_RECEIVER, 0 },
		{ REPEAT, BULLY_TAG_FAILED, BULLY_DROP_AUTH, 0 },
		{ REPEAT, BULLY_TAG_UNSEEN, BULLY_DROP_REPLAY, 0 },
		{ REPEAT, BULLY_TAG_LIMITED, BULLY_DROP_REPLAY, 0 },
		{ REPEAT, BULLY_TAG_PASSED, BULLY_DROP_REPLAY, 0 },
		{ GOOD, BULLY_TAG_FAILED, BULLY_DROP_AUTH, 0 },
		{ GOOD, BULLY_TAG_LIMITED, BULLY_DROP_LIMITED, 0 },
		{ GOOD, BULLY_TAG_UNSEEN, BULLY_DROP_AUTH, 0 },
		{ OTHER_SESSION, BULLY_TAG_FAILED, BULLY_DROP_AUTH, 0 },
		{ OTHER_SESSION, BULLY_TAG_LIMITED, BULLY_DROP_LIMITED, 0 },
		{ OTHER_SESSION, BULLY_TAG_UNSEEN, BULLY_DROP_AUTH, 0 },
		{ OTHER_SESSION, BULLY_TAG_PASSED, BULLY_DROP_SESSION, 1 },
		{ OTHER_SENDER, BULLY_TAG_FAILED, BULLY_DROP_AUTH, 0 },
		{ OTHER_SENDER, BULLY_TAG_LIMITED, BULLY_DROP_LIMITED, 0 },
		{ OTHER_SENDER, BULLY_TAG_PASSED, BULLY_DROP_UNPROVED, 1 },
		{ NEW_HELLO, BULLY_TAG_FAILED, BULLY_DROP_AUTH, 0 },
		{ NEW_HELLO, BULLY_TAG_LIMITED, BULLY_DROP_LIMITED, 0 },
		{ NEW_HELLO, BULLY_TAG_PASSED, BULLY_DROP_NONE, 2 },
	};
	static struct bully_msg m;
	u32 i;

	for (i = 0; i < sizeof(table) / sizeof(*table); i++) {
		proved();
		make(&m, table[i].kind);
		remember();
		CHECK(u, deliver(&m, table[i].tag) == table[i].want);
		CHECK(u, fix.n_sent == table[i].answers);
		/* unauthenticated: no answer, and only a counter changes */
		CHECK(u, table[i].answers || unchanged());
		CHECK(u, fix.core.epochs.highest < FIX_WALL + 5);
		CHECK(u, !table[i].want || fix.core.stats.drops[table[i].want] == 1);
	}
	proved();
	make(&m, GOOD);
	CHECK(u, deliver(&m, BULLY_TAG_PASSED) == BULLY_DROP_NONE);
	CHECK(u, fix.core.epochs.highest == FIX_WALL + 5);
}

/* A1: without keys a tag is unexpected, also if other fields are wrong. */
static void no_keys(struct unit *u)
{
	static struct bully_msg m;
	u32 kind;

	for (kind = REPEAT; kind < KINDS; kind++) {
		proved();
		make(&m, kind);
		m.key_id = 1;
		remember();
		CHECK(u, deliver(&m, BULLY_TAG_OFF) == BULLY_DROP_AUTH);
		CHECK(u, unchanged());
	}
}

/* A4: the question whether a tag is worth computing changes nothing. */
static void peek(struct unit *u)
{
	static const struct {
		u8 kind;
		u8 want;
		u8 ours;
	} table[] = {
		{ GOOD, BULLY_DROP_NONE, true },
		{ OWN, BULLY_DROP_OWN_ID, true },
		{ STRANGER, BULLY_DROP_PEER, true },
		{ ELSEWHERE, BULLY_DROP_RECEIVER, true },
		{ REPEAT, BULLY_DROP_REPLAY, true },
		{ OTHER_SESSION, BULLY_DROP_NONE, false },
		{ OTHER_SENDER, BULLY_DROP_NONE, true },
		{ NEW_HELLO, BULLY_DROP_NONE, false },
	};
	struct bully_peer *peer;
	static struct bully_msg m;
	bool ours;
	u32 i;

	for (i = 0; i < sizeof(table) / sizeof(*table); i++) {
		proved();
		make(&m, table[i].kind);
		m.key_id = 7;
		remember();
		CHECK(u, bully_core_peek(&fix.core, &m, &peer, &ours) == table[i].want);
		CHECK(u, ours == table[i].ours);
		CHECK(u, unchanged());
		CHECK(u, (peer == &fix.peer[1]) ==
			 (table[i].kind != OWN && table[i].kind != STRANGER));
	}
	fix_simple(BULLY_EV_STOP);
	CHECK(u, bully_core_peek(&fix.core, &m, &peer, &ours) == BULLY_DROP_INACTIVE);
}

/* W4: the window at its edges; every row begins with @top accepted. */
static void window(struct unit *u)
{
	static const struct {
		u64 top;
		u64 seq[4];	/* a zero ends them */
		u8 fresh;	/* bit i: seq[i] is accepted */
	} table[] = {
		{ 1000, { 1000 }, 0 },
		{ 1000, { 999, 999 }, 1 },
		{ 1000, { 937, 937 }, 1 },		/* 63 behind: the last place */
		{ 1000, { 936 }, 0 },			/* 64 behind */
		{ 1000, { 1 }, 0 },
		{ 1000, { 1001, 1001, 1000, 999 }, 1 | 8 },
		{ 1000, { 1063, 1000, 999 }, 1 },	/* 1000 is in the last place, taken */
		{ 1000, { 1063, 1001, 1062, 1001 }, 1 | 2 | 4 },
		{ 1000, { 1064, 1000, 1001 }, 1 | 4 },	/* 1000 has left the window */
		{ 1000, { 1065, 1001, 1002 }, 1 | 4 },	/* all of it is new */
		{ 1000, { 1000000, 999937, 999936 }, 1 | 2 },
		{ 64, { 1, 63, 1 }, 1 | 2 },
		{ 65, { 1, 2 }, 2 },
		{ 63, { 1, 62 }, 1 | 2 },
		{ 1, { 1, 2, 1 }, 2 },
		{ ~0ULL, { ~0ULL, ~0ULL - 63, ~0ULL - 64, 1 }, 2 },
		{ 1ULL << 63, { (1ULL << 63) + 1, 1ULL << 63, (1ULL << 63) - 62, 5 }, 1 | 4 },
	};
	static struct bully_msg m;
	u32 i, k;

	for (i = 0; i < sizeof(table) / sizeof(*table); i++) {
		proved();
		/* the HELLO_ACK of the proof used one sequence: begin the window again */
		fix.peer[0].replay.seq = 0;
		fix.peer[0].replay.window = 0;
		fix_msg(&m, BULLY_MSG_HEARTBEAT, 1);
		m.seq = table[i].top;
		CHECK(u, deliver(&m, BULLY_TAG_PASSED) == BULLY_DROP_NONE);
		for (k = 0; k < 4 && table[i].seq[k]; k++) {
			bool fresh = table[i].fresh >> k & 1;

			m.seq = table[i].seq[k];
			/* a message with a wrong tag takes no place in the window */
			if (fresh)
				CHECK(u, deliver(&m, BULLY_TAG_FAILED) == BULLY_DROP_AUTH);
			CHECK(u, deliver(&m, BULLY_TAG_PASSED) ==
				 (fresh ? BULLY_DROP_NONE : BULLY_DROP_REPLAY));
		}
	}
}

/* W4: each peer has its own window, which begins again with each proved session. */
static void windows(struct unit *u)
{
	static struct bully_msg m;

	proved();
	fix_msg(&m, BULLY_MSG_HEARTBEAT, 1);
	m.seq = 5000;
	CHECK(u, deliver(&m, BULLY_TAG_PASSED) == BULLY_DROP_NONE);
	fix_msg(&m, BULLY_MSG_HEARTBEAT, 3);
	m.seq = 4000;
	CHECK(u, deliver(&m, BULLY_TAG_PASSED) == BULLY_DROP_NONE);
	/* node 1 restarts; its HELLO gets a HELLO as the answer, which node 1 answers */
	fix_clear();
	fix_msg(&m, BULLY_MSG_HELLO, 1);
	m.from_session = 0x777;
	m.to_session = 0;
	m.seq = 1;
	CHECK(u, deliver(&m, BULLY_TAG_PASSED) == BULLY_DROP_NONE);
	m.type = BULLY_MSG_HELLO_ACK;
	m.to_session = fix.core.session;
	m.echo = fix_sent(BULLY_MSG_HELLO, 1)->seq;
	m.seq = 2;
	CHECK(u, deliver(&m, BULLY_TAG_PASSED) == BULLY_DROP_NONE);
	m.type = BULLY_MSG_HEARTBEAT;
	m.seq = 3;
	CHECK(u, deliver(&m, BULLY_TAG_PASSED) == BULLY_DROP_NONE);
	/* messages of the former session belong to no session, even with a higher sequence */
	fix_msg(&m, BULLY_MSG_HEARTBEAT, 1);
	m.seq = 6000;
	CHECK(u, deliver(&m, BULLY_TAG_PASSED) == BULLY_DROP_UNPROVED);
}

/* A5: HELLOs that an attacker could replay leave room for HELLOs with our session. */
static void reserve(struct unit *u)
{
	static struct bully_msg m;
	u32 i;

	proved();
	make(&m, NEW_HELLO);
	for (i = 0; i < 20; i++) {
		m.seq = ++fix.seq;
		deliver(&m, BULLY_TAG_PASSED);
	}
	CHECK(u, fix_count(BULLY_MSG_HELLO_ACK) == 8);
	fix_clear();
	m.to_session = fix.core.session;
	for (i = 0; i < 20; i++) {
		m.seq = ++fix.seq;
		deliver(&m, BULLY_TAG_PASSED);
	}
	CHECK(u, fix_count(BULLY_MSG_HELLO_ACK) == 8);
}

/* A5: a fixed number at once, then one in each interval; a longer wait allows no more. */
static void bucket(struct unit *u)
{
	static const struct {
		u64 interval;
		u32 burst;
	} table[] = { { 62500, 32 }, { 1000000, 1000 }, { 1, 1 }, { 3750000000ULL, 32 } };
	u64 now, full, before;
	u32 i, n, round;

	for (i = 0; i < sizeof(table) / sizeof(*table); i++) {
		u64 interval = table[i].interval;
		u32 burst = table[i].burst;

		full = 0;
		now = 5000000000ULL;
		for (round = 0; round < 3; round++) {
			for (n = 0; n < burst; n++)
				CHECK(u, bully_bucket_take(&full, now, interval, burst));
			before = full;
			for (n = 0; n < 1000; n++)
				CHECK(u, !bully_bucket_take(&full, now, interval, burst));
			CHECK(u, full == before);
			CHECK(u, !bully_bucket_take(&full, now + interval - 1, interval, burst));
			for (n = 0; n < 5; n++) {
				now += interval;
				CHECK(u, bully_bucket_take(&full, now, interval, burst));
				CHECK(u, !bully_bucket_take(&full, now, interval, burst));
			}
			now += burst * interval << round;
		}
	}
}

const struct unit_case unit_step_auth_cases[] = {
	{ "auth_A4_order", order },
	{ "auth_A1_no_keys", no_keys },
	{ "auth_A4_peek", peek },
	{ "auth_W4_window", window },
	{ "auth_W4_windows", windows },
	{ "auth_A5_reserve", reserve },
	{ "auth_A5_bucket", bucket },
	{ 0 },
};
