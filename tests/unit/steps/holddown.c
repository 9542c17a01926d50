// SPDX-License-Identifier: GPL-2.0-only
/* holddown.c - tests hold-downs: the penalty, which nodes report it, which obey it (P5 to P8) */
#include "unit.h"

#define S		1000000000ULL
#define CHANGE		65536u

static const u32 others[] = { 1, 3, 0 }, lower[] = { 1, 2, 0 };

static void set_opts(void)
{
	fix.opts.holddown = true;
	fix.opts.holddown_free = BULLY_HOLDDOWN_FREE;
	fix.opts.holddown_delay_ns = BULLY_HOLDDOWN_DELAY_NS;
	fix.opts.holddown_max_ns = BULLY_HOLDDOWN_MAX_NS;
	fix.opts.holddown_half_life_ns = BULLY_HOLDDOWN_HALF_LIFE_NS;
}

static void change_opts(void)
{
	struct bully_event ev = { .type = BULLY_EV_OPTS, .opts = &fix.opts };

	fix_step(&ev);
}

/* Makes node @id with hold-down on, which has received nothing yet. */
static void make(u32 id, const u32 *ids)
{
	fix_make(id, ids);
	set_opts();
	fix_start();
}

/* Sends HELLO of peer 3 in its @life; returns the hold-down in the answer, in us. */
static u32 ask(u32 life)
{
	static struct bully_msg m;
	const struct bully_msg *ack;

	fix_clear();
	fix.now += FIX_HB;
	fix_msg(&m, BULLY_MSG_HELLO, 3);
	m.from_session += life << 16;
	m.to_session = 0;
	fix_deliver(&m);
	ack = fix_sent(BULLY_MSG_HELLO_ACK, 3);
	return ack ? ack->remain_us : 0xdead;
}

/* Peer 3 in its @life answers the HELLO that it received for its own HELLO. */
static void adopt(u32 life)
{
	const struct bully_msg *hello = fix_sent(BULLY_MSG_HELLO, 3);
	static struct bully_msg m;

	if (!hello)
		return;
	fix_msg(&m, BULLY_MSG_HELLO_ACK, 3);
	m.from_session += life << 16;
	m.echo = hello->seq;
	fix_deliver(&m);
}

/* Peer 3 starts in its @life. */
static u32 start(u32 life)
{
	u32 told = ask(life);

	adopt(life);
	return told;
}

static u64 left(void)
{
	return bully_core_peer_holddown(&fix.core, bully_core_find(&fix.core, 3), fix.now);
}

/* P6: free changes, doubling, the longest; reported before the change is accepted (P7). */
static void doubling(struct unit *u)
{
	static const u32 seconds[] = { 0, 0, 0, 10, 20, 40, 80, 160, 300, 300, 300 };
	u32 i;

	make(2, others);
	for (i = 0; i < sizeof(seconds) / sizeof(*seconds); i++) {
		CHECK(u, start(i) == seconds[i] * 1000000u);
		CHECK(u, left() == seconds[i] * S);
	}
	CHECK(u, fix.core.peer[1]->stats.sessions == i);
	/* it counts from the change; a later question of that session gets the rest */
	fix.now += 100 * S - FIX_HB;
	CHECK(u, left() == 200 * S + FIX_HB && ask(i - 1) == 200 * 1000000u);
	fix.now += 200 * S - 1;
	CHECK(u, left() == 1 && ask(i - 1) == 0);
	fix.now++;
	CHECK(u, left() == 0);
}

/* P7: a HELLO alone is no change; a peer without a known session has changed none. */
static void only_asked(struct unit *u)
{
	u32 i;

	make(2, others);
	for (i = 0; i < 20; i++)
		CHECK(u, ask(i) == 0);
	CHECK(u, fix.core.peer[1]->holddown.penalty == 0);
	for (i = 0; i < 3; i++)
		start(i);
	CHECK(u, ask(9) == 10 * 1000000u && ask(10) == 10 * 1000000u && ask(2) == 0);
	CHECK(u, left() == 0 && fix.core.peer[1]->stats.sessions == 3);
}

/* P5: the penalty halves in each half-life, and falls evenly between. */
static void decay(struct unit *u)
{
	static const struct {
		u32 before;
		u64 after;		/* ns */
		u32 want;
	} table[] = {
		{ 0, 0, CHANGE },
		{ 0, ~0ULL / 2, CHANGE },
		{ 8 * CHANGE, 0, 9 * CHANGE },
		{ 8 * CHANGE, 300 * S, 5 * CHANGE },
		{ 8 * CHANGE, 900 * S, 2 * CHANGE },
		{ 8 * CHANGE, 300 * S - 1, 5 * CHANGE + 40 },
		{ CHANGE, 150 * S, 46341 + CHANGE },
		{ CHANGE, 225 * S, 38967 + CHANGE },
		{ CHANGE, 300 * 16 * S, 1 + CHANGE },
		{ CHANGE, 300 * 17 * S, CHANGE },
		{ 1, 300 * S, CHANGE },
		{ 256 * CHANGE, 300 * 24 * S, 1 + CHANGE },
		{ 256 * CHANGE, 0, 256 * CHANGE },
		{ 255 * CHANGE + 1, 0, 256 * CHANGE },
		{ 256 * CHANGE, ~0ULL / 2, CHANGE },
	};
	struct bully_peer *p;
	u32 i;

	for (i = 0; i < sizeof(table) / sizeof(*table); i++) {
		make(2, others);
		start(0);
		p = fix.core.peer[1];
		ask(1);
		p->holddown.penalty = table[i].before;
		p->holddown.penalty_at = fix.now;
		fix.now += table[i].after;
		adopt(1);
		CHECK(u, p->holddown.penalty == table[i].want && p->holddown.penalty_at == fix.now);
	}
}

/* More time never leaves more of it. */
static void decay_is_smooth(struct unit *u)
{
	u32 before = 100 * CHANGE, i;
	struct bully_peer *p;

	for (i = 0; i <= 64; i++) {
		make(2, others);
		start(0);
		ask(1);
		p = fix.core.peer[1];
		p->holddown.penalty = 99 * CHANGE;
		p->holddown.penalty_at = fix.now;
		fix.now += i * 300 * S / 64;
		adopt(1);
		CHECK(u, p->holddown.penalty <= before);
		before = p->holddown.penalty;
	}
	CHECK(u, before >= 99 * CHANGE / 2 + CHANGE - 9 && before <= 99 * CHANGE / 2 + CHANGE);
}

/* P5: two changes in a minute are free, and so is one change in each quarter of an hour. */
static void seldom(struct unit *u)
{
	u32 i;

	make(2, others);
	for (i = 0; i < 40; i++) {
		CHECK(u, start(i) == 0);
		fix.now += 900 * S;
	}
	CHECK(u, start(40) == 0);
	fix.now += 30 * S;
	CHECK(u, start(41) == 0);
	fix.now += 30 * S;
	CHECK(u, start(42) == 10 * 1000000u);
}

/* Parameters at their limits: no overflow, no division by zero. */
static void parameters(struct unit *u)
{
	u32 i;

	make(2, others);
	for (i = 0; i < 300; i++)
		start(i);
	CHECK(u, fix.core.peer[1]->holddown.penalty <= 256 * CHANGE && left() == 300 * S);
	fix.opts.holddown_max_ns = BULLY_HOLDDOWN_LIMIT_NS;
	change_opts();
	CHECK(u, left() == BULLY_HOLDDOWN_LIMIT_NS && ask(299) == 0xffffffff);
	fix.opts.holddown_delay_ns = BULLY_HOLDDOWN_LIMIT_NS;
	change_opts();
	CHECK(u, left() + FIX_HB == BULLY_HOLDDOWN_LIMIT_NS);
	fix.opts.holddown_delay_ns = 1;
	fix.opts.holddown_free = BULLY_HOLDDOWN_FREE_MAX;
	change_opts();
	CHECK(u, left() > 0);
	fix.opts.holddown_delay_ns = 0;
	change_opts();
	CHECK(u, left() == 0);
	set_opts();
	fix.opts.holddown_free = 256;
	change_opts();
	CHECK(u, left() == 0);
	set_opts();
	fix.opts.holddown_free = 0;
	fix.opts.holddown_half_life_ns = 0;	/* forgotten at once */
	change_opts();
	start(300);
	CHECK(u, fix.core.peer[1]->holddown.penalty == CHANGE && left() == 10 * S);
	set_opts();
	fix.opts.holddown = false;
	change_opts();
	for (i = 301; i < 310; i++)
		CHECK(u, start(i) == 0);
	CHECK(u, left() == 0);
	set_opts();			/* the changes were counted meanwhile */
	change_opts();
	CHECK(u, left() == 300 * S && ask(309) == 300 * 1000000u - FIX_HB / 1000);
}

/* A peer that was removed and added again is a new peer. */
static void forgotten(struct unit *u)
{
	struct bully_event ev = { .type = BULLY_EV_PEER_DEL, .peer = &fix.peer[1] };
	u32 i;

	make(2, others);
	for (i = 0; i < 8; i++)
		start(i);
	CHECK(u, left() == 160 * S);
	fix_step(&ev);
	ev.type = BULLY_EV_PEER_ADD;
	fix_step(&ev);
	CHECK(u, left() == 0 && start(8) == 0 && start(9) == 0);
}

/* Peer 2 leads, peer 1 follows it; both answer node 3's HELLO with node 3's hold-down. */
static void told_by(u32 from, u32 remain_us, u64 epoch)
{
	static struct bully_msg m;

	fix_msg(&m, BULLY_MSG_HELLO_ACK, from);
	m.echo = fix_sent(BULLY_MSG_HELLO, from)->seq;
	m.remain_us = remain_us;
	m.leader = 2;
	m.epoch = epoch;
	m.state = from == 2 ? BULLY_STATE_LEADER : BULLY_STATE_FOLLOWER;
	fix_deliver(&m);
}

/* Node 3 returns, and is told @first by the follower, @second by the leader. */
static void return_told(u32 first, u32 second)
{
	make(3, lower);
	told_by(1, first, FIX_WALL);
	told_by(2, second, FIX_WALL);
}

static void answers_until(u64 t)
{
	while (fix.now < t && fix.core.state == BULLY_STATE_FOLLOWER) {
		const struct bully_msg *probe;
		static struct bully_msg m;

		fix_clear();
		fix_timer();
		probe = fix_sent(BULLY_MSG_HEARTBEAT, 2);
		if (!probe || fix.core.state != BULLY_STATE_FOLLOWER)
			continue;
		fix_msg(&m, BULLY_MSG_HEARTBEAT_ACK, 2);
		m.echo = probe->seq;
		m.leader = 2;
		m.epoch = fix.core.epoch;
		m.state = BULLY_STATE_LEADER;
		fix_deliver(&m);
	}
}

static bool follows_2(void)
{
	return fix.core.state == BULLY_STATE_FOLLOWER && fix.core.leader == 2;
}

static bool leads(void)
{
	return fix.core.state == BULLY_STATE_LEADER;
}

/* P8: it follows for the longest reported hold-down, and claims at its end. */
static void heeded(struct unit *u)
{
	static const u32 told[][2] = { { 4000000, 3000000 }, { 3000000, 4000000 }, { 0, 4000000 } };
	u64 end;
	u32 i;

	for (i = 0; i < 3; i++) {
		return_told(told[i][0], told[i][1]);
		end = fix.now + 4 * S;
		CHECK(u, follows_2() && bully_core_holddown(&fix.core, fix.now) == 4 * S);
		answers_until(end - 1);
		CHECK(u, fix.now >= end && leads());
		CHECK(u, fix.now == end && fix.core.reason == BULLY_REASON_PREEMPTED);
		CHECK(u, bully_core_holddown(&fix.core, fix.now) == 0);
	}
	return_told(0, 0);
	CHECK(u, leads());
	/* without a question there is no report */
	CHECK(u, !fix_sent(BULLY_MSG_HELLO_ACK, 0));
}

/* P1, P8: the preempt-delay and the hold-down run at the same time. */
static void with_delay(struct unit *u)
{
	u64 begin;
	u32 i;

	for (i = 0; i < 2; i++) {
		fix_make(3, lower);
		set_opts();
		fix.opts.preempt_delay_ns = i ? 6 * S : 2 * S;
		fix_start();
		told_by(1, 4000000, FIX_WALL);
		told_by(2, 0, FIX_WALL);
		begin = fix.now;
		CHECK(u, follows_2());
		answers_until(begin + (i ? 6 : 4) * S);
		CHECK(u, leads() && fix.now == begin + (i ? 6 : 4) * S);
	}
}

/* A longer report while it follows counts; a shorter report changes nothing. */
static void told_again(struct unit *u)
{
	struct bully_event hello = { .type = BULLY_EV_PEER_SET, .role = BULLY_ROLE_CANDIDATE };
	u64 begin;

	return_told(0, 4000000);
	begin = fix.now;
	hello.peer = &fix.peer[0];
	fix_step(&hello);
	told_by(1, 8000000, FIX_WALL);
	fix_step(&hello);
	told_by(1, 1000000, FIX_WALL);
	answers_until(begin + 8 * S);
	CHECK(u, leads() && fix.now == begin + 8 * S);
}

/* P8: without a leader it stands; it follows a lower node's COORDINATOR. */
static void available(struct unit *u)
{
	static struct bully_msg m;

	return_told(4000000, 4000000);
	fix_timers_until(fix.now + 4 * FIX_HB);		/* the leader is silent */
	CHECK(u, leads() && fix.core.reason == BULLY_REASON_LEADER_TIMEOUT);
	CHECK(u, fix_sent(BULLY_MSG_COORDINATOR, 1)->flags & BULLY_F_STANDS);

	/* C2: two leaders that meet: nothing is different */
	fix_msg(&m, BULLY_MSG_HEARTBEAT, 2);
	m.leader = 2;
	m.epoch = fix.core.epoch + 5;
	m.state = BULLY_STATE_LEADER;
	fix.peer[1].proved = true;
	fix_deliver(&m);
	CHECK(u, leads() && fix.core.epoch > m.epoch);

	make(3, lower);
	fix_prove(1);
	fix.core.holddown.until = fix.now + 4 * S;
	fix_prove(2);
	CHECK(u, !leads());		/* P9: the others may claim first */
	fix_timers_until(fix.now + 9 * FIX_HB);
	CHECK(u, leads());		/* they did not claim */

	make(3, lower);
	fix_prove(2);
	fix.core.holddown.until = fix.now + 4 * S;
	fix_msg(&m, BULLY_MSG_COORDINATOR, 2);
	m.leader = 2;
	m.epoch = FIX_WALL;
	m.state = BULLY_STATE_LEADER;
	fix_deliver(&m);
	CHECK(u, follows_2() && fix_sent(BULLY_MSG_COORDINATOR_ACK, 2));
}

/* Peer 1 leads, and answers a HELLO of node 2. */
static void leader_1(u32 remain_us)
{
	struct bully_event forget = { .type = BULLY_EV_PEER_SET, .peer = &fix.peer[0] };
	static struct bully_msg m;

	fix_step(&forget);	/* asks it */
	fix_msg(&m, BULLY_MSG_HELLO_ACK, 1);
	m.echo = fix_sent(BULLY_MSG_HELLO, 1)->seq;
	m.remain_us = remain_us;
	m.leader = 1;
	m.epoch = FIX_WALL;
	m.state = BULLY_STATE_LEADER;
	fix_deliver(&m);
}

/* P4: elect overrides the hold-down, and later reports of it. */
static void elect_overrides(struct unit *u)
{
	return_told(4000000, 4000000);
	CHECK(u, follows_2() && !bully_core_may_elect(&fix.core));
	fix_simple(BULLY_EV_ELECT);
	CHECK(u, leads() && fix.core.reason == BULLY_REASON_ADMIN);

	/* the claim waits for 3, about which no node knows anything */
	make(2, others);
	leader_1(4000000);
	CHECK(u, fix.core.leader == 1);
	CHECK(u, bully_core_holddown(&fix.core, fix.now) == 4 * S);
	fix_simple(BULLY_EV_ELECT);
	CHECK(u, fix.core.state == BULLY_STATE_ELECTION);
	CHECK(u, bully_core_holddown(&fix.core, fix.now) == 0);
	leader_1(4000000);
	CHECK(u, fix.core.state == BULLY_STATE_ELECTION);
	CHECK(u, bully_core_holddown(&fix.core, fix.now) == 0);
	fix_timers_until(fix.now + 4 * FIX_HB);
	CHECK(u, leads());
}

/* With hold-down off it is ignored; switched off, it ends at once, but the preempt-delay stays. */
static void off(struct unit *u)
{
	u64 begin;

	fix_make(3, lower);
	fix_start();
	told_by(2, 4000000, FIX_WALL);
	CHECK(u, leads());
	set_opts();			/* nor later */
	change_opts();
	fix.core.state = BULLY_STATE_INIT;
	CHECK(u, bully_core_holddown(&fix.core, fix.now) == 0);

	return_told(4000000, 4000000);
	fix.opts.holddown = false;
	change_opts();
	CHECK(u, follows_2() && bully_core_holddown(&fix.core, fix.now) == 0);
	fix_timer();
	CHECK(u, leads() && fix.core.reason == BULLY_REASON_PREEMPTED);

	fix_make(3, lower);
	set_opts();
	fix.opts.preempt_delay_ns = 2 * S;
	fix_start();
	told_by(2, 4000000, FIX_WALL);
	begin = fix.now;
	answers_until(begin + 3 * S);
	CHECK(u, follows_2());
	fix.opts.holddown = false;
	change_opts();
	fix_timer();		/* the delay was over */
	CHECK(u, leads() && fix.now < begin + 4 * S);

	/* switched on again, it does not return */
	return_told(4000000, 4000000);
	fix.opts.holddown = false;
	fix.opts.preempt = false;
	change_opts();
	fix.opts.holddown = true;
	change_opts();
	CHECK(u, follows_2() && bully_core_holddown(&fix.core, fix.now) == 0);
}

/* P8: the longest hold-down since its own start bounds what a liar may say. */
static void liar(struct unit *u)
{
	u64 begin;

	return_told(0xffffffff, 0xffffffff);
	begin = fix.core.holddown.started_at;
	CHECK(u, follows_2() && bully_core_holddown(&fix.core, fix.now) == 300 * S);
	CHECK(u, bully_core_holddown(&fix.core, begin + 299 * S) == S);
	CHECK(u, bully_core_holddown(&fix.core, begin + 300 * S) == 0);
	fix.opts.holddown_max_ns = 2 * S;	/* the bound of this moment counts */
	change_opts();
	answers_until(begin + 2 * S);
	CHECK(u, leads() && fix.now == begin + 2 * S);
}

/* At time 0, and for an earlier time than that of the last step. */
static void time_zero(struct unit *u)
{
	u32 i;

	fix_make(2, others);
	fix.now = 0;
	fix.core.now = 0;
	set_opts();
	fix_start();
	CHECK(u, bully_core_holddown(&fix.core, 0) == 0 && left() == 0);
	for (i = 0; i < 4; i++)
		start(i);
	CHECK(u, left() == 10 * S);
	fix.now = 0;
	CHECK(u, left() == 10 * S);

	return_told(4000000, 4000000);
	CHECK(u, bully_core_holddown(&fix.core, 0) == 4 * S);
}

const struct unit_case unit_step_holddown_cases[] = {
	{ "holddown_P6_doubling", doubling },
	{ "holddown_P7_only_asked", only_asked },
	{ "holddown_P5_decay", decay },
	{ "holddown_P5_decay_is_smooth", decay_is_smooth },
	{ "holddown_P5_seldom", seldom },
	{ "holddown_parameters", parameters },
	{ "holddown_forgotten", forgotten },
	{ "holddown_P8_heeded", heeded },
	{ "holddown_P8_with_delay", with_delay },
	{ "holddown_P8_told_again", told_again },
	{ "holddown_P8_available", available },
	{ "holddown_P4_elect_overrides", elect_overrides },
	{ "holddown_off", off },
	{ "holddown_P8_liar", liar },
	{ "holddown_time_zero", time_zero },
	{ 0 },
};
