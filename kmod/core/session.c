// SPDX-License-Identifier: GPL-2.0
/* session.c - what must be true of a message before it may mean anything */
#include "internal.h"

#define REPLAY_WINDOW	64	/* sequences that may arrive out of order */
#define ANSWERS_MAX	8	/* HELLOs answered to one peer in a heartbeat, and ... */
#define ANSWERS_NAMED	16	/* ... with those that name our session, which few can */

/* Ask a peer for its session, at its configured address. */
void bully_hello(struct bully_core *c, struct bully_peer *p)
{
	bully_send(c, BULLY_TO_PEER, p->id, BULLY_MSG_HELLO, 0);
}

void bully_hello_all(struct bully_core *c)
{
	if (c->n_peers)
		bully_send(c, BULLY_TO_ALL, 0, BULLY_MSG_HELLO, 0);
}

/* A leader asks those that are down, ever more rarely but for ever, since two sides of a
 * healed partition meet by nothing else (rule S6). Return: when again.
 */
static u64 hello_lost(struct bully_core *c)
{
	u64 next = BULLY_NEVER;
	struct bully_peer *p;
	u32 i;

	bully_for_each_peer(c, i, p) {
		if (p->proved && p->state == BULLY_PEER_STATE_UP)
			continue;
		if (p->hello.due <= c->now) {
			bully_hello(c, p);
			p->hello.due = c->now + bully_jittered(c, bully_detection(c) <<
							       p->hello.tries);
			if (p->hello.tries < 3)
				p->hello.tries++;
		}
		next = bully_min(next, p->hello.due);
		if (c->outbox.out->n > BULLY_ACTIONS / 2)	/* the rest in the next step */
			return c->now;
	}
	return next;
}

/* H8: without a leader nobody else says who lives: who was silent for too long is down. */
static void judge_silence(struct bully_core *c)
{
	u64 hb = c->opts.heartbeat_ns, due = c->clock.timer[BULLY_T_HELLO];
	struct bully_peer *p;
	u32 i;

	/* H4: this node was late itself, and so are its questions */
	if (due < c->now && c->now - due > hb / 2)
		c->hello.judged_from = c->now;
	bully_for_each_peer(c, i, p)
		if (p->state != BULLY_PEER_STATE_DOWN && c->now - bully_max(p->heard, c->hello.judged_from) >
		    bully_detection_of(c, p) + 2 * hb)
			bully_peer_lost(c, p);
}

/* Returns whether a node that listens (E1), or has no leader (H8, R14), asks this peer now. */
static bool to_ask(const struct bully_core *c, const struct bully_peer *p)
{
	if (c->role.phase == BULLY_PHASE_LISTEN || (c->stand.lonely && !p->listen.answered))
		return !p->listen.answered;
	return !p->heard || c->now - p->heard > c->opts.heartbeat_ns / 2;
}

static void hello_silent(struct bully_core *c)
{
	u32 i, missing = 0;
	struct bully_peer *p;

	bully_for_each_peer(c, i, p)
		missing += to_ask(c, p);
	if (missing == c->n_peers || missing > BULLY_ACTIONS / 2) {
		bully_hello_all(c);
		return;
	}
	bully_for_each_peer(c, i, p)
		if (to_ask(c, p))
			bully_hello(c, p);
}

void bully_hello_timer(struct bully_core *c)
{
	u64 hb = c->opts.heartbeat_ns, next = BULLY_NEVER;

	bully_addresses_expire(c);
	if (c->state == BULLY_STATE_LEADER) {
		next = hello_lost(c);
	} else if (!c->leader && c->n_peers && bully_linked(c)) {
		judge_silence(c);
		hello_silent(c);
		next = c->now + (c->role.phase == BULLY_PHASE_LISTEN ? hb / 2 :
				 hb - bully_jitter(c, hb / 4));
		c->hello.ask_due = next;
	}
	bully_timer_set(c, BULLY_T_HELLO, next);
}

/* R14: a voter speaks that had not answered: ask it at once, at most twice a heartbeat. */
static void hello_back(struct bully_core *c, struct bully_peer *p)
{
	if (c->stand.lonely && !c->leader && !p->listen.answered && c->role.phase != BULLY_PHASE_LISTEN &&
	    c->now - p->outbox.hello_at >= c->opts.heartbeat_ns / 2)
		bully_hello(c, p);
}

/* R9: ask for the session of who sent a message that fails the session check, at the
 * configured address and at most once a heartbeat.
 */
static void challenge(struct bully_core *c, struct bully_peer *p, const struct bully_msg *m)
{
	if (p->proof.challenge_at && c->now - p->proof.challenge_at < c->opts.heartbeat_ns)
		return;
	p->proof.challenge_at = c->now;
	if (c->elsewhere) {
		bully_hello(c, p);
		bully_stranger(c, p, m);
	} else {
		bully_send(c, BULLY_TO_PEER, p->id, BULLY_MSG_HELLO, 0)->to_session =
			m->from_session;
	}
}

/* S2: HELLO is answered to anybody, up to a limit. */
enum bully_drop bully_answer_hello(struct bully_core *c, struct bully_peer *p,
				   const struct bully_msg *m)
{
	u8 max = m->to_session == c->session ? ANSWERS_NAMED : ANSWERS_MAX;

	if (c->now - p->proof.answers_at >= c->opts.heartbeat_ns) {
		p->proof.answers_at = c->now;
		p->proof.answers = 0;
	}
	if (p->proof.answers >= max)
		return BULLY_DROP_LIMITED;
	p->proof.answers++;
	/* S9: the answer to a notice is marked as such */
	bully_answer(c, m, BULLY_MSG_HELLO_ACK)->flags |= m->flags & BULLY_F_ELSEWHERE;
	return BULLY_DROP_NONE;
}

/*
 * A HELLO of ours was answered, so this session is alive now. A session that
 * was left for a newer one never comes back by a restart: if it answers while
 * the newer one is alive too, two nodes bear the id (rule D1).
 */
static enum bully_drop prove(struct bully_core *c, struct bully_peer *p,
			     const struct bully_msg *m)
{
	bool restarted;

	if (m->echo <= p->proof.floor || m->echo > p->outbox.hello_seq)
		return BULLY_DROP_ECHO;
	if (m->from_session == p->address.stranger)
		p->address.stranger = 0;	/* S9: it answers at its configured address as well */
	if (m->from_session == p->session) {
		p->proved = true;
		p->proof.at = c->now;
		return BULLY_DROP_NONE;
	}
	if (m->from_session == p->proof.session_before && p->proved &&
	    c->now - p->heard <= bully_detection_of(c, p)) {
		bully_duplicate_seen(c, p);
		challenge(c, p, m);
		return BULLY_DROP_UNPROVED;
	}
	restarted = p->session != 0;
	p->proof.session_before = p->session;
	p->session = m->from_session;
	p->proved = true;
	p->proof.at = c->now;
	p->proof.floor = m->echo;
	p->replay.seq = 0;
	p->replay.window = 0;
	p->stats.sessions++;
	if (restarted)
		bully_holddown_count(c, p);
	if (restarted && c->state == BULLY_STATE_FOLLOWER && c->leader == p->id)
		bully_leader_lost(c, BULLY_REASON_LEADER_TIMEOUT);
	return BULLY_DROP_NONE;
}

/* Accept each sequence once, and none that is far behind (rule W4). */
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
	return p->replay.seq - seq >= REPLAY_WINDOW || p->replay.window >> (p->replay.seq - seq) & 1;
}

/* The checks that come before the tag and change nothing (W2, A4); sets @peer as soon
 * as it is known.
 */
static enum bully_drop before_tag(const struct bully_core *c, const struct bully_msg *m,
				  enum bully_tag tag, struct bully_peer **peer)
{
	struct bully_peer *p;

	if (c->stopped || !bully_linked(c))
		return BULLY_DROP_INACTIVE;
	if (m->from == c->id)
		return BULLY_DROP_OWN_ID;
	p = bully_core_find(c, m->from);
	if (!p)
		return BULLY_DROP_PEER;
	*peer = p;
	if (m->to != c->id)
		return BULLY_DROP_RECEIVER;
	if (tag == BULLY_TAG_OFF ? m->key_id : tag == BULLY_TAG_FAILED)
		return BULLY_DROP_AUTH;
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

/* All checks; what comes first decides. */
static enum bully_drop check(struct bully_core *c, const struct bully_msg *m,
			     enum bully_tag tag, struct bully_peer **peer)
{
	enum bully_drop drop = before_tag(c, m, tag, peer);
	struct bully_peer *p = *peer;

	if (drop)
		return drop;
	if (tag == BULLY_TAG_LIMITED)
		return BULLY_DROP_LIMITED;
	if (tag == BULLY_TAG_UNSEEN)	/* it passes now, as something changed meanwhile */
		return BULLY_DROP_AUTH;
	if (m->type != BULLY_MSG_HELLO && m->to_session != c->session) {	/* R9 */
		challenge(c, p, m);
		return BULLY_DROP_SESSION;
	}
	if (m->flags & BULLY_F_ELSEWHERE)	/* S9: bully_on_notice() judges it */
		return m->to_session == c->session ? BULLY_DROP_NONE : BULLY_DROP_SESSION;
	if (m->type == BULLY_MSG_HELLO) {
		/* our question first: who acts on our answer has answered it by then */
		if (m->from_session != p->session || !p->proved)
			challenge(c, p, m);
		drop = bully_answer_hello(c, p, m);
		if (drop)
			return drop;
		/* who does not name us may say so to anybody: nothing is believed */
		if (m->to_session != c->session)
			return BULLY_DROP_UNPROVED;
	} else if (m->type == BULLY_MSG_HELLO_ACK) {
		drop = prove(c, p, m);
		if (drop)
			return drop;
	}
	if (m->from_session != p->session || !p->proved || bully_address_doubt(c, p)) {
		challenge(c, p, m);
		return BULLY_DROP_UNPROVED;
	}
	return replay(p, m->seq) ? BULLY_DROP_REPLAY : BULLY_DROP_NONE;
}

static void note_mismatch(struct bully_core *c, struct bully_peer *p, const struct bully_msg *m)
{
	p->mismatch = m->heartbeat_us != (u32)bully_div(c->opts.heartbeat_ns, 1000) ||
		      m->misses != c->opts.misses || m->members != c->set.members ||
		      m->roster != c->set.roster;
	c->stats.mismatches += p->mismatch;
	bully_voters_seen(c, p, m);
	p->detection = (u64)m->heartbeat_us * 1000 * m->misses;
}

/* Quorum mode: both directions work if it answers a message that this node remembers. */
static void note_answer(struct bully_core *c, struct bully_peer *p, const struct bully_msg *m)
{
	u32 i;

	for (i = 0; m->echo && i < BULLY_SENT; i++) {
		if (p->outbox.sent[i].seq != m->echo)
			continue;
		p->both_at = bully_max(p->both_at, p->outbox.sent[i].at);
		/* a HELLO that was repeated meanwhile measures nothing else */
		if (!p->rtt && m->type == BULLY_MSG_HELLO_ACK)
			bully_peer_rtt(p, c->now - p->outbox.sent[i].at);
	}
}

static enum bully_drop act_on(struct bully_core *c, struct bully_peer *p,
			      const struct bully_msg *m)
{
	switch (m->type) {
	case BULLY_MSG_ELECTION:
		if (m->from > c->id &&
		    !(bully_quorum(c) && c->state == BULLY_STATE_LEADER))
			return BULLY_DROP_UNEXPECTED;
		bully_on_election(c, p, m);
		break;
	case BULLY_MSG_OK:
		if (m->from < c->id)
			return BULLY_DROP_UNEXPECTED;
		bully_on_ok(c, p, m);
		break;
	case BULLY_MSG_COORDINATOR:
		if (p->role != BULLY_ROLE_CANDIDATE || m->leader != m->from || !m->epoch)
			return BULLY_DROP_UNEXPECTED;
		if (bully_quorum(c))
			bully_on_claim(c, p, m);
		else
			bully_on_coordinator(c, p, m);
		break;
	case BULLY_MSG_COORDINATOR_ACK:
		return bully_on_coordinator_ack(c, p, m);
	case BULLY_MSG_HEARTBEAT:
		bully_on_heartbeat(c, p, m);
		break;
	case BULLY_MSG_HEARTBEAT_ACK:
		return bully_on_heartbeat_ack(c, p, m);
	case BULLY_MSG_REFUSE:
		return bully_on_refuse(c, p, m);
	case BULLY_MSG_RESIGN:
		return bully_on_resign(c, p, m);
	case BULLY_MSG_HELLO_ACK:
		bully_holddown_told(c, m);	/* before a leader is heard */
		p->listen.answered = true;
		break;
	default:
		break;
	}
	return BULLY_DROP_NONE;
}

/* E14: a node of the other mode lives, and that is all that is believed of it. */
static enum bully_drop act_on_other(struct bully_peer *p, const struct bully_msg *m)
{
	p->stands = false;
	if (m->type == BULLY_MSG_HELLO_ACK)
		p->listen.answered = true;
	return m->type == BULLY_MSG_HELLO_ACK || m->type == BULLY_MSG_HELLO ?
		BULLY_DROP_NONE : BULLY_DROP_UNEXPECTED;
}

/* A decoded message for this group. Return: the verdict. */
enum bully_drop bully_receive(struct bully_core *c, const struct bully_msg *m, enum bully_tag tag)
{
	struct bully_peer *p = NULL;
	enum bully_drop drop;
	bool back;

	/* R9: a doubt about our own time comes before the packet */
	if (!c->stopped)
		bully_time_doubt(c);
	drop = check(c, m, tag, &p);
	if (drop == BULLY_DROP_UNPROVED && m->type == BULLY_MSG_HELLO) {
		drop = BULLY_DROP_NONE;		/* it was answered; that is all it asked for */
	} else if (!drop && m->flags & BULLY_F_ELSEWHERE) {
		drop = bully_on_notice(c, p, m);
	} else if (!drop) {
		p->heard = c->now;
		p->seen = c->now;
		p->stands = m->flags & BULLY_F_STANDS;
		p->leaderless = m->state == BULLY_STATE_WAITING || m->state == BULLY_STATE_ELECTION;
		note_mismatch(c, p, m);
		if (!p->set.differ)		/* E14: nor do its epochs count */
			c->epochs.highest = bully_max(c->epochs.highest, bully_max(m->epoch, m->reported));
		if (m->echo && m->echo == p->outbox.ask_seq && m->type != BULLY_MSG_COORDINATOR &&
		    m->type != BULLY_MSG_HEARTBEAT) {
			bully_peer_rtt(p, c->now - p->outbox.ask_at);
			p->outbox.ask_seq = 0;
		}
		back = p->state == BULLY_PEER_STATE_DOWN;
		if (m->type != BULLY_MSG_RESIGN || m->state != BULLY_STATE_INIT)
			bully_peer_up(c, p);
		bully_address_accepted(c, p);
		if (m->flags & BULLY_F_DUPLICATE && m->to_session == c->session)
			bully_duplicate(c, p);
		if (bully_quorum(c)) {
			note_answer(c, p, m);
			bully_vote_hear(c, m);
		}
		drop = bully_other_mode(c, m) ? act_on_other(p, m) : act_on(c, p, m);
		if (!drop && m->type != BULLY_MSG_RESIGN)
			bully_learn(c, p, m);
		/* a claim is not repeated to those that are down (E12) */
		if (back && c->state == BULLY_STATE_ELECTION && c->lease.claim)
			bully_lead_tell(c, p);
		hello_back(c, p);
	}
	if (drop) {
		c->stats.drops[drop]++;
		if (p)
			p->stats.drops[drop]++;
	} else {
		c->stats.rx[m->type]++;
		p->stats.rx[m->type]++;
	}
	return drop;
}
