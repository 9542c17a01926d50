/* SPDX-License-Identifier: GPL-2.0-only */
/* rank.h - owns the order of nodes: which of two is the better leader */
#ifndef BULLY_CORE_RANK_H
#define BULLY_CORE_RANK_H

#include "base.h"

/* What makes a node the better leader. */
struct bully_rank {
	u32 id;
};

/**
 * bully_rank_above() - compare two nodes
 * @a: one node's rank
 * @b: another's
 *
 * All of the core asks here where "higher" and "lower" mean leadership. The order of
 * ids has another meaning in the table of peers, in the bits of alive, in the hash of the
 * voters and between equal epochs.
 *
 * Return: true if @a is the higher node
 */
static inline bool bully_rank_above(struct bully_rank a, struct bully_rank b)
{
	return a.id > b.id;
}

static inline struct bully_rank bully_rank_own(const struct bully_core *c)
{
	return (struct bully_rank){ .id = c->id };
}

static inline struct bully_rank bully_rank_peer(const struct bully_peer *p)
{
	return (struct bully_rank){ .id = p->id };
}

/* Returns true if the peer is higher than this node. */
static inline bool bully_rank_is_higher(const struct bully_core *c, const struct bully_peer *p)
{
	return bully_rank_above(bully_rank_peer(p), bully_rank_own(c));
}

/* The rank of a node that is known by its id alone. */
static inline struct bully_rank bully_rank_of(u32 id)
{
	return (struct bully_rank){ .id = id };
}

bool bully_rank_leader_is_higher(const struct bully_core *c);

#endif /* BULLY_CORE_RANK_H */
