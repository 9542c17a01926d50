// SPDX-License-Identifier: GPL-2.0-only
/* outbox.c - what a step says to other nodes and to the user */
#include "outbox.h"
#include "stand.h"

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

/* R3, R10: remember when what was sent, to everybody that it goes to. */
static void remember_time(struct bully_core *c, const struct bully_action *act)
{
	struct bully_peer *p;
	u32 i, slot;

	bully_for_each_peer(c, i, p) {
		if (!bully_outbox_is_target(c, act, p))
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
		return;		/* S9: the answer to a notice proves nothing; O4: there is none */
	if (bully_leases(c))
		remember_time(c, act);
	if (act->type != BULLY_MSG_ELECTION && act->type != BULLY_MSG_COORDINATOR &&
	    act->type != BULLY_MSG_HELLO)
		return;
	bully_for_each_peer(c, i, p) {
		if (!bully_outbox_is_target(c, act, p))
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
	if (bully_leases(c) && c->state == BULLY_STATE_LEADER)
		act->flags |= BULLY_F_LEASE_HELD;
	if (!bully_takes_part(c))
		act->flags |= BULLY_F_UNLISTED;
	if (bully_leases(c) && type == BULLY_MSG_COORDINATOR)
		say_claim(c, act);
	remember(c, act);
	return act;
}

/* Answer a message, in the session that it came from (W5). */
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

/* R3: returns true if the message to @p with sequence @seq is remembered; sets when it was sent. */
bool bully_outbox_remembers(const struct bully_peer *p, u64 seq, u64 *at)
{
	u32 i;

	for (i = 0; seq && i < BULLY_SENT; i++) {
		if (p->outbox.sent[i].seq != seq)
			continue;
		*at = p->outbox.sent[i].at;
		return true;
	}
	return false;
}

/* In microseconds, as a message has it. */
u32 bully_outbox_us(u64 ns)
{
	u64 us = bully_div(ns, 1000);

	return us > 0xffffffff ? 0xffffffff : us;
}
