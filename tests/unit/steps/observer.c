// SPDX-License-Identifier: GPL-2.0-only
/* observer.c - tests what an unlisted observer believes (O1, O3) */
#include "watcher.h"

/* It needs one answer, of a leader or of a follower. */
static void learns(struct unit *u)
{
	struct bully_core *c = w_observer();
	u32 from = w_asked(), other = from % 5 + 1;

	CHECK(u, w_answer(from, other, W_EPOCH, 0) == BULLY_DROP_NONE && w_follows(other, W_EPOCH));
	CHECK(u, fix.n_notes && fix.note[fix.n_notes - 1].reason == BULLY_REASON_START);
	CHECK(u, c->peer[from - 1]->state == BULLY_PEER_STATE_UP);
	w_observer();
	from = w_asked();
	CHECK(u, w_answer(from, from, W_EPOCH, 0) == BULLY_DROP_NONE && w_follows(from, W_EPOCH));
}

/* Each heartbeat one question; the leader stays for as long as it is named. */
static void stays(struct unit *u)
{
	struct bully_core *c = w_observer();
	u32 from = w_asked(), i;
	u64 sent;

	w_answer(from, 3, W_EPOCH, 0);
	sent = c->stats.tx[BULLY_MSG_HELLO];
	fix.n_notes = 0;
	for (i = 0; i < 100; i++)
		w_beat(from, 3);
	CHECK(u, w_follows(3, W_EPOCH) && w_asked() == from);
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
		c = w_observer();
		from = w_asked();
		fix_msg(&m, BULLY_MSG_HELLO_ACK, from);
		m.echo = fix_sent(BULLY_MSG_HELLO, from)->seq;
		m.state = BULLY_STATE_FOLLOWER;
		m.leader = from % 5 + 1;
		m.epoch = W_EPOCH;
		if (i == 1)
			m.leader_age_us = W_DETECTION / 1000 + 1;		/* R12 */
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

/* Another lease and election are the w_voters' business; other w_voters are shown. */
static void settings(struct unit *u)
{
	static const u32 fewer[] = { 1, 2, 3, 0 };
	struct bully_msg m;
	struct bully_core *c;
	u32 hash, i;

	for (i = 0; i < 3; i++) {
		/* a voter's hash */
		fix_make(9, i == 2 ? fewer : w_voters);
		fix.core.opts.quorum = BULLY_QUORUM_MAJORITY;
		fix.core.opts.election = i ? BULLY_ELECTION_RAFT : BULLY_ELECTION_BULLY;
		fix.core.opts.lease_ns = 7000000000ULL;
		fix.core.opts.role = BULLY_ROLE_OBSERVER;
		hash = bully_core_members(&fix.core);
		c = w_observer();
		fix_msg(&m, BULLY_MSG_HELLO_ACK, w_asked());
		m.echo = fix_sent(BULLY_MSG_HELLO, w_asked())->seq;
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
	struct bully_core *c = w_observer();
	struct bully_msg m;
	u32 from = w_asked();
	u8 type;

	w_answer(from, 3, W_EPOCH, 0);
	for (type = BULLY_MSG_ELECTION; type < __BULLY_MSG_MAX; type++) {
		fix_msg(&m, type, from);
		m.leader = from;
		m.leader_session = fix_session(from);
		m.state = BULLY_STATE_LEADER;
		m.flags = BULLY_F_LEASE_HELD;
		m.epoch = W_EPOCH + 5;
		m.echo = 12345;
		if (type == BULLY_MSG_HELLO)
			CHECK(u, fix_deliver(&m) == BULLY_DROP_NONE);
		else if (type == BULLY_MSG_HELLO_ACK)
			CHECK(u, fix_deliver(&m) == BULLY_DROP_ECHO);
		else
			CHECK(u, fix_deliver(&m) == BULLY_DROP_UNEXPECTED);
		CHECK(u, w_follows(3, W_EPOCH));
	}
	CHECK(u, c->stats.leader_changes == 1);
}

/* R5: an epoch below the one that was reported is old news. */
static void epochs_rise(struct unit *u)
{
	u32 from;

	w_observer();
	from = w_asked();
	w_answer(from, 3, W_EPOCH, 0);
	fix_timers_until(fix.now + FIX_HB);
	w_answer(w_asked(), 4, W_EPOCH + 1, 0);
	CHECK(u, w_follows(4, W_EPOCH + 1));
	fix_timers_until(fix.now + FIX_HB);
	w_answer(w_asked(), 3, W_EPOCH, 0);
	CHECK(u, w_follows(4, W_EPOCH + 1));
}

/* A voter that names no leader may be cut off: another one is asked at once. */
static void second_opinion(struct unit *u)
{
	u32 first, second;

	first = w_asked_again();
	CHECK(u, w_answer(first, 0, W_EPOCH, 0) == BULLY_DROP_NONE);
	second = w_asked();
	CHECK(u, second != first && fix_sent(BULLY_MSG_HELLO, second) && w_follows(3, W_EPOCH));
	CHECK(u, w_answer(second, 3, W_EPOCH, 0) == BULLY_DROP_NONE && w_follows(3, W_EPOCH));
	CHECK(u, w_asked() == second);
	CHECK(u, fix.core.stats.leader_changes == 1);
}

static void second_denial(struct unit *u)
{
	u32 first;

	first = w_asked_again();
	w_answer(first, 0, W_EPOCH, 0);
	w_answer(first, 0, W_EPOCH, 0);		/* its answers count once */
	CHECK(u, w_follows(3, W_EPOCH));
	CHECK(u, w_answer(w_asked(), 0, W_EPOCH, 0) == BULLY_DROP_NONE && w_has_none());
	CHECK(u, fix.note[fix.n_notes - 1].reason == BULLY_REASON_LEADER_TIMEOUT);
}

/* H3, R3: if nobody answers, the leader is known for a detection time from the last question. */
static void all_die(struct unit *u)
{
	u64 at;

	w_observer();
	at = fix.now;
	fix.now += FIX_HB / 8;
	w_answer(w_asked(), 3, W_EPOCH, 0);
	fix_timers_until(at + W_DETECTION - 1);
	CHECK(u, w_follows(3, W_EPOCH));
	fix_timers_until(at + W_DETECTION + 1);
	CHECK(u, w_has_none() && fix.core.role.cause == BULLY_REASON_LEADER_TIMEOUT);
	fix_timers_until(at + 100 * W_DETECTION);
	CHECK(u, w_has_none());
}

/* Nobody answers at all: the user is told that there is no leader, not for ever that it begins. */
static void nobody(struct unit *u)
{
	w_observer();
	fix_timers_until(fix.now + W_DETECTION + FIX_HB);
	CHECK(u, w_has_none());
}

/* A group with one voter has no second opinion. */
static void one_voter(struct unit *u)
{
	static const u32 one[] = { 1, 0 };
	struct bully_core *c = w_observer_of(one);

	w_answer(1, 1, W_EPOCH, 0);
	CHECK(u, w_follows(1, W_EPOCH));
	fix_timers_until(fix.now + FIX_HB);
	w_answer(1, 0, W_EPOCH, 0);
	CHECK(u, w_has_none());
	fix_timers_until(fix.now + FIX_HB);
	w_answer(1, 1, W_EPOCH + 1, 0);
	CHECK(u, w_follows(1, W_EPOCH + 1) && c->stats.leader_changes == 2);
}

/* H4: its own lateness is nobody's fault. */
static void late(struct unit *u)
{
	struct bully_core *c = w_observer();
	u32 first = w_asked();

	w_answer(first, 3, W_EPOCH, 0);
	fix.now += 10 * W_DETECTION;
	fix_simple(BULLY_EV_TIMER);
	CHECK(u, w_follows(3, W_EPOCH) && w_asked() == first && c->stats.voided == 1);
	CHECK(u, w_answer(first, 3, W_EPOCH, 0) == BULLY_DROP_NONE && w_follows(3, W_EPOCH));
}

/* A voter that restarts has another session, and the leader that it names counts. */
static void voter_restarts(struct unit *u)
{
	struct bully_core *c = w_observer();
	struct bully_msg m;
	u32 from = w_asked();

	w_answer(from, from, W_EPOCH, 0);
	fix_timers_until(fix.now + FIX_HB);
	fix_msg(&m, BULLY_MSG_HELLO_ACK, from);
	m.from_session = 0x77;
	m.echo = fix_sent(BULLY_MSG_HELLO, from)->seq;
	m.state = BULLY_STATE_FOLLOWER;
	m.leader = from % 5 + 1;
	m.epoch = W_EPOCH + 1;
	CHECK(u, fix_deliver(&m) == BULLY_DROP_NONE && w_follows(from % 5 + 1, W_EPOCH + 1));
	CHECK(u, c->stats.leader_changes == 2);
}

/* Peers, options and the link change under it. */
static void configured(struct unit *u)
{
	struct bully_core *c = w_observer();
	struct bully_event ev = { .type = BULLY_EV_PEER_DEL };
	u32 first = w_asked();

	w_answer(first, 3, W_EPOCH, 0);
	ev.peer = bully_core_find(c, first);
	if (first == 3)
		return;
	fix_step(&ev);
	CHECK(u, w_follows(3, W_EPOCH));
	fix_timers_until(fix.now + FIX_HB);
	CHECK(u, w_asked() != first && w_asked());
	w_answer(w_asked(), 3, W_EPOCH, 0);
	fix.opts.heartbeat_ns *= 2;
	ev.type = BULLY_EV_OPTS;
	ev.opts = &fix.opts;
	fix_step(&ev);
	CHECK(u, w_follows(3, W_EPOCH));
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
	CHECK(u, fix_sent(BULLY_MSG_HELLO, w_asked()));
	fix_clear();
	w_answer(w_asked(), 4, W_EPOCH, 0);
	ev.type = BULLY_EV_STOP;
	ev.reason = BULLY_REASON_SHUTDOWN;
	fix_step(&ev);
	CHECK(u, bully_core_deadline(c) == BULLY_NEVER);
}

const struct unit_case unit_step_observer_cases[] = {
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
	{ 0 },
};
