// SPDX-License-Identifier: GPL-2.0-only
/* hello.c - tests when a peer is asked for its session (S6, R9) */
#include "alone.h"
#include "clock.h"
#include "hello.h"

/* R9: a doubtful message causes at most one HELLO a heartbeat. */
static void challenge(struct unit *u)
{
	struct bully_core *c = alone(2, alone_around);
	struct bully_peer *p = alone_peer(3);

	CHECK(u, bully_hello_may_challenge(c, p));
	CHECK(u, !bully_hello_may_challenge(c, p));
	CHECK(u, bully_hello_may_challenge(c, alone_peer(1)));	/* each peer has its own limit */
	alone_step(FIX_HB - 1);
	CHECK(u, !bully_hello_may_challenge(c, p));
	alone_step(1);
	CHECK(u, bully_hello_may_challenge(c, p));
	bully_hello_challenge_again(p);				/* D1 */
	CHECK(u, bully_hello_may_challenge(c, p));
}

/* S6: a leader asks a lost peer after 1, 2, 4, 8, 8, ... detection times, a quarter more or less. */
static void intervals(struct unit *u)
{
	static const u32 shift[] = { 0, 1, 2, 3, 3, 3 };
	struct bully_core *c = alone(2, alone_around);
	struct bully_peer *p = alone_peer(3);
	u64 next, wait;
	u32 i;

	alone_all_up();
	CHECK(u, bully_hello_lost(c) == BULLY_NEVER && !fix.out.n);
	p->state = BULLY_PEER_STATE_DOWN;
	for (i = 0; i < sizeof(shift) / sizeof(*shift); i++) {
		next = bully_hello_lost(c);
		CHECK(u, alone_count(BULLY_MSG_HELLO) == 1 && alone_sent(BULLY_MSG_HELLO, 3));
		wait = next - c->now;
		CHECK(u, wait >= (DETECTION << shift[i]) / 4 * 3);
		CHECK(u, wait < (DETECTION << shift[i]) / 4 * 5);
		alone_step(wait - 1);
		CHECK(u, bully_hello_lost(c) == next && !fix.out.n);
		alone_step(1);
	}
	bully_hello_reset(p);
	next = bully_hello_lost(c);
	CHECK(u, next - c->now < DETECTION / 4 * 5);
}

/* S6: a leader also asks a peer that is up but not proved; the earliest is due next. */
static void unproved(struct unit *u)
{
	struct bully_core *c = alone(2, alone_around);

	alone_all_up();
	alone_peer(1)->proved = false;
	alone_peer(1)->hello.due = c->now + 20;
	alone_peer(9)->state = BULLY_PEER_STATE_UNKNOWN;
	alone_peer(9)->hello.due = c->now + 10;
	CHECK(u, bully_hello_lost(c) == c->now + 10 && !fix.out.n);
}

/* If the step's table is half full, the other peers are asked at once in the next step. */
static void limited(struct unit *u)
{
	struct bully_core *c = alone(2, alone_around);

	while (fix.out.n < BULLY_ACTIONS / 2)
		bully_hello(c, alone_peer(1));
	CHECK(u, bully_hello_lost(c) == c->now);
	CHECK(u, fix.out.n == BULLY_ACTIONS / 2 + 1);
	alone_step(0);
	CHECK(u, bully_hello_lost(c) > c->now);
	CHECK(u, alone_count(BULLY_MSG_HELLO) == 2);
}

/* S6: only a leader has a timer for lost peers, and this timer is never delayed. */
static void leader_only(struct unit *u)
{
	struct bully_core *c = alone(2, alone_around);
	struct bully_peer *p = alone_peer(3);

	bully_hello_at(c, p, c->now + 100);
	CHECK(u, p->hello.due == c->now + 100 && bully_core_deadline(c) == BULLY_NEVER);
	c->state = BULLY_STATE_LEADER;
	bully_hello_at(c, p, c->now + 100);
	bully_hello_at(c, alone_peer(9), c->now + 200);
	CHECK(u, c->clock.timer[BULLY_T_HELLO] == c->now + 100);
}

/* A node without peers sends no HELLO. */
static void nobody(struct unit *u)
{
	struct bully_core *c = alone(2, &alone_around[3]);

	bully_hello_all(c);
	CHECK(u, !fix.out.n);
	c = alone(2, alone_around);
	bully_hello_all(c);
	CHECK(u, fix.out.n == 1 && fix.out.act[0].target == BULLY_TO_ALL);
}

const struct unit_case unit_hello_cases[] = {
	{ "hello_R9_challenges_once_a_heartbeat", challenge },
	{ "hello_S6_intervals_grow", intervals },
	{ "hello_S6_unproved_peers_too", unproved },
	{ "hello_half_full_table", limited },
	{ "hello_S6_timer_of_a_leader_only", leader_only },
	{ "hello_without_peers_asks_nobody", nobody },
	{ 0 },
};
