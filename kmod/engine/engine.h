/* SPDX-License-Identifier: GPL-2.0 */
/* engine.h - owns how a core is run: its lock, its step, its timer and its ring of messages */
#ifndef BULLY_ENGINE_H
#define BULLY_ENGINE_H

#include <linux/spinlock.h>
#include <linux/wait.h>
#include <net/dst_cache.h>

#include "base/timer.h"
#include "core/core.h"
#include "core/wire.h"
#include "transport/addr.h"

struct bully_engine;
struct bully_keys;
struct bully_socket;

#define BULLY_RING 64 /* messages; a power of two */
#define BULLY_RING_PACKETS 60 /* the rest is left to RESIGN, which nothing repeats */
#define BULLY_DRAIN_MAX 512 /* packets that one drain sends */

/**
 * struct bully_queued - a message that waits to be sent
 * @act: what the core wants
 * @cursor: how far it is expanded
 * @path: where the message of that step came from, for BULLY_TO_SOURCE
 */
struct bully_queued {
	struct bully_action act;
	u32 cursor;
	struct bully_path path;
};

/**
 * struct bully_packet - one packet, taken out under the lock
 * @route: where the route of the peer that it is for is kept; RCU keeps it; NULL if it
 *	goes elsewhere
 * @bs: the socket that it leaves from; RCU keeps it; NULL if there is none
 * @to: where it goes
 * @from: the source that it should have, without an address for any
 * @keys: the keys that it is signed with; RCU keeps them; NULL if it is not
 * @buf: the packet
 */
struct bully_packet {
	struct dst_cache *route;
	struct bully_socket *bs;
	struct bully_addr to;
	struct bully_addr from;
	struct bully_keys *keys;
	u8 buf[BULLY_WIRE_LEN];
};

/**
 * struct bully_engine_ops - what an engine asks of its user
 * @event: an event of the present step, in its order; under the lock
 * @stepped: a step was made; nothing of it has left yet; under the lock
 * @address: fill in where a packet goes and all else but its content; under the lock
 * @send: send a packet; without the lock, bottom halves off, RCU read-locked; returns an errno
 * @drained: packets that there were have left; under the lock
 * @due: bully_engine.due has come; under the lock, before the step of the timer
 *
 * No op may sleep.
 */
struct bully_engine_ops {
	void (*event)(struct bully_engine *engine, const struct bully_note *note);
	void (*stepped)(struct bully_engine *engine);
	void (*address)(struct bully_engine *engine, const struct bully_queued *queued,
			struct bully_peer *peer, struct bully_packet *packet);
	int (*send)(struct bully_engine *engine, struct bully_packet *packet);
	void (*drained)(struct bully_engine *engine);
	void (*due)(struct bully_engine *engine, u64 now);
};

/**
 * struct bully_engine - runs one core
 * @ops: its user
 * @core: the election, which its user has (G)
 * @timer: armed under G
 * @lock: taken with bottom halves off; nothing is sent and nothing sleeps under it
 * @due: CLOCK_BOOTTIME in ns: when the user is called, BULLY_NEVER for never (G)
 * @started: BULLY_EV_START was stepped (G)
 * @dead: BULLY_EV_STOP was stepped: only peers may still come and go, the timer is not
 *	armed, nothing is queued (G for write; its user may read it otherwise)
 * @draining: somebody sends what is in the ring (G)
 * @head: next to be sent; counts on without wrapping at BULLY_RING (G)
 * @tail: where the next message goes (G)
 * @tx_errors: packets not sent (G)
 * @tx_overruns: packets for which the ring had no room (G)
 * @idle: woken when a drain of a dead engine ends
 * @ring: (G)
 * @actions: the table of the present step (G)
 *
 * (G) by @lock. The two counters only rise.
 */
struct bully_engine {
	const struct bully_engine_ops *ops;
	struct bully_core *core;
	struct bully_group_timer timer;
	spinlock_t lock; /* G */
	u64 due;
	bool started;
	bool dead;
	bool draining;
	unsigned int head;
	unsigned int tail;
	u64 tx_errors;
	u64 tx_overruns;
	wait_queue_head_t idle;
	struct bully_queued ring[BULLY_RING];
	struct bully_actions actions;
};

void bully_engine_init(struct bully_engine *engine, struct bully_core *core,
		       const struct bully_engine_ops *ops);
void bully_engine_lock(struct bully_engine *engine) __acquires(&engine->lock);
enum bully_drop bully_engine_step(struct bully_engine *engine, struct bully_event *event,
				  const struct bully_path *path);
bool bully_engine_receives(struct bully_engine *engine);
void bully_engine_unlock(struct bully_engine *engine) __releases(&engine->lock);
void bully_engine_unlock_quiet(struct bully_engine *engine) __releases(&engine->lock);
void bully_engine_flush(struct bully_engine *engine);

#endif /* BULLY_ENGINE_H */
