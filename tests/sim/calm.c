// SPDX-License-Identifier: GPL-2.0-only
/*
 * calm.c - jumps over time in which nothing happens
 *
 * In a calm group followers send their probes and get answers, and a leader greets peers that are
 * down. With a constant delay and clocks of one rate each heartbeat is exactly like the one before,
 * but for the age of old news. All of that is without effect after CALM_DETECTIONS, except the
 * penalties of restarts (P5), which fade for hours.
 */
#include "calm.h"
#include "raft.h"

static void add(u64 *print, u64 value)
{
	*print = (*print ^ value) * 0x100000001b3ULL;
}

/* Adds what must not change. Returns false if there is no leader, or something is still to come. */
static bool add_node(u64 *print, const struct world *w, struct node *n)
{
	const struct bully_core *c = n->core;
	u32 i;

	if (n->paused || !c->leader || bully_core_holddown(c, node_local(n, w->now)) ||
	    c->clock.timer[BULLY_T_PREEMPT] != BULLY_NEVER)
		return false;
	add(print, n->seen.note_seq);
	add(print, c->epoch);
	for (i = 0; i < c->n_peers; i++) {
		add(print, c->peer[i]->state);
		add(print, c->peer[i]->rtt);
		add(print, c->state == BULLY_STATE_LEADER ? c->peer[i]->hello.tries : 0);
	}
	return true;
}

static bool add_textbook(u64 *print, const struct node *n)
{
	struct raft_view view;

	raft_look(n, &view);
	add(print, view.term);
	add(print, (u64)view.leader << 1 | view.leads);
	return !n->paused && view.leader;
}

/* H3 */
static u64 detection(const struct node *n)
{
	return n->opts.heartbeat_ns * n->opts.misses;
}

/* Messages other than those of a calm group. */
static u64 others(const struct world *w)
{
	return net_others(w) - w->sent.tx[BULLY_MSG_HELLO] - w->sent.tx[BULLY_MSG_HELLO_ACK];
}

bool calm_look(struct calm *c, const struct world *w, enum side side)
{
	bool calm = !w->loss && !w->slow;
	u64 print = 0;
	u32 i;

	add(&print, others(w));
	for (i = 0; i < w->n; i++) {
		struct node *n = w->node[i];

		add(&print, i);
		if (!tally_is_up(n, side))
			continue;
		calm &= side == RAFT ? add_textbook(&print, n) : add_node(&print, w, n);
	}
	if (!calm || print != c->print)
		c->since = w->now;
	c->print = print;
	return w->now - c->since >= CALM_DETECTIONS * detection(w->node[0]);
}

/* S6: how far the leader is on its way to the next HELLO is as random as the HELLO's jitter. */
static void redraw_hellos(struct world *w, struct node *n)
{
	struct bully_core *c = n->core;
	u64 next = BULLY_NEVER;
	u32 i;

	for (i = 0; i < c->n_peers; i++) {
		struct bully_peer *p = c->peer[i];

		if (p->proved && p->state == BULLY_PEER_STATE_UP)
			continue;
		p->hello.due = node_local(n, w->now) + 1 +
			       world_below(w, detection(n) << p->hello.tries);
		next = p->hello.due < next ? p->hello.due : next;
	}
	c->clock.timer[BULLY_T_HELLO] = next;
	node_punctual(w, n);
}

void calm_redraw(struct world *w, enum side side, u64 seed)
{
	u32 i;

	w->rng = seed;
	for (i = 0; i < w->n; i++) {
		struct node *n = w->node[i];

		if (side == RAFT || !n->core)
			continue;
		n->core->clock.rng = world_rand(w) | 1;
		if (n->core->state == BULLY_STATE_LEADER)
			redraw_hellos(w, n);
	}
}

void calm_jump(struct world *w, u64 span)
{
	u32 i, j;

	for (i = 0; i < w->n; i++) {
		struct node *n = w->node[i];

		n->wall_off += (int64_t)(span / US);
		for (j = 0; n->core && j < n->core->n_peers; j++)
			n->core->peer[j]->holddown.penalty_at -= span;
	}
}
