// SPDX-License-Identifier: GPL-2.0-only
/* peers.c - tests the table of peers, and which peers live (S5, R7, R11, R12) */
#include "alone.h"
#include "clock.h"
#include "peers.h"

/* The table is in the order of ids, for any order in which peers are added. */
static void order(struct unit *u)
{
	static const u32 ids[4][4] = { { 1, 3, 5, 7 }, { 7, 5, 3, 1 }, { 5, 1, 7, 3 }, { 3, 7, 1, 5 } };
	struct bully_core *c;
	u32 i, k;

	for (k = 0; k < 4; k++) {
		c = alone(2, &alone_around[3]);
		for (i = 0; i < 4; i++) {
			fix.peer[i].id = ids[k][i];
			CHECK(u, bully_peers_insert(c, &fix.peer[i]));
		}
		CHECK(u, c->n_peers == 4);
		for (i = 0; i < 4; i++) {
			CHECK(u, c->peer[i]->id == ids[0][i]);
			CHECK(u, bully_core_find(c, ids[0][i]) == c->peer[i]);
			CHECK(u, !bully_core_find(c, 2 * i) && !bully_core_find(c, 8 + i));
		}
	}
}

/* A new peer has only its id, its role and its counters. */
static void unknown(struct unit *u)
{
	struct bully_core *c = alone(2, &alone_around[3]);
	struct bully_peer *p = &fix.peer[0];

	memset(p, 0xff, sizeof(*p));
	p->role = BULLY_ROLE_WITNESS;
	CHECK(u, bully_peers_insert(c, p));
	CHECK(u, p->id == 0xffffffff && p->role == BULLY_ROLE_WITNESS && p->stats.downs == ~0ULL);
	CHECK(u, p->state == BULLY_PEER_STATE_UNKNOWN && !p->session && !p->heard && !p->hello.due);
}

/* The table has room for 255 peers and no more. */
static void full(struct unit *u)
{
	struct bully_core *c = alone(2, &alone_around[3]);
	u32 i;

	fix.peer[0].id = 1;
	fix.peer[1].id = 7;
	fix.peer[2].id = 9;
	for (i = 0; i < BULLY_PEERS_MAX - 1; i++)
		c->peer[i] = &fix.peer[0];
	c->n_peers = BULLY_PEERS_MAX - 1;
	CHECK(u, bully_peers_insert(c, &fix.peer[1]) && c->n_peers == BULLY_PEERS_MAX);
	fix.peer[2].rtt = 5;
	CHECK(u, !bully_peers_insert(c, &fix.peer[2]) && c->n_peers == BULLY_PEERS_MAX);
	CHECK(u, fix.peer[2].rtt == 5 && c->peer[BULLY_PEERS_MAX - 1] == &fix.peer[1]);
}

/* A peer is removed from any place, once. */
static void removed(struct unit *u)
{
	struct bully_core *c;
	struct bully_peer *p;
	u32 i;

	for (i = 0; i < 3; i++) {
		c = alone(2, alone_around);
		p = c->peer[i];
		CHECK(u, bully_peers_remove(c, p) && c->n_peers == 2);
		CHECK(u, !bully_core_find(c, p->id) && c->peer[0]->id < c->peer[1]->id);
		CHECK(u, !bully_peers_remove(c, p) && c->n_peers == 2);
	}
}

/* S5: a lost peer must answer a HELLO that was sent after the loss; the leader sends it (S6). */
static void lost(struct unit *u)
{
	struct bully_core *c = alone(2, alone_around);
	struct bully_peer *p = alone_peer(3);
	u64 wait;

	alone_all_up();
	c->state = BULLY_STATE_LEADER;
	c->outbox.seq = 40;
	bully_peer_lost(c, p);
	CHECK(u, p->state == BULLY_PEER_STATE_DOWN && !p->proved && !p->stands && !p->answered);
	CHECK(u, p->outbox.hello_floor == 40 && p->session && p->stats.downs == 1);
	CHECK(u, alone_notes(BULLY_NOTE_PEERS) == 1);
	wait = p->hello.due - c->now;
	CHECK(u, wait >= DETECTION / 4 * 3 && wait < DETECTION / 4 * 5);
	CHECK(u, c->clock.timer[BULLY_T_HELLO] == p->hello.due);
	alone_step(1);
	bully_peer_lost(c, p);				/* it cannot go down again */
	CHECK(u, p->stats.downs == 1 && !fix.out.n);
	CHECK(u, alone_peer(1)->proved);
}

/* A peer that comes up is reported once, and this node is no longer unreached (S10). */
static void up(struct unit *u)
{
	struct bully_core *c = alone(2, alone_around);
	struct bully_peer *p = alone_peer(3);

	p->hello.tries = 3;
	bully_peer_up(c, p);
	bully_peer_up(c, p);
	CHECK(u, p->state == BULLY_PEER_STATE_UP && !p->hello.tries && fix.out.n == 1);
	CHECK(u, c->clock.timer[BULLY_T_UNREACHED] == BULLY_NEVER);
	c->address.unreached = true;
	bully_peer_up(c, p);
	CHECK(u, c->clock.timer[BULLY_T_UNREACHED] == c->now);
}

/* A peer counts as received, and as answering, for a detection time (R11). */
static void hears(struct unit *u)
{
	struct bully_core *c = alone(2, alone_around);
	struct bully_peer *p = alone_peer(3);
	u64 at = c->now;

	CHECK(u, !bully_peer_hears(c, p, at) && !bully_peer_answers(c, p, at));
	p->proved = true;
	CHECK(u, !bully_peer_hears(c, p, at) && !bully_peer_answers(c, p, at));
	p->heard = at;
	CHECK(u, bully_peer_hears(c, p, at + DETECTION) && !bully_peer_answers(c, p, at));
	CHECK(u, !bully_peer_hears(c, p, at + DETECTION + 1));
	CHECK(u, bully_peer_hears(c, p, at - 1));	/* the asker's time may be older */
	bully_peer_both(p, at);
	bully_peer_both(p, at - 1);
	CHECK(u, bully_peer_answers(c, p, at + DETECTION));
	CHECK(u, !bully_peer_answers(c, p, at + DETECTION + 1) && bully_peer_answers(c, p, at - 1));
	p->proved = false;
	CHECK(u, !bully_peer_hears(c, p, at) && !bully_peer_answers(c, p, at));
}

/* The round trip is smoothed by eighths, and 0 means that it is not measured. */
static void round_trip(struct unit *u)
{
	struct bully_core *c = alone(2, alone_around);
	struct bully_peer *p = alone_peer(3);

	bully_peer_rtt(p, 0);
	CHECK(u, p->rtt == 1);
	p->rtt = 0;
	bully_peer_rtt(p, 800);
	CHECK(u, p->rtt == 800);
	bully_peer_rtt(p, 1600);
	CHECK(u, p->rtt == 900);
	bully_peer_forget(c, p);
	CHECK(u, !p->rtt && !p->proved);
}

/* R7, R12: each difference in the configuration is a mismatch; the detection time is the peer's. */
static void configured(struct unit *u)
{
	static struct bully_msg m;
	struct bully_core *c = alone(2, alone_around);
	struct bully_peer *p = alone_peer(3);
	u32 i;

	for (i = 0; i < 5; i++) {
		fix_msg(&m, BULLY_MSG_HEARTBEAT, 3);
		switch (i) {
		case 1: m.heartbeat_us++; break;
		case 2: m.misses++; break;
		case 3: m.members++; break;
		case 4: m.roster++; break;
		}
		bully_peer_configured(c, p, &m);
		CHECK(u, p->mismatch == (i > 0) && c->stats.mismatches == i);
		CHECK(u, p->detection == (u64)m.heartbeat_us * 1000 * m.misses);
	}
	m.heartbeat_us = 60000000;		/* more nanoseconds than 32 bits hold */
	m.misses = 100;
	bully_peer_configured(c, p, &m);
	CHECK(u, p->detection == 6000000000000ULL);
}

/* A message shows the state of its sender; other nodes' reports (R12) never make it older. */
static void heard(struct unit *u)
{
	static const bool leaderless[] = { false, true, true, false, false };
	static struct bully_msg m;
	struct bully_core *c = alone(2, alone_around);
	struct bully_peer *p = alone_peer(3);
	u32 state;

	for (state = BULLY_STATE_INIT; state <= BULLY_STATE_LEADER; state++) {
		fix_msg(&m, BULLY_MSG_HEARTBEAT, 3);
		m.state = state;
		m.flags = state % 2 ? BULLY_F_STANDS : 0;
		bully_peer_heard(c, p, &m);
		CHECK(u, p->heard == c->now && p->seen == c->now);
		CHECK(u, p->leaderless == leaderless[state] && p->stands == state % 2);
	}
	bully_peer_seen(p, c->now - 1);
	CHECK(u, p->seen == c->now);
	bully_peer_seen(p, c->now + 1);
	CHECK(u, p->seen == c->now + 1 && p->heard == c->now);
}

const struct unit_case unit_peers_cases[] = {
	{ "peers_in_the_order_of_ids", order },
	{ "peers_nothing_is_known_of_a_new_one", unknown },
	{ "peers_full_table", full },
	{ "peers_removed_from_any_place", removed },
	{ "peers_S5_lost", lost },
	{ "peers_up_is_told_once", up },
	{ "peers_R11_heard_for_a_detection_time", hears },
	{ "peers_round_trip", round_trip },
	{ "peers_R12_configuration", configured },
	{ "peers_R12_signs_of_life", heard },
	{ 0 },
};
