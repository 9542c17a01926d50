// SPDX-License-Identifier: GPL-2.0
/* lead.c - a leader and its followers: the claim, the answers, the farewell */
#include "internal.h"

/* From one COORDINATOR to the next, for one that has not answered. */
static u64 claim_interval(const struct bully_core *c, const struct bully_peer *p)
{
	u64 hb = c->opts.heartbeat_ns;
	u64 first = p->rtt ? bully_max(4 * p->rtt, hb / 4) : hb / 2;

	/* nobody leads while votes are asked for, and packets get lost */
	if (bully_quorum(c) && c->state != BULLY_STATE_LEADER)
		return bully_max(hb / 4, 2 * p->rtt);		/* R13 */

	return bully_max(hb / 4, bully_min(first << p->announce.tries, hb));
}

/* Announce to all others, also to those believed down (the source). */
void bully_lead_begin(struct bully_core *c)
{
	u64 hb = c->opts.heartbeat_ns, due = BULLY_NEVER, hello = BULLY_NEVER;
	struct bully_peer *p;
	u32 i;

	c->announce.at = c->now;
	c->announce.spare_until = c->now + bully_detection(c) + hb;
	bully_send(c, BULLY_TO_ALL, 0, BULLY_MSG_COORDINATOR, 0);
	bully_for_each_peer(c, i, p) {
		p->announce.tries = 0;
		p->hello.tries = 0;
		p->announce.acked = p->state == BULLY_PEER_STATE_DOWN ||
			   (p->set.differ && !bully_quorum(c));
		p->announce.due = c->now + claim_interval(c, p);
		p->announce.until = c->now + bully_detection(c) + hb;
		p->hello.due = c->now + bully_jittered(c, hb);
		if (!p->announce.acked)
			due = bully_min(due, p->announce.due);
		hello = bully_min(hello, p->hello.due);
	}
	bully_timer_set(c, BULLY_T_TICK, c->now + hb);
	bully_timer_set(c, BULLY_T_CLAIM, due);
	if (c->state == BULLY_STATE_LEADER)	/* a claimant asks by H8 */
		bully_timer_set(c, BULLY_T_HELLO, hello);
}

/* Repeat COORDINATOR until it is answered or the peer is down (rule E12). */
void bully_lead_claim_timer(struct bully_core *c)
{
	u64 due = BULLY_NEVER;
	struct bully_peer *p;
	u32 i;

	bully_timer_set(c, BULLY_T_CLAIM, BULLY_NEVER);
	if (c->state != BULLY_STATE_LEADER && !c->lease.claim)
		return;
	if (bully_quorum(c)) {
		bully_claim_self(c);
		due = bully_vote_self_due(c);
	}
	bully_for_each_peer(c, i, p) {
		if (p->announce.acked)
			continue;
		if (p->announce.until <= c->now) {
			if (!p->heard || c->now - p->heard > bully_detection(c)) {
				p->announce.acked = true;
				bully_peer_lost(c, p);
				continue;
			}
			p->announce.until = p->heard + bully_detection(c) + 1;
		}
		if (p->announce.due <= c->now) {
			bully_send(c, BULLY_TO_PEER, p->id,
				   p->proved ? BULLY_MSG_COORDINATOR : BULLY_MSG_HELLO, 0);
			p->announce.tries += p->announce.tries < 3;
			p->announce.due = c->now + claim_interval(c, p);
		}
		due = bully_min(due, p->announce.due);
		if (c->outbox.out->n > BULLY_ACTIONS / 2) {
			due = c->now;
			break;
		}
	}
	bully_timer_advance(c, BULLY_T_CLAIM, due);
}

/* This one speaks, and does not know who leads. */
void bully_lead_tell(struct bully_core *c, struct bully_peer *p)
{
	if (!p->announce.acked)
		return;		/* being told already */
	p->announce.acked = false;
	p->announce.tries = 0;
	p->announce.due = c->now;
	p->announce.until = c->now + bully_detection(c) + c->opts.heartbeat_ns;
	bully_timer_advance(c, BULLY_T_CLAIM, c->now);
}

/* Claim again, above everything seen (rule C2). The source's way to that is an
 * election; who leads and is not the highest has heard so by then.
 */
void bully_lead_again(struct bully_core *c, enum bully_reason reason)
{
	bully_become_leader(c, reason);
}

/* The highest live node that would lead, or 0. */
u32 bully_lead_successor(const struct bully_core *c)
{
	u32 i = c->n_peers;

	while (i--) {
		const struct bully_peer *p = c->peer[i];

		if (p->role == BULLY_ROLE_CANDIDATE && p->state == BULLY_PEER_STATE_UP &&
		    p->proved && p->stands && p->duplicate.until <= c->now)
			return p->id;
	}
	return 0;
}

/* Quorum mode: stop, and then tell who asked for it that it may claim (R6, R11). */
void bully_lead_hand_over(struct bully_core *c, u32 heir)
{
	c->lease.heir = heir;
	bully_become_waiting(c, BULLY_REASON_HANDOVER, BULLY_PHASE_COORD);
}

/* A claim is not granted yet: grants must not grow old while others are waited for (R13). */
void bully_claim_tick(struct bully_core *c)
{
	struct bully_peer *p;
	u32 i;

	bully_vote_self(c);
	bully_for_each_peer(c, i, p) {
		if (p->lease.vote != BULLY_VOTE_GRANTED || !p->announce.acked)
			continue;
		p->announce.acked = false;
		p->announce.due = c->now;
		p->announce.until = c->now + bully_detection(c) + c->opts.heartbeat_ns;
		bully_timer_advance(c, BULLY_T_CLAIM, c->now);
	}
	bully_lease_update(c);
}

/* Stop leading: first here, then for the others (R6, rule S1). */
void bully_lead_resign(struct bully_core *c, enum bully_reason reason)
{
	u32 successor = bully_lead_successor(c);
	struct bully_action *act;

	c->lease.heir = successor;
	if (c->stopped)
		bully_become_init(c, reason);
	else
		bully_become_waiting(c, reason, BULLY_PHASE_COORD);
	if (bully_quorum(c))
		return;			/* bully_claim_end() has told them */
	act = bully_send(c, BULLY_TO_ALL, 0, BULLY_MSG_RESIGN, 0);
	act->leader = successor;
	act->flags &= ~BULLY_F_STANDS;
}

/* Look at the followers: whose probes have stopped? */
void bully_lead_tick(struct bully_core *c, u64 late)
{
	u64 slack = c->opts.heartbeat_ns / 2;
	struct bully_peer *p;
	u32 i;

	bully_voters_ask(c);
	if (bully_quorum(c))
		bully_lease_tick(c);
	if (late) {
		c->announce.spare_until = bully_max(c->announce.spare_until, c->now + bully_detection(c));
		bully_for_each_peer(c, i, p)
			p->announce.until += p->announce.acked ? 0 : late;
	}
	if (c->now < c->announce.spare_until)
		return;
	bully_for_each_peer(c, i, p)
		if (p->state == BULLY_PEER_STATE_UP && p->announce.acked &&
		    c->now - p->heard > bully_max(bully_detection(c), p->detection) + slack)
			bully_peer_lost(c, p);
}

void bully_on_heartbeat(struct bully_core *c, struct bully_peer *p, const struct bully_msg *m)
{
	if (c->state == BULLY_STATE_LEADER && m->leader == c->id)
		p->announce.acked = true;
	if (bully_quorum(c))
		bully_vote_take(c, p, m);
	bully_answer(c, m, BULLY_MSG_HEARTBEAT_ACK);
}

enum bully_drop bully_on_coordinator_ack(struct bully_core *c, struct bully_peer *p,
					 const struct bully_msg *m)
{
	if (bully_quorum(c)) {
		if (!c->lease.claim)
			return BULLY_DROP_UNEXPECTED;
		/* it may answer the claim only, and not know yet that it was granted */
		if (c->state != BULLY_STATE_LEADER || m->leader == c->id)
			p->announce.acked = true;
		bully_vote_take(c, p, m);
		return BULLY_DROP_NONE;
	}
	if (c->state != BULLY_STATE_LEADER || m->leader != c->id || m->epoch != c->epoch)
		return BULLY_DROP_UNEXPECTED;
	p->announce.acked = true;
	return BULLY_DROP_NONE;
}

/* The claim is refused: its epoch is stale, or a higher leader lives that we
 * cannot reach; then not to claim is what ends the quarrel (rule E8).
 */
enum bully_drop bully_on_refuse(struct bully_core *c, struct bully_peer *p,
				const struct bully_msg *m)
{
	bool led = m->leader && (u64)m->leader_age_us * 1000 <= bully_detection_of(c, p);
	bool higher = led && m->leader > c->id;

	if (bully_quorum(c))
		return bully_on_vote_refused(c, p, m);
	if (c->state != BULLY_STATE_LEADER)
		return BULLY_DROP_UNEXPECTED;
	if (m->echo != p->outbox.ask_seq && p->outbox.ask_seq)
		return BULLY_DROP_ECHO;
	if (led && m->leader == c->hearsay.resigned && m->epoch <= c->hearsay.resigned_epoch) {
		/* its RESIGN is on its way there, and probably there by the next claim */
		if (!p->announce.acked && p->announce.tries < 2) {
			p->announce.due = c->now;
			bully_timer_advance(c, BULLY_T_CLAIM, c->now);
		}
		return BULLY_DROP_NONE;
	}
	if (higher || (m->reported >= c->epoch && c->epoch == BULLY_EPOCH_MAX)) {
		/* or no epoch is left above it, and to claim again would never end */
		struct bully_peer *leader = higher ? bully_core_find(c, m->leader) : NULL;
		struct bully_action *act;

		c->role.rounds += c->role.rounds < 3;
		bully_become_waiting(c, BULLY_REASON_SUPERSEDED, BULLY_PHASE_COORD);
		act = bully_send(c, BULLY_TO_ALL, 0, BULLY_MSG_RESIGN, 0);
		act->leader = higher ? m->leader : 0;
		if (leader)
			bully_hello(c, leader);
	} else if (m->reported >= c->epoch) {
		bully_lead_again(c, BULLY_REASON_SUPERSEDED);
	}
	return BULLY_DROP_NONE;
}
