// SPDX-License-Identifier: GPL-2.0-only
/*
 * leased.c - what every policy with leases does: how votes are asked for, counted and given
 *
 * A node that wins an election only asks for votes (R1); it leads while a majority grants it.
 * Which node asks, and when, is the policy's.
 */
#include "announce.h"
#include "claim.h"
#include "clock.h"
#include "elect.h"
#include "epoch.h"
#include "grant.h"
#include "handover.h"
#include "hearsay.h"
#include "lease.h"
#include "leased.h"
#include "listen.h"
#include "outbox.h"
#include "preempt.h"
#include "probe.h"
#include "role.h"
#include "set.h"
#include "stand.h"
#include "wait.h"

/* How long a node listens. */
u64 bully_leased_listen(struct bully_core *c)
{
	u64 hb = c->opts.heartbeat_ns;

	return (c->state == BULLY_STATE_INIT ? bully_detection(c) : hb) + bully_jitter(c, hb / 2);
}

/* How long a node without a leader waits for one. */
u64 bully_leased_wait(struct bully_core *c)
{
	u64 wait = bully_detection(c) + 2 * bully_wait_ok(c), hb = c->opts.heartbeat_ns;
	u64 free = bully_grant_free(c);

	/* E8: until the news of a leader is old, for what follows from it may be wrong by then */
	if (bully_stands(c) && bully_hearsay_is_fresh(c))
		return bully_min(bully_jittered(c, hb << bully_min(2 * c->role.rounds, 3)),
				 bully_hearsay_left(c) + bully_jitter(c, hb / 4));
	/* a node that does not stand cannot act on silence, only look again */
	if (!bully_stands(c))
		return bully_jittered(c, c->duplicate.own ? wait :
						wait << bully_min(c->role.rounds, 3));
	/* R16: a claimant that was granted asks again each heartbeat, or says that it gives up */
	if (bully_grant_is_claimed(c, c->grant.id, c->grant.session, c->grant.epoch))
		return 3 * hb / 2 + bully_jitter(c, hb / 2);
	wait = bully_wait_votes(c) + hb / 8;
	wait <<= c->role.rounds > 1 ? bully_min(c->role.rounds - 1, 3) : 0;
	/* while this vote is not free, neither are those of others */
	wait = bully_max(wait, free > c->now ? free - c->now + hb / 4 : 0);
	return wait + bully_jitter(c, hb / 4);
}

/* R1: grants have come, or what is a majority has changed. */
void bully_leased_count(struct bully_core *c)
{
	bool leads = c->state == BULLY_STATE_LEADER;

	if (bully_lease_is_won(c))
		bully_role_lead(c, c->lease.claim,
				leads ? BULLY_REASON_SUPERSEDED : c->role.cause);
	bully_lease_renew(c);
}

/* Claim leadership: the classic algorithm's COORDINATOR is only a question here. */
void bully_leased_claim(struct bully_core *c)
{
	bully_lease_claim(c);
	bully_grant_own(c);
	bully_announce_begin(c);
	bully_timer_advance(c, BULLY_T_CLAIM, bully_grant_own_due(c));
	bully_leased_count(c);
}

/* R5: a voter that would grant cannot, for it knows of epochs above the claim. A leader
 * goes on leading under the old epoch until a majority has granted the new one.
 */
void bully_leased_claim_above(struct bully_core *c, u64 epoch)
{
	if (!c->lease.claim || epoch < c->lease.claim || c->lease.claim == BULLY_EPOCH_MAX ||
	    !bully_role_may_claim(c))
		return;
	bully_epoch_seen(c, epoch);
	bully_leased_claim(c);
}

/* A message says what became of the sender's vote. */
void bully_leased_on_vote(struct bully_core *c, struct bully_peer *p, const struct bully_msg *m)
{
	switch (bully_lease_take_vote(c, p, m)) {
	case BULLY_BALLOT_GRANT:
		bully_leased_count(c);
		break;
	case BULLY_BALLOT_EPOCH:
		bully_leased_claim_above(c, m->epoch);
		break;
	case BULLY_BALLOT_NOTHING:
		break;
	}
}

/* R13: grants must not grow old while others are waited for: ask those that granted again. */
void bully_leased_claim_tick(struct bully_core *c)
{
	struct bully_peer *p;
	u32 i;

	bully_grant_own(c);
	bully_for_each_peer(c, i, p)
		if (p->lease.vote == BULLY_VOTE_GRANTED && p->announce.acked)
			bully_announce_again(c, p);
	bully_leased_count(c);
}

/* A claim above what is held: a follower of what is held may never have received it. */
static void ask_the_rest(struct bully_core *c)
{
	struct bully_peer *p;
	u32 i;

	bully_for_each_peer(c, i, p)
		if (p->role != BULLY_ROLE_OBSERVER && p->state == BULLY_PEER_STATE_UP &&
		    p->announce.acked && p->lease.epoch < c->lease.claim)
			bully_announce_again(c, p);
}

/* The leader renews its own vote, too. */
void bully_leased_lead_tick(struct bully_core *c)
{
	bully_grant_own(c);
	bully_leased_count(c);
	if (bully_lease_is_claiming(c))
		ask_the_rest(c);
}

/* R13: this node's own vote is waited for as long as it takes, and no longer. Returns when to
 * ask it again.
 */
u64 bully_leased_claim_self(struct bully_core *c)
{
	if (bully_grant_own_due(c) <= c->now || c->grant.own_epoch != c->lease.claim) {
		bully_grant_own(c);
		bully_leased_count(c);
	}
	return bully_grant_own_due(c);
}

enum bully_drop bully_leased_on_coordinator_ack(struct bully_core *c, struct bully_peer *p,
						const struct bully_msg *m)
{
	if (!c->lease.claim)
		return BULLY_DROP_UNEXPECTED;
	/* it may answer the claim only, and not know yet that it was granted */
	if (c->state != BULLY_STATE_LEADER || m->leader == c->id)
		bully_announce_acked(p);
	bully_leased_on_vote(c, p, m);
	return BULLY_DROP_NONE;
}

/* R13: a voter does not grant: wait as long as it said, and ask again with the same claim. */
enum bully_drop bully_leased_on_refuse(struct bully_core *c, struct bully_peer *p,
				       const struct bully_msg *m)
{
	u64 wait;

	if (!c->lease.claim) {
		/* it was asked for a handover */
		bully_lease_forget_vote(p);
		if (c->state != BULLY_STATE_FOLLOWER || !c->preempt.asked)
			return BULLY_DROP_UNEXPECTED;
		if (m->refusal == BULLY_VOTE_AHEAD)
			bully_preempt_give_up(c);
		return BULLY_DROP_NONE;
	}
	bully_leased_on_vote(c, p, m);
	if (!c->lease.claim || !bully_lease_is_claiming(c))
		return BULLY_DROP_NONE;
	bully_lease_block(p, bully_claim_yields(c, p, m));
	if (c->state == BULLY_STATE_ELECTION && c->policy->give_up(c))
		return BULLY_DROP_NONE;
	wait = bully_claim_wait(c, p, m);
	if (m->refusal != BULLY_VOTE_EPOCH)	/* then the new claim is on its way */
		bully_announce_after(c, p, wait);
	return BULLY_DROP_NONE;
}

/* Q1, E13: the sender says that it holds the lease, so nobody else does. */
static void hear_holder(struct bully_core *c, struct bully_peer *p, const struct bully_msg *m)
{
	enum bully_reason reason = BULLY_REASON_SUPERSEDED;

	if (p->role != BULLY_ROLE_CANDIDATE || c->duplicate.shut_out || p->set.differ ||
	    !bully_epoch_ok(c, m->epoch, p->id))
		return;			/* late, or not for us */
	if (c->state == BULLY_STATE_FOLLOWER && c->leader == p->id && m->epoch == c->epoch) {
		bully_lease_hear(c);
		return;
	}
	if ((c->state == BULLY_STATE_LEADER || c->state == BULLY_STATE_FOLLOWER) &&
	    m->epoch <= c->epoch)
		return;
	if (c->state != BULLY_STATE_LEADER && c->state != BULLY_STATE_FOLLOWER)
		reason = c->role.cause;
	bully_role_follow(c, p, m->epoch, reason);
	if (m->type != BULLY_MSG_COORDINATOR)
		bully_probe_send(c);
}

bool bully_leased_hear(struct bully_core *c, struct bully_peer *p, const struct bully_msg *m)
{
	if (!(m->flags & BULLY_F_LEASE_HELD) || m->leader != p->id)
		return false;
	hear_holder(c, p, m);
	return true;
}

bool bully_leased_outbid(struct bully_core *c, const struct bully_msg *m)
{
	if (m->reported <= c->lease.claim)
		return false;
	bully_leased_claim_above(c, m->reported);
	return true;
}

/* The word of a leader that its lease is held: follow it, and renew its grant. */
static void on_held(struct bully_core *c, struct bully_peer *p, const struct bully_msg *m)
{
	enum bully_vote vote;

	hear_holder(c, p, m);
	if (c->state != BULLY_STATE_FOLLOWER || c->leader != p->id)
		return;
	vote = bully_grant_renew(c, m);
	bully_grant_tell(c, bully_answer(c, m, BULLY_MSG_COORDINATOR_ACK), vote);
}

/* R15: gives a hopeless claim up, and returns true if it did; then it waits as @phase says. If no
 * majority answered, the node asks all again (R14).
 */
bool bully_leased_give_up(struct bully_core *c, enum bully_phase phase)
{
	if (!bully_claim_is_hopeless(c))
		return false;
	bully_role_count_round(c);
	if (bully_claim_is_unheard(c))
		bully_role_listen_anew(c, c->role.cause);
	else
		bully_role_wait(c, c->role.cause, phase);
	return true;
}

/* E13: what every policy says to a COORDINATOR. Returns true if that was all. */
bool bully_leased_hear_claim(struct bully_core *c, struct bully_peer *p, const struct bully_msg *m)
{
	if (c->duplicate.shut_out)
		return true;
	if (m->flags & BULLY_F_LEASE_HELD)
		on_held(c, p, m);
	else if (!bully_set_is_voter(c))
		bully_answer(c, m, BULLY_MSG_COORDINATOR_ACK);
	else if (c->state == BULLY_STATE_LEADER)
		bully_grant_refuse(c, m, BULLY_VOTE_LEADS);
	else
		return false;
	return true;
}

/* R2: grants a claim. Unless it is of the leader that this node follows, there is no leader, and
 * the node waits as @phase says.
 */
void bully_leased_grant(struct bully_core *c, struct bully_peer *p, const struct bully_msg *m,
			enum bully_phase phase)
{
	bully_grant_give(c, m);
	if (c->lease.claim) {
		bully_role_wait(c, BULLY_REASON_SUPERSEDED, phase);
	} else if (c->state != BULLY_STATE_FOLLOWER || c->leader != p->id) {
		if (c->state == BULLY_STATE_FOLLOWER)
			bully_role_set_cause(c, BULLY_REASON_LEADER_TIMEOUT);
		bully_role_wait(c, c->role.cause, phase);
	}
	bully_grant_tell(c, bully_answer(c, m, BULLY_MSG_COORDINATOR_ACK), BULLY_VOTE_GRANTED);
}

/* P4: the operator wants this node to lead; from a lease, only by a handover (R11). Returns
 * false if there is no lease.
 */
bool bully_leased_admin_elect(struct bully_core *c)
{
	if (c->state == BULLY_STATE_LEADER) {
		bully_leased_claim_above(c, c->lease.claim);
	} else if (c->state == BULLY_STATE_FOLLOWER) {
		bully_preempt_ask_anew(c);
		bully_handover_ask(c);
	} else {
		return false;
	}
	return true;
}
