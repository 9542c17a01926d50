/* SPDX-License-Identifier: GPL-2.0-only */
/* view.h - owns the copies of a group and a peer that user space is shown */
#ifndef BULLY_VIEW_H
#define BULLY_VIEW_H

#include "group/group.h"

/**
 * struct bully_owner_view - an owner of a candidacy
 * @name: its name, padded with NUL
 * @state: enum bully_owner_state
 * @weight: 0, or by how much the priority is lower while it is not ok
 * @portid: the port id of its socket, or 0 if it is vacant
 * @position: how far its data is
 * @deadline_ns: how long it may be silent, 0 for ever
 * @remaining_ns: the time that is left until the deadline
 */
struct bully_owner_view {
	char name[BULLY_OWNER_NAME_LEN];
	u8 state;
	u8 weight;
	u32 portid;
	struct bully_position position;
	u64 deadline_ns;
	u64 remaining_ns;
};

/**
 * struct bully_group_view - a group at one instant
 * @config: as the administrator set it
 * @state: enum bully_state
 * @reason: enum bully_reason of the last event
 * @link: enum bully_link
 * @duplicate: another node has this node's id
 * @resigned: the node is not a candidate because it resigned
 * @priority: the effective priority, which the node tells its peers
 * @position: the highest position of an owner, which the node tells its peers
 * @leader: 0 for none
 * @n_peers: number of peers
 * @observers: number of unlisted observers that have a place here (O4)
 * @asked: the voter that this unlisted observer asks, or 0 (O2)
 * @epoch: the epoch of @leader, or of the last leader
 * @event_seq: the number of the event that the copy is for, or of the newest event
 * @session: this node's session
 * @time: CLOCK_BOOTTIME in ns, of the event or of the copy
 * @n_owners: the number of owners
 * @owners: the owners of the candidacy
 * @quorum: the state of quorum mode and of the hold-down, when the copy was made
 * @n_keys: the number of keys
 * @key_ids: the ids of the keys, the key that signs first
 */
struct bully_group_view {
	struct bully_group_config config;
	u8 state;
	u8 reason;
	u8 link;
	bool duplicate;
	bool resigned;
	u32 priority;
	struct bully_position position;
	u32 leader;
	u32 n_peers;
	u32 observers;
	u32 asked;
	u64 epoch;
	u64 event_seq;
	u64 session;
	u64 time;
	u32 n_owners;
	struct bully_owner_view owners[BULLY_OWNERS_MAX];
	struct bully_quorum_view quorum;
	u32 n_keys;
	u32 key_ids[BULLY_KEYS_MAX];
};

/**
 * struct bully_peer_view - a peer at one instant
 * @config: as the administrator configured the peer
 * @state: enum bully_peer_state
 * @duplicate: two nodes have the peer's id
 * @priority: what the peer told last
 * @ranked: the peer has told a priority
 * @position: the position that the peer told last
 * @vote: enum bully_vote; undefined in classic mode
 * @quorum: the group is in quorum mode
 * @mismatch: the peer's options or its set of members differ from this node's
 * @voters_differ: the peer's set of voters is neither this node's nor one change away; for a
 *	classic group: the peer is in quorum mode
 * @address: enum bully_address
 * @source: the source of the peer's messages, if @address is other-source or elsewhere
 * @session: the peer's session, 0 until proved
 * @last_seen: CLOCK_BOOTTIME in ns, 0 for never
 * @rtt: round trip in ns, 0 until measured
 * @holddown: ns for which the peer is told to stay a follower, or 0
 */
struct bully_peer_view {
	struct bully_peer_config config;
	u32 priority;
	struct bully_position position;
	u8 state;
	u8 vote;
	bool ranked;
	bool quorum;
	bool duplicate;
	bool mismatch;
	bool voters_differ;
	u8 address;
	struct bully_addr source;
	u64 session;
	u64 rtt;
	u64 last_seen;
	u64 holddown;
};

void bully_view_group(struct bully_group *group, struct bully_group_view *view);
void bully_view_peer(struct bully_group *group, const struct bully_peer *peer,
		     struct bully_peer_view *view);

#endif /* BULLY_VIEW_H */
