// SPDX-License-Identifier: GPL-2.0-only
/* quorum_set.c - owns the sets of voters of a random schedule, and how operators change them (R7) */
#include "quorum.h"

bool quorum_votes(u8 role)
{
	return role == BULLY_ROLE_CANDIDATE || role == BULLY_ROLE_WITNESS;
}

static u32 count(const struct world *w, const u8 *set, bool (*is)(u8 role))
{
	u32 i, n = 0;

	for (i = 0; i < w->n; i++)
		n += is(set[i]);
	return n;
}

u32 quorum_voters(const struct world *w, const u8 *set)
{
	return count(w, set, quorum_votes);
}

static bool leads(u8 role)
{
	return role == BULLY_ROLE_CANDIDATE;
}

/* Returns the role that this host's configuration has for an address, or for itself. */
static u8 told(const struct world *w, const struct node *n, u32 addr)
{
	if (addr == n->addr)
		return n->opts.role;
	return n->slot[addr] ? n->slot[addr]->peer.role : QUORUM_ABSENT;
}

/* Configures a host for a set that it belongs to. */
void quorum_configure(struct world *w, struct plan *p, struct node *n, u32 set)
{
	u32 i;

	n->set = set;
	for (i = 0; i < w->n; i++) {
		u8 want = p->set[set][i], have = told(w, n, i);

		if (want == have)
			continue;
		if (i == n->addr) {
			struct bully_opts opts = n->opts;

			opts.role = want;
			node_set_opts(w, n, &opts, BULLY_REASON_NONE);
		} else if (want == QUORUM_ABSENT) {
			node_peer_del(w, n, w->node[i]);
		} else if (have == QUORUM_ABSENT) {
			node_peer_add(w, n, w->node[i], want);
		} else {
			node_peer_set(w, n, w->node[i], want);
		}
	}
}

/* Returns NULL if the next step is allowed, or why it is not (R7). */
static const char *may_change(const struct world *w, const struct plan *p, const struct node *n)
{
	u32 ids[WORLD_NODES], laggards, target = 0, a;

	if (!n->core)
		return NULL;
	/* the next set differs from this one in one member */
	for (a = 0; n->set + 1 < p->sets && a < w->n; a++) {
		u8 to = p->set[n->set + 1][a];

		if (p->set[n->set][a] != to)
			target = bully_core_members_with(n->core, w->node[a]->id,
							 to == QUORUM_ABSENT ? BULLY_ROLE_OBSERVER :
									       to);
	}
	return bully_core_may_change(n->core, target, ids, WORLD_NODES, &laggards);
}

/* Undoes the last change: the earlier set is used again, so its hash does not show an order. */
static bool undo(struct world *w, struct plan *p, u32 *a, u8 *to)
{
	if (p->sets < 2 || !world_chance(w, 3000))
		return false;
	for (*a = 0; *a < w->n; ++*a) {
		*to = p->set[p->sets - 2][*a];
		if (*to != p->set[p->sets - 1][*a])
			return true;
	}
	return false;
}

/* A3: a set of before comes back only when every node has made the changes since. */
static bool comes_back_early(const struct world *w, const struct plan *p)
{
	bool before = false;
	u32 i;

	for (i = 0; i < p->sets; i++)
		before |= !memcmp(p->set[i], p->set[p->sets], sizeof(p->set[0]));
	for (i = 0; i < w->n; i++)
		if (before && !w->node[i]->absent && w->node[i]->set + 1 != p->sets)
			return true;
	return false;
}

/* Makes a set that differs from the newest one in one member. */
static bool another_set(struct world *w, struct plan *p, const struct node *by)
{
	const u8 *old = p->set[p->sets - 1];
	u32 a = world_below(w, w->n);
	u8 *set, to;

	if (p->sets == QUORUM_SETS || !p->moving)
		return false;
	if (undo(w, p, &a, &to))
		;
	else if (old[a] == QUORUM_ABSENT)
		to = (u8)world_below(w, 3);
	else if (a != by->addr && world_chance(w, 5000))
		to = QUORUM_ABSENT;
	else
		to = (u8)((old[a] + 1 + world_below(w, 2)) % 3);
	set = p->set[p->sets];
	memcpy(set, old, sizeof(p->set[0]));
	set[a] = to;
	if (set[by->addr] == QUORUM_ABSENT || quorum_voters(w, set) < 2 || !count(w, set, leads) ||
	    comes_back_early(w, p))
		return false;
	p->sets++;
	if (old[a] == QUORUM_ABSENT) {
		/* a host that has an older set starts again */
		node_crash(w, w->node[a]);
		w->node[a]->absent = false;
		quorum_configure(w, p, w->node[a], p->sets - 1);
	}
	return true;
}

/* The operator takes the next step of the set's history on one host, or makes a new one. */
void quorum_change(struct world *w, struct plan *p, struct node *n)
{
	const char *why = may_change(w, p, n);

	if (n->absent || n->paused)
		return;
	if (why) {
		print_line(w, n, "set: %s", why);
		return;
	}
	if (n->set + 1 == p->sets && (!n->core || !n->core->role.seen_leader || !another_set(w, p, n)))
		return;
	if (p->set[n->set + 1][n->addr] == QUORUM_ABSENT) {
		if (world_chance(w, 5000))
			node_stop(w, n, BULLY_REASON_SHUTDOWN);
		return;
	}
	print_line(w, n, "set %u of %u", n->set + 1, p->sets - 1);
	quorum_configure(w, p, n, n->set + 1);
}

/* Configures a host that is off, as an operator does. */
void quorum_catch_up(struct world *w, struct plan *p, struct node *n)
{
	if (!n->core && !n->absent && p->set[p->sets - 1][n->addr] != QUORUM_ABSENT)
		quorum_configure(w, p, n, p->sets - 1);
}

/* The operator finishes a running change, as fast as R7 allows. */
bool quorum_settle(struct world *w, struct plan *p, bool force)
{
	bool done = true;
	u32 i;

	for (i = 0; i < w->n; i++) {
		struct node *n = w->node[i];

		if (!n->core || n->set + 1 == p->sets)
			continue;
		done = false;
		if (may_change(w, p, n) && !force)
			continue;
		if (may_change(w, p, n) || p->set[n->set + 1][i] == QUORUM_ABSENT) {
			/* the others have made changes without this host, so it starts again */
			node_crash(w, n);
			quorum_catch_up(w, p, n);
			node_start(w, n);
			continue;
		}
		print_line(w, n, "set %u of %u", n->set + 1, p->sets - 1);
		quorum_configure(w, p, n, n->set + 1);
	}
	return done;
}
