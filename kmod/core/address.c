// SPDX-License-Identifier: GPL-2.0-only
/* address.c - peers that are received from another address than the configured one (S9) */
#include "address.h"
#include "clock.h"
#include "hello.h"
#include "outbox.h"
#include "peers.h"

#define STALE	32	/* detection times after which what was found of an address is forgotten */

/* Remember where the peer is, and tell the user of a change. */
void bully_address_found(struct bully_core *c, struct bully_peer *p, enum bully_address address)
{
	p->address.found_at = c->now;
	if (p->address.found == address)
		return;
	p->address.found = address;
	c->address.odd |= address != BULLY_ADDRESS_OK;
	bully_note(c, BULLY_NOTE_PEERS, BULLY_REASON_NONE);
}

/* The peer has another configured address from now on. */
void bully_address_forget(struct bully_core *c, struct bully_peer *p)
{
	p->address.stranger = 0;
	p->address.notice_seq = 0;
	if (!c->stopped)
		bully_address_found(c, p, BULLY_ADDRESS_OK);
}

/* What was not found again for long is so no more. Called about once a heartbeat. */
void bully_address_expire(struct bully_core *c)
{
	struct bully_peer *p;
	u32 i;

	if (!c->address.odd)
		return;
	c->address.odd = false;
	bully_for_each_peer(c, i, p) {
		if (p->address.found != BULLY_ADDRESS_OK &&
		    c->now - p->address.found_at > STALE * bully_detection_of(c, p))
			bully_address_found(c, p, BULLY_ADDRESS_OK);
		c->address.odd |= p->address.found != BULLY_ADDRESS_OK;
	}
}

/* An accepted message: each of the two reaches the other at its configured address. */
void bully_address_accepted(struct bully_core *c, struct bully_peer *p)
{
	if (c->elsewhere) {
		bully_address_found(c, p, BULLY_ADDRESS_OTHER_SOURCE);
		return;
	}
	if (p->address.stranger == p->session)
		p->address.stranger = 0;
	if (p->address.found == BULLY_ADDRESS_ELSEWHERE ||
	    p->address.found == BULLY_ADDRESS_MISTAKEN)
		bully_address_found(c, p, BULLY_ADDRESS_OK);
}

static void note_stranger(struct bully_core *c, struct bully_peer *p, u64 session)
{
	if (p->address.stranger == session)
		return;
	p->address.stranger = session;
	p->address.stranger_since = c->now;
}

/*
 * S9: the proved session is received from another address. Ask it at the configured one: at
 * once, each heartbeat until it answers, and then a detection time after the answer.
 *
 * Returns true if the session is not proved any more, since it has not answered for a
 * detection time.
 */
bool bully_address_doubt_elsewhere(struct bully_core *c, struct bully_peer *p)
{
	u64 detection = bully_detection_of(c, p);

	if (p->address.stranger != p->session) {
		if (c->now - p->proof.at <= detection)
			return false;
		note_stranger(c, p, p->session);
	}
	/* H3 judges the own leader */
	if (c->now - p->address.stranger_since > detection &&
	    !(c->state == BULLY_STATE_FOLLOWER && c->leader == p->id)) {
		bully_peer_lost(c, p);
		return true;
	}
	if (bully_hello_may_challenge(c, p))
		bully_hello(c, p);
	return false;
}

/* S9: a node with the id of @p, not proved, sends from another address. */
void bully_address_stranger(struct bully_core *c, struct bully_peer *p, const struct bully_msg *m)
{
	struct bully_action *act;

	note_stranger(c, p, m->from_session);
	/* the same node may answer at the configured address yet */
	if (c->now - p->address.stranger_since <
	    bully_max(c->opts.heartbeat_ns, bully_detection(c) / 2))
		return;
	act = bully_send(c, BULLY_TO_SOURCE, p->id, BULLY_MSG_HELLO, 0);
	act->flags |= BULLY_F_ELSEWHERE;
	act->to_session = m->from_session;
	p->address.notice_seq = act->seq;
}

/* S9: returns true if the message answers the last notice to the peer, which is answered once. */
bool bully_address_notice_answered(struct bully_peer *p, const struct bully_msg *m)
{
	if (!p->address.notice_seq || m->echo != p->address.notice_seq)
		return false;
	p->address.notice_seq = 0;
	return true;
}

/*
 * S10: a peer sends to another address. If no peer is received either, this node is
 * unreached: returns true if it was not before.
 */
bool bully_address_unreached(struct bully_core *c, const struct bully_peer *told)
{
	bool was = c->address.unreached;
	struct bully_peer *p;
	u32 i;

	bully_for_each_peer(c, i, p)
		if (p->proved && p->heard && c->now - p->heard <= bully_detection_of(c, p))
			return false;
	c->address.unreached = true;
	bully_timer_set(c, BULLY_T_UNREACHED, c->now + 8 * bully_detection_of(c, told));
	return !was;
}
