// SPDX-License-Identifier: GPL-2.0-only
/* ask.c - tests who asks in Raft's election, when, and what becomes of the question (F2, F3) */
#include "ballot.h"
#include "base.h"
#include "policy.h"

/* Lets time pass until the node asks; the others answer HELLO. Returns how long that took, in ns. */
static u64 time_to_ask(void)
{
	u64 since = fix.now, end = since + 10 * FIX_LEASE;

	fix_clear();
	while (!fix_sent(BULLY_MSG_ELECTION, 0) && fix.now < end) {
		fix_clear();
		fix_timer();
		fix_prove_all();
	}
	return fix.now - since;
}

static void draw(u64 seed)
{
	fix.core.clock.rng = seed * 0x9e3779b97f4a7c15ULL;
}

/* What a wait begins with: the rows of waits(). */
static void miss(u64 lease, u64 seed)
{
	r_make(2, r_five);
	fix.opts.lease_ns = lease;
	fix_start();
	fix_prove_all();
	draw(seed);
	q_claim_msg(3, FIX_WALL + 10);
	q_msg.state = BULLY_STATE_LEADER;
	q_msg.flags |= BULLY_F_LEASE_HELD;
	q_msg.lease_ms = bully_div(lease, MS);
	fix_deliver(&q_msg);
}

static void miss_short(u64 seed)
{
	miss(FIX_LEASE, seed);
}

static void miss_long(u64 seed)
{
	miss(10 * FIX_HB, seed);
}

static void resign(u64 seed)
{
	r_follower(3);
	draw(seed);
	fix.now += FIX_HB / 4;
	q_resign(3, FIX_WALL + 10);
}

static void grant(u64 seed)
{
	r_follower(3);
	q_resign(3, FIX_WALL + 10);
	fix.now += FIX_HB / 4;
	fix_say(BULLY_MSG_HELLO, 1);
	draw(seed);
	q_claim(1, FIX_WALL + 20);
}

static void give_up(u64 seed)
{
	r_asker();
	draw(seed);
	r_refuse(1, BULLY_VOTE_AHEAD, 0);
	r_refuse(3, BULLY_VOTE_AHEAD, 0);
	r_refuse(4, BULLY_VOTE_AHEAD, 0);
}

/* F2: one to two leases pass since the probe, the loss, the grant or the question. */
static void waits(struct unit *u)
{
	static const struct {
		void (*begin)(u64 seed);
		u64 lease;
	} table[] = {
		{ miss_short, FIX_LEASE }, { miss_long, 10 * FIX_HB }, { resign, FIX_LEASE },
		{ grant, FIX_LEASE }, { give_up, FIX_LEASE },
	};
	u32 i, seed;

	for (i = 0; i < sizeof(table) / sizeof(*table); i++) {
		u64 least = BULLY_NEVER, most = 0, lease = table[i].lease, took;

		for (seed = 1; seed <= 64; seed++) {
			table[i].begin(seed);
			took = time_to_ask();
			least = bully_min(least, took);
			most = bully_max(most, took);
		}
		CHECK(u, least >= lease && least < lease + lease / 8);
		CHECK(u, most < 2 * lease && most > 2 * lease - lease / 8);
	}
}

/* F2: no probe was sent for a long time: up to a lease is left. */
static void late(struct unit *u)
{
	r_follower(3);
	fix.opts.misses = 9;
	fix.core.opts.misses = 9;
	fix_timers_until(fix.now + FIX_HB / 2);
	fix.core.probe.proof = fix.now - 5 * FIX_LEASE;
	fix.core.raft.since = 0;
	fix.core.role.cause = BULLY_REASON_LEADER_TIMEOUT;
	CHECK(u, fix.core.policy->wait(&fix.core, BULLY_PHASE_STAGGER) < FIX_LEASE);
	fix.core.raft.since = fix.now;
	CHECK(u, fix.core.policy->wait(&fix.core, BULLY_PHASE_STAGGER) >= FIX_LEASE);
}

/* F2, E8: a node that is told of a leader does not ask. */
static void told(struct unit *u)
{
	u64 end;

	r_follower(3);
	q_resign(3, FIX_WALL + 10);
	CHECK(u, fix.core.role.phase == BULLY_PHASE_STAGGER);
	for (end = fix.now + 4 * FIX_LEASE; fix.now < end; fix_timers_until(fix.now + FIX_HB / 4)) {
		fix_msg(&q_msg, BULLY_MSG_HELLO, 1);
		q_msg.state = BULLY_STATE_FOLLOWER;
		q_msg.leader = 5;
		q_msg.epoch = FIX_WALL + 20;
		fix_deliver(&q_msg);
		CHECK(u, !fix_count(BULLY_MSG_ELECTION));
		fix_clear();
	}
}

/* E8: news from before the leader fell silent here is no reason to wait. */
static void told_late(struct unit *u)
{
	u32 kind;

	for (kind = 0; kind < 2; kind++) {
		r_follower(3);
		fix_timers_until(fix.now + FIX_LEASE);
		CHECK(u, fix.core.role.phase == BULLY_PHASE_STAGGER && fix.core.hearsay.missed == 3);
		fix.core.hearsay.leader = 3;
		fix.core.hearsay.at = fix.core.hearsay.missed_at + kind;
		fix.core.hearsay.lifetime = 10 * FIX_LEASE;
		CHECK(u, (time_to_ask() > FIX_LEASE) == kind);
	}
}

/* F3: all are asked, without a claim; the answers bind nobody, and a majority makes a claim. */
static void majority(struct unit *u)
{
	r_asker();
	CHECK(u, fix_count(BULLY_MSG_ELECTION) == 4 && !q_sent(BULLY_MSG_ELECTION, 1)->leader);
	CHECK(u, fix.core.state == BULLY_STATE_ELECTION && !fix.core.lease.claim);
	CHECK(u, r_ok(1) == BULLY_DROP_NONE);
	CHECK(u, r_ok(1) == BULLY_DROP_NONE);		/* one voter, one vote */
	CHECK(u, !fix_count(BULLY_MSG_COORDINATOR) && !fix.core.grant.id);
	CHECK(u, r_ok(3) == BULLY_DROP_NONE);
	CHECK(u, fix_count(BULLY_MSG_COORDINATOR) == 4 && fix.core.lease.claim > FIX_WALL);
	CHECK(u, fix.core.grant.id == 2 && !q_leads());
	CHECK(u, !bully_core_lease_end(&fix.core));
	q_grant(1);
	CHECK(u, !q_leads());				/* OK was no grant */
	q_grant(4);
	CHECK(u, q_leads());
}

/* F3: the asker counts only if it would vote for itself now. */
static void own_vote(struct unit *u)
{
	u32 kind;

	for (kind = 0; kind < 2; kind++) {
		r_asker();
		if (kind) {
			fix.core.grant.abstain_until = fix.now + FIX_HB;
		} else {
			fix.core.grant.id = 5;
			fix.core.grant.at = fix.now - FIX_LEASE + FIX_HB;
		}
		r_ok(1);
		r_ok(3);
		CHECK(u, !fix.core.lease.claim);
		r_ok(4);
		CHECK(u, fix.core.lease.claim);
		r_asker();
		r_ok(1);
		fix.core.grant.abstain_until = fix.now + FIX_HB / 8;
		r_ok(3);
		CHECK(u, !fix.core.lease.claim);
		fix_timers_until(fix.now + FIX_HB / 4);
		CHECK(u, fix.core.lease.claim);		/* by itself, as soon as it is free */
	}
}

/* F3: an answer counts if it echoes a question of this election. */
static void echoes(struct unit *u)
{
	struct bully_event set = { .type = BULLY_EV_PEER_SET, .role = BULLY_ROLE_OBSERVER };
	u64 old;

	r_asker();
	old = q_sent(BULLY_MSG_ELECTION, 1)->seq;
	r_ok(1);
	fix_msg(&q_msg, BULLY_MSG_OK, 3);
	q_msg.echo = old + 100;
	CHECK(u, fix_deliver(&q_msg) == BULLY_DROP_ECHO && !fix.core.lease.claim);
	fix_msg(&q_msg, BULLY_MSG_OK, 3);
	q_msg.echo = 0;
	CHECK(u, fix_deliver(&q_msg) == BULLY_DROP_ECHO && !fix.core.lease.claim);
	give_up(1);
	CHECK(u, r_ok(1) == BULLY_DROP_NONE);	/* it does not ask any more */
	CHECK(u, !fix.core.lease.claim);
	old = q_sent(BULLY_MSG_ELECTION, 1)->seq;
	time_to_ask();
	CHECK(u, fix.core.raft.seq > old);
	fix_msg(&q_msg, BULLY_MSG_OK, 1);
	q_msg.echo = old;
	CHECK(u, fix_deliver(&q_msg) == BULLY_DROP_NONE);
	CHECK(u, q_peer(1)->lease.vote == BULLY_VOTE_NONE);
	fix_msg(&q_msg, BULLY_MSG_REFUSE, 1);
	q_msg.echo = old;
	q_msg.refusal = BULLY_VOTE_AHEAD;
	CHECK(u, fix_deliver(&q_msg) == BULLY_DROP_UNEXPECTED);
	CHECK(u, q_peer(1)->lease.vote == BULLY_VOTE_NONE);
	r_asker();
	set.peer = q_peer(5);
	set.peer->role = BULLY_ROLE_OBSERVER;
	r_ok(5);
	r_ok(1);
	CHECK(u, !fix.core.lease.claim);
}

/* F3: who is silent, or has refused, is asked again when that helps. */
static void again(struct unit *u)
{
	u64 begin;
	u32 seed;

	r_asker();
	r_ok(1);
	begin = fix.now;
	fix_clear();
	fix_timers_until(begin + FIX_HB / 4 - 1);
	CHECK(u, !fix_count(BULLY_MSG_ELECTION));
	fix_timers_until(begin + FIX_HB / 4);
	CHECK(u, fix_count(BULLY_MSG_ELECTION) == 3 && !fix_sent(BULLY_MSG_ELECTION, 1));
	CHECK(u, !q_sent(BULLY_MSG_ELECTION, 3)->leader);
	q_peer(4)->rtt = FIX_HB / 4;
	fix_timers_until(begin + FIX_HB / 2);
	fix_clear();
	fix_timers_until(begin + FIX_HB * 3 / 4);
	CHECK(u, fix_count(BULLY_MSG_ELECTION) == 2 && !fix_sent(BULLY_MSG_ELECTION, 4));
	r_ok(3);
	CHECK(u, fix.core.lease.claim);
	for (seed = 1; seed < 32; seed++) {
		r_asker();
		draw(seed);
		begin = fix.now;
		r_refuse(1, BULLY_VOTE_HEARS, 50000);
		r_refuse(3, BULLY_VOTE_LEADS, 0);
		fix_clear();
		fix_timers_until(begin + FIX_HB / 2 - 1);
		CHECK(u, !fix_sent(BULLY_MSG_ELECTION, 1));
		fix_timers_until(begin + FIX_HB * 3 / 4);
		CHECK(u, fix_sent(BULLY_MSG_ELECTION, 1) && !fix_sent(BULLY_MSG_ELECTION, 3));
		fix_timers_until(begin + FIX_HB - 1);
		CHECK(u, !fix_sent(BULLY_MSG_ELECTION, 3));
		fix_timers_until(begin + FIX_HB);
		CHECK(u, fix_sent(BULLY_MSG_ELECTION, 3));
	}
}

/* F3: more voters are silent than a step has messages: none has to wait for the others. */
static void many(struct unit *u)
{
	u32 ids[FIX_PEERS], i;
	u64 begin;

	for (i = 0; i < FIX_PEERS - 1; i++)
		ids[i] = i + 3;
	ids[i] = 0;
	r_make(2, ids);
	fix.opts.look_ns = FIX_HB / 10;
	fix_start();
	fix_prove_all();
	fix_simple(BULLY_EV_ELECT);
	CHECK(u, fix.core.role.phase == BULLY_PHASE_ASK);
	begin = fix.now;
	fix_clear();
	fix_timers_until(begin + FIX_HB / 4 + FIX_HB / 10);		/* R9 */
	CHECK(u, fix_count(BULLY_MSG_ELECTION) == FIX_PEERS - 1);
	fix_clear();
	fix_timers_until(begin + FIX_HB / 2 + FIX_HB / 5);
	CHECK(u, fix_count(BULLY_MSG_ELECTION) == FIX_PEERS - 1 && !fix.core.stats.actions_lost);
}

/* F3: a voter that refused and then says OK counts; one that said OK and then refuses does not. */
static void changes_mind(struct unit *u)
{
	r_asker();
	r_ok(1);
	r_refuse(1, BULLY_VOTE_HELD, 1000);
	r_ok(3);
	CHECK(u, !fix.core.lease.claim);
	fix_timers_until(fix.now + FIX_HB / 2);
	CHECK(u, r_ok(1) == BULLY_DROP_NONE && fix.core.lease.claim);
}

/* F3, R14: the question ends after a lease; if no majority answered, the node listens. */
static void ends(struct unit *u)
{
	u64 begin;

	r_asker();
	begin = fix.now;
	r_refuse(1, BULLY_VOTE_HEARS, 400000);
	fix_timers_until(begin + FIX_LEASE - 1);
	CHECK(u, fix.core.role.phase == BULLY_PHASE_ASK);
	fix_timers_until(begin + FIX_LEASE);
	CHECK(u, fix.core.state == BULLY_STATE_WAITING && fix.core.listen.lonely);
	r_asker();
	begin = fix.now;
	r_refuse(1, BULLY_VOTE_HEARS, 400000);
	r_ok(3);
	fix_timers_until(begin + FIX_LEASE - 1);
	CHECK(u, fix.core.role.phase == BULLY_PHASE_ASK);
	fix_timers_until(begin + FIX_LEASE);
	CHECK(u, fix.core.role.phase == BULLY_PHASE_STAGGER && !fix.core.listen.lonely);
	CHECK(u, fix.core.clock.timer[BULLY_T_PHASE] < fix.now + FIX_LEASE);
}

/* F4: so many are ahead that no majority is left. */
static void behind(struct unit *u)
{
	r_asker();
	r_refuse(1, BULLY_VOTE_AHEAD, 0);
	r_refuse(3, BULLY_VOTE_AHEAD, 0);
	CHECK(u, fix.core.role.phase == BULLY_PHASE_ASK);
	r_refuse(4, BULLY_VOTE_HELD, 0);
	CHECK(u, fix.core.role.phase == BULLY_PHASE_ASK);
	r_refuse(5, BULLY_VOTE_AHEAD, 0);
	CHECK(u, fix.core.role.phase == BULLY_PHASE_STAGGER && !fix.core.lease.claim);
	CHECK(u, fix.core.state == BULLY_STATE_WAITING);
}

/* P4: without a leader elect asks at once, also while the node waits or claims. */
static void elect(struct unit *u)
{
	u32 kind;

	for (kind = 0; kind < 2; kind++) {
		if (kind) {
			r_claimant();
		} else {
			r_follower(3);
			q_resign(3, FIX_WALL + 10);
		}
		fix_clear();
		fix_simple(BULLY_EV_ELECT);
		CHECK(u, fix_count(BULLY_MSG_ELECTION) == 4);
		CHECK(u, fix_count(BULLY_MSG_RESIGN) == (kind ? 4 : 0) && !fix.core.lease.claim);
		CHECK(u, fix.core.role.phase == BULLY_PHASE_ASK);
		CHECK(u, fix.core.stats.elections[BULLY_REASON_ADMIN] == 1);
	}
}

const struct unit_case unit_step_ask_cases[] = {
	{ "raft_F2_waits", waits },
	{ "raft_F2_late", late },
	{ "raft_F2_told", told },
	{ "raft_E8_told_late", told_late },
	{ "raft_F3_majority", majority },
	{ "raft_F3_own_vote", own_vote },
	{ "raft_F3_echoes", echoes },
	{ "raft_F3_asks_again", again },
	{ "raft_F3_many", many },
	{ "raft_F3_changes_mind", changes_mind },
	{ "raft_F3_ends", ends },
	{ "raft_F4_behind", behind },
	{ "raft_P4_elect", elect },
	{ 0 },
};
