// SPDX-License-Identifier: GPL-2.0-only
/* rank.c - tests elections by priority, and priorities that change (P10 to P12) */
#include "unit.h"

static const u32 around[] = { 1, 3, 0 };
static struct bully_msg m;

/* A message of a peer with this priority. */
static void message(u8 type, u32 from, u32 priority)
{
	fix_msg(&m, type, from);
	m.priority = priority;
}

static void say(u8 type, u32 from, u32 priority)
{
	message(type, from, priority);
	fix_deliver(&m);
}

/* The peer answers the newest HELLO to it. */
static void prove(u32 from, u32 priority)
{
	message(BULLY_MSG_HELLO_ACK, from, priority);
	m.echo = fix_sent(BULLY_MSG_HELLO, from)->seq;
	fix_deliver(&m);
}

/* Node 2 starts with this priority; the peers have theirs. */
static void begin(u32 own, u32 of_1, u32 of_3)
{
	fix_make(2, around);
	fix.opts.priority = own;
	fix_start();
	prove(1, of_1);
	prove(3, of_3);
}

static void claim(u32 from, u32 priority)
{
	message(BULLY_MSG_COORDINATOR, from, priority);
	m.leader = from;
	m.leader_priority = priority;
	m.epoch = fix.core.epochs.highest + 10;
	m.reported = m.epoch;
	m.state = BULLY_STATE_LEADER;
	m.leader_session = fix_session(from);
	fix_deliver(&m);
}

static void set(u32 priority)
{
	struct bully_event ev = { .type = BULLY_EV_OPTS, .opts = &fix.opts };

	fix.opts.priority = priority;
	fix_step(&ev);
	if (bully_core_deadline(&fix.core) <= fix.now)
		fix_timer();
}

/* Node 2 of priority @own follows node @leader, which has the priority @of. */
static void follow(u32 leader, u32 own, u32 of)
{
	begin(own, leader == 1 ? of : 0, leader == 3 ? of : 0);
	claim(leader, of);
	fix_clear();
}

static bool follows(u32 leader)
{
	return fix.core.state == BULLY_STATE_FOLLOWER && fix.core.leader == leader;
}

static bool leads(void)
{
	return fix.core.state == BULLY_STATE_LEADER;
}

/* P10: the highest priority claims at once, and the lowest id asks no lower node. */
static void start(struct unit *u)
{
	begin(1, 0, 0);
	CHECK(u, leads() && fix_count(BULLY_MSG_ELECTION) == 0);
	CHECK(u, fix_sent(BULLY_MSG_COORDINATOR, 3)->priority == 1);
	CHECK(u, fix_sent(BULLY_MSG_COORDINATOR, 3)->leader_priority == 1);
	begin(0, 1, 0);
	CHECK(u, fix.core.state == BULLY_STATE_ELECTION && fix_count(BULLY_MSG_ELECTION) == 2);
	begin(1, 2, 0);
	CHECK(u, fix_sent(BULLY_MSG_ELECTION, 1) && !fix_sent(BULLY_MSG_ELECTION, 3));
	say(BULLY_MSG_OK, 1, 2);
	CHECK(u, fix.core.state == BULLY_STATE_WAITING);
	say(BULLY_MSG_ELECTION, 3, 0);			/* of a lower node, whatever its id */
	CHECK(u, fix_sent(BULLY_MSG_OK, 3));
	claim(1, 2);
	CHECK(u, follows(1));
}

/* P11: a peer that was never received counts by its id, whatever the own priority is. */
static void silent(struct unit *u)
{
	u32 i;

	fix_make(2, around);
	fix.opts.priority = 5;
	fix_start();
	prove(1, 0);
	for (i = 0; i < 100 && fix.core.state == BULLY_STATE_INIT; i++)
		fix_timer();
	CHECK(u, fix.core.state == BULLY_STATE_ELECTION);	/* it waits for node 3 */
	fix_timers_until(fix.now + 2 * FIX_HB);
	CHECK(u, leads());
}

/* E6, P12: who turns out to be lower is not waited for. */
static void lower_now(struct unit *u)
{
	begin(1, 0, 2);
	CHECK(u, fix.core.state == BULLY_STATE_ELECTION);
	say(BULLY_MSG_HELLO, 3, 0);
	CHECK(u, leads());
	begin(1, 0, 2);
	set(3);
	CHECK(u, leads());
	begin(1, 0, 2);
	message(BULLY_MSG_OK, 3, 0);			/* it fell since it was asked */
	CHECK(u, fix_deliver(&m) == BULLY_DROP_UNEXPECTED && leads());
}

/* P12: a follower that rises above its leader takes over, by preempt and its delay. */
static void rises(struct unit *u)
{
	follow(3, 0, 0);
	CHECK(u, follows(3));
	set(1);
	CHECK(u, leads() && fix_sent(BULLY_MSG_COORDINATOR, 3)->priority == 1);

	follow(3, 0, 0);
	fix.opts.preempt = false;
	set(1);
	CHECK(u, follows(3) && fix.core.clock.timer[BULLY_T_PREEMPT] == BULLY_NEVER);
}

/* P12: the delay runs from the change that made the leader the lower one. */
static void delayed(struct unit *u)
{
	u64 *timer = &fix.core.clock.timer[BULLY_T_PREEMPT], at;

	follow(3, 0, 5);
	fix.opts.preempt_delay_ns = 10 * FIX_HB;
	set(6);
	at = fix.now + 10 * FIX_HB;
	CHECK(u, follows(3) && *timer == at);
	fix.now += FIX_HB / 2;
	set(7);						/* higher yet: the delay runs on */
	CHECK(u, *timer == at);
	say(BULLY_MSG_HELLO, 3, 4);
	CHECK(u, *timer == at);
	say(BULLY_MSG_HELLO, 3, 8);			/* lower again: it is over */
	CHECK(u, *timer == BULLY_NEVER && follows(3));
	fix.now += FIX_HB / 4;
	say(BULLY_MSG_HELLO, 3, 4);
	CHECK(u, *timer == fix.now + 10 * FIX_HB);
	set(0);
	CHECK(u, *timer == BULLY_NEVER);
}

/* P12: the leader falls, and the follower acts; the leader itself does nothing. */
static void falls(struct unit *u)
{
	follow(3, 1, 2);
	say(BULLY_MSG_HELLO, 3, 0);
	if (bully_core_deadline(&fix.core) <= fix.now)
		fix_timer();
	CHECK(u, leads());
	set(0);
	CHECK(u, leads());
	say(BULLY_MSG_HELLO, 3, 0);
	CHECK(u, leads());
	claim(3, 0);
	CHECK(u, follows(3));
}

/* P12: a new priority is told to all with the next heartbeat, once. */
static void told(struct unit *u)
{
	follow(3, 0, 9);
	set(4);
	set(5);
	CHECK(u, fix_count(BULLY_MSG_HELLO) == 0);
	fix_timers_until(fix.now + FIX_HB);
	CHECK(u, fix_count(BULLY_MSG_HELLO) == 2 && fix_sent(BULLY_MSG_HELLO, 1)->priority == 5);
	fix_clear();
	say(BULLY_MSG_HELLO, 1, 0);
	say(BULLY_MSG_HELLO, 3, 9);
	CHECK(u, fix_sent(BULLY_MSG_HELLO_ACK, 1)->leader_priority == 9);
	fix_timers_until(fix.now + FIX_HB / 2);
	CHECK(u, fix_count(BULLY_MSG_HELLO) == 0);
}

/* The user is told other priorities of peers with the next heartbeat, each peer once. */
static void noted(struct unit *u)
{
	u32 i, notes = 0;

	follow(3, 0, 9);
	fix_timers_until(fix.now + FIX_HB);
	fix_clear();
	say(BULLY_MSG_HELLO, 1, 4);
	say(BULLY_MSG_HELLO, 1, 7);
	say(BULLY_MSG_HELLO, 1, 5);
	CHECK(u, fix.n_notes == 0);
	say(BULLY_MSG_HELLO, 3, 9);
	fix_timers_until(fix.now + FIX_HB);
	for (i = 0; i < fix.n_notes; i++)
		if (fix.note[i].kind == BULLY_NOTE_PEERS) {
			CHECK(u, fix.note[i].peer == 1 && fix.note[i].peer_priority == 5);
			notes++;
		}
	CHECK(u, notes == 1);
}

/* P2, P11: an OK that names a lower leader does not count; the later word of its rank does. */
static void content(struct unit *u)
{
	u32 word;

	for (word = 0; word < 3; word++) {
		begin(1, 0, 5);
		CHECK(u, fix.core.state == BULLY_STATE_ELECTION);
		message(BULLY_MSG_OK, 3, 5);
		m.state = BULLY_STATE_FOLLOWER;
		m.leader = 1;
		m.leader_priority = word ? 7 : 0;
		/* node 1 has just said that its priority is 0 */
		m.leader_age_us = word == 1 ? 0 : 1000;
		if (word == 1)
			fix.now += 1000;
		fix_deliver(&m);
		CHECK(u, word == 1 ? fix.core.state == BULLY_STATE_WAITING : leads());
	}
}

/* S1: the successor is the highest node that stands. */
static void successor(struct unit *u)
{
	begin(9, 2, 1);
	CHECK(u, leads());
	say(BULLY_MSG_HELLO, 1, 2);
	say(BULLY_MSG_HELLO, 3, 1);
	fix_clear();
	fix_simple(BULLY_EV_RESIGN);
	CHECK(u, fix_sent(BULLY_MSG_RESIGN, 3)->leader == 1);
	CHECK(u, fix_sent(BULLY_MSG_RESIGN, 3)->leader_priority == 2);
	claim(1, 2);
	CHECK(u, follows(1) && fix.core.stand.resigned);
	claim(3, 3);			/* a higher one than the successor */
	CHECK(u, follows(3) && fix.core.stand.resigned);
	fix.now += 2 * FIX_HB;
	claim(1, 2);			/* a lower one: the successor is lost */
	CHECK(u, follows(1) && !fix.core.stand.resigned);
}

/* C2: of two leaders that meet the lower follows, and equal epochs go by ids (R5). */
static void meet(struct unit *u)
{
	begin(1, 0, 0);
	CHECK(u, leads());
	claim(3, 0);
	CHECK(u, leads() && fix.core.epoch > m.epoch);
	claim(1, 2);
	CHECK(u, follows(1));
}

const struct unit_case unit_step_rank_cases[] = {
	{ "rank_P10_start", start },
	{ "rank_P11_silent_peer", silent },
	{ "rank_P12_lower_is_not_waited_for", lower_now },
	{ "rank_P12_follower_rises", rises },
	{ "rank_P12_delay", delayed },
	{ "rank_P12_leader_falls", falls },
	{ "rank_P12_told", told },
	{ "rank_P12_noted", noted },
	{ "rank_P2_content_with_a_lower_leader", content },
	{ "rank_S1_successor", successor },
	{ "rank_C2_meet", meet },
	{ 0 },
};
