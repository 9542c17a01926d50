// SPDX-License-Identifier: GPL-2.0-only
/* voters.c - tests the set of voters: which nodes vote together, when the set may change (R7) */
#include "ballot.h"

/* R7: grants within one set, or between two that differ by one voter. */
static void near(struct unit *u)
{
	u64 e = FIX_WALL + 10;

	q_voter();
	q_claim_msg(3, e);
	q_msg.members ^= 1;
	CHECK(u, q_answer() == BULLY_VOTE_MEMBERS);
	q_claim_msg(3, e);
	q_msg.lease_ms++;
	CHECK(u, q_answer() == BULLY_VOTE_MEMBERS);
	q_claim_msg(3, e);
	q_msg.members_prev = q_msg.members;
	q_msg.members ^= 1;
	CHECK(u, q_answer() == BULLY_VOTE_GRANTED);
}

/* R7: votes with a larger set need the majority of that set. */
static void ahead(struct unit *u)
{
	u32 i;

	q_claimant(9, q_lower);
	fix_timers_until(fix.core.grant.abstain_until + MS);
	for (i = 1; i <= 2; i++) {
		CHECK(u, !q_leads());
		q_grant_msg(i);
		q_msg.members_prev = q_msg.members;
		q_msg.members ^= 1;
		fix_deliver(&q_msg);
	}
	CHECK(u, q_leads());
	q_leader(9, q_lower);
	CHECK(u, q_leads());
}

static const char *may_change(void)
{
	u32 ids[4], n;

	return bully_core_may_change(&fix.core, 0, ids, 4, &n);
}

static void set_of(u32 id, u32 members, u32 members_prev)
{
	fix_msg(&q_msg, BULLY_MSG_HEARTBEAT, id);
	q_msg.members = members;
	q_msg.members_prev = members_prev;
	fix_deliver(&q_msg);
}

/* R7: another change waits for a majority of the set before, and for its old grants. */
static void changes(struct unit *u)
{
	struct bully_event ev = { .type = BULLY_EV_PEER_ADD, .peer = &fix.peer[6] };
	u32 before, after, i;

	q_claimant(9, q_lower);
	CHECK(u, !may_change());		/* no leader yet: the group is being configured */
	q_grant(1);
	q_grant(2);
	CHECK(u, q_leads());
	for (i = 0; i < 4; i++) {
		fix.now += ABSTENTION / 4;
		set_of(1, fix.core.set.members, 0);
		set_of(2, fix.core.set.members, 0);
	}
	CHECK(u, !may_change());
	before = fix.core.set.members;
	fix.peer[6].id = 5;
	fix.peer[6].role = BULLY_ROLE_CANDIDATE;
	fix_step(&ev);
	after = fix.core.set.members;
	CHECK(u, after != before && fix.core.set.members_prev == before && fix.core.set.voters == 4);
	CHECK(u, may_change() != NULL);
	set_of(1, after, before);
	CHECK(u, may_change() != NULL);		/* it may have granted just before */
	set_of(2, before, after);		/* a step behind: the new set was its former set */
	fix.now += ABSTENTION - 1;
	fix_simple(BULLY_EV_TIMER);
	CHECK(u, may_change() != NULL);
	fix.now += 1;
	fix_simple(BULLY_EV_TIMER);
	CHECK(u, !may_change());		/* itself and 1: two of three */
	CHECK(u, q_peer(1)->set.settled && !q_peer(2)->set.settled);
}

/* A leader whose set, @was, may get a voter in two ways. */
static void two_changes(u32 *was, u32 *target, u32 *other)
{
	q_claimant(9, q_lower);
	q_grant(1);
	q_grant(2);
	*was = fix.core.set.members;
	*target = bully_core_members_with(&fix.core, 5, BULLY_ROLE_CANDIDATE);
	*other = bully_core_members_with(&fix.core, 6, BULLY_ROLE_CANDIDATE);
}

/* R7: the last node may change to the set of the others, and to no other set. */
static void last_follows(struct unit *u)
{
	u32 target, other, was, ids[4], n, i;

	two_changes(&was, &target, &other);
	CHECK(u, target != was && target != other);
	CHECK(u, bully_core_members_with(&fix.core, 5, BULLY_ROLE_OBSERVER) == was);
	set_of(1, target, was);
	set_of(2, target, was);
	CHECK(u, bully_core_may_change(&fix.core, target, ids, 4, &n));	/* it may just have granted */
	for (i = 0; i < 4; i++) {
		fix.now += ABSTENTION / 4 + 1;
		set_of(1, target, was);
		set_of(2, target, was);
	}
	CHECK(u, !bully_core_may_change(&fix.core, target, ids, 4, &n));
	CHECK(u, bully_core_may_change(&fix.core, other, ids, 4, &n));
}

/* R7: while a voter has gone to one set, this node does not go to another one. */
static void contradicts(struct unit *u)
{
	u32 target, other, was, ids[4], n, i;

	two_changes(&was, &target, &other);
	for (i = 0; i < 4; i++) {
		fix.now += ABSTENTION / 4 + 1;
		set_of(1, was, 0);
		set_of(2, was, 0);
	}
	CHECK(u, !bully_core_may_change(&fix.core, other, ids, 4, &n));
	set_of(1, target, was);
	CHECK(u, bully_core_may_change(&fix.core, other, ids, 4, &n));
	CHECK(u, !bully_core_may_change(&fix.core, target, ids, 4, &n));
	set_of(1, was, target);		/* it has undone that */
	CHECK(u, !bully_core_may_change(&fix.core, target, ids, 4, &n));
}

/* R7: a restart in the middle of a change does not allow the next change. */
static void change_after_restart(struct unit *u)
{
	q_make(2, q_around);
	fix.opts.candidate = false;
	fix_start();
	fix_prove_all();
	CHECK(u, !may_change());
	fix_msg(&q_msg, BULLY_MSG_COORDINATOR, 3);
	q_msg.leader = 3;
	q_msg.epoch = FIX_WALL + 10;
	q_msg.state = BULLY_STATE_LEADER;
	q_msg.flags |= BULLY_F_LEASE_HELD;
	q_msg.members ^= 1;
	fix_deliver(&q_msg);
	CHECK(u, fix.core.state != BULLY_STATE_FOLLOWER && !fix.core.role.seen_leader);	/* E14 */
	CHECK(u, !may_change());
	fix_msg(&q_msg, BULLY_MSG_COORDINATOR, 3);
	q_msg.leader = 3;
	q_msg.epoch = FIX_WALL + 20;
	q_msg.state = BULLY_STATE_LEADER;
	q_msg.flags |= BULLY_F_LEASE_HELD;
	fix_deliver(&q_msg);
	CHECK(u, fix.core.state == BULLY_STATE_FOLLOWER && fix.core.role.seen_leader);
	set_of(1, fix.core.set.members ^ 1, 0);
	fix.now += ABSTENTION;
	CHECK(u, may_change() != NULL);
}

/* R18: while fewer voters are configured than the option says, this voter grants nothing. */
static void incomplete(struct unit *u)
{
	q_voter();
	fix.core.opts.voters = fix.core.set.voters + 1;
	CHECK(u, q_claim(3, FIX_WALL + 10) == BULLY_VOTE_MEMBERS);
	fix.core.opts.voters = fix.core.set.voters;
	CHECK(u, q_claim(3, FIX_WALL + 20) == BULLY_VOTE_GRANTED);
}

/* R7: a node leads alone only if the operator allowed it. */
static void alone(struct unit *u)
{
	q_make(9, q_nobody);
	fix_start();
	fix_timers_until(fix.now + 20 * FIX_HB);
	CHECK(u, !q_leads() && !fix.core.lease.claim);
	q_make(9, q_nobody);
	fix.opts.voters = 1;
	fix_start();
	fix_timers_until(fix.now + ABSTENTION - 1);
	CHECK(u, !q_leads());
	fix_timers_until(fix.now + 2 * FIX_HB);
	CHECK(u, q_leads());
	fix_timers_until(fix.now + 20 * FIX_HB);
	CHECK(u, q_leads() && fix.core.lease.until > fix.now);
}

/* R7, R4: a lease of another length counts as a restart. */
static void lease_changes(struct unit *u)
{
	struct bully_event ev = { .type = BULLY_EV_OPTS, .opts = &fix.opts };

	q_leader(9, q_lower);
	CHECK(u, q_leads());
	fix.opts.lease_ns = 2 * FIX_LEASE;
	fix_step(&ev);
	CHECK(u, !q_leads() && fix_count(BULLY_MSG_RESIGN) == 2);
	CHECK(u, fix.core.grant.abstain_until >= fix.now + 2 * FIX_LEASE);
	fix.opts.lease_ns = FIX_LEASE;
	fix_step(&ev);
	CHECK(u, fix.core.grant.abstain_until >= fix.now + 2 * FIX_LEASE);
}

/* R7: the last added voter is remembered through changes of observers. */
static void observer_added(struct unit *u)
{
	struct bully_event ev = { .type = BULLY_EV_PEER_ADD, .peer = &fix.peer[6] };

	q_voter();
	fix.core.role.seen_leader = true;
	fix.peer[6] = (struct bully_peer){ .id = 77, .role = BULLY_ROLE_CANDIDATE };
	fix_step(&ev);
	CHECK(u, fix.core.set.added == 77);
	fix.peer[7] = (struct bully_peer){ .id = 78, .role = BULLY_ROLE_OBSERVER };
	ev.peer = &fix.peer[7];
	fix_step(&ev);
	CHECK(u, fix.core.set.added == 77);
}

/* Returns how often node 9 claims in ten heartbeats, if node 1 names a higher epoch each millisecond. */
static u32 provoked_claims(void)
{
	u64 end = fix.now + 10 * FIX_HB, last = 0;
	u32 claims = 0;

	while (fix.now < end) {
		u64 now = fix.core.opts.quorum ? fix.core.lease.claim : fix.core.epoch;

		claims += now > last;
		last = now;
		fix_msg(&q_msg, BULLY_MSG_HEARTBEAT, 1);
		q_msg.leader = 9;
		q_msg.state = BULLY_STATE_FOLLOWER;
		q_msg.reported = now + 1;
		fix_deliver(&q_msg);
		if (fix.core.opts.quorum)
			q_grant(2);
		fix_clear();
		fix_timers_until(fix.now + MS);
	}
	return claims;
}

/* R17: with any messages of a peer, claims stay below 8 at once and 4 in a heartbeat. */
static void claims_limited(struct unit *u)
{
	u32 n;

	fix_make(9, q_lower);
	fix_start();
	fix_prove_all();
	CHECK(u, q_leads());
	n = provoked_claims();
	CHECK(u, n <= 8 + 40 && fix.core.stats.claims_limited > 100);

	q_leader(9, q_lower);
	CHECK(u, provoked_claims() <= 8 + 40 && fix.core.stats.claims_limited > 100);
}

/* E14: a node of the other mode is seen, but its messages have no effect. */
static void other_mode(struct unit *u)
{
	u64 epoch;

	q_leader(9, q_lower);
	epoch = fix.core.lease.claim;
	fix_msg(&q_msg, BULLY_MSG_COORDINATOR, 1);
	q_msg.lease_ms = 0;
	q_msg.leader = 1;
	q_msg.state = BULLY_STATE_LEADER;
	q_msg.epoch = q_msg.reported = epoch + 1000;
	CHECK(u, fix_deliver(&q_msg) == BULLY_DROP_UNEXPECTED && !fix.n_sent);
	CHECK(u, q_leads() && fix.core.lease.claim == epoch && fix.core.epochs.highest == epoch);
	CHECK(u, q_peer(1)->set.differ && q_peer(1)->state == BULLY_PEER_STATE_UP);

	fix_make(2, q_around);
	fix_start();
	fix_prove_all();
	fix_msg(&q_msg, BULLY_MSG_COORDINATOR, 3);
	q_msg.lease_ms = FIX_LEASE / MS;
	q_msg.leader = 3;
	q_msg.state = BULLY_STATE_LEADER;
	q_msg.epoch = FIX_WALL + 1000;
	CHECK(u, fix_deliver(&q_msg) == BULLY_DROP_UNEXPECTED && fix.core.leader != 3);
	fix_timers_until(fix.now + 10 * FIX_HB);
	CHECK(u, q_leads() && fix.core.epoch < FIX_WALL + 1000);
}

const struct unit_case unit_step_voters_cases[] = {
	{ "quorum_R7_near", near },
	{ "quorum_R7_ahead", ahead },
	{ "quorum_R7_changes", changes },
	{ "quorum_R7_last_follows", last_follows },
	{ "quorum_R7_contradicts", contradicts },
	{ "quorum_R7_change_after_restart", change_after_restart },
	{ "quorum_R7_alone", alone },
	{ "quorum_R18_incomplete", incomplete },
	{ "quorum_R7_lease_changes", lease_changes },
	{ "quorum_R7_observer_added", observer_added },
	{ "R17_claims_limited", claims_limited },
	{ "E14_other_mode", other_mode },
	{ 0 },
};
