// SPDX-License-Identifier: GPL-2.0
/*
 * engine.c - steps a core, and has its packets sent
 *
 * A step happens under the engine's lock. It gives its events to the engine's user and
 * leaves its messages in the ring. The context that stepped drains the ring, unless another
 * context drains it already: it takes the messages in their order, expands each under the
 * lock into packets, and has those sent without the lock. So nothing is sent under a lock,
 * and packets stay in order, whichever contexts the steps came from. A reader lets go of the
 * lock by bully_engine_unlock_quiet() and sends nothing.
 *
 * Steps and drains run with bottom halves off. A drain sends no more than BULLY_DRAIN_MAX
 * packets at once; the tasklet or bully_engine_flush() sends the rest.
 *
 * The engine knows its user by struct bully_engine_ops alone.
 */
#include <linux/ktime.h>

#include "base/trace.h"
#include "engine/engine.h"

/* After the tasklet has run it does not run again before this time has passed,
 * whatever the core says: no mistake there may take a processor.
 */
#define BULLY_REARM_NS 20000

void bully_engine_lock(struct bully_engine *engine) __acquires(&engine->lock)
{
	spin_lock_bh(&engine->lock);
}

/* Keep a step's messages. They leave room for a farewell, which nothing repeats. */
static void bully_engine_drain_queue(struct bully_engine *engine, const struct bully_path *path)
{
	u32 i;

	for (i = 0; i < engine->actions.n; i++) {
		const struct bully_action *act = &engine->actions.act[i];
		unsigned int used = engine->tail - engine->head;
		struct bully_queued *queued;

		if (act->kind != BULLY_ACT_SEND)
			continue;
		if (used >= (act->type == BULLY_MSG_RESIGN ? BULLY_RING : BULLY_RING_PACKETS)) {
			engine->tx_overruns++;
			continue;
		}
		queued = &engine->ring[engine->tail++ % BULLY_RING];
		queued->act = *act;
		queued->cursor = 0;
		if (path)
			queued->path = *path;
		else
			memset(&queued->path, 0, sizeof(queued->path));
	}
}

/* Give the events of the step that was just made their numbers, and pass them on. */
static void bully_engine_events(struct bully_engine *engine)
{
	u32 i;

	for (i = 0; i < engine->actions.n; i++) {
		const struct bully_action *act = &engine->actions.act[i];
		struct bully_note note;
		u32 cursor = 0;

		if (act->kind != BULLY_ACT_EVENT)
			continue;
		while (bully_core_next_event(engine->core, act, &cursor, &note)) {
			if (note.kind == BULLY_NOTE_LEADER || note.kind == BULLY_NOTE_STATE)
				trace_bully_state(engine->core, &note);
			engine->ops->event(engine, &note);
		}
	}
}

/**
 * bully_engine_step() - let something happen to a core
 * @engine: locked and not dead
 * @event: what; its times are set here
 * @path: where the message of a BULLY_EV_MSG came from; else NULL
 *
 * Return: the verdict of the core
 */
enum bully_drop bully_engine_step(struct bully_engine *engine, struct bully_event *event,
				  const struct bully_path *path)
{
	enum bully_drop verdict;

	lockdep_assert_held(&engine->lock);
	event->now = ktime_get_boottime_ns();
	event->wall_us = div_u64(ktime_get_real_ns(), NSEC_PER_USEC);
	verdict = bully_core_step(engine->core, event, &engine->actions);
	if (event->type == BULLY_EV_MSG || event->type == BULLY_EV_DROP)
		trace_bully_receive(engine->core, event->type == BULLY_EV_MSG ? event->msg : NULL,
				    verdict);
	bully_engine_events(engine); /* first: the page tells the number of the last event */
	engine->ops->stepped(engine); /* R6: before anything of it is heard anywhere */
	bully_engine_drain_queue(engine, path);
	return verdict;
}

/* Take out the next packet. Return: false if there is none. */
static bool bully_engine_drain_next(struct bully_engine *engine, struct bully_packet *out)
{
	while (engine->head != engine->tail) {
		struct bully_queued *queued = &engine->ring[engine->head % BULLY_RING];
		struct bully_peer *peer;
		struct bully_msg msg;

		peer = bully_core_next_msg(engine->core, &queued->act, &queued->cursor, &msg);
		if (peer) {
			engine->ops->address(engine, queued, peer, out);
			bully_wire_encode(&msg, out->buf);
			return true;
		}
		engine->head++;
	}
	return false;
}

/* Nobody else is draining. The lock is let go of while something is sent. */
static void bully_engine_drain_packets(struct bully_engine *engine)
{
	unsigned int budget = BULLY_DRAIN_MAX;
	struct bully_packet out;

	engine->draining = true;
	rcu_read_lock();
	while (budget-- && bully_engine_drain_next(engine, &out)) {
		int err;

		spin_unlock(&engine->lock);
		err = engine->ops->send(engine, &out);
		spin_lock(&engine->lock);
		engine->tx_errors += !!err;
	}
	rcu_read_unlock();
	engine->draining = false;
	if (engine->dead)
		wake_up_all(&engine->idle);
	else if (engine->head != engine->tail)
		bully_timer_kick(&engine->timer);
}

/* Packets first, and then events. Caller holds the lock. */
static void bully_engine_drain(struct bully_engine *engine)
{
	lockdep_assert_held(&engine->lock);
	if (engine->draining)
		return; /* the context that drains calls drained(), too */
	if (engine->head != engine->tail)
		bully_engine_drain_packets(engine);
	engine->ops->drained(engine);
}

/* When the tasklet must run: for the core, or for the engine's user. */
static u64 bully_engine_deadline(const struct bully_engine *engine)
{
	return min(bully_core_deadline(engine->core), engine->due);
}

/* Let go of the lock, after arming the timer and sending what there is to send. */
void bully_engine_unlock(struct bully_engine *engine) __releases(&engine->lock)
{
	lockdep_assert_held(&engine->lock);
	if (!engine->dead && engine->started)
		bully_timer_arm(&engine->timer, bully_engine_deadline(engine));
	bully_engine_drain(engine);
	spin_unlock_bh(&engine->lock);
}

/*
 * Let go of the lock where nothing was stepped. Sends nothing: a caller that only asks may
 * have any priority, and while it drained all others would leave their packets to it.
 */
void bully_engine_unlock_quiet(struct bully_engine *engine) __releases(&engine->lock)
{
	lockdep_assert_held(&engine->lock);
	spin_unlock_bh(&engine->lock);
}

static bool bully_engine_drain_done(struct bully_engine *engine)
{
	bool done;

	bully_engine_lock(engine);
	bully_engine_drain(engine);
	done = !engine->draining && engine->head == engine->tail;
	spin_unlock_bh(&engine->lock);
	return done;
}

/*
 * Send all packets that a dead engine still has to send, and wait for the contexts that
 * are sending them. May sleep. Nothing is queued any more, so this ends.
 */
void bully_engine_flush(struct bully_engine *engine)
{
	wait_event(engine->idle, bully_engine_drain_done(engine));
}

/* The tasklet: a deadline has come, or a drain left something over. */
static void bully_engine_tick(struct tasklet_struct *tasklet)
{
	struct bully_engine *engine = container_of(tasklet, struct bully_engine, timer.tasklet);
	struct bully_event event = { .type = BULLY_EV_TIMER };
	u64 now, deadline, late;

	bully_engine_lock(engine);
	if (!engine->dead) {
		now = ktime_get_boottime_ns();
		late = bully_timer_fired(&engine->timer, now);
		trace_bully_timer(engine->core, late);
		if (now >= engine->due)
			engine->ops->due(engine, now);
		bully_engine_step(engine, &event, NULL);
		deadline = bully_engine_deadline(engine);
		if (deadline != BULLY_NEVER)
			deadline = max(deadline, now + BULLY_REARM_NS);
		bully_timer_arm(&engine->timer, deadline);
	}
	bully_engine_drain(engine);
	spin_unlock_bh(&engine->lock);
}

/* Returns true if the core, which is locked, takes datagrams now; counts the drop otherwise. */
bool bully_engine_receives(struct bully_engine *engine)
{
	bool receives = !engine->dead && engine->started;

	lockdep_assert_held(&engine->lock);
	engine->core->stats.drops[BULLY_DROP_INACTIVE] += !receives;
	return receives;
}

/**
 * bully_engine_init() - prepare to run a core
 * @engine: all zero
 * @core: initialised by bully_core_init()
 * @ops: the engine's user
 */
void bully_engine_init(struct bully_engine *engine, struct bully_core *core,
		       const struct bully_engine_ops *ops)
{
	engine->ops = ops;
	engine->core = core;
	engine->due = BULLY_NEVER;
	spin_lock_init(&engine->lock);
	init_waitqueue_head(&engine->idle);
	bully_timer_init(&engine->timer, bully_engine_tick);
}
