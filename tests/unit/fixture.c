// SPDX-License-Identifier: GPL-2.0-only
/* fixture.c - owns the tested core and the peers that send to it */
#include "unit.h"

struct fix fix;

u64 fix_session(u32 id)
{
	return 0x1000 + id;
}

void fix_clear(void)
{
	fix.n_sent = 0;
	fix.n_notes = 0;
}

static void drain(void)
{
	u32 i;

	for (i = 0; i < fix.out.n; i++) {
		const struct bully_action *act = &fix.out.act[i];
		struct bully_peer *peer;
		u32 cursor = 0;

		if (act->kind == BULLY_ACT_EVENT) {
			while (fix.n_notes < FIX_NOTES &&
			       bully_core_next_event(&fix.core, act, &cursor,
						     &fix.note[fix.n_notes]))
				fix.n_notes++;
			continue;
		}
		while (fix.n_sent < FIX_SENT &&
		       bully_core_next_msg(&fix.core, act, &cursor, &fix.sent[fix.n_sent],
					   &peer))
			fix.n_sent++;
	}
}

enum bully_drop fix_step(struct bully_event *ev)
{
	enum bully_drop drop;

	ev->now = fix.now;
	ev->wall_us = fix.wall;
	drop = bully_core_step(&fix.core, ev, &fix.out);
	drain();
	return drop;
}

void fix_simple(enum bully_event_type type)
{
	struct bully_event ev = { .type = type };

	fix_step(&ev);
}

void fix_timer(void)
{
	u64 deadline = bully_core_deadline(&fix.core);

	if (deadline != BULLY_NEVER && deadline > fix.now)
		fix.now = deadline;
	fix_simple(BULLY_EV_TIMER);
}

void fix_timers_until(u64 t)
{
	u32 bound = 10000;

	while (bound-- && bully_core_deadline(&fix.core) <= t)
		fix_timer();
	fix.now = t;
}

void fix_make(u32 id, const u32 *ids)
{
	char name[BULLY_NAME_LEN] = "unit";
	struct bully_event ev = { .type = BULLY_EV_PEER_ADD };
	u32 i;

	memset(&fix, 0, sizeof(fix));
	fix.now = 5000000000ULL;
	fix.wall = FIX_WALL;
	fix.opts.heartbeat_ns = FIX_HB;
	fix.opts.misses = 3;
	fix.opts.preempt = true;
	fix.opts.candidate = true;
	bully_core_init(&fix.core, name, id, fix_session(id), 1);
	for (i = 0; i < FIX_PEERS && ids[i]; i++) {
		fix.peer[i].id = ids[i];
		fix.peer[i].role = BULLY_ROLE_CANDIDATE;
		ev.peer = &fix.peer[i];
		fix_step(&ev);
	}
	ev.type = BULLY_EV_LINK;
	ev.link = BULLY_LINK_UP;
	fix_step(&ev);
	fix_clear();
}

void fix_start(void)
{
	struct bully_event ev = { .type = BULLY_EV_START, .opts = &fix.opts };

	fix_step(&ev);
}

void fix_msg(struct bully_msg *m, u8 type, u32 from)
{
	memset(m, 0, sizeof(*m));
	m->type = type;
	memcpy(m->group, fix.core.name, BULLY_NAME_LEN);
	m->from = from;
	m->to = fix.core.id;
	m->from_session = fix_session(from);
	m->to_session = fix.core.session;
	m->seq = ++fix.seq;
	m->heartbeat_us = FIX_HB / 1000;
	m->misses = 3;
	m->members = fix.core.set.members;
	m->roster = fix.core.set.roster;
	m->lease_ms = fix.opts.quorum ? FIX_LEASE / 1000000 : 0;
	m->flags = BULLY_F_STANDS;
}

enum bully_drop fix_deliver(const struct bully_msg *m)
{
	struct bully_event ev = { .type = BULLY_EV_MSG, .msg = m };

	return fix_step(&ev);
}

enum bully_drop fix_say(u8 type, u32 from)
{
	struct bully_msg m;

	fix_msg(&m, type, from);
	return fix_deliver(&m);
}

const struct bully_msg *fix_sent(u8 type, u32 to)
{
	u32 i = fix.n_sent;

	while (i--)
		if (fix.sent[i].type == type && (!to || fix.sent[i].to == to))
			return &fix.sent[i];
	return NULL;
}

u32 fix_count(u8 type)
{
	u32 i, n = 0;

	for (i = 0; i < fix.n_sent; i++)
		n += fix.sent[i].type == type;
	return n;
}

enum bully_drop fix_prove(u32 from)
{
	const struct bully_msg *hello = fix_sent(BULLY_MSG_HELLO, from);
	struct bully_msg m;

	if (!hello)
		return BULLY_DROP_ECHO;
	fix_msg(&m, BULLY_MSG_HELLO_ACK, from);
	m.echo = hello->seq;
	return fix_deliver(&m);
}

void fix_prove_all(void)
{
	u32 i;

	for (i = 0; i < fix.core.n_peers; i++)
		fix_prove(fix.core.peer[i]->id);
}
