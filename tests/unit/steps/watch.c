// SPDX-License-Identifier: GPL-2.0-only
/* watch.c - tests which voter an unlisted observer asks (O2), and for a place (O4) */
#include "watcher.h"

/* Without a leader it asks two w_voters at once, in case that one is down. */
static void asks_two(struct unit *u)
{
	struct bully_core *c = w_observer();
	const struct bully_msg *hello = fix_sent(BULLY_MSG_HELLO, w_asked());

	CHECK(u, c->state == BULLY_STATE_INIT && fix.n_sent == 2 && hello);
	CHECK(u, fix.sent[0].to != fix.sent[1].to && hello->flags == BULLY_F_UNLISTED);
	CHECK(u, hello->role == BULLY_ROLE_OBSERVER && !hello->to_session);
}

/* O4: only a voter that has served is asked for a place. */
static void takes_no_place(struct unit *u)
{
	u32 from;

	w_observer();
	from = w_asked();
	w_answer(from, 0, 0, 0);
	fix_clear();
	fix_timers_until(fix.now + 3 * FIX_HB);
	CHECK(u, fix_count(BULLY_MSG_HELLO) > 3);
	for (from = 0; from < fix.n_sent; from++)
		CHECK(u, !fix.sent[from].to_session);
	w_observer();
	from = w_asked();
	w_answer(from, 3, W_EPOCH, 0);
	fix_clear();
	fix_timers_until(fix.now + FIX_HB);
	CHECK(u, fix_sent(BULLY_MSG_HELLO, from)->to_session == fix_session(from));
}

/* Without a leader it asks all w_voters in turn, two each heartbeat. */
static void goes_round(struct unit *u)
{
	u32 seen[6] = { 0 };
	u32 i, from, n = 0;
	u64 sent;

	w_observer();
	for (from = 1; from <= 5; from++)
		w_answer(from, 0, 0, 0);
	CHECK(u, w_has_none());
	sent = fix.core.stats.tx[BULLY_MSG_HELLO];
	for (i = 0; i < 20; i++) {
		fix_clear();
		while (!fix_count(BULLY_MSG_HELLO))
			fix_timer();
		for (from = 1; from <= 5; from++)
			seen[from] += w_answer(from, 0, 0, 0) == BULLY_DROP_NONE;
	}
	for (i = 1; i <= 5; i++)
		n += seen[i] > 2;
	CHECK(u, n == 5 && w_has_none());
	CHECK(u, fix.core.stats.tx[BULLY_MSG_HELLO] - sent == 40);
}

/* A voter that does not answer is down, and another is asked. */
static void voter_dies(struct unit *u)
{
	struct bully_core *c = w_observer();
	u32 first = w_asked(), second;
	u64 at = fix.now;

	w_answer(first, 3, W_EPOCH, 0);
	fix_clear();
	while (w_asked() == first && fix.now < at + 4 * FIX_HB)
		fix_timer();
	second = w_asked();
	CHECK(u, fix.now - at <= 2 * FIX_HB + FIX_HB / 2 && second != first);
	CHECK(u, c->peer[first - 1]->state == BULLY_PEER_STATE_DOWN);
	CHECK(u, w_follows(3, W_EPOCH) && w_answer(second, 3, W_EPOCH, 0) == BULLY_DROP_NONE);
	CHECK(u, w_follows(3, W_EPOCH) && c->stats.leader_changes == 1);
}

/* It goes back to the voter that it prefers, when that serves again. */
static void goes_home(struct unit *u)
{
	struct bully_core *c = w_observer();
	u32 home = w_asked(), i;

	w_answer(home, 3, W_EPOCH, 0);
	for (i = 0; i < 5; i++)
		w_beat(home % 5 + 1, 3);
	for (i = 0; i < 200 && w_asked() != home; i++) {
		u64 until = fix.now + FIX_HB;

		while (bully_core_deadline(c) <= until) {
			fix_clear();
			fix_timer();
			if (!fix_sent(BULLY_MSG_HELLO, home) || i > 60)
				w_answer(w_asked(), 3, W_EPOCH, 0);
			if (i > 60)
				w_answer(home, 3, W_EPOCH, 0);
		}
		fix.now = until;
		CHECK(u, fix.core.state != BULLY_STATE_INIT);
	}
	CHECK(u, w_asked() == home && i > 60);
}

/* O4: a voter without a place is believed, and left. */
static void full(struct unit *u)
{
	struct bully_core *c = w_observer();
	u32 first = w_asked();

	CHECK(u, w_answer(first, 3, W_EPOCH, BULLY_VOTE_FULL) == BULLY_DROP_NONE);
	CHECK(u, w_follows(3, W_EPOCH));
	CHECK(u, c->peer[first - 1]->lease.vote == BULLY_VOTE_FULL);
	fix_timers_until(fix.now + FIX_HB);
	CHECK(u, w_asked() != first);
	CHECK(u, c->peer[first - 1]->watch.avoid_until > fix.now + 5 * W_DETECTION);
}

/* O4: who ends gives the place back. */
static void says_goodbye(struct unit *u)
{
	struct bully_event ev = { .type = BULLY_EV_STOP, .reason = BULLY_REASON_SHUTDOWN };
	u32 from;

	w_observer();
	from = w_asked();
	w_answer(from, from % 5 + 1, W_EPOCH, 0);
	fix_clear();
	fix_step(&ev);
	CHECK(u, fix_count(BULLY_MSG_RESIGN) == 1 && fix_sent(BULLY_MSG_RESIGN, from));
	CHECK(u, fix_sent(BULLY_MSG_RESIGN, from)->flags == BULLY_F_UNLISTED);
}

/* Sessions spread observers over the w_voters. */
static void spreads(struct unit *u)
{
	u32 n[6] = { 0 }, i;

	for (i = 0; i < 1000; i++) {
		fix_make(9, w_voters);
		fix.core.session = i * 0x9e3779b97f4a7c15ULL | 1;
		fix.opts.quorum = BULLY_QUORUM_MAJORITY;
		fix.opts.lease_ns = FIX_LEASE;
		fix.opts.role = BULLY_ROLE_OBSERVER;
		fix.opts.unlisted = true;
		fix_start();
		fix_simple(BULLY_EV_TIMER);
		n[w_asked()]++;
	}
	for (i = 1; i <= 5; i++)
		CHECK(u, n[i] > 140 && n[i] < 260);
}

const struct unit_case unit_step_watch_cases[] = {
	{ "observer_O2_asks_two", asks_two },
	{ "observer_O4_takes_no_place", takes_no_place },
	{ "observer_O2_spread", spreads },
	{ "observer_O2_goes_round", goes_round },
	{ "observer_O2_voter_dies", voter_dies },
	{ "observer_O2_goes_home", goes_home },
	{ "observer_O2_full", full },
	{ "observer_O4_goodbye", says_goodbye },
	{ 0 },
};
