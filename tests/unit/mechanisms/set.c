// SPDX-License-Identifier: GPL-2.0-only
/* set.c - tests the set of voters: hash, majorities, changes (R7) */
#include "alone.h"
#include "peers.h"
#include "set.h"

/* R7: the hash does not depend on the order in which voters were added. */
static void any_order(struct unit *u)
{
	static const u32 up[] = { 1, 3, 9, 0 }, down[] = { 9, 3, 1, 0 }, mixed[] = { 3, 9, 1, 0 };
	u32 members = alone(2, up)->set.members, roster = fix.core.set.roster;

	CHECK(u, alone(2, down)->set.members == members && fix.core.set.roster == roster);
	CHECK(u, alone(2, mixed)->set.members == members && fix.core.set.roster == roster);
}

/* R7: the hash covers everything on which a majority depends. */
static void hashed(struct unit *u)
{
	struct bully_core *c = alone_quorum(2, alone_around);
	u32 was = c->set.members, roster = c->set.roster, i;

	CHECK(u, !bully_set_update(c));
	for (i = 0; i < 6; i++) {
		c = alone_quorum(2, alone_around);
		switch (i) {
		case 0: c->name[15] ^= 1; break;
		case 1: c->opts.lease_ns++; break;
		case 2: c->opts.quorum = BULLY_QUORUM_OFF; break;
		case 3: c->opts.role = BULLY_ROLE_WITNESS; break;
		case 4: alone_peer(9)->role = BULLY_ROLE_OBSERVER; break;
		case 5: alone_peer(1)->id = 0; break;
		}
		CHECK(u, bully_set_update(c) && c->set.members != was);
		CHECK(u, (c->set.roster == roster) == (i < 5));
		CHECK(u, c->set.voters == (i == 4 ? 3 : 4));
	}
}

/* R7: the hash computed for a change is the hash after the change, at any place. */
static void with(struct unit *u)
{
	static const u32 some[] = { 2, 4, 6, 8, 0 };
	struct bully_core *c;
	u32 id, want;
	u8 role;

	for (id = 1; id <= 9; id++) {
		for (role = BULLY_ROLE_CANDIDATE; role <= BULLY_ROLE_OBSERVER; role++) {
			c = alone(5, some);
			want = bully_core_members_with(c, id, role);
			if (id == 5) {
				c->opts.role = role;
			} else if (bully_core_find(c, id)) {
				bully_core_find(c, id)->role = role;
			} else {
				fix.peer[FIX_PEERS - 1].id = id;
				fix.peer[FIX_PEERS - 1].role = role;
				bully_peers_insert(c, &fix.peer[FIX_PEERS - 1]);
			}
			bully_set_update(c);
			CHECK(u, c->set.members == want);
		}
	}
}

/* This node has its place among the others. */
static void places(struct unit *u)
{
	static const u32 some[] = { 2, 6, 0 }, own[] = { 1, 5, 9 };
	struct bully_core *c;
	u32 i, k, last, id;
	u8 role;

	for (k = 0; k < 3; k++) {
		c = alone(own[k], some);
		c->opts.role = BULLY_ROLE_WITNESS;
		for (i = 0, last = 0; i < 3; i++, last = id) {
			id = bully_set_node(c, i, &role);
			CHECK(u, id > last && (id == own[k]) == (i == k));
			CHECK(u, role == (i == k ? BULLY_ROLE_WITNESS : BULLY_ROLE_CANDIDATE));
		}
	}
}

/* R7: more than half of the larger set, and one more where the voters may be a step ahead. */
static void majorities(struct unit *u)
{
	static const struct {
		u32 voters, before, majority, ahead;
	} table[] = {
		{ 1, 0, 1, 2 }, { 2, 0, 2, 2 }, { 3, 0, 2, 3 }, { 4, 0, 3, 3 }, { 5, 0, 3, 4 },
		{ 3, 4, 3, 3 }, { 4, 3, 3, 3 }, { 2, 3, 2, 2 }, { 5, 6, 4, 4 }, { 255, 256, 129, 129 },
	};
	struct bully_core *c = alone_quorum(2, alone_around);
	u32 i;

	for (i = 0; i < sizeof(table) / sizeof(*table); i++) {
		c->set.voters = table[i].voters;
		c->set.voters_prev = table[i].before;
		CHECK(u, bully_set_majority(c) == table[i].majority);
		CHECK(u, bully_set_majority_ahead(c) == table[i].ahead);
	}
	CHECK(u, bully_set_is_voter(c));
	c->opts.role = BULLY_ROLE_OBSERVER;
	CHECK(u, !bully_set_is_voter(c) && !bully_set_is_voter(alone(2, alone_around)));
}

/* R7: sets are near if they are equal, or one came before the other; 0 came before none. */
static void near_sets(struct unit *u)
{
	static const struct {
		u32 ours, before, theirs, theirs_before;
		bool near;
	} table[] = {
		{ 7, 0, 7, 0, true }, { 7, 0, 8, 0, false }, { 7, 6, 6, 0, true },
		{ 7, 6, 5, 0, false }, { 7, 0, 8, 7, true }, { 7, 6, 8, 6, false },
		{ 7, 6, 8, 7, true }, { 7, 0, 0, 0, false }, { 0, 0, 8, 0, false },
	};
	static struct bully_msg m;
	struct bully_core *c = alone_quorum(2, alone_around);
	u32 i;

	fix_msg(&m, BULLY_MSG_COORDINATOR, 3);
	for (i = 0; i < sizeof(table) / sizeof(*table); i++) {
		c->set.members = table[i].ours;
		c->set.members_prev = table[i].before;
		m.members = table[i].theirs;
		m.members_prev = table[i].theirs_before;
		CHECK(u, bully_set_near(c, &m) == table[i].near);
		m.lease_ms++;			/* grants are as long as the lease */
		CHECK(u, !bully_set_near(c, &m));
		m.lease_ms--;
	}
	c->opts.lease_ns++;			/* rounded up, as messages have it */
	CHECK(u, !bully_set_near(c, &m));
	CHECK(u, !bully_set_other_mode(c, &m));
	m.lease_ms = 0;
	CHECK(u, bully_set_other_mode(c, &m) && !bully_set_other_mode(alone(2, alone_around), &m));
}

/* R7: a change is over when a message of every voter had the present set. */
static void settles(struct unit *u)
{
	static struct bully_msg m;
	struct bully_core *c = alone_quorum(2, alone_around);
	u32 was = c->set.members;

	alone_peer(9)->role = BULLY_ROLE_OBSERVER;
	bully_set_configure(c, 9);
	CHECK(u, bully_set_update(c));
	bully_set_unsettle(c);
	bully_set_begin_change(c, was, 4);
	CHECK(u, c->set.members_prev == was && c->set.voters_prev == 4 && !c->set.added);
	CHECK(u, c->set.changed_at == c->now);
	fix_msg(&m, BULLY_MSG_HEARTBEAT, 1);
	CHECK(u, !bully_set_seen(c, alone_peer(1), &m) && alone_peer(1)->set.settled);
	m.members = was;
	CHECK(u, !bully_set_seen(c, alone_peer(3), &m) && !alone_peer(3)->set.settled);
	m.members = c->set.members;
	CHECK(u, bully_set_seen(c, alone_peer(3), &m));		/* the observer is not waited for */
	CHECK(u, !c->set.members_prev && !c->set.voters_prev);
	CHECK(u, !bully_set_seen(c, alone_peer(3), &m));	/* it ends once */
	was = c->set.members;
	alone_peer(9)->role = BULLY_ROLE_WITNESS;
	bully_set_update(c);
	bully_set_unsettle(c);
	bully_set_begin_change(c, was, 3);
	CHECK(u, c->set.added == 9);
}

/* R7: the time since which a voter has a set, and since which the set is settled. */
static void since(struct unit *u)
{
	static struct bully_msg m;
	struct bully_core *c = alone_quorum(2, alone_around);
	struct bully_peer *p = alone_peer(3);
	u64 first = c->now;

	fix_msg(&m, BULLY_MSG_HEARTBEAT, 3);
	bully_set_seen(c, p, &m);
	alone_step(10);
	bully_set_seen(c, p, &m);
	CHECK(u, p->set.members_at == first && p->set.settled_at == first && !fix.out.n);
	m.members++;
	m.members_prev = c->set.members;		/* a step ahead: near, not settled */
	bully_set_seen(c, p, &m);
	CHECK(u, p->set.members_at == c->now && !p->set.settled && !p->set.differ && !fix.out.n);
	m.members_prev = 0;
	bully_set_seen(c, p, &m);
	bully_set_seen(c, p, &m);
	CHECK(u, p->set.differ && alone_notes(BULLY_NOTE_CONFIG) == 1);
	m.members = c->set.members;
	bully_set_seen(c, p, &m);
	CHECK(u, !p->set.differ && alone_notes(BULLY_NOTE_CONFIG) == 2);
}

/* R7: the voters that have not changed yet are asked one after another, and then again. */
static void asks(struct unit *u)
{
	static const u32 want[] = { 1, 9, 0, 1, 9, 0 };
	struct bully_core *c = alone_quorum(2, alone_around);
	u32 i;

	bully_set_ask(c);
	CHECK(u, !fix.out.n);
	c->set.members_prev = 5;
	alone_peer(3)->set.settled = true;
	for (i = 0; i < sizeof(want) / sizeof(*want); i++) {
		alone_step(FIX_HB);
		bully_set_ask(c);
		CHECK(u, fix.out.n == !!want[i] && c->set.asked == want[i]);
		CHECK(u, !want[i] || alone_sent(BULLY_MSG_HELLO, want[i]));
	}
}

const struct unit_case unit_set_cases[] = {
	{ "set_R7_hash_of_any_order", any_order },
	{ "set_R7_what_is_hashed", hashed },
	{ "set_R7_hash_of_a_change", with },
	{ "set_own_place", places },
	{ "set_R7_majorities", majorities },
	{ "set_R7_near", near_sets },
	{ "set_R7_settles", settles },
	{ "set_R7_since_when", since },
	{ "set_R7_asks_one_after_another", asks },
	{ 0 },
};
