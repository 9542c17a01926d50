// SPDX-License-Identifier: GPL-2.0-only
/* peers.c - the table of peers: which of them live, and how far away they are */
#include "clock.h"
#include "hello.h"
#include "outbox.h"
#include "peers.h"

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

/* This node has another session: what was proved to the one before does not count. */
void bully_peers_unprove(struct bully_core *c)
{
	struct bully_peer *p;
	u32 i;

	bully_for_each_peer(c, i, p)
		p->proved = false;
}

/* This node begins to listen: nobody has answered yet. */
void bully_peers_unanswered(struct bully_core *c)
{
	u32 i;

	for (i = 0; i < c->n_peers; i++)
		c->peer[i]->answered = false;
}

/* The peer is up or down now: tell the user. */
void bully_peer_change(struct bully_core *c, struct bully_peer *p, enum bully_peer_state state)
{
	p->state = state;
	bully_note(c, BULLY_NOTE_PEERS, BULLY_REASON_NONE);
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

void bully_peer_rtt(struct bully_peer *p, u64 sample)
{
	sample = bully_max(sample, 1);
	p->rtt = p->rtt ? p->rtt - p->rtt / 8 + sample / 8 : sample;
}

/* Returns true if this node has received the peer itself within the detection time. */
bool bully_peer_hears(const struct bully_core *c, const struct bully_peer *p, u64 now)
{
	return p->proved && p->heard && now - bully_min(p->heard, now) <= bully_detection(c);
}

/* R11: returns true if the peer has lately answered this node, so that both directions work. */
bool bully_peer_answers(const struct bully_core *c, const struct bully_peer *p, u64 now)
{
	return p->proved && p->both_at && now - bully_min(p->both_at, now) <= bully_detection(c);
}
