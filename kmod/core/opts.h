/* SPDX-License-Identifier: GPL-2.0-only */
/* opts.h - owns what an operator may set */
#ifndef BULLY_CORE_OPTS_H
#define BULLY_CORE_OPTS_H

#include "shim.h"

/**
 * struct bully_opts - what an operator may set
 * @heartbeat_ns: interval of a follower's probes
 * @preempt_delay_ns: how long a node follows a lower leader before it claims
 * @look_ns: from a deadline that judges a peer to the second look at it (R9);
 *	the shell's, not the operator's
 * @priority: goes before the id where nodes are compared (P10)
 * @misses: probes without an answer until the leader is lost
 * @role: enum bully_role
 * @preempt: claim leadership from a lower live leader
 * @lease_ns: how long a grant lasts; 0 in classic mode
 * @holddown_delay_ns: the first hold-down
 * @holddown_max_ns: the longest
 * @holddown_half_life_ns: a peer's penalty halves in this time
 * @holddown_free: session changes that cost nothing
 * @quorum: enum bully_quorum
 * @election: enum bully_election
 * @candidate: the node may be a candidate
 * @voters: quorum mode: voters that the set needs for its first leader; 0 for two (R18)
 * @holddown: tell others of hold-downs, and obey them
 * @observers: places for unlisted observers (O4); bully_core_lend_places() gives the memory
 * @unlisted: this node is an observer that is no other node's peer (O1)
 */
struct bully_opts {
	u64 heartbeat_ns;
	u64 preempt_delay_ns;
	u64 look_ns;
	u64 lease_ns;
	u64 holddown_delay_ns;
	u64 holddown_max_ns;
	u64 holddown_half_life_ns;
	u32 holddown_free;
	u32 priority;
	u32 misses;
	u8 role;
	u8 quorum;
	u8 election;
	bool preempt;
	bool candidate;
	bool holddown;
	bool unlisted;
	u16 voters;
	u32 observers;
};

#endif /* BULLY_CORE_OPTS_H */
