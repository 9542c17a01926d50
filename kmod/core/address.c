// SPDX-License-Identifier: GPL-2.0
/* address.c - peers that are received from another address than the configured one (S9, S10) */
#include "internal.h"

#define STALE	32	/* detection times after which what was found of an address is forgotten */

static void set(struct bully_core *c, struct bully_peer *p, enum bully_address address)
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
		set(c, p, BULLY_ADDRESS_OK);
}

/* What was not found again for long is so no more. Called about once a heartbeat. */
void bully_addresses_expire(struct bully_core *c)
{
	struct bully_peer *p;
	u32 i;

	if (!c->address.odd)
		return;
	c->address.odd = false;
	bully_for_each_peer(c, i, p) {
		if (p->address.found != BULLY_ADDRESS_OK &&
		    c->now - p->address.found_at > STALE * bully_detection_of(c, p))
			set(c, p, BULLY_ADDRESS_OK);
		c->address.odd |= p->address.found != BULLY_ADDRESS_OK;
	}
}

/* An accepted message: each of the two reaches the other at its configured address. */
void bully_address_accepted(struct bully_core *c, struct bully_peer *p)
{
	if (c->elsewhere) {
		set(c, p, BULLY_ADDRESS_OTHER_SOURCE);
		return;
	}
	if (p->address.stranger == p->session)
		p->address.stranger = 0;
	if (p->address.found == BULLY_ADDRESS_ELSEWHERE || p->address.found == BULLY_ADDRESS_MISTAKEN)
		set(c, p, BULLY_ADDRESS_OK);
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
bool bully_address_doubt(struct bully_core *c, struct bully_peer *p)
{
	u64 detection = bully_detection_of(c, p);

	if (!c->elsewhere)
		return false;
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
	if (!p->proof.challenge_at || c->now - p->proof.challenge_at >= c->opts.heartbeat_ns) {
		p->proof.challenge_at = c->now;
		bully_hello(c, p);
	}
	return false;
}

/* S9: a node with the id of @p, not proved, sends from another address. */
void bully_stranger(struct bully_core *c, struct bully_peer *p, const struct bully_msg *m)
{
	struct bully_action *act;

	note_stranger(c, p, m->from_session);
	/* the same node may answer at the configured address yet */
	if (c->now - p->address.stranger_since < bully_max(c->opts.heartbeat_ns, bully_detection(c) / 2))
		return;
	act = bully_send(c, BULLY_TO_SOURCE, p->id, BULLY_MSG_HELLO, 0);
	act->flags |= BULLY_F_ELSEWHERE;
	act->to_session = m->from_session;
	p->address.notice_seq = act->seq;
}

/* S10: a peer sends to another address. If none is received either, this node is unreached. */
static void unreached(struct bully_core *c, const struct bully_peer *told)
{
	bool was = c->stand.unreached;
	struct bully_peer *p;
	u32 i;

	bully_for_each_peer(c, i, p)
		if (p->proved && p->heard && c->now - p->heard <= bully_detection_of(c, p))
			return;
	c->stand.unreached = true;
	bully_timer_set(c, BULLY_T_UNREACHED, c->now + 8 * bully_detection_of(c, told));
	if (was)
		return;
	if (c->state == BULLY_STATE_LEADER)
		bully_lead_resign(c, BULLY_REASON_LINK_DOWN);
	else if (c->state == BULLY_STATE_ELECTION)
		bully_become_waiting(c, BULLY_REASON_LINK_DOWN, BULLY_PHASE_COORD);
}

/* S10: a peer was received, or no notice has come for long. */
void bully_reached(struct bully_core *c)
{
	c->stand.unreached = false;
	if (bully_linked(c))
		bully_stand_again(c, BULLY_REASON_START);
}

/* A notice, or the answer to one. Nothing else in it is believed (S9). */
enum bully_drop bully_on_notice(struct bully_core *c, struct bully_peer *p,
				const struct bully_msg *m)
{
	enum bully_drop drop;

	if (m->type == BULLY_MSG_HELLO) {
		drop = bully_answer_hello(c, p, m);
		if (drop)
			return drop;
		set(c, p, BULLY_ADDRESS_MISTAKEN);
		unreached(c, p);
		if (m->flags & BULLY_F_DUPLICATE)
			bully_duplicate(c, p);			/* D2 */
		return BULLY_DROP_NONE;
	}
	if (m->type != BULLY_MSG_HELLO_ACK)
		return BULLY_DROP_UNEXPECTED;
	if (!p->address.notice_seq || m->echo != p->address.notice_seq)
		return BULLY_DROP_ECHO;
	p->address.notice_seq = 0;
	if (!p->proved)
		set(c, p, BULLY_ADDRESS_ELSEWHERE);
	else if (m->from_session != p->session && c->now - p->heard <= bully_detection_of(c, p))
		bully_duplicate_seen(c, p);			/* D1 */
	return BULLY_DROP_NONE;
}
