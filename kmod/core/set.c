// SPDX-License-Identifier: GPL-2.0-only
/* set.c - the set of voters: its hash, its majorities, its changes, and how far they are (R7) */
#include "hello.h"
#include "outbox.h"
#include "set.h"

static u32 fnv1a(u32 hash, u64 value, u32 bytes)
{
	while (bytes--) {
		hash ^= (value >> (8 * bytes)) & 0xff;
		hash *= 16777619u;
	}
	return hash;
}

#define FNV1A_START 2166136261u

/* Nodes in rising order of ids, this one at its place: returns the id of the @i-th, and sets its
 * role.
 */
u32 bully_set_node(const struct bully_core *c, u32 i, u8 *role)
{
	u32 below = 0;

	while (below < c->n_peers && c->peer[below]->id < c->id)
		below++;
	if (i == below) {
		*role = c->opts.role;
		return c->id;
	}
	*role = c->peer[i - (i > below)]->role;
	return c->peer[i - (i > below)]->id;
}

static u32 add_voter(u32 hash, u32 id, u8 role)
{
	return role == BULLY_ROLE_OBSERVER ? hash : fnv1a(fnv1a(hash, id, 4), role, 4);
}

/* The hash of the voters, if they have this lease and election, and node @with has that role. */
static u32 members(const struct bully_core *c, u64 lease_ns, u32 election, u32 with, u8 with_role)
{
	u32 hash = FNV1A_START, i;
	bool done = false;

	for (i = 0; i < BULLY_NAME_LEN; i++)
		hash = fnv1a(hash, (u8)c->name[i], 1);
	hash = fnv1a(hash, lease_ns, 8);		/* 0 in classic mode */
	hash = fnv1a(hash, election, 4);
	for (i = 0; i <= c->n_peers; i++) {
		u8 role;
		u32 id = bully_set_node(c, i, &role);

		if (!done && with < id)
			hash = add_voter(hash, with, with_role);
		if (with == id)
			role = with_role;
		done |= with <= id;
		hash = add_voter(hash, id, role);
	}
	return done ? hash : add_voter(hash, with, with_role);
}

u32 bully_core_members_with(const struct bully_core *c, u32 with, u8 with_role)
{
	u32 election = c->opts.quorum ? c->opts.quorum + c->opts.election : 0;	/* F1 */

	return members(c, c->opts.lease_ns, election, with, with_role);
}

u32 bully_core_members(const struct bully_core *c)
{
	return bully_core_members_with(c, c->id, c->opts.role);
}

/* Work out what every message says of the set. Returns true if the voters are others than
 * before.
 */
bool bully_set_update(struct bully_core *c)
{
	u32 hash = FNV1A_START, was = c->set.members, i;
	u8 role;

	c->set.voters = 0;
	for (i = 0; i <= c->n_peers; i++) {
		hash = fnv1a(hash, bully_set_node(c, i, &role), 4);
		c->set.voters += role != BULLY_ROLE_OBSERVER;
	}
	c->set.roster = hash;
	c->set.members = bully_core_members(c);
	return was != c->set.members;
}

/* The operator adds or changes this node. */
void bully_set_configure(struct bully_core *c, u32 id)
{
	c->set.configured = id;
}

/* Returns true if this node has a vote. */
bool bully_set_is_voter(const struct bully_core *c)
{
	return bully_leases(c) && c->opts.role != BULLY_ROLE_OBSERVER;
}

/* R7: grants of so many voters make a lease, whichever of the two sets they know. */
u32 bully_set_majority(const struct bully_core *c)
{
	return bully_max(c->set.voters, c->set.voters_prev) / 2 + 1;		/* R7 */
}

/* R7: where votes count that were given with a set a step ahead, that may be the larger. */
u32 bully_set_majority_ahead(const struct bully_core *c)
{
	return bully_max(c->set.voters + 1, c->set.voters_prev) / 2 + 1;
}

/* R7: sets that are the same, or one step of one of them apart. Grants are as long as
 * the lease, so that must not differ either.
 */
bool bully_set_near(const struct bully_core *c, const struct bully_msg *m)
{
	if (m->lease_ms != bully_lease_ms(c))
		return false;
	return m->members == c->set.members ||
	       (c->set.members_prev && m->members == c->set.members_prev) ||
	       (m->members_prev && m->members_prev == c->set.members);
}

/* The set before the last change has no meaning any more. */
void bully_set_forget_change(struct bully_core *c)
{
	c->set.members_prev = 0;
	c->set.voters_prev = 0;
	c->set.added = 0;
}

/* Returns true if every voter has followed the last change. Then the change is over. */
static bool settle(struct bully_core *c)
{
	struct bully_peer *p;
	u32 i;

	bully_for_each_peer(c, i, p)
		if (p->role != BULLY_ROLE_OBSERVER && !p->set.settled)
			return false;
	bully_set_forget_change(c);
	return true;
}

/* The set has changed: no peer is known to have followed. */
void bully_set_unsettle(struct bully_core *c)
{
	struct bully_peer *p;
	u32 i;

	bully_for_each_peer(c, i, p)
		p->set.settled = false;
}

/* The set is another than @was, which had @had voters: a change begins. */
void bully_set_begin_change(struct bully_core *c, u32 was, u32 had)
{
	c->set.members_prev = was;
	c->set.voters_prev = had;
	c->set.changed_at = c->now;
	c->set.added = c->set.voters > had ? c->set.configured : 0;
	settle(c);
}

/* E14: returns true if the sender elects in the other mode. */
bool bully_set_other_mode(const struct bully_core *c, const struct bully_msg *m)
{
	return bully_leases(c) != (m->lease_ms != 0);
}

/* O3: returns true if the sender has other voters than the peers of this unlisted observer.
 * Lease and election are the voters' own business.
 */
static bool has_other_voters(const struct bully_core *c, const struct bully_msg *m)
{
	u32 election;

	for (election = BULLY_ELECTION_BULLY; election <= BULLY_ELECTION_RAFT; election++)
		if (m->members == members(c, m->lease_ms * 1000000ULL,
					  BULLY_QUORUM_MAJORITY + election, c->id, c->opts.role))
			return false;
	return true;
}

static bool differs(const struct bully_core *c, const struct bully_msg *m)
{
	if (!bully_leases(c) || bully_set_other_mode(c, m))
		return bully_set_other_mode(c, m);
	return bully_takes_part(c) ? !bully_set_near(c, m) : has_other_voters(c, m);
}

/* What a message says of its sender's set. Returns true if a change has just ended. */
bool bully_set_seen(struct bully_core *c, struct bully_peer *p, const struct bully_msg *m)
{
	bool differ = differs(c, m);

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
	return c->set.members_prev && p->set.settled && settle(c);
}

/* While a change is under way: ask the next voter that has not followed. Once a heartbeat. */
void bully_set_ask(struct bully_core *c)
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
