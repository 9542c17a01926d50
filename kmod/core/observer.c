// SPDX-License-Identifier: GPL-2.0-only
/*
 * observer.c - the policy of an unlisted observer: it takes no part, and asks who leads (O1, O3)
 *
 * Its timers are TICK, AGAIN and GONE. probe.c has the time of the last answer that named the
 * leader, as that of a follower's last probe that was answered.
 */
#include "clock.h"
#include "epoch.h"
#include "lease.h"
#include "outbox.h"
#include "probe.h"
#include "role.h"
#include "stand.h"
#include "watch.h"

/* The voters do not say any more who leads. */
static void lose(struct bully_core *c)
{
	if (c->state != BULLY_STATE_WAITING)
		bully_role_wait(c, c->leader ? BULLY_REASON_LEADER_TIMEOUT : c->role.cause,
				BULLY_PHASE_NONE);
}

/* O3: returns true if the answer names a leader that this node may report. */
static bool names_leader(const struct bully_core *c, const struct bully_peer *p,
			 const struct bully_msg *m)
{
	if (!m->lease_ms || !m->leader || !m->epoch || !bully_core_find(c, m->leader) ||
	    !bully_epoch_ok(c, m->epoch, m->leader))
		return false;
	if (m->state == BULLY_STATE_LEADER)
		return m->leader == p->id && m->flags & BULLY_F_LEASE_HELD;
	return m->state == BULLY_STATE_FOLLOWER &&
	       (u64)m->leader_age_us * 1000 <= bully_detection_of(c, p);
}

/* The question that was answered was sent at @at. */
static void believe(struct bully_core *c, const struct bully_msg *m, u64 at)
{
	enum bully_reason reason = BULLY_REASON_SUPERSEDED;
	u64 proof = at, base = at;

	if (c->leader) {
		proof = bully_max(proof, c->probe.proof);
		base = bully_max(base, c->probe.base);
	} else {
		reason = c->role.cause;
	}
	if (c->leader != m->leader || c->epoch != m->epoch)
		bully_role_watch(c, m->leader, m->epoch, reason);
	bully_probe_resume(c, proof, base);
}

static bool observer_hear(struct bully_core *c, struct bully_peer *p, const struct bully_msg *m)
{
	bool full;
	u64 at;

	if (m->type != BULLY_MSG_HELLO_ACK || !bully_outbox_remembers(p, m->echo, &at))
		return true;
	full = m->refusal == BULLY_VOTE_FULL;
	bully_lease_note_vote(p, full ? BULLY_VOTE_FULL : BULLY_VOTE_NONE);
	if (names_leader(c, p, m)) {
		bully_watch_named(c, p, full);
		believe(c, m, at);
	} else if (bully_watch_denied(c, p)) {
		lose(c);
	}
	return true;
}

static void tick_due(struct bully_core *c)
{
	u64 late = c->now - c->clock.timer[BULLY_T_TICK], half = c->opts.heartbeat_ns / 2;

	if (!bully_stand_linked(c)) {
		bully_timer_set(c, BULLY_T_TICK, BULLY_NEVER);
		return;
	}
	if (late > half) {
		c->stats.voided++;
		if (c->leader)
			bully_probe_resume(c, c->probe.proof, c->probe.base + late);	/* H4 */
	}
	bully_watch_tick(c, late > half ? late : 0);
}

static void observer_fire(struct bully_core *c)
{
	if (bully_timer_due(c, BULLY_T_TICK))
		tick_due(c);
	if (bully_timer_due(c, BULLY_T_AGAIN)) {
		bully_timer_set(c, BULLY_T_AGAIN, BULLY_NEVER);
		bully_watch_repeat(c);
	}
	if (bully_timer_judged(c, BULLY_T_GONE))
		lose(c);
}

static void observer_listen(struct bully_core *c)
{
	bully_watch_begin(c);
	bully_timer_set(c, BULLY_T_GONE, c->now + bully_detection(c));
}

/* What is NULL is only called for a node that takes part, or that stands. */
const struct bully_policy bully_policy_observer = {
	.leases = true,
	.ranks = true,
	.listen = observer_listen,
	.fire = observer_fire,
	.hear = observer_hear,
};
