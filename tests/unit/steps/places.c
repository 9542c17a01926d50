// SPDX-License-Identifier: GPL-2.0-only
/* places.c - tests what a node answers to observers that are not its peers (O4) */
#include "unit.h"

#define ROOM		5
#define OBSERVER	77
#define DETECTION	(3 * FIX_HB)

static const u32 others[] = { 1, 3, 0 };
static u64 memory[64];

static void lend(u32 n)
{
	if (n)
		bully_core_places_init(memory, n);
	bully_core_lend_places(&fix.core, n ? memory : NULL, n, 99);
}

/* Returns node 2 in quorum mode, with @n places. */
static struct bully_core *voter(u32 n)
{
	fix_make(2, others);
	fix.opts.quorum = BULLY_QUORUM_MAJORITY;
	fix.opts.lease_ns = FIX_LEASE;
	fix.opts.observers = n;
	lend(n);
	fix_start();
	fix_prove_all();
	fix_clear();
	return &fix.core;
}

/* A question of the observer with session @session; if @known, it names this node's session. */
static enum bully_drop ask(u64 session, bool known)
{
	struct bully_msg m;

	fix_msg(&m, BULLY_MSG_HELLO, OBSERVER);
	m.from_session = session;
	m.to_session = known ? fix.core.session : 0;
	m.flags = BULLY_F_UNLISTED;
	m.role = BULLY_ROLE_OBSERVER;
	return fix_deliver(&m);
}

/* Returns the newest answer, or an empty one. */
static const struct bully_msg *said(void)
{
	static const struct bully_msg nothing;
	const struct bully_msg *m = fix_sent(BULLY_MSG_HELLO_ACK, OBSERVER);

	return m ? m : &nothing;
}

static void memory_is_enough(struct unit *u)
{
	CHECK(u, bully_core_places_size(0) == 0);
	CHECK(u, bully_core_places_size(ROOM) <= sizeof(memory));
	CHECK(u, bully_core_places_size(BULLY_OBSERVERS_MAX) < 4 << 20);
}

/* Without places, and in classic mode, an observer that is no peer is nobody. */
static void none(struct unit *u)
{
	voter(0);
	CHECK(u, ask(1, false) == BULLY_DROP_PEER && !fix.n_sent);
	voter(ROOM);
	fix.opts.quorum = BULLY_QUORUM_OFF;
	fix.opts.lease_ns = 0;
	fix_start();
	fix_clear();
	CHECK(u, ask(1, false) == BULLY_DROP_PEER && !fix.n_sent);
}

/* Only the two messages of an unlisted observer are heard; the other checks are those of W2. */
static void others_are_dropped(struct unit *u)
{
	struct bully_msg m;
	u8 type;

	voter(ROOM);
	for (type = BULLY_MSG_ELECTION; type < __BULLY_MSG_MAX; type++) {
		fix_msg(&m, type, OBSERVER);
		m.flags = BULLY_F_UNLISTED;
		m.role = BULLY_ROLE_OBSERVER;
		if (type == BULLY_MSG_RESIGN)
			CHECK(u, fix_deliver(&m) == BULLY_DROP_UNPROVED);
		else if (type != BULLY_MSG_HELLO)
			CHECK(u, fix_deliver(&m) == BULLY_DROP_PEER);
	}
	fix_msg(&m, BULLY_MSG_HELLO, OBSERVER);
	m.role = BULLY_ROLE_OBSERVER;
	m.flags = 0;
	CHECK(u, fix_deliver(&m) == BULLY_DROP_PEER);
	m.flags = BULLY_F_UNLISTED;
	m.role = BULLY_ROLE_CANDIDATE;
	CHECK(u, fix_deliver(&m) == BULLY_DROP_PEER);
	m.role = BULLY_ROLE_OBSERVER;
	m.to = 3;
	CHECK(u, fix_deliver(&m) == BULLY_DROP_RECEIVER);
	m.to = 2;
	m.key_id = 1;
	CHECK(u, fix_deliver(&m) == BULLY_DROP_AUTH);
	CHECK(u, !fix.n_sent && !fix.core.unlisted.taken);
}

/* The first question finds out the session, the second takes the place. */
static void takes_a_place(struct unit *u)
{
	struct bully_core *c = voter(ROOM);
	struct bully_peer *peer;
	struct bully_msg m;
	u32 cursor = 0;

	CHECK(u, ask(1, false) == BULLY_DROP_NONE && !c->unlisted.taken);
	CHECK(u, said()->to_session == 1 && said()->echo == fix.seq && !said()->refusal);
	CHECK(u, said()->flags & BULLY_F_UNLISTED && said()->from_session == c->session);
	CHECK(u, fix.out.act[0].target == BULLY_TO_SOURCE);
	CHECK(u, bully_core_next_msg(c, &fix.out.act[0], &cursor, &m, &peer) && !peer);
	CHECK(u, !bully_core_next_msg(c, &fix.out.act[0], &cursor, &m, &peer));
	CHECK(u, ask(1, true) == BULLY_DROP_NONE && c->unlisted.taken == 1);
	CHECK(u, ask(1, true) == BULLY_DROP_NONE && c->unlisted.taken == 1);
	CHECK(u, ask(2, true) == BULLY_DROP_NONE && c->unlisted.taken == 2);
	CHECK(u, !c->stats.observers_refused);
	CHECK(u, c->stats.rx[BULLY_MSG_HELLO] == 4);
}

/* A question changes nothing but the places, whatever it says. */
static void nothing_counts(struct unit *u)
{
	struct bully_core *c = voter(ROOM);
	struct bully_msg m;

	fix_msg(&m, BULLY_MSG_HELLO, OBSERVER);
	m.role = BULLY_ROLE_OBSERVER;
	m.flags = BULLY_F_UNLISTED | BULLY_F_STANDS | BULLY_F_LEASE_HELD | BULLY_F_GRANT |
		  BULLY_F_DUPLICATE | BULLY_F_ELSEWHERE;
	m.state = BULLY_STATE_LEADER;
	m.leader = OBSERVER;
	m.epoch = BULLY_EPOCH_MAX;
	m.reported = BULLY_EPOCH_MAX;
	CHECK(u, fix_deliver(&m) == BULLY_DROP_NONE && c->unlisted.taken == 1);
	CHECK(u, c->epochs.highest < BULLY_EPOCH_MAX && !c->hearsay.leader && !c->duplicate.own);
	CHECK(u, fix.n_sent == 1 && !fix.n_notes && !c->stats.mismatches);
}

/* W4: a captured question is worth nothing. */
static void replays(struct unit *u)
{
	struct bully_core *c = voter(ROOM);
	struct bully_peer *peer;
	struct bully_msg m;
	bool ours;

	ask(1, true);
	fix_msg(&m, BULLY_MSG_HELLO, OBSERVER);
	m.from_session = 1;
	m.flags = BULLY_F_UNLISTED;
	m.role = BULLY_ROLE_OBSERVER;
	CHECK(u, fix_deliver(&m) == BULLY_DROP_NONE);
	fix_clear();
	CHECK(u, bully_core_peek(c, &m, &peer, &ours) == BULLY_DROP_REPLAY && ours && !peer);
	CHECK(u, fix_deliver(&m) == BULLY_DROP_REPLAY);
	m.seq -= 1;
	CHECK(u, fix_deliver(&m) == BULLY_DROP_REPLAY && !fix.n_sent);
}

/* When all places are taken, the answer says so, and still who leads. */
static void full(struct unit *u)
{
	struct bully_core *c = voter(ROOM);
	u64 session;

	for (session = 1; session <= ROOM; session++) {
		CHECK(u, !fix.n_notes);
		CHECK(u, ask(session, true) == BULLY_DROP_NONE && !said()->refusal);
	}
	CHECK(u, fix.n_notes == 1 && fix.note[0].kind == BULLY_NOTE_CONFIG);
	CHECK(u, ask(9, true) == BULLY_DROP_NONE && said()->refusal == BULLY_VOTE_FULL);
	CHECK(u, ask(9, false) == BULLY_DROP_NONE && said()->refusal == BULLY_VOTE_FULL);
	CHECK(u, c->stats.observers_refused == 2 && c->unlisted.taken == ROOM);
	CHECK(u, ask(1, true) == BULLY_DROP_NONE && !said()->refusal);
}

/* Those who have not shown that they receive this node are answered a limited number of times. */
static void limits(struct unit *u)
{
	struct bully_core *c = voter(ROOM);
	u32 i, answered = 0;

	lend(2);
	for (i = 0; i < 100; i++)
		answered += ask(1000 + i, false) == BULLY_DROP_NONE;
	CHECK(u, answered == 16 && c->stats.drops[BULLY_DROP_LIMITED] == 84);
	fix.now += FIX_HB;
	CHECK(u, ask(1, false) == BULLY_DROP_NONE);
	for (answered = 0, i = 0; i < 10; i++)
		answered += ask(1, true) == BULLY_DROP_NONE;
	CHECK(u, answered == 4);
	fix.now += FIX_HB;
	CHECK(u, ask(1, true) == BULLY_DROP_NONE);
}

/* A place is kept by asking, and lost by silence or RESIGN. */
static void loses_the_place(struct unit *u)
{
	struct bully_core *c = voter(ROOM);
	struct bully_msg m;

	ask(1, true);
	ask(2, true);
	fix.now += 8 * DETECTION;
	ask(2, true);
	CHECK(u, c->unlisted.taken == 2);
	fix_timers_until(fix.now + FIX_HB);
	CHECK(u, c->unlisted.taken == 1);
	fix_msg(&m, BULLY_MSG_RESIGN, OBSERVER);
	m.from_session = 2;
	m.flags = BULLY_F_UNLISTED;
	m.role = BULLY_ROLE_OBSERVER;
	CHECK(u, fix_deliver(&m) == BULLY_DROP_NONE && !c->unlisted.taken);
	CHECK(u, fix_deliver(&m) == BULLY_DROP_UNPROVED);
	fix_timers_until(fix.now + 9 * DETECTION);
	CHECK(u, c->clock.timer[BULLY_T_PLACES] == BULLY_NEVER);
}

/* Observers that come and go cost one event when the places are taken, and one when they are free. */
static void one_event(struct unit *u)
{
	struct bully_core *c = voter(1);
	struct bully_msg m;
	u32 i;

	for (i = 0; i < 10; i++) {
		ask(1, true);
		fix_msg(&m, BULLY_MSG_RESIGN, OBSERVER);
		m.from_session = 1;
		m.flags = BULLY_F_UNLISTED;
		m.role = BULLY_ROLE_OBSERVER;
		fix_deliver(&m);
	}
	CHECK(u, fix.n_notes == 1 && c->unlisted.full);
	fix_clear();
	fix_timers_until(fix.now + 9 * DETECTION);
	for (i = 0; i < fix.n_notes && fix.note[i].kind != BULLY_NOTE_CONFIG; i++)
		;
	CHECK(u, i < fix.n_notes && !c->unlisted.full);
}

/* Returns how often the timer fires until @t. */
static u32 firings(u64 t)
{
	u32 n = 0;

	while (bully_core_deadline(&fix.core) <= t && n < 10000) {
		fix_timer();
		n++;
	}
	fix.now = t;
	return n;
}

/* A node whose places are all taken, or that has none any more, has nothing to wait for. */
static void quiet(struct unit *u)
{
	struct bully_core *c = voter(1);
	u32 i, n = 0, before = firings(fix.now + 100 * DETECTION);

	for (i = 0; i < 100; i++) {
		ask(1, true);
		n += firings(fix.now + DETECTION);
	}
	CHECK(u, c->unlisted.full && n <= before + 20);
	lend(0);
	fix_clear();
	n = firings(fix.now + 100 * DETECTION);
	CHECK(u, n <= before + 20 && !c->unlisted.full);
	for (i = 0; i < fix.n_notes; i++)
		CHECK(u, fix.note[i].kind != BULLY_NOTE_CONFIG);
}

/* Many come and go in an order of their own; each place is found again. */
static void churn(struct unit *u)
{
	struct bully_core *c = voter(ROOM);
	u32 i, n = 0;

	for (i = 0; i < 1000; i++) {
		fix.now += FIX_HB;
		n += ask(1 + i * 7 % 11, true) == BULLY_DROP_NONE && !said()->refusal;
		CHECK(u, c->unlisted.taken <= ROOM);
		if (i % 50 == 49)
			fix.now += 9 * DETECTION;
		fix_simple(BULLY_EV_TIMER);
		fix_clear();
	}
	CHECK(u, n > 100);
	CHECK(u, bully_core_lend_places(c, NULL, 0, 0) == memory && !c->unlisted.taken);
	CHECK(u, ask(1, true) == BULLY_DROP_PEER);
}

const struct unit_case unit_step_places_cases[] = {
	{ "places_memory", memory_is_enough },
	{ "places_O4_none", none },
	{ "places_O4_other_messages", others_are_dropped },
	{ "places_O4_take", takes_a_place },
	{ "places_O4_nothing_counts", nothing_counts },
	{ "places_O4_replay", replays },
	{ "places_O4_full", full },
	{ "places_O4_limits", limits },
	{ "places_O4_lose", loses_the_place },
	{ "places_O4_one_event", one_event },
	{ "places_O4_quiet", quiet },
	{ "places_O4_churn", churn },
	{ 0 },
};
