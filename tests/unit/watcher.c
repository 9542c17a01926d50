// SPDX-License-Identifier: GPL-2.0-only
/* watcher.c - sets up an unlisted observer and the voters that answer it */
#include "watcher.h"

const u32 w_voters[] = { 1, 2, 3, 4, 5, 0 };

struct bully_core *w_observer_of(const u32 *ids)
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

struct bully_core *w_observer(void)
{
	return w_observer_of(w_voters);
}

u32 w_asked(void)
{
	return fix.core.watch.asked;
}

enum bully_drop w_answer(u32 from, u32 leader, u64 epoch, u32 refusal)
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

bool w_follows(u32 leader, u64 epoch)
{
	return fix.core.state == BULLY_STATE_FOLLOWER && fix.core.leader == leader &&
	       fix.core.epoch == epoch;
}

bool w_has_none(void)
{
	return fix.core.state == BULLY_STATE_WAITING && !fix.core.leader;
}

void w_beat(u32 from, u32 leader)
{
	u64 until = fix.now + FIX_HB;

	while (bully_core_deadline(&fix.core) <= until) {
		fix_clear();
		fix_timer();
		w_answer(from, leader, W_EPOCH, 0);
	}
	fix.now = until;
}

u32 w_asked_again(void)
{
	u32 first;

	w_observer();
	first = w_asked();
	w_answer(first, 3, W_EPOCH, 0);
	fix_timers_until(fix.now + FIX_HB);
	fix_clear();
	fix_timer();
	return first;
}
