// SPDX-License-Identifier: GPL-2.0
/*
 * lease.c - quorum mode as a claimant and a leader sees it: claims, grants, the lease
 *
 * A *claim* is a COORDINATOR that does not say "lease held". Its grants are counted from
 * the send time of the very message that each of them echoes (R3); while those of a
 * majority are young enough the lease is held (R1), and only then is anybody told.
 */
#include "internal.h"

/* R3: so long after the send time a grant may be relied upon. */
static u64 hold_time(const struct bully_core *c)
{
	u64 lease = c->opts.lease_ns;

	return bully_div(lease, 101) * 99 - bully_max(1000000, lease / 64);
}

u32 bully_majority(const struct bully_core *c)
{
	return bully_max(c->set.voters, c->set.voters_prev) / 2 + 1;		/* R7 */
}

/* R7: where votes count that were given with a set a step ahead, that may be the larger. */
static u32 majority_ahead(const struct bully_core *c)
{
	return bully_max(c->set.voters + 1, c->set.voters_prev) / 2 + 1;
}

static bool is_ahead(const struct bully_core *c, const struct bully_peer *p)
{
	return p->lease.members != c->set.members && p->lease.members != c->set.members_prev;
}

static bool votes_for(const struct bully_core *c, const struct bully_peer *p, u64 epoch, u64 after)
{
	if (!p)
		return c->opts.role != BULLY_ROLE_OBSERVER && c->grant.own_epoch >= epoch &&
		       c->grant.own_at > after;
	return p->role != BULLY_ROLE_OBSERVER && p->lease.epoch >= epoch && p->lease.at > after;
}

/* The latest time at or after which a majority of the grants for @epoch were asked for,
 * if that is later than @base. A grant for a later claim of this session counts, for it
 * keeps others out as well.
 */
static u64 votes_since(const struct bully_core *c, u64 epoch, u64 base, bool ahead)
{
	u32 majority = ahead ? majority_ahead(c) : bully_majority(c), i, n;
	struct bully_peer *p;

	for (;;) {
		u64 next = BULLY_NEVER;

		n = 0;
		if (votes_for(c, NULL, epoch, base)) {
			next = c->grant.own_at;
			n++;
		}
		bully_for_each_peer(c, i, p) {
			if (!votes_for(c, p, epoch, base) || (!ahead && is_ahead(c, p)))
				continue;
			next = bully_min(next, p->lease.at);
			n++;
		}
		if (n < majority)
			return base;
		base = next;
	}
}

static u64 majority_since(const struct bully_core *c, u64 epoch, u64 base)
{
	return bully_max(votes_since(c, epoch, base, false), votes_since(c, epoch, base, true));
}

/* Grants that live, for what is held or claimed. */
u32 bully_grants(const struct bully_core *c, u64 now)
{
	u64 epoch = c->state == BULLY_STATE_LEADER ? c->epoch : c->lease.claim, hold = hold_time(c);
	u64 after = now > hold ? now - hold : 0;
	struct bully_peer *p;
	u32 i, n;

	if (!c->lease.claim)
		return 0;
	n = votes_for(c, NULL, epoch, after);
	bully_for_each_peer(c, i, p)
		n += votes_for(c, p, epoch, after);
	return n;
}

/* Is this node's claim above what it holds, or nothing held yet? */
bool bully_claiming(const struct bully_core *c)
{
	return c->lease.claim && (c->state != BULLY_STATE_LEADER || c->lease.claim > c->epoch);
}

/* A grant came, or what is a majority changed: what of it is held? */
void bully_lease_update(struct bully_core *c)
{
	u64 hold = hold_time(c);

	if (bully_claiming(c)) {
		/* older ones do not matter */
		u64 old = c->now > hold ? c->now - hold : 0;
		u64 since = majority_since(c, c->lease.claim, old);

		if (since > old) {
			c->lease.base = since;
			c->lease.until = since + hold;
			bully_lease_won(c);
		}
	}
	if (c->state != BULLY_STATE_LEADER || !c->lease.claim)
		return;
	c->lease.base = majority_since(c, c->epoch, c->lease.base);
	c->lease.until = c->lease.base ? c->lease.base + hold : 0;
	bully_timer_set(c, BULLY_T_LEASE, c->lease.until);
}

/* R7: another set has another majority, and who left it has no vote. */
void bully_lease_recount(struct bully_core *c)
{
	c->lease.base = 0;
	bully_lease_update(c);
	bully_lease_check(c);
}

/* What a voter says of its vote, in COORDINATOR_ACK, HEARTBEAT or REFUSE. */
void bully_vote_take(struct bully_core *c, struct bully_peer *p, const struct bully_msg *m)
{
	u32 i;

	if (!c->lease.claim || p->role == BULLY_ROLE_OBSERVER)
		return;
	if (!(m->flags & BULLY_F_GRANT)) {
		if (m->refusal)
			p->lease.vote = m->refusal;
		if (m->refusal == BULLY_VOTE_EPOCH)
			bully_claim_above(c, m->epoch);
		return;
	}
	if (!bully_members_near(c, m)) {
		p->lease.vote = BULLY_VOTE_MEMBERS;
		return;
	}
	for (i = 0; i < BULLY_SENT; i++)
		if (m->echo && p->outbox.sent[i].seq == m->echo)
			break;
	if (i == BULLY_SENT)
		return;
	/* what it granted is what the echoed message claimed, or what came before (R1) */
	if (m->epoch > c->lease.claim || m->epoch < p->lease.epoch)
		return;
	p->lease.vote = BULLY_VOTE_GRANTED;
	p->lease.blocked = BULLY_BLOCKED_NOT;
	p->lease.members = m->members;
	p->lease.epoch = m->epoch;
	p->lease.at = bully_max(p->lease.at, p->outbox.sent[i].at);
	bully_lease_update(c);
}

/* A claim above what is held: who follows what is held may never have heard of it. */
static void ask_the_rest(struct bully_core *c)
{
	struct bully_peer *p;
	u32 i;

	bully_for_each_peer(c, i, p) {
		if (p->role == BULLY_ROLE_OBSERVER || p->state != BULLY_PEER_STATE_UP ||
		    !p->announce.acked || p->lease.epoch >= c->lease.claim)
			continue;
		p->announce.acked = false;
		p->announce.due = c->now;
		p->announce.until = c->now + bully_detection(c) + c->opts.heartbeat_ns;
		bully_timer_advance(c, BULLY_T_CLAIM, c->now);
	}
}

/* The leader renews its own vote, too. */
void bully_lease_tick(struct bully_core *c)
{
	bully_vote_self(c);
	bully_lease_update(c);
	if (bully_claiming(c))
		ask_the_rest(c);
}

/* The end of the own lease takes effect before a packet is looked at (R9). */
void bully_lease_check(struct bully_core *c)
{
	u64 tick = c->clock.timer[BULLY_T_TICK];
	bool late = c->now > tick && c->now - tick > c->opts.lease_ns;		/* R8 */

	if (!bully_quorum(c) || c->state != BULLY_STATE_LEADER || c->now < c->clock.timer[BULLY_T_LEASE])
		return;
	bully_timer_set(c, BULLY_T_LEASE, BULLY_NEVER);
	c->stats.voided += late;
	bully_listen_again(c, late ? BULLY_REASON_TIME_DOUBT : BULLY_REASON_LEASE_LOST);
}

/* The leader's own word that its lease is held: so long it may be believed. */
void bully_led(struct bully_core *c)
{
	bully_timer_set(c, BULLY_T_LEASE, c->now + c->opts.lease_ns);
}

/* Nothing is claimed any more. The user has been told, others are told now (R6). */
void bully_claim_end(struct bully_core *c)
{
	struct bully_action *act;
	struct bully_peer *p;
	u64 epoch = c->lease.claim;
	u32 i;

	c->lease.claim = 0;
	c->lease.base = 0;
	c->lease.until = 0;
	c->grant.own_epoch = 0;
	bully_for_each_peer(c, i, p) {
		p->lease.vote = BULLY_VOTE_NONE;
		p->lease.blocked = BULLY_BLOCKED_NOT;
		p->lease.epoch = 0;
		p->lease.at = 0;
	}
	bully_vote_release(c, c->id, c->session, epoch);
	act = bully_send(c, BULLY_TO_ALL, 0, BULLY_MSG_RESIGN, 0);
	act->epoch = epoch;
	act->leader = c->lease.heir;
	if (c->lease.heir)
		act->flags &= ~BULLY_F_STANDS;
	c->lease.heir = 0;
}

/* Ask all for their votes. */
static void ask_votes(struct bully_core *c)
{
	bully_vote_self(c);
	bully_lead_begin(c);
	bully_timer_advance(c, BULLY_T_CLAIM, bully_vote_self_due(c));
	bully_lease_update(c);
}

/* R13: this node's own vote is waited for as long as it takes, and no longer. */
void bully_claim_self(struct bully_core *c)
{
	if (bully_vote_self_due(c) <= c->now || c->grant.own_epoch != c->lease.claim) {
		bully_vote_self(c);
		bully_lease_update(c);
	}
}

/* Claim leadership: the classic algorithm's COORDINATOR is only a question here. */
void bully_claim(struct bully_core *c)
{
	if (!c->lease.claim)
		c->lease.claim_since = c->now;
	c->lease.claim = bully_next_epoch(c);
	c->epochs.highest = bully_max(c->epochs.highest, c->lease.claim);
	ask_votes(c);
}

/* A voter that would grant cannot, for it knows of epochs above the claim (R5). Who leads
 * goes on leading under the old epoch until a majority has granted the new one.
 */
void bully_claim_above(struct bully_core *c, u64 epoch)
{
	if (!c->lease.claim || epoch < c->lease.claim || c->lease.claim == BULLY_EPOCH_MAX || !bully_claim_allowed(c))
		return;
	c->epochs.highest = bully_max(c->epochs.highest, epoch);
	bully_claim(c);
}

/* A higher node asks the incumbent to hand over: does it grant, and hear a majority (R11)?
 * That it is past its hold-down is its own matter, as in classic mode: it was told, and
 * its operator may have said elect (rules P4, P8).
 */
static bool may_hand_over(const struct bully_core *c, const struct bully_peer *p,
			  const struct bully_msg *m)
{
	if (p->id < c->id || p->role != BULLY_ROLE_CANDIDATE || !(m->flags & BULLY_F_STANDS) ||
	    p->duplicate.until > c->now || !bully_members_near(c, m))
		return false;
	if (!votes_for(c, p, c->epoch, c->now > hold_time(c) ? c->now - hold_time(c) : 0))
		return false;
	if ((u64)m->alive_age_us * 1000 > bully_detection_of(c, p) ||
	    bully_alive_voters(c, m) < bully_majority(c))
		return false;
	return true;
}

/* ELECTION from a higher node to the incumbent of a lease (R11). */
void bully_on_handover(struct bully_core *c, struct bully_peer *p, const struct bully_msg *m)
{
	if (may_hand_over(c, p, m))
		bully_lead_hand_over(c, p->id);
	else
		bully_vote_refuse(c, m, BULLY_VOTE_LEADS);
}

/* Ask the leader for it: hear a majority first. */
void bully_ask_handover(struct bully_core *c)
{
	u64 hb = c->opts.heartbeat_ns, wait = bully_jittered(c, bully_detection(c));
	struct bully_action *act;
	struct bully_peer *p;
	u32 i, heard = bully_votes(c);

	bully_for_each_peer(c, i, p)
		heard += p->role != BULLY_ROLE_OBSERVER && bully_answers(c, p, c->now);
	if (heard < bully_majority(c)) {
		bully_hello_all(c);
	} else {
		act = bully_send(c, BULLY_TO_PEER, c->leader, BULLY_MSG_ELECTION, 0);
		act->heard = true;
		c->preempt.asked = true;
	}
	if (c->preempt.ask_tries < 4) {
		c->preempt.ask_tries++;
		wait = hb / 4;
	}
	bully_timer_set(c, BULLY_T_PREEMPT, c->now + wait);
}

/* A claim, or the word that one is held (rules E10, E11 in quorum mode). */
void bully_on_claim(struct bully_core *c, struct bully_peer *p, const struct bully_msg *m)
{
	enum bully_vote vote = bully_vote_on(c, p, m);

	p->election.passed = false;
	if (c->stand.shut_out)
		return;
	if (m->flags & BULLY_F_LEASE_HELD) {
		bully_hear_holder(c, p, m);
		if (c->state != BULLY_STATE_FOLLOWER || c->leader != p->id)
			return;
		vote = bully_vote_renew(c, m);
		c->grant.refusal = vote;
		bully_vote_tell(c, bully_answer(c, m, BULLY_MSG_COORDINATOR_ACK), vote);
		return;
	}
	if (!bully_votes(c)) {
		bully_answer(c, m, BULLY_MSG_COORDINATOR_ACK);
		return;
	}
	if (c->state == BULLY_STATE_LEADER) {
		bully_vote_refuse(c, m, BULLY_VOTE_LEADS);
		return;
	}
	if (p->id > c->id && c->lease.claim && bully_vote_would_yield(c, p, m)) {
		/* of two claimants the lower yields (R6) */
		bully_become_waiting(c, BULLY_REASON_SUPERSEDED, BULLY_PHASE_COORD);
		vote = bully_vote_on(c, p, m);
	}
	if (p->id < c->id && vote == BULLY_VOTE_GRANTED && bully_would_preempt(c) &&
	    !(c->role.phase == BULLY_PHASE_LISTEN && bully_lonely(c)) &&
	    c->state != BULLY_STATE_FOLLOWER) {
		/* there is no leader, and this node would be the better one (P1) */
		vote = BULLY_VOTE_LEADS;
		if (c->state != BULLY_STATE_ELECTION)
			bully_elect(c, BULLY_REASON_PREEMPTED);
	}
	if (vote != BULLY_VOTE_GRANTED) {
		bully_vote_refuse(c, m, vote);
		return;
	}
	bully_vote_grant(c, m);
	if (c->lease.claim)
		bully_become_waiting(c, BULLY_REASON_SUPERSEDED, BULLY_PHASE_COORD);
	else if (c->state != BULLY_STATE_FOLLOWER || c->leader != p->id)
		bully_wait_for(c);
	bully_vote_tell(c, bully_answer(c, m, BULLY_MSG_COORDINATOR_ACK), vote);
}
