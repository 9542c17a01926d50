// SPDX-License-Identifier: GPL-2.0-only
/* node.c - owns a host: its clock, its timer, its core, and the shell's part around it */
#include <stdlib.h>

#include "check.h"
#include "world.h"

u64 node_local(const struct node *n, u64 t)
{
	return n->off + t + (u64)((__int128)t * n->ppm / 1000000);
}

/* Returns the first global instant at which the host's clock shows @local or more. */
static u64 global_of(const struct node *n, u64 local)
{
	u64 t;

	/* a host that stood still for longer than it had run before has a negative offset */
	if ((int64_t)(local - n->off) <= 0)
		return 0;
	t = (u64)((__int128)(local - n->off) * 1000000 / (1000000 + n->ppm));
	t = t > 2 ? t - 2 : 0;
	while (node_local(n, t) < local)
		t++;
	return t;
}

u64 node_wall(const struct world *w, const struct node *n)
{
	return (u64)((int64_t)(WORLD_WALL + w->now / US) + n->wall_off);
}

bool node_up(const struct node *n)
{
	return n->core && !n->core->stopped && !n->paused && !n->unplugged &&
	       (n->core->link == BULLY_LINK_UP ||
		(n->core->link == BULLY_LINK_NO_PEERS && n->core->opts.voters == 1));
}

static void arm(struct world *w, struct node *n)
{
	u64 deadline = bully_core_deadline(n->core);

	if (deadline == n->armed)
		return;
	n->armed = deadline;
	n->fire_at = deadline == BULLY_NEVER ? BULLY_NEVER :
		     global_of(n, deadline) + n->late + world_below(w, n->late_jitter);
	if (n->fire_at < w->now)
		n->fire_at = w->now;
}

static void drain(struct world *w, struct node *n)
{
	u32 i;

	for (i = 0; i < n->ring_n; i++) {
		const struct bully_action *act = &n->ring[i].act;
		struct bully_note note;
		struct bully_peer *peer;
		struct bully_msg msg;
		u32 cursor = 0;

		if (act->kind == BULLY_ACT_EVENT) {
			while (bully_core_next_event(n->core, act, &cursor, &note)) {
				print_note(w, n, &note);
				check_note(w, n, &note);
			}
			continue;
		}
		while (bully_core_next_msg(n->core, act, &cursor, &msg, &peer)) {
			struct slot *s = (struct slot *)peer;

			check_msg(w, n, &msg);
			if (act->target == BULLY_TO_SOURCE)
				net_send(w, n, n->ring[i].src, &msg, false);
			else
				net_send(w, n, s->addr, &msg, s->wrong);
		}
	}
	n->ring_n = 0;
}

/* Runs a step of the core, and does what the kernel's shell does around it. */
static enum bully_drop step(struct world *w, struct node *n, struct bully_event *ev, u32 src)
{
	static struct bully_actions out;
	enum bully_drop drop;
	u32 i;

	ev->now = node_local(n, w->now);
	if (w->chaos && world_chance(w, 100))
		ev->now -= world_below(w, MS);	/* another CPU was first */
	ev->wall_us = node_wall(w, n);
	drop = bully_core_step(n->core, ev, &out);
	check_step(w, n, ev, &out);
	for (i = 0; i < out.n; i++) {
		if (n->ring_n == WORLD_RING)
			abort();
		n->ring[n->ring_n++] = (struct pending){ .act = out.act[i], .src = src };
	}
	if (!(w->chaos && n->lazy && n->ring_n < WORLD_RING / 2 && world_chance(w, 500)))
		drain(w, n);
	arm(w, n);
	return drop;
}

static void simple(struct world *w, struct node *n, enum bully_event_type type)
{
	struct bully_event ev = { .type = type };

	step(w, n, &ev, n->addr);
}

static void tell_link(struct world *w, struct node *n)
{
	enum bully_link link = n->core->n_peers ? n->link : BULLY_LINK_NO_PEERS;
	struct bully_event ev = { .type = BULLY_EV_LINK, .link = link };

	if (n->core->link != link)
		step(w, n, &ev, n->addr);
}

static void peer_event(struct world *w, struct node *n, enum bully_event_type type, u32 addr, u8 role)
{
	struct bully_event ev = { .type = type, .peer = &n->slot[addr]->peer, .role = role };

	step(w, n, &ev, n->addr);
}

void node_start(struct world *w, struct node *n)
{
	struct bully_event ev = { .type = BULLY_EV_START, .opts = &n->opts };
	u64 session = world_rand(w) | 1;
	u32 i;

	if (n->core || n->absent)
		return;
	n->core = malloc(sizeof(*n->core));
	if (!n->core)
		abort();
	memset(n->core, 0xa5, sizeof(*n->core));
	n->lives++;
	n->paused = false;
	n->ring_n = 0;
	n->armed = BULLY_NEVER;
	n->fire_at = BULLY_NEVER;
	check_born(n);
	bully_core_init(n->core, w->group, n->id, session, world_rand(w));
	for (i = 0; i < w->n; i++) {
		if (!n->slot[i])
			continue;
		memset(&n->slot[i]->peer.stats, 0, sizeof(n->slot[i]->peer.stats));
		peer_event(w, n, BULLY_EV_PEER_ADD, i, n->slot[i]->peer.role);
	}
	tell_link(w, n);
	step(w, n, &ev, n->addr);
}

/* A power cut: the node sends nothing, and forgets everything. */
void node_crash(struct world *w, struct node *n)
{
	(void)w;
	free(n->core);
	n->core = NULL;
	n->fire_at = BULLY_NEVER;
	n->paused = false;
	n->halted = false;
	n->ring_n = 0;
	while (n->rxq_n)
		free(n->rxq[--n->rxq_n]);
}

void node_stop(struct world *w, struct node *n, enum bully_reason reason)
{
	struct bully_event ev = { .type = BULLY_EV_STOP, .reason = reason };

	if (!n->core)
		return;
	n->lazy = false;
	step(w, n, &ev, n->addr);
	if (n->core->state == BULLY_STATE_LEADER)
		world_fail(w, "stop", "node %s still leads after it was stopped", n->label);
	node_crash(w, n);
}

void node_pause(struct world *w, struct node *n, bool halt)
{
	if ((!n->core && !n->raft) || n->paused)
		return;
	n->paused = true;
	n->halted = halt;
	n->paused_at = w->now;
}

/* The backlog and the overdue timer may come in either order. */
void node_resume(struct world *w, struct node *n, bool timer_first)
{
	u32 i;

	if (!n->paused)
		return;
	n->paused = false;
	if (n->halted)
		n->stood_at = node_local(n, n->paused_at);
	if (n->halted)
		n->off -= node_local(n, w->now) - node_local(n, n->paused_at);
	n->halted = false;
	n->armed = BULLY_NEVER;
	if (n->core)
		arm(w, n);
	if (timer_first && n->fire_at <= w->now)
		node_timer(w, n);
	for (i = 0; i < n->rxq_n; i++) {
		node_receive(w, n, n->rxq[i]);
		free(n->rxq[i]);
	}
	n->rxq_n = 0;
}

/* Timers are punctual from now on, also the armed timer. */
void node_punctual(struct world *w, struct node *n)
{
	n->late = 0;
	n->late_jitter = 0;
	n->armed = BULLY_NEVER;
	if (n->core && !n->paused)
		arm(w, n);
}

/* The shell has noticed a suspend, or a clone of the machine (R8). */
void node_doubt(struct world *w, struct node *n, u64 session)
{
	struct bully_event ev = { .type = BULLY_EV_DOUBT, .session = session };

	if (n->core && !n->paused)
		step(w, n, &ev, n->addr);
}

void node_set_link(struct world *w, struct node *n, enum bully_link link)
{
	n->link = link;
	if (n->core)
		tell_link(w, n);
}

void node_set_opts(struct world *w, struct node *n, const struct bully_opts *opts,
		   enum bully_reason reason)
{
	struct bully_event ev = { .type = BULLY_EV_OPTS, .opts = &n->opts, .reason = reason };

	n->opts = *opts;
	n->role = opts->role;
	if (n->core)
		step(w, n, &ev, n->addr);
}

void node_set_lease(struct node *n, u64 lease_ns)
{
	n->opts.quorum = lease_ns ? BULLY_QUORUM_MAJORITY : BULLY_QUORUM_OFF;
	n->opts.lease_ns = lease_ns;
}

void node_set_position(struct world *w, struct node *n, u64 term, u64 index)
{
	struct bully_position position = { .term = term, .index = index };
	struct bully_event ev = { .type = BULLY_EV_POSITION, .position = &position };

	if (n->core)
		step(w, n, &ev, n->addr);
}

const char *node_elect(struct world *w, struct node *n)
{
	const char *why = bully_core_may_elect(n->core);

	if (!why)
		simple(w, n, BULLY_EV_ELECT);
	return why;
}

const char *node_resign(struct world *w, struct node *n)
{
	const char *why = bully_core_may_resign(n->core);

	if (!why)
		simple(w, n, BULLY_EV_RESIGN);
	return why;
}

const char *node_resign_to(struct world *w, struct node *n, u32 id, bool *again)
{
	struct bully_event ev = { .type = BULLY_EV_RESIGN, .peer = bully_core_find(n->core, id) };

	*again = false;
	if (!ev.peer)
		return "the group has no peer of this id";
	step(w, n, &ev, n->addr);
	return bully_core_handover(n->core, again);
}

void node_peer_add(struct world *w, struct node *n, struct node *peer, u8 role)
{
	struct slot *s;

	if (n->slot[peer->addr])
		return;
	s = malloc(sizeof(*s));
	if (!s)
		abort();
	memset(s, 0xa5, sizeof(*s));
	s->peer.id = peer->id;
	s->peer.role = role;
	memset(&s->peer.stats, 0, sizeof(s->peer.stats));
	s->addr = peer->addr;
	s->wrong = false;
	s->noted = BULLY_PEER_STATE_UNKNOWN;
	n->slot[peer->addr] = s;
	if (n->core) {
		peer_event(w, n, BULLY_EV_PEER_ADD, peer->addr, role);
		tell_link(w, n);
	}
}

void node_peer_set(struct world *w, struct node *n, struct node *peer, u8 role)
{
	if (!n->slot[peer->addr])
		return;
	if (n->core)
		peer_event(w, n, BULLY_EV_PEER_SET, peer->addr, role);
	n->slot[peer->addr]->peer.role = role;
}

/* Gives @n the right or a wrong address of @peer, as bullyctl peer set addr. */
void node_peer_address(struct world *w, struct node *n, struct node *peer, bool wrong)
{
	struct slot *s = n->slot[peer->addr];

	if (!s || s->wrong == wrong)
		return;
	s->wrong = wrong;
	if (n->core)
		peer_event(w, n, BULLY_EV_PEER_SET, peer->addr, s->peer.role);
}

void node_peer_del(struct world *w, struct node *n, struct node *peer)
{
	if (!n->slot[peer->addr])
		return;
	if (n->core) {
		peer_event(w, n, BULLY_EV_PEER_DEL, peer->addr, 0);
		tell_link(w, n);
	}
	free(n->slot[peer->addr]);
	n->slot[peer->addr] = NULL;
}

void node_timer(struct world *w, struct node *n)
{
	struct bully_event ev = { .type = BULLY_EV_TIMER };
	u64 local = node_local(n, w->now);
	u32 i;

	if (w->rival) {
		w->rival->timer(w, n);
		return;
	}
	for (i = 0; i < BULLY_TIMERS; i++)
		if (n->core->clock.timer[i] <= local && w->log_timers && i != BULLY_T_TICK)
			print_line(w, n, "timer %s", print_timer(i));
	n->armed = BULLY_NEVER;
	n->fire_at = BULLY_NEVER;
	step(w, n, &ev, n->addr);
	check_timer(w, n);
}

/* S9: returns true if @id is a peer whose configured address is not @src. */
static bool from_elsewhere(const struct node *n, u32 id, u32 src)
{
	const struct slot *s = (const struct slot *)bully_core_find(n->core, id);

	return s && (s->wrong || s->addr != src);
}

void node_receive(struct world *w, struct node *n, struct packet *p)
{
	struct bully_event ev = { .type = BULLY_EV_MSG };
	enum bully_drop drop;
	struct bully_msg msg;

	if (w->chaos && world_chance(w, 20)) {	/* an early call does no harm */
		node_timer(w, n);
		if (!n->core)
			return;
	}
	drop = bully_wire_decode(&msg, p->buf, sizeof(p->buf));
	if (drop) {
		world_fail(w, "codec", "node %s cannot read what node %s sent: %s", n->label,
			   w->node[p->src]->label, print_drop(drop));
		return;
	}
	if (w->rival) {
		w->rival->receive(w, n, &msg);
		return;
	}
	ev.msg = &msg;
	ev.elsewhere = from_elsewhere(n, msg.from, p->src);
	drop = step(w, n, &ev, p->src);
	if (drop)
		print_drop_line(w, n, &msg, drop);
}
