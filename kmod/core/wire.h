/* SPDX-License-Identifier: GPL-2.0-only */
/* wire.h - owns the layout of a datagram; everybody else sees struct bully_msg */
#ifndef BULLY_CORE_WIRE_H
#define BULLY_CORE_WIRE_H

#include "shim.h"
#include "../uapi/bully.h"

#define BULLY_WIRE_MAGIC	0x424c4c59u	/* "BLLY" */
#define BULLY_WIRE_VERSION	2
#define BULLY_WIRE_LEN		256		/* bytes; every message has this length */

#define BULLY_NAME_LEN		(BULLY_GROUP_NAME_MAX + 1)
#define BULLY_ALIVE_LEN		32		/* bytes: a bit a node, 256 nodes */
#define BULLY_TAG_LEN		32		/* bytes */
#define BULLY_WIRE_KEY_ID	160		/* offset of the key's id */
#define BULLY_WIRE_TAG		224		/* offset of the tag, which ends the message */

/* Flags of a message. */
#define BULLY_F_LEASE_HELD	0x0001	/* the sender's lease is held (quorum mode) */
#define BULLY_F_GRANT		0x0002	/* this answer grants (quorum mode) */
#define BULLY_F_STANDS		0x0004	/* the sender would lead if there were no leader */
#define BULLY_F_DUPLICATE	0x0008	/* two nodes have the receiver's id */
#define BULLY_F_ALIVE		0x0010	/* @alive and @alive_age_us have a meaning */
#define BULLY_F_ELSEWHERE	0x0020	/* a notice (S9), or the answer to one */
#define BULLY_F_UNLISTED	0x0040	/* of an unlisted observer, or an answer to it (O4) */
#define BULLY_F_MASK		0x007f

/**
 * struct bully_position - how far the data of a node's owner is (F4)
 * @term: counts before @index
 * @index: counts if the terms are equal
 *
 * Both are 0 if nothing is known.
 */
struct bully_position {
	u64 term;
	u64 index;
};

/**
 * struct bully_msg - one message, in the host's byte order
 * @type: enum bully_msg_type
 * @flags: BULLY_F_*
 * @group: name, padded with NUL bytes; at least the last byte is NUL
 * @from: id of the sender, never 0
 * @to: id of the receiver, never 0
 * @from_session: random, new at each start of the sender, never 0
 * @to_session: the receiver's session as the sender knows it; 0 only in a HELLO
 * @seq: rises with every sending, which may be one to many peers; never 0
 * @echo: the @seq that this message answers; 0 in a message that answers none
 * @epoch: the epoch of @leader; in a COORDINATOR, that of the claim
 * @reported: the highest epoch that the sender has reported to its user
 * @leader: the leader that the sender follows; the successor in a RESIGN; 0 for none
 * @leader_age_us: time since the sender last had proof that @leader lives
 * @members: hash of the voters (bully_core_members())
 * @roster: hash of all ids, which fixes the order of the bits in @alive
 * @heartbeat_us: the sender's heartbeat
 * @misses: the sender's misses
 * @role: enum bully_role, of the sender
 * @state: enum bully_state, of the sender
 * @lease_ms: the sender's lease, rounded up; 0 in classic mode
 * @remain_us: in HELLO_ACK what remains of the receiver's hold-down (P7); in
 *	quorum mode, with a @refusal, how long that lasts yet
 * @leader_session: session of @leader; 0 if not known
 * @alive_age_us: age of the oldest proof behind a bit of @alive
 * @alive: bit i is set if node i, counted in rising order of ids, lives
 * @members_prev: the hash before the sender's last change of voters (R7); 0 for none
 * @refusal: enum bully_vote: why the sender does not grant; 0 if it was not asked
 * @key_id: 0 if the message has no tag
 * @priority: of the sender, which with its id makes its rank
 * @leader_priority: of @leader, as far as the sender knows it; 0 if there is none
 * @position: how far the data of the sender's owner is
 * @tag: HMAC-SHA256 over the message; zero if @key_id is 0
 */
struct bully_msg {
	u8 type;
	u16 flags;
	char group[BULLY_NAME_LEN];
	u32 from;
	u32 to;
	u64 from_session;
	u64 to_session;
	u64 seq;
	u64 echo;
	u64 epoch;
	u64 reported;
	u32 leader;
	u32 leader_age_us;
	u32 members;
	u32 roster;
	u32 heartbeat_us;
	u16 misses;
	u8 role;
	u8 state;
	u32 lease_ms;
	u32 remain_us;
	u64 leader_session;
	u32 alive_age_us;
	u8 alive[BULLY_ALIVE_LEN];
	u32 members_prev;
	u32 refusal;
	u32 key_id;
	u32 priority;
	u32 leader_priority;
	struct bully_position position;
	u8 tag[BULLY_TAG_LEN];
};

/*
 * What the caller found out about a message's tag (protocol.rst, "Authentication").
 * The core computes none; bully_core_peek() says whether that would be of use.
 */
enum bully_tag {
	BULLY_TAG_OFF,		/* there are no keys here: a message with a tag is dropped */
	BULLY_TAG_PASSED,	/* it is right, or there is none and the mode does without */
	BULLY_TAG_FAILED,	/* it is wrong, of a key that is not here, or missing */
	BULLY_TAG_LIMITED,	/* not looked at: too many came that are not of our session */
	BULLY_TAG_UNSEEN,	/* not looked at: the message fails before */
};

/**
 * bully_word_valid() - say whether this may be a name
 * @word: the name and NUL behind it, to the end
 * @size: the bytes of @word
 *
 * Return: true if @word has at least 1 byte and at most @size - 1 bytes, no '/', space or
 * control character, is neither "." nor "..", and has NUL from there to the end
 */
bool bully_word_valid(const char *word, size_t size);

/* Returns true if this is the name of a group, a word of BULLY_NAME_LEN bytes. */
bool bully_name_valid(const char *name);

/**
 * bully_wire_encode() - write a message
 * @msg: what to write; its fields are in range
 * @buf: BULLY_WIRE_LEN bytes
 */
void bully_wire_encode(const struct bully_msg *msg, u8 *buf);

/**
 * bully_wire_decode() - read a message
 * @msg: set only if the result is BULLY_DROP_NONE
 * @buf: what was received
 * @len: how many bytes that is
 *
 * Whatever is accepted encodes back to the same bytes, apart from the spare ones, which are
 * ignored and encoded as zero.
 *
 * Return: BULLY_DROP_NONE, or one of LENGTH, MAGIC, VERSION and MALFORMED.
 */
enum bully_drop bully_wire_decode(struct bully_msg *msg, const u8 *buf, size_t len);

/**
 * bully_wire_group() - find the group's name without decoding the rest
 * @buf: BULLY_WIRE_LEN bytes
 *
 * Return: BULLY_NAME_LEN bytes inside @buf, which may be no valid name.
 */
const char *bully_wire_group(const u8 *buf);

#endif /* BULLY_CORE_WIRE_H */
