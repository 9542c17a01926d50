// SPDX-License-Identifier: GPL-2.0-only
/* peer.c - tests the set of peers: order, look-up, hashes, removal */
#include "unit.h"

static const u32 mixed[] = { 50, 7, 0xffffffff, 1, 20, 0 };

static void init(struct unit *u)
{
	fix_make(10, mixed);
	CHECK(u, fix.core.stopped);
	CHECK(u, fix.core.state == BULLY_STATE_INIT);
	CHECK(u, fix.core.leader == 0 && fix.core.epoch == 0 && fix.core.event_seq == 0);
	CHECK(u, bully_core_deadline(&fix.core) == BULLY_NEVER);
	fix_simple(BULLY_EV_TIMER);
	CHECK(u, fix.n_sent == 0 && fix.n_notes == 0);
	fix_say(BULLY_MSG_HELLO, 7);
	CHECK(u, fix.n_sent == 0 && fix.core.stats.drops[BULLY_DROP_INACTIVE] == 1);
}

static void order(struct unit *u)
{
	u32 i;

	fix_make(10, mixed);
	CHECK(u, fix.core.n_peers == 5);
	for (i = 1; i < fix.core.n_peers; i++)
		CHECK(u, fix.core.peer[i - 1]->id < fix.core.peer[i]->id);
	for (i = 0; mixed[i]; i++)
		CHECK(u, bully_core_find(&fix.core, mixed[i]) == &fix.peer[i]);
	CHECK(u, !bully_core_find(&fix.core, 10) && !bully_core_find(&fix.core, 0));
	CHECK(u, !bully_core_find(&fix.core, 2) && !bully_core_find(&fix.core, 0xfffffffe));
}

static void removal(struct unit *u)
{
	struct bully_event ev = { .type = BULLY_EV_PEER_DEL };
	u32 i, left;

	fix_make(10, mixed);
	fix_start();
	for (i = 0; mixed[i]; i++) {
		ev.peer = &fix.peer[i];
		fix_step(&ev);
		CHECK(u, !bully_core_find(&fix.core, mixed[i]));
		left = 4 - i;
		CHECK(u, fix.core.n_peers == left);
	}
}

/* An action may outlive the peer that it is for. */
static void action_outlives_peer(struct unit *u)
{
	struct bully_event start = { .type = BULLY_EV_START, .opts = &fix.opts };
	struct bully_event del = { .type = BULLY_EV_PEER_DEL };
	static struct bully_actions first, second;
	static struct bully_msg m;
	u32 cursor = 0, n = 0, i;
	struct bully_peer *peer;

	fix_make(10, mixed);
	start.now = fix.now;
	bully_core_step(&fix.core, &start, &first);
	del.now = fix.now;
	del.peer = &fix.peer[1];
	bully_core_step(&fix.core, &del, &second);
	for (i = 0; i < first.n; i++) {
		if (first.act[i].kind != BULLY_ACT_SEND)
			continue;
		cursor = 0;
		while (bully_core_next_msg(&fix.core, &first.act[i], &cursor, &m, &peer)) {
			CHECK(u, m.type == BULLY_MSG_HELLO && m.to != 7);
			n++;
		}
	}
	CHECK(u, n == 4);
}

/* FNV-1a over bytes, written independently of the core. */
static u32 fnv(const u8 *p, u32 len)
{
	u32 hash = 0x811c9dc5;

	while (len--)
		hash = (hash ^ *p++) * 0x01000193;
	return hash;
}

static u8 *put(u8 *p, u64 v, u32 bytes)
{
	while (bytes--)
		*p++ = (u8)(v >> (8 * bytes));
	return p;
}

static u32 members_of(const u32 *ids, const u8 *roles, u32 n)
{
	static u8 buf[16 + 8 + 4 + 8 * 8];
	u8 *p = buf;
	u32 i;

	memset(buf, 0, sizeof(buf));
	memcpy(p, "unit", 4);
	p = put(p + 16, 0, 8);
	p = put(p, 0, 4);
	for (i = 0; i < n; i++) {
		if (roles[i] == BULLY_ROLE_OBSERVER)
			continue;
		p = put(p, ids[i], 4);
		p = put(p, roles[i], 4);
	}
	return fnv(buf, (u32)(p - buf));
}

static void members(struct unit *u)
{
	static const u32 sorted[] = { 1, 7, 10, 20, 50, 0xffffffff };
	u8 roles[6] = { 0 };
	struct bully_event ev = { .type = BULLY_EV_PEER_SET };
	u32 before;

	fix_make(10, mixed);
	CHECK(u, bully_core_members(&fix.core) == members_of(sorted, roles, 6));
	before = bully_core_members(&fix.core);

	/* an observer is no voter; a witness is a voter of another kind */
	ev.peer = &fix.peer[1];
	ev.role = BULLY_ROLE_OBSERVER;
	fix_step(&ev);
	roles[1] = BULLY_ROLE_OBSERVER;
	CHECK(u, bully_core_members(&fix.core) == members_of(sorted, roles, 6));
	CHECK(u, bully_core_members(&fix.core) != before);
	ev.role = BULLY_ROLE_WITNESS;
	fix_step(&ev);
	roles[1] = BULLY_ROLE_WITNESS;
	CHECK(u, bully_core_members(&fix.core) == members_of(sorted, roles, 6));
}

/* All nodes of a set compute the same hash. */
static void members_agree(struct unit *u)
{
	static const u32 as_first[] = { 2, 3, 0 }, as_last[] = { 2, 1, 0 };
	u32 first, roster;

	fix_make(1, as_first);
	first = bully_core_members(&fix.core);
	roster = fix.core.set.roster;
	fix_make(3, as_last);
	CHECK(u, bully_core_members(&fix.core) == first);
	CHECK(u, fix.core.set.roster == roster);
	CHECK(u, first == 0x93b34d47);	/* computed independently, for ids 1, 2 and 3 */
}

/* The hashes in the examples of Documentation/protocol.rst. */
static void members_of_the_manual(struct unit *u)
{
	static const u32 ids[] = { 1, 3 };
	struct bully_event ev = { .type = BULLY_EV_PEER_ADD };
	char name[BULLY_NAME_LEN] = "db";
	u32 i;

	fix_make(2, &mixed[5]);		/* no peers */
	bully_core_init(&fix.core, name, 2, 1, 1);
	for (i = 0; i < 2; i++) {
		fix.peer[i].id = ids[i];
		ev.peer = &fix.peer[i];
		fix_step(&ev);
	}
	CHECK(u, bully_core_members(&fix.core) == 0x8c45963b);
	CHECK(u, fix.core.set.roster == 0x36a516f5);
}

static void refusals(struct unit *u)
{
	static const u32 two[] = { 1, 0 };
	struct bully_event link = { .type = BULLY_EV_LINK, .link = BULLY_LINK_NO_PEERS };
	struct bully_event opts = { .type = BULLY_EV_OPTS, .opts = &fix.opts };

	fix_make(2, two);
	fix_start();
	CHECK(u, !bully_core_may_elect(&fix.core));
	CHECK(u, bully_core_may_resign(&fix.core));		/* does not lead */
	fix_prove_all();
	CHECK(u, fix.core.state == BULLY_STATE_LEADER);
	CHECK(u, !bully_core_may_resign(&fix.core));		/* 1 can take over */
	fix.opts.candidate = false;
	fix_step(&opts);
	CHECK(u, bully_core_may_elect(&fix.core));
	fix.opts.candidate = true;
	fix.opts.role = BULLY_ROLE_WITNESS;
	fix_step(&opts);
	CHECK(u, bully_core_may_elect(&fix.core));
	fix.opts.role = BULLY_ROLE_CANDIDATE;
	fix_step(&opts);
	CHECK(u, !bully_core_may_elect(&fix.core));
	fix_step(&link);
	CHECK(u, bully_core_may_elect(&fix.core));
	link.link = BULLY_LINK_NO_CARRIER;
	fix_step(&link);
	CHECK(u, bully_core_may_elect(&fix.core));
}

/* H8: without a leader a node asks its peers, and regards the silent ones as down. */
static void silent_without_leader(struct unit *u)
{
	static const u32 two[] = { 1, 3, 0 };

	fix_make(2, two);
	fix.opts.candidate = false;
	fix_start();
	fix_prove_all();
	CHECK(u, !fix.core.leader && fix.core.peer[0]->state == BULLY_PEER_STATE_UP);
	fix_timers_until(fix.now + 4 * FIX_HB);
	CHECK(u, fix.core.peer[0]->state == BULLY_PEER_STATE_UP);
	CHECK(u, fix_sent(BULLY_MSG_HELLO, 1));
	fix_timers_until(fix.now + 5 * FIX_HB / 2);
	CHECK(u, fix.core.peer[0]->state == BULLY_PEER_STATE_DOWN);
	CHECK(u, fix.core.peer[1]->state == BULLY_PEER_STATE_DOWN);
}

const struct unit_case unit_step_peer_cases[] = {
	{ "peer_init", init },
	{ "peer_order", order },
	{ "peer_removal", removal },
	{ "peer_action_outlives_peer", action_outlives_peer },
	{ "peer_members", members },
	{ "peer_members_agree", members_agree },
	{ "peer_members_of_the_manual", members_of_the_manual },
	{ "peer_refusals", refusals },
	{ "peer_silent_without_leader", silent_without_leader },
	{ 0 },
};
