// SPDX-License-Identifier: GPL-2.0-only
/* messages.c - counts the messages of an election, a failover and a heartbeat; prints JSON */
#include <stdlib.h>

#include "check.h"
#include "world.h"

#define HB BULLY_HEARTBEAT_NS

static bool agreed(struct world *w, u32 leader)
{
	u32 i;

	for (i = 0; i < w->n; i++)
		if (w->node[i]->core && w->node[i]->core->leader != leader)
			return false;
	return !check_agreed(w, world_set(w->n));
}

/* Ends the program if the nodes do not agree: a count without an election means nothing. */
static u64 until_agreed(struct world *w, u32 leader)
{
	u64 begin = w->now, end = begin + 20 * HB;

	while (!agreed(w, leader)) {
		if (w->now >= end || w->failed) {
			fprintf(stderr, "%u nodes do not agree on %u: %s\n", w->n, leader, w->why);
			exit(1);
		}
		if (!world_step(w, end))
			w->now = end;
	}
	return w->now - begin;
}

/* @lease in heartbeats; 0 is classic mode */
static struct world *cluster(u32 n, u32 lease, u64 seed)
{
	struct world *w = world_new(seed);
	u32 i;

	w->lat_min = 200 * US;
	world_group(w, n);
	for (i = 0; i < n; i++)
		node_set_lease(w->node[i], lease * HB);
	return w;
}

static void clear(struct world *w)
{
	memset(&w->sent, 0, sizeof(w->sent));
}

static u64 without_heartbeats(const struct world *w)
{
	return w->sent.all - w->sent.tx[BULLY_MSG_HEARTBEAT] - w->sent.tx[BULLY_MSG_HEARTBEAT_ACK];
}

static void print_counts(const char *name, const struct world *w, u64 took, const char *end)
{
	u64 elective = 0;
	u8 t;

	printf("      \"%s\": {", name);
	for (t = 1; t < __BULLY_MSG_MAX; t++) {
		if (!w->sent.tx[t])
			continue;
		printf("\"%s\": %llu, ", print_type(t), (unsigned long long)w->sent.tx[t]);
		if (t != BULLY_MSG_HEARTBEAT && t != BULLY_MSG_HEARTBEAT_ACK &&
		    t != BULLY_MSG_HELLO && t != BULLY_MSG_HELLO_ACK)
			elective += w->sent.tx[t];
	}
	printf("\"election_messages\": %llu, ", (unsigned long long)elective);
	printf("\"without_heartbeats\": %llu, \"took_ns\": %llu}%s\n",
	       (unsigned long long)without_heartbeats(w), (unsigned long long)took, end);
}

/*
 * The worst case of the algorithm: all nodes are up, there is no leader, and the lowest node
 * begins. One answer to each other node is delayed, so that these nodes still listen when
 * node 1 asks them; then each node asks the nodes above itself.
 */
static void worst_case(u32 n)
{
	struct world *w = cluster(n, 0, n);
	u64 took;
	u32 i;

	for (i = 1; i < n; i++)
		w->rule[w->rules++] = (struct rule){
			.kind = RULE_HOLD, .from = i + 1 < n ? n : n - 1, .to = i + 1,
			.type = BULLY_MSG_HELLO_ACK, .count = -1,
		};
	for (i = 0; i < n; i++)
		node_start(w, w->node[i]);
	world_run(w, w->now + 10 * MS);
	net_clear(w);
	net_release(w);
	took = until_agreed(w, n);
	world_run(w, w->now + 5 * MS);
	print_counts("election_all_alive_lowest_starts", w, took, ",");
	world_free(w);
}

/* Returns a group whose highest node has led for a while. */
static struct world *led(u32 n, u32 lease, u64 seed)
{
	struct world *w = cluster(n, lease, seed);
	u32 i;

	for (i = 0; i < n; i++)
		node_start(w, w->node[i]);
	until_agreed(w, n);
	world_run(w, w->now + 20 * HB + world_below(w, HB));
	return w;
}

static void life(u32 n, u32 lease)
{
	struct world *w = led(n, lease, n);
	u64 took, beats = 100, all;

	clear(w);
	world_run(w, w->now + beats * HB);
	all = w->sent.all;
	printf("      \"steady_packets_per_heartbeat\": %.2f,\n", (double)all / (double)beats);

	clear(w);
	node_resign(w, w->node[n - 1]);
	took = until_agreed(w, n - 1);
	world_run(w, w->now + 5 * MS);
	print_counts("resign", w, took, ",");

	world_run(w, w->now + 20 * HB);
	clear(w);
	node_elect(w, w->node[n - 1]);
	took = until_agreed(w, n);
	world_run(w, w->now + 5 * MS);
	print_counts("elect", w, took, ",");

	world_run(w, w->now + 20 * HB);
	node_crash(w, w->node[n - 1]);
	until_agreed(w, n - 1);
	world_run(w, w->now + 50 * HB);
	clear(w);
	node_start(w, w->node[n - 1]);
	took = until_agreed(w, n);
	world_run(w, w->now + 5 * MS);
	print_counts("return", w, took, ",");
	world_free(w);
}

/* Counts failovers; the leader dies at another moment of the heartbeat each time. */
static void failovers(const char *name, u32 n, u32 lease, const char *end)
{
	u32 times = n > 32 ? 3 : 20, i;
	u64 sum = 0, most = 0, slowest = 0;

	for (i = 1; i <= times; i++) {
		struct world *w = led(n, lease, 1000 * i + n);
		u64 took;

		clear(w);
		node_crash(w, w->node[n - 1]);
		took = until_agreed(w, n - 1);
		world_run(w, w->now + 5 * MS);
		sum += without_heartbeats(w);
		most = without_heartbeats(w) > most ? without_heartbeats(w) : most;
		slowest = took > slowest ? took : slowest;
		world_free(w);
	}
	printf("      \"%s\": {\"times\": %u, \"mean\": %.1f, \"most\": %llu, \"slowest_ns\": %llu}%s\n",
	       name, times, (double)sum / times, (unsigned long long)most, (unsigned long long)slowest, end);
}

int main(int argc, char **argv)
{
	static const u32 sizes[] = { 3, 5, 9, 25, 100, 255 };
	u32 i, n = sizeof(sizes) / sizeof(*sizes), quorum;

	if (argc > 1)		/* the number of sizes */
		n = (u32)atoi(argv[1]) < n ? (u32)atoi(argv[1]) : n;
	printf("{\n  \"messages\": [\n");
	for (quorum = 0; quorum < 2; quorum++) {
		for (i = 0; i < n; i++) {
			printf("    {\n      \"n\": %u,\n      \"mode\": \"%s\",\n", sizes[i],
			       quorum ? "quorum" : "classic");
			if (!quorum)
				worst_case(sizes[i]);
			life(sizes[i], quorum ? BULLY_MISSES : 0);
			failovers("failover", sizes[i], quorum ? BULLY_MISSES : 0, quorum ? "," : "");
			if (quorum)	/* a lease that outlasts the detection time */
				failovers("failover_long_lease", sizes[i], 2 * BULLY_MISSES, "");
			printf("    }%s\n", i + 1 < n || !quorum ? "," : "");
		}
	}
	printf("  ]\n}\n");
	return 0;
}
