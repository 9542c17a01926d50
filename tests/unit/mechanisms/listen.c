// SPDX-License-Identifier: GPL-2.0-only
/* listen.c - tests a node without a leader: which peers it asks, which answer (E1, H8, R14) */
#include "alone.h"
#include "clock.h"
#include "listen.h"

/* Returns node 2, which waits without a leader; all live. */
static struct bully_core *waiting(bool quorum)
{
	struct bully_core *c = quorum ? alone_quorum(2, alone_around) : alone(2, alone_around);

	alone_all_up();
	c->state = BULLY_STATE_WAITING;
	bully_listen_alone(c);
	bully_timer_set(c, BULLY_T_HELLO, c->now);
	return c;
}

/* R14: a node is lonely unless a majority of the voters answers, itself included. */
static void lonely(struct unit *u)
{
	struct bully_core *c = waiting(true);		/* four voters: three are a majority */

	alone_peer(1)->answered = false;
	CHECK(u, !bully_listen_is_lonely(c));
	alone_peer(3)->answered = false;
	CHECK(u, bully_listen_is_lonely(c));
	bully_listen_done(c);
	CHECK(u, c->listen.lonely && c->listen.done);
	bully_listen_over(c);
	CHECK(u, !c->listen.lonely && !c->listen.done);
	alone_peer(3)->answered = true;
	alone_peer(3)->role = BULLY_ROLE_OBSERVER;	/* does not count */
	CHECK(u, bully_listen_is_lonely(c));
	alone_peer(3)->role = BULLY_ROLE_WITNESS;
	c->opts.role = BULLY_ROLE_OBSERVER;		/* nor does this node */
	CHECK(u, bully_listen_is_lonely(c));
	c = waiting(false);
	alone_peer(1)->answered = alone_peer(3)->answered = alone_peer(9)->answered = false;
	CHECK(u, !bully_listen_is_lonely(c));
}

/* H8: without a leader a peer is down after its detection time and two heartbeats. */
static void silent(struct unit *u)
{
	struct bully_core *c = waiting(false);
	u64 limit = DETECTION + 2 * FIX_HB;

	alone_peer(1)->heard = 1;			/* earlier silence does not count */
	alone_peer(9)->detection = DETECTION + 1;
	alone_step(limit);
	bully_timer_set(c, BULLY_T_HELLO, c->now);
	bully_listen_ask(c);
	CHECK(u, alone_peer(1)->state == BULLY_PEER_STATE_UP);
	alone_step(1);
	alone_peer(3)->heard = c->now - limit;
	bully_timer_set(c, BULLY_T_HELLO, c->now);
	bully_listen_ask(c);
	CHECK(u, alone_peer(1)->state == BULLY_PEER_STATE_DOWN && !alone_peer(1)->proved);
	CHECK(u, alone_peer(3)->state == BULLY_PEER_STATE_UP);
	CHECK(u, alone_peer(9)->state == BULLY_PEER_STATE_UP);	/* R12 */
}

/* H4: a node whose own questions are more than half a heartbeat late judges no peer. */
static void own_lateness(struct unit *u)
{
	struct bully_core *c;
	u32 late;

	for (late = 0; late < 2; late++) {
		c = waiting(false);
		alone_step(10 * DETECTION);
		bully_timer_set(c, BULLY_T_HELLO, c->now - FIX_HB / 2 - late);
		bully_listen_ask(c);
		CHECK(u, (alone_peer(1)->state == BULLY_PEER_STATE_UP) == late);
	}
}

/* H8: it asks peers that were silent for more than half a heartbeat, about once a heartbeat. */
static void asks_the_silent(struct unit *u)
{
	struct bully_core *c = waiting(false);
	u64 wait;
	u32 i;

	alone_step(FIX_HB / 2 + 1);
	alone_peer(1)->heard++;
	bully_listen_ask(c);
	CHECK(u, alone_count(BULLY_MSG_HELLO) == 2 && !alone_sent(BULLY_MSG_HELLO, 1));
	for (i = 0; i < 50; i++) {
		wait = c->clock.timer[BULLY_T_HELLO] - c->now;
		CHECK(u, wait > FIX_HB * 3 / 4 && wait <= FIX_HB);
		CHECK(u, c->listen.ask_due == c->clock.timer[BULLY_T_HELLO]);
		alone_step(1);
		bully_listen_ask(c);
	}
	CHECK(u, alone_said(BULLY_MSG_HELLO, 0)->target == BULLY_TO_ALL);	/* all were silent */
}

/* E1: while it listens it asks the peers that have not answered, twice a heartbeat. */
static void asks_the_unanswered(struct unit *u)
{
	struct bully_core *c = waiting(false);

	c->role.phase = BULLY_PHASE_LISTEN;
	alone_peer(3)->answered = false;
	bully_listen_ask(c);
	CHECK(u, fix.out.n == 1 && alone_sent(BULLY_MSG_HELLO, 3));
	CHECK(u, c->clock.timer[BULLY_T_HELLO] == c->now + FIX_HB / 2);
	c->role.phase = BULLY_PHASE_COORD;
	bully_listen_set_lonely(c, true);		/* R14: a lonely node does the same */
	alone_step(0);
	bully_listen_ask(c);
	CHECK(u, fix.out.n == 1 && alone_sent(BULLY_MSG_HELLO, 3));
}

/* A follower, or a node without a link, asks no peer. A leader asks lost peers (S6). */
static void asks_nobody(struct unit *u)
{
	struct bully_core *c = waiting(false);

	alone_step(FIX_HB);
	c->leader = 9;
	bully_listen_ask(c);
	CHECK(u, !fix.out.n && c->clock.timer[BULLY_T_HELLO] == BULLY_NEVER);
	c->leader = 0;
	c->link = BULLY_LINK_NO_CARRIER;
	bully_listen_ask(c);
	CHECK(u, !fix.out.n && c->clock.timer[BULLY_T_HELLO] == BULLY_NEVER);
	c->state = BULLY_STATE_LEADER;
	alone_peer(9)->state = BULLY_PEER_STATE_DOWN;
	bully_listen_ask(c);
	CHECK(u, fix.out.n == 1 && alone_sent(BULLY_MSG_HELLO, 9));
}

/* R14: a lonely node asks at once a voter that sends, at most twice a heartbeat. */
static void asks_back(struct unit *u)
{
	struct bully_core *c = waiting(true);
	struct bully_peer *p = alone_peer(3);

	p->answered = false;
	bully_listen_ask_back(c, p);
	CHECK(u, !fix.out.n);				/* it is not lonely */
	bully_listen_set_lonely(c, true);
	bully_listen_ask_back(c, p);
	bully_listen_ask_back(c, p);
	CHECK(u, fix.out.n == 1);
	alone_step(FIX_HB / 2 - 1);
	bully_listen_ask_back(c, p);
	CHECK(u, !fix.out.n);
	alone_step(1);
	bully_listen_ask_back(c, p);
	CHECK(u, fix.out.n == 1);
	alone_step(FIX_HB);
	p->answered = true;
	bully_listen_ask_back(c, p);
	CHECK(u, !fix.out.n);
}

const struct unit_case unit_listen_cases[] = {
	{ "listen_R14_lonely", lonely },
	{ "listen_H8_silent_peers", silent },
	{ "listen_H4_own_lateness", own_lateness },
	{ "listen_H8_asks_the_silent", asks_the_silent },
	{ "listen_E1_asks_the_unanswered", asks_the_unanswered },
	{ "listen_asks_nobody_with_a_leader", asks_nobody },
	{ "listen_R14_asks_back", asks_back },
	{ 0 },
};
