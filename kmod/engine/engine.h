/* SPDX-License-Identifier: GPL-2.0-only */
/* engine.h - owns the run of a core: its lock, its steps, its timer and its ring of messages */
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
#define BULLY_RING_PACKETS 60 /* the rest is for RESIGN, which is never repeated */
#define BULLY_RING_SOURCE 32 /* for answers to the source: no flood of questions takes the rest */
#define BULLY_DRAIN_MAX 512 /* the most packets that one drain sends */

/**
 * struct bully_queued - a message that waits to be sent
 * @act: the action of the core
 * @cursor: how far @act is expanded into packets
 * @path: the way of the message that caused the step, or all zero
 */
struct bully_queued {
	struct bully_action act;
	u32 cursor;
	struct bully_path path;
};

/**
 * struct bully_packet - one packet, taken out of the ring under the lock
 * @route: the route cache of the peer, protected by RCU; NULL if the cache does not apply
 * @bs: the socket that sends the packet, protected by RCU; NULL if there is none
 * @to: the destination
 * @from: the requested source, without an address for any source
 * @keys: the keys that sign the packet, protected by RCU; NULL for a packet without a tag
 * @buf: the bytes of the packet
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
 * struct bully_engine_ops - the functions that an engine calls
 * @event: takes one event of the present step, in order; under the lock
 * @stepped: a step was made, and none of its packets has left yet; under the lock
 * @address: fill in all of a packet but its content; under the lock. The peer is NULL for a packet
 *	to the source of the message that caused the step
 * @send: send a packet; without the lock, bottom halves off, RCU read-locked; returns an errno
 * @drained: the packets in the ring have left, or BULLY_DRAIN_MAX of them; under the lock
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
 * @ops: the functions of the engine's user
 * @core: the election, in the user's memory (G)
 * @timer: armed under G
 * @lock: taken with bottom halves off; nothing is sent and nothing sleeps under it
 * @due: CLOCK_BOOTTIME in ns: when the user's @due is called, BULLY_NEVER for never (G)
 * @started: BULLY_EV_START was stepped (G)
 * @dead: BULLY_EV_STOP was stepped, or the engine never started: only peers may change,
 *	the timer is not armed, nothing is queued (G for write; the user may read it otherwise)
 * @draining: a context sends the messages of the ring (G)
 * @head: the next message to be sent; counts on without wrapping at BULLY_RING (G)
 * @tail: the place of the next message; counts like @head (G)
 * @tx_errors: packets not sent (G)
 * @tx_overruns: messages for which the ring had no room (G)
 * @idle: woken when a drain of a dead engine ends
 * @ring: the messages that wait to be sent (G)
 * @actions: the table of the present step (G)
 *
 * (G) protected by @lock. The two counters only rise.
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
