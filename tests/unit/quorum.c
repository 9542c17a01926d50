// SPDX-License-Identifier: GPL-2.0
/* quorum.c - owns the cases about grants, claims, the lease and the set of voters (R1 to R13) */
#include "unit.h"

#define MS		1000000ULL
#define ABSTENTION	(FIX_LEASE / 99 * 101 + 101)
#define HOLD		(FIX_LEASE / 101 * 99 - FIX_LEASE / 64)

static const u32 lower[] = { 1, 2, 0 }, around[] = { 1, 3, 0 }, nobody[] = { 0 };
static struct bully_msg m;

/* The newest message, or one that says nothing. */
static const struct bully_msg *sent(u8 type, u32 to)
{
	static const struct bully_msg none;
	const struct bully_msg *found = fix_sent(type, to);

	return found ? found : &none;
}

static struct bully_peer *peer(u32 id)
{
	return bully_core_find(&fix.core, id);
}

static void make(u32 id, const u32 *ids)
{
	fix_make(id, ids);
	fix.opts.quorum = BULLY_QUORUM_MAJORITY;
	fix.opts.lease_ns = FIX_LEASE;
	fix.opts.preempt = false;
}

/* A voter that is past its abstention and waits for somebody to claim. */
static void voter(void)
{
	make(2, around);
	fix.opts.candidate = false;
	fix_start();
	fix_prove_all();
	fix_timers_until(fix.now + ABSTENTION);
	fix_say(BULLY_MSG_HELLO, 1);		/* the answers are what they may show (R10) */
	fix_say(BULLY_MSG_HELLO, 3);
	fix_clear();
}

/* A claim of which the claimant shows that it heard our last message (R10). */
static void claim_msg(u32 from, u64 epoch)
{
	fix_msg(&m, BULLY_MSG_COORDINATOR, from);
	m.leader = from;
	m.epoch = epoch;
	m.state = BULLY_STATE_ELECTION;
	m.echo = peer(from)->sent[(u8)(peer(from)->sent_head - 1) % BULLY_SENT].seq;
}

/* What came back: enum bully_vote. */
static u32 answer(void)
{
	const struct bully_msg *ack, *refuse;

	fix_clear();
	fix_deliver(&m);
	ack = fix_sent(BULLY_MSG_COORDINATOR_ACK, m.from);
	refuse = fix_sent(BULLY_MSG_REFUSE, m.from);
	if (ack && ack->flags & BULLY_F_GRANT && ack->echo == m.seq && ack->epoch == m.epoch)
		return BULLY_VOTE_GRANTED;
	return refuse ? refuse->refusal : BULLY_VOTE_NONE;
}

static u32 claim(u32 from, u64 epoch)
{
	claim_msg(from, epoch);
	return answer();
}

static void resign(u32 from, u64 epoch)
{
	fix_msg(&m, BULLY_MSG_RESIGN, from);
	m.epoch = epoch;
	m.reported = 0;
	m.state = BULLY_STATE_WAITING;
	fix_deliver(&m);
}

/* Node @id claims: nobody higher answers it. */
static void claimant(u32 id, const u32 *ids)
{
	make(id, ids);
	fix_start();
	fix_prove_all();
	fix_timers_until(fix.now + 2 * FIX_HB);
}

static void grant_msg(u32 from)
{
	const struct bully_msg *asked = fix_sent(BULLY_MSG_COORDINATOR, from);

	fix_msg(&m, BULLY_MSG_COORDINATOR_ACK, from);
	m.flags |= BULLY_F_GRANT;
	m.epoch = fix.core.claim;
	m.echo = asked ? asked->seq : 0;
}

static void grant(u32 from)
{
	grant_msg(from);
	fix_deliver(&m);
}

static void leader(u32 id, const u32 *ids)
{
	claimant(id, ids);
	grant(1);
	grant(ids[1]);
	fix_clear();
}

static bool leads(void)
{
	return fix.core.state == BULLY_STATE_LEADER;
}

/* R1: a majority of three is two, and the lease ends when their grants do. */
static void majority(struct unit *u)
{
	u64 asked;

	claimant(9, lower);
	CHECK(u, fix.core.state == BULLY_STATE_ELECTION && fix.core.claim && !fix.core.leader);
	CHECK(u, !(sent(BULLY_MSG_COORDINATOR, 1)->flags & BULLY_F_LEASE_HELD));
	grant(1);
	CHECK(u, !leads());			/* its own vote is not given yet (R4) */
	CHECK(u, bully_core_lease_end(&fix.core) == 0);
	grant(2);
	CHECK(u, leads() && fix.core.epoch == fix.core.claim);
	CHECK(u, sent(BULLY_MSG_COORDINATOR, 1)->flags & BULLY_F_LEASE_HELD);
	asked = fix.core.lease_base;
	CHECK(u, asked <= fix.now && fix.core.lease_until == asked + HOLD);
	CHECK(u, bully_core_lease_end(&fix.core) == asked + HOLD);
	fix_timers_until(asked + HOLD);
	CHECK(u, !leads() && !fix.core.leader && fix.core.reason == BULLY_REASON_LEASE_LOST);
	CHECK(u, bully_core_lease_end(&fix.core) == 0);
}

/* R1: a grant for an older claim is none for this one. */
static void older_claim(struct unit *u)
{
	claimant(9, lower);
	grant_msg(2);
	m.epoch--;
	fix_deliver(&m);
	grant(1);
	CHECK(u, !leads());
}

/* R2: one grant at a time; who asks in vain is told how long it lives. */
static void one_grant(struct unit *u)
{
	u64 e = FIX_WALL + 10;

	voter();
	CHECK(u, claim(3, e) == BULLY_VOTE_GRANTED);
	fix.now += 100 * MS;
	CHECK(u, claim(1, e + 5) == BULLY_VOTE_HELD);
	CHECK(u, sent(BULLY_MSG_REFUSE, 1)->remain_us == 200001);
	CHECK(u, sent(BULLY_MSG_REFUSE, 1)->leader == 3);
	fix.now += 200 * MS;
	CHECK(u, claim(1, e + 5) == BULLY_VOTE_GRANTED);
}

/* R2: a grant is a session's, not a node's. */
static void one_session(struct unit *u)
{
	voter();
	CHECK(u, claim(3, FIX_WALL + 10) == BULLY_VOTE_GRANTED);
	claim_msg(3, FIX_WALL + 20);
	m.from_session += 0x100;
	fix_deliver(&m);			/* not known: it is asked by HELLO */
	fix_msg(&m, BULLY_MSG_HELLO_ACK, 3);
	m.from_session += 0x100;
	m.echo = sent(BULLY_MSG_HELLO, 3)->seq;
	m.state = BULLY_STATE_ELECTION;
	CHECK(u, fix_deliver(&m) == BULLY_DROP_NONE);
	claim_msg(3, FIX_WALL + 20);
	m.from_session += 0x100;
	CHECK(u, answer() == BULLY_VOTE_HELD);
}

/* R2: RESIGN of exactly this grant ends it, and of an older one does not. */
static void resigned(struct unit *u)
{
	u64 e = FIX_WALL + 10;

	voter();
	CHECK(u, claim(3, e) == BULLY_VOTE_GRANTED);
	resign(3, e - 1);
	CHECK(u, claim(1, e + 5) == BULLY_VOTE_HELD);
	resign(3, e);
	CHECK(u, claim(3, e) == BULLY_VOTE_EPOCH);	/* R5: what was resigned is over */
	CHECK(u, claim(1, e + 5) == BULLY_VOTE_GRANTED);
}

/* R2: who neither leads nor claims has let go of what it had reported. */
static void let_go(struct unit *u)
{
	u64 e = FIX_WALL + 10;

	voter();
	CHECK(u, claim(3, e) == BULLY_VOTE_GRANTED);
	fix_msg(&m, BULLY_MSG_OK, 3);
	m.state = BULLY_STATE_WAITING;
	m.reported = e - 1;
	fix_deliver(&m);
	CHECK(u, claim(1, e + 5) == BULLY_VOTE_HELD);
	fix_msg(&m, BULLY_MSG_OK, 3);
	m.state = BULLY_STATE_WAITING;
	m.reported = e;
	fix_deliver(&m);
	CHECK(u, claim(1, e + 5) == BULLY_VOTE_GRANTED);
}

/* R3: an answer to a repeat starts the timer anew and echoes the repeat. */
static void repeat(struct unit *u)
{
	u64 e = FIX_WALL + 10;

	voter();
	CHECK(u, claim(3, e) == BULLY_VOTE_GRANTED);
	fix.now += 200 * MS;
	CHECK(u, claim(3, e) == BULLY_VOTE_GRANTED);
	fix.now += 299 * MS;
	CHECK(u, claim(1, e + 1) == BULLY_VOTE_HELD);
	fix.now += MS;
	CHECK(u, claim(1, e + 1) == BULLY_VOTE_GRANTED);
}

/* R3: the holder counts from the send time of the message that is echoed. */
static void counted_from(struct unit *u)
{
	u64 first, seq;

	claimant(9, lower);
	seq = peer(1)->sent[0].seq;
	grant_msg(1);
	seq = m.echo;
	fix_deliver(&m);
	first = peer(1)->vote_at;
	CHECK(u, first && first <= fix.now);
	fix_timers_until(fix.now + FIX_HB);	/* asked again meanwhile */
	grant_msg(1);
	CHECK(u, m.echo != seq);
	m.echo = seq;
	fix_deliver(&m);
	CHECK(u, peer(1)->vote_at == first);
	grant(1);
	CHECK(u, peer(1)->vote_at > first);
	grant_msg(1);
	m.echo = 1;				/* long forgotten */
	first = peer(1)->vote_at;
	fix_deliver(&m);
	CHECK(u, peer(1)->vote_at == first);
}

/* R4: after a start nothing is granted, to itself neither, until all old grants ended. */
static void abstention(struct unit *u)
{
	struct bully_quorum_view view;
	u64 end;

	make(2, around);
	fix.opts.candidate = false;
	fix_start();
	end = fix.now + ABSTENTION;
	fix_prove_all();
	bully_core_quorum(&fix.core, fix.now, &view);
	CHECK(u, view.abstain_remaining_ns == ABSTENTION && !view.grant_to);
	CHECK(u, claim(3, FIX_WALL + 10) == BULLY_VOTE_ABSTAINS);
	fix.now = end - MS;
	CHECK(u, claim(3, FIX_WALL + 10) == BULLY_VOTE_ABSTAINS);
	CHECK(u, sent(BULLY_MSG_REFUSE, 3)->remain_us == 1001);
	fix.now = end;
	CHECK(u, claim(3, FIX_WALL + 10) == BULLY_VOTE_GRANTED);

	claimant(9, lower);
	grant(1);
	CHECK(u, !leads() && !fix.core.vote_at);
	fix_timers_until(fix.core.abstain_until + 1);
	CHECK(u, fix.core.vote_at >= fix.core.abstain_until);	/* R13: and not later */
	CHECK(u, fix.core.vote_at < fix.core.abstain_until + MS);
}

/* R5: only above what was granted, and above the floor; the same one again. */
static void epochs(struct unit *u)
{
	u64 e = FIX_WALL + 10;

	voter();
	CHECK(u, claim(3, FIX_WALL) == BULLY_VOTE_EPOCH);
	CHECK(u, sent(BULLY_MSG_REFUSE, 3)->epoch == FIX_WALL);
	CHECK(u, claim(3, e) == BULLY_VOTE_GRANTED);
	fix.now += 2 * FIX_LEASE;
	CHECK(u, claim(1, e) == BULLY_VOTE_EPOCH);
	CHECK(u, claim(3, e) == BULLY_VOTE_GRANTED);	/* renewed after it lapsed */
	CHECK(u, claim(3, e - 1) == BULLY_VOTE_EPOCH);
	CHECK(u, claim(3, e + 1) == BULLY_VOTE_GRANTED);
}

/* R5: a claimant that is told of higher epochs claims above them. */
static void claims_above(struct unit *u)
{
	u64 before;

	claimant(9, lower);
	before = fix.core.claim;
	fix_msg(&m, BULLY_MSG_REFUSE, 1);
	m.refusal = BULLY_VOTE_EPOCH;
	m.epoch = before + 100;
	fix_clear();
	fix_deliver(&m);
	CHECK(u, fix.core.claim == before + 101 && fix_count(BULLY_MSG_COORDINATOR) == 2);
}

/* R5: who follows what is held is asked for what is claimed above it until it grants that. */
static void raised_while_held(struct unit *u)
{
	u64 held;
	u32 i;

	leader(9, lower);
	held = fix.core.epoch;
	fix_msg(&m, BULLY_MSG_HEARTBEAT, 1);
	m.leader = 9;
	m.refusal = BULLY_VOTE_EPOCH;
	m.epoch = held + 100;
	fix_deliver(&m);
	CHECK(u, leads() && fix.core.epoch == held && fix.core.claim == held + 101);
	for (i = 1; i <= 2; i++) {		/* the claim was lost on its way to both */
		fix_msg(&m, BULLY_MSG_HEARTBEAT, i);
		m.leader = 9;
		fix_deliver(&m);
	}
	fix_clear();
	fix_timers_until(fix.core.timer[BULLY_T_TICK]);
	CHECK(u, sent(BULLY_MSG_COORDINATOR, 1)->epoch == held + 101);
	CHECK(u, sent(BULLY_MSG_COORDINATOR, 2)->epoch == held + 101);
	grant(1);
	grant(2);
	CHECK(u, leads() && fix.core.epoch == held + 101);
}

/* R6: the user first, then the others; a claim that is given up is resigned, too. */
static void farewell(struct unit *u)
{
	u64 epoch;

	leader(9, lower);
	epoch = fix.core.epoch;
	fix_simple(BULLY_EV_RESIGN);
	CHECK(u, fix.out.act[0].kind == BULLY_ACT_EVENT && !fix.out.act[0].leader);
	CHECK(u, fix_count(BULLY_MSG_RESIGN) == 2);
	CHECK(u, sent(BULLY_MSG_RESIGN, 1)->epoch == epoch);
	CHECK(u, sent(BULLY_MSG_RESIGN, 1)->leader == 2);

	claimant(9, lower);
	epoch = fix.core.claim;
	fix_clear();
	fix_timers_until(fix.now + 30 * FIX_HB);
	CHECK(u, fix_sent(BULLY_MSG_RESIGN, 1) && sent(BULLY_MSG_RESIGN, 1)->epoch >= epoch);
	fix_simple(BULLY_EV_ELECT);
	CHECK(u, fix.core.claim > epoch);		/* never used again */
}

/* S7, R6: without its owner a leader has no lease when the user hears, and then the others do. */
static void owner_gone(struct unit *u)
{
	struct bully_event ev = { .type = BULLY_EV_OPTS, .opts = &fix.opts,
				  .reason = BULLY_REASON_OWNER_EXIT };
	struct bully_quorum_view view;
	u64 epoch;

	leader(9, lower);
	epoch = fix.core.epoch;
	fix.opts = fix.core.opts;
	fix.opts.candidate = false;
	fix_clear();
	fix_step(&ev);
	bully_core_quorum(&fix.core, fix.now, &view);
	CHECK(u, !leads() && !view.lease_remaining_ns && view.grant_to != 9);
	CHECK(u, fix.out.n == 3 && fix.out.act[1].kind == BULLY_ACT_EVENT &&
		 fix.out.act[1].type == BULLY_NOTE_LEADER && !fix.out.act[1].leader &&
		 fix.out.act[1].reason == BULLY_REASON_OWNER_EXIT);
	CHECK(u, fix.out.act[2].kind == BULLY_ACT_SEND);
	CHECK(u, fix_count(BULLY_MSG_RESIGN) == 2);
	CHECK(u, sent(BULLY_MSG_RESIGN, 1)->epoch == epoch);
	CHECK(u, sent(BULLY_MSG_RESIGN, 1)->leader == 2);

	/* a claim that nobody has granted yet is given up, too */
	claimant(9, lower);
	epoch = fix.core.claim;
	fix.opts = fix.core.opts;
	fix.opts.candidate = false;
	fix_clear();
	fix_step(&ev);
	CHECK(u, !fix.core.claim && fix_sent(BULLY_MSG_RESIGN, 1));
	CHECK(u, sent(BULLY_MSG_RESIGN, 1)->epoch == epoch);
	fix_clear();
	fix_timers_until(fix.now + 30 * FIX_HB);
	CHECK(u, !fix.core.claim && !fix_count(BULLY_MSG_COORDINATOR));
}

/* R6: of two claimants the lower yields, and grants. */
static void yields(struct unit *u)
{
	claimant(2, around);
	CHECK(u, fix.core.claim);
	fix_timers_until(fix.core.abstain_until + MS);
	CHECK(u, claim(1, fix.core.claim + 9) != BULLY_VOTE_GRANTED && fix.core.claim);
	CHECK(u, claim(3, fix.core.claim + 9) == BULLY_VOTE_GRANTED);
	CHECK(u, !fix.core.claim && fix_count(BULLY_MSG_RESIGN) == 2);
}

/* R7: grants within one set, or between two that differ by one voter. */
static void near(struct unit *u)
{
	u64 e = FIX_WALL + 10;

	voter();
	claim_msg(3, e);
	m.members ^= 1;
	CHECK(u, answer() == BULLY_VOTE_MEMBERS);
	claim_msg(3, e);
	m.lease_ms++;
	CHECK(u, answer() == BULLY_VOTE_MEMBERS);
	claim_msg(3, e);
	m.members_prev = m.members;
	m.members ^= 1;
	CHECK(u, answer() == BULLY_VOTE_GRANTED);
}

/* R7: votes given with a larger set need the majority of that. */
static void ahead(struct unit *u)
{
	u32 i;

	claimant(9, lower);
	fix_timers_until(fix.core.abstain_until + MS);
	for (i = 1; i <= 2; i++) {
		CHECK(u, !leads());
		grant_msg(i);
		m.members_prev = m.members;
		m.members ^= 1;
		fix_deliver(&m);
	}
	CHECK(u, leads());
	leader(9, lower);
	CHECK(u, leads());
}

static const char *may_change(void)
{
	u32 ids[4], n;

	return bully_core_may_change(&fix.core, 0, ids, 4, &n);
}

static void set_of(u32 id, u32 members, u32 members_prev)
{
	fix_msg(&m, BULLY_MSG_HEARTBEAT, id);
	m.members = members;
	m.members_prev = members_prev;
	fix_deliver(&m);
}

/* R7: another change waits for a majority of the set before, and for its old grants. */
static void changes(struct unit *u)
{
	struct bully_event ev = { .type = BULLY_EV_PEER_ADD, .peer = &fix.peer[6] };
	u32 before, after, i;

	claimant(9, lower);
	CHECK(u, !may_change());		/* no leader yet: it is being configured */
	grant(1);
	grant(2);
	CHECK(u, leads());
	for (i = 0; i < 4; i++) {
		fix.now += ABSTENTION / 4;
		set_of(1, fix.core.members, 0);
		set_of(2, fix.core.members, 0);
	}
	CHECK(u, !may_change());
	before = fix.core.members;
	fix.peer[6].id = 5;
	fix.peer[6].role = BULLY_ROLE_CANDIDATE;
	fix_step(&ev);
	after = fix.core.members;
	CHECK(u, after != before && fix.core.members_prev == before && fix.core.voters == 4);
	CHECK(u, may_change() != NULL);
	set_of(1, after, before);
	CHECK(u, may_change() != NULL);		/* it may have granted just before */
	set_of(2, before, after);		/* a step behind, though after it was before */
	fix.now += ABSTENTION - 1;
	fix_simple(BULLY_EV_TIMER);
	CHECK(u, may_change() != NULL);
	fix.now += 1;
	fix_simple(BULLY_EV_TIMER);
	CHECK(u, !may_change());		/* itself and 1: two of three */
	CHECK(u, peer(1)->settled && !peer(2)->settled);
}

/* R7: the last node may follow to where the others are, and nowhere else. */
static void last_follows(struct unit *u)
{
	u32 target, other, was, ids[4], n, i;

	claimant(9, lower);
	grant(1);
	grant(2);
	was = fix.core.members;
	target = bully_core_members_with(&fix.core, 5, BULLY_ROLE_CANDIDATE);
	other = bully_core_members_with(&fix.core, 6, BULLY_ROLE_CANDIDATE);
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

/* R7: in the middle of a change a restart makes nobody free to go on. */
static void change_after_restart(struct unit *u)
{
	make(2, around);
	fix.opts.candidate = false;
	fix_start();
	fix_prove_all();
	CHECK(u, !may_change());
	fix_msg(&m, BULLY_MSG_COORDINATOR, 3);
	m.leader = 3;
	m.epoch = FIX_WALL + 10;
	m.state = BULLY_STATE_LEADER;
	m.flags |= BULLY_F_LEASE_HELD;
	m.members ^= 1;
	fix_deliver(&m);
	CHECK(u, fix.core.state == BULLY_STATE_FOLLOWER);
	set_of(1, fix.core.members ^ 1, 0);
	fix.now += ABSTENTION;
	CHECK(u, may_change() != NULL);
}

/* R7: alone only where the operator said so. */
static void alone(struct unit *u)
{
	make(9, nobody);
	fix_start();
	fix_timers_until(fix.now + 20 * FIX_HB);
	CHECK(u, !leads() && !fix.core.claim);
	make(9, nobody);
	fix.opts.alone = true;
	fix_start();
	fix_timers_until(fix.now + ABSTENTION - 1);
	CHECK(u, !leads());
	fix_timers_until(fix.now + 2 * FIX_HB);
	CHECK(u, leads());
	fix_timers_until(fix.now + 20 * FIX_HB);
	CHECK(u, leads() && fix.core.lease_until > fix.now);
}

/* R7, R4: a lease of another length is as a restart. */
static void lease_changes(struct unit *u)
{
	struct bully_event ev = { .type = BULLY_EV_OPTS, .opts = &fix.opts };

	leader(9, lower);
	CHECK(u, leads());
	fix.opts.lease_ns = 2 * FIX_LEASE;
	fix_step(&ev);
	CHECK(u, !leads() && fix_count(BULLY_MSG_RESIGN) == 2);
	CHECK(u, fix.core.abstain_until >= fix.now + 2 * FIX_LEASE);
	fix.opts.lease_ns = FIX_LEASE;
	fix_step(&ev);
	CHECK(u, fix.core.abstain_until >= fix.now + 2 * FIX_LEASE);
}

/* R8: after a doubt about time nothing is held, and nothing granted. */
static void doubt(struct unit *u)
{
	struct bully_event ev = { .type = BULLY_EV_DOUBT };

	leader(9, lower);
	CHECK(u, leads());
	fix.wall += 500;
	fix_step(&ev);
	CHECK(u, !leads() && !fix.core.leader && fix.core.reason == BULLY_REASON_TIME_DOUBT);
	CHECK(u, fix.core.abstain_until == fix.now + ABSTENTION && fix.core.floor == fix.wall);
	voter();
	ev.session = 77;
	fix_step(&ev);
	CHECK(u, fix.core.session == 77 && !peer(3)->proved);
	fix_prove(3);
	CHECK(u, claim(3, FIX_WALL + 1000) == BULLY_VOTE_ABSTAINS);
}

/* R8: a clock that leapt has ended grants which others still rely on. */
static void leap(struct unit *u)
{
	voter();
	CHECK(u, claim(3, FIX_WALL + 10) == BULLY_VOTE_GRANTED);
	fix.now += 20 * FIX_HB;
	CHECK(u, claim(3, FIX_WALL + 20) == BULLY_VOTE_ABSTAINS);
}

/* R7: what added a voter is known whatever is done to observers meanwhile. */
static void observer_added(struct unit *u)
{
	struct bully_event ev = { .type = BULLY_EV_PEER_ADD, .peer = &fix.peer[6] };

	voter();
	fix.core.seen_leader = true;
	fix.peer[6] = (struct bully_peer){ .id = 77, .role = BULLY_ROLE_CANDIDATE };
	fix_step(&ev);
	CHECK(u, fix.core.added == 77);
	fix.peer[7] = (struct bully_peer){ .id = 78, .role = BULLY_ROLE_OBSERVER };
	ev.peer = &fix.peer[7];
	fix_step(&ev);
	CHECK(u, fix.core.added == 77);
}

/* R9: a lease that is over is over before a packet is looked at. */
static void packet_too_late(struct unit *u)
{
	leader(9, lower);
	fix.now = fix.core.lease_until;
	fix_say(BULLY_MSG_HEARTBEAT, 1);
	CHECK(u, !leads());
}

/* R10: who does not show that it hears us gets nothing. */
static void unheard(struct unit *u)
{
	u64 e = FIX_WALL + 10;
	u32 i;

	voter();
	claim_msg(3, e);
	m.echo = 0;
	CHECK(u, answer() == BULLY_VOTE_UNHEARD);
	claim_msg(3, e);
	m.echo += 1000;
	CHECK(u, answer() == BULLY_VOTE_UNHEARD);
	claim_msg(3, e);
	for (i = 0; i < BULLY_SENT; i++)
		peer(3)->sent[i].at = 0;
	CHECK(u, answer() == BULLY_VOTE_UNHEARD);	/* that was long ago */
	CHECK(u, claim(3, e) == BULLY_VOTE_GRANTED);
}

/* R11: what a higher node must show before it is handed the lease; R12: how fresh. */
static void handover(struct unit *u)
{
	static const struct {
		u8 alive;		/* of nodes 1, 2 and 3 */
		u32 age_us;
		bool grants, stands, hands_over;
	} table[] = {
		{ 6, 0, true, true, true },	{ 6, 0, false, true, false },
		{ 4, 0, true, true, false },	{ 6, 300001, true, true, false },
		{ 6, 0, true, false, false },	{ 7, 299999, true, true, true },
	};
	u32 i;

	for (i = 0; i < sizeof(table) / sizeof(*table); i++) {
		claimant(2, around);
		fix_timers_until(fix.core.abstain_until + MS);
		grant(1);
		if (table[i].grants)
			grant(3);
		CHECK(u, leads());
		fix_clear();
		fix_msg(&m, BULLY_MSG_ELECTION, 3);
		m.flags = BULLY_F_ALIVE | (table[i].stands ? BULLY_F_STANDS : 0);
		m.alive[0] = table[i].alive;
		m.alive_age_us = table[i].age_us;
		fix_deliver(&m);
		CHECK(u, leads() != table[i].hands_over);
		if (table[i].hands_over) {
			CHECK(u, sent(BULLY_MSG_RESIGN, 3)->leader == 3);
			CHECK(u, fix.core.reason == BULLY_REASON_HANDOVER);
		} else {
			CHECK(u, sent(BULLY_MSG_REFUSE, 3)->refusal == BULLY_VOTE_LEADS);
		}
	}
}

/* R13: refused for a while: the same claim again when that is over. */
static void asks_again(struct unit *u)
{
	u64 epoch;

	claimant(9, lower);
	epoch = fix.core.claim;
	grant(2);
	fix_msg(&m, BULLY_MSG_REFUSE, 1);
	m.refusal = BULLY_VOTE_HELD;
	m.remain_us = 60000;
	fix_deliver(&m);
	fix_clear();
	fix_timers_until(fix.now + 60 * MS - 1);
	CHECK(u, !fix_sent(BULLY_MSG_COORDINATOR, 1));
	fix_timers_until(fix.now + 1);
	CHECK(u, fix_sent(BULLY_MSG_COORDINATOR, 1) &&
	      sent(BULLY_MSG_COORDINATOR, 1)->epoch == epoch);
}

/* R13: a probe without an answer is repeated after a quarter of a heartbeat. */
static void probes_again(struct unit *u)
{
	voter();
	claim_msg(3, FIX_WALL + 10);
	m.state = BULLY_STATE_LEADER;
	m.flags |= BULLY_F_LEASE_HELD;
	fix_deliver(&m);
	CHECK(u, fix.core.state == BULLY_STATE_FOLLOWER && fix.core.leader == 3);
	fix_clear();
	fix_timers_until(fix.now + FIX_HB);
	CHECK(u, fix_count(BULLY_MSG_HEARTBEAT) >= 2);
	CHECK(u, sent(BULLY_MSG_HEARTBEAT, 3)->flags & BULLY_F_GRANT);	/* R3 */
	CHECK(u, sent(BULLY_MSG_HEARTBEAT, 3)->echo == m.seq);
}

const struct unit_case unit_quorum_cases[] = {
	{ "quorum_R1_majority", majority },
	{ "quorum_R1_older_claim", older_claim },
	{ "quorum_R2_one_grant", one_grant },
	{ "quorum_R2_one_session", one_session },
	{ "quorum_R2_resigned", resigned },
	{ "quorum_R2_let_go", let_go },
	{ "quorum_R3_repeat", repeat },
	{ "quorum_R3_counted_from", counted_from },
	{ "quorum_R4_abstention", abstention },
	{ "quorum_R5_epochs", epochs },
	{ "quorum_R5_claims_above", claims_above },
	{ "quorum_R5_raised_while_held", raised_while_held },
	{ "quorum_R6_farewell", farewell },
	{ "quorum_R6_yields", yields },
	{ "quorum_S7_owner_gone", owner_gone },
	{ "quorum_R7_near", near },
	{ "quorum_R7_ahead", ahead },
	{ "quorum_R7_changes", changes },
	{ "quorum_R7_change_after_restart", change_after_restart },
	{ "quorum_R7_alone", alone },
	{ "quorum_R7_lease_changes", lease_changes },
	{ "quorum_R8_doubt", doubt },
	{ "quorum_R9_packet_too_late", packet_too_late },
	{ "quorum_R7_last_follows", last_follows },
	{ "quorum_R8_leap", leap },
	{ "quorum_R7_observer_added", observer_added },
	{ "quorum_R10_unheard", unheard },
	{ "quorum_R11_handover", handover },
	{ "quorum_R13_asks_again", asks_again },
	{ "quorum_R13_probes_again", probes_again },
	{ 0 },
};
