/* SPDX-License-Identifier: GPL-2.0-only */
/* peers.h - owns the table of peers, and which of them live */
#ifndef BULLY_CORE_PEERS_H
#define BULLY_CORE_PEERS_H

#include "clock.h"
#include "hello.h"

bool bully_peers_insert(struct bully_core *c, struct bully_peer *p);
bool bully_peers_remove(struct bully_core *c, struct bully_peer *p);
void bully_peer_forget(struct bully_core *c, struct bully_peer *p);
void bully_peers_unprove(struct bully_core *c);
void bully_peers_unanswered(struct bully_core *c);
void bully_peer_change(struct bully_core *c, struct bully_peer *p, enum bully_peer_state state);
void bully_peer_lost(struct bully_core *c, struct bully_peer *p);
void bully_peer_rtt(struct bully_peer *p, u64 sample);
bool bully_peer_hears(const struct bully_core *c, const struct bully_peer *p, u64 now);
bool bully_peer_answers(const struct bully_core *c, const struct bully_peer *p, u64 now);

static inline void bully_peer_set_role(struct bully_peer *p, u8 role)
{
	p->role = role;
}

/* The peer's session has answered a HELLO. */
static inline void bully_peer_proved(struct bully_peer *p)
{
	p->proved = true;
}

static inline void bully_peer_answered(struct bully_peer *p)
{
	p->answered = true;
}

/* An accepted message: the peer lives, and says what it is. */
static inline void bully_peer_heard(struct bully_core *c, struct bully_peer *p,
				    const struct bully_msg *m)
{
	p->heard = c->now;
	p->seen = c->now;
	p->stands = m->flags & BULLY_F_STANDS;
	p->position = m->position;
	p->leaderless = m->state == BULLY_STATE_WAITING || m->state == BULLY_STATE_ELECTION;
}

/* P11: the peer's priority is what it said last. Returns true if that is another than before. */
static inline bool bully_peer_ranked(struct bully_peer *p, u32 priority)
{
	bool changed = !p->ranked || p->priority != priority;

	p->ranked = true;
	p->priority = priority;
	return changed;
}

/* Others have proof that the peer was alive at @at (R12). */
static inline void bully_peer_seen(struct bully_peer *p, u64 at)
{
	p->seen = bully_max(p->seen, at);
}

/* E14: a node of the other mode does not stand, as far as we are concerned. */
static inline void bully_peer_ignored(struct bully_peer *p)
{
	p->stands = false;
}

/* Quorum mode: the peer answered a message that this node sent at @at, so both directions work. */
static inline void bully_peer_both(struct bully_peer *p, u64 at)
{
	p->both_at = bully_max(p->both_at, at);
}

/* What the peer says of its own configuration. */
static inline void bully_peer_configured(struct bully_core *c, struct bully_peer *p,
					 const struct bully_msg *m)
{
	p->mismatch = bully_takes_part(c) &&			/* O1 */
		      (m->heartbeat_us != (u32)bully_div(c->opts.heartbeat_ns, 1000) ||
		       m->misses != c->opts.misses || m->members != c->set.members ||
		       m->roster != c->set.roster);
	c->stats.mismatches += p->mismatch;
	p->detection = (u64)m->heartbeat_us * 1000 * m->misses;
}

/* Show a peer as up or down. */
static inline void bully_peer_show(struct bully_core *c, struct bully_peer *p,
				   enum bully_peer_state state)
{
	if (p->state != state)
		bully_peer_change(c, p, state);
}

static inline void bully_peer_up(struct bully_core *c, struct bully_peer *p)
{
	bully_hello_reset(p);
	bully_peer_show(c, p, BULLY_PEER_STATE_UP);
	if (c->address.unreached)
		bully_timer_advance(c, BULLY_T_UNREACHED, c->now);
}

#endif /* BULLY_CORE_PEERS_H */
