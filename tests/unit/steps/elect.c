// SPDX-License-Identifier: GPL-2.0-only
/* elect.c - tests claims: epochs, which nodes may lead, the user's events */
#include "unit.h"

static const u32 lower[] = { 1, 2, 0 }, higher[] = { 3, 4, 0 }, around[] = { 1, 3, 0 };

static void as_leader(void)
{
	fix_make(9, lower);
	fix_start();
	fix_prove_all();
}

static void claim_by(u32 from, u64 epoch)
{
	static struct bully_msg m;

	fix_msg(&m, BULLY_MSG_COORDINATOR, from);
	m.leader = from;
	m.epoch = epoch;
	m.state = BULLY_STATE_LEADER;
	fix_deliver(&m);
}

/* The bully algorithm: the highest node announces itself to all others. */
static void highest_announces(struct unit *u)
{
	as_leader();
	CHECK(u, fix.core.state == BULLY_STATE_LEADER && fix.core.leader == 9);
	CHECK(u, fix_count(BULLY_MSG_COORDINATOR) == 2 && fix_count(BULLY_MSG_ELECTION) == 0);
	CHECK(u, fix_sent(BULLY_MSG_COORDINATOR, 1) && fix_sent(BULLY_MSG_COORDINATOR, 2));
	CHECK(u, fix.core.epoch == FIX_WALL);
	CHECK(u, bully_core_lease_end(&fix.core) == BULLY_NEVER);
}

/* The bully algorithm: ELECTION to all higher nodes, OK means wait, COORDINATOR ends it. */
static void lowest_asks(struct unit *u)
{
	const struct bully_msg *election;
	static struct bully_msg m;

	fix_make(1, higher);
	fix_start();
	fix_prove_all();
	CHECK(u, fix.core.state == BULLY_STATE_ELECTION);
	CHECK(u, fix_count(BULLY_MSG_ELECTION) == 2 && fix_count(BULLY_MSG_COORDINATOR) == 0);
	election = fix_sent(BULLY_MSG_ELECTION, 3);
	fix_msg(&m, BULLY_MSG_OK, 3);
	m.echo = election->seq;
	CHECK(u, fix_deliver(&m) == BULLY_DROP_NONE);
	CHECK(u, fix.core.state == BULLY_STATE_WAITING && !fix.core.leader);
	claim_by(4, FIX_WALL + 7);
	CHECK(u, fix.core.state == BULLY_STATE_FOLLOWER && fix.core.leader == 4);
	CHECK(u, fix.core.epoch == FIX_WALL + 7);
	CHECK(u, fix_sent(BULLY_MSG_COORDINATOR_ACK, 4));
}

/* The bully algorithm: without an OK the node is the highest live node. */
static void silence_means_leader(struct unit *u)
{
	fix_make(1, higher);
	fix_start();
	fix_prove_all();
	fix_timers_until(fix.now + 2 * FIX_HB);
	CHECK(u, fix.core.state == BULLY_STATE_LEADER);
	CHECK(u, fix_sent(BULLY_MSG_COORDINATOR, 3) && fix_sent(BULLY_MSG_COORDINATOR, 4));
}

/* The bully algorithm: a node answers an ELECTION with OK, and holds its own election. */
static void election_is_answered(struct unit *u)
{
	const struct bully_msg *ok;

	fix_make(2, around);
	fix_start();
	fix_prove_all();
	fix_clear();
	fix_say(BULLY_MSG_ELECTION, 1);
	ok = fix_sent(BULLY_MSG_OK, 1);
	CHECK(u, ok && ok->echo == fix.seq);
	CHECK(u, fix.core.state == BULLY_STATE_ELECTION);
}

/* R5: an epoch is never used again, with any change of the wall clock. */
static void epochs(struct unit *u)
{
	u64 last;
	u32 i;

	as_leader();
	last = fix.core.epoch;
	for (i = 0; i < 5; i++) {
		fix.wall -= 1000000;
		fix_simple(BULLY_EV_ELECT);
		CHECK(u, fix.core.state == BULLY_STATE_LEADER && fix.core.epoch == last + 1);
		last = fix.core.epoch;
	}
	fix.wall = last + 500;
	fix_simple(BULLY_EV_ELECT);
	CHECK(u, fix.core.epoch == last + 500);
}

/* R5: even a clock that is wrong by decades leaves epochs for claims ... */
static void wrong_clock(struct unit *u)
{
	fix_make(9, lower);
	fix.wall = ~0ULL / 2;
	fix_start();
	fix_prove_all();
	CHECK(u, fix.core.state == BULLY_STATE_LEADER);
	CHECK(u, fix.core.epoch <= BULLY_EPOCH_MAX / 2 + 1);
}

/* ... and if a node has used them up, no node claims any more. */
static void no_epoch_left(struct unit *u)
{
	static struct bully_msg m;
	u32 i;

	fix_make(9, lower);
	fix_start();
	fix_prove(1);
	fix_msg(&m, BULLY_MSG_HELLO, 1);
	m.reported = BULLY_EPOCH_MAX;
	fix_deliver(&m);
	fix_prove(2);
	CHECK(u, fix.core.state == BULLY_STATE_LEADER && fix.core.epoch == BULLY_EPOCH_MAX);
	fix_clear();
	for (i = 0; i < 5; i++) {
		fix_msg(&m, BULLY_MSG_REFUSE, 1);
		m.echo = fix.peer[0].outbox.ask_seq;
		m.reported = BULLY_EPOCH_MAX;
		fix_deliver(&m);
	}
	CHECK(u, fix_count(BULLY_MSG_COORDINATOR) == 0);
	CHECK(u, fix.core.state == BULLY_STATE_WAITING && fix_count(BULLY_MSG_RESIGN) == 2);
}

/* A claim is above all epochs that a node has reported. */
static void above_all_seen(struct unit *u)
{
	static struct bully_msg m;

	fix_make(9, lower);
	fix_start();
	fix_prove(1);
	fix_msg(&m, BULLY_MSG_HELLO, 1);
	m.reported = FIX_WALL + 77;
	fix_deliver(&m);
	fix_prove(2);
	CHECK(u, fix.core.state == BULLY_STATE_LEADER && fix.core.epoch == FIX_WALL + 78);
}

/* R5: no leader is followed at an epoch below a reported one. */
static void stale_claim(struct unit *u)
{
	fix_make(1, higher);
	fix_start();
	fix_prove_all();
	claim_by(3, FIX_WALL + 100);
	CHECK(u, fix.core.leader == 3);
	fix_clear();
	claim_by(4, FIX_WALL + 50);
	CHECK(u, fix.core.epoch >= FIX_WALL + 100);
	CHECK(u, fix.core.leader != 4 && fix_sent(BULLY_MSG_REFUSE, 4));
	claim_by(4, FIX_WALL + 101);
	CHECK(u, fix.core.leader == 4 && fix.core.epoch == FIX_WALL + 101);
}

/* Events are numbered without gaps, one for each peer; the last one agrees with show. */
static void events(struct unit *u)
{
	u32 i, peers = 0;

	as_leader();
	fix_simple(BULLY_EV_ELECT);
	for (i = 0; i < fix.n_notes; i++) {
		CHECK(u, fix.note[i].seq == i + 1);
		peers += fix.note[i].kind == BULLY_NOTE_PEERS;
	}
	CHECK(u, peers == 2);
	CHECK(u, fix.core.event_seq == fix.n_notes);
	CHECK(u, fix.note[fix.n_notes - 1].leader == 9);
	CHECK(u, fix.note[fix.n_notes - 1].epoch == fix.core.epoch);
	CHECK(u, fix.note[fix.n_notes - 1].reason == BULLY_REASON_ADMIN);
}

/* S1: the leader stops leading first, then sends RESIGN with the highest possible successor. */
static void resignation(struct unit *u)
{
	const struct bully_msg *resign;

	as_leader();
	fix_clear();
	CHECK(u, !bully_core_may_resign(&fix.core));
	fix_simple(BULLY_EV_RESIGN);
	resign = fix_sent(BULLY_MSG_RESIGN, 1);
	CHECK(u, resign && resign->leader == 2 && resign->state != BULLY_STATE_LEADER);
	CHECK(u, fix.out.act[0].kind == BULLY_ACT_EVENT);	/* the user first */
	CHECK(u, fix.core.state != BULLY_STATE_LEADER && fix.core.stand.resigned);
	CHECK(u, bully_core_lease_end(&fix.core) == 0);
	claim_by(2, fix.core.epoch + 1);
	CHECK(u, fix.core.state == BULLY_STATE_FOLLOWER && fix.core.leader == 2);
}

static const u8 owner_reasons[] = { BULLY_REASON_OWNER_EXIT, BULLY_REASON_OWNER_LATE };

static void candidacy(bool candidate, enum bully_reason reason)
{
	struct bully_event ev = { .type = BULLY_EV_OPTS, .opts = &fix.opts, .reason = reason };

	fix.opts.candidate = candidate;
	fix_step(&ev);
}

/* S7: the owner ends, so the leader resigns: first an event with the reason, then RESIGN. */
static void owner_gone(struct unit *u)
{
	const struct bully_msg *resign;
	u32 i;

	for (i = 0; i < sizeof(owner_reasons); i++) {
		as_leader();
		fix_clear();
		candidacy(false, owner_reasons[i]);
		resign = fix_sent(BULLY_MSG_RESIGN, 1);
		CHECK(u, fix_count(BULLY_MSG_RESIGN) == 2 && resign && resign->leader == 2);
		CHECK(u, resign && resign->state != BULLY_STATE_LEADER &&
			 !(resign->flags & BULLY_F_STANDS));
		CHECK(u, fix.n_notes == 2 && fix.note[0].kind == BULLY_NOTE_CONFIG);
		CHECK(u, fix.n_notes == 2 && fix.note[1].kind == BULLY_NOTE_LEADER &&
			 !fix.note[1].leader && fix.note[1].reason == owner_reasons[i]);
		CHECK(u, fix.note[0].reason == owner_reasons[i]);
		CHECK(u, fix.out.n == 3 && fix.out.act[2].kind == BULLY_ACT_SEND);
		CHECK(u, !fix.core.stand.resigned && fix.core.reason == owner_reasons[i]);
		claim_by(2, fix.core.epoch + 1);
		CHECK(u, fix.core.state == BULLY_STATE_FOLLOWER && fix.core.leader == 2);
		fix_clear();
		candidacy(true, BULLY_REASON_NONE);	/* the next owner */
		CHECK(u, fix.n_notes && fix.note[0].reason == BULLY_REASON_CONFIG);
		CHECK(u, !fix_count(BULLY_MSG_RESIGN));
		fix_timer();
		CHECK(u, fix.core.state == BULLY_STATE_LEADER && fix.core.leader == 9);
	}
}

/* S7: unlike resign, also if no node can take over; then no node leads. */
static void owner_gone_alone(struct unit *u)
{
	as_leader();
	fix_timers_until(fix.now + 30 * FIX_HB);	/* the others are down */
	CHECK(u, fix.core.leader == 9 && bully_core_may_resign(&fix.core));
	fix_clear();
	candidacy(false, BULLY_REASON_OWNER_LATE);
	CHECK(u, fix.core.state != BULLY_STATE_LEADER && !fix.core.leader);
	CHECK(u, fix.core.reason == BULLY_REASON_OWNER_LATE);
	fix_timers_until(fix.now + 100 * FIX_HB);
	CHECK(u, !fix.core.leader && !fix_count(BULLY_MSG_COORDINATOR));
	candidacy(true, BULLY_REASON_NONE);
	fix_timers_until(fix.now + 30 * FIX_HB);
	CHECK(u, fix.core.leader == 9);
}

/* S7: a follower sends nothing, but does not stand any more; a running election is given up. */
static void owner_gone_elsewhere(struct unit *u)
{
	fix_make(2, around);
	fix_start();
	fix_prove_all();
	claim_by(3, FIX_WALL + 1);
	fix_clear();
	candidacy(false, BULLY_REASON_OWNER_EXIT);
	CHECK(u, fix.n_notes == 1 && fix.note[0].reason == BULLY_REASON_OWNER_EXIT);
	CHECK(u, !fix.n_sent && fix.core.leader == 3);
	fix_timers_until(fix.now + 30 * FIX_HB);
	CHECK(u, !fix_count(BULLY_MSG_ELECTION) && !fix_count(BULLY_MSG_COORDINATOR));

	fix_make(1, higher);
	fix_start();
	fix_prove_all();
	CHECK(u, fix.core.state == BULLY_STATE_ELECTION);
	fix_clear();
	candidacy(false, BULLY_REASON_OWNER_EXIT);
	CHECK(u, fix.core.state == BULLY_STATE_INIT);
	CHECK(u, fix.note[fix.n_notes - 1].reason == BULLY_REASON_OWNER_EXIT);
	fix_timers_until(fix.now + 30 * FIX_HB);
	CHECK(u, !fix_count(BULLY_MSG_COORDINATOR));
}

/* C1: the successor is lost, and another node's claim is the first message about that. */
static void successor_lost_to_another(struct unit *u)
{
	as_leader();
	fix_simple(BULLY_EV_RESIGN);
	claim_by(2, fix.core.epoch + 1);
	CHECK(u, fix.core.leader == 2 && fix.core.stand.resigned);
	fix.now += 2 * FIX_HB;		/* its last answer is too old to defend it by */
	claim_by(1, fix.core.epoch + 1);
	fix_timers_until(fix.now + FIX_HB / 2);
	CHECK(u, !fix.core.stand.resigned && fix.core.state == BULLY_STATE_LEADER);
}

/* C1: the same if others had reports of the successor for so long that this node only waits. */
static void successor_lost_while_waiting(struct unit *u)
{
	static struct bully_msg m;
	u32 i;

	as_leader();
	fix_simple(BULLY_EV_RESIGN);
	claim_by(2, fix.core.epoch + 1);
	for (i = 0; i < 20 && fix.core.state == BULLY_STATE_FOLLOWER; i++) {
		fix_timers_until(fix.now + FIX_HB / 2);
		fix_msg(&m, BULLY_MSG_HELLO, 1);
		m.leader = 2;
		m.state = BULLY_STATE_FOLLOWER;
		fix_deliver(&m);
	}
	CHECK(u, fix.core.state == BULLY_STATE_WAITING && fix.core.stand.resigned);
	claim_by(1, fix.core.epoch + 1);
	fix_timers_until(fix.now + FIX_HB / 2);
	CHECK(u, !fix.core.stand.resigned && fix.core.state == BULLY_STATE_LEADER);
}

static void successor(struct unit *u)
{
	static struct bully_msg m;

	fix_make(2, around);
	fix_start();
	fix_prove_all();
	claim_by(3, FIX_WALL + 1);
	fix_clear();
	fix_msg(&m, BULLY_MSG_RESIGN, 3);
	m.epoch = FIX_WALL + 1;
	m.leader = 2;
	m.state = BULLY_STATE_WAITING;
	m.flags = 0;
	fix_deliver(&m);
	CHECK(u, fix.core.state == BULLY_STATE_LEADER && fix.core.epoch > FIX_WALL + 1);
	CHECK(u, fix_count(BULLY_MSG_COORDINATOR) == 2);
}

static void stop(struct unit *u)
{
	struct bully_event ev = { .type = BULLY_EV_STOP, .reason = BULLY_REASON_SHUTDOWN };

	as_leader();
	fix_clear();
	fix_step(&ev);
	CHECK(u, fix.core.stopped && fix.core.state == BULLY_STATE_INIT && !fix.core.leader);
	CHECK(u, bully_core_deadline(&fix.core) == BULLY_NEVER);
	CHECK(u, fix_count(BULLY_MSG_RESIGN) == 2);
	CHECK(u, fix_say(BULLY_MSG_HEARTBEAT, 1) == BULLY_DROP_INACTIVE);
	fix_clear();
	fix_simple(BULLY_EV_TIMER);
	CHECK(u, fix.n_sent == 0 && fix.n_notes == 0);
}

/* Observers and witnesses never lead, and are not asked. */
static void roles(struct unit *u)
{
	struct bully_event ev = { .type = BULLY_EV_PEER_SET, .role = BULLY_ROLE_OBSERVER };

	fix_make(1, higher);
	ev.peer = &fix.peer[1];
	fix_step(&ev);
	fix_start();
	fix_prove_all();
	CHECK(u, fix_sent(BULLY_MSG_ELECTION, 3) && !fix_sent(BULLY_MSG_ELECTION, 4));
	claim_by(4, FIX_WALL + 5);
	CHECK(u, fix.core.leader != 4);

	fix_make(9, lower);
	fix.opts.role = BULLY_ROLE_WITNESS;
	fix_start();
	fix_prove_all();
	fix_timers_until(fix.now + 20 * FIX_HB);
	CHECK(u, fix.core.state != BULLY_STATE_LEADER && !fix_sent(BULLY_MSG_COORDINATOR, 0));
}

const struct unit_case unit_step_elect_cases[] = {
	{ "elect_highest_announces", highest_announces },
	{ "elect_lowest_asks", lowest_asks },
	{ "elect_silence_means_leader", silence_means_leader },
	{ "elect_election_is_answered", election_is_answered },
	{ "elect_R5_epochs", epochs },
	{ "elect_R5_wrong_clock", wrong_clock },
	{ "elect_R5_no_epoch_left", no_epoch_left },
	{ "elect_above_all_seen", above_all_seen },
	{ "elect_R5_stale_claim", stale_claim },
	{ "elect_events", events },
	{ "elect_S1_resignation", resignation },
	{ "elect_S1_successor", successor },
	{ "elect_S7_owner_gone", owner_gone },
	{ "elect_S7_owner_gone_alone", owner_gone_alone },
	{ "elect_S7_owner_gone_elsewhere", owner_gone_elsewhere },
	{ "elect_C1_successor_lost_to_another", successor_lost_to_another },
	{ "elect_C1_successor_lost_to_another_while_waiting", successor_lost_while_waiting },
	{ "elect_stop", stop },
	{ "elect_roles", roles },
	{ 0 },
};
