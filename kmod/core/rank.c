// SPDX-License-Identifier: GPL-2.0-only
/* rank.c - the rank of the leader that this node follows */
#include "rank.h"

/* Returns true if the leader, which this node follows, is higher than this node. */
bool bully_rank_leader_is_higher(const struct bully_core *c)
{
	return bully_rank_above(bully_rank_of(c->leader), bully_rank_own(c));
}
