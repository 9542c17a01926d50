// SPDX-License-Identifier: GPL-2.0-only
/* alive.c - tests the bits that say which nodes live (H6, R11, R12) */
#include "alive.h"
#include "alone.h"

static const u32 ids[] = { 10, 20, 30, 0 };
static struct bully_msg m;

/* Returns the bits of node @own's message; only peer 20 is down. */
static u32 written(struct unit *u, u32 own, u64 heard_before)
{
	struct bully_core *c = alone(own, ids);

	alone_all_up();
	alone_peer(20)->state = BULLY_PEER_STATE_DOWN;
	alone_peer(20)->heard = 1;
	alone_peer(10)->heard = c->now - heard_before;
	c->announce.at = c->now - DETECTION - FIX_HB;
	memset(&m, 0, sizeof(m));
	m.flags = BULLY_F_ALIVE;
	m.roster = c->set.roster;
	CHECK(u, bully_alive_write(c, c->now, &m));
	CHECK(u, m.alive_age_us == heard_before / 1000);
	return m.alive[0];
}

/* H6: bits in the order of ids, with the leader's own bit, without nodes that are down. */
static void own_place(struct unit *u)
{
	CHECK(u, written(u, 5, 0) == 0xb);	/* 5 10 - 30 */
	CHECK(u, written(u, 15, 0) == 0xb);	/* 10 15 - 30 */
	CHECK(u, written(u, 25, 0) == 0xd);	/* 10 - 25 30 */
	CHECK(u, written(u, 35, 0) == 0xd);	/* 10 - 30 35 */
	CHECK(u, !m.alive[1]);
}

/* R12: a leader's report is as old as the oldest message of its live peers. */
static void age(struct unit *u)
{
	written(u, 5, 77000);
	written(u, 5, 999);
}

/* H6: a leader sends no bits before a detection time and a heartbeat after its claim. */
static void too_early(struct unit *u)
{
	struct bully_core *c = alone(15, ids);

	memset(&m, 0, sizeof(m));
	c->announce.at = c->now - DETECTION - FIX_HB + 1;
	CHECK(u, !bully_alive_write(c, c->now, &m) && !m.alive[0]);
	CHECK(u, bully_alive_write(c, c->now + 1, &m) && m.alive[0]);
}

/* H6: each follower reads the leader's bits correctly, at any place in the order. */
static void round_trip(struct unit *u)
{
	static const u32 own[] = { 10, 20, 30 };
	struct bully_core *c;
	u32 i, k;

	for (i = 0; i < 3; i++) {
		u32 others[4] = { 25, 0, 0, 0 }, n = 1;

		for (k = 0; k < 3; k++)
			if (k != i)
				others[n++] = own[k];
		written(u, 25, 50000);			/* 10 - 25 30 */
		c = alone(own[i], others);
		CHECK(u, m.roster == c->set.roster);
		c->state = BULLY_STATE_FOLLOWER;
		c->leader = 25;
		for (k = 0; k < 3; k++)
			c->peer[k]->state = BULLY_PEER_STATE_UNKNOWN;
		bully_alive_read(c, &m);
		for (k = 0; k < 3; k++) {
			struct bully_peer *p = c->peer[k];

			if (p->id == 25) {		/* H3 judges this peer */
				CHECK(u, p->state == BULLY_PEER_STATE_UNKNOWN && !p->seen);
			} else if (p->id == 20) {
				CHECK(u, p->state == BULLY_PEER_STATE_DOWN && !p->seen);
			} else {
				CHECK(u, p->state == BULLY_PEER_STATE_UP);
				CHECK(u, p->seen == c->now - 50000);	/* R12 */
			}
		}
		CHECK(u, alone_notes(BULLY_NOTE_PEERS) == 1);
	}
}

/* H6: bits of another set of nodes, or without the flag, are ignored. */
static void mismatch(struct unit *u)
{
	struct bully_core *c;
	u32 i;

	for (i = 0; i < 2; i++) {
		written(u, 25, 0);
		c = alone(20, (const u32[]){ 10, 25, 30, 0 });
		CHECK(u, bully_alive_voters(c, &m) == 3);	/* 10, 25 and 30 */
		if (i)
			m.roster++;
		else
			m.flags = 0;
		bully_alive_read(c, &m);
		CHECK(u, !fix.out.n && c->peer[0]->state == BULLY_PEER_STATE_UNKNOWN);
		CHECK(u, bully_alive_voters(c, &m) == 0);
	}
}

/* H6: a peer from which this node received lately is not down by the leader's report. */
static void own_ears(struct unit *u)
{
	static const struct {
		u64 silence;
		bool leaderless, down;
	} table[] = {
		{ DETECTION, false, false }, { DETECTION + 1, false, true },
		{ DETECTION + 2 * FIX_HB, true, false }, { DETECTION + 2 * FIX_HB + 1, true, true },
	};
	struct bully_core *c;
	u32 i;

	for (i = 0; i < sizeof(table) / sizeof(*table); i++) {
		c = alone(15, ids);
		alone_all_up();
		memset(&m, 0, sizeof(m));
		m.flags = BULLY_F_ALIVE;
		m.roster = c->set.roster;
		m.alive[0] = 0xd;			/* 10, 20 and 30 are 1, 4 and 8 */
		m.alive[0] &= ~1;
		alone_peer(10)->heard = c->now - table[i].silence;
		alone_peer(10)->leaderless = table[i].leaderless;
		c->leader = 30;
		bully_alive_read(c, &m);
		CHECK(u, (alone_peer(10)->state == BULLY_PEER_STATE_DOWN) == table[i].down);
		CHECK(u, alone_peer(20)->state == BULLY_PEER_STATE_UP);
	}
}

/* R11: a node that asks names itself and the nodes that answered in the last detection time. */
static void heard(struct unit *u)
{
	struct bully_core *c = alone_quorum(25, ids);

	alone_all_up();
	alone_peer(10)->both_at = c->now - DETECTION;
	alone_peer(20)->both_at = c->now - DETECTION - 1;
	memset(&m, 0, sizeof(m));
	bully_alive_heard(c, c->now, &m);
	CHECK(u, m.alive[0] == 0xd && m.flags == BULLY_F_ALIVE);	/* 10 - 25 30 */
	CHECK(u, m.alive_age_us == DETECTION / 1000);
}

/* R11: observers have no vote; the reader counts its own bit, if it is a voter. */
static void voters(struct unit *u)
{
	static const u32 own[] = { 5, 15, 25, 35 };
	struct bully_core *c;
	u32 i;

	for (i = 0; i < 4; i++) {
		c = alone_quorum(own[i], ids);
		memset(&m, 0, sizeof(m));
		m.flags = BULLY_F_ALIVE;
		m.roster = c->set.roster;
		m.alive[0] = 0xf;
		CHECK(u, bully_alive_voters(c, &m) == 4);
		m.alive[0] = 1 << i;				/* the reader's bit */
		CHECK(u, bully_alive_voters(c, &m) == 1);
		alone_peer(20)->role = BULLY_ROLE_OBSERVER;
		alone_peer(10)->role = BULLY_ROLE_WITNESS;
		m.alive[0] = 0xf;
		CHECK(u, bully_alive_voters(c, &m) == 3);
		c->opts.role = BULLY_ROLE_OBSERVER;
		CHECK(u, bully_alive_voters(c, &m) == 2);
	}
}

const struct unit_case unit_alive_cases[] = {
	{ "alive_H6_own_bit_at_its_place", own_place },
	{ "alive_R12_as_old_as_the_oldest", age },
	{ "alive_H6_not_too_early", too_early },
	{ "alive_H6_round_trip", round_trip },
	{ "alive_H6_another_roster", mismatch },
	{ "alive_H6_own_ears_first", own_ears },
	{ "alive_R11_who_answers", heard },
	{ "alive_R11_voters", voters },
	{ 0 },
};
