// SPDX-License-Identifier: GPL-2.0-only
/*
 * handover.c - leadership goes to one node on request
 *
 * Where leases are held, a higher node asks the leader to hand over (R11). In both modes the
 * leader's operator names the node that is to lead (S11).
 */
#include "alive.h"
#include "grant.h"
#include "handover.h"
#include "hello.h"
#include "holddown.h"
#include "lease.h"
#include "outbox.h"
#include "peers.h"
#include "position.h"
#include "preempt.h"
#include "rank.h"
#include "role.h"
#include "set.h"
#include "stand.h"

/* S11: so long the node that the operator names may take to answer. */
#define PATIENCE_MIN	1000000000ULL
#define PATIENCE_MAX	(10 * PATIENCE_MIN)

static const char asked[] = "that node was asked whether it can lead: repeat the request";

/* F6: returns true if too few voters would vote for the peer, because they are ahead of it. */
static bool is_behind(const struct bully_core *c, const struct bully_peer *p)
{
	return !c->policy->ranks && !bully_position_can_win(c, p);
}

/* R11: another node asks the leader to hand over. Returns true if that node grants the present
 * lease and receives a majority. The leader does not check the hold-down of the other node: that
 * node was told of it, and its operator may have said elect (P4, P8).
 */
static bool may_hand_over(const struct bully_core *c, const struct bully_peer *p,
			  const struct bully_msg *m)
{
	if (c->policy->ranks ? !bully_rank_is_higher(c, p) : is_behind(c, p))
		return false;
	if (p->role != BULLY_ROLE_CANDIDATE ||
	    !(m->flags & BULLY_F_STANDS) || p->duplicate.until > c->now || !bully_set_near(c, m))
		return false;
	if (!bully_lease_has_vote(c, p))
		return false;
	return (u64)m->alive_age_us * 1000 <= bully_detection_of(c, p) &&
	       bully_alive_voters(c, m) >= bully_set_majority(c);
}

/* ELECTION from a higher node to the leader: stop, and then tell it that it may claim (R6). */
void bully_handover_asked(struct bully_core *c, struct bully_peer *p, const struct bully_msg *m)
{
	if (!may_hand_over(c, p, m)) {
		bully_grant_refuse(c, m, is_behind(c, p) ? BULLY_VOTE_AHEAD : BULLY_VOTE_LEADS);
		return;
	}
	bully_lease_name_heir(c, p->id);
	bully_role_wait(c, BULLY_REASON_HANDOVER, BULLY_PHASE_COORD);
}

/* R11: returns true if a majority of the voters answers this node. */
static bool hears_majority(const struct bully_core *c)
{
	u32 i, heard = bully_set_is_voter(c);
	struct bully_peer *p;

	bully_for_each_peer(c, i, p)
		heard += p->role != BULLY_ROLE_OBSERVER && bully_peer_answers(c, p, c->now);
	return heard >= bully_set_majority(c);
}

/* Ask the leader for it, but first receive a majority. */
void bully_handover_ask(struct bully_core *c)
{
	if (!hears_majority(c)) {
		bully_hello_all(c);
		bully_preempt_again(c);
		bully_preempt_greeted(c);
		return;
	}
	bully_send(c, BULLY_TO_PEER, c->leader, BULLY_MSG_ELECTION, 0)->heard = true;
	bully_preempt_asked(c);
	bully_preempt_again(c);
}

/* S11: why this leader does not hand over to the peer, whatever that answers; NULL if it may. */
static const char *not_candidate(const struct bully_core *c, const struct bully_peer *p)
{
	if (c->state != BULLY_STATE_LEADER)
		return "this node does not lead the group";
	if (p->role != BULLY_ROLE_CANDIDATE)
		return "that node's role never leads";
	if (p->state != BULLY_PEER_STATE_UP || !p->proved)
		return "that node is not up";
	if (p->duplicate.until > c->now)
		return "two nodes have that id";
	if (bully_leases(c) ? p->set.differ : p->set.members != c->set.members)
		return "that node has another mode, lease or set of voters: configure both alike";
	if (!p->stands)
		return "that node is not a candidate now: look at show on that node";
	if (bully_core_peer_holddown(c, p, c->now))
		return "that node is held down after its restarts: wait until that is over";
	if (bully_leases(c) && !bully_lease_has_vote(c, p))
		return "that node does not grant this node's lease now: look at show on that node";
	if (is_behind(c, p))
		return "that node's position is behind: too few voters would vote for it";
	return NULL;
}

static u64 patience(const struct bully_core *c)
{
	return bully_min(bully_max(bully_detection(c), PATIENCE_MIN), PATIENCE_MAX);
}

/* S11: ask the peer whether it lives, and in quorum mode whom it receives. */
static void ask(struct bully_core *c, const struct bully_peer *p)
{
	struct bully_action *act = bully_send(c, BULLY_TO_PEER, p->id, BULLY_MSG_HELLO, 0);

	if (bully_leases(c))
		act->flags |= BULLY_F_ALIVE;
	if (!c->handover.seq)
		c->handover.seq = act->seq;
	c->handover.due = c->now + (c->opts.heartbeat_ns >> (6 - c->handover.tries));
	c->handover.tries += c->handover.tries < 4;
}

static void begin(struct bully_core *c, const struct bully_peer *p)
{
	c->handover.to = p->id;
	c->handover.epoch = c->epoch;
	c->handover.since = c->now;
	c->handover.due = c->now;
	c->handover.seq = 0;
	c->handover.tries = 0;
	c->handover.answered = false;
	c->handover.majority = false;
}

/* Returns why this node leads on, or NULL if the peer is to lead now. */
static const char *decide(struct bully_core *c, const struct bully_peer *p)
{
	const char *why = not_candidate(c, p);
	u64 gone = c->now - c->handover.since;

	if (why)
		return why;
	if (c->handover.to != p->id || c->handover.epoch != c->epoch || gone > 2 * patience(c))
		begin(c, p);
	else if (c->handover.answered && (c->handover.majority || !bully_leases(c)))
		return NULL;
	else if (gone > patience(c))
		return c->handover.answered ?
		       "that node does not receive a majority of the voters" :
		       "that node does not answer";
	if (c->now >= c->handover.due)
		ask(c, p);
	return asked;
}

/**
 * bully_handover_to() - the operator names the node that is to lead (S11)
 * @c: the core
 * @p: that node
 *
 * Resigns if @p can lead by what it has answered since the first request. Otherwise this node
 * leads on, asks @p if that can help, and keeps for bully_core_handover() why.
 */
void bully_handover_to(struct bully_core *c, struct bully_peer *p)
{
	c->handover.refusal = decide(c, p);
	if (c->handover.refusal != asked)
		c->handover.to = 0;
	if (c->handover.refusal)
		return;
	bully_stand_resign(c);
	bully_role_resign_to(c, BULLY_REASON_RESIGNED, p->id);
}

const char *bully_core_handover(const struct bully_core *c, bool *again)
{
	*again = c->handover.refusal == asked;
	return c->handover.refusal;
}

/* S11: HELLO_ACK: the peer that is asked lives, and says whom it receives. */
void bully_handover_answered(struct bully_core *c, const struct bully_peer *p,
			     const struct bully_msg *m)
{
	if (c->handover.to != p->id || m->echo < c->handover.seq)
		return;
	c->handover.answered = true;
	c->handover.majority = (u64)m->alive_age_us * 1000 <= bully_detection_of(c, p) &&
			       bully_alive_voters(c, m) >= bully_set_majority(c);
}

/* S11: the leader asks whom this node receives. Followers exchange nothing, so ask them all. */
void bully_handover_greet(struct bully_core *c, const struct bully_peer *p,
			  const struct bully_msg *m)
{
	if (!bully_leases(c) || !(m->flags & BULLY_F_ALIVE) || c->leader != p->id ||
	    hears_majority(c))
		return;
	if (c->handover.greeted_at &&
	    c->now - c->handover.greeted_at < c->opts.heartbeat_ns / 4)
		return;
	c->handover.greeted_at = c->now;
	bully_hello_all(c);
}
