// SPDX-License-Identifier: GPL-2.0-only
/* observer.c - tests an unlisted observer: whom it asks, and what it believes (O1 to O3) */
#include "unit.h"

#define EPOCH		1000
#define DETECTION	(3 * FIX_HB)

static const u32 voters[] = { 1, 2, 3, 4, 5, 0 };

/* Returns unlisted observer 9, which has just begun to ask. */
static struct bully_core *observer_of(const u32 *ids)
{
	fix_make(9, ids);
	fix.opts.quorum = BULLY_QUORUM_MAJORITY;
	fix.opts.lease_ns = FIX_LEASE;
	fix.opts.role = BULLY_ROLE_OBSERVER;
	fix.opts.unlisted = true;
	fix_start();
	fix_simple(BULLY_EV_TIMER);
	return &fix.core;
}

static struct bully_core *observer(void)
{
	return observer_of(voters);
}

static u32 asked(void)
{
	return fix.core.watch.asked;
}

/* Makes voter @from answer the newest question to it: node @leader leads under @epoch. */
static enum bully_drop answer(u32 from, u32 leader, u64 epoch, u32 refusal)
{
	const struct bully_msg *hello = fix_sent(BULLY_MSG_HELLO, from);
	struct bully_msg m;

	if (!hello)
		return BULLY_DROP_ECHO;
	fix_msg(&m, BULLY_MSG_HELLO_ACK, from);
	m.echo = hello->seq;
	m.state = leader == from ? BULLY_STATE_LEADER :
		  leader ? BULLY_STATE_FOLLOWER : BULLY_STATE_WAITING;
	m.flags = BULLY_F_UNLISTED | (leader == from ? BULLY_F_LEASE_HELD : 0);
	m.leader = leader;
	m.leader_session = leader == from ? fix_session(from) : 0;
	m.epoch = epoch;
	m.reported = epoch;
	m.refusal = refusal;
	return fix_deliver(&m);
}

static bool follows(u32 leader, u64 epoch)
{
	return fix.core.state == BULLY_STATE_FOLLOWER && fix.core.leader == leader &&
	       fix.core.epoch == epoch;
}

static bool has_none(void)
{
	return fix.core.state == BULLY_STATE_WAITING && !fix.core.leader;
}

/* Lets a heartbeat pass; voter @from answers for @leader if it is asked. */
static void beat(u32 from, u32 leader)
{
	u64 until = fix.now + FIX_HB;

	while (bully_core_deadline(&fix.core) <= until) {
		fix_clear();
		fix_timer();
		answer(from, leader, EPOCH, 0);
	}
	fix.now = until;
}

/* Without a leader it asks two voters at once, in case that one is down. */
static void asks_two(struct unit *u)
{
	struct bully_core *c = observer();
	const struct bully_msg *hello = fix_sent(BULLY_MSG_HELLO, asked());

	CHECK(u, c->state == BULLY_STATE_INIT && fix.n_sent == 2 && hello);
	CHECK(u, fix.sent[0].to != fix.sent[1].to && hello->flags == BULLY_F_UNLISTED);
	CHECK(u, hello->role == BULLY_ROLE_OBSERVER && !hello->to_session);
}

/* O4: only a voter that has served is asked for a place. */
static void takes_no_place(struct unit *u)
{
	u32 from;

	observer();
	from = asked();
	answer(from, 0, 0, 0);
	fix_clear();
	fix_timers_until(fix.now + 3 * FIX_HB);
	CHECK(u, fix_count(BULLY_MSG_HELLO) > 3);
	for (from = 0; from < fix.n_sent; from++)
		CHECK(u, !fix.sent[from].to_session);
	observer();
	from = asked();
	answer(from, 3, EPOCH, 0);
	fix_clear();
	fix_timers_until(fix.now + FIX_HB);
	CHECK(u, fix_sent(BULLY_MSG_HELLO, from)->to_session == fix_session(from));
}

/* It needs one answer, of a leader or of a follower. */
static void learns(struct unit *u)
{
	struct bully_core *c = observer();
	u32 from = asked(), other = from % 5 + 1;

	CHECK(u, answer(from, other, EPOCH, 0) == BULLY_DROP_NONE && follows(other, EPOCH));
	CHECK(u, fix.n_notes && fix.note[fix.n_notes - 1].reason == BULLY_REASON_START);
	CHECK(u, c->peer[from - 1]->state == BULLY_PEER_STATE_UP);
	observer();
	from = asked();
	CHECK(u, answer(from, from, EPOCH, 0) == BULLY_DROP_NONE && follows(from, EPOCH));
}

/* Each heartbeat one question; the leader stays for as long as it is named. */
static void stays(struct unit *u)
{
	struct bully_core *c = observer();
	u32 from = asked(), i;
	u64 sent;

	answer(from, 3, EPOCH, 0);
	sent = c->stats.tx[BULLY_MSG_HELLO];
	fix.n_notes = 0;
	for (i = 0; i < 100; i++)
		beat(from, 3);
	CHECK(u, follows(3, EPOCH) && asked() == from);
	CHECK(u, c->stats.tx[BULLY_MSG_HELLO] - sent <= 101);
	CHECK(u, c->stats.tx[BULLY_MSG_HELLO] - sent >= 99);
	CHECK(u, c->stats.leader_changes == 1 && !fix.n_notes);
}

/* An answer that names nobody it may believe names no leader. */
static void disbelieves(struct unit *u)
{
	struct bully_core *c;
	struct bully_msg m;
	u32 i, from;

	for (i = 0; i < 7; i++) {
		c = observer();
		from = asked();
		fix_msg(&m, BULLY_MSG_HELLO_ACK, from);
		m.echo = fix_sent(BULLY_MSG_HELLO, from)->seq;
		m.state = BULLY_STATE_FOLLOWER;
		m.leader = from % 5 + 1;
		m.epoch = EPOCH;
		if (i == 1)
			m.leader_age_us = DETECTION / 1000 + 1;		/* R12 */
		if (i == 2)
			m.leader = 77;			/* no peer of this node */
		if (i == 3)
			m.lease_ms = 0;			/* classic mode */
		if (i == 4)
			m.state = BULLY_STATE_ELECTION;
		if (i == 5)
			m.leader = 9;			/* this node itself */
		if (i == 6) {
			m.state = BULLY_STATE_LEADER;	/* without a lease */
			m.leader = from;
		}
		CHECK(u, fix_deliver(&m) == BULLY_DROP_NONE);
		CHECK(u, (c->leader != 0) == (i == 0));
	}
}

/* Another lease and election are the voters' business; other voters are shown. */
static void settings(struct unit *u)
{
	static const u32 fewer[] = { 1, 2, 3, 0 };
	struct bully_msg m;
	struct bully_core *c;
	u32 hash, i;

	for (i = 0; i < 3; i++) {
		/* a voter's hash */
		fix_make(9, i == 2 ? fewer : voters);
		fix.core.opts.quorum = BULLY_QUORUM_MAJORITY;
		fix.core.opts.election = i ? BULLY_ELECTION_RAFT : BULLY_ELECTION_BULLY;
		fix.core.opts.lease_ns = 7000000000ULL;
		fix.core.opts.role = BULLY_ROLE_OBSERVER;
		hash = bully_core_members(&fix.core);
		c = observer();
		fix_msg(&m, BULLY_MSG_HELLO_ACK, asked());
		m.echo = fix_sent(BULLY_MSG_HELLO, asked())->seq;
		m.heartbeat_us = 999999;
		m.misses = 99;
		m.lease_ms = 7000;
		m.members = hash;
		m.roster = 12345;
		CHECK(u, fix_deliver(&m) == BULLY_DROP_NONE && !c->stats.mismatches);
		CHECK(u, c->peer[m.from - 1]->set.differ == (i == 2));
	}
}

/* An answer to nothing, and messages of an election, mean nothing. */
static void ignores(struct unit *u)
{
	struct bully_core *c = observer();
	struct bully_msg m;
	u32 from = asked();
	u8 type;

	answer(from, 3, EPOCH, 0);
	for (type = BULLY_MSG_ELECTION; type < __BULLY_MSG_MAX; type++) {
		fix_msg(&m, type, from);
		m.leader = from;
		m.leader_session = fix_session(from);
		m.state = BULLY_STATE_LEADER;
		m.flags = BULLY_F_LEASE_HELD;
		m.epoch = EPOCH + 5;
		m.echo = 12345;
		if (type == BULLY_MSG_HELLO)
			CHECK(u, fix_deliver(&m) == BULLY_DROP_NONE);
		else if (type == BULLY_MSG_HELLO_ACK)
			CHECK(u, fix_deliver(&m) == BULLY_DROP_ECHO);
		else
			CHECK(u, fix_deliver(&m) == BULLY_DROP_UNEXPECTED);
		CHECK(u, follows(3, EPOCH));
	}
	CHECK(u, c->stats.leader_changes == 1);
}

/* R5: an epoch below the one that was reported is old news. */
static void epochs_rise(struct unit *u)
{
	u32 from;

	observer();
	from = asked();
	answer(from, 3, EPOCH, 0);
	fix_timers_until(fix.now + FIX_HB);
	answer(asked(), 4, EPOCH + 1, 0);
	CHECK(u, follows(4, EPOCH + 1));
	fix_timers_until(fix.now + FIX_HB);
	answer(asked(), 3, EPOCH, 0);
	CHECK(u, follows(4, EPOCH + 1));
}

/* A voter that names no leader may be cut off: another one is asked at once. */
static void second_opinion(struct unit *u)
{
	u32 first, second;

	observer();
	first = asked();
	answer(first, 3, EPOCH, 0);
	fix_timers_until(fix.now + FIX_HB);
	fix_clear();
	fix_timer();
	CHECK(u, answer(first, 0, EPOCH, 0) == BULLY_DROP_NONE);
	second = asked();
	CHECK(u, second != first && fix_sent(BULLY_MSG_HELLO, second) && follows(3, EPOCH));
	CHECK(u, answer(second, 3, EPOCH, 0) == BULLY_DROP_NONE && follows(3, EPOCH));
	CHECK(u, asked() == second);
	CHECK(u, fix.core.stats.leader_changes == 1);
}

static void second_denial(struct unit *u)
{
	u32 first;

	observer();
	first = asked();
	answer(first, 3, EPOCH, 0);
	fix_timers_until(fix.now + FIX_HB);
	fix_clear();
	fix_timer();
	answer(first, 0, EPOCH, 0);
	answer(first, 0, EPOCH, 0);		/* its answers count once */
	CHECK(u, follows(3, EPOCH));
	CHECK(u, answer(asked(), 0, EPOCH, 0) == BULLY_DROP_NONE && has_none());
	CHECK(u, fix.note[fix.n_notes - 1].reason == BULLY_REASON_LEADER_TIMEOUT);
}

/* Without a leader it asks all voters in turn, two each heartbeat. */
static void goes_round(struct unit *u)
{
	u32 seen[6] = { 0 };
	u32 i, from, n = 0;
	u64 sent;

	observer();
	for (from = 1; from <= 5; from++)
		answer(from, 0, 0, 0);
	CHECK(u, has_none());
	sent = fix.core.stats.tx[BULLY_MSG_HELLO];
	for (i = 0; i < 20; i++) {
		fix_clear();
		while (!fix_count(BULLY_MSG_HELLO))
			fix_timer();
		for (from = 1; from <= 5; from++)
			seen[from] += answer(from, 0, 0, 0) == BULLY_DROP_NONE;
	}
	for (i = 1; i <= 5; i++)
		n += seen[i] > 2;
	CHECK(u, n == 5 && has_none());
	CHECK(u, fix.core.stats.tx[BULLY_MSG_HELLO] - sent == 40);
}

/* A voter that does not answer is down, and another is asked. */
static void voter_dies(struct unit *u)
{
	struct bully_core *c = observer();
	u32 first = asked(), second;
	u64 at = fix.now;

	answer(first, 3, EPOCH, 0);
	fix_clear();
	while (asked() == first && fix.now < at + 4 * FIX_HB)
		fix_timer();
	second = asked();
	CHECK(u, fix.now - at <= 2 * FIX_HB + FIX_HB / 2 && second != first);
	CHECK(u, c->peer[first - 1]->state == BULLY_PEER_STATE_DOWN);
	CHECK(u, follows(3, EPOCH) && answer(second, 3, EPOCH, 0) == BULLY_DROP_NONE);
	CHECK(u, follows(3, EPOCH) && c->stats.leader_changes == 1);
}

/* H3, R3: if nobody answers, the leader is known for a detection time from the last question. */
static void all_die(struct unit *u)
{
	u64 at;

	observer();
	at = fix.now;
	fix.now += FIX_HB / 8;
	answer(asked(), 3, EPOCH, 0);
	fix_timers_until(at + DETECTION - 1);
	CHECK(u, follows(3, EPOCH));
	fix_timers_until(at + DETECTION + 1);
	CHECK(u, has_none() && fix.core.role.cause == BULLY_REASON_LEADER_TIMEOUT);
	fix_timers_until(at + 100 * DETECTION);
	CHECK(u, has_none());
}

/* Nobody answers at all: the user is told that there is no leader, not for ever that it begins. */
static void nobody(struct unit *u)
{
	observer();
	fix_timers_until(fix.now + DETECTION + FIX_HB);
	CHECK(u, has_none());
}

/* It goes back to the voter that it prefers, when that serves again. */
static void goes_home(struct unit *u)
{
	struct bully_core *c = observer();
	u32 home = asked(), i;

	answer(home, 3, EPOCH, 0);
	for (i = 0; i < 5; i++)
		beat(home % 5 + 1, 3);
	for (i = 0; i < 200 && asked() != home; i++) {
		u64 until = fix.now + FIX_HB;

		while (bully_core_deadline(c) <= until) {
			fix_clear();
			fix_timer();
			if (!fix_sent(BULLY_MSG_HELLO, home) || i > 60)
				answer(asked(), 3, EPOCH, 0);
			if (i > 60)
				answer(home, 3, EPOCH, 0);
		}
		fix.now = until;
		CHECK(u, fix.core.state != BULLY_STATE_INIT);
	}
	CHECK(u, asked() == home && i > 60);
}

/* O4: a voter without a place is believed, and left. */
static void full(struct unit *u)
{
	struct bully_core *c = observer();
	u32 first = asked();

	CHECK(u, answer(first, 3, EPOCH, BULLY_VOTE_FULL) == BULLY_DROP_NONE && follows(3, EPOCH));
	CHECK(u, c->peer[first - 1]->lease.vote == BULLY_VOTE_FULL);
	fix_timers_until(fix.now + FIX_HB);
	CHECK(u, asked() != first);
	CHECK(u, c->peer[first - 1]->watch.avoid_until > fix.now + 5 * DETECTION);
}

/* A group with one voter has no second opinion. */
static void one_voter(struct unit *u)
{
	static const u32 one[] = { 1, 0 };
	struct bully_core *c = observer_of(one);

	answer(1, 1, EPOCH, 0);
	CHECK(u, follows(1, EPOCH));
	fix_timers_until(fix.now + FIX_HB);
	answer(1, 0, EPOCH, 0);
	CHECK(u, has_none());
	fix_timers_until(fix.now + FIX_HB);
	answer(1, 1, EPOCH + 1, 0);
	CHECK(u, follows(1, EPOCH + 1) && c->stats.leader_changes == 2);
}

/* H4: its own lateness is nobody's fault. */
static void late(struct unit *u)
{
	struct bully_core *c = observer();
	u32 first = asked();

	answer(first, 3, EPOCH, 0);
	fix.now += 10 * DETECTION;
	fix_simple(BULLY_EV_TIMER);
	CHECK(u, follows(3, EPOCH) && asked() == first && c->stats.voided == 1);
	CHECK(u, answer(first, 3, EPOCH, 0) == BULLY_DROP_NONE && follows(3, EPOCH));
}

/* A voter that restarts has another session, and the leader that it names counts. */
static void voter_restarts(struct unit *u)
{
	struct bully_core *c = observer();
	struct bully_msg m;
	u32 from = asked();

	answer(from, from, EPOCH, 0);
	fix_timers_until(fix.now + FIX_HB);
	fix_msg(&m, BULLY_MSG_HELLO_ACK, from);
	m.from_session = 0x77;
	m.echo = fix_sent(BULLY_MSG_HELLO, from)->seq;
	m.state = BULLY_STATE_FOLLOWER;
	m.leader = from % 5 + 1;
	m.epoch = EPOCH + 1;
	CHECK(u, fix_deliver(&m) == BULLY_DROP_NONE && follows(from % 5 + 1, EPOCH + 1));
	CHECK(u, c->stats.leader_changes == 2);
}

/* Peers, options and the link change under it. */
static void configured(struct unit *u)
{
	struct bully_core *c = observer();
	struct bully_event ev = { .type = BULLY_EV_PEER_DEL };
	u32 first = asked();

	answer(first, 3, EPOCH, 0);
	ev.peer = bully_core_find(c, first);
	if (first == 3)
		return;
	fix_step(&ev);
	CHECK(u, follows(3, EPOCH));
	fix_timers_until(fix.now + FIX_HB);
	CHECK(u, asked() != first && asked());
	answer(asked(), 3, EPOCH, 0);
	fix.opts.heartbeat_ns *= 2;
	ev.type = BULLY_EV_OPTS;
	ev.opts = &fix.opts;
	fix_step(&ev);
	CHECK(u, follows(3, EPOCH));
	ev.type = BULLY_EV_PEER_DEL;
	ev.peer = bully_core_find(c, 3);
	fix_step(&ev);
	CHECK(u, !c->leader);
	ev.type = BULLY_EV_LINK;
	ev.link = BULLY_LINK_NO_CARRIER;
	fix_step(&ev);
	CHECK(u, c->state == BULLY_STATE_INIT);
	fix_timers_until(fix.now + 10 * FIX_HB);
	fix_clear();
	fix_timers_until(fix.now + 10 * FIX_HB);
	CHECK(u, !fix.n_sent);
	ev.link = BULLY_LINK_UP;
	fix_step(&ev);
	fix_simple(BULLY_EV_TIMER);
	CHECK(u, fix_sent(BULLY_MSG_HELLO, asked()));
	fix_clear();
	answer(asked(), 4, EPOCH, 0);
	ev.type = BULLY_EV_STOP;
	ev.reason = BULLY_REASON_SHUTDOWN;
	fix_step(&ev);
	CHECK(u, bully_core_deadline(c) == BULLY_NEVER);
}

/* O4: who ends gives the place back. */
static void says_goodbye(struct unit *u)
{
	struct bully_event ev = { .type = BULLY_EV_STOP, .reason = BULLY_REASON_SHUTDOWN };
	u32 from;

	observer();
	from = asked();
	answer(from, from % 5 + 1, EPOCH, 0);
	fix_clear();
	fix_step(&ev);
	CHECK(u, fix_count(BULLY_MSG_RESIGN) == 1 && fix_sent(BULLY_MSG_RESIGN, from));
	CHECK(u, fix_sent(BULLY_MSG_RESIGN, from)->flags == BULLY_F_UNLISTED);
}

/* Sessions spread observers over the voters. */
static void spreads(struct unit *u)
{
	u32 n[6] = { 0 }, i;

	for (i = 0; i < 1000; i++) {
		fix_make(9, voters);
		fix.core.session = i * 0x9e3779b97f4a7c15ULL | 1;
		fix.opts.quorum = BULLY_QUORUM_MAJORITY;
		fix.opts.lease_ns = FIX_LEASE;
		fix.opts.role = BULLY_ROLE_OBSERVER;
		fix.opts.unlisted = true;
		fix_start();
		fix_simple(BULLY_EV_TIMER);
		n[asked()]++;
	}
	for (i = 1; i <= 5; i++)
		CHECK(u, n[i] > 140 && n[i] < 260);
}

const struct unit_case unit_step_observer_cases[] = {
	{ "observer_O2_asks_two", asks_two },
	{ "observer_O4_takes_no_place", takes_no_place },
	{ "observer_O2_spread", spreads },
	{ "observer_O2_goes_round", goes_round },
	{ "observer_O2_voter_dies", voter_dies },
	{ "observer_O2_goes_home", goes_home },
	{ "observer_O2_full", full },
	{ "observer_O3_learns", learns },
	{ "observer_O3_stays", stays },
	{ "observer_O3_disbelieves", disbelieves },
	{ "observer_O3_epochs_rise", epochs_rise },
	{ "observer_O3_second_opinion", second_opinion },
	{ "observer_O3_second_denial", second_denial },
	{ "observer_O3_one_voter", one_voter },
	{ "observer_O3_voter_restarts", voter_restarts },
	{ "observer_O1_ignores", ignores },
	{ "observer_O1_settings", settings },
	{ "observer_H3_all_die", all_die },
	{ "observer_H3_nobody", nobody },
	{ "observer_H4_late", late },
	{ "observer_configured", configured },
	{ "observer_O4_goodbye", says_goodbye },
	{ 0 },
};
