// SPDX-License-Identifier: GPL-2.0-only
/*
 * observers.c - five voters and thousands of unlisted observers: what these learn, and what they cost
 *
 * The world of the other simulations has room for 256 nodes that all know each other. This one has
 * only what observers need: cores, a network with latency and loss, and hosts that lose power.
 * Every message is encoded and decoded.
 */
#include <stdio.h>
#include <stdlib.h>

#include "core.h"

#define VOTERS		5
#define OBSERVER_ID	1000	/* all observers have the same id */
#define SEC		1000000000ULL
#define US		1000ULL
#define HB		SEC
#define MISSES		3
#define LEASE		(3 * SEC)
#define LATENCY		(450 * US)
#define JITTER		(100 * US)
#define WALL		1700000000000000ULL	/* us */
#define AHEAD		SEC	/* of the cores' time: 0 is no time */

struct host {
	struct bully_core core;
	struct bully_peer peer[VOTERS];
	void *places;
	u64 armed;		/* when the next timer event is due */
	u64 news;		/* when the leader or its epoch last changed here */
	u64 received;
	bool on;
};

/* Something that happens: a packet arrives, or a timer is due if @len is 0. */
struct event {
	u64 at;
	u64 order;
	u32 to;
	u32 from;
	u32 len;
	u8 buf[BULLY_WIRE_LEN];
};

static struct host *host;	/* the voters first */
static u32 observers, hosts;
static struct event **heap;
static size_t heap_n, heap_room;
static u64 now, order, rng;
static u32 loss;		/* per 10,000 */
static u32 checks, failed;

static u64 rnd(void)
{
	rng ^= rng >> 12;
	rng ^= rng << 25;
	rng ^= rng >> 27;
	return rng * 0x2545f4914f6cdd1dULL;
}

static bool before(const struct event *a, const struct event *b)
{
	return a->at < b->at || (a->at == b->at && a->order < b->order);
}

static void put(struct event *e)
{
	size_t i = heap_n++;

	e->order = order++;
	if (heap_n > heap_room) {
		heap_room = heap_room ? 2 * heap_room : 1024;
		heap = realloc(heap, heap_room * sizeof(*heap));
		if (!heap)
			abort();
	}
	for (; i && before(e, heap[(i - 1) / 2]); i = (i - 1) / 2)
		heap[i] = heap[(i - 1) / 2];
	heap[i] = e;
}

static struct event *take(void)
{
	struct event *first = heap[0], *e = heap[--heap_n];
	size_t i = 0, child;

	while ((child = 2 * i + 1) < heap_n) {
		child += child + 1 < heap_n && before(heap[child + 1], heap[child]);
		if (!before(heap[child], e))
			break;
		heap[i] = heap[child];
		i = child;
	}
	heap[i] = e;
	return first;
}

static struct event *event(u64 at, u32 to)
{
	struct event *e = malloc(sizeof(*e));

	if (!e)
		abort();
	e->at = at;
	e->to = to;
	e->from = to;
	e->len = 0;
	return e;
}

static void send(u32 from, u32 to, const struct bully_msg *msg)
{
	struct event *e;

	if (rnd() % 10000 < loss)
		return;
	e = event(now + LATENCY + rnd() % JITTER, to);
	e->from = from;
	e->len = BULLY_WIRE_LEN;
	bully_wire_encode(msg, e->buf);
	put(e);
}

/* Arms the timer, unless it is armed for then or earlier: finding nothing due does no harm. */
static void arm(u32 i)
{
	struct host *h = &host[i];
	u64 due = bully_core_deadline(&h->core);

	if (due == BULLY_NEVER)
		return;
	due = due < now + AHEAD ? now + US : due - AHEAD;
	if (h->armed > now && h->armed <= due)
		return;
	h->armed = due;
	put(event(due, i));
}

static void step(u32 i, struct bully_event *ev, u32 from)
{
	static struct bully_actions out;
	struct host *h = &host[i];
	u32 leader = h->core.leader, n;
	u64 epoch = h->core.epoch;

	ev->now = now + AHEAD;
	ev->wall_us = WALL + now / US;
	bully_core_step(&h->core, ev, &out);
	if (h->core.leader && (h->core.leader != leader || h->core.epoch != epoch))
		h->news = now;
	for (n = 0; n < out.n; n++) {
		const struct bully_action *act = &out.act[n];
		struct bully_peer *peer;
		struct bully_note note;
		struct bully_msg msg;
		u32 cursor = 0;

		if (act->kind == BULLY_ACT_EVENT)
			while (bully_core_next_event(&h->core, act, &cursor, &note))
				;
		else
			while (bully_core_next_msg(&h->core, act, &cursor, &msg, &peer))
				send(i, act->target == BULLY_TO_SOURCE ? from : peer->id - 1, &msg);
	}
}

static void deliver(const struct event *e)
{
	struct bully_event ev = { .type = BULLY_EV_TIMER };
	struct host *h = &host[e->to];
	struct bully_msg msg;

	if (!h->on)
		return;
	if (e->len) {
		if (bully_wire_decode(&msg, e->buf, e->len))
			abort();
		ev = (struct bully_event){ .type = BULLY_EV_MSG, .msg = &msg };
		h->received++;
	}
	if (e->len || bully_core_deadline(&h->core) <= now + AHEAD)
		step(e->to, &ev, e->from);
	arm(e->to);
}

static void run_until(u64 until)
{
	while (heap_n && heap[0]->at <= until) {
		struct event *e = take();

		now = e->at;
		deliver(e);
		free(e);
	}
	now = until;
}

/* Gives a voter other places. */
static void lend(struct host *h, u32 places)
{
	free(h->places);
	h->places = malloc(bully_core_places_size(places));
	if (!h->places)
		abort();
	bully_core_places_init(h->places, places);
	bully_core_lend_places(&h->core, h->places, places, rnd());
}

static void start(u32 i, u32 places)
{
	struct bully_opts opts = {
		.heartbeat_ns = HB, .misses = MISSES, .lease_ns = LEASE,
		.quorum = BULLY_QUORUM_MAJORITY, .candidate = true, .preempt = true,
	};
	struct bully_event add = { .type = BULLY_EV_PEER_ADD };
	struct bully_event link = { .type = BULLY_EV_LINK, .link = BULLY_LINK_UP };
	struct bully_event begin = { .type = BULLY_EV_START, .opts = &opts };
	struct host *h = &host[i];
	bool votes = i < VOTERS;
	u32 v;

	bully_core_init(&h->core, "db", votes ? i + 1 : OBSERVER_ID, rnd() | 1, rnd());
	memset(h->peer, 0, sizeof(h->peer));
	if (votes) {
		opts.observers = places;
		lend(h, places);
	} else {
		opts.role = BULLY_ROLE_OBSERVER;
		opts.unlisted = true;
	}
	h->on = true;
	h->armed = 0;
	for (v = 0; v < VOTERS; v++) {
		if (v == i)
			continue;
		h->peer[v].id = v + 1;
		add.peer = &h->peer[v];
		step(i, &add, i);
	}
	step(i, &link, i);
	step(i, &begin, i);
	arm(i);
}

static void check(bool ok, const char *what)
{
	checks++;
	if (ok)
		return;
	printf("FAIL %s\n", what);
	failed++;
}

/* Returns the leader that all voters that are on follow, under one epoch; 0 if there is none. */
static u32 voters_follow(u64 *last)
{
	u32 i, leader = 0;
	u64 epoch = 0;

	*last = 0;
	for (i = 0; i < VOTERS; i++) {
		if (!host[i].on)
			continue;
		if (!host[i].core.leader || (leader && (host[i].core.leader != leader ||
							host[i].core.epoch != epoch)))
			return 0;
		leader = host[i].core.leader;
		epoch = host[i].core.epoch;
		*last = host[i].news > *last ? host[i].news : *last;
	}
	return leader && host[leader - 1].on ? leader : 0;
}

/* Lets the voters agree, and the observers two heartbeats more. Returns the leader. */
static u32 agree(u64 *last)
{
	u64 limit = now + 30 * HB;
	u32 leader = 0;

	while (!leader && now < limit) {
		run_until(now + HB / 100);
		leader = voters_follow(last);
	}
	check(leader, "the voters agree");
	run_until(*last + 2 * HB);
	return leader;
}

/* Counts how late observers learnt of the leader, in heartbeats after the last voter did. */
static void learnt(const char *what, u32 leader, u64 last, bool soon)
{
	u32 i, late = 0, without = 0;
	double worst = 0, sum = 0;

	for (i = VOTERS; i < hosts; i++) {
		double took = host[i].news > last ? (double)(host[i].news - last) / HB : 0;

		if (host[i].core.leader != leader) {
			without++;
			continue;
		}
		sum += took;
		worst = took > worst ? took : worst;
		late += took > 1.01;
	}
	printf("  %-58s%8.2f\n", what, sum / observers);
	printf("  %-58s%8.2f\n", "  worst", worst);
	check(!without || (!soon && without <= observers / 100),
	      "every observer follows the leader");
	check(!late || !soon, "every observer learns of a leader within a heartbeat");
}

/* Prints how the voters share the observers. */
static void shares(const char *what, bool all)
{
	u32 i, least = observers, most = 0, sum = 0;

	for (i = 0; i < VOTERS; i++) {
		u32 n = host[i].core.unlisted.taken;

		if (!host[i].on)
			continue;
		least = n < least ? n : least;
		most = n > most ? n : most;
		sum += n;
	}
	printf("  %-58s%8u\n", what, least);
	printf("  %-58s%8u\n", "  most", most);
	check(!all || sum >= observers, "every observer has a place");
	/* six times the deviation of a choice at random */
	check((most - least) * (most - least) <= 36 * most, "the voters share the observers evenly");
}

static void power_cut(u32 i)
{
	host[i].on = false;
	free(host[i].places);
	host[i].places = NULL;
}

static u64 voters_received(void)
{
	u64 sum = 0;
	u32 i;

	for (i = 0; i < VOTERS; i++)
		sum += host[i].received;
	return sum;
}

static u32 some_follower(u32 leader)
{
	return leader == 1 ? 1 : 0;
}

int main(int argc, char **argv)
{
	u64 last, received, refused = 0, changes = 0, most = 0;
	u32 i, leader, places, victim;
	double apart = 0;

	observers = argc > 1 ? strtoul(argv[1], NULL, 10) : 10000;
	if (argc > 2 || observers < 100 || observers > 60000) {
		fprintf(stderr, "usage: observers [N]     (100 to 60000 observers of 5 voters)\n");
		return 2;
	}
	rng = 42;
	hosts = VOTERS + observers;
	host = calloc(hosts, sizeof(*host));
	if (!host)
		abort();
	printf("  %u unlisted observers of %u voters; heartbeat 1 s, misses 3, lease 3 s\n\n", observers,
	       VOTERS);
	places = observers / VOTERS * 3 / 2;
	for (i = 0; i < hosts; i++)
		start(i, places);
	leader = agree(&last);
	learnt("cold start of all: heartbeats until an observer knows, mean", leader, last, true);
	run_until(now + 10 * HB);
	shares("observers at a voter, least", true);

	received = voters_received();
	run_until(now + 20 * HB);
	printf("  %-58s%8.2f\n", "messages to voters for each observer in a heartbeat",
	       (double)(voters_received() - received) / 20 / observers);

	power_cut(leader - 1);
	leader = agree(&last);
	learnt("death of the leader: heartbeats until an observer knows, mean", leader, last, true);
	run_until(now + 30 * HB);
	shares("observers at a voter that is left, least", true);
	for (i = 0; i < VOTERS; i++)
		if (!host[i].on)
			start(i, places);
	run_until(now + 60 * HB);
	leader = agree(&last);
	shares("observers at a voter when all are back, least", true);

	/* a follower dies: nobody loses the leader */
	for (i = VOTERS; i < hosts; i++)
		changes += host[i].core.stats.leader_changes;
	victim = some_follower(leader);
	power_cut(victim);
	run_until(now + 20 * HB);
	for (i = VOTERS; i < hosts; i++)
		changes -= host[i].core.stats.leader_changes;
	check(!changes, "the death of a voter that does not lead is no event for observers");
	start(victim, places);
	run_until(now + 60 * HB);
	leader = agree(&last);

	/* loss */
	loss = 500;
	for (i = 0; i < 200; i++) {
		u32 k, without = 0;

		run_until(now + HB);
		for (k = VOTERS; k < hosts; k++)
			without += host[k].core.leader != leader;
		apart += (double)without / observers / 200;
	}
	printf("  %-58s%8.6f\n", "5 % loss: part of the time in which an observer knows", 1 - apart);
	check(apart < 0.0005, "loss costs observers little");
	loss = 0;

	/* fewer places than observers */
	for (i = 0; i < VOTERS; i++)
		lend(&host[i], observers / 10);
	run_until(now + 60 * HB);
	power_cut(leader - 1);
	leader = agree(&last);
	run_until(now + 10 * HB);
	learnt("places for half of them: heartbeats until one knows, mean", leader, last, false);
	for (i = 0; i < VOTERS; i++) {
		refused += host[i].core.stats.observers_refused;
		most = host[i].core.unlisted.taken > most ? host[i].core.unlisted.taken : most;
	}
	check(refused && most <= observers / 10, "no voter has more observers than places");
	printf("%u passed, %u failed, 0 skipped\n", checks - failed, failed);
	return failed != 0;
}
