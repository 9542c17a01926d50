// SPDX-License-Identifier: GPL-2.0-only
/* address.c - tests peers that send from another address (S9, S10) */
#include "address.h"
#include "alone.h"
#include "clock.h"

/* A change is reported once; an address not seen for 32 detection times is forgotten. */
static void expires(struct unit *u)
{
	struct bully_core *c = alone(2, alone_around);
	struct bully_peer *p = alone_peer(3);

	bully_address_found(c, p, BULLY_ADDRESS_OK);
	CHECK(u, !fix.out.n && !c->address.odd);
	bully_address_found(c, p, BULLY_ADDRESS_ELSEWHERE);
	CHECK(u, alone_notes(BULLY_NOTE_PEERS) == 1 && c->address.odd);
	alone_step(5);
	bully_address_found(c, p, BULLY_ADDRESS_ELSEWHERE);
	alone_step(32 * DETECTION);
	bully_address_expire(c);
	CHECK(u, p->address.found == BULLY_ADDRESS_ELSEWHERE && c->address.odd && !fix.out.n);
	alone_step(1);
	bully_address_expire(c);
	CHECK(u, p->address.found == BULLY_ADDRESS_OK && !c->address.odd && fix.out.n == 1);
}

/* S9: an accepted message shows the address of its sender. */
static void accepted(struct unit *u)
{
	struct bully_core *c = alone(2, alone_around);
	struct bully_peer *p = alone_peer(3);

	p->session = 7;
	p->address.stranger = 7;
	p->address.found = BULLY_ADDRESS_MISTAKEN;
	bully_address_accepted(c, p);
	CHECK(u, p->address.found == BULLY_ADDRESS_OK && !p->address.stranger);
	p->address.stranger = 8;			/* another node with its id */
	c->elsewhere = true;
	bully_address_accepted(c, p);
	CHECK(u, p->address.found == BULLY_ADDRESS_OTHER_SOURCE && p->address.stranger == 8);
	c->elsewhere = false;
	bully_address_accepted(c, p);
	CHECK(u, p->address.found == BULLY_ADDRESS_OTHER_SOURCE);
	bully_address_forget(c, p);
	CHECK(u, p->address.found == BULLY_ADDRESS_OK && !p->address.stranger);
}

/* S9: a proved session from elsewhere gets a HELLO, and is unproved a detection time later. */
static void doubt(struct unit *u)
{
	struct bully_core *c;
	struct bully_peer *p;
	u32 leads;

	for (leads = 0; leads < 2; leads++) {
		c = alone(2, alone_around);
		alone_all_up();
		p = alone_peer(3);
		c->elsewhere = true;
		c->state = BULLY_STATE_FOLLOWER;
		c->leader = leads ? 3 : 9;
		p->proof.at = c->now;
		alone_step(DETECTION);
		CHECK(u, !bully_address_doubt(c, p) && !fix.out.n);
		alone_step(1);
		CHECK(u, !bully_address_doubt(c, p) && alone_sent(BULLY_MSG_HELLO, 3));
		alone_step(DETECTION);
		CHECK(u, !bully_address_doubt(c, p) && p->proved);
		alone_step(1);
		CHECK(u, bully_address_doubt(c, p) == !leads);	/* H3 judges the own leader */
		CHECK(u, p->proved == leads);
		c->elsewhere = false;
		CHECK(u, !bully_address_doubt(c, p));
	}
}

/* S9: a stranger gets a notice when it has sent for half a detection time; one answer counts. */
static void notice(struct unit *u)
{
	static struct bully_msg m;
	struct bully_core *c = alone(2, alone_around);
	struct bully_peer *p = alone_peer(3);

	fix_msg(&m, BULLY_MSG_HEARTBEAT, 3);
	bully_address_stranger(c, p, &m);
	alone_step(DETECTION / 2 - 1);
	bully_address_stranger(c, p, &m);
	CHECK(u, !fix.out.n && !p->address.notice_seq);
	alone_step(1);
	bully_address_stranger(c, p, &m);
	CHECK(u, alone_said(BULLY_MSG_HELLO, 3)->target == BULLY_TO_SOURCE);
	CHECK(u, alone_said(BULLY_MSG_HELLO, 3)->flags & BULLY_F_ELSEWHERE);
	CHECK(u, alone_said(BULLY_MSG_HELLO, 3)->to_session == m.from_session);
	m.echo = p->address.notice_seq + 1;
	CHECK(u, !bully_address_notice_answered(p, &m));
	m.echo--;
	CHECK(u, bully_address_notice_answered(p, &m) && !bully_address_notice_answered(p, &m));
	m.echo = 0;
	CHECK(u, !bully_address_notice_answered(p, &m));
	m.from_session++;				/* another stranger: the time begins again */
	alone_step(0);
	bully_address_stranger(c, p, &m);
	CHECK(u, !fix.out.n);
	c->opts.heartbeat_ns = DETECTION;		/* a heartbeat at least */
	c->opts.misses = 1;
	alone_step(DETECTION - 1);
	bully_address_stranger(c, p, &m);
	CHECK(u, !fix.out.n);
	bully_address_answered(p, m.from_session + 1);
	CHECK(u, p->address.stranger);
	bully_address_answered(p, m.from_session);
	CHECK(u, !p->address.stranger);
}

/* S10: a node that has received no message for a detection time is unreached. */
static void unreached(struct unit *u)
{
	struct bully_core *c = alone(2, alone_around);
	struct bully_peer *p = alone_peer(9);

	p->proved = true;
	p->heard = c->now;
	alone_step(DETECTION);
	CHECK(u, !bully_address_unreached(c, alone_peer(3)) && !c->address.unreached);
	alone_step(1);
	alone_peer(3)->detection = 2 * DETECTION;
	CHECK(u, bully_address_unreached(c, alone_peer(3)) && c->address.unreached);
	CHECK(u, c->clock.timer[BULLY_T_UNREACHED] == c->now + 16 * DETECTION);
	CHECK(u, !bully_address_unreached(c, alone_peer(3)));	/* no news */
	bully_address_reached(c);
	CHECK(u, !c->address.unreached);
	p->detection = DETECTION + 1;			/* R12: the peer's time, if it is longer */
	CHECK(u, !bully_address_unreached(c, alone_peer(3)));
}

const struct unit_case unit_address_cases[] = {
	{ "address_S9_found_and_forgotten", expires },
	{ "address_S9_accepted", accepted },
	{ "address_S9_doubt", doubt },
	{ "address_S9_notice", notice },
	{ "address_S10_unreached", unreached },
	{ 0 },
};
