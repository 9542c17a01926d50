// SPDX-License-Identifier: GPL-2.0-only
/* hear.c - what the messages of an election do under every policy */
#include "alive.h"
#include "announce.h"
#include "elect.h"
#include "grant.h"
#include "hear.h"
#include "hearsay.h"
#include "hello.h"
#include "holddown.h"
#include "lease.h"
#include "listen.h"
#include "outbox.h"
#include "peers.h"
#include "probe.h"
#include "rank.h"
#include "role.h"
#include "stand.h"
#include "wait.h"

/* E3, E4: a lower node asks whether any higher node lives. */
void bully_hear_election(struct bully_core *c, const struct bully_msg *m)
{
	struct bully_action *act = bully_answer(c, m, BULLY_MSG_OK);

	if (c->role.phase == BULLY_PHASE_LISTEN && bully_listen_is_lonely(c))
		act->flags &= ~BULLY_F_STANDS;		/* R14 */
	if (bully_holddown_holds(c) && c->state != BULLY_STATE_FOLLOWER &&
	    c->state != BULLY_STATE_ELECTION) {
		act->flags &= ~BULLY_F_STANDS;		/* P9 */
		return;
	}
	bully_elect_listen_end(c);
	if (!bully_stands(c) && c->state != BULLY_STATE_FOLLOWER)
		return;
	if (c->state == BULLY_STATE_FOLLOWER)
		bully_elect_suspect(c);
	else if (c->state == BULLY_STATE_WAITING &&
		 ((bully_leases(c) && c->role.phase == BULLY_PHASE_COORD && c->hearsay.leader &&
		   (c->role.rounds < 2 || !bully_hearsay_is_fresh(c))) ||
		  c->role.phase == BULLY_PHASE_STAGGER || c->role.phase == BULLY_PHASE_NEXT))
		bully_elect(c, c->role.cause);
}

void bully_hear_ok(struct bully_core *c, struct bully_peer *p, const struct bully_msg *m)
{
	bool named_lives = m->leader && (u64)m->leader_age_us * 1000 <= bully_detection_of(c, p);

	if (c->state != BULLY_STATE_ELECTION || c->role.phase != BULLY_PHASE_OK ||
	    m->leader == p->id)
		return;		/* bully_hear_any() follows a leader that answers itself */
	if (named_lives && bully_leases(c) &&
	    !bully_hearsay_is_news(c, m->leader, c->now - (u64)m->leader_age_us * 1000))
		named_lives = false;	/* the sender has not noticed yet what we have */
	if ((named_lives && m->leader != c->id && !bully_leases(c) &&
	     !bully_rank_named_is_higher(c, m)) || p->set.differ) {
		/* P2: it is content with somebody lower, or could win nothing */
		bully_elect_declined(c, p);
	} else if (named_lives) {
		struct bully_peer *leader = bully_core_find(c, m->leader);

		bully_role_wait(c, c->role.cause, BULLY_PHASE_COORD);
		if (leader)
			bully_hello(c, leader);
	} else if (m->flags & BULLY_F_STANDS && bully_wait_once(p)) {
		bully_role_wait(c, c->role.cause, BULLY_PHASE_COORD);
	} else {
		bully_elect_declined(c, p);
	}
}

void bully_hear_heartbeat(struct bully_core *c, struct bully_peer *p, const struct bully_msg *m)
{
	if (c->state == BULLY_STATE_LEADER && m->leader == c->id)
		bully_announce_acked(p);
	if (c->policy->on_vote)
		c->policy->on_vote(c, p, m);
	bully_answer(c, m, BULLY_MSG_HEARTBEAT_ACK);
}

enum bully_drop bully_hear_heartbeat_ack(struct bully_core *c, struct bully_peer *p,
					 const struct bully_msg *m)
{
	u32 i;

	if (c->state != BULLY_STATE_FOLLOWER || p->id != c->leader)
		return BULLY_DROP_UNEXPECTED;
	i = bully_probe_find(c, m);
	if (i == BULLY_PROBES)
		return BULLY_DROP_ECHO;
	if (m->leader != p->id || m->state != BULLY_STATE_LEADER) {
		/* it does not lead any more, and its RESIGN was lost */
		bully_elect_leader_lost(c, BULLY_REASON_RESIGNED);
		return BULLY_DROP_NONE;
	}
	bully_probe_answered(c, p, i);
	bully_alive_read(c, m);
	if (bully_leases(c) && m->flags & BULLY_F_LEASE_HELD) {
		bully_lease_hear(c);
		bully_grant_renew(c, m);
	}
	if (m->epoch > c->epoch) {
		u64 proof = c->probe.proof, base = c->probe.base;

		/* it claimed again, and we missed that */
		bully_role_follow(c, p, m->epoch, BULLY_REASON_SUPERSEDED);
		bully_probe_resume(c, proof, base);
	}
	return BULLY_DROP_NONE;
}

/* S1, S4: a leader leaves and names its successor, or a follower leaves. */
enum bully_drop bully_hear_resign(struct bully_core *c, struct bully_peer *p,
				  const struct bully_msg *m)
{
	bool leaves = m->state == BULLY_STATE_INIT, withdrawn;
	bool our_leader = c->state == BULLY_STATE_FOLLOWER && c->leader == p->id &&
			  m->epoch >= c->epoch;

	withdrawn = bully_grant_is_claimed(c, p->id, m->from_session, m->epoch);
	bully_grant_release(c, p->id, m->from_session, m->epoch);		/* R2 */
	if (leaves)
		bully_peer_lost(c, p);
	if (withdrawn)
		bully_role_claim_withdrawn(c);
	if (!our_leader)
		return BULLY_DROP_NONE;
	bully_hearsay_resigned(c, p->id, m->epoch);
	if (m->leader == c->id && bully_stands(c))
		bully_elect_named(c);
	else
		bully_elect_leader_resigned(c, m->leader == c->id ? 0 : m->leader);
	return BULLY_DROP_NONE;
}

/* E8: a follower names its leader, which we may not be configured for, or not yet. */
static void hear_follower(struct bully_core *c, const struct bully_peer *p,
			  const struct bully_msg *m)
{
	u64 age = (u64)m->leader_age_us * 1000;			/* R12 */
	u64 at = c->now > age ? c->now - age : 0;

	if (!m->leader || m->leader == c->id || m->type == BULLY_MSG_RESIGN ||
	    m->state != BULLY_STATE_FOLLOWER || (bully_leases(c) && m->refusal))
		return;
	if (m->leader == c->hearsay.leader ? at > c->hearsay.at :
	    at >= c->hearsay.at || !bully_hearsay_is_fresh(c))
		bully_hearsay_hear(c, m, at, bully_detection_of(c, p));
}

/* What every accepted message says besides its errand. */
void bully_hear_any(struct bully_core *c, struct bully_peer *p, const struct bully_msg *m)
{
	if (!c->policy->hear(c, p, m)) {
		if (p->set.differ)
			return;			/* E14 */
		hear_follower(c, p, m);
	}
	/* E8: a node that follows a higher one will refuse, and so tell us */
	if (c->state == BULLY_STATE_LEADER && m->state != BULLY_STATE_LEADER &&
	    !c->policy->outbid(c, m) && m->leader != c->id && m->type != BULLY_MSG_ELECTION)
		bully_announce_tell(c, p);
	bully_elect_listen_check(c);
}
