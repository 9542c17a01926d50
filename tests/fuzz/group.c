// SPDX-License-Identifier: GPL-2.0-only
/* group.c - fuzzes a group: bytes become settings, a fixed graph and faults; then all heals */
#include <stdlib.h>

#include "check.h"
#include "world.h"

#define NODES_MAX	5
#define HB		(100 * MS)
#define HEAL_HB		400	/* heartbeats until all agree */

/* The rest of the input. */
struct input {
	const u8 *at;
	const u8 *end;
};

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

static u8 byte(struct input *in)
{
	return in->at < in->end ? *in->at++ : 0;
}

/* How most nodes elect. */
struct mode {
	bool quorum;
	u8 election;
	u64 lease;
};

/* Sets the options of one node by the input; all nodes have the same lease (R7). */
static void settings(struct node *n, const struct mode *mode, struct input *in)
{
	u8 b = byte(in);

	n->opts.heartbeat_ns = b & 1 ? HB / 2 : HB;
	n->opts.misses = 2 + (b >> 1 & 3);
	n->opts.preempt = b & 8 || !(b & 16);
	n->opts.preempt_delay_ns = b & 32 ? 0 : 3 * HB;
	n->opts.holddown = b & 64;
	n->opts.look_ns = b & 128 ? MS : 0;
	b = byte(in);
	n->opts.quorum = (b & 7) == 7 ? !mode->quorum : mode->quorum;	/* E14 */
	n->opts.lease_ns = n->opts.quorum ? mode->lease : 0;
	n->opts.election = (b & 7) == 6 ? !mode->election : mode->election;	/* F1 */
	n->ppm = (int)(b >> 3) * 600 - 9000;
	n->lazy = b & 8;
	n->opts.priority = byte(in) & 3;
	if (n->opts.election == BULLY_ELECTION_RAFT)
		n->opts.priority = 0;		/* F7 */
}

/* Sets which node receives the packets of which; the graph may stay for long. */
static void graph(struct world *w, struct input *in)
{
	u32 i, j;

	for (i = 0; i < w->n; i++) {
		u8 row = byte(in);

		for (j = 0; j < w->n; j++)
			w->cut[i][j] = i != j && row >> j & 1;
	}
}

static void power(struct world *w, struct node *n, u8 op)
{
	switch (op & 3) {
	case 0:
		node_crash(w, n);
		break;
	case 1:			/* back before a peer misses the node */
		node_crash(w, n);
		world_run(w, w->now + (op >> 2 & 15) * HB / 8);
		node_start(w, n);
		break;
	case 2:
		node_pause(w, n, false);
		break;
	default:
		node_resume(w, n, op & 4);
		node_start(w, n);
	}
}

static void order(struct world *w, struct node *n, u8 op)
{
	struct bully_opts opts = n->opts;
	bool again;

	if (!n->core || n->paused)
		return;
	switch (op & 7) {
	case 0:
		node_elect(w, n);
		break;
	case 1:
		if (op & 8)		/* S11 */
			node_resign_to(w, n, op >> 4, &again);
		else
			node_resign(w, n);
		break;
	case 2:
		node_doubt(w, n, 0);
		break;
	case 3:
		node_set_link(w, n, op & 8 ? BULLY_LINK_NO_CARRIER : BULLY_LINK_UP);
		break;
	case 4:
		n->late = (op >> 3) * HB / 8;
		break;
	case 5:			/* F4, P12 */
		if (opts.election == BULLY_ELECTION_RAFT) {
			node_set_position(w, n, op >> 3 & 3, op >> 5 & 3);
			break;
		}
		opts.priority = op >> 3 & 3;
		node_set_opts(w, n, &opts, BULLY_REASON_NONE);
		break;
	default:
		opts.preempt = op & 8;
		opts.candidate = op & 16 || op & 32;
		opts.misses = 2 + (op >> 6);
		node_set_opts(w, n, &opts, BULLY_REASON_NONE);
	}
}

static void one(struct world *w, struct input *in)
{
	u8 op = byte(in);
	struct node *n = w->node[(op >> 4) % w->n];

	switch (op & 15) {
	case 0:
		graph(w, in);
		break;
	case 1:
		memset(w->cut, 0, sizeof(w->cut));
		break;
	case 2:
		w->loss = byte(in) * 30;
		break;
	case 3:
		w->slow = byte(in) * 30;
		w->slow_by = byte(in) * (HB / 16);
		break;
	case 4:
	case 5:
	case 6:
		power(w, n, byte(in));
		break;
	case 7:
	case 8:
		order(w, n, byte(in));
		break;
	default:
		world_run(w, w->now + (op >> 4) * (HB / 4));
	}
}

/* Ends all faults: the nodes of one mode and election must agree (C1, Q3). */
static void heal(struct world *w, const struct mode *mode)
{
	u64 same = 0, end;
	u32 i, n = 0;

	net_clear(w);
	w->chaos = false;
	for (i = 0; i < w->n; i++) {
		struct bully_opts opts = w->node[i]->opts;
		bool is = opts.quorum == mode->quorum &&
			  (!mode->quorum || opts.election == mode->election);

		n += is;
		same |= (u64)is << i;
		w->node[i]->lazy = false;
		node_punctual(w, w->node[i]);
		node_resume(w, w->node[i], false);
		opts.candidate = true;
		node_set_opts(w, w->node[i], &opts, BULLY_REASON_NONE);
		node_start(w, w->node[i]);
		node_set_link(w, w->node[i], BULLY_LINK_UP);
	}
	if (mode->quorum && n <= w->n / 2)
		return;
	for (end = w->now + HEAL_HB * HB; w->now < end && !w->failed;) {
		if (!check_agreed(w, same))
			return;
		world_run(w, w->now + HB / 4);
	}
	world_fail(w, mode->quorum ? "Q3" : "C1", "%s", check_agreed(w, same));
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct input in = { data, data + size };
	struct world *w = world_new(7);
	u8 head = byte(&in), more = byte(&in);
	struct mode mode = { head & 1, more & 1, (3 + (head >> 1 & 3)) * HB };
	char label[12];
	u32 i, j, nodes = 3 + (head >> 3) % (NODES_MAX - 2);

	w->lat_min = 100 * US;
	w->lat_jitter = head & 64 ? HB / 10 : 50 * US;
	w->chaos = head & 128;
	w->honest = true;
	for (i = 0; i < nodes; i++) {
		snprintf(label, sizeof(label), "%u", i + 1);
		settings(world_add(w, label, i + 1, BULLY_ROLE_CANDIDATE), &mode, &in);
	}
	for (i = 0; i < nodes; i++)
		for (j = 0; j < nodes; j++)
			if (i != j)
				node_peer_add(w, w->node[i], w->node[j], BULLY_ROLE_CANDIDATE);
	graph(w, &in);
	for (i = 0; i < nodes; i++)
		node_start(w, w->node[i]);
	while (in.at < in.end && !w->failed)
		one(w, &in);
	if (!w->failed)
		heal(w, &mode);
	if (w->failed) {
		fprintf(stderr, "%s\n", w->why);
		abort();
	}
	world_free(w);
	return 0;
}
