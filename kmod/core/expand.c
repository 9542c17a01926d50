// SPDX-License-Identifier: GPL-2.0-only
/* expand.c - the messages and events that an action of a step stands for */
#include "alive.h"
#include "holddown.h"
#include "outbox.h"
#include "peers.h"
#include "rank.h"

static u32 age_us(u64 now, u64 at)
{
	return bully_outbox_us(now > at ? now - at : 0);
}

static void fill(const struct bully_core *c, const struct bully_action *act,
		 const struct bully_peer *p, struct bully_msg *m)
{
	memset(m, 0, sizeof(*m));
	m->type = act->type;
	m->flags = act->flags;
	memcpy(m->group, c->name, BULLY_NAME_LEN);
	m->from = c->id;
	m->to = p ? p->id : act->id;
	m->from_session = c->session;
	m->to_session = act->to_session || act->unnamed || !p ? act->to_session : p->session;
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
	m->priority = c->opts.priority;
	m->position = c->position;
	m->leader_priority = bully_rank_priority(c, act->leader);
	if (bully_leases(c)) {
		m->lease_ms = bully_lease_ms(c);
		m->members_prev = c->set.members_prev;
		/* R10: this shows that we receive this voter */
		if (act->type == BULLY_MSG_COORDINATOR && bully_peer_hears(c, p, act->at))
			m->echo = p->replay.seq;
	}
	if (!p)
		return;			/* O4 */
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

bool bully_core_next_msg(struct bully_core *c, const struct bully_action *act, u32 *cursor,
			 struct bully_msg *msg, struct bully_peer **peer)
{
	struct bully_peer *p;
	u32 i;

	if (act->target == BULLY_TO_SOURCE && act->flags & BULLY_F_UNLISTED) {
		if (*cursor)
			return false;
		*cursor = 1;
		fill(c, act, NULL, msg);
		c->stats.tx[act->type]++;
		*peer = NULL;
		return true;
	}
	bully_for_each_peer(c, i, p) {
		if (p->id <= *cursor || !bully_outbox_is_target(c, act, p))
			continue;
		*cursor = p->id;
		/* R9: all but a HELLO name the receiver's session */
		if (act->type != BULLY_MSG_HELLO && !act->to_session && !p->session)
			continue;
		fill(c, act, p, msg);
		c->stats.tx[act->type]++;
		p->stats.tx[act->type]++;
		*peer = p;
		return true;
	}
	return false;
}

/* Returns the first peer whose state the user does not know yet, and marks it as told. */
static struct bully_peer *next_told(struct bully_core *c)
{
	struct bully_peer *p;
	u32 i;

	bully_for_each_peer(c, i, p) {
		if (p->told.state == p->state && p->told.address == p->address.found &&
		    p->told.priority == p->priority)
			continue;
		p->told.state = p->state;
		p->told.address = p->address.found;
		p->told.priority = p->priority;
		return p;
	}
	return NULL;
}

bool bully_core_next_event(struct bully_core *c, const struct bully_action *act, u32 *cursor,
			   struct bully_note *note)
{
	struct bully_peer *p = NULL;

	if (act->type == BULLY_NOTE_PEERS) {
		p = next_told(c);
		if (!p)
			return false;
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
		note->peer_priority = p->priority;
	}
	return true;
}
