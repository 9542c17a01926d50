// SPDX-License-Identifier: GPL-2.0
/* peer.c - the set of peers, and who of them lives */
#include "internal.h"

static u32 fnv1a(u32 hash, u64 value, u32 bytes)
{
	while (bytes--) {
		hash ^= (value >> (8 * bytes)) & 0xff;
		hash *= 16777619u;
	}
	return hash;
}

#define FNV1A_START 2166136261u

/* Nodes in rising order of ids, this one at its place: id and role of the @i-th. */
static u32 node(const struct bully_core *c, u32 i, u8 *role)
{
	u32 below = 0;

	while (below < c->n_peers && c->peer[below]->id < c->id)
		below++;
	if (i == below) {
		*role = c->opts.role;
		return c->id;
	}
	*role = c->peer[i - (i > below)]->role;
	return c->peer[i - (i > below)]->id;
}

static u32 add_voter(u32 hash, u32 id, u8 role)
{
	return role == BULLY_ROLE_OBSERVER ? hash : fnv1a(fnv1a(hash, id, 4), role, 4);
}

u32 bully_core_members_with(const struct bully_core *c, u32 with, u8 with_role)
{
	u32 hash = FNV1A_START, i;
	bool done = false;

	for (i = 0; i < BULLY_NAME_LEN; i++)
		hash = fnv1a(hash, (u8)c->name[i], 1);
	hash = fnv1a(hash, c->opts.lease_ns, 8);	/* 0 in classic mode */
	hash = fnv1a(hash, c->opts.quorum, 4);
	for (i = 0; i <= c->n_peers; i++) {
		u8 role;
		u32 id = node(c, i, &role);

		if (!done && with < id)
			hash = add_voter(hash, with, with_role);
		if (with == id)
			role = with_role;
		done |= with <= id;
		hash = add_voter(hash, id, role);
	}
	return done ? hash : add_voter(hash, with, with_role);
}

u32 bully_core_members(const struct bully_core *c)
{
	return bully_core_members_with(c, c->id, c->opts.role);
}

/* Work out what every message says of the set. */
void bully_peer_hashes(struct bully_core *c)
{
	u32 hash = FNV1A_START, was = c->set.members, had = c->set.voters, i;
	u8 role;

	c->set.voters = 0;
	for (i = 0; i <= c->n_peers; i++) {
		hash = fnv1a(hash, node(c, i, &role), 4);
		c->set.voters += role != BULLY_ROLE_OBSERVER;
	}
	c->set.roster = hash;
	c->set.members = bully_core_members(c);
	if (bully_quorum(c) && !c->stopped && was != c->set.members)
		bully_voters_changed(c, was, had);
}

void bully_peer_insert(struct bully_core *c, struct bully_peer *p)
{
	/* a whole peer is too much for the kernel's stack */
	struct bully_peer_stats stats = p->stats;
	u32 i = c->n_peers, id = p->id;
	u8 role = p->role;

	if (i == BULLY_PEERS_MAX)
		return;
	memset(p, 0, sizeof(*p));
	p->id = id;
	p->role = role;
	p->stats = stats;
	p->announce.acked = true;	/* nothing is claimed to it yet */
	c->peer[c->n_peers++] = p;
	for (; i > 0 && c->peer[i - 1]->id > p->id; i--) {
		c->peer[i] = c->peer[i - 1];
		c->peer[i - 1] = p;
	}
	c->set.configured = p->id;
	bully_peer_hashes(c);
	if (c->stopped)
		return;
	bully_note(c, BULLY_NOTE_CONFIG, BULLY_REASON_CONFIG);
	if (c->link == BULLY_LINK_UP)
		bully_hello(c, p);
	if (c->state == BULLY_STATE_LEADER) {
		p->hello.due = c->now + c->opts.heartbeat_ns;
		bully_timer_advance(c, BULLY_T_HELLO, p->hello.due);
	} else if (!c->leader && bully_linked(c)) {
		bully_timer_advance(c, BULLY_T_HELLO, c->now + c->opts.heartbeat_ns);
	}
}

void bully_peer_remove(struct bully_core *c, struct bully_peer *p)
{
	u32 i = 0;

	while (i < c->n_peers && c->peer[i] != p)
		i++;
	if (i == c->n_peers)
		return;
	for (c->n_peers--; i < c->n_peers; i++) {
		c->peer[i] = c->peer[i + 1];
		c->peer[i + 1] = p;
	}
	bully_peer_hashes(c);
	if (c->hearsay.leader == p->id)
		c->hearsay.leader = 0;
	if (c->stopped)
		return;
	bully_note(c, BULLY_NOTE_CONFIG, BULLY_REASON_CONFIG);
	if (c->state == BULLY_STATE_FOLLOWER && c->leader == p->id)
		bully_leader_lost(c, BULLY_REASON_CONFIG);
}

/* It is not where it was, or not what it was: nothing it proved counts any more. */
void bully_peer_forget(struct bully_core *c, struct bully_peer *p)
{
	p->proved = false;
	p->rtt = 0;
	p->proof.floor = c->outbox.seq;
	bully_address_forget(c, p);
	if (!c->stopped && c->link == BULLY_LINK_UP)
		bully_hello(c, p);
}

static void show(struct bully_core *c, struct bully_peer *p, enum bully_peer_state state)
{
	if (p->state == state)
		return;
	p->state = state;
	bully_note(c, BULLY_NOTE_PEERS, BULLY_REASON_NONE);
}

void bully_peer_up(struct bully_core *c, struct bully_peer *p)
{
	p->hello.tries = 0;
	show(c, p, BULLY_PEER_STATE_UP);
	if (c->stand.unreached)
		bully_timer_advance(c, BULLY_T_UNREACHED, c->now);
}

/* This node itself missed it (or it said goodbye). It must answer a HELLO
 * before anything that it says counts again: who speaks without hearing
 * takes nobody's leadership (rule S5).
 */
void bully_peer_lost(struct bully_core *c, struct bully_peer *p)
{
	p->proved = false;
	p->stands = false;
	p->listen.answered = false;
	p->proof.floor = c->outbox.seq;
	p->hello.due = c->now + bully_jittered(c, bully_detection(c));
	if (p->state != BULLY_PEER_STATE_DOWN)
		p->stats.downs++;
	show(c, p, BULLY_PEER_STATE_DOWN);
	if (c->state == BULLY_STATE_LEADER)
		bully_timer_advance(c, BULLY_T_HELLO, p->hello.due);
}

void bully_peer_rtt(struct bully_peer *p, u64 sample)
{
	sample = bully_max(sample, 1);
	p->rtt = p->rtt ? p->rtt - p->rtt / 8 + sample / 8 : sample;
}

/* The leader says who lives: false while it does not know yet. */
bool bully_alive_write(const struct bully_core *c, u64 at, struct bully_msg *m)
{
	u64 oldest = at;
	u32 i, bit;

	if (at < c->announce.at + bully_detection(c) + c->opts.heartbeat_ns)
		return false;
	for (i = 0, bit = 0; i < c->n_peers; i++, bit++) {
		const struct bully_peer *p = c->peer[i];

		if (bit == i && p->id > c->id) {
			m->alive[bit / 8] |= 1 << bit % 8;
			bit++;
		}
		if (p->state != BULLY_PEER_STATE_UP)
			continue;
		m->alive[bit / 8] |= 1 << bit % 8;
		oldest = bully_min(oldest, p->heard);
	}
	if (bit == i)
		m->alive[bit / 8] |= 1 << bit % 8;
	m->alive_age_us = bully_div(bully_min(at - oldest, 0xffffffffULL * 1000), 1000);
	return true;
}

/* A follower takes over what its leader says of the others (rule H6). */
void bully_alive_read(struct bully_core *c, const struct bully_msg *m)
{
	u64 age = (u64)m->alive_age_us * 1000;
	u64 at = c->now > age ? c->now - age : 0;		/* R12 */
	u64 silence = bully_detection(c);
	u32 i, bit;

	if (!(m->flags & BULLY_F_ALIVE) || m->roster != c->set.roster)
		return;
	for (i = 0, bit = 0; i < c->n_peers; i++, bit++) {
		struct bully_peer *p = c->peer[i];

		if (bit == i && p->id > c->id)
			bit++;
		if (p->id == c->leader)
			continue;
		if (m->alive[bit / 8] & 1 << bit % 8) {
			p->seen = bully_max(p->seen, at);
			bully_peer_up(c, p);
		} else if (c->now - p->heard >
			   (p->leaderless ? silence + 2 * c->opts.heartbeat_ns : silence)) {
			/* what we hear ourselves goes before hearsay (H6) */
			show(c, p, BULLY_PEER_STATE_DOWN);
		}
	}
}

/* Has it been heard of late, itself? */
bool bully_hears(const struct bully_core *c, const struct bully_peer *p, u64 now)
{
	return p->proved && p->heard && now - bully_min(p->heard, now) <= bully_detection(c);
}

/* R11: returns true if the peer has lately answered this node, so that both directions work. */
bool bully_answers(const struct bully_core *c, const struct bully_peer *p, u64 now)
{
	return p->proved && p->both_at && now - bully_min(p->both_at, now) <= bully_detection(c);
}

/* Say who answers this node itself, and that it lives (R11). */
void bully_alive_heard(const struct bully_core *c, u64 at, struct bully_msg *m)
{
	u64 oldest = at;
	u32 i;

	for (i = 0; i <= c->n_peers; i++) {
		u8 role;
		const struct bully_peer *p = bully_core_find(c, node(c, i, &role));

		if (p && !bully_answers(c, p, at))
			continue;
		m->alive[i / 8] |= 1 << i % 8;
		if (p)
			oldest = bully_min(oldest, p->both_at);
	}
	m->alive_age_us = bully_us(at - oldest);
	m->flags |= BULLY_F_ALIVE;
}

/* How many voters are among those that a message names as living? */
u32 bully_alive_voters(const struct bully_core *c, const struct bully_msg *m)
{
	u32 i, bit, n = 0;

	if (!(m->flags & BULLY_F_ALIVE) || m->roster != c->set.roster)
		return 0;
	for (i = 0, bit = 0; i < c->n_peers; i++, bit++) {
		if (bit == i && c->peer[i]->id > c->id)
			bit++;
		n += c->peer[i]->role != BULLY_ROLE_OBSERVER && m->alive[bit / 8] & 1 << bit % 8;
	}
	/* this node's own bit, at its place among them */
	for (i = 0; i < c->n_peers && c->peer[i]->id < c->id; i++)
		;
	return n + (bully_votes(c) && m->alive[i / 8] & 1 << i % 8);
}
