// SPDX-License-Identifier: GPL-2.0-only
/* wire.c - the codec: one fixed layout, big endian (Documentation/protocol.rst, "Layout") */
#include "wire.h"

/* Offsets of the fields, in bytes. */
enum {
	OFF_MAGIC = 0,
	OFF_VERSION = 4,
	OFF_TYPE = 5,
	OFF_FLAGS = 6,
	OFF_GROUP = 8,
	OFF_FROM = 24,
	OFF_TO = 28,
	OFF_FROM_SESSION = 32,
	OFF_TO_SESSION = 40,
	OFF_SEQ = 48,
	OFF_ECHO = 56,
	OFF_EPOCH = 64,
	OFF_REPORTED = 72,
	OFF_LEADER = 80,
	OFF_LEADER_AGE = 84,
	OFF_MEMBERS = 88,
	OFF_ROSTER = 92,
	OFF_HEARTBEAT = 96,
	OFF_MISSES = 100,
	OFF_ROLE = 102,
	OFF_STATE = 103,
	OFF_LEASE = 104,
	OFF_REMAIN = 108,
	OFF_LEADER_SESSION = 112,
	OFF_ALIVE_AGE = 120,
	OFF_MEMBERS_PREV = 124,
	OFF_ALIVE = 128,
	OFF_KEY_ID = BULLY_WIRE_KEY_ID,
	OFF_REFUSAL = 164,
	OFF_PRIORITY = 168,
	OFF_LEADER_PRIORITY = 172,
	OFF_POSITION = 176,
	/* 192 to 223 are spare: sent as zero, and ignored */
	OFF_TAG = BULLY_WIRE_TAG,
};

static void put16(u8 *p, u16 v)
{
	p[0] = v >> 8;
	p[1] = v;
}

static void put32(u8 *p, u32 v)
{
	put16(p, v >> 16);
	put16(p + 2, v);
}

static void put64(u8 *p, u64 v)
{
	put32(p, v >> 32);
	put32(p + 4, v);
}

static u16 get16(const u8 *p)
{
	return (u16)(p[0] << 8 | p[1]);
}

static u32 get32(const u8 *p)
{
	return (u32)get16(p) << 16 | get16(p + 2);
}

static u64 get64(const u8 *p)
{
	return (u64)get32(p) << 32 | get32(p + 4);
}

static bool all_zero(const u8 *p, size_t len)
{
	while (len--)
		if (*p++)
			return false;
	return true;
}

bool bully_word_valid(const char *word, size_t size)
{
	size_t len = 0;

	while (len < size && word[len]) {
		u8 c = word[len];

		if (c <= ' ' || c == '/' || c == 0x7f)
			return false;
		len++;
	}
	if (!len || len == size)
		return false;
	if (word[0] == '.' && (len == 1 || (len == 2 && word[1] == '.')))
		return false;
	return all_zero((const u8 *)word + len, size - len);
}

bool bully_name_valid(const char *name)
{
	return bully_word_valid(name, BULLY_NAME_LEN);
}

const char *bully_wire_group(const u8 *buf)
{
	return (const char *)buf + OFF_GROUP;
}

void bully_wire_encode(const struct bully_msg *m, u8 *buf)
{
	memset(buf, 0, BULLY_WIRE_LEN);
	put32(buf + OFF_MAGIC, BULLY_WIRE_MAGIC);
	buf[OFF_VERSION] = BULLY_WIRE_VERSION;
	buf[OFF_TYPE] = m->type;
	put16(buf + OFF_FLAGS, m->flags);
	memcpy(buf + OFF_GROUP, m->group, BULLY_NAME_LEN);
	put32(buf + OFF_FROM, m->from);
	put32(buf + OFF_TO, m->to);
	put64(buf + OFF_FROM_SESSION, m->from_session);
	put64(buf + OFF_TO_SESSION, m->to_session);
	put64(buf + OFF_SEQ, m->seq);
	put64(buf + OFF_ECHO, m->echo);
	put64(buf + OFF_EPOCH, m->epoch);
	put64(buf + OFF_REPORTED, m->reported);
	put32(buf + OFF_LEADER, m->leader);
	put32(buf + OFF_LEADER_AGE, m->leader_age_us);
	put32(buf + OFF_MEMBERS, m->members);
	put32(buf + OFF_ROSTER, m->roster);
	put32(buf + OFF_HEARTBEAT, m->heartbeat_us);
	put16(buf + OFF_MISSES, m->misses);
	buf[OFF_ROLE] = m->role;
	buf[OFF_STATE] = m->state;
	put32(buf + OFF_LEASE, m->lease_ms);
	put32(buf + OFF_REMAIN, m->remain_us);
	put64(buf + OFF_LEADER_SESSION, m->leader_session);
	put32(buf + OFF_ALIVE_AGE, m->alive_age_us);
	put32(buf + OFF_MEMBERS_PREV, m->members_prev);
	memcpy(buf + OFF_ALIVE, m->alive, BULLY_ALIVE_LEN);
	put32(buf + OFF_KEY_ID, m->key_id);
	put32(buf + OFF_REFUSAL, m->refusal);
	put32(buf + OFF_PRIORITY, m->priority);
	put32(buf + OFF_LEADER_PRIORITY, m->leader_priority);
	put64(buf + OFF_POSITION, m->position.term);
	put64(buf + OFF_POSITION + 8, m->position.index);
	memcpy(buf + OFF_TAG, m->tag, BULLY_TAG_LEN);
}

/* Returns true if every field is in the range that its comment in wire.h states. */
static bool in_range(const struct bully_msg *m)
{
	if (m->type < BULLY_MSG_ELECTION || m->type >= __BULLY_MSG_MAX)
		return false;
	if (m->flags & ~BULLY_F_MASK)
		return false;
	if (!bully_name_valid(m->group))
		return false;
	if (!m->from || !m->to || !m->from_session || !m->seq)
		return false;
	if (!m->to_session && m->type != BULLY_MSG_HELLO)
		return false;
	if (m->epoch > BULLY_EPOCH_MAX || m->reported > BULLY_EPOCH_MAX)
		return false;
	if (m->heartbeat_us < BULLY_HEARTBEAT_MIN_NS / 1000 ||
	    m->heartbeat_us > BULLY_HEARTBEAT_MAX_NS / 1000)
		return false;
	if (m->misses < BULLY_MISSES_MIN || m->misses > BULLY_MISSES_MAX)
		return false;
	/* a vote that is granted is told by BULLY_F_GRANT */
	if (m->refusal >= __BULLY_VOTE_MAX || m->refusal == BULLY_VOTE_GRANTED)
		return false;
	if (m->lease_ms > BULLY_LEASE_MAX_NS / 1000000)
		return false;
	return m->role <= BULLY_ROLE_OBSERVER && m->state <= BULLY_STATE_LEADER;
}

enum bully_drop bully_wire_decode(struct bully_msg *msg, const u8 *buf, size_t len)
{
	struct bully_msg m;

	if (len != BULLY_WIRE_LEN)
		return BULLY_DROP_LENGTH;
	if (get32(buf + OFF_MAGIC) != BULLY_WIRE_MAGIC)
		return BULLY_DROP_MAGIC;
	if (buf[OFF_VERSION] != BULLY_WIRE_VERSION)
		return BULLY_DROP_VERSION;

	memset(&m, 0, sizeof(m));
	m.type = buf[OFF_TYPE];
	m.flags = get16(buf + OFF_FLAGS);
	memcpy(m.group, buf + OFF_GROUP, BULLY_NAME_LEN);
	m.from = get32(buf + OFF_FROM);
	m.to = get32(buf + OFF_TO);
	m.from_session = get64(buf + OFF_FROM_SESSION);
	m.to_session = get64(buf + OFF_TO_SESSION);
	m.seq = get64(buf + OFF_SEQ);
	m.echo = get64(buf + OFF_ECHO);
	m.epoch = get64(buf + OFF_EPOCH);
	m.reported = get64(buf + OFF_REPORTED);
	m.leader = get32(buf + OFF_LEADER);
	m.leader_age_us = get32(buf + OFF_LEADER_AGE);
	m.members = get32(buf + OFF_MEMBERS);
	m.roster = get32(buf + OFF_ROSTER);
	m.heartbeat_us = get32(buf + OFF_HEARTBEAT);
	m.misses = get16(buf + OFF_MISSES);
	m.role = buf[OFF_ROLE];
	m.state = buf[OFF_STATE];
	m.lease_ms = get32(buf + OFF_LEASE);
	m.remain_us = get32(buf + OFF_REMAIN);
	m.leader_session = get64(buf + OFF_LEADER_SESSION);
	m.alive_age_us = get32(buf + OFF_ALIVE_AGE);
	m.members_prev = get32(buf + OFF_MEMBERS_PREV);
	memcpy(m.alive, buf + OFF_ALIVE, BULLY_ALIVE_LEN);
	m.key_id = get32(buf + OFF_KEY_ID);
	m.refusal = get32(buf + OFF_REFUSAL);
	m.priority = get32(buf + OFF_PRIORITY);
	m.leader_priority = get32(buf + OFF_LEADER_PRIORITY);
	m.position.term = get64(buf + OFF_POSITION);
	m.position.index = get64(buf + OFF_POSITION + 8);
	memcpy(m.tag, buf + OFF_TAG, BULLY_TAG_LEN);

	if (!in_range(&m))
		return BULLY_DROP_MALFORMED;
	if (!m.key_id && !all_zero(m.tag, BULLY_TAG_LEN))
		return BULLY_DROP_MALFORMED;
	*msg = m;
	return BULLY_DROP_NONE;
}
