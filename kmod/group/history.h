/* SPDX-License-Identifier: GPL-2.0-only */
/* history.h - owns the last changes of a group's leader */
#ifndef BULLY_HISTORY_H
#define BULLY_HISTORY_H

#include <linux/types.h>

#include "uapi/bully.h"

struct bully_group;
struct bully_note;

/**
 * struct bully_change - a change of the leader or of its epoch
 * @time: CLOCK_BOOTTIME in ns
 * @wall: what the wall clock showed then, in ns since 1970
 * @epoch: the epoch of the new leader, or of the last one
 * @leader: 0 for none
 * @state: enum bully_state, of this node after the change
 * @reason: enum bully_reason
 */
struct bully_change {
	u64 time;
	u64 wall;
	u64 epoch;
	u32 leader;
	u8 state;
	u8 reason;
};

/**
 * struct bully_history - the last changes
 * @n: how many changes there were; counts on without wrapping at BULLY_HISTORY_MAX
 * @change: a ring
 *
 * Protected by bully_engine.lock.
 */
struct bully_history {
	u32 n;
	struct bully_change change[BULLY_HISTORY_MAX];
};

/* under the group's lock */
void bully_history_put(struct bully_group *group, const struct bully_note *note);
u32 bully_history_copy(const struct bully_group *group, struct bully_change *out);

/* under bully_net.lock, without a group's lock */
void bully_history_move(const struct bully_group *old, struct bully_group *group);

#endif /* BULLY_HISTORY_H */
