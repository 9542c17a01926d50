/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Groups, peers, events and counters from within: what libbully.h keeps to itself. */
#ifndef LIBBULLY_OBJECT_H
#define LIBBULLY_OBJECT_H

#include "libbully.h"

#define BULLY_BIT(attr) (1ULL << (attr))

/**
 * struct bully_attr - what is known of an attribute
 * @width: bytes of a number, or 0
 * @option: a request may carry it
 * @word: what people call it, or NULL
 */
struct bully_attr {
	uint8_t width;
	bool option;
	const char *word;
};

/* attrs.c; the tables end with the last attribute. */
extern const struct bully_attr bully_group_attrs[BULLY_A_GROUP_MAX + 1];
extern const struct bully_attr bully_peer_attrs[BULLY_A_PEER_MAX + 1];

/**
 * struct bully_key - a key, on its way to the kernel, which never gives it back
 * @id: as messages name it
 * @active: it signs; one key of a group does
 * @len: 32 to 64
 * @data: the key
 */
struct bully_key {
	uint32_t id;
	bool active;
	size_t len;
	uint8_t data[BULLY_KEY_MAX];
};

/**
 * struct bully_peer - a peer
 * @set: bit N: attribute N is known, or is to be sent
 * @num: attributes that are numbers
 * @addr: where it listens
 * @source: where it was last received from, family 0 if that is @addr
 */
struct bully_peer {
	uint64_t set;
	uint64_t num[BULLY_A_PEER_MAX + 1];
	struct bully_addr addr;
	struct bully_addr source;
};

/**
 * struct bully_group - a group
 * @set: bit N: attribute N is known, or is to be sent
 * @num: attributes that are numbers
 * @name: 1 to 15 bytes
 * @local: where this node listens
 * @dev_name: the interface that its sockets are bound to, or an empty string
 * @keys: all keys that the group shall have; in requests only
 * @keys_len: how many
 * @key_ids: ids of the keys that are there, first of the one that signs; in replies only
 * @key_ids_len: how many
 * @owned: a socket owns its candidacy
 * @owner: numbers of that, by BULLY_A_OWNER_*
 * @peers: its peers
 * @peers_len: how many
 */
struct bully_group {
	uint64_t set;
	uint64_t num[BULLY_A_GROUP_MAX + 1];
	char name[BULLY_GROUP_NAME_MAX + 1];
	struct bully_addr local;
	char dev_name[BULLY_DEV_NAME_MAX + 1];
	struct bully_key *keys;
	size_t keys_len;
	uint32_t key_ids[BULLY_KEYS_MAX];
	size_t key_ids_len;
	bool owned;
	uint64_t owner[BULLY_A_OWNER_MAX + 1];
	struct bully_peer *peers;
	size_t peers_len;
};

/**
 * struct bully_event - one thing that a monitor tells
 * @type: which
 * @cause: of a resync
 * @module: whether the module is there
 * @group: the whole group, or NULL; with peers in a snapshot only
 * @peer: of a peer event, else NULL
 */
struct bully_event {
	enum bully_event_type type;
	enum bully_cause cause;
	bool module;
	const struct bully_group *group;
	const struct bully_peer *peer;
};

#define BULLY_LATE_BUCKETS_MAX 64

/**
 * struct bully_peer_stats - counters of one peer
 * @id: its id
 * @tx: messages sent to it, by enum bully_msg_type
 * @rx: messages accepted from it
 * @drops: messages of its that were dropped, by enum bully_drop
 * @sessions: sessions seen
 * @downs: times that it went down
 */
struct bully_peer_stats {
	uint32_t id;
	uint64_t tx[__BULLY_MSG_MAX];
	uint64_t rx[__BULLY_MSG_MAX];
	uint64_t drops[__BULLY_DROP_MAX];
	uint64_t sessions;
	uint64_t downs;
};

/**
 * struct bully_group_stats - counters of one group
 * @name: of the group
 * @num: those that are one number, by BULLY_A_STATS_*
 * @tx: messages sent, by enum bully_msg_type
 * @rx: messages accepted
 * @drops: messages dropped, by enum bully_drop
 * @elections: begun here, by enum bully_reason
 * @late_bucket: how often the timer was late by less than 2^index us
 * @late_buckets: how many of those there are
 * @own_id_from: where the last message came from that another node sent with this node's id;
 *               of no family if there was none
 * @peers: counters of each peer
 * @peers_len: how many
 */
struct bully_group_stats {
	char name[BULLY_GROUP_NAME_MAX + 1];
	uint64_t num[BULLY_A_STATS_MAX + 1];
	uint64_t tx[__BULLY_MSG_MAX];
	uint64_t rx[__BULLY_MSG_MAX];
	uint64_t drops[__BULLY_DROP_MAX];
	uint64_t elections[__BULLY_REASON_MAX];
	uint64_t late_bucket[BULLY_LATE_BUCKETS_MAX];
	size_t late_buckets;
	struct bully_addr own_id_from;
	struct bully_peer_stats *peers;
	size_t peers_len;
};

/**
 * struct bully_stats - counters of the network namespace and its groups
 * @has_net: the next two are known
 * @drops: messages that belong to no group, by enum bully_drop
 * @sockets: open now
 * @groups: counters of each group
 * @groups_len: how many
 */
struct bully_stats {
	bool has_net;
	uint64_t drops[__BULLY_DROP_MAX];
	uint32_t sockets;
	struct bully_group_stats *groups;
	size_t groups_len;
};

/* Frees what @g has, but not @g itself. */
void bully_group_drop(struct bully_group *g);
/* Appends a copy of @p. NULL for want of memory. */
struct bully_peer *bully_group_append(struct bully_group *g, const struct bully_peer *p);

#endif /* LIBBULLY_OBJECT_H */
