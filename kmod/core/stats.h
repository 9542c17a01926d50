/* SPDX-License-Identifier: GPL-2.0-only */
/* stats.h - owns what a node counts */
#ifndef BULLY_CORE_STATS_H
#define BULLY_CORE_STATS_H

#include "shim.h"
#include "../uapi/bully.h"

#define BULLY_LATE_BUCKETS	24	/* below 1 us, 2 us, ... 4 s, and above */

/* Counters of a peer; they only rise. */
struct bully_peer_stats {
	u64 tx[__BULLY_MSG_MAX];
	u64 rx[__BULLY_MSG_MAX];
	u64 drops[__BULLY_DROP_MAX];
	u64 sessions;
	u64 downs;
};

/* Counters of a group; they only rise. */
struct bully_stats {
	u64 tx[__BULLY_MSG_MAX];
	u64 rx[__BULLY_MSG_MAX];
	u64 drops[__BULLY_DROP_MAX];
	u64 elections[__BULLY_REASON_MAX];
	u64 leader_changes;
	u64 late_max;			/* ns */
	u64 late_bucket[BULLY_LATE_BUCKETS];
	u64 voided;			/* late intervals (H4), and doubts about time (T3, R8) */
	u64 duplicates;
	u64 mismatches;
	u64 claims_limited;		/* claims put off: too many in a heartbeat (R17) */
	u64 observers_refused;		/* answered without a place (O4) */
	u64 actions_lost;		/* more than BULLY_ACTIONS in a step: a bug */
};

#endif /* BULLY_CORE_STATS_H */
