// SPDX-License-Identifier: GPL-2.0-only
/* probe.c - a follower and its leader: probes, their answers, and when the leader is gone */
#include "clock.h"
#include "grant.h"
#include "hello.h"
#include "outbox.h"
#include "peers.h"
#include "probe.h"
#include "stand.h"
#include "wait.h"

/* An answer takes so much longer than on a network that suits the heartbeat (H3, E4). */
static u64 way(const struct bully_core *c)
{
	const struct bully_peer *p = bully_core_find(c, c->leader);
	u64 rtt = p ? bully_min(p->rtt, bully_detection(c)) : 0;

	return rtt > c->opts.heartbeat_ns / 4 ? rtt + rtt / 4 : 0;
}

static u64 gone_at(const struct bully_core *c)
{
	return c->probe.base + bully_detection(c) + way(c) - c->opts.look_ns;
}

/* E4, E11: returns true if the leader answered within the last interval. A dead one has not, by
 * the time that any node can know.
 */
bool bully_probe_is_answered(const struct bully_core *c)
{
	u64 hb = c->opts.heartbeat_ns;

	return c->now - c->probe.proof <= hb + hb / 2 + way(c);
}

/* A new leader: what it just said counts as an answer (H1). */
void bully_probe_begin(struct bully_core *c)
{
	u64 hb = c->opts.heartbeat_ns;

	c->probe.proof = c->now;
	c->probe.base = c->now;
	c->probe.unanswered = 0;
	c->probe.extra = 0;
	memset(c->probe.sent, 0, sizeof(c->probe.sent));
	/* not all followers at once: they learnt of the leader at the same moment */
	bully_timer_set(c, BULLY_T_TICK, c->now + hb / 2 + bully_jitter(c, hb / 2));
	bully_timer_set(c, BULLY_T_GONE, gone_at(c));
}

/* Heartbeat or misses changed. What is due stays due, or changes that come faster
 * than heartbeats would put off the next probe again and again.
 */
void bully_probe_rhythm(struct bully_core *c)
{
	bully_timer_advance(c, BULLY_T_TICK, c->now + c->opts.heartbeat_ns);
	bully_timer_set(c, BULLY_T_GONE, gone_at(c));
}

static void probe(struct bully_core *c, bool again)
{
	const struct bully_peer *p = bully_core_find(c, c->leader);
	struct bully_action *act;
	u32 slot;

	act = bully_send(c, BULLY_TO_PEER, c->leader, BULLY_MSG_HEARTBEAT, 0);
	bully_grant_in_probe(c, act);
	slot = c->probe.head++ % BULLY_PROBES;
	c->probe.sent[slot].seq = act->seq;
	c->probe.sent[slot].at = c->now;
	c->probe.sent[slot].again = again;
	if (p)
		bully_timer_set(c, BULLY_T_AGAIN,
				c->now + bully_max(c->opts.heartbeat_ns / 4, 2 * p->rtt));
}

/* Send a probe, and remember when (R3). */
void bully_probe_send(struct bully_core *c)
{
	probe(c, false);
	c->probe.unanswered++;
}

/* R13: a lost packet must not cost the leader a vote. */
void bully_probe_repeat(struct bully_core *c)
{
	if (c->state == BULLY_STATE_FOLLOWER && c->probe.unanswered)
		probe(c, true);
}

/* An extra probe, judged soon: a lower node misses the leader (E4). */
static void probe_extra(struct bully_core *c)
{
	u64 wait = bully_max(bully_max(c->opts.heartbeat_ns / 4, way(c)), 2 * c->opts.look_ns);

	bully_probe_send(c);
	bully_timer_set(c, BULLY_T_PROBE, c->now + wait);
}

/* A lower node misses the leader: ask the leader now. */
void bully_probe_now(struct bully_core *c)
{
	c->probe.extra = 0;
	probe_extra(c);
}

/* The extra probe had its time; one lost packet is not yet a verdict. Returns true if it is one. */
bool bully_probe_missed(struct bully_core *c)
{
	if (!c->probe.unanswered)
		return false;
	if (c->probe.extra++ >= 2)
		return true;
	probe_extra(c);
	return false;
}

/*
 * The leader has missed an interval, and this node would claim at once: ask
 * another whether it still receives the leader, so that one broken path makes no
 * second leader (E8). The answer comes before the verdict. More than one
 * question would break the bound of C4.
 */
static void ask_around(struct bully_core *c)
{
	u32 i = c->n_peers;

	if (!bully_stands(c) || bully_wait_rank(c))
		return;
	while (i--) {
		struct bully_peer *p = c->peer[i];

		if (p->id == c->leader || p->state != BULLY_PEER_STATE_UP)
			continue;
		bully_hello(c, p);
		return;
	}
}

void bully_probe_tick(struct bully_core *c, u64 late)
{
	if (late) {
		/* H4: the observer doubts itself first */
		c->probe.base += late;
		bully_timer_set(c, BULLY_T_GONE, gone_at(c));
	}
	if (c->opts.misses > 2 && c->probe.unanswered + 2 >= c->opts.misses &&
	    c->now + c->opts.heartbeat_ns + c->opts.heartbeat_ns / 4 >= gone_at(c) &&
	    c->now + c->opts.heartbeat_ns / 4 < gone_at(c))
		ask_around(c);
	bully_probe_send(c);
}

/* Returns when the first probe was sent that the leader has not answered. */
u64 bully_probe_first_unanswered(const struct bully_core *c)
{
	u64 first = c->now;
	u32 i;

	for (i = 0; i < BULLY_PROBES; i++)
		if (c->probe.sent[i].seq && c->probe.sent[i].at > c->probe.proof)
			first = bully_min(first, c->probe.sent[i].at);
	return first;
}

/* H3: returns true if the leader has been silent for the detection time. */
bool bully_probe_silent(const struct bully_core *c)
{
	return c->now >= gone_at(c);
}

/* H3: the leader is judged. Returns true if it is gone; else it is judged again later. */
bool bully_probe_gone(struct bully_core *c)
{
	if (c->probe.unanswered + 1 >= c->opts.misses && bully_probe_silent(c))
		return true;
	/* too few probes had their chance: wait for one more */
	bully_timer_set(c, BULLY_T_GONE, bully_max(gone_at(c), c->now + c->opts.heartbeat_ns));
	return false;
}

/* Returns the place of the probe that @m answers, BULLY_PROBES if there is none. */
u32 bully_probe_find(const struct bully_core *c, const struct bully_msg *m)
{
	u32 i;

	for (i = 0; i < BULLY_PROBES; i++)
		if (m->echo && c->probe.sent[i].seq == m->echo)
			break;
	return i;
}

/* H3: the leader has answered the probe at place @i: the leader lived when that was sent. */
void bully_probe_answered(struct bully_core *c, struct bully_peer *p, u32 i)
{
	u64 seq = c->probe.sent[i].seq;
	u32 k, since = 0;

	bully_peer_rtt(p, c->now - c->probe.sent[i].at);
	if (c->probe.sent[i].at >= c->probe.proof) {
		c->probe.proof = c->probe.sent[i].at;
		c->probe.base = bully_max(c->probe.base, c->probe.proof);
		for (k = 0; k < BULLY_PROBES; k++)
			since += c->probe.sent[k].seq > seq && !c->probe.sent[k].again;
		c->probe.unanswered = since;
		bully_timer_set(c, BULLY_T_GONE, gone_at(c));
		bully_timer_set(c, BULLY_T_PROBE, BULLY_NEVER);
		if (!since)
			bully_timer_set(c, BULLY_T_AGAIN, BULLY_NEVER);
	}
	c->probe.sent[i].seq = 0;
}

/* The leader is the same under a higher epoch: what it has proved stands. */
void bully_probe_resume(struct bully_core *c, u64 proof, u64 base)
{
	c->probe.proof = proof;
	c->probe.base = base;
	bully_timer_set(c, BULLY_T_GONE, gone_at(c));
}
