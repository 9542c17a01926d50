// SPDX-License-Identifier: GPL-2.0-only
/* core.c - the step, and what may be asked of a core between two steps */
#include "announce.h"
#include "config.h"
#include "grant.h"
#include "lease.h"
#include "outbox.h"
#include "rank.h"
#include "receive.h"
#include "set.h"
#include "stand.h"
#include "timers.h"

/* A clock that is wrong by more than a lifetime (beyond the year 2112) must not use
 * up the epochs that are left above it (R5).
 */
#define EPOCH_BEGIN_MAX	(BULLY_EPOCH_MAX / 2 + 1)

static enum bully_drop dispatch(struct bully_core *c, const struct bully_event *ev)
{
	switch (ev->type) {
	case BULLY_EV_TIMER:
		if (!c->stopped)
			bully_timers_fire(c);
		break;
	case BULLY_EV_MSG:
		c->elsewhere = ev->elsewhere;
		return bully_receive(c, ev->msg, ev->tag);
	case BULLY_EV_DROP:
		c->stats.drops[ev->drop]++;
		return ev->drop;
	default:
		bully_config_step(c, ev);
	}
	return BULLY_DROP_NONE;
}

/* R8: a clock that leapt has ended this voter's grant early; holders may rely on it yet. */
static void leapt(struct bully_core *c)
{
	u64 due = bully_core_deadline(c);

	if (c->now > due && c->now - due > c->opts.lease_ns)
		bully_grant_abstain(c);
}

enum bully_drop bully_core_step(struct bully_core *c, const struct bully_event *ev,
				struct bully_actions *out)
{
	enum bully_drop verdict;

	bully_outbox_begin(c, out);
	c->now = bully_max(c->now, ev->now);
	c->wall_us = bully_min(ev->wall_us, EPOCH_BEGIN_MAX);
	if (!c->stopped && bully_leases(c)) {
		leapt(c);
		bully_timers_lease(c);		/* R9 */
	}
	verdict = dispatch(c, ev);
	bully_outbox_end(c);
	return verdict;
}

const char *bully_core_may_elect(const struct bully_core *c)
{
	if (c->link == BULLY_LINK_NO_PEERS && !bully_stand_linked(c))
		return "this group has no peers";
	if (!bully_stand_linked(c))
		return "this group has no link to any peer";
	if (c->opts.role != BULLY_ROLE_CANDIDATE)
		return "this node's role never leads";
	if (!c->opts.candidate)
		return "this node is not a candidate: candidate is off";
	if (c->duplicate.own)
		return "this node is not a candidate: another node has its id";
	if (c->address.unreached)
		return "this node is not a candidate: its peers have a wrong address for it";
	if (bully_leases(c) && c->set.voters == 1 && c->opts.voters != 1)
		return "this group has no other voter: voters 1 lets this node lead alone";
	if (!bully_stand_set_is_made(c))
		return "fewer voters are configured than the option voters demands";
	if (bully_leases(c) && c->state == BULLY_STATE_FOLLOWER && bully_rank_leader_is_higher(c))
		return "the leader has a higher rank and holds the lease: resign on that node";
	return NULL;
}

const char *bully_core_may_resign(const struct bully_core *c)
{
	if (c->state != BULLY_STATE_LEADER)
		return "this node does not lead the group";
	if (!bully_announce_successor(c))
		return "no other candidate is up to take over";
	return NULL;
}

u64 bully_core_lease_end(const struct bully_core *c)
{
	if (c->state != BULLY_STATE_LEADER)
		return 0;
	return bully_leases(c) ? c->lease.until : BULLY_NEVER;
}

void bully_core_quorum(const struct bully_core *c, u64 now, struct bully_quorum_view *view)
{
	u64 end = c->grant.at + c->opts.lease_ns;

	memset(view, 0, sizeof(*view));
	view->seen_leader = c->role.seen_leader;
	view->holddown_remaining_ns = bully_core_holddown(c, now);
	if (!bully_leases(c))
		return;
	view->majority = bully_set_majority(c);
	view->grants = bully_lease_grants(c, now);
	if (c->state == BULLY_STATE_LEADER && c->lease.until > now)
		view->lease_remaining_ns = c->lease.until - now;
	if (!bully_set_is_voter(c))
		return;
	if (c->grant.abstain_until > now)
		view->abstain_remaining_ns = c->grant.abstain_until - now;
	if (c->grant.id && !c->grant.resigned && end > now) {
		view->grant_to = c->grant.id;
		view->grant_remaining_ns = end - now;
	}
}
