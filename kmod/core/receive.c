// SPDX-License-Identifier: GPL-2.0-only
/* receive.c - a message on its way through the checks to what it does */
#include "address.h"
#include "announce.h"
#include "elect.h"
#include "epoch.h"
#include "grant.h"
#include "handover.h"
#include "hear.h"
#include "holddown.h"
#include "listen.h"
#include "notice.h"
#include "outbox.h"
#include "peers.h"
#include "rank.h"
#include "receive.h"
#include "role.h"
#include "session.h"
#include "set.h"

/* Quorum mode: both directions work if the peer answers a message that this node remembers. */
static void note_answer(struct bully_core *c, struct bully_peer *p, const struct bully_msg *m)
{
	u64 at;

	if (!bully_outbox_remembers(p, m->echo, &at))
		return;
	bully_peer_both(p, at);
	/* a HELLO that was repeated meanwhile measures nothing else */
	if (!p->rtt && m->type == BULLY_MSG_HELLO_ACK)
		bully_peer_rtt(p, c->now - at);
}

static enum bully_drop on_coordinator(struct bully_core *c, struct bully_peer *p,
				      const struct bully_msg *m)
{
	if (p->role != BULLY_ROLE_CANDIDATE || m->leader != m->from || !m->epoch)
		return BULLY_DROP_UNEXPECTED;
	c->policy->on_coordinator(c, p, m);
	return BULLY_DROP_NONE;
}

/* E14: returns true if the sender has other voters, or the other election of quorum mode. */
static bool elects_apart(const struct bully_core *c, const struct bully_peer *p)
{
	return bully_leases(c) && p->set.differ;
}

/* From a higher node it is the request to hand over the lease (R11). */
static enum bully_drop on_election(struct bully_core *c, struct bully_peer *p,
				   const struct bully_msg *m)
{
	if (elects_apart(c, p))
		return BULLY_DROP_UNEXPECTED;
	if (!bully_rank_is_higher(c, p))
		bully_hear_election(c, m);
	else if (c->policy->on_handover && c->state == BULLY_STATE_LEADER)
		c->policy->on_handover(c, p, m);
	else
		return BULLY_DROP_UNEXPECTED;
	return BULLY_DROP_NONE;
}

static enum bully_drop on_ok(struct bully_core *c, struct bully_peer *p, const struct bully_msg *m)
{
	if (elects_apart(c, p) || !bully_rank_is_higher(c, p))
		return BULLY_DROP_UNEXPECTED;
	bully_hear_ok(c, p, m);
	return BULLY_DROP_NONE;
}

static enum bully_drop act_on(struct bully_core *c, struct bully_peer *p, const struct bully_msg *m)
{
	if (!bully_takes_part(c) && m->type != BULLY_MSG_HELLO && m->type != BULLY_MSG_HELLO_ACK)
		return BULLY_DROP_UNEXPECTED;		/* O1 */
	switch (m->type) {
	case BULLY_MSG_ELECTION:
		return c->policy->on_election ? c->policy->on_election(c, p, m) :
						on_election(c, p, m);
	case BULLY_MSG_OK:
		return c->policy->on_ok ? c->policy->on_ok(c, p, m) : on_ok(c, p, m);
	case BULLY_MSG_COORDINATOR:
		return on_coordinator(c, p, m);
	case BULLY_MSG_COORDINATOR_ACK:
		return c->policy->on_coordinator_ack(c, p, m);
	case BULLY_MSG_HEARTBEAT:
		bully_hear_heartbeat(c, p, m);
		break;
	case BULLY_MSG_HEARTBEAT_ACK:
		return bully_hear_heartbeat_ack(c, p, m);
	case BULLY_MSG_REFUSE:
		return c->policy->on_refuse(c, p, m);
	case BULLY_MSG_RESIGN:
		return bully_hear_resign(c, p, m);
	case BULLY_MSG_HELLO_ACK:
		bully_holddown_told(c, m);	/* before a leader is accepted */
		bully_peer_answered(p);
		bully_handover_answered(c, p, m);
		break;
	case BULLY_MSG_HELLO:
		bully_handover_greet(c, p, m);
		break;
	default:
		break;
	}
	return BULLY_DROP_NONE;
}

/* E14: a node of the other mode lives, and that is all that is believed of it. */
static enum bully_drop act_on_other(struct bully_peer *p, const struct bully_msg *m)
{
	bully_peer_ignored(p);
	if (m->type == BULLY_MSG_HELLO_ACK)
		bully_peer_answered(p);
	return m->type == BULLY_MSG_HELLO_ACK || m->type == BULLY_MSG_HELLO ?
		BULLY_DROP_NONE : BULLY_DROP_UNEXPECTED;
}

/* What an accepted message of any type says about its sender. Returns true if the sender's
 * priority has changed.
 */
static bool note_sender(struct bully_core *c, struct bully_peer *p, const struct bully_msg *m)
{
	bully_peer_heard(c, p, m);
	bully_peer_configured(c, p, m);
	if (bully_set_seen(c, p, m) && c->policy->count)
		c->policy->count(c);
	if (!p->set.differ) {		/* E14: nor do its epochs count */
		bully_epoch_seen(c, m->epoch);
		bully_epoch_seen(c, m->reported);
	}
	if (m->echo && m->echo == p->outbox.ask_seq && m->type != BULLY_MSG_COORDINATOR &&
	    m->type != BULLY_MSG_HEARTBEAT) {
		bully_peer_rtt(p, c->now - p->outbox.ask_at);
		bully_outbox_ask_answered(p);
	}
	return bully_peer_ranked(p, m->priority);
}

/* A message that passed all checks. Returns the verdict of its errand. */
static enum bully_drop accept(struct bully_core *c, struct bully_peer *p, const struct bully_msg *m)
{
	bool back = p->state == BULLY_PEER_STATE_DOWN, ranked = note_sender(c, p, m);
	enum bully_drop drop;

	if (m->type != BULLY_MSG_RESIGN || m->state != BULLY_STATE_INIT)
		bully_peer_up(c, p);
	bully_address_accepted(c, p);
	if (m->flags & BULLY_F_DUPLICATE && m->to_session == c->session)
		bully_notice_duplicate(c, p);
	if (bully_leases(c)) {
		note_answer(c, p, m);
		bully_grant_hear(c, m);
	}
	drop = bully_set_other_mode(c, m) ? act_on_other(p, m) : act_on(c, p, m);
	if (!drop && m->type != BULLY_MSG_RESIGN)
		bully_hear_any(c, p, m);
	if (ranked)
		bully_elect_ranked(c, p);
	/* E12: a claim is not repeated to those that are down */
	if (back && c->state == BULLY_STATE_ELECTION && c->lease.claim)
		bully_announce_tell(c, p);
	bully_listen_ask_back(c, p);
	return drop;
}

/* The sender has another session than before: it was away (P5). */
static void peer_restarted(struct bully_core *c, struct bully_peer *p)
{
	bully_holddown_count(c, p);
	if (bully_takes_part(c) && c->state == BULLY_STATE_FOLLOWER && c->leader == p->id)
		bully_elect_leader_lost(c, BULLY_REASON_LEADER_TIMEOUT);
}

static enum bully_drop receive(struct bully_core *c, const struct bully_msg *m, enum bully_tag tag,
			       struct bully_peer **peer)
{
	bool restarted = false;
	enum bully_drop drop = bully_session_check(c, m, tag, peer, &restarted);
	struct bully_peer *p = *peer;

	if (restarted)
		peer_restarted(c, p);
	if (!p)
		return drop;
	if (!drop)
		drop = bully_session_admit(c, p, m);
	if (drop == BULLY_DROP_UNPROVED && m->type == BULLY_MSG_HELLO)
		return BULLY_DROP_NONE;		/* it was answered; that is all it asked for */
	if (drop)
		return drop;
	return m->flags & BULLY_F_ELSEWHERE ? bully_notice_receive(c, p, m) : accept(c, p, m);
}

/* A decoded message for this group. Returns the verdict. */
enum bully_drop bully_receive(struct bully_core *c, const struct bully_msg *m, enum bully_tag tag)
{
	struct bully_peer *p = NULL;
	enum bully_drop drop;

	/* R9: a doubt about our own time comes before the packet */
	if (!c->stopped)
		bully_role_doubt(c);
	drop = receive(c, m, tag, &p);
	if (drop) {
		c->stats.drops[drop]++;
		if (p)
			p->stats.drops[drop]++;
	} else {
		c->stats.rx[m->type]++;
		if (p)
			p->stats.rx[m->type]++;
	}
	return drop;
}
