// SPDX-License-Identifier: GPL-2.0-only
/* safety.c - checks Q1 and Q2, by true time and not by a node's clock */
#include <stdlib.h>

#include "safety.h"

static bool quorum(const struct node *n)
{
	return n->core && n->core->opts.quorum == BULLY_QUORUM_MAJORITY;
}

/* Returns what the host's clock shows; the clock of a halted host stands still. */
static u64 shows(const struct world *w, const struct node *n)
{
	return node_local(n, n->halted ? n->paused_at : w->now);
}

/*
 * The user's view counts: the node leads until the lease ends by this node's clock. A late
 * timer or a queue that is not drained makes no difference.
 */
bool safety_holds(const struct world *w, const struct node *n)
{
	bool leads = quorum(n) && n->core->state == BULLY_STATE_LEADER;

	return quorum(n) && (leads || n->seen.note_leader == n->id) &&
	       shows(w, n) < n->seen.lease_until;
}

/* Returns true if the lease depends on messages sent before the clock stood still (R8). */
static bool halted_since(const struct node *n)
{
	return n->halted || n->seen.lease_base <= n->stood_at;
}

/*
 * Q1. A lease only ends by itself, so an overlap of two leases always exists when one of them
 * has just been won or prolonged: after a step of that node.
 */
static void check_q1(struct world *w, struct node *n)
{
	u32 i;

	if (!safety_holds(w, n))
		return;
	for (i = 0; i < w->n; i++) {
		const struct node *m = w->node[i];
		bool n_stood = halted_since(n), m_stood = halted_since(m);

		if (m == n || !safety_holds(w, m))
			continue;
		if (!n_stood && !m_stood)
			world_fail(w, "Q1", "%s (epoch %llu) and %s (epoch %llu) both hold a lease",
				   n->label, (unsigned long long)n->seen.lease_epoch, m->label,
				   (unsigned long long)m->seen.lease_epoch);
		/* a clock stood still, so only the epoch protects now */
		if (!w->skewed && n_stood != m_stood &&
		    (n_stood ? n->seen.lease_epoch >= m->seen.lease_epoch :
			       m->seen.lease_epoch >= n->seen.lease_epoch))
			world_fail(w, "R8", "the clock of %s stood still, and its epoch is not the lower",
				   n_stood ? n->label : m->label);
	}
}

void safety_step(struct world *w, struct node *n)
{
	const struct bully_core *c = n->core;

	if (!quorum(n))
		return;
	if (c->state == BULLY_STATE_LEADER) {
		if (c->lease.until <= c->now)
			world_fail(w, "R1", "node %s leads without a lease", n->label);
		n->seen.lease_until = c->lease.until;
		n->seen.lease_base = c->lease.base;
		n->seen.lease_epoch = c->epoch;
	}
	check_q1(w, n);
}

/* Q2: checks the owner of an epoch. */
static const struct owner *owner_of(const struct world *w, u64 epoch)
{
	u32 i = w->n_owners;

	while (i--)
		if (w->owners[i].epoch == epoch)
			return &w->owners[i];
	return NULL;
}

static void own(struct world *w, const struct node *n, u64 epoch)
{
	const struct owner *o = owner_of(w, epoch);

	if (o) {
		if (!w->skewed && (o->addr != n->addr || o->session != n->core->session))
			world_fail(w, "Q2", "node %s leads with epoch %llu, which was node %s's",
				   n->label, (unsigned long long)epoch, w->node[o->addr]->label);
		return;
	}
	w->owners = realloc(w->owners, (w->n_owners + 1) * sizeof(*w->owners));
	if (!w->owners)
		abort();
	w->owners[w->n_owners++] = (struct owner){ epoch, n->core->session, n->addr };
}

void safety_note(struct world *w, struct node *n, const struct bully_note *note)
{
	const struct owner *o;

	if (!quorum(n) || !note->leader)
		return;
	if (note->leader == n->id) {
		own(w, n, note->epoch);
		check_q1(w, n);
		return;
	}
	o = owner_of(w, note->epoch);
	if (w->honest && !w->skewed && (!o || w->node[o->addr]->id != note->leader))
		world_fail(w, "Q2", "node %s reports leader %u with epoch %llu, which is not its",
			   n->label, note->leader, (unsigned long long)note->epoch);
}

void safety_msg(struct world *w, struct node *n, const struct bully_msg *msg)
{
	struct witness *s = &n->seen;

	if (!quorum(n))
		return;
	/* R6: the user is told first, and an epoch that was given up is never used again */
	if (msg->type == BULLY_MSG_RESIGN) {
		if (s->note_leader == n->id)
			world_fail(w, "R6", "node %s resigns before its user knows", n->label);
		if (msg->epoch == s->coord_epoch)
			s->resigned = msg->epoch;
	}
	if (msg->type == BULLY_MSG_COORDINATOR && s->resigned && msg->epoch <= s->resigned)
		world_fail(w, "R6", "node %s claims with an epoch that it resigned", n->label);
	if (msg->flags & BULLY_F_LEASE_HELD && s->note_leader != n->id)
		world_fail(w, "R1", "node %s says that its lease is held", n->label);
}

struct node *safety_holder(const struct world *w)
{
	u32 i;

	for (i = 0; i < w->n; i++)
		if (safety_holds(w, w->node[i]))
			return w->node[i];
	return NULL;
}
