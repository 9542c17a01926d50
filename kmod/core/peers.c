// SPDX-License-Identifier: GPL-2.0
/* peers.c - the table of peers, who of them lives, and how far away */
#include "internal.h"

struct bully_peer *bully_core_find(const struct bully_core *c, u32 id)
{
	u32 low = 0, high = c->n_peers;

	while (low < high) {
		u32 mid = (low + high) / 2;

		if (c->peer[mid]->id == id)
			return c->peer[mid];
		if (c->peer[mid]->id < id)
			low = mid + 1;
		else
			high = mid;
	}
	return NULL;
}

/* Put a peer into the table, as one of which nothing is known. Returns false if it is full. */
bool bully_peers_insert(struct bully_core *c, struct bully_peer *p)
{
	/* a whole peer is too much for the kernel's stack */
	struct bully_peer_stats stats = p->stats;
	u32 i = c->n_peers, id = p->id;
	u8 role = p->role;

	if (i == BULLY_PEERS_MAX)
		return false;
	memset(p, 0, sizeof(*p));
	p->id = id;
	p->role = role;
	p->stats = stats;
	c->peer[c->n_peers++] = p;
	for (; i > 0 && c->peer[i - 1]->id > p->id; i--) {
		c->peer[i] = c->peer[i - 1];
		c->peer[i - 1] = p;
	}
	return true;
}

/* Take a peer out of the table. Returns false if it was not there. */
bool bully_peers_remove(struct bully_core *c, struct bully_peer *p)
{
	u32 i = 0;

	while (i < c->n_peers && c->peer[i] != p)
		i++;
	if (i == c->n_peers)
		return false;
	for (c->n_peers--; i < c->n_peers; i++) {
		c->peer[i] = c->peer[i + 1];
		c->peer[i + 1] = p;
	}
	return true;
}

/* The peer is not where it was, or not what it was: nothing it proved counts any more. */
void bully_peer_forget(struct bully_core *c, struct bully_peer *p)
{
	p->proved = false;
	p->rtt = 0;
	bully_outbox_void_hellos(c, p);
}

void bully_peer_set_role(struct bully_peer *p, u8 role)
{
	p->role = role;
}

/* This node has another session: what was proved to the one before does not count. */
void bully_peers_unprove(struct bully_core *c)
{
	struct bully_peer *p;
	u32 i;

	bully_for_each_peer(c, i, p)
		p->proved = false;
}

/* The peer's session has answered a HELLO. */
void bully_peer_proved(struct bully_peer *p)
{
	p->proved = true;
}

/* This node begins to listen: nobody has answered yet. */
void bully_peers_unanswered(struct bully_core *c)
{
	u32 i;

	for (i = 0; i < c->n_peers; i++)
		c->peer[i]->answered = false;
}

void bully_peer_answered(struct bully_peer *p)
{
	p->answered = true;
}

/* Show a peer as up or down, and tell the user of a change. */
void bully_peer_show(struct bully_core *c, struct bully_peer *p, enum bully_peer_state state)
{
	if (p->state == state)
		return;
	p->state = state;
	bully_note(c, BULLY_NOTE_PEERS, BULLY_REASON_NONE);
}

void bully_peer_up(struct bully_core *c, struct bully_peer *p)
{
	bully_hello_reset(p);
	bully_peer_show(c, p, BULLY_PEER_STATE_UP);
	if (c->address.unreached)
		bully_timer_advance(c, BULLY_T_UNREACHED, c->now);
}

/*
 * S5: this node itself missed the peer, or the peer said goodbye. It must answer a HELLO
 * before anything that it says counts again: a node that speaks without receiving takes
 * nobody's leadership.
 */
void bully_peer_lost(struct bully_core *c, struct bully_peer *p)
{
	p->proved = false;
	p->stands = false;
	p->answered = false;
	bully_outbox_void_hellos(c, p);
	if (p->state != BULLY_PEER_STATE_DOWN)
		p->stats.downs++;
	bully_peer_show(c, p, BULLY_PEER_STATE_DOWN);
	bully_hello_at(c, p, c->now + bully_jittered(c, bully_detection(c)));
}

/* An accepted message: the peer lives, and says what it is. */
void bully_peer_heard(struct bully_core *c, struct bully_peer *p, const struct bully_msg *m)
{
	p->heard = c->now;
	p->seen = c->now;
	p->stands = m->flags & BULLY_F_STANDS;
	p->leaderless = m->state == BULLY_STATE_WAITING || m->state == BULLY_STATE_ELECTION;
}

/* Others have proof that the peer was alive at @at (R12). */
void bully_peer_seen(struct bully_peer *p, u64 at)
{
	p->seen = bully_max(p->seen, at);
}

/* What the peer says of its own configuration. */
void bully_peer_configured(struct bully_core *c, struct bully_peer *p, const struct bully_msg *m)
{
	p->mismatch = m->heartbeat_us != (u32)bully_div(c->opts.heartbeat_ns, 1000) ||
		      m->misses != c->opts.misses || m->members != c->set.members ||
		      m->roster != c->set.roster;
	c->stats.mismatches += p->mismatch;
	p->detection = (u64)m->heartbeat_us * 1000 * m->misses;
}

/* E14: a node of the other mode does not stand, as far as we are concerned. */
void bully_peer_ignored(struct bully_peer *p)
{
	p->stands = false;
}

void bully_peer_rtt(struct bully_peer *p, u64 sample)
{
	sample = bully_max(sample, 1);
	p->rtt = p->rtt ? p->rtt - p->rtt / 8 + sample / 8 : sample;
}

/* Quorum mode: the peer answered a message that this node sent at @at, so both directions work. */
void bully_peer_both(struct bully_peer *p, u64 at)
{
	p->both_at = bully_max(p->both_at, at);
}

/* Has it been heard of late, itself? */
bool bully_peer_hears(const struct bully_core *c, const struct bully_peer *p, u64 now)
{
	return p->proved && p->heard && now - bully_min(p->heard, now) <= bully_detection(c);
}

/* R11: returns true if the peer has lately answered this node, so that both directions work. */
bool bully_peer_answers(const struct bully_core *c, const struct bully_peer *p, u64 now)
{
	return p->proved && p->both_at && now - bully_min(p->both_at, now) <= bully_detection(c);
}
