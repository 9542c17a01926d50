// SPDX-License-Identifier: GPL-2.0
/* voters.c - the set of voters: its size, its changes, and who knows of them (R7) */
#include "internal.h"

/* May anybody be reached, or is there nobody to reach? */
bool bully_linked(const struct bully_core *c)
{
	return c->link == BULLY_LINK_UP ||
	       (c->link == BULLY_LINK_NO_PEERS && bully_quorum(c) && c->opts.voters == 1);
}

/* R18: returns true if the set is not still being made. */
bool bully_set_complete(const struct bully_core *c)
{
	if (!bully_quorum(c))
		return true;
	return (c->set.voters > 1 || c->opts.voters == 1) &&
	       (c->role.seen_leader || c->set.voters >= c->opts.voters);
}

/* Has everybody followed the last change? Then the set before has no meaning any more. */
static bool settle(struct bully_core *c)
{
	struct bully_peer *p;
	u32 i;

	bully_for_each_peer(c, i, p)
		if (p->role != BULLY_ROLE_OBSERVER && !p->set.settled)
			return false;
	c->set.members_prev = 0;
	c->set.voters_prev = 0;
	c->set.added = 0;
	return true;
}

/* The set is another than @was, which had @had voters. */
void bully_voters_changed(struct bully_core *c, u32 was, u32 had)
{
	struct bully_peer *p;
	u32 i;

	bully_for_each_peer(c, i, p)
		p->set.settled = false;
	if (!c->role.seen_leader) {
		/* this is how a group is configured */
		c->set.members_prev = 0;
		c->set.voters_prev = 0;
		c->set.added = 0;
		bully_abstain(c);
		bully_become_init(c, BULLY_REASON_CONFIG);
		return;
	}
	if (c->state == BULLY_STATE_LEADER && !bully_stands(c))
		bully_lead_resign(c, BULLY_REASON_CONFIG);
	else if (c->lease.claim && !bully_stands(c))
		bully_become_waiting(c, BULLY_REASON_CONFIG, BULLY_PHASE_COORD);
	c->set.members_prev = was;
	c->set.voters_prev = had;
	c->set.changed_at = c->now;
	c->set.added = c->set.voters > had ? c->set.configured : 0;
	settle(c);
	bully_lease_recount(c);
	bully_hello_all(c);
}

/* E14: returns true if the sender elects in the other mode. */
bool bully_other_mode(const struct bully_core *c, const struct bully_msg *m)
{
	return bully_quorum(c) != (m->lease_ms != 0);
}

/* What a message says of its sender's set. */
void bully_voters_seen(struct bully_core *c, struct bully_peer *p, const struct bully_msg *m)
{
	bool differ = bully_quorum(c) ? !bully_members_near(c, m) : bully_other_mode(c, m);

	if (!p->set.settled)
		p->set.settled_at = c->now;
	if (p->set.members != m->members)
		p->set.members_at = c->now;
	p->set.members = m->members;
	p->set.members_prev = m->members_prev;
	/*
	 * One whose set before is ours need not be a step ahead: where a voter was removed
	 * and added again it may be a step behind.
	 */
	p->set.settled = m->members == c->set.members;
	if (p->set.differ != differ) {
		p->set.differ = differ;
		bully_note(c, BULLY_NOTE_CONFIG, BULLY_REASON_CONFIG);
	}
	if (c->set.members_prev && p->set.settled && settle(c))
		bully_lease_update(c);
}

/* While a change is under way: has the next one followed? Once a heartbeat. */
void bully_voters_ask(struct bully_core *c)
{
	struct bully_peer *p;
	u32 i;

	if (!c->set.members_prev)
		return;
	bully_for_each_peer(c, i, p) {
		if (p->role == BULLY_ROLE_OBSERVER || p->set.settled || p->id <= c->set.asked)
			continue;
		c->set.asked = p->id;
		bully_hello(c, p);
		return;
	}
	c->set.asked = 0;
}

/* What was granted before @since has ended, whoever's clock is slow. */
static bool outlived(const struct bully_core *c, u64 since)
{
	return c->now - since >= bully_abstention(c);
}

/*
 * R7: the sets of a leader and of another one may be two steps apart only when a
 * majority has left the first of them, and for so long that no grant of theirs with
 * that set is alive.
 */
const char *bully_core_may_change(const struct bully_core *c, u32 target, u32 *laggards,
				  u32 max, u32 *n)
{
	/* who restarted does not know the set before; a majority of the present one will do */
	u32 before = c->set.members_prev ? c->set.voters_prev : c->set.voters, have, found = 0, i;
	struct bully_peer *p;

	if (max)
		*n = 0;
	if (!bully_quorum(c) || !c->role.seen_leader || c->stopped)
		return NULL;
	have = bully_votes(c) && c->set.added != c->id && outlived(c, c->set.changed_at);
	bully_for_each_peer(c, i, p) {
		if (p->role == BULLY_ROLE_OBSERVER)
			continue;
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
