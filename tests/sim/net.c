// SPDX-License-Identifier: GPL-2.0-only
/* net.c - owns the packets in flight: delay, loss, duplication, cuts, rules */
#include <stdlib.h>

#include "world.h"

static bool before(const struct packet *a, const struct packet *b)
{
	return a->at != b->at ? a->at < b->at : a->order < b->order;
}

static void push(struct world *w, struct packet *p)
{
	u32 i;

	if (w->heap_n == w->heap_room) {
		w->heap_room = w->heap_room ? w->heap_room * 2 : 256;
		w->heap = realloc(w->heap, w->heap_room * sizeof(*w->heap));
		if (!w->heap)
			abort();
	}
	p->order = w->order++;
	i = w->heap_n++;
	while (i && before(p, w->heap[(i - 1) / 2])) {
		w->heap[i] = w->heap[(i - 1) / 2];
		i = (i - 1) / 2;
	}
	w->heap[i] = p;
}

static struct packet *pop(struct world *w)
{
	struct packet *top = w->heap[0];
	struct packet *last = w->heap[--w->heap_n];
	u32 i = 0;

	for (;;) {
		u32 child = 2 * i + 1;

		if (child >= w->heap_n)
			break;
		if (child + 1 < w->heap_n && before(w->heap[child + 1], w->heap[child]))
			child++;
		if (!before(w->heap[child], last))
			break;
		w->heap[i] = w->heap[child];
		i = child;
	}
	if (w->heap_n)
		w->heap[i] = last;
	return top;
}

static void put_on_way(struct world *w, const struct packet *p, u64 extra)
{
	struct packet *copy = malloc(sizeof(*copy));

	if (!copy)
		abort();
	*copy = *p;
	copy->at = w->now + w->lat_min + world_below(w, w->lat_jitter) + extra;
	if (world_chance(w, w->slow))
		copy->at += world_below(w, w->slow_by);
	push(w, copy);
}

static void hold(struct world *w, const struct packet *p)
{
	struct packet *copy = malloc(sizeof(*copy));

	w->held = realloc(w->held, (w->held_n + 1) * sizeof(*w->held));
	if (!copy || !w->held)
		abort();
	*copy = *p;
	w->held[w->held_n++] = copy;
}

static struct rule *match(struct world *w, const struct packet *p, u8 type)
{
	u32 i;

	for (i = 0; i < w->rules; i++) {
		struct rule *r = &w->rule[i];

		if (!r->count || (r->from && r->from != p->src + 1) ||
		    (r->to && r->to != p->dst + 1) || (r->type && r->type != type))
			continue;
		if (r->count > 0)
			r->count--;
		return r;
	}
	return NULL;
}

/* The sender has counted the message; from here on it is bytes. */
void net_send(struct world *w, struct node *from, u32 dst, const struct bully_msg *msg, bool wrong)
{
	struct packet p = { .src = from->addr, .dst = dst };
	const char *fate = NULL;
	struct rule *r;
	u64 extra = 0;
	u32 copies = 1;

	w->sent.tx[msg->type]++;
	w->sent.all++;
	bully_wire_encode(msg, p.buf);
	r = match(w, &p, msg->type);
	if (wrong) {
		copies = 0;
		fate = "wrong address";
	} else if (from->unplugged || w->node[dst]->unplugged) {
		copies = 0;
		fate = "no carrier";
	} else if (w->cut[p.src][dst]) {
		copies = 0;
		fate = "cut";
	} else if (r && r->kind == RULE_DROP) {
		copies = 0;
		fate = "lost";
	} else if (r && r->kind == RULE_HOLD) {
		hold(w, &p);
		copies = 0;
		fate = "held";
	} else if (r && r->kind == RULE_DUP) {
		copies = 2;
		fate = "doubled";
	} else if (r && r->kind == RULE_DELAY) {
		extra = r->by;
		fate = "late";
	} else if (world_chance(w, w->loss)) {
		copies = 0;
		fate = "lost";
	} else if (world_chance(w, w->dup)) {
		copies = 2;
		fate = "doubled";
	}
	print_msg(w, from, dst, msg, fate);
	while (copies--)
		put_on_way(w, &p, extra);
}

bool net_next(struct world *w, u64 *at)
{
	if (!w->heap_n)
		return false;
	*at = w->heap[0]->at;
	return true;
}

void net_deliver(struct world *w)
{
	struct packet *p = pop(w);
	struct node *n = w->node[p->dst];

	if ((!n->core && !n->raft) || n->unplugged) {
		free(p);
	} else if (n->paused) {
		if (n->rxq_n < WORLD_RXQ)
			n->rxq[n->rxq_n++] = p;
		else
			free(p);
	} else {
		node_receive(w, n, p);
		free(p);
	}
}

/* Held packets arrive now, in the order in which they were sent. */
void net_release(struct world *w)
{
	u32 i;

	for (i = 0; i < w->held_n; i++) {
		w->held[i]->at = w->now;
		push(w, w->held[i]);
	}
	w->held_n = 0;
}

/* Ends all faults of the network; packets on their way arrive. */
void net_clear(struct world *w)
{
	u32 i, j;

	for (i = 0; i < w->n; i++)
		for (j = 0; j < w->n; j++)
			if (w->node[i]->slot[j])
				w->node[i]->slot[j]->wrong = false;
	memset(w->cut, 0, sizeof(w->cut));
	w->loss = 0;
	w->dup = 0;
	w->slow = 0;
	w->rules = 0;
}

void net_free(struct world *w)
{
	u32 i;

	for (i = 0; i < w->heap_n; i++)
		free(w->heap[i]);
	for (i = 0; i < w->held_n; i++)
		free(w->held[i]);
	free(w->heap);
	free(w->held);
}

u64 net_others(const struct world *w)
{
	return w->sent.all - w->sent.tx[BULLY_MSG_HEARTBEAT] - w->sent.tx[BULLY_MSG_HEARTBEAT_ACK];
}
