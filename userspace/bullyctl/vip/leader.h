/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tells the loop of 'bullyctl vip' whether this node leads. The loop knows only this interface, so
 * that a test can take the place of the kernel module.
 */
#ifndef BULLYCTL_VIP_LEADER_H
#define BULLYCTL_VIP_LEADER_H

#include <poll.h>

#include "base/ctl.h"

#define LEADER_NEVER UINT64_MAX
#define LEADER_FDS 2
#define LEADER_TROUBLE_LEN 256

/**
 * struct leader - the leadership of this node
 * @epoch: returns the epoch with which this node may lead at this moment, or 0. Reads memory and a
 *	clock only, so that it can be called before each packet.
 * @update: reads what has happened. Prints nothing, and waits only while this node cannot lead.
 * @stand: makes this node a candidate, or not. Called only if a link is tracked, at each turn.
 * @fds: writes up to LEADER_FDS descriptors to wait for. Returns their number.
 * @next: returns when @update must be called at the latest (CLOCK_BOOTTIME), or LEADER_NEVER
 * @stale: set by @update: neighbours may have learnt another node, so announce the addresses again
 * @trouble: why this node cannot lead or cannot be a candidate, for users; empty if it can
 */
struct leader {
	uint64_t (*epoch)(struct leader *l);
	void (*update)(struct leader *l);
	void (*stand)(struct leader *l, bool fit);
	size_t (*fds)(struct leader *l, struct pollfd *fds);
	uint64_t (*next)(struct leader *l);
	bool stale;
	char trouble[LEADER_TROUBLE_LEN];
};

/**
 * struct group_leader - the leadership of a group of the kernel module
 * @leader: the interface
 * @ctl: the run of the tool
 * @group: name of the group
 * @monitor: events of the group
 * @page: the status page, or NULL
 * @module: the module is loaded, by the last event
 * @unread: there may be unread events
 * @read_at: when to read events again after an error; 0 for now
 * @page_at: when to try to open the status page; LEADER_NEVER while it is open
 * @own_at: when to tell the kernel again after an error
 * @check: the candidacy may have ended
 * @fit: what the kernel was told: this node may be a candidate
 * @wants: the kernel is to be told
 * @candidacy: the owned candidacy, or NULL
 */
struct group_leader {
	struct leader leader;
	struct ctl *ctl;
	const char *group;
	struct bully_monitor *monitor;
	struct bully_leadership *page;
	bool module;
	bool unread;
	uint64_t read_at;
	uint64_t page_at;
	uint64_t own_at;
	bool check;
	bool fit;
	bool wants;
	struct bully_candidacy *candidacy;
};

/*
 * Opens status page and monitor. @owns: also owns the candidacy, and so finds out if that is
 * possible; @fit says whether this node may be a candidate. Returns 0, or an exit status after an
 * error message.
 */
int group_leader_open(struct group_leader *g, struct ctl *ctl, const char *group, bool owns,
		      bool fit);
void group_leader_close(struct group_leader *g);

#endif /* BULLYCTL_VIP_LEADER_H */
