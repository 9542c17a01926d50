/* SPDX-License-Identifier: GPL-2.0-only */
/* rank.h - owns the order of nodes: which of two is the better leader */
#ifndef BULLY_CORE_RANK_H
#define BULLY_CORE_RANK_H

#include "base.h"

/* P10: what makes a node the better leader: its priority, and where that is equal its id. */
struct bully_rank {
	u32 priority;
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
	return a.priority == b.priority ? a.id > b.id : a.priority > b.priority;
}

static inline struct bully_rank bully_rank_own(const struct bully_core *c)
{
	return (struct bully_rank){ .priority = c->opts.priority, .id = c->id };
}

/* P11: until the peer has told its priority, the ids decide. */
static inline struct bully_rank bully_rank_peer(const struct bully_core *c,
						const struct bully_peer *p)
{
	return (struct bully_rank){
		.priority = p->ranked ? p->priority : c->opts.priority,
		.id = p->id,
	};
}

/* Returns true if the peer is higher than this node. */
static inline bool bully_rank_is_higher(const struct bully_core *c, const struct bully_peer *p)
{
	return bully_rank_above(bully_rank_peer(c, p), bully_rank_own(c));
}

struct bully_rank bully_rank_of(const struct bully_core *c, u32 id);
struct bully_rank bully_rank_told(const struct bully_core *c, u32 id, u32 priority, u64 at);
bool bully_rank_named_is_higher(const struct bully_core *c, const struct bully_msg *m);
bool bully_rank_leader_is_higher(const struct bully_core *c);
bool bully_rank_is_lost(const struct bully_core *c, u32 successor, u32 leader);
u32 bully_rank_priority(const struct bully_core *c, u32 id);
void bully_rank_tell(struct bully_core *c);

/* This node starts: its first HELLOs tell its priority. */
static inline void bully_rank_begin(struct bully_core *c)
{
	c->rank.told = c->opts.priority;
}

#endif /* BULLY_CORE_RANK_H */
