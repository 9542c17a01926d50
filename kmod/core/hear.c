// SPDX-License-Identifier: GPL-2.0
/* hear.c - what the messages of an election do, and what others say of a leader */
#include "internal.h"

/* A lower node asks whether anybody higher lives (rules E3, E4). */
void bully_on_election(struct bully_core *c, struct bully_peer *p, const struct bully_msg *m)
{
	struct bully_action *act;

	if (m->from > c->id) {
		bully_on_handover(c, p, m);
		return;
	}
	act = bully_answer(c, m, BULLY_MSG_OK);
	if (c->role.phase == BULLY_PHASE_LISTEN && bully_lonely(c))
		act->flags &= ~BULLY_F_STANDS;		/* R14 */
	if (bully_held(c) && c->state != BULLY_STATE_FOLLOWER && c->state != BULLY_STATE_ELECTION) {
		act->flags &= ~BULLY_F_STANDS;		/* P9 */
		return;
	}
	bully_listen_end(c);
	if (!bully_stands(c) && c->state != BULLY_STATE_FOLLOWER)
		return;
	if (c->state == BULLY_STATE_FOLLOWER)
		bully_follow_suspect(c);
	else if (c->state == BULLY_STATE_WAITING &&
		 ((bully_quorum(c) && c->role.phase == BULLY_PHASE_COORD && c->hearsay.leader &&
		   (c->role.rounds < 2 || !bully_told_fresh(c))) ||
		  c->role.phase == BULLY_PHASE_STAGGER || c->role.phase == BULLY_PHASE_NEXT))
		bully_elect(c, c->role.cause);
}

/* This one will not take over: was it the last that we wait for? */
static void decline(struct bully_core *c, struct bully_peer *p)
{
	p->election.declined = true;
	if (!bully_anybody_may_answer(c))
		bully_become_leader(c, c->role.cause);
}

void bully_on_ok(struct bully_core *c, struct bully_peer *p, const struct bully_msg *m)
{
	bool led = m->leader && (u64)m->leader_age_us * 1000 <= bully_detection_of(c, p);

	if (c->state != BULLY_STATE_ELECTION || c->role.phase != BULLY_PHASE_OK || m->leader == p->id)
		return;		/* bully_learn() follows a leader that answers itself */
	if (led && bully_quorum(c) &&
	    !bully_news(c, m->leader, c->now - (u64)m->leader_age_us * 1000))
		led = false;		/* it has not noticed yet what we have */
	if ((led && m->leader < c->id && !bully_quorum(c)) || p->set.differ) {
		/* it is content with somebody lower (rule P2), or could win nothing */
		decline(c, p);
	} else if (led) {
		struct bully_peer *leader = bully_core_find(c, m->leader);

		bully_become_waiting(c, c->role.cause, BULLY_PHASE_COORD);
		if (leader)
			bully_hello(c, leader);
	} else if (m->flags & BULLY_F_STANDS && !p->election.passed) {
		p->election.passed = true;	/* if no claim comes of it (R16) */
		bully_become_waiting(c, c->role.cause, BULLY_PHASE_COORD);
	} else {
		decline(c, p);
	}
}

static void accept(struct bully_core *c, struct bully_peer *p, const struct bully_msg *m,
		   enum bully_reason reason)
{
	if (c->state != BULLY_STATE_FOLLOWER || c->leader != p->id || c->epoch != m->epoch)
		bully_become_follower(c, p, m->epoch, reason);
	bully_answer(c, m, BULLY_MSG_COORDINATOR_ACK);
}

/* Somebody claims leadership (rules E10, E11). */
void bully_on_coordinator(struct bully_core *c, struct bully_peer *p, const struct bully_msg *m)
{
	enum bully_reason reason = BULLY_REASON_PREEMPTED;

	if (c->stand.shut_out)
		return;
	if (c->state == BULLY_STATE_LEADER) {
		if (p->id < c->id)
			return;		/* bully_learn() claims again above it */
		reason = BULLY_REASON_SUPERSEDED;
	} else if (c->state == BULLY_STATE_FOLLOWER) {
		if (p->id < c->leader && bully_follow_answered(c)) {
			bully_answer(c, m, BULLY_MSG_REFUSE);
			return;
		}
		if (p->id == c->leader)
			reason = BULLY_REASON_SUPERSEDED;
	} else {
		reason = c->role.cause;
		if (p->id < c->id && bully_would_preempt(c)) {
			if (c->state != BULLY_STATE_ELECTION)
				bully_elect(c, BULLY_REASON_PREEMPTED);
			return;
		}
	}
	if (!bully_epoch_ok(c, m->epoch, p->id)) {
		bully_answer(c, m, BULLY_MSG_REFUSE);
		return;
	}
	accept(c, p, m, reason);
}

/* Quorum mode: the sender says that it holds the lease, so nobody else does (Q1, rule E13). */
void bully_hear_holder(struct bully_core *c, struct bully_peer *p, const struct bully_msg *m)
{
	enum bully_reason reason = BULLY_REASON_SUPERSEDED;

	if (p->role != BULLY_ROLE_CANDIDATE || c->stand.shut_out || p->set.differ ||
	    !bully_epoch_ok(c, m->epoch, p->id))
		return;			/* late, or not for us */
	if (c->state == BULLY_STATE_FOLLOWER && c->leader == p->id && m->epoch == c->epoch) {
		bully_led(c);
		return;
	}
	if ((c->state == BULLY_STATE_LEADER || c->state == BULLY_STATE_FOLLOWER) &&
	    m->epoch <= c->epoch)
		return;
	if (c->state != BULLY_STATE_LEADER && c->state != BULLY_STATE_FOLLOWER)
		reason = c->role.cause;
	bully_become_follower(c, p, m->epoch, reason);
	if (m->type != BULLY_MSG_COORDINATOR)
		bully_follow_probe(c);
}

/* The sender leads, and says so itself, otherwise than by COORDINATOR. */
static void hear_leader(struct bully_core *c, struct bully_peer *p, const struct bully_msg *m)
{
	if (p->role != BULLY_ROLE_CANDIDATE)
		return;
	if (c->state == BULLY_STATE_LEADER) {
		/* Of two that meet the higher claims again above both (rule C2),
		 * unless its claim was made in the knowledge of the other.
		 */
		if (p->id < c->id) {
			if (m->epoch > c->epochs.known_at_claim)
				bully_lead_again(c, BULLY_REASON_SUPERSEDED);
			else
				bully_lead_tell(c, p);
		} else if (bully_epoch_ok(c, m->epoch, p->id)) {
			bully_become_follower(c, p, m->epoch, BULLY_REASON_SUPERSEDED);
			bully_follow_probe(c);
		}
		return;		/* else it hears our epoch, and claims above that */
	}
	if (c->state == BULLY_STATE_FOLLOWER || c->stand.shut_out ||
	    !bully_epoch_ok(c, m->epoch, p->id))
		return;
	if (p->id < c->id && bully_would_preempt(c)) {
		if (c->state != BULLY_STATE_ELECTION)
			bully_elect(c, BULLY_REASON_PREEMPTED);
		return;
	}
	if (p->id < c->id && c->role.cause == BULLY_REASON_ADMIN && c->state == BULLY_STATE_ELECTION)
		return;		/* the operator wants it so (rule P4) */
	bully_become_follower(c, p, m->epoch, c->role.cause);
	bully_follow_probe(c);
}

/* What every accepted message says besides its errand. */
void bully_learn(struct bully_core *c, struct bully_peer *p, const struct bully_msg *m)
{
	u64 age = (u64)m->leader_age_us * 1000;			/* R12 */
	u64 at = c->now > age ? c->now - age : 0;

	if (bully_quorum(c) && m->flags & BULLY_F_LEASE_HELD && m->leader == p->id) {
		bully_hear_holder(c, p, m);
	} else if (p->set.differ) {
		return;			/* E14 */
	} else if (!bully_quorum(c) && m->leader == p->id && m->state == BULLY_STATE_LEADER) {
		hear_leader(c, p, m);
	} else if (m->leader && m->leader != c->id && m->type != BULLY_MSG_RESIGN &&
		   m->state == BULLY_STATE_FOLLOWER && !(bully_quorum(c) && m->refusal)) {
		bool newer = m->leader == c->hearsay.leader ? at > c->hearsay.at :
			     at >= c->hearsay.at || !bully_told_fresh(c);

		/* perhaps one that we are not configured for, or not yet (rule E8) */
		if (newer) {
			c->hearsay.leader = m->leader;
			c->hearsay.at = at;
			c->hearsay.lifetime = bully_detection_of(c, p);
		}
	}
	if (c->state == BULLY_STATE_LEADER && m->state != BULLY_STATE_LEADER) {
		/* who follows somebody higher will refuse, and so tell us (rule E8) */
		if (bully_quorum(c) && m->reported > c->lease.claim)
			bully_claim_above(c, m->reported);
		else if (!bully_quorum(c) && m->reported > c->epoch && m->leader <= c->id)
			bully_lead_again(c, BULLY_REASON_SUPERSEDED);
		else if (m->leader != c->id && m->type != BULLY_MSG_ELECTION)
			bully_lead_tell(c, p);
	}
	bully_listen_check(c);
}
