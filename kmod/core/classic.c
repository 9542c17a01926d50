// SPDX-License-Identifier: GPL-2.0-only
/*
 * classic.c - the policy of the Bully algorithm as it was published
 *
 * A node that wins the election leads at once, and all others follow. Two parts of a cut
 * network have a leader each; where they meet, the higher one claims again (C2).
 */
#include "announce.h"
#include "clock.h"
#include "elect.h"
#include "epoch.h"
#include "hearsay.h"
#include "hello.h"
#include "outbox.h"
#include "preempt.h"
#include "probe.h"
#include "rank.h"
#include "role.h"
#include "wait.h"

static u64 classic_wait(struct bully_core *c, enum bully_phase phase)
{
	u64 hb = c->opts.heartbeat_ns, wait;

	switch (phase) {
	case BULLY_PHASE_LISTEN:
		wait = c->state == BULLY_STATE_INIT ? bully_detection(c) : hb;
		return bully_jittered(c, wait) + wait / 4;	/* @wait at least */
	case BULLY_PHASE_STAGGER:
		/* E7: all notice within a heartbeat of each other; higher nodes speak first */
		return hb + (bully_max(bully_wait_rank(c), 1) - 1) * (hb / 4) + c->opts.look_ns;
	default:
		wait = bully_detection(c) + 2 * bully_wait_ok(c);
		return bully_jittered(c, c->duplicate.own ? wait :
						wait << bully_min(c->role.rounds, 3));
	}
}

/* The source: this is the highest, so it leads, and says so. */
static void classic_win(struct bully_core *c, enum bully_reason reason)
{
	bully_epoch_claimed(c);
	bully_role_lead(c, bully_epoch_next(c), reason);
}

/* P1: there is no leader, and this node would be a better one than the peer. A successor that the
 * last leader named leads first (S11).
 */
static bool deposes(const struct bully_core *c, const struct bully_peer *p)
{
	return !bully_rank_is_higher(c, p) && bully_preempt_would(c) &&
	       !bully_hearsay_is_heir(c, p);
}

static void accept(struct bully_core *c, struct bully_peer *p, const struct bully_msg *m,
		   enum bully_reason reason)
{
	if (c->state != BULLY_STATE_FOLLOWER || c->leader != p->id || c->epoch != m->epoch)
		bully_role_follow(c, p, m->epoch, reason);
	bully_answer(c, m, BULLY_MSG_COORDINATOR_ACK);
}

/* E10, E11: a node claims leadership. */
static void classic_on_coordinator(struct bully_core *c, struct bully_peer *p,
				   const struct bully_msg *m)
{
	enum bully_reason reason = BULLY_REASON_PREEMPTED;

	if (c->duplicate.shut_out)
		return;
	if (c->state == BULLY_STATE_LEADER) {
		if (!bully_rank_is_higher(c, p))
			return;		/* classic_outbid() claims again above it */
		reason = BULLY_REASON_SUPERSEDED;
	} else if (c->state == BULLY_STATE_FOLLOWER) {
		if (bully_rank_above(bully_rank_of(c, c->leader), bully_rank_peer(c, p)) &&
		    bully_probe_is_answered(c)) {
			bully_answer(c, m, BULLY_MSG_REFUSE);
			return;
		}
		if (p->id == c->leader)
			reason = BULLY_REASON_SUPERSEDED;
	} else {
		reason = c->role.cause;
		if (deposes(c, p)) {
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

static enum bully_drop classic_on_coordinator_ack(struct bully_core *c, struct bully_peer *p,
						  const struct bully_msg *m)
{
	if (c->state != BULLY_STATE_LEADER || m->leader != c->id || m->epoch != c->epoch)
		return BULLY_DROP_UNEXPECTED;
	bully_announce_acked(p);
	return BULLY_DROP_NONE;
}

/* E8: the claim is refused, since its epoch is stale, or a higher leader lives that this node
 * cannot reach; then not to claim is what ends the quarrel.
 */
static enum bully_drop classic_on_refuse(struct bully_core *c, struct bully_peer *p,
					 const struct bully_msg *m)
{
	bool named_lives = m->leader && (u64)m->leader_age_us * 1000 <= bully_detection_of(c, p);
	bool higher = named_lives && bully_rank_named_is_higher(c, m);

	if (c->state != BULLY_STATE_LEADER)
		return BULLY_DROP_UNEXPECTED;
	if (m->echo != p->outbox.ask_seq && p->outbox.ask_seq)
		return BULLY_DROP_ECHO;
	if (named_lives && bully_hearsay_has_resigned(c, m->leader, m->epoch)) {
		/* its RESIGN is on its way there, and probably there by the next claim */
		bully_announce_hasten(c, p);
		return BULLY_DROP_NONE;
	}
	if (higher || (m->reported >= c->epoch && c->epoch == BULLY_EPOCH_MAX)) {
		/* or no epoch is left above it, and to claim again would never end */
		struct bully_peer *leader = higher ? bully_core_find(c, m->leader) : NULL;
		struct bully_action *act;

		bully_role_count_round(c);
		bully_role_wait(c, BULLY_REASON_SUPERSEDED, BULLY_PHASE_COORD);
		act = bully_send(c, BULLY_TO_ALL, 0, BULLY_MSG_RESIGN, 0);
		act->leader = higher ? m->leader : 0;
		if (leader)
			bully_hello(c, leader);
	} else if (m->reported >= c->epoch) {
		bully_elect_win(c, BULLY_REASON_SUPERSEDED);
	}
	return BULLY_DROP_NONE;
}

/* C2: of two leaders that meet, the higher claims again above both, unless its claim was made
 * in the knowledge of the other.
 */
static void meet_leader(struct bully_core *c, struct bully_peer *p, const struct bully_msg *m)
{
	if (!bully_rank_is_higher(c, p)) {
		if (m->epoch > c->epochs.known_at_claim)
			bully_elect_win(c, BULLY_REASON_SUPERSEDED);
		else
			bully_announce_tell(c, p);
	} else if (bully_epoch_ok(c, m->epoch, p->id)) {
		bully_role_follow(c, p, m->epoch, BULLY_REASON_SUPERSEDED);
		bully_probe_send(c);
	}
	/* else it receives our epoch, and claims above that */
}

/* The sender leads, and says so itself, otherwise than by COORDINATOR. */
static void hear_leader(struct bully_core *c, struct bully_peer *p, const struct bully_msg *m)
{
	bool lower = !bully_rank_is_higher(c, p);

	if (p->role != BULLY_ROLE_CANDIDATE)
		return;
	if (c->state == BULLY_STATE_LEADER) {
		meet_leader(c, p, m);
		return;
	}
	if (c->state == BULLY_STATE_FOLLOWER || c->duplicate.shut_out ||
	    !bully_epoch_ok(c, m->epoch, p->id))
		return;
	if (deposes(c, p)) {
		if (c->state != BULLY_STATE_ELECTION)
			bully_elect(c, BULLY_REASON_PREEMPTED);
		return;
	}
	if (lower && c->role.cause == BULLY_REASON_ADMIN &&
	    c->state == BULLY_STATE_ELECTION)
		return;		/* P4: the operator wants it so */
	bully_role_follow(c, p, m->epoch, c->role.cause);
	bully_probe_send(c);
}

static bool classic_hear(struct bully_core *c, struct bully_peer *p, const struct bully_msg *m)
{
	if (p->set.differ || m->leader != p->id || m->state != BULLY_STATE_LEADER)
		return false;
	hear_leader(c, p, m);
	return true;
}

/* The leader's epoch is not above what the sender has reported: claim again above that. */
static bool classic_outbid(struct bully_core *c, const struct bully_msg *m)
{
	if (m->reported <= c->epoch || bully_rank_named_is_higher(c, m))
		return false;
	bully_elect_win(c, BULLY_REASON_SUPERSEDED);
	return true;
}

static void classic_take_over(struct bully_core *c)
{
	bully_elect(c, BULLY_REASON_PREEMPTED);
}

static void classic_admin_elect(struct bully_core *c)
{
	bully_elect(c, BULLY_REASON_ADMIN);
}

const struct bully_policy bully_policy_classic = {
	.ranks = true,
	.wait = classic_wait,
	.win = classic_win,
	.on_coordinator = classic_on_coordinator,
	.on_coordinator_ack = classic_on_coordinator_ack,
	.on_refuse = classic_on_refuse,
	.hear = classic_hear,
	.outbid = classic_outbid,
	.take_over = classic_take_over,
	.admin_elect = classic_admin_elect,
};
