// SPDX-License-Identifier: GPL-2.0-only
/*
 * engine.c - steps a core and sends the packets of the core
 *
 * A step runs under the engine's lock. The step hands its events to the engine's user and
 * puts its messages into the ring. The context that stepped drains the ring, unless another
 * context is draining it. A drain takes the messages in order, expands each message into
 * packets under the lock, and sends the packets without the lock. So nothing is sent under
 * the lock, and packets stay in order, whichever contexts made the steps. A reader releases
 * the lock with bully_engine_unlock_quiet() and sends nothing.
 *
 * Steps and drains run with bottom halves off. A drain sends at most BULLY_DRAIN_MAX
 * packets; the tasklet or bully_engine_flush() sends the rest.
 *
 * The engine calls its user only through struct bully_engine_ops.
 */
#include <linux/ktime.h>

#include "base/trace.h"
#include "engine/engine.h"

/* The tasklet arms the timer at the earliest this long after its own run, so that a mistake
 * in the core cannot occupy a processor.
 */
#define BULLY_REARM_NS 20000

void bully_engine_lock(struct bully_engine *engine) __acquires(&engine->lock)
{
	spin_lock_bh(&engine->lock);
}

/* Returns how many messages may be in the ring before this one. */
static unsigned int bully_engine_room(const struct bully_action *act)
{
	if (act->type == BULLY_MSG_RESIGN)
		return BULLY_RING;
	return act->target == BULLY_TO_SOURCE ? BULLY_RING_SOURCE : BULLY_RING_PACKETS;
}

/* Put the messages of a step into the ring. All but RESIGN leave room for RESIGN. */
static void bully_engine_drain_queue(struct bully_engine *engine, const struct bully_path *path)
{
	u32 i;

	for (i = 0; i < engine->actions.n; i++) {
		const struct bully_action *act = &engine->actions.act[i];
		unsigned int used = engine->tail - engine->head;
		struct bully_queued *queued;

		if (act->kind != BULLY_ACT_SEND)
			continue;
		if (used >= bully_engine_room(act)) {
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

/* Number the events of the step, and hand them to the engine's user. */
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
 * bully_engine_step() - step the core by one event
 * @engine: locked; if it is dead, @event must be a change of a peer
 * @event: the event; its times are set here
 * @path: the way that the message of a BULLY_EV_MSG took; else NULL
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
	bully_engine_events(engine); /* first: the page shows the number of the last event */
	engine->ops->stepped(engine); /* R6: the page is written before any packet leaves */
	bully_engine_drain_queue(engine, path);
	return verdict;
}

/* Take the next packet out of the ring. Return: false if there is none */
static bool bully_engine_drain_next(struct bully_engine *engine, struct bully_packet *out)
{
	while (engine->head != engine->tail) {
		struct bully_queued *queued = &engine->ring[engine->head % BULLY_RING];
		struct bully_peer *peer;
		struct bully_msg msg;

		if (bully_core_next_msg(engine->core, &queued->act, &queued->cursor, &msg,
					&peer)) {
			engine->ops->address(engine, queued, peer, out);
			bully_wire_encode(&msg, out->buf);
			return true;
		}
		engine->head++;
	}
	return false;
}

/* Send what is in the ring, up to BULLY_DRAIN_MAX packets. Each is sent without the lock. */
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

/* Send packets, then let the user send events. Caller holds the lock. */
static void bully_engine_drain(struct bully_engine *engine)
{
	lockdep_assert_held(&engine->lock);
	if (engine->draining)
		return; /* the context that is draining calls drained() */
	if (engine->head != engine->tail)
		bully_engine_drain_packets(engine);
	engine->ops->drained(engine);
}

/* Returns when the tasklet must run next, for the core or for the engine's user. */
static u64 bully_engine_deadline(const struct bully_engine *engine)
{
	return min(bully_core_deadline(engine->core), engine->due);
}

/* Arm the timer, send packets and release the lock. */
void bully_engine_unlock(struct bully_engine *engine) __releases(&engine->lock)
{
	lockdep_assert_held(&engine->lock);
	if (!engine->dead && engine->started)
		bully_timer_arm(&engine->timer, bully_engine_deadline(engine));
	bully_engine_drain(engine);
	spin_unlock_bh(&engine->lock);
}

/*
 * Release the lock without sending, where nothing was stepped. A caller that only reads may
 * have any priority. If that caller drained, all other contexts would leave their packets to
 * it.
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
 * are sending them. May sleep. A dead engine queues no packets, so the wait ends.
 */
void bully_engine_flush(struct bully_engine *engine)
{
	wait_event(engine->idle, bully_engine_drain_done(engine));
}

/* The tasklet: a deadline has come, or a drain left packets in the ring. */
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

/* Returns true if the locked engine takes datagrams; counts the drop otherwise. */
bool bully_engine_receives(struct bully_engine *engine)
{
	bool receives = !engine->dead && engine->started;

	lockdep_assert_held(&engine->lock);
	engine->core->stats.drops[BULLY_DROP_INACTIVE] += !receives;
	return receives;
}

/**
 * bully_engine_init() - prepare an engine to run a core
 * @engine: the engine, all zero
 * @core: the core, initialised by bully_core_init()
 * @ops: the functions of the engine's user
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
