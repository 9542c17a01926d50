// SPDX-License-Identifier: GPL-2.0-only
/* steps.c - repeats the steps of the steady state, each in a function that callgrind counts */
#include <stdio.h>
#include <stdlib.h>

#include "check.h"
#include "world.h"

#define ROUNDS 1000

/* The functions that callgrind counts; --toggle-collect gets the name of one. */
void count_follower_tick(struct bully_core *c, struct bully_event *ev, struct bully_actions *out);
void count_leader_heartbeat(struct bully_core *c, struct bully_event *ev,
			    struct bully_actions *out);
void count_follower_ack(struct bully_core *c, struct bully_event *ev, struct bully_actions *out);
void count_expand_encode(struct bully_core *c, struct bully_actions *out, u8 *buf);
void count_decode(struct bully_msg *m, const u8 *buf);

__attribute__((noinline))
void count_follower_tick(struct bully_core *c, struct bully_event *ev, struct bully_actions *out)
{
	bully_core_step(c, ev, out);
}

__attribute__((noinline))
void count_leader_heartbeat(struct bully_core *c, struct bully_event *ev,
			    struct bully_actions *out)
{
	bully_core_step(c, ev, out);
}

__attribute__((noinline))
void count_follower_ack(struct bully_core *c, struct bully_event *ev, struct bully_actions *out)
{
	bully_core_step(c, ev, out);
}

__attribute__((noinline))
void count_expand_encode(struct bully_core *c, struct bully_actions *out, u8 *buf)
{
	struct bully_peer *peer;
	struct bully_msg m;
	u32 cursor = 0;

	if (!out->n || !bully_core_next_msg(c, &out->act[0], &cursor, &m, &peer)) {
		fprintf(stderr, "no message where one is due\n");
		exit(1);
	}
	bully_wire_encode(&m, buf);
}

__attribute__((noinline))
void count_decode(struct bully_msg *m, const u8 *buf)
{
	if (bully_wire_decode(m, buf, BULLY_WIRE_LEN)) {
		fprintf(stderr, "a message cannot be read\n");
		exit(1);
	}
}

/* Makes one heartbeat of node 1 and its answer; the rest of the cluster stands still. */
static void round_trip(struct world *w, struct node *follower, struct node *leader)
{
	static struct bully_actions out;
	struct bully_event tick = { .type = BULLY_EV_TIMER }, msg = { .type = BULLY_EV_MSG };
	u8 buf[BULLY_WIRE_LEN];
	struct bully_msg m;

	tick.now = follower->core->clock.timer[BULLY_T_TICK];
	tick.wall_us = node_wall(w, follower);
	count_follower_tick(follower->core, &tick, &out);
	count_expand_encode(follower->core, &out, buf);

	count_decode(&m, buf);
	msg.msg = &m;
	msg.now = leader->core->now + 1000;
	msg.wall_us = tick.wall_us;
	count_leader_heartbeat(leader->core, &msg, &out);
	count_expand_encode(leader->core, &out, buf);

	count_decode(&m, buf);
	msg.now = tick.now + 200000;
	count_follower_ack(follower->core, &msg, &out);
	if (follower->core->state != BULLY_STATE_FOLLOWER ||
	    follower->core->stats.rx[BULLY_MSG_HEARTBEAT_ACK] == 0) {
		fprintf(stderr, "the follower is astray\n");
		exit(1);
	}
}

int main(int argc, char **argv)
{
	u32 n = argc > 1 ? (u32)atoi(argv[1]) : 3, i;
	struct world *w = world_new(1);

	world_group(w, n);
	world_start(w, n);
	world_run(w, w->now + 3 * SEC);
	if (check_agreed(w, (1ULL << n) - 1)) {
		fprintf(stderr, "no agreement\n");
		return 1;
	}
	for (i = 0; i < ROUNDS; i++)
		round_trip(w, w->node[0], w->node[n - 1]);
	printf("%u\n", ROUNDS);
	world_free(w);
	return 0;
}
