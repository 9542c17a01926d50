/* SPDX-License-Identifier: GPL-2.0 */
/* view.h - owns what user space is shown of a group, copied under its lock */
#ifndef BULLY_VIEW_H
#define BULLY_VIEW_H

#include "group/group.h"

/**
 * struct bully_group_view - a group at one instant
 * @config: as the administrator set it
 * @state: enum bully_state
 * @reason: enum bully_reason, of the last event
 * @link: enum bully_link
 * @duplicate: another node bears this node's id
 * @resigned: the node does not stand because it resigned
 * @leader: 0 for none
 * @n_peers: number of peers
 * @epoch: of @leader, or of the last one
 * @event_seq: of the event, or of the newest
 * @session: of this life of the group
 * @time: CLOCK_BOOTTIME in ns: of the event, or of the copy
 * @owned: a socket owns the candidacy; the next three are of that
 * @owner_portid: its port id
 * @owner_deadline_ns: how long it may be silent, 0 for ever
 * @owner_remaining_ns: what is left of that
 * @quorum: where the node stands in quorum mode and with its hold-down, at the copy
 * @n_keys: how many keys there are
 * @key_ids: their ids, that of the one that signs first
 */
struct bully_group_view {
	struct bully_group_config config;
	u8 state;
	u8 reason;
	u8 link;
	bool duplicate;
	bool resigned;
	u32 leader;
	u32 n_peers;
	u64 epoch;
	u64 event_seq;
	u64 session;
	u64 time;
	bool owned;
	u32 owner_portid;
	u64 owner_deadline_ns;
	u64 owner_remaining_ns;
	struct bully_quorum_view quorum;
	u32 n_keys;
	u32 key_ids[BULLY_KEYS_MAX];
};

/**
 * struct bully_peer_view - a peer at one instant
 * @config: as the administrator named it
 * @state: enum bully_peer_state
 * @duplicate: two nodes bear its id
 * @vote: enum bully_vote; means nothing in classic mode
 * @quorum: the group is in quorum mode
 * @mismatch: its options or its set of members differ
 * @voters_differ: its set of voters does, and not by a change that it will hear of
 * @address: enum bully_address
 * @source: where it is received from, if @address is other-source or elsewhere
 * @session: 0 until proved
 * @last_seen: CLOCK_BOOTTIME in ns, 0 for never
 * @rtt: ns, 0 until measured
 * @holddown: ns for which yet it is told to stay a follower, or 0
 */
struct bully_peer_view {
	struct bully_peer_config config;
	u8 state;
	u8 vote;
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
