// SPDX-License-Identifier: GPL-2.0-only
/* world.c - owns virtual time and the random generator */
#include <stdarg.h>
#include <stdlib.h>

#include "check.h"
#include "world.h"

/* splitmix64 */
u64 world_draw(u64 *rng)
{
	u64 z = (*rng += 0x9e3779b97f4a7c15ULL);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
	return z ^ (z >> 31);
}

u64 world_rand(struct world *w)
{
	return world_draw(&w->rng);
}

u64 world_below(struct world *w, u64 n)
{
	return n ? world_rand(w) % n : 0;
}

bool world_chance(struct world *w, u32 per_10000)
{
	return per_10000 && world_below(w, 10000) < per_10000;
}

u64 world_set(u32 n)
{
	return n < 64 ? (1ULL << n) - 1 : ~0ULL;
}

bool world_in_set(u64 set, u32 addr)
{
	return addr >= 64 || set >> addr & 1;
}

u64 world_changes(const struct world *w, u64 set)
{
	u64 sum = 0;
	u32 i;

	for (i = 0; i < w->n; i++)
		sum += world_in_set(set, i) ? w->node[i]->seen.leader_changes : 0;
	return sum;
}

void world_fail(struct world *w, const char *rule, const char *fmt, ...)
{
	va_list ap;
	int len;

	if (w->failed)
		return;
	w->failed = true;
	len = snprintf(w->why, sizeof(w->why), "%s at %.3f ms: ", rule, (double)w->now / MS);
	va_start(ap, fmt);
	vsnprintf(w->why + len, sizeof(w->why) - (size_t)len, fmt, ap);
	va_end(ap);
	if (w->out)
		fprintf(w->out, "FAIL %s\n", w->why);
}

struct world *world_new(u64 seed)
{
	struct world *w = calloc(1, sizeof(*w));

	if (!w)
		abort();
	w->rng = seed;
	memcpy(w->group, "sim", 4);
	w->lat_min = 1 * MS;
	w->log_msgs = true;
	return w;
}

struct world *world_of_seed(u64 seed)
{
	return world_new(seed * 0x9e3779b97f4a7c15ULL + 1);
}

void world_free(struct world *w)
{
	u32 i;

	for (i = 0; i < w->n; i++) {
		u32 j;

		node_crash(w, w->node[i]);
		for (j = 0; j < WORLD_NODES; j++)
			free(w->node[i]->slot[j]);
		free(w->node[i]->raft);
		free(w->node[i]);
	}
	net_free(w);
	free(w->owners);
	free(w);
}

void world_opts(struct bully_opts *opts)
{
	memset(opts, 0, sizeof(*opts));
	opts->heartbeat_ns = BULLY_HEARTBEAT_NS;
	opts->misses = BULLY_MISSES;
	opts->preempt = true;
	opts->candidate = true;
	opts->holddown_free = BULLY_HOLDDOWN_FREE;
	opts->holddown_delay_ns = BULLY_HOLDDOWN_DELAY_NS;
	opts->holddown_max_ns = BULLY_HOLDDOWN_MAX_NS;
	opts->holddown_half_life_ns = BULLY_HOLDDOWN_HALF_LIFE_NS;
}

struct node *world_add(struct world *w, const char *label, u32 id, u8 role)
{
	struct node *n = calloc(1, sizeof(*n));

	if (!n || w->n == WORLD_NODES)
		abort();
	snprintf(n->label, sizeof(n->label), "%s", label);
	n->addr = w->n;
	n->id = id;
	n->role = role;
	n->off = 1000 * SEC;
	n->link = BULLY_LINK_UP;
	n->fire_at = BULLY_NEVER;
	world_opts(&n->opts);
	n->opts.role = role;
	w->node[w->n++] = n;
	return n;
}

void world_group(struct world *w, u32 n)
{
	char label[12];
	u32 i;

	for (i = 0; i < n; i++) {
		snprintf(label, sizeof(label), "%u", i + 1);
		world_add(w, label, i + 1, BULLY_ROLE_CANDIDATE);
	}
	world_acquaint(w, n);
}

void world_acquaint(struct world *w, u32 n)
{
	u32 i, j;

	for (i = 0; i < n; i++)
		for (j = 0; j < n; j++)
			if (i != j)
				node_peer_add(w, w->node[i], w->node[j], w->node[j]->role);
}

void world_start(struct world *w, u32 n)
{
	u32 i;

	for (i = 0; i < n; i++)
		node_start(w, w->node[i]);
}

struct node *world_find(struct world *w, const char *label)
{
	u32 i;

	for (i = 0; i < w->n; i++)
		if (!strcmp(w->node[i]->label, label))
			return w->node[i];
	return NULL;
}

/* Lets the next event up to @until happen. Returns false if there is none. */
bool world_step(struct world *w, u64 until)
{
	struct node *next = NULL;
	u64 at = BULLY_NEVER;
	u64 net;
	u32 i;

	for (i = 0; i < w->n; i++) {
		struct node *n = w->node[i];

		if ((n->core || n->raft) && !n->paused && n->fire_at < at) {
			at = n->fire_at;
			next = n;
		}
	}
	/* A packet comes before a timer of the same instant, like NET_RX. */
	if (net_next(w, &net) && net <= at) {
		if (net > until)
			return false;
		w->now = net > w->now ? net : w->now;
		net_deliver(w);
		return true;
	}
	if (!next || at > until)
		return false;
	w->now = at > w->now ? at : w->now;
	node_timer(w, next);
	return true;
}

void world_run(struct world *w, u64 until)
{
	while (!w->failed && world_step(w, until))
		;
	if (until > w->now)
		w->now = until;
}
