// SPDX-License-Identifier: GPL-2.0-only
/*
 * grant.c - the vote of this node: to which claim, for how long, and what it tells others
 *
 * A voter remembers one grant, the last (R2). While it lives no other node gets one;
 * that it has run out, was resigned, or was lost in a restart is what the rules here
 * are about. Nothing of this is on a disk.
 */
#include "epoch.h"
#include "grant.h"
#include "outbox.h"
#include "set.h"
#include "stand.h"

/* So long after its last renewal a grant has ended, even if a clock is fast. This includes
 * a grant that was given under a longer lease.
 */
u64 bully_grant_abstention(const struct bully_core *c)
{
	return bully_div(bully_max(c->grant.lease_longest, c->opts.lease_ns), 99) * 101 + 101;
}

/* R4: what was granted before, as by an earlier life of this node, has ended by then. */
void bully_grant_abstain(struct bully_core *c)
{
	c->grant.lease_longest = bully_max(c->grant.lease_longest, c->opts.lease_ns);
	c->grant.abstain_until = bully_max(c->grant.abstain_until,
					   c->now + bully_grant_abstention(c));
}

/* R5: what this voter granted before @c->wall_us may be forgotten: claims must be above that. */
void bully_grant_raise_floor(struct bully_core *c)
{
	c->grant.floor = bully_max(c->grant.floor, c->wall_us);
}

/* A group that takes the place of another on this node: what that granted may live (R4). */
void bully_core_inherit(struct bully_core *c, const struct bully_core *old)
{
	c->grant.lease_longest = old->grant.lease_longest;
}

/* Returns when the last grant ends; 0 if there is none that lives. */
static u64 grant_end(const struct bully_core *c)
{
	u64 end = c->grant.at + c->opts.lease_ns;

	return c->grant.id && !c->grant.resigned && end > c->now ? end : 0;
}

/* Returns the node that holds this node's vote now; 0 for none. */
u32 bully_grant_holder(const struct bully_core *c)
{
	return grant_end(c) ? c->grant.id : 0;
}

/* R5: a claim must be above this. */
static u64 bar(const struct bully_core *c)
{
	return bully_max(c->grant.epoch, c->grant.floor);
}

/* The time from which this voter may grant again, which may be past. */
u64 bully_grant_free(const struct bully_core *c)
{
	return bully_max(c->grant.abstain_until, grant_end(c));
}

/* R10: returns true if the peer has just named a message of ours that was sent not long ago. */
static bool echoes_us(const struct bully_core *c, const struct bully_peer *p, u64 echo)
{
	u64 at;

	return bully_outbox_remembers(p, echo, &at) &&
	       c->now - at <= bully_max(bully_detection(c), c->opts.lease_ns);
}

static bool is_holder(const struct bully_core *c, u32 id, u64 session)
{
	return c->grant.id == id && c->grant.session == session;
}

/* Returns what this voter says to a claim, which may be its own. */
static enum bully_vote judge(const struct bully_core *c, u32 id, u64 session, u64 epoch)
{
	bool same = is_holder(c, id, session);

	if (c->now < c->grant.abstain_until)
		return BULLY_VOTE_ABSTAINS;					/* R4 */
	if (grant_end(c) && !same)
		return id == c->id || c->grant.id != c->id ? BULLY_VOTE_HELD :
							     BULLY_VOTE_LEADS;	/* R2 */
	if (same && epoch == c->grant.epoch && !c->grant.resigned)
		return BULLY_VOTE_GRANTED;					/* R5: renewed */
	if (epoch <= bar(c))
		return BULLY_VOTE_EPOCH;					/* R5 */
	return BULLY_VOTE_GRANTED;
}

static void grant(struct bully_core *c, u32 id, u64 session, u64 epoch, u64 seq)
{
	c->grant.id = id;
	c->grant.session = session;
	c->grant.epoch = epoch;
	c->grant.seq = seq;		/* R3: this message, and the time of this one */
	c->grant.at = c->now;
	c->grant.resigned = false;
	bully_epoch_seen(c, epoch);
}

/* R2: a vote for oneself, of the claim, is a grant like any other. */
enum bully_vote bully_grant_own(struct bully_core *c)
{
	enum bully_vote vote;

	if (!bully_set_is_voter(c) || !c->lease.claim)
		return BULLY_VOTE_NONE;
	vote = judge(c, c->id, c->session, c->lease.claim);
	if (vote == BULLY_VOTE_GRANTED) {
		grant(c, c->id, c->session, c->lease.claim, 0);
		c->grant.own_at = c->now;
		c->grant.own_epoch = c->lease.claim;
	}
	return vote;
}

/* When to ask oneself again (R13): BULLY_NEVER where waiting does not help. */
u64 bully_grant_own_due(const struct bully_core *c)
{
	if (!bully_set_is_voter(c) ||
	    (c->grant.own_epoch == c->lease.claim && is_holder(c, c->id, c->session)))
		return BULLY_NEVER;
	if (c->now < c->grant.abstain_until)
		return c->grant.abstain_until;
	return grant_end(c) ? grant_end(c) : BULLY_NEVER;
}

static enum bully_vote judge_of(const struct bully_core *c, const struct bully_peer *p,
				const struct bully_msg *m, u64 epoch)
{
	if (!bully_set_is_voter(c))
		return BULLY_VOTE_NONE;
	if (!bully_set_near(c, m) || p->role != BULLY_ROLE_CANDIDATE || !bully_stand_set_is_made(c))
		return BULLY_VOTE_MEMBERS;
	return judge(c, p->id, m->from_session, epoch);
}

/* F3: returns what this voter would say to a claim of the sender with a high epoch. */
enum bully_vote bully_grant_would(const struct bully_core *c, const struct bully_peer *p,
				  const struct bully_msg *m)
{
	return judge_of(c, p, m, BULLY_EPOCH_MAX);
}

/* Returns what this voter would say to a claim that has just come. Changes nothing. */
enum bully_vote bully_grant_judge(const struct bully_core *c, const struct bully_peer *p,
				  const struct bully_msg *m)
{
	enum bully_vote vote = judge_of(c, p, m, m->epoch);

	if (vote == BULLY_VOTE_GRANTED && !is_holder(c, p->id, m->from_session) &&
	    !echoes_us(c, p, m->echo))
		return BULLY_VOTE_UNHEARD;
	return vote;
}

/* The claim would be granted if our own, which lives, were given up. */
bool bully_grant_would_yield(const struct bully_core *c, const struct bully_peer *p,
			     const struct bully_msg *m)
{
	return bully_set_is_voter(c) && c->now >= c->grant.abstain_until && bully_set_near(c, m) &&
	       p->role == BULLY_ROLE_CANDIDATE && echoes_us(c, p, m->echo);
}

/* Grant what bully_grant_judge() said yes to. */
void bully_grant_give(struct bully_core *c, const struct bully_msg *m)
{
	grant(c, m->from, m->from_session, m->epoch, m->seq);
}

static enum bully_vote renew(struct bully_core *c, const struct bully_msg *m)
{
	u64 epoch = m->epoch;
	enum bully_vote vote;

	if (!bully_set_is_voter(c))
		return BULLY_VOTE_NONE;
	if (!bully_set_near(c, m))
		return BULLY_VOTE_MEMBERS;
	if (is_holder(c, m->from, m->from_session))
		epoch = bully_max(epoch, c->grant.epoch);
	vote = judge(c, m->from, m->from_session, epoch);
	if (vote == BULLY_VOTE_GRANTED)
		grant(c, m->from, m->from_session, epoch, m->seq);
	return vote;
}

/* R3, R5: the leader that this node follows has answered its probe. Its claim may be
 * above the epoch that it holds; to that claim the grant belongs then.
 */
enum bully_vote bully_grant_renew(struct bully_core *c, const struct bully_msg *m)
{
	c->grant.refusal = renew(c, m);
	return c->grant.refusal;
}

/* R16: returns true if this voter's grant is that session's, up to @epoch, still runs, and is known
 * as a claim only. A node that holds a lease says so to the voters that granted it.
 */
bool bully_grant_is_claimed(const struct bully_core *c, u32 id, u64 session, u64 epoch)
{
	return bully_leases(c) && grant_end(c) && id != c->id && is_holder(c, id, session) &&
	       epoch >= c->grant.epoch && c->grant.epoch > c->epochs.reported;
}

/* R2: its holder has let go of exactly this grant, or of a later one of the same session. */
void bully_grant_release(struct bully_core *c, u32 id, u64 session, u64 epoch)
{
	if (is_holder(c, id, session) && epoch >= c->grant.epoch)
		c->grant.resigned = true;
}

/* R2: a RESIGN may be lost. But a node that neither leads nor claims holds nothing of what it
 * had claimed before: later claims are above all that it knew (R5, R6).
 */
void bully_grant_hear(struct bully_core *c, const struct bully_msg *m)
{
	if (m->state != BULLY_STATE_LEADER && m->state != BULLY_STATE_ELECTION)
		bully_grant_release(c, m->from, m->from_session, m->reported);
}

/* Tell in a message what became of the vote: the grant, or why there is none. */
void bully_grant_tell(const struct bully_core *c, struct bully_action *act, enum bully_vote vote)
{
	u64 until = 0;

	if (vote == BULLY_VOTE_GRANTED) {
		act->flags |= BULLY_F_GRANT;
		act->epoch = c->grant.epoch;
		act->echo = c->grant.seq;
		return;
	}
	act->refusal = vote;
	if (vote == BULLY_VOTE_EPOCH)
		act->epoch = bar(c);
	if (vote == BULLY_VOTE_ABSTAINS)
		until = c->grant.abstain_until;
	if (vote == BULLY_VOTE_HELD || vote == BULLY_VOTE_LEADS)
		until = grant_end(c);
	act->remain_us = until > c->now ? bully_outbox_us(until - c->now) + 1 : 0;
}

/* Say no to a claim, and say why (R2, R13). */
struct bully_action *bully_grant_refuse(struct bully_core *c, const struct bully_msg *m,
					enum bully_vote vote)
{
	struct bully_action *act = bully_answer(c, m, BULLY_MSG_REFUSE);

	bully_grant_tell(c, act, vote);
	if (vote == BULLY_VOTE_HELD || vote == BULLY_VOTE_LEADS) {
		bool own = vote == BULLY_VOTE_LEADS;

		act->leader = own ? c->id : c->grant.id;
		act->leader_session = own ? 0 : c->grant.session;
		act->leader_at = own ? c->now : c->grant.at;
		if (!own)
			act->epoch = c->grant.epoch;	/* above reported: a claim (R15) */
	} else {
		act->leader = 0;
	}
	return act;
}

/* What a follower says of its vote in a probe (R3). */
void bully_grant_in_probe(const struct bully_core *c, struct bully_action *act)
{
	struct bully_peer *p = bully_core_find(c, c->leader);

	if (!bully_set_is_voter(c) || !p)
		return;
	if (grant_end(c) && is_holder(c, p->id, p->session))
		bully_grant_tell(c, act, BULLY_VOTE_GRANTED);
	else if (c->grant.refusal)
		bully_grant_tell(c, act, c->grant.refusal);
}
