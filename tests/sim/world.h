/* SPDX-License-Identifier: GPL-2.0-only */
/* world.h - declares the virtual cluster: hosts, clocks and a network with faults */
#ifndef BULLY_SIM_WORLD_H
#define BULLY_SIM_WORLD_H

#include <stdio.h>

#include "core.h"

/*
 * One struct world is a whole cluster in one thread. Time is a number that
 * jumps from event to event, and all random numbers come from one generator. So a seed
 * always gives exactly the same run. Every message is encoded, carried as bytes and decoded.
 */

#define WORLD_NODES	256
#define WORLD_RXQ	256	/* packets that wait at a paused host */
#define WORLD_RING	128	/* actions of steps that are not drained yet */
#define WORLD_RULES	256
#define WORLD_WALL	1700000000000000ULL	/* us: wall clock at time 0 */

#define US		1000ULL
#define MS		1000000ULL
#define SEC		1000000000ULL

struct world;
struct node;
struct raft;

/* A peer as a host's core knows it, and the address of its host. */
struct slot {
	struct bully_peer peer;
	u32 addr;
	bool wrong;		/* the configured address belongs to no host */
	u8 noted;		/* enum bully_peer_state, of the last event */
};

struct packet {
	u64 at;
	u64 order;
	u32 src;
	u32 dst;
	u8 buf[BULLY_WIRE_LEN];
};

struct pending {
	struct bully_action act;
	u32 src;
};

/* What the invariants remember of a node; fields survive a crash if their comment says so. */
struct witness {
	u64 note_seq;
	u64 note_epoch;
	u32 note_leader;
	u8 note_state;
	u32 last_leader;	/* the last leader, also if there is none now */
	u64 claimed;		/* newest epoch that was noted as the node's own */
	u64 coord_epoch;	/* newest epoch in the node's own COORDINATOR */
	u32 claims;		/* how often that was a new one */
	u64 spin_at;		/* local time of the last timer step */
	u32 spins;		/* timer steps since then at the same time */
	u32 steps;		/* in the virtual millisecond of @steps_at */
	u64 steps_at;
	u64 leader_changes;	/* notes that changed the leader */
	u64 peer_events;
	u64 lease_until;	/* quorum mode: end of the last lease, by the node's clock */
	u64 lease_base;
	u64 lease_epoch;
	u64 resigned;		/* newest epoch that the node gave up by RESIGN */
	u32 successor;		/* the leader that it has followed since its resign command, or 0 */
	u32 reasons[__BULLY_REASON_MAX];
};

struct node {
	char label[12];
	u32 addr;
	u32 id;
	u8 role;
	struct bully_opts opts;

	struct bully_core *core;	/* NULL while the host is off */
	u32 lives;
	bool paused;
	bool halted;			/* paused, and its clock stands still */
	u64 paused_at;
	u64 stood_at;			/* the time at which its clock last stood still */
	bool absent;			/* in no set of voters: never started */
	u32 set;			/* quorum.c: the set that it is configured for */
	enum bully_link link;		/* as the core was told; peers permitting */
	bool unplugged;			/* the network's view */

	u64 off;			/* offset of its clock, ns */
	int ppm;			/* error of its clock's rate */
	int64_t wall_off;			/* of its wall clock, us */
	u64 late;			/* timers come late by this */
	u64 late_jitter;		/* and by a random part of this */
	u64 armed;			/* the deadline of @fire_at */
	u64 fire_at;			/* global time of the next timer step */
	bool lazy;			/* sometimes drains only after the next step */

	u32 rxq_n;
	struct packet *rxq[WORLD_RXQ];
	u32 ring_n;
	struct pending ring[WORLD_RING];

	struct slot *slot[WORLD_NODES];	/* by the peer's address */
	struct raft *raft;		/* instead of a core, if the world has a rival */
	struct witness seen;
};

enum rule_kind { RULE_DROP, RULE_HOLD, RULE_DUP, RULE_DELAY };

/* A rule of a transcript for messages that enter the network. */
struct rule {
	enum rule_kind kind;
	u32 from;		/* addresses; 0 for any, else address + 1 */
	u32 to;
	u8 type;		/* 0 for any */
	int count;		/* the remaining messages; -1 for all */
	u64 by;			/* RULE_DELAY */
};

/* Q2: the owner of an epoch, remembered for the whole run. */
struct owner {
	u64 epoch;
	u64 session;
	u32 addr;
};

struct counts {
	u64 tx[__BULLY_MSG_MAX];
	u64 all;
};

/* An election in the place of the core, on the same network (raft.c). */
struct rival {
	void (*receive)(struct world *w, struct node *n, const struct bully_msg *msg);
	void (*timer)(struct world *w, struct node *n);
};

struct world {
	u64 now;
	u64 rng;
	u64 order;
	u32 n;
	struct node *node[WORLD_NODES];
	char group[BULLY_NAME_LEN];
	const struct rival *rival;	/* NULL: the nodes run the core */

	/* the network */
	u64 lat_min;
	u64 lat_jitter;
	u32 loss;		/* per 10,000 */
	u32 dup;		/* per 10,000 */
	u32 slow;		/* per 10,000: delayed by up to @slow_by */
	u64 slow_by;
	bool cut[WORLD_NODES][WORLD_NODES];
	struct rule rule[WORLD_RULES];
	u32 rules;
	u32 held_n;
	struct packet **held;
	u32 heap_n;
	u32 heap_room;
	struct packet **heap;

	struct counts sent;
	struct owner *owners;
	u32 n_owners;
	bool honest;		/* every message is sent by a core */
	bool skewed;		/* wall clocks differ: a restart may use an epoch twice (R5) */
	bool chaos;		/* early and backward calls, lazy draining */

	/* output */
	FILE *out;
	bool log_msgs;
	bool log_heartbeats;
	bool log_timers;

	/* the verdict */
	bool failed;
	char why[512];
};

/* Sets the default options, but with hold-down off. */
void world_opts(struct bully_opts *opts);

struct world *world_new(u64 seed);

/* Makes a world whose random numbers are independent of the neighbouring seeds. */
struct world *world_of_seed(u64 seed);
void world_free(struct world *w);
struct node *world_add(struct world *w, const char *label, u32 id, u8 role);

/* Adds @n candidates that know each other. Their ids count from 1, and are their labels. */
void world_group(struct world *w, u32 n);

/* Makes the first @n nodes known to each other, each in its own role. */
void world_acquaint(struct world *w, u32 n);

/* Starts the first @n nodes that are off. */
void world_start(struct world *w, u32 n);
struct node *world_find(struct world *w, const char *label);
void world_run(struct world *w, u64 until);
bool world_step(struct world *w, u64 until);

__attribute__((format(printf, 3, 4)))
void world_fail(struct world *w, const char *rule, const char *fmt, ...);

/* The set of the first @n nodes, and whether a node is in a set; all nodes from the 64th on are. */
u64 world_set(u32 n);
bool world_in_set(u64 set, u32 addr);

/* Returns the sum of the leader changes that the nodes of @set have seen. */
u64 world_changes(const struct world *w, u64 set);

/* Returns a random number of the generator whose state is @rng. */
u64 world_draw(u64 *rng);
u64 world_rand(struct world *w);
u64 world_below(struct world *w, u64 n);	/* 0 to n - 1; 0 if n is 0 */
bool world_chance(struct world *w, u32 per_10000);

/* node.c: a host and its core */
u64 node_local(const struct node *n, u64 t);
u64 node_wall(const struct world *w, const struct node *n);
void node_start(struct world *w, struct node *n);
void node_crash(struct world *w, struct node *n);
void node_stop(struct world *w, struct node *n, enum bully_reason reason);
void node_pause(struct world *w, struct node *n, bool halt);
void node_resume(struct world *w, struct node *n, bool timer_first);
void node_doubt(struct world *w, struct node *n, u64 session);
void node_set_link(struct world *w, struct node *n, enum bully_link link);
void node_set_opts(struct world *w, struct node *n, const struct bully_opts *opts,
		   enum bully_reason reason);
const char *node_elect(struct world *w, struct node *n);
/* Before a start: sets quorum mode with this lease, or classic mode if it is 0. */
void node_set_lease(struct node *n, u64 lease_ns);

/* The owner tells how far its data is (F4); a host that restarts has no owner yet. */
void node_set_position(struct world *w, struct node *n, u64 term, u64 index);
void node_punctual(struct world *w, struct node *n);
const char *node_resign(struct world *w, struct node *n);
/* One request to hand over to the peer @id (S11). Sets @again if it is to be repeated soon. */
const char *node_resign_to(struct world *w, struct node *n, u32 id, bool *again);
void node_peer_add(struct world *w, struct node *n, struct node *peer, u8 role);
void node_peer_set(struct world *w, struct node *n, struct node *peer, u8 role);
void node_peer_address(struct world *w, struct node *n, struct node *peer, bool wrong);
void node_peer_del(struct world *w, struct node *n, struct node *peer);
void node_timer(struct world *w, struct node *n);
void node_receive(struct world *w, struct node *n, struct packet *p);
bool node_up(const struct node *n);

/* net.c */
void net_send(struct world *w, struct node *from, u32 dst, const struct bully_msg *msg, bool wrong);
bool net_next(struct world *w, u64 *at);
void net_deliver(struct world *w);
void net_release(struct world *w);
void net_clear(struct world *w);
void net_free(struct world *w);

/* Returns how many messages were sent that are neither a heartbeat nor its answer. */
u64 net_others(const struct world *w);

/* print.c: lines for a reader */
const char *print_state(u8 state);
const char *print_reason(u8 reason);
const char *print_drop(u8 drop);
const char *print_type(u8 type);
const char *print_role(u8 role);
const char *print_link(u8 link);
const char *print_timer(u32 timer);
const char *print_epoch(u64 epoch, char *buf);
void print_msg(struct world *w, const struct node *from, u32 dst,
	       const struct bully_msg *msg, const char *fate);
void print_note(struct world *w, const struct node *n, const struct bully_note *note);
void print_drop_line(struct world *w, const struct node *n, const struct bully_msg *msg,
		     enum bully_drop drop);
void print_line(struct world *w, const struct node *n, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void print_nodes(struct world *w);
int print_find(const char *word, const char *(*name)(u8), int first, int end);

#endif /* BULLY_SIM_WORLD_H */
