// SPDX-License-Identifier: GPL-2.0-only
/* rank.c - the rank of a node that is known by its id, and when the own one is told (P11, P12) */
#include "hello.h"
#include "outbox.h"
#include "rank.h"

/* Returns the rank of a node, which need not be a peer; that of no node is the lowest. */
struct bully_rank bully_rank_of(const struct bully_core *c, u32 id)
{
	const struct bully_peer *p = bully_core_find(c, id);

	if (p)
		return bully_rank_peer(c, p);
	return (struct bully_rank){ .priority = id ? c->opts.priority : 0, .id = id };
}

/**
 * bully_rank_told() - the rank of a node that another one has named
 * @c: the core
 * @id: the node that was named
 * @priority: what was said of it
 * @at: the time for which that was said
 *
 * P11: what this node has received itself since then goes before what others say.
 *
 * Return: the rank
 */
struct bully_rank bully_rank_told(const struct bully_core *c, u32 id, u32 priority, u64 at)
{
	const struct bully_peer *p = bully_core_find(c, id);

	if (id == c->id)
		return bully_rank_own(c);
	if (p && p->ranked && p->heard >= at)
		return bully_rank_peer(c, p);
	return (struct bully_rank){ .priority = priority, .id = id };
}

/* Returns true if a message names a leader that is higher than this node. */
bool bully_rank_named_is_higher(const struct bully_core *c, const struct bully_msg *m)
{
	u64 age = (u64)m->leader_age_us * 1000, at = c->now - bully_min(age, c->now);	/* R12 */

	return m->leader && bully_rank_above(bully_rank_told(c, m->leader, m->leader_priority, at),
					     bully_rank_own(c));
}

/* Returns true if the leader, which this node follows, is higher than this node. */
bool bully_rank_leader_is_higher(const struct bully_core *c)
{
	return c->policy->ranks &&
	       bully_rank_above(bully_rank_of(c, c->leader), bully_rank_own(c));
}

/* C1: @leader leads in the place of @successor, both not 0. Returns true if that is lost, and has
 * not only handed over to a higher node (R11).
 */
bool bully_rank_is_lost(const struct bully_core *c, u32 successor, u32 leader)
{
	if (!c->policy->ranks)
		return successor != leader;
	return bully_rank_above(bully_rank_of(c, successor), bully_rank_of(c, leader));
}

/* Returns the priority of a node as messages say it: 0 if it is not known. */
u32 bully_rank_priority(const struct bully_core *c, u32 id)
{
	const struct bully_peer *p = bully_core_find(c, id);

	if (id == c->id)
		return c->opts.priority;
	return p && p->ranked ? p->priority : 0;
}

/* P12: followers do not receive each other: tell a new priority to all. Once a heartbeat, in which
 * the user is told new priorities of peers, too.
 */
void bully_rank_tell(struct bully_core *c)
{
	struct bully_peer *p;
	u32 i;

	bully_for_each_peer(c, i, p)
		if (p->told.priority != p->priority)
			bully_note(c, BULLY_NOTE_PEERS, BULLY_REASON_NONE);
	if (c->rank.told == c->opts.priority)
		return;
	c->rank.told = c->opts.priority;
	bully_hello_all(c);
}
