// SPDX-License-Identifier: GPL-2.0-only
/* stand.c - whether this node would lead if there were no leader */
#include "stand.h"

/* Returns true if a peer can be reached, or if there is no peer to reach. */
bool bully_stand_linked(const struct bully_core *c)
{
	return c->link == BULLY_LINK_UP ||
	       (c->link == BULLY_LINK_NO_PEERS && bully_leases(c) && c->opts.voters == 1);
}

/* R18: returns true if the set of voters is not still being made. */
bool bully_stand_set_is_made(const struct bully_core *c)
{
	if (!bully_leases(c))
		return true;
	return (c->set.voters > 1 || c->opts.voters == 1) &&
	       (c->role.seen_leader || c->set.voters >= c->opts.voters);
}

/* Returns true if this node would lead if there were no leader. */
bool bully_stands(const struct bully_core *c)
{
	return c->opts.role == BULLY_ROLE_CANDIDATE && c->opts.candidate && !c->stand.resigned &&
	       !c->duplicate.own && !c->address.unreached && !c->stopped && bully_stand_linked(c) &&
	       bully_stand_set_is_made(c) &&				/* R18 */
	       !(bully_leases(c) && c->listen.lonely);			/* R14 */
}

/* C1: the operator takes this node out of the election. */
void bully_stand_resign(struct bully_core *c)
{
	c->stand.resigned = true;
	c->stand.successor = 0;
}

/* C1: this node follows @leader. If that is @lower than the successor, the successor is lost. */
void bully_stand_follow(struct bully_core *c, u32 leader, bool lower)
{
	if (c->stand.successor && lower)
		c->stand.resigned = false;
	c->stand.successor = c->stand.resigned ? leader : 0;
}
