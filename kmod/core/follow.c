// SPDX-License-Identifier: GPL-2.0
/* follow.c - a follower and its leader: probes, their answers, and the verdict */
#include "internal.h"

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

/* Did the leader answer within its last interval? A dead one has not, by the time
 * that anybody can know (rules E4, E11).
 */
bool bully_follow_answered(const struct bully_core *c)
{
	u64 hb = c->opts.heartbeat_ns;

	return c->now - c->probe.proof <= hb + hb / 2 + way(c);
}

/* A new leader: what it just said counts as an answer (rule H1). */
void bully_follow_begin(struct bully_core *c)
{
	u64 hb = c->opts.heartbeat_ns;

	c->probe.proof = c->now;
	c->probe.base = c->now;
	c->probe.unanswered = 0;
	c->probe.extra = 0;
	memset(c->probe.sent, 0, sizeof(c->probe.sent));
	/* not all followers at once: they heard of the leader at the same moment */
	bully_timer_set(c, BULLY_T_TICK, c->now + hb / 2 + bully_jitter(c, hb / 2));
	bully_timer_set(c, BULLY_T_GONE, gone_at(c));
}

/* Heartbeat or misses changed. What is due stays due, or changes that come faster
 * than heartbeats would put off the next probe for ever.
 */
void bully_follow_rhythm(struct bully_core *c)
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
	bully_vote_in_probe(c, act);
	slot = c->probe.head++ % BULLY_PROBES;
	c->probe.sent[slot].seq = act->seq;
	c->probe.sent[slot].at = c->now;
	c->probe.sent[slot].again = again;
	if (p)
		bully_timer_set(c, BULLY_T_AGAIN,
				c->now + bully_max(c->opts.heartbeat_ns / 4, 2 * p->rtt));
}

/* Send a probe, and remember when (R3). */
void bully_follow_probe(struct bully_core *c)
{
	probe(c, false);
	c->probe.unanswered++;
}

/* R13: a lost packet must not cost the leader a vote. */
void bully_follow_again(struct bully_core *c)
{
	if (c->state == BULLY_STATE_FOLLOWER && c->probe.unanswered)
		probe(c, true);
}

/* Somebody lower asks for an election although there is a leader (rule E4). */
void bully_follow_suspect(struct bully_core *c)
{
	u64 hb = c->opts.heartbeat_ns;

	if (c->clock.timer[BULLY_T_PROBE] != BULLY_NEVER)
		return;
	if (!bully_follow_answered(c)) {
		bully_elect(c, BULLY_REASON_LEADER_TIMEOUT);
		return;
	}
	c->probe.extra = 0;
	bully_follow_probe(c);
	bully_timer_set(c, BULLY_T_PROBE,
			c->now + bully_max(bully_max(hb / 4, way(c)), 2 * c->opts.look_ns));
}

/* The extra probe had its time; one lost packet is not yet a verdict. */
void bully_follow_probe_over(struct bully_core *c)
{
	u64 hb = c->opts.heartbeat_ns;

	if (!c->probe.unanswered)
		return;
	if (c->probe.extra++ < 2) {
		bully_follow_probe(c);
		bully_timer_set(c, BULLY_T_PROBE,
				c->now + bully_max(bully_max(hb / 4, way(c)), 2 * c->opts.look_ns));
		return;
	}
	bully_elect(c, BULLY_REASON_LEADER_TIMEOUT);
}

/*
 * The leader has missed an interval, and this node would claim at once: ask
 * another whether it still hears the leader, so that one broken path makes no
 * second leader (rule E8). The answer comes before the verdict. More than one
 * question would break the bound of C4.
 */
static void ask_around(struct bully_core *c)
{
	u32 i = c->n_peers;

	if (!bully_stands(c) || bully_rank(c))
		return;
	while (i--) {
		struct bully_peer *p = c->peer[i];

		if (p->id == c->leader || p->state != BULLY_PEER_STATE_UP)
			continue;
		bully_hello(c, p);
		return;
	}
}

void bully_follow_tick(struct bully_core *c, u64 late)
{
	bully_voters_ask(c);
	bully_addresses_expire(c);
	if (late) {
		/* the observer doubts itself first (rule H4) */
		c->probe.base += late;
		bully_timer_set(c, BULLY_T_GONE, gone_at(c));
	}
	if (c->opts.misses > 2 && c->probe.unanswered + 2 >= c->opts.misses &&
	    c->now + c->opts.heartbeat_ns + c->opts.heartbeat_ns / 4 >= gone_at(c) &&
	    c->now + c->opts.heartbeat_ns / 4 < gone_at(c))
		ask_around(c);
	bully_follow_probe(c);
}

/* When was the first probe sent that the leader has not answered? */
static u64 first_unanswered(const struct bully_core *c)
{
	u64 first = c->now;
	u32 i;

	for (i = 0; i < BULLY_PROBES; i++)
		if (c->probe.sent[i].seq && c->probe.sent[i].at > c->probe.proof)
			first = bully_min(first, c->probe.sent[i].at);
	return first;
}

/* E8: returns true if the leader was alive at @at, which is after it fell silent here. */
bool bully_news(const struct bully_core *c, u32 leader, u64 at)
{
	return leader != c->hearsay.missed || at > c->hearsay.missed_at;
}

/* The time is over: is the leader gone? (rule H3) */
void bully_follow_gone(struct bully_core *c)
{
	struct bully_peer *p = bully_core_find(c, c->leader);
	u64 hb = c->opts.heartbeat_ns;

	if (c->probe.unanswered + 1 < c->opts.misses || c->now < gone_at(c)) {
		/* too few probes had their chance: wait for one more */
		bully_timer_set(c, BULLY_T_GONE, bully_max(gone_at(c), c->now + hb));
		return;
	}
	if (p && c->hearsay.leader == c->leader && c->hearsay.at > first_unanswered(c) + p->rtt) {
		/* it outlived our first unanswered probe: the path is broken, not it */
		bully_peer_lost(c, p);
		bully_become_waiting(c, BULLY_REASON_LEADER_TIMEOUT, BULLY_PHASE_COORD);
		return;
	}
	bully_leader_lost(c, BULLY_REASON_LEADER_TIMEOUT);
}

/* There is no leader any more (rules E2, E7). */
void bully_leader_lost(struct bully_core *c, enum bully_reason reason)
{
	struct bully_peer *p = bully_core_find(c, c->leader);
	u32 rank;

	c->hearsay.missed = c->leader;
	c->hearsay.missed_at = c->now;
	if (p && reason == BULLY_REASON_LEADER_TIMEOUT && c->now >= gone_at(c)) {
		c->hearsay.missed_at = first_unanswered(c) + p->rtt;
		bully_peer_lost(c, p);
	}
	if (c->hearsay.leader == c->leader)
		c->hearsay.leader = 0;
	if (c->stand.duplicate && reason == BULLY_REASON_LEADER_TIMEOUT)
		c->stand.shut_out = true;	/* or we would follow and lose it for ever (rule D2) */
	c->stand.resigned = false;		/* its successor is lost (rule C1) */
	rank = bully_rank(c);
	if (rank && bully_stands(c))
		bully_become_waiting(c, reason, BULLY_PHASE_STAGGER);
	else
		bully_elect(c, reason);
}

enum bully_drop bully_on_heartbeat_ack(struct bully_core *c, struct bully_peer *p,
				       const struct bully_msg *m)
{
	u32 i, since = 0;

	if (c->state != BULLY_STATE_FOLLOWER || p->id != c->leader)
		return BULLY_DROP_UNEXPECTED;
	for (i = 0; i < BULLY_PROBES; i++)
		if (m->echo && c->probe.sent[i].seq == m->echo)
			break;
	if (i == BULLY_PROBES)
		return BULLY_DROP_ECHO;
	if (m->leader != p->id || m->state != BULLY_STATE_LEADER) {
		/* it does not lead any more, and its RESIGN was lost */
		bully_leader_lost(c, BULLY_REASON_RESIGNED);
		return BULLY_DROP_NONE;
	}
	bully_peer_rtt(p, c->now - c->probe.sent[i].at);
	if (c->probe.sent[i].at >= c->probe.proof) {
		u32 k;

		c->probe.proof = c->probe.sent[i].at;
		c->probe.base = bully_max(c->probe.base, c->probe.proof);
		for (k = 0; k < BULLY_PROBES; k++)
			since += c->probe.sent[k].seq > m->echo && !c->probe.sent[k].again;
		c->probe.unanswered = since;
		bully_timer_set(c, BULLY_T_GONE, gone_at(c));
		bully_timer_set(c, BULLY_T_PROBE, BULLY_NEVER);
		if (!since)
			bully_timer_set(c, BULLY_T_AGAIN, BULLY_NEVER);
	}
	c->probe.sent[i].seq = 0;
	bully_alive_read(c, m);
	if (bully_quorum(c) && m->flags & BULLY_F_LEASE_HELD) {
		bully_led(c);
		c->grant.refusal = bully_vote_renew(c, m);
	}
	if (m->epoch > c->epoch) {
		u64 proof = c->probe.proof, base = c->probe.base;

		/* it claimed again, and we missed that */
		bully_become_follower(c, p, m->epoch, BULLY_REASON_SUPERSEDED);
		c->probe.proof = proof;
		c->probe.base = base;
		bully_timer_set(c, BULLY_T_GONE, gone_at(c));
	}
	return BULLY_DROP_NONE;
}

/* A leader leaves and names its successor, or a follower leaves (rules S1, S4). */
enum bully_drop bully_on_resign(struct bully_core *c, struct bully_peer *p,
				const struct bully_msg *m)
{
	bool leaves = m->state == BULLY_STATE_INIT, withdrawn;
	enum bully_reason reason;
	bool led = c->state == BULLY_STATE_FOLLOWER && c->leader == p->id &&
		   m->epoch >= c->epoch;

	withdrawn = bully_vote_claimed(c, p->id, m->from_session, m->epoch);
	bully_vote_release(c, p->id, m->from_session, m->epoch);		/* R2 */
	if (leaves)
		bully_peer_lost(c, p);
	if (withdrawn)
		bully_claim_withdrawn(c);
	if (!led)
		return BULLY_DROP_NONE;
	c->hearsay.resigned = p->id;
	c->hearsay.resigned_epoch = m->epoch;
	if (m->leader != c->id || !bully_stands(c)) {
		bully_leader_lost(c, BULLY_REASON_RESIGNED);
		return BULLY_DROP_NONE;
	}
	reason = c->preempt.asked ? BULLY_REASON_HANDOVER : BULLY_REASON_RESIGNED;
	c->stats.elections[reason]++;
	bully_become_leader(c, reason);
	return BULLY_DROP_NONE;
}
