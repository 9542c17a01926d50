// SPDX-License-Identifier: GPL-2.0-only
/* change.c - whether the set of voters may change now (R7) */
#include "grant.h"
#include "set.h"

/* What was granted before @since has ended, even if a clock is slow. */
static bool outlived(const struct bully_core *c, u64 since)
{
	return c->now - since >= bully_grant_abstention(c);
}

/* R7: returns true if the voter has made another change of the present set than this one. One at
 * this node's set before may be a step behind instead, where a voter comes and goes.
 */
static bool contradicts(const struct bully_core *c, const struct bully_peer *p, u32 target)
{
	return p->set.members_prev && p->set.members_prev == c->set.members &&
	       p->set.members != c->set.members && p->set.members != target &&
	       p->set.members != c->set.members_prev;
}

/*
 * R7: the sets of a leader and of another one may be two steps apart only when a
 * majority has left the first of them, and for so long that no grant of theirs with
 * that set is alive.
 */
const char *bully_core_may_change(const struct bully_core *c, u32 target, u32 *laggards, u32 max,
				  u32 *n)
{
	/* a node that restarted does not know the set before: the present one counts */
	u32 before = c->set.members_prev ? c->set.voters_prev : c->set.voters, have, found = 0, i;
	struct bully_peer *p;

	if (max)
		*n = 0;
	if (!bully_leases(c) || !bully_takes_part(c) || !c->role.seen_leader || c->stopped)
		return NULL;
	have = bully_set_is_voter(c) && c->set.added != c->id && outlived(c, c->set.changed_at);
	bully_for_each_peer(c, i, p) {
		if (p->role == BULLY_ROLE_OBSERVER)
			continue;
		if (contradicts(c, p, target))
			return "a voter has another change of the voters: make that one here, too";
		/* or it has gone before, where this node is to follow it now */
		if ((p->set.settled && outlived(c, p->set.settled_at)) ||
		    (p->set.members == target && p->set.members_prev == c->set.members &&
		     outlived(c, p->set.members_at)))
			have += p->id != c->set.added;
		else if (found < max)
			laggards[found++] = p->id;
	}
	if (max)
		*n = found;
	if (have > before / 2)
		return NULL;
	return "the last change of the voters has not reached a majority of them yet";
}
