// SPDX-License-Identifier: GPL-2.0-only
/* flip.c - tests flipped bits (W3): a message is refused, or in range and encoded the same */
#include "unit.h"

#define SPARE 192		/* W6: these bytes are ignored */
#define SPARE_LEN 32

static bool same(const u8 *a, const u8 *b)
{
	return !memcmp(a, b, SPARE) &&
	       !memcmp(a + SPARE + SPARE_LEN, b + SPARE + SPARE_LEN,
		       BULLY_WIRE_LEN - SPARE - SPARE_LEN);
}

/* An independent check of the ranges, from the comments in wire.h. */
static bool in_range(const struct bully_msg *m)
{
	u32 i, end = 0;

	if (!m->type || m->type > 10 || m->role > 2 || m->state > 4)
		return false;
	if (m->flags > 0x7f || m->misses < 2 || m->misses > 100)
		return false;
	if (m->heartbeat_us < 1000 || m->heartbeat_us > 60000000)
		return false;
	if (!m->from || !m->to || !m->from_session || !m->seq)
		return false;
	if (m->type != 9 && !m->to_session)
		return false;
	if (m->epoch >> 53 || m->reported >> 53)
		return false;
	if (!m->group[0] || m->group[15])
		return false;
	for (i = 0; i < 16; i++) {
		u8 c = m->group[i];

		if (end && c)
			return false;
		end |= !c;
		if (c && (c <= 32 || c == 127 || c == '/'))
			return false;
	}
	for (i = 0; !m->key_id && i < BULLY_TAG_LEN; i++)
		if (m->tag[i])
			return false;
	return true;
}

static void make(struct bully_msg *m, u8 type, u32 kind)
{
	u32 i;

	memset(m, 0, sizeof(*m));
	m->type = type;
	memcpy(m->group, kind ? "payments-west-1" : "db", kind ? 15 : 2);
	m->from = kind ? 0xfffffffe : 1;
	m->to = 2;
	m->from_session = 0x123456789abcdef0ULL;
	m->to_session = type == BULLY_MSG_HELLO && !kind ? 0 : 1;
	m->seq = 1;
	m->echo = kind ? 77 : 0;
	m->epoch = kind ? BULLY_EPOCH_MAX : 0;
	m->reported = kind ? 1700000000000000ULL : 0;
	m->heartbeat_us = kind ? 60000000 : 1000;
	m->misses = kind ? 100 : 2;
	m->flags = kind ? BULLY_F_MASK : 0;
	m->state = kind ? BULLY_STATE_LEADER : BULLY_STATE_INIT;
	m->key_id = kind == 2 ? 1 : 0;
	for (i = 0; kind == 2 && i < BULLY_TAG_LEN; i++)
		m->tag[i] = 0x80 | i;
}

/* Every bit of every type, in three shapes each. */
static void flips(struct unit *u)
{
	static struct bully_msg m, back;
	static u8 buf[BULLY_WIRE_LEN], again[BULLY_WIRE_LEN];
	u32 type, kind, bit, accepted = 0, refused = 0;

	for (type = BULLY_MSG_ELECTION; type < __BULLY_MSG_MAX; type++) {
		for (kind = 0; kind < 3; kind++) {
			make(&m, type, kind);
			bully_wire_encode(&m, buf);
			for (bit = 0; bit < BULLY_WIRE_LEN * 8; bit++) {
				buf[bit / 8] ^= 1 << bit % 8;
				if (bully_wire_decode(&back, buf, sizeof(buf))) {
					refused++;
				} else {
					accepted++;
					bully_wire_encode(&back, again);
					CHECK(u, in_range(&back));
					CHECK(u, same(buf, again));
				}
				buf[bit / 8] ^= 1 << bit % 8;
			}
		}
	}
	/* both results must occur, or the test proves nothing */
	CHECK(u, accepted > 10000 && refused > 2000);
}

/* Random bytes after a valid head: half of the fields are out of range. */
static void noise(struct unit *u)
{
	static struct bully_msg m, back;
	static u8 buf[BULLY_WIRE_LEN], again[BULLY_WIRE_LEN];
	u64 x = 88172645463325252ULL;
	u32 round, i;

	for (round = 0; round < 20000; round++) {
		make(&m, 1 + round % 10, round % 3);
		bully_wire_encode(&m, buf);
		for (i = 0; i < 4; i++) {
			x ^= x << 13;
			x ^= x >> 7;
			x ^= x << 17;
			buf[(x >> 8) % BULLY_WIRE_LEN] = (u8)x;
		}
		if (bully_wire_decode(&back, buf, sizeof(buf)))
			continue;
		bully_wire_encode(&back, again);
		CHECK(u, in_range(&back));
		CHECK(u, same(buf, again));
	}
}

const struct unit_case unit_flip_cases[] = {
	{ "flip_every_bit", flips },
	{ "flip_noise", noise },
	{ 0 },
};
