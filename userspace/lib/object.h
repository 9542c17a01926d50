/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The structs behind the opaque types of libbully.h: groups, peers, events, counters. */
#ifndef LIBBULLY_OBJECT_H
#define LIBBULLY_OBJECT_H

#include "libbully.h"

#define BULLY_BIT(attr) (1ULL << (attr))

/**
 * struct bully_attr - properties of an attribute
 * @width: size of the number in bytes; 0 if the attribute is not a number
 * @option: a request may carry the attribute
 * @word: the word that users know, or NULL
 */
struct bully_attr {
	uint8_t width;
	bool option;
	const char *word;
};

/* attrs.c: tables indexed by attribute */
extern const struct bully_attr bully_group_attrs[BULLY_A_GROUP_MAX + 1];
extern const struct bully_attr bully_peer_attrs[BULLY_A_PEER_MAX + 1];

/**
 * struct bully_key - a key for a request; the kernel never returns keys
 * @id: the id by which messages name the key
 * @active: this key signs; a group has one such key
 * @len: length in bytes, 32 to 64
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
 * @set: bit N: attribute N is known, or is sent
 * @num: attributes that are numbers
 * @addr: the address that the peer listens on
 * @source: the address that the peer last sent from; family 0 if that is @addr
 */
struct bully_peer {
	uint64_t set;
	uint64_t num[BULLY_A_PEER_MAX + 1];
	struct bully_addr addr;
	struct bully_addr source;
};

/**
 * struct bully_owner - an owner of a candidacy
 * @name: its name
 * @num: attributes that are numbers
 */
struct bully_owner {
	char name[BULLY_OWNER_NAME_MAX + 1];
	uint64_t num[BULLY_A_OWNER_MAX + 1];
};

/**
 * struct bully_group - a group
 * @set: bit N: attribute N is known, or is sent
 * @num: attributes that are numbers
 * @name: 1 to 15 bytes
 * @local: the address that this node listens on
 * @dev_name: the interface that the group's sockets are bound to, or an empty string
 * @keys: all keys that the group is to have; in requests only
 * @keys_len: number of @keys
 * @key_ids: ids of the kernel's keys, the signing key first; in replies only
 * @key_ids_len: number of @key_ids
 * @guard: the addresses that only the leader uses
 * @guard_len: number of @guard; a request with the bit and no address says that there are none
 * @owners: the owners of the candidacy; in replies only
 * @owners_len: number of @owners
 * @peers: the peers of the group
 * @peers_len: number of @peers
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
	struct bully_addr guard[BULLY_GUARD_MAX];
	size_t guard_len;
	struct bully_owner owners[BULLY_OWNERS_MAX];
	size_t owners_len;
	struct bully_peer *peers;
	size_t peers_len;
};

/**
 * struct bully_event - an event of a monitor
 * @type: the kind of event
 * @cause: the cause of a resync
 * @module: the module is loaded
 * @group: the whole group, or NULL; only snapshots have its peers
 * @peer: the peer of a peer event, else NULL
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
 * @id: id of the peer
 * @tx: messages sent to the peer, by enum bully_msg_type
 * @rx: messages accepted from the peer, by enum bully_msg_type
 * @drops: messages of the peer that were dropped, by enum bully_drop
 * @sessions: sessions of the peer that were seen
 * @downs: times that the peer went down
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
 * @name: name of the group
 * @num: counters that are one number, by BULLY_A_STATS_*
 * @tx: messages sent, by enum bully_msg_type
 * @rx: messages accepted, by enum bully_msg_type
 * @drops: messages dropped, by enum bully_drop
 * @elections: elections that this node began, by enum bully_reason
 * @late_bucket: entry i: how often the timer was late by less than 2^i us; the last entry counts
 *	the rest
 * @late_buckets: number of entries in @late_bucket
 * @own_id_from: source of the last message that another node sent with this node's id; family 0:
 *	none
 * @peers: counters of each peer
 * @peers_len: number of @peers
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
 * @has_net: @drops and @sockets are known
 * @drops: messages that belong to no group, by enum bully_drop
 * @sockets: UDP sockets that are open now
 * @groups: counters of each group
 * @groups_len: number of @groups
 */
struct bully_stats {
	bool has_net;
	uint64_t drops[__BULLY_DROP_MAX];
	uint32_t sockets;
	struct bully_group_stats *groups;
	size_t groups_len;
};

/* Frees what @g owns, but not @g itself. */
void bully_group_drop(struct bully_group *g);
/* Appends a copy of @p to the peers of @g. Returns the copy, or NULL if there is no memory. */
struct bully_peer *bully_group_append(struct bully_group *g, const struct bully_peer *p);

#endif /* LIBBULLY_OBJECT_H */
