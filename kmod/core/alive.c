// SPDX-License-Identifier: GPL-2.0-only
/* alive.c - the bits of a message that say which nodes live (H6, R11) */
#include "alive.h"
#include "outbox.h"
#include "peers.h"
#include "set.h"

/* H6: the leader says which nodes live. Returns false while the leader does not know yet. */
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

/* H6: a follower takes over what its leader says of the others. */
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
			bully_peer_seen(p, at);
			bully_peer_up(c, p);
		} else if (c->now - p->heard >
			   (p->leaderless ? silence + 2 * c->opts.heartbeat_ns : silence)) {
			/* H6: what this node receives itself goes before hearsay */
			bully_peer_show(c, p, BULLY_PEER_STATE_DOWN);
		}
	}
}

/* R11: names the nodes that answer this node, and this node. */
void bully_alive_heard(const struct bully_core *c, u64 at, struct bully_msg *m)
{
	u64 oldest = at;
	u32 i;

	for (i = 0; i <= c->n_peers; i++) {
		u8 role;
		const struct bully_peer *p = bully_core_find(c, bully_set_node(c, i, &role));

		if (p && !bully_peer_answers(c, p, at))
			continue;
		m->alive[i / 8] |= 1 << i % 8;
		if (p)
			oldest = bully_min(oldest, p->both_at);
	}
	m->alive_age_us = bully_outbox_us(at - oldest);
	m->flags |= BULLY_F_ALIVE;
}

/* Returns the number of voters among the nodes that a message names as living. */
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
	return n + (bully_set_is_voter(c) && m->alive[i / 8] & 1 << i % 8);
}
