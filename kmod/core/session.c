// SPDX-License-Identifier: GPL-2.0-only
/* session.c - what must be true of a message before it may mean anything */
#include "address.h"
#include "duplicate.h"
#include "hello.h"
#include "outbox.h"
#include "peers.h"
#include "session.h"
#include "stand.h"
#include "unlisted.h"

#define REPLAY_WINDOW	64	/* sequences that may arrive out of order */
#define ANSWERS_MAX	8	/* HELLOs answered to one peer in a heartbeat, and ... */
#define ANSWERS_NAMED	16	/* ... with those that name our session, which few can */

/* R9: a message fails the session check. Ask its sender for its session, at the configured address
 * and at most once a heartbeat.
 */
static void challenge(struct bully_core *c, struct bully_peer *p, const struct bully_msg *m)
{
	if (!bully_hello_may_challenge(c, p))
		return;
	if (c->elsewhere) {
		bully_hello(c, p);
		bully_address_stranger(c, p, m);
	} else {
		bully_send(c, BULLY_TO_PEER, p->id, BULLY_MSG_HELLO, 0)->to_session =
			m->from_session;
	}
}

/* S2: HELLO is answered to anybody, up to a limit. */
enum bully_drop bully_session_answer_hello(struct bully_core *c, struct bully_peer *p,
					   const struct bully_msg *m)
{
	u8 max = m->to_session == c->session ? ANSWERS_NAMED : ANSWERS_MAX;
	struct bully_action *act;

	if (c->now - p->proof.answers_at >= c->opts.heartbeat_ns) {
		p->proof.answers_at = c->now;
		p->proof.answers = 0;
	}
	if (p->proof.answers >= max)
		return BULLY_DROP_LIMITED;
	p->proof.answers++;
	act = bully_answer(c, m, BULLY_MSG_HELLO_ACK);
	/* S9: the answer to a notice is marked as such */
	act->flags |= m->flags & BULLY_F_ELSEWHERE;
	/* S11: whom this node receives */
	act->heard = bully_leases(c) && m->flags & BULLY_F_ALIVE && m->to_session == c->session;
	return BULLY_DROP_NONE;
}

/* A session that was not known is the peer's from now on. */
static void adopt(struct bully_peer *p, const struct bully_msg *m)
{
	p->proof.session_before = p->session;
	p->session = m->from_session;
	bully_outbox_hello_answered(p, m->echo);
	p->replay.seq = 0;
	p->replay.window = 0;
	p->stats.sessions++;
}

/*
 * A HELLO of ours was answered, so this session is alive now. A session that
 * was left for a newer one never comes back by a restart: if it answers while
 * the newer one is alive too, two nodes have the id (D1).
 */
static enum bully_drop prove(struct bully_core *c, struct bully_peer *p, const struct bully_msg *m,
			     bool *restarted)
{
	if (m->echo <= p->outbox.hello_floor || m->echo > p->outbox.hello_seq)
		return BULLY_DROP_ECHO;
	bully_address_answered(p, m->from_session);	/* S9: at its configured address as well */
	if (m->from_session != p->session && m->from_session == p->proof.session_before &&
	    p->proved && c->now - p->heard <= bully_detection_of(c, p)) {
		if (bully_duplicate_seen(c, p))
			bully_hello_challenge_again(p);
		challenge(c, p, m);
		return BULLY_DROP_UNPROVED;
	}
	if (m->from_session != p->session) {
		*restarted = p->session != 0;
		adopt(p, m);
	}
	bully_peer_proved(p);
	p->proof.at = c->now;
	return BULLY_DROP_NONE;
}

/* Accept each sequence once, and none that is far behind (W4). */
static bool replay(struct bully_peer *p, u64 seq)
{
	u64 behind;

	if (seq > p->replay.seq) {
		u64 ahead = seq - p->replay.seq;

		p->replay.window = ahead < REPLAY_WINDOW ? p->replay.window << ahead : 0;
		p->replay.window |= 1;
		p->replay.seq = seq;
		return false;
	}
	behind = p->replay.seq - seq;
	if (behind >= REPLAY_WINDOW || p->replay.window >> behind & 1)
		return true;
	p->replay.window |= 1ULL << behind;
	return false;
}

static bool is_replay(const struct bully_peer *p, u64 seq)
{
	if (seq > p->replay.seq)
		return false;
	return p->replay.seq - seq >= REPLAY_WINDOW ||
	       p->replay.window >> (p->replay.seq - seq) & 1;
}

/* The checks that come before the tag and change nothing (W2, A4); sets @peer as soon
 * as it is known.
 */
static enum bully_drop before_tag(const struct bully_core *c, const struct bully_msg *m,
				  enum bully_tag tag, struct bully_peer **peer)
{
	struct bully_peer *p;

	if (c->stopped || !bully_stand_linked(c))
		return BULLY_DROP_INACTIVE;
	if (m->from == c->id)
		return BULLY_DROP_OWN_ID;
	p = bully_core_find(c, m->from);
	if (!p && !bully_unlisted_asks(c, m))
		return BULLY_DROP_PEER;
	*peer = p;
	if (m->to != c->id)
		return BULLY_DROP_RECEIVER;
	if (tag == BULLY_TAG_OFF ? m->key_id : tag == BULLY_TAG_FAILED)
		return BULLY_DROP_AUTH;
	if (!p)
		return bully_unlisted_is_replay(c, m) ? BULLY_DROP_REPLAY : BULLY_DROP_NONE;
	/* what names another session is answered, so it is judged after its tag */
	if (m->to_session != c->session && m->type != BULLY_MSG_HELLO)
		return BULLY_DROP_NONE;
	if (m->from_session == p->session && is_replay(p, m->seq))
		return BULLY_DROP_REPLAY;
	return BULLY_DROP_NONE;
}

enum bully_drop bully_core_peek(const struct bully_core *c, const struct bully_msg *m,
				struct bully_peer **peer, bool *ours)
{
	*peer = NULL;
	*ours = m->to_session == c->session;
	return before_tag(c, m, BULLY_TAG_UNSEEN, peer);
}

/**
 * bully_session_check() - the checks of a message up to the proof of its session
 * @c: the core
 * @m: the message
 * @tag: what became of its tag
 * @peer: set to the sender, as soon as it is known; it stays NULL if this is an unlisted
 *	observer, whose message has had its effect then (O4)
 * @restarted: set to true if the sender has another session than before
 *
 * The check that comes first decides. What passes is for bully_session_admit().
 *
 * Return: the verdict
 */
enum bully_drop bully_session_check(struct bully_core *c, const struct bully_msg *m,
				    enum bully_tag tag, struct bully_peer **peer, bool *restarted)
{
	enum bully_drop drop = before_tag(c, m, tag, peer);
	struct bully_peer *p = *peer;

	if (drop)
		return drop;
	if (tag == BULLY_TAG_LIMITED)
		return BULLY_DROP_LIMITED;
	if (tag == BULLY_TAG_UNSEEN)	/* it passes now, as something changed meanwhile */
		return BULLY_DROP_AUTH;
	if (!p)
		return bully_unlisted_receive(c, m);
	if (m->type != BULLY_MSG_HELLO && m->to_session != c->session) {	/* R9 */
		challenge(c, p, m);
		return BULLY_DROP_SESSION;
	}
	if (m->flags & BULLY_F_ELSEWHERE)	/* S9: bully_notice_receive() judges it */
		return m->to_session == c->session ? BULLY_DROP_NONE : BULLY_DROP_SESSION;
	if (m->type == BULLY_MSG_HELLO) {
		/* our question first: a peer that acts on our answer has answered it by then */
		if (m->from_session != p->session || !p->proved)
			challenge(c, p, m);
		drop = bully_session_answer_hello(c, p, m);
		if (drop)
			return drop;
		/* S2: a HELLO that does not name our session proves nothing */
		if (m->to_session != c->session)
			return BULLY_DROP_UNPROVED;
	} else if (m->type == BULLY_MSG_HELLO_ACK) {
		return prove(c, p, m, restarted);
	}
	return BULLY_DROP_NONE;
}

/* The last checks: the sender's session is proved, and the message is new. Returns the verdict. */
enum bully_drop bully_session_admit(struct bully_core *c, struct bully_peer *p,
				    const struct bully_msg *m)
{
	if (m->flags & BULLY_F_ELSEWHERE)
		return BULLY_DROP_NONE;
	if (m->from_session != p->session || !p->proved || bully_address_doubt(c, p)) {
		challenge(c, p, m);
		return BULLY_DROP_UNPROVED;
	}
	return replay(p, m->seq) ? BULLY_DROP_REPLAY : BULLY_DROP_NONE;
}
