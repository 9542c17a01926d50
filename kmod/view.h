/* SPDX-License-Identifier: GPL-2.0 */
/* view.h - owns what user space is shown of a group, copied under its lock */
#ifndef BULLY_VIEW_H
#define BULLY_VIEW_H

#include "group.h"

/**
 * struct bully_group_view - a group at one instant
 * @config: as the administrator set it
 * @time: CLOCK_BOOTTIME in ns: of the event, or of the copy
 *
 * The rest is as in struct bully_core and struct bully_note.
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
};

/**
 * struct bully_peer_view - a peer at one instant
 * @config: as the administrator named it
 * @last_seen: CLOCK_BOOTTIME in ns, 0 for never
 * @rtt: ns, 0 until measured
 */
struct bully_peer_view {
	struct bully_peer_config config;
	u8 state;
	bool duplicate;
	bool mismatch;
	u64 session;
	u64 rtt;
	u64 last_seen;
};

void bully_view_group(struct bully_group *group, struct bully_group_view *view);
void bully_view_peer(struct bully_group *group, const struct bully_peer *peer,
		     struct bully_peer_view *view);

#endif /* BULLY_VIEW_H */
