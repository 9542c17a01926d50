// SPDX-License-Identifier: GPL-2.0
/* say.c - what a step says, to other nodes and to the user, and what its actions stand for */
#include "internal.h"

static struct bully_action *push(struct bully_core *c)
{
	static const struct bully_action nothing;
	struct bully_actions *out = c->outbox.out;
	struct bully_action *act;

	if (out->n == BULLY_ACTIONS) {
		/* cannot happen; the last one is overwritten rather than memory */
		c->stats.actions_lost++;
		out->n--;
	}
	act = &out->act[out->n++];
	*act = nothing;
	act->at = c->now;
	act->state = c->state;
	act->leader = c->leader;
	act->epoch = c->epoch;
	act->reported = c->epochs.reported;
	return act;
}

/* Whether this is about leading, and what the claim is, a COORDINATOR says itself. */
static void say_claim(const struct bully_core *c, struct bully_action *act)
{
	act->leader = c->id;
	act->epoch = c->lease.claim;
	act->leader_at = c->now;
	if (c->state != BULLY_STATE_LEADER || c->lease.claim != c->epoch)
		act->flags &= ~BULLY_F_LEASE_HELD;
}

static bool is_target(const struct bully_core *c, const struct bully_action *act,
		      const struct bully_peer *p)
{
	switch (act->target) {
	case BULLY_TO_ALL:
		return true;
	case BULLY_TO_HIGHER:
		return p->id > c->id && p->role == BULLY_ROLE_CANDIDATE;
	default:
		return p->id == act->id;
	}
}

/* R3, R10: remember when what was sent, to everybody that it goes to. */
static void remember_time(struct bully_core *c, const struct bully_action *act)
{
	struct bully_peer *p;
	u32 i, slot;

	bully_for_each_peer(c, i, p) {
		if (!is_target(c, act, p))
			continue;
		slot = p->outbox.sent_head++ % BULLY_SENT;
		p->outbox.sent[slot].seq = act->seq;
		p->outbox.sent[slot].at = c->now;
	}
}

/* Remember a question, so that its answer proves something and measures the way. */
static void remember(struct bully_core *c, const struct bully_action *act)
{
	struct bully_peer *p;
	u32 i;

	if (act->target == BULLY_TO_SOURCE)
		return;		/* S9: the answer to a notice proves nothing */
	if (bully_quorum(c))
		remember_time(c, act);
	if (act->type != BULLY_MSG_ELECTION && act->type != BULLY_MSG_COORDINATOR &&
	    act->type != BULLY_MSG_HELLO)
		return;
	bully_for_each_peer(c, i, p) {
		if (!is_target(c, act, p))
			continue;
		p->outbox.ask_seq = act->seq;
		p->outbox.ask_at = c->now;
		if (act->type == BULLY_MSG_HELLO) {
			p->outbox.hello_seq = act->seq;
			p->outbox.hello_at = c->now;
		}
	}
}

/**
 * bully_send() - ask the caller to send a message
 * @c: the core, within a step
 * @target: to whom
 * @id: which peer, where one is meant
 * @type: what
 * @echo: the sequence of the message that this answers, or 0
 *
 * The message says what the core's state says now. Return: the action, to be
 * changed where the message is to say something else.
 */
struct bully_action *bully_send(struct bully_core *c, enum bully_target target, u32 id,
				enum bully_msg_type type, u64 echo)
{
	struct bully_action *act = push(c);

	act->kind = BULLY_ACT_SEND;
	act->target = target;
	act->type = type;
	act->id = id;
	act->echo = echo;
	act->seq = ++c->outbox.seq;
	act->leader_at = c->state == BULLY_STATE_FOLLOWER ? c->probe.proof : c->now;
	if (bully_stands(c))
		act->flags |= BULLY_F_STANDS;
	if (bully_quorum(c) && c->state == BULLY_STATE_LEADER)
		act->flags |= BULLY_F_LEASE_HELD;
	if (bully_quorum(c) && type == BULLY_MSG_COORDINATOR)
		say_claim(c, act);
	remember(c, act);
	return act;
}

/* Answer a message, in the session that it came from (rule W5). */
struct bully_action *bully_answer(struct bully_core *c, const struct bully_msg *m,
				  enum bully_msg_type type)
{
	struct bully_action *act = bully_send(c, BULLY_TO_SENDER, m->from, type, m->seq);

	act->to_session = m->from_session;
	return act;
}

/* Tell the user. A step's peers are told by one action. */
void bully_note(struct bully_core *c, enum bully_event_kind kind, enum bully_reason reason)
{
	struct bully_action *act;
	u32 i;

	if (kind == BULLY_NOTE_PEERS) {
		for (i = 0; i < c->outbox.out->n; i++) {
			act = &c->outbox.out->act[i];
			if (act->kind == BULLY_ACT_EVENT && act->type == kind)
				return;
		}
		reason = c->reason;
	}
	c->reason = reason;
	act = push(c);
	act->kind = BULLY_ACT_EVENT;
	act->type = kind;
	act->reason = reason;
}

/* In microseconds, as a message has it. */
u32 bully_us(u64 ns)
{
	u64 us = bully_div(ns, 1000);

	return us > 0xffffffff ? 0xffffffff : us;
}

static u32 age_us(u64 now, u64 at)
{
	return bully_us(now > at ? now - at : 0);
}

static void fill(const struct bully_core *c, const struct bully_action *act,
		 const struct bully_peer *p, struct bully_msg *m)
{
	memset(m, 0, sizeof(*m));
	m->type = act->type;
	m->flags = act->flags;
	memcpy(m->group, c->name, BULLY_NAME_LEN);
	m->from = c->id;
	m->to = p->id;
	m->from_session = c->session;
	m->to_session = act->to_session ? act->to_session : p->session;
	m->seq = act->seq;
	m->echo = act->echo;
	m->epoch = act->epoch;
	m->reported = act->reported;
	m->leader = act->leader;
	m->leader_age_us = act->leader ? age_us(act->at, act->leader_at) : 0;
	m->members = c->set.members;
	m->roster = c->set.roster;
	m->heartbeat_us = bully_div(c->opts.heartbeat_ns, 1000);
	m->misses = c->opts.misses;
	m->role = c->opts.role;
	m->state = act->state;
	m->leader_session = act->leader == c->id ? c->session : act->leader_session;
	m->remain_us = act->remain_us;
	m->refusal = act->refusal;
	if (bully_quorum(c)) {
		m->lease_ms = bully_lease_ms(c);
		m->members_prev = c->set.members_prev;
		/* R10: that we hear this very voter */
		if (act->type == BULLY_MSG_COORDINATOR && bully_hears(c, p, act->at))
			m->echo = p->replay.seq;
	}
	if (act->heard)
		bully_alive_heard(c, act->at, m);
	if (act->type == BULLY_MSG_HELLO_ACK)
		m->remain_us = bully_holddown_tell(c, p, act->to_session);
	if (p->duplicate.until > act->at)
		m->flags |= BULLY_F_DUPLICATE;
	if (act->type == BULLY_MSG_HEARTBEAT_ACK && act->state == BULLY_STATE_LEADER &&
	    bully_alive_write(c, act->at, m))
		m->flags |= BULLY_F_ALIVE;
}

struct bully_peer *bully_core_next_msg(struct bully_core *c, const struct bully_action *act,
				       u32 *cursor, struct bully_msg *msg)
{
	struct bully_peer *p;
	u32 i;

	bully_for_each_peer(c, i, p) {
		if (p->id <= *cursor || !is_target(c, act, p))
			continue;
		*cursor = p->id;
		/* R9: all but a HELLO name the receiver's session */
		if (act->type != BULLY_MSG_HELLO && !act->to_session && !p->session)
			continue;
		fill(c, act, p, msg);
		c->stats.tx[act->type]++;
		p->stats.tx[act->type]++;
		return p;
	}
	return NULL;
}

bool bully_core_next_event(struct bully_core *c, const struct bully_action *act,
			   u32 *cursor, struct bully_note *note)
{
	struct bully_peer *p = NULL;
	u32 i;

	if (act->type == BULLY_NOTE_PEERS) {
		bully_for_each_peer(c, i, p)
			if (p->told.state != p->state || p->told.address != p->address.found)
				break;
		if (i == c->n_peers)
			return false;
		p->told.state = p->state;
		p->told.address = p->address.found;
	} else if (*cursor) {
		return false;
	}
	*cursor = 1;
	memset(note, 0, sizeof(*note));
	note->kind = act->type;
	note->state = act->state;
	note->reason = act->reason;
	note->leader = act->leader;
	note->epoch = act->epoch;
	note->time = act->at;
	note->seq = ++c->event_seq;
	if (p) {
		note->peer = p->id;
		note->peer_state = p->state;
		note->peer_address = p->address.found;
	}
	return true;
}
