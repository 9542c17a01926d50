// SPDX-License-Identifier: GPL-2.0-only
/* wire.c - tests the codec: layout, ranges, lengths, names */
#include "unit.h"

/*
 * Fixed bytes, not made by an encoder: the examples of Documentation/protocol.rst
 * (the script `manual` compares the rows); all other bytes are zero.
 */
static const char *const hello_rows[] = {
	"42 4c 4c 59 02 09 00 04 64 62 00 00 00 00 00 00",
	"00 00 00 00 00 00 00 00 00 00 00 02 00 00 00 01",
	"11 11 11 11 11 11 11 11 00 00 00 00 00 00 00 00",
	"00 00 00 00 00 00 00 01 00 00 00 00 00 00 00 00",
	"00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00",
	"00 00 00 00 00 00 00 00 8c 45 96 3b 36 a5 16 f5",
	"00 01 86 a0 00 03 00 00 00 00 00 00 00 00 00 00",
	NULL
};

static const char *const claim_rows[] = {
	"42 4c 4c 59 02 03 00 04 64 62 00 00 00 00 00 00",
	"00 00 00 00 00 00 00 00 00 00 00 02 00 00 00 01",
	"11 11 11 11 11 11 11 11 22 22 22 22 22 22 22 22",
	"00 00 00 00 00 00 00 07 00 00 00 00 00 00 00 00",
	"00 06 65 17 28 98 80 00 00 06 65 17 28 98 80 00",
	"00 00 00 02 00 00 00 00 8c 45 96 3b 36 a5 16 f5",
	"00 01 86 a0 00 03 00 04 00 00 00 00 00 00 00 00",
	"11 11 11 11 11 11 11 11 00 00 00 00 00 00 00 00",
	NULL
};

/* In quorum mode, a grant in a probe, and its answer. */
static const char *const grant_rows[] = {
	"42 4c 4c 59 02 05 00 06 64 62 00 00 00 00 00 00",
	"00 00 00 00 00 00 00 00 00 00 00 01 00 00 00 02",
	"22 22 22 22 22 22 22 22 11 11 11 11 11 11 11 11",
	"00 00 00 00 00 00 00 09 00 00 00 00 00 00 00 0c",
	"00 06 65 17 28 98 80 00 00 06 65 17 28 98 80 00",
	"00 00 00 02 00 01 86 a0 08 59 d1 51 36 a5 16 f5",
	"00 01 86 a0 00 03 00 03 00 00 01 2c 00 00 00 00",
	NULL
};

static const char *const held_rows[] = {
	"42 4c 4c 59 02 06 00 15 64 62 00 00 00 00 00 00",
	"00 00 00 00 00 00 00 00 00 00 00 02 00 00 00 01",
	"11 11 11 11 11 11 11 11 22 22 22 22 22 22 22 22",
	"00 00 00 00 00 00 00 0d 00 00 00 00 00 00 00 09",
	"00 06 65 17 28 98 80 00 00 06 65 17 28 98 80 00",
	"00 00 00 02 00 00 00 00 08 59 d1 51 36 a5 16 f5",
	"00 01 86 a0 00 03 00 04 00 00 01 2c 00 00 00 00",
	"11 11 11 11 11 11 11 11 00 00 00 00 00 00 00 00",
	"03 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00",
	NULL
};

/* The claim again, of a node with a priority, with the tag of the key 00 01 ... 1f, whose id is 5. */
static const char *const tagged_rows[] = {
	"42 4c 4c 59 02 03 00 04 64 62 00 00 00 00 00 00",
	"00 00 00 00 00 00 00 00 00 00 00 02 00 00 00 01",
	"11 11 11 11 11 11 11 11 22 22 22 22 22 22 22 22",
	"00 00 00 00 00 00 00 07 00 00 00 00 00 00 00 00",
	"00 06 65 17 28 98 80 00 00 06 65 17 28 98 80 00",
	"00 00 00 02 00 00 00 00 8c 45 96 3b 36 a5 16 f5",
	"00 01 86 a0 00 03 00 04 00 00 00 00 00 00 00 00",
	"11 11 11 11 11 11 11 11 00 00 00 00 00 00 00 00",
	"00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00",
	"00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00",
	"00 00 00 05 00 00 00 00 00 00 00 64 00 00 00 64",
	"00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00",
	"00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00",
	"00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00",
	"37 aa 9d e2 4d e3 23 05 da f7 64 c6 fa 52 b2 65",
	"5d fb 4c b7 8d 7f f3 7a ef ca 09 4c 20 78 67 dc",
	NULL
};

/* Raft: a question, and the answer of a voter that hears its leader. */
static const char *const question_rows[] = {
	"42 4c 4c 59 02 01 00 04 64 62 00 00 00 00 00 00",
	"00 00 00 00 00 00 00 00 00 00 00 02 00 00 00 01",
	"11 11 11 11 11 11 11 11 22 22 22 22 22 22 22 22",
	"00 00 00 00 00 00 00 15 00 00 00 00 00 00 00 00",
	"00 06 65 17 28 98 80 00 00 06 65 17 28 98 80 00",
	"00 00 00 00 00 00 00 00 37 b6 e9 38 36 a5 16 f5",
	"00 01 86 a0 00 03 00 01 00 00 01 2c 00 00 00 00",
	"00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00",
	"00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00",
	"00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00",
	"00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00",
	"00 00 00 00 00 00 00 04 00 00 00 00 00 00 00 11",
	NULL
};

static const char *const refusal_rows[] = {
	"42 4c 4c 59 02 07 00 04 64 62 00 00 00 00 00 00",
	"00 00 00 00 00 00 00 00 00 00 00 01 00 00 00 02",
	"22 22 22 22 22 22 22 22 11 11 11 11 11 11 11 11",
	"00 00 00 00 00 00 00 22 00 00 00 00 00 00 00 15",
	"00 06 65 17 28 98 80 00 00 06 65 17 28 98 80 00",
	"00 00 00 00 00 00 00 00 37 b6 e9 38 36 a5 16 f5",
	"00 01 86 a0 00 03 00 03 00 00 01 2c 00 03 d0 90",
	"00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00",
	"00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00",
	"00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00",
	"00 00 00 00 00 00 00 09 00 00 00 00 00 00 00 00",
	"00 00 00 00 00 00 00 04 00 00 00 00 00 00 00 12",
	NULL
};

/* The same for a message in which nearly every field is at a limit. */
static const u8 answer_bytes[BULLY_WIRE_LEN] = {
	'B', 'L', 'L', 'Y', 0x02, 0x06, 0x00, 0x14,	/* HEARTBEAT_ACK, stands, alive */
	'p', 'a', 'y', 'm', 'e', 'n', 't', 's',
	'-', 'w', 'e', 's', 't', '-', '1', 0,
	0xff, 0xff, 0xff, 0xff, 0x80, 0x00, 0x00, 0x00,	/* from 2^32-1, to 2^31 */
	0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08,
	0x90, 0xa0, 0xb0, 0xc0, 0xd0, 0xe0, 0xf0, 0x0f,
	0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x00,	/* sequence 2^32 */
	0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff,	/* answers 2^32-1 */
	0x00, 0x1f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,	/* epoch 2^53-1 */
	0x00, 0x06, 0x0a, 0x24, 0x18, 0x1e, 0x40, 0x00,	/* reported 1700000000000000 */
	0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00,	/* the sender leads */
	0x00, 0x00, 0x00, 0x2a, 0x00, 0x00, 0x00, 0x2b,
	0x03, 0x93, 0x87, 0x00, 0x00, 0x64, 0x00, 0x04,	/* 60000000 us, 100, candidate, leader */
	0, 0, 0, 0, 0, 0, 0, 0,
	0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08,
	0x00, 0x00, 0x27, 0x10, 0x00, 0x00, 0x00, 0x00,	/* oldest proof 10000 us */
	0x03,						/* nodes 0 and 1 */
	[168] = 0x00, 0x00, 0x00, 0xff,			/* priority 255, twice */
	0x00, 0x00, 0x00, 0xff,
	0xfe, 0xdc, 0xba, 0x98, 0x76, 0x54, 0x32, 0x10,	/* position */
	0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x07,
};

static void hello_msg(struct bully_msg *m)
{
	memset(m, 0, sizeof(*m));
	m->type = BULLY_MSG_HELLO;
	m->flags = BULLY_F_STANDS;
	memcpy(m->group, "db", 3);
	m->from = 2;
	m->to = 1;
	m->from_session = 0x1111111111111111ULL;
	m->seq = 1;
	m->members = 0x8c45963b;
	m->roster = 0x36a516f5;
	m->heartbeat_us = 100000;
	m->misses = 3;
}

static void claim_msg(struct bully_msg *m)
{
	hello_msg(m);
	m->type = BULLY_MSG_COORDINATOR;
	m->to_session = 0x2222222222222222ULL;
	m->seq = 7;
	m->epoch = 1800000000000000ULL;
	m->reported = 1800000000000000ULL;
	m->leader = 2;
	m->state = BULLY_STATE_LEADER;
	m->leader_session = m->from_session;
}

static void held_msg(struct bully_msg *m)
{
	claim_msg(m);
	m->type = BULLY_MSG_HEARTBEAT_ACK;
	m->flags = BULLY_F_LEASE_HELD | BULLY_F_STANDS | BULLY_F_ALIVE;
	m->seq = 13;
	m->echo = 9;
	m->members = 0x0859d151;
	m->lease_ms = 300;
	m->alive[0] = 3;
}

static void grant_msg(struct bully_msg *m)
{
	held_msg(m);
	m->type = BULLY_MSG_HEARTBEAT;
	m->flags = BULLY_F_GRANT | BULLY_F_STANDS;
	m->from = 1;
	m->to = 2;
	m->from_session = 0x2222222222222222ULL;
	m->to_session = 0x1111111111111111ULL;
	m->seq = 9;
	m->echo = 12;
	m->leader_age_us = 100000;
	m->state = BULLY_STATE_FOLLOWER;
	m->leader_session = 0;
	m->alive[0] = 0;
}

static void question_msg(struct bully_msg *m)
{
	claim_msg(m);
	m->type = BULLY_MSG_ELECTION;
	m->seq = 21;
	m->leader = 0;
	m->leader_session = 0;
	m->members = 0x37b6e938;
	m->state = BULLY_STATE_ELECTION;
	m->lease_ms = 300;
	m->position.term = 4;
	m->position.index = 17;
}

static void refusal_msg(struct bully_msg *m)
{
	question_msg(m);
	m->type = BULLY_MSG_REFUSE;
	m->from = 1;
	m->to = 2;
	m->from_session = 0x2222222222222222ULL;
	m->to_session = 0x1111111111111111ULL;
	m->seq = 34;
	m->echo = 21;
	m->state = BULLY_STATE_FOLLOWER;
	m->remain_us = 250000;
	m->refusal = 9;
	m->position.index = 18;
}

static void answer_msg(struct bully_msg *m)
{
	memset(m, 0, sizeof(*m));
	m->type = BULLY_MSG_HEARTBEAT_ACK;
	m->flags = BULLY_F_STANDS | BULLY_F_ALIVE;
	memcpy(m->group, "payments-west-1", 16);
	m->from = 0xffffffff;
	m->to = 0x80000000;
	m->from_session = 0x0102030405060708ULL;
	m->to_session = 0x90a0b0c0d0e0f00fULL;
	m->seq = 1ULL << 32;
	m->echo = 0xffffffff;
	m->epoch = BULLY_EPOCH_MAX;
	m->reported = 1700000000000000ULL;
	m->leader = 0xffffffff;
	m->members = 42;
	m->roster = 43;
	m->heartbeat_us = 60000000;
	m->misses = 100;
	m->state = BULLY_STATE_LEADER;
	m->leader_session = m->from_session;
	m->alive_age_us = 10000;
	m->alive[0] = 3;
	m->priority = 255;
	m->leader_priority = 255;
	m->position.term = 0xfedcba9876543210ULL;
	m->position.index = 7;
}

static void vector(struct unit *u, const struct bully_msg *m, const u8 *bytes)
{
	static struct bully_msg back;
	static u8 buf[BULLY_WIRE_LEN];

	bully_wire_encode(m, buf);
	CHECK(u, !memcmp(buf, bytes, BULLY_WIRE_LEN));
	CHECK(u, bully_wire_decode(&back, bytes, BULLY_WIRE_LEN) == BULLY_DROP_NONE);
	CHECK(u, !memcmp(&back, m, sizeof(back)));
}

static u8 digit(char c)
{
	return c <= '9' ? c - '0' : c - 'a' + 10;
}

static const u8 *bytes_of(const char *const *row)
{
	static u8 buf[BULLY_WIRE_LEN];
	u8 *p = buf;
	u32 i;

	memset(buf, 0, sizeof(buf));
	for (; *row; row++)
		for (i = 0; i < 16 && (i == 0 || (*row)[3 * i - 1]); i++)
			*p++ = digit((*row)[3 * i]) << 4 | digit((*row)[3 * i + 1]);
	return buf;
}

const u8 *unit_tagged_bytes(void)
{
	return bytes_of(tagged_rows);
}

static void vectors(struct unit *u)
{
	static struct bully_msg m;

	hello_msg(&m);
	vector(u, &m, bytes_of(hello_rows));
	claim_msg(&m);
	vector(u, &m, bytes_of(claim_rows));
	grant_msg(&m);
	vector(u, &m, bytes_of(grant_rows));
	held_msg(&m);
	vector(u, &m, bytes_of(held_rows));
	claim_msg(&m);
	m.key_id = 5;
	m.priority = 100;
	m.leader_priority = 100;
	memcpy(m.tag, unit_tagged_bytes() + BULLY_WIRE_TAG, BULLY_TAG_LEN);
	vector(u, &m, unit_tagged_bytes());
	question_msg(&m);
	vector(u, &m, bytes_of(question_rows));
	refusal_msg(&m);
	vector(u, &m, bytes_of(refusal_rows));
	answer_msg(&m);
	vector(u, &m, answer_bytes);
}

/* Every type with small values, with large values, and with every byte different. */
static void round_trips(struct unit *u)
{
	static struct bully_msg m, back;
	static u8 buf[BULLY_WIRE_LEN];
	u32 type, kind, i;

	for (type = BULLY_MSG_ELECTION; type < __BULLY_MSG_MAX; type++) {
		for (kind = 0; kind < 3; kind++) {
			if (kind == 0)
				hello_msg(&m);
			else
				answer_msg(&m);
			m.type = type;
			m.to_session = m.to_session ? m.to_session : 1;
			if (kind == 2) {
				m.flags = BULLY_F_MASK;
				m.lease_ms = 3600000;
				m.members_prev = 0xa1b2c3d4;
				m.refusal = __BULLY_VOTE_MAX - 1;
				m.remain_us = 0xffffffff;
				m.leader_age_us = 0x12345678;
				m.role = BULLY_ROLE_OBSERVER;
				m.key_id = 0x01020304;
				m.priority = 0xffffffff;
				m.leader_priority = 0x0a0b0c0d;
				m.position.index = ~0ULL;
				for (i = 0; i < BULLY_TAG_LEN; i++)
					m.tag[i] = 0xff - i;
				for (i = 0; i < BULLY_ALIVE_LEN; i++)
					m.alive[i] = i;
			}
			bully_wire_encode(&m, buf);
			memset(&back, 0x5a, sizeof(back));
			CHECK(u, bully_wire_decode(&back, buf, sizeof(buf)) == BULLY_DROP_NONE);
			CHECK(u, back.type == type);
			CHECK(u, back.lease_ms == m.lease_ms && back.remain_us == m.remain_us);
			CHECK(u, back.leader_age_us == m.leader_age_us && back.role == m.role);
			CHECK(u, back.key_id == m.key_id && back.flags == m.flags);
			CHECK(u, back.members_prev == m.members_prev && back.refusal == m.refusal);
			CHECK(u, back.priority == m.priority);
			CHECK(u, back.leader_priority == m.leader_priority);
			CHECK(u, !memcmp(&back.position, &m.position, sizeof(m.position)));
			CHECK(u, !memcmp(back.tag, m.tag, BULLY_TAG_LEN));
			CHECK(u, !memcmp(back.alive, m.alive, BULLY_ALIVE_LEN));
			CHECK(u, !memcmp(bully_wire_group(buf), m.group, BULLY_NAME_LEN));
		}
	}
}

/* W1: any other length is refused, and the result is unchanged. */
static void lengths(struct unit *u)
{
	static u8 buf[1500];
	static struct bully_msg m, before;
	u32 len;

	memcpy(buf, answer_bytes, BULLY_WIRE_LEN);
	memset(&m, 0x5a, sizeof(m));
	before = m;
	for (len = 0; len <= sizeof(buf); len++) {
		if (len == BULLY_WIRE_LEN)
			continue;
		if (bully_wire_decode(&m, buf, len) != BULLY_DROP_LENGTH) {
			CHECK(u, !"a wrong length was accepted");
			break;
		}
	}
	CHECK(u, !memcmp(&m, &before, sizeof(m)));
}

/* W2: one byte at a time: values that must be refused, and the reason. */
static void ranges(struct unit *u)
{
	static const struct {
		u16 offset;
		u8 value;
		u8 want;
	} table[] = {
		{ 0, 'b', BULLY_DROP_MAGIC },	{ 3, 0, BULLY_DROP_MAGIC },
		{ 4, 0, BULLY_DROP_VERSION },	{ 4, 1, BULLY_DROP_VERSION },
		{ 4, 3, BULLY_DROP_VERSION },
		{ 5, 0, BULLY_DROP_MALFORMED },	{ 5, 11, BULLY_DROP_MALFORMED },
		{ 5, 255, BULLY_DROP_MALFORMED }, { 6, 1, BULLY_DROP_MALFORMED },
		{ 6, 1, BULLY_DROP_MALFORMED }, { 7, 0x80, BULLY_DROP_MALFORMED },
		{ 8, 0, BULLY_DROP_MALFORMED },	{ 8, '/', BULLY_DROP_MALFORMED },
		{ 8, ' ', BULLY_DROP_MALFORMED }, { 10, 0, BULLY_DROP_MALFORMED },
		{ 23, 'x', BULLY_DROP_MALFORMED }, { 9, 0x7f, BULLY_DROP_MALFORMED },
		{ 9, 0x1f, BULLY_DROP_MALFORMED }, { 64, 1, BULLY_DROP_MALFORMED },
		{ 65, 0x20, BULLY_DROP_MALFORMED }, { 73, 0x20, BULLY_DROP_MALFORMED },
		{ 96, 4, BULLY_DROP_MALFORMED }, { 101, 1, BULLY_DROP_MALFORMED },
		{ 101, 0, BULLY_DROP_MALFORMED }, { 101, 101, BULLY_DROP_MALFORMED },
		{ 102, 3, BULLY_DROP_MALFORMED }, { 103, 5, BULLY_DROP_MALFORMED },
		{ 104, 1, BULLY_DROP_MALFORMED }, { 105, 0x37, BULLY_DROP_MALFORMED },
		{ 164, 1, BULLY_DROP_MALFORMED },	{ 167, 1, BULLY_DROP_MALFORMED },
		{ 167, __BULLY_VOTE_MAX, BULLY_DROP_MALFORMED },
		{ 224, 1, BULLY_DROP_MALFORMED }, { 255, 1, BULLY_DROP_MALFORMED },
		{ 168, 0xff, BULLY_DROP_NONE },	{ 172, 0xff, BULLY_DROP_NONE },
		{ 176, 0xff, BULLY_DROP_NONE },	{ 191, 1, BULLY_DROP_NONE },
		{ 192, 1, BULLY_DROP_NONE },	{ 223, 0xff, BULLY_DROP_NONE },
		{ 5, 10, BULLY_DROP_NONE },	{ 9, 0xc3, BULLY_DROP_NONE },
		{ 65, 0x1e, BULLY_DROP_NONE },	{ 101, 2, BULLY_DROP_NONE },
		{ 101, 100, BULLY_DROP_NONE },	{ 102, 2, BULLY_DROP_NONE },
		{ 163, 1, BULLY_DROP_NONE },	{ 159, 1, BULLY_DROP_NONE },
		{ 124, 0xff, BULLY_DROP_NONE },	{ 127, 1, BULLY_DROP_NONE },
		{ 105, 0x36, BULLY_DROP_NONE },	{ 108, 0xff, BULLY_DROP_NONE },
		{ 167, __BULLY_VOTE_MAX - 1, BULLY_DROP_NONE }, { 167, 2, BULLY_DROP_NONE },
	};
	static u8 buf[BULLY_WIRE_LEN];
	static struct bully_msg m;
	u32 i;

	for (i = 0; i < sizeof(table) / sizeof(*table); i++) {
		memcpy(buf, answer_bytes, BULLY_WIRE_LEN);
		buf[table[i].offset] = table[i].value;
		CHECK(u, bully_wire_decode(&m, buf, sizeof(buf)) == table[i].want);
	}
}

/* Fields of several bytes that must not be zero, or not too small. */
static void zeroes(struct unit *u)
{
	static const struct {
		u16 offset, len;
	} table[] = { { 24, 4 }, { 28, 4 }, { 32, 8 }, { 40, 8 }, { 48, 8 }, { 96, 4 } };
	static u8 buf[BULLY_WIRE_LEN];
	static struct bully_msg m;
	u32 i;

	for (i = 0; i < sizeof(table) / sizeof(*table); i++) {
		memcpy(buf, answer_bytes, BULLY_WIRE_LEN);
		memset(buf + table[i].offset, 0, table[i].len);
		CHECK(u, bully_wire_decode(&m, buf, sizeof(buf)) == BULLY_DROP_MALFORMED);
	}
	memcpy(buf, answer_bytes, BULLY_WIRE_LEN);
	memcpy(buf + 96, "\0\0\x03\xe7", 4);		/* 999 us */
	CHECK(u, bully_wire_decode(&m, buf, sizeof(buf)) == BULLY_DROP_MALFORMED);
	memcpy(buf + 96, "\0\0\x03\xe8", 4);
	CHECK(u, bully_wire_decode(&m, buf, sizeof(buf)) == BULLY_DROP_NONE);
	memcpy(buf + 96, "\x03\x93\x87\x01", 4);	/* 60 s and 1 us */
	CHECK(u, bully_wire_decode(&m, buf, sizeof(buf)) == BULLY_DROP_MALFORMED);
}

/* W6: whatever the spare bytes are, the message is the same; they are sent as zero. */
static void spare(struct unit *u)
{
	static u8 buf[BULLY_WIRE_LEN];
	static struct bully_msg m, bare;
	u32 i;

	CHECK(u, bully_wire_decode(&bare, answer_bytes, BULLY_WIRE_LEN) == BULLY_DROP_NONE);
	memcpy(buf, answer_bytes, BULLY_WIRE_LEN);
	for (i = 192; i < 224; i++)
		buf[i] = 0xff - i;
	CHECK(u, bully_wire_decode(&m, buf, sizeof(buf)) == BULLY_DROP_NONE);
	CHECK(u, !memcmp(&m, &bare, sizeof(m)));
	bully_wire_encode(&m, buf);
	CHECK(u, !memcmp(buf, answer_bytes, BULLY_WIRE_LEN));
}

static void names(struct unit *u)
{
	static const struct {
		const char *name;
		bool valid;
	} table[] = {
		{ "a", true },			{ "fifteen-bytes-x", true },
		{ "sixteen-bytes-xy", false },	{ "", false },
		{ ".", false },			{ "..", false },
		{ "...", true },		{ ".hidden", true },
		{ "a/b", false },		{ "a b", false },
		{ "a\tb", false },		{ "a\x7f", false },
		{ "a\x01", false },		{ "\xc3\xa4", true },
		{ "UPPER_lower-0", true },	{ "a\nb", false },
	};
	char name[BULLY_NAME_LEN];
	u32 i, k;

	for (i = 0; i < sizeof(table) / sizeof(*table); i++) {
		memset(name, 0, sizeof(name));
		for (k = 0; k < sizeof(name) && table[i].name[k]; k++)
			name[k] = table[i].name[k];
		CHECK(u, bully_name_valid(name) == table[i].valid);
	}
	memset(name, 0, sizeof(name));
	name[0] = 'a';
	name[5] = 'b';			/* behind the end */
	CHECK(u, !bully_name_valid(name));
}

/* A word ends before the last byte of its room, whatever the room is. */
static void words(struct unit *u)
{
	char word[BULLY_OWNER_NAME_MAX + 1] = "";
	u32 len;

	for (len = 1; len <= BULLY_OWNER_NAME_MAX; len++) {
		word[len - 1] = 'w';
		CHECK(u, !bully_word_valid(word, len));
		CHECK(u, bully_word_valid(word, len + 1));
		CHECK(u, bully_word_valid(word, sizeof(word)));
	}
	word[BULLY_OWNER_NAME_MAX] = 'w';
	CHECK(u, !bully_word_valid(word, sizeof(word)));
}

const struct unit_case unit_wire_cases[] = {
	{ "wire_vectors", vectors },
	{ "wire_round_trips", round_trips },
	{ "wire_lengths", lengths },
	{ "wire_ranges", ranges },
	{ "wire_zeroes", zeroes },
	{ "wire_W6_spare", spare },
	{ "wire_names", names },
	{ "wire_words", words },
	{ 0 },
};
