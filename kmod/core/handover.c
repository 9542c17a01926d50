// SPDX-License-Identifier: GPL-2.0-only
/* handover.c - where leases are held, a higher node asks the leader to hand over (R11) */
#include "alive.h"
#include "grant.h"
#include "handover.h"
#include "hello.h"
#include "lease.h"
#include "outbox.h"
#include "peers.h"
#include "preempt.h"
#include "rank.h"
#include "role.h"
#include "set.h"

/* R11: a higher node asks the leader to hand over. Returns true if that node grants the present
 * lease and receives a majority. The leader does not check the hold-down of the other node: that
 * node was told of it, and its operator may have said elect (P4, P8).
 */
static bool may_hand_over(const struct bully_core *c, const struct bully_peer *p,
			  const struct bully_msg *m)
{
	if (!bully_rank_is_higher(c, p) || p->role != BULLY_ROLE_CANDIDATE ||
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
		bully_grant_refuse(c, m, BULLY_VOTE_LEADS);
		return;
	}
	bully_lease_name_heir(c, p->id);
	bully_role_wait(c, BULLY_REASON_HANDOVER, BULLY_PHASE_COORD);
}

/* Ask the leader for it, but first receive a majority. */
void bully_handover_ask(struct bully_core *c)
{
	u32 i, heard = bully_set_is_voter(c);
	struct bully_peer *p;

	bully_for_each_peer(c, i, p)
		heard += p->role != BULLY_ROLE_OBSERVER && bully_peer_answers(c, p, c->now);
	if (heard < bully_set_majority(c)) {
		bully_hello_all(c);
		bully_preempt_again(c);
		bully_preempt_greeted(c);
		return;
	}
	bully_send(c, BULLY_TO_PEER, c->leader, BULLY_MSG_ELECTION, 0)->heard = true;
	bully_preempt_asked(c);
	bully_preempt_again(c);
}
