// SPDX-License-Identifier: GPL-2.0-only
/*
 * raft.c - the policy of Raft's election: who misses the leader first asks, and may claim
 *
 * A random time decides who asks (F2), and a majority whether it may claim (F3). Nobody is
 * higher; only the newest data counts (F4). Safety is that of all leases (R1 to R13).
 */
#include "clock.h"
#include "elect.h"
#include "grant.h"
#include "handover.h"
#include "hearsay.h"
#include "lease.h"
#include "leased.h"
#include "outbox.h"
#include "position.h"
#include "role.h"
#include "set.h"
#include "stand.h"

/* F2: since when this node has had neither a leader nor a claim to wait for. */
static u64 alone_since(const struct bully_core *c)
{
	u64 lost = c->role.cause == BULLY_REASON_LEADER_TIMEOUT ? c->probe.proof :
								  c->listen.judged_from;

	return bully_max(c->raft.since, lost);
}

/* F2: a random time between one and two leases from then on. */
static u64 election_timeout(struct bully_core *c)
{
	u64 lease = c->opts.lease_ns, gone = c->now - bully_min(alone_since(c), c->now);

	return lease - bully_min(gone, lease) + bully_jitter(c, lease) + c->opts.look_ns;
}

static u64 raft_wait(struct bully_core *c, enum bully_phase phase)
{
	switch (phase) {
	case BULLY_PHASE_LISTEN:
		return bully_leased_listen(c);
	case BULLY_PHASE_STAGGER:
		return election_timeout(c);
	case BULLY_PHASE_ASK:
		return 0;		/* raft_asked() asks, and says when to come back */
	default:
		return bully_leased_wait(c);
	}
}

/* From one question to the next, for a voter that has not answered. */
static u64 ask_interval(const struct bully_core *c, const struct bully_peer *p)
{
	u64 hb = c->opts.heartbeat_ns;

	return p->state == BULLY_PEER_STATE_DOWN ? hb : bully_max(hb / 4, 2 * p->rtt);
}

/* F3: returns how many voters have answered the question by @vote, or with @other otherwise. */
static u32 answers(const struct bully_core *c, enum bully_vote vote, bool other)
{
	struct bully_peer *p;
	u32 i, n = 0;

	bully_for_each_peer(c, i, p)
		n += p->role != BULLY_ROLE_OBSERVER && (p->lease.vote == vote) != other;
	return n;
}

/* F3: returns true if this node would vote for itself. */
static bool is_free(const struct bully_core *c)
{
	return bully_set_is_voter(c) && bully_grant_free(c) <= c->now;
}

/* F3: an answer has come, or a time is over: claim, give up, or go on asking. */
static void count(struct bully_core *c)
{
	u32 own = bully_set_is_voter(c), majority = bully_set_majority(c);

	if (is_free(c) + answers(c, BULLY_VOTE_GRANTED, false) >= majority)
		bully_elect_win(c, c->role.cause);
	else if (own + answers(c, BULLY_VOTE_AHEAD, true) < majority)
		bully_role_wait(c, c->role.cause, BULLY_PHASE_STAGGER);		/* F4 */
	else if (c->now < c->raft.since + c->opts.lease_ns)
		return;
	else if (own + answers(c, BULLY_VOTE_NONE, true) < majority)
		bully_role_listen_anew(c, c->role.cause);			/* R14 */
	else
		bully_role_wait(c, c->role.cause, BULLY_PHASE_STAGGER);
}

static void ask(struct bully_core *c, enum bully_target target, u32 id)
{
	struct bully_action *act = bully_send(c, target, id, BULLY_MSG_ELECTION, 0);

	act->leader = 0;
	if (!c->raft.seq)
		c->raft.seq = act->seq;
}

/* Returns true if the peer has not said yet that it would vote for this node. */
static bool is_open(const struct bully_peer *p)
{
	return p->role != BULLY_ROLE_OBSERVER && p->lease.vote != BULLY_VOTE_GRANTED;
}

/* Returns true if more voters are to be asked now than a step has messages: then all are. */
static bool too_many_due(const struct bully_core *c)
{
	struct bully_peer *p;
	u32 i, n = 0;

	bully_for_each_peer(c, i, p)
		n += is_open(p) && p->raft.due <= c->now;
	return n > BULLY_ACTIONS / 2;
}

/* Ask those again that are due. Returns when the next one is. */
static u64 ask_again(struct bully_core *c)
{
	u64 due = c->raft.since + c->opts.lease_ns, free = bully_grant_free(c);
	bool all = too_many_due(c);
	struct bully_peer *p;
	u32 i;

	if (free > c->now)
		due = bully_min(due, free);
	if (all)
		ask(c, BULLY_TO_ALL, 0);
	bully_for_each_peer(c, i, p) {
		if (!is_open(p))
			continue;
		if (p->raft.due <= c->now) {
			if (!all)
				ask(c, BULLY_TO_PEER, p->id);
			p->raft.due = c->now + ask_interval(c, p);
		}
		due = bully_min(due, p->raft.due);
	}
	return due;
}

/* F3: some voters are due to be asked again. */
static void raft_asked(struct bully_core *c)
{
	count(c);
	if (c->role.phase == BULLY_PHASE_ASK)
		bully_role_wait_for(c, BULLY_PHASE_ASK, ask_again(c) - c->now);
}

/* F3: ask all voters. */
static void begin_to_ask(struct bully_core *c, enum bully_reason cause)
{
	struct bully_peer *p;
	u32 i;

	c->stats.elections[cause]++;
	c->raft.since = c->now;
	c->raft.seq = 0;
	bully_role_ask(c, cause);
	bully_lease_forget_votes(c);
	bully_for_each_peer(c, i, p)
		p->raft.due = c->now + ask_interval(c, p);
	ask(c, BULLY_TO_ALL, 0);
	raft_asked(c);
}

/* E8: returns true if others lately named a leader that was alive after it fell silent here. */
static bool is_told(const struct bully_core *c)
{
	return bully_hearsay_is_fresh(c) &&
	       bully_hearsay_is_news(c, c->hearsay.leader, c->hearsay.at);
}

/* F2: this node stands: it asks when its random time is over, unless it is told of a leader. */
static void raft_begin(struct bully_core *c, enum bully_reason cause)
{
	if (c->role.phase != BULLY_PHASE_STAGGER)
		bully_role_wait(c, cause, BULLY_PHASE_STAGGER);
	else if (is_told(c))
		bully_role_wait_for(c, BULLY_PHASE_STAGGER,
				    bully_jittered(c, c->opts.heartbeat_ns));
	else
		begin_to_ask(c, cause);
}

/* F5: all voters are asked for their votes. What they said to the question is no vote. */
static void raft_win(struct bully_core *c, enum bully_reason reason)
{
	c->raft.since = c->now;
	bully_role_claim(c, reason);
	bully_lease_forget_votes(c);
	bully_leased_claim(c);
}

static bool raft_give_up(struct bully_core *c)
{
	return bully_leased_give_up(c, BULLY_PHASE_STAGGER);
}

/* F4: returns true if this voter has newer data than the peer, which it does not follow. */
static bool is_ahead(const struct bully_core *c, const struct bully_peer *p)
{
	return c->leader != p->id && bully_position_ahead(c->position, p->position);
}

/* F3: what this voter says to the question whether it would vote for the peer. */
static enum bully_vote judge_question(const struct bully_core *c, const struct bully_peer *p,
				      const struct bully_msg *m)
{
	enum bully_vote vote = bully_grant_would(c, p, m);

	if (vote != BULLY_VOTE_NONE && c->state == BULLY_STATE_LEADER)
		return BULLY_VOTE_LEADS;
	if (vote == BULLY_VOTE_NONE || vote == BULLY_VOTE_MEMBERS || vote == BULLY_VOTE_ABSTAINS)
		return vote;
	if (c->state == BULLY_STATE_FOLLOWER && c->leader != p->id)
		return BULLY_VOTE_HEARS;
	return vote == BULLY_VOTE_GRANTED && is_ahead(c, p) ? BULLY_VOTE_AHEAD : vote;
}

/* F3: this voter hears its leader. It may vote when it has missed that, and its grant ended. */
static u32 misses_in(const struct bully_core *c)
{
	u64 missed = bully_min(c->clock.timer[BULLY_T_GONE], c->clock.timer[BULLY_T_LEASE]);
	u64 until = bully_max(missed + c->opts.look_ns, bully_grant_free(c));

	return until > c->now ? bully_outbox_us(until - c->now) + 1 : 1;
}

/* F3: says whether this voter would vote for the peer. A question that names a leader is R11. */
static enum bully_drop raft_on_election(struct bully_core *c, struct bully_peer *p,
					const struct bully_msg *m)
{
	enum bully_vote vote;

	if (m->leader) {
		if (p->set.differ || c->state != BULLY_STATE_LEADER || m->leader != c->id)
			return BULLY_DROP_UNEXPECTED;		/* E14, or not for a leader */
		bully_handover_asked(c, p, m);
		return BULLY_DROP_NONE;
	}
	vote = judge_question(c, p, m);
	if (vote == BULLY_VOTE_GRANTED) {
		bully_answer(c, m, BULLY_MSG_OK)->leader = 0;
	} else if (vote != BULLY_VOTE_NONE) {
		struct bully_action *act = bully_grant_refuse(c, m, vote);

		if (vote == BULLY_VOTE_HEARS)
			act->remain_us = misses_in(c);
	}
	return BULLY_DROP_NONE;
}

/* Returns true if the message answers a question of this election, which is not over. */
static bool is_answer(const struct bully_core *c, const struct bully_msg *m)
{
	return c->role.phase == BULLY_PHASE_ASK && m->echo >= c->raft.seq;
}

/* F3: the voter would vote for this node. */
static enum bully_drop raft_on_ok(struct bully_core *c, struct bully_peer *p,
				  const struct bully_msg *m)
{
	u64 at;

	if (!bully_set_near(c, m))
		return BULLY_DROP_UNEXPECTED;
	if (!bully_outbox_remembers(p, m->echo, &at))
		return BULLY_DROP_ECHO;
	if (!is_answer(c, m))
		return BULLY_DROP_NONE;
	bully_lease_note_vote(p, BULLY_VOTE_GRANTED);
	count(c);
	return BULLY_DROP_NONE;
}

/* F3: it would not. Ask it again when that may have changed; not all nodes at one time. */
static void refused(struct bully_core *c, struct bully_peer *p, const struct bully_msg *m)
{
	u64 hb = c->opts.heartbeat_ns, remain = (u64)m->remain_us * 1000;
	u64 wait = remain ? bully_max(remain, hb / 32) + bully_jitter(c, hb / 4) : hb;

	bully_lease_note_vote(p, m->refusal);
	p->raft.due = c->now + bully_min(wait, c->opts.lease_ns);
	count(c);
	if (c->role.phase == BULLY_PHASE_ASK)
		bully_timer_advance(c, BULLY_T_PHASE, p->raft.due);
}

static enum bully_drop raft_on_refuse(struct bully_core *c, struct bully_peer *p,
				      const struct bully_msg *m)
{
	u64 at;

	if (!is_answer(c, m))
		return bully_leased_on_refuse(c, p, m);
	if (!bully_outbox_remembers(p, m->echo, &at))
		return BULLY_DROP_ECHO;
	if (m->refusal)
		refused(c, p, m);
	return BULLY_DROP_NONE;
}

/* F4, F5: a claim, or the word that one is held. The first one gets the vote. */
static void raft_on_coordinator(struct bully_core *c, struct bully_peer *p,
				const struct bully_msg *m)
{
	enum bully_vote vote = bully_grant_judge(c, p, m);

	if (bully_leased_hear_claim(c, p, m))
		return;
	if (vote == BULLY_VOTE_GRANTED && is_ahead(c, p))
		vote = BULLY_VOTE_AHEAD;
	if (vote != BULLY_VOTE_GRANTED) {
		bully_grant_refuse(c, m, vote);
		return;
	}
	c->raft.since = c->now;
	bully_leased_grant(c, p, m, BULLY_PHASE_STAGGER);
}

/* P4: the operator wants this node to lead: it asks at once. */
static void raft_admin_elect(struct bully_core *c)
{
	if (bully_leased_admin_elect(c))
		return;
	if (bully_stands(c))
		begin_to_ask(c, BULLY_REASON_ADMIN);
	else
		bully_elect(c, BULLY_REASON_ADMIN);
}

const struct bully_policy bully_policy_raft = {
	.leases = true,
	.wait = raft_wait,
	.begin = raft_begin,
	.asked = raft_asked,
	.win = raft_win,
	.claim_above = bully_leased_claim_above,
	.claim_tick = bully_leased_claim_tick,
	.claim_self = bully_leased_claim_self,
	.give_up = raft_give_up,
	.lead_tick = bully_leased_lead_tick,
	.count = bully_leased_count,
	.on_election = raft_on_election,
	.on_ok = raft_on_ok,
	.on_coordinator = raft_on_coordinator,
	.on_coordinator_ack = bully_leased_on_coordinator_ack,
	.on_refuse = raft_on_refuse,
	.on_vote = bully_leased_on_vote,
	.hear = bully_leased_hear,
	.outbid = bully_leased_outbid,
	.take_over = bully_handover_ask,
	.admin_elect = raft_admin_elect,
};
