// SPDX-License-Identifier: GPL-2.0-only
/* alone.c - sets up a core within a step, so that a case can call single functions */
#include "alone.h"
#include "outbox.h"
#include "set.h"

const u32 alone_around[] = { 1, 3, 9, 0 };

static struct bully_core *begin(void)
{
	fix.core.opts = fix.opts;
	fix.core.stopped = false;
	bully_set_update(&fix.core);
	bully_outbox_begin(&fix.core, &fix.out);
	return &fix.core;
}

struct bully_core *alone(u32 id, const u32 *ids)
{
	fix_make(id, ids);
	return begin();
}

struct bully_core *alone_quorum(u32 id, const u32 *ids)
{
	fix_make(id, ids);
	fix.opts.quorum = BULLY_QUORUM_MAJORITY;
	fix.opts.lease_ns = FIX_LEASE;
	fix.core.policy = &bully_policy_quorum;
	return begin();
}

struct bully_peer *alone_peer(u32 id)
{
	return bully_core_find(&fix.core, id);
}

void alone_all_up(void)
{
	u32 i;

	for (i = 0; i < fix.core.n_peers; i++) {
		struct bully_peer *p = fix.core.peer[i];

		p->state = BULLY_PEER_STATE_UP;
		p->session = fix_session(p->id);
		p->proved = true;
		p->answered = true;
		p->stands = true;
		p->heard = fix.core.now;
		p->seen = fix.core.now;
		p->both_at = fix.core.now;
	}
}

void alone_step(u64 ns)
{
	fix.core.now += ns;
	bully_outbox_begin(&fix.core, &fix.out);
}

const struct bully_action *alone_sent(u8 type, u32 to)
{
	u32 i = fix.out.n;

	while (i--) {
		const struct bully_action *act = &fix.out.act[i];

		if (act->kind == BULLY_ACT_SEND && act->type == type && (!to || act->id == to))
			return act;
	}
	return NULL;
}

const struct bully_action *alone_said(u8 type, u32 to)
{
	static const struct bully_action none;
	const struct bully_action *found = alone_sent(type, to);

	return found ? found : &none;
}

static u32 count(u8 kind, u8 type)
{
	u32 i, n = 0;

	for (i = 0; i < fix.out.n; i++)
		n += fix.out.act[i].kind == kind && fix.out.act[i].type == type;
	return n;
}

u32 alone_count(u8 type)
{
	return count(BULLY_ACT_SEND, type);
}

u32 alone_notes(u8 kind)
{
	return count(BULLY_ACT_EVENT, kind);
}
