// SPDX-License-Identifier: GPL-2.0-only
/*
 * lease.c - what a claimant has been granted, and how long it may rely on that
 *
 * A *claim* is a COORDINATOR that does not say "lease held". Its grants are counted from
 * the send time of the very message that each of them echoes (R3); while those of a
 * majority are young enough the lease is held (R1), and only then is anybody told.
 */
#include "clock.h"
#include "epoch.h"
#include "grant.h"
#include "lease.h"
#include "outbox.h"
#include "set.h"

/* R3: so long after the send time a grant may be relied upon. */
static u64 hold_time(const struct bully_core *c)
{
	u64 lease = c->opts.lease_ns;

	return bully_div(lease, 101) * 99 - bully_max(1000000, lease / 64);
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
	u32 majority = ahead ? bully_set_majority_ahead(c) : bully_set_majority(c), i, n;
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
u32 bully_lease_grants(const struct bully_core *c, u64 now)
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

/* R11: returns true if the peer's grant for what this node holds lives. */
bool bully_lease_has_vote(const struct bully_core *c, const struct bully_peer *p)
{
	u64 hold = hold_time(c);

	return votes_for(c, p, c->epoch, c->now > hold ? c->now - hold : 0);
}

/* Returns true if this node's claim is above what it holds, or if it holds nothing yet. */
bool bully_lease_is_claiming(const struct bully_core *c)
{
	return c->lease.claim && (c->state != BULLY_STATE_LEADER || c->lease.claim > c->epoch);
}

/* R1: a grant came, or what is a majority changed. Returns true if that has won the claim. */
bool bully_lease_is_won(struct bully_core *c)
{
	u64 hold = hold_time(c), old, since;

	if (!bully_lease_is_claiming(c))
		return false;
	old = c->now > hold ? c->now - hold : 0;	/* older grants do not matter */
	since = majority_since(c, c->lease.claim, old);
	if (since <= old)
		return false;
	c->lease.base = since;
	c->lease.until = since + hold;
	return true;
}

/* R1: works out how long the leader may rely on the grants that it has. */
void bully_lease_renew(struct bully_core *c)
{
	if (c->state != BULLY_STATE_LEADER || !c->lease.claim)
		return;
	c->lease.base = majority_since(c, c->epoch, c->lease.base);
	c->lease.until = c->lease.base ? c->lease.base + hold_time(c) : 0;
	bully_timer_set(c, BULLY_T_LEASE, c->lease.until);
}

/* R9: the end of the own lease takes effect before a packet is looked at. Returns why it is
 * over, BULLY_REASON_NONE if it is not.
 */
enum bully_reason bully_lease_over(struct bully_core *c)
{
	u64 tick = c->clock.timer[BULLY_T_TICK];
	bool late = c->now > tick && c->now - tick > c->opts.lease_ns;		/* R8 */

	if (c->state != BULLY_STATE_LEADER || c->now < c->clock.timer[BULLY_T_LEASE])
		return BULLY_REASON_NONE;
	bully_timer_set(c, BULLY_T_LEASE, BULLY_NEVER);
	c->stats.voided += late;
	return late ? BULLY_REASON_TIME_DOUBT : BULLY_REASON_LEASE_LOST;
}

/* The leader's own word that its lease is held: so long it may be believed. */
void bully_lease_hear(struct bully_core *c)
{
	bully_timer_set(c, BULLY_T_LEASE, c->now + c->opts.lease_ns);
}

/* What a voter says of its vote, in COORDINATOR_ACK, HEARTBEAT or REFUSE. */
enum bully_ballot bully_lease_take_vote(struct bully_core *c, struct bully_peer *p,
					const struct bully_msg *m)
{
	u64 sent_at;

	if (!c->lease.claim || p->role == BULLY_ROLE_OBSERVER)
		return BULLY_BALLOT_NOTHING;
	if (!(m->flags & BULLY_F_GRANT)) {
		if (m->refusal)
			p->lease.vote = m->refusal;
		return m->refusal == BULLY_VOTE_EPOCH ? BULLY_BALLOT_EPOCH : BULLY_BALLOT_NOTHING;
	}
	if (!bully_set_near(c, m)) {
		p->lease.vote = BULLY_VOTE_MEMBERS;
		return BULLY_BALLOT_NOTHING;
	}
	if (!bully_outbox_remembers(p, m->echo, &sent_at))
		return BULLY_BALLOT_NOTHING;
	/* R1: what it granted is what the echoed message claimed, or what came before */
	if (m->epoch > c->lease.claim || m->epoch < p->lease.epoch)
		return BULLY_BALLOT_NOTHING;
	/* R15: a grant of what this node has resigned says nothing to its claim */
	if (c->state != BULLY_STATE_LEADER && m->epoch < c->lease.claim)
		return BULLY_BALLOT_NOTHING;
	p->lease.vote = BULLY_VOTE_GRANTED;
	p->lease.blocked = BULLY_BLOCKED_NOT;
	p->lease.members = m->members;
	p->lease.epoch = m->epoch;
	p->lease.at = bully_max(p->lease.at, sent_at);
	return BULLY_BALLOT_GRANT;
}

/* Claim an epoch above everything known. A later claim goes on where the last one was. */
void bully_lease_claim(struct bully_core *c)
{
	if (!c->lease.claim)
		c->lease.claim_since = c->now;
	c->lease.claim = bully_epoch_next(c);
	bully_epoch_seen(c, c->lease.claim);
}

/* R6: nothing is claimed any more. The user has been told, others are told now. */
void bully_lease_end_claim(struct bully_core *c)
{
	struct bully_action *act;
	struct bully_peer *p;
	u64 epoch = c->lease.claim;
	u32 i;

	c->lease.claim = 0;
	c->lease.base = 0;
	c->lease.until = 0;
	bully_grant_forget_own(c);
	bully_for_each_peer(c, i, p) {
		p->lease.vote = BULLY_VOTE_NONE;
		p->lease.blocked = BULLY_BLOCKED_NOT;
		p->lease.epoch = 0;
		p->lease.at = 0;
	}
	bully_grant_release(c, c->id, c->session, epoch);
	act = bully_send(c, BULLY_TO_ALL, 0, BULLY_MSG_RESIGN, 0);
	act->epoch = epoch;
	act->leader = c->lease.heir;
	if (c->lease.heir)
		act->flags &= ~BULLY_F_STANDS;
	c->lease.heir = 0;
}
