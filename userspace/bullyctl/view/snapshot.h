/* SPDX-License-Identifier: GPL-2.0-only */
/* Groups and their counters at one moment. */
#ifndef BULLYCTL_SNAPSHOT_H
#define BULLYCTL_SNAPSHOT_H

#include "base/ctl.h"

/**
 * struct snapshot - groups and counters
 * @groups: the groups, sorted by name, with their peers
 * @len: number of @groups
 * @stats: their counters
 */
struct snapshot {
	struct bully_group **groups;
	size_t len;
	struct bully_stats *stats;
};

/* Reads the group @name, or all groups if @name is NULL. Returns 0 or a negative errno. */
int snapshot_take(struct bully *b, const char *name, struct snapshot *s);
void snapshot_free(struct snapshot *s);
/* Return the counters of a group or a peer, or NULL if they have none yet. */
const struct bully_group_stats *stats_of(const struct bully_stats *stats, const char *group);
const struct bully_peer_stats *peer_stats_of(const struct bully_group_stats *g, uint32_t id);
/* Return the sum of a list of counters. */
uint64_t sum_of_group(const struct bully_group_stats *g, unsigned int attr);
uint64_t sum_of_peer(const struct bully_peer_stats *p, unsigned int attr);

#endif /* BULLYCTL_SNAPSHOT_H */
