// SPDX-License-Identifier: GPL-2.0-only
/* config.c - what the operator and the machine change: options, peers, the link, the end */
#include "address.h"
#include "announce.h"
#include "clock.h"
#include "config.h"
#include "elect.h"
#include "grant.h"
#include "handover.h"
#include "hearsay.h"
#include "hello.h"
#include "holddown.h"
#include "lease.h"
#include "listen.h"
#include "outbox.h"
#include "peers.h"
#include "preempt.h"
#include "probe.h"
#include "rank.h"
#include "role.h"
#include "set.h"
#include "stand.h"
#include "timers.h"

/* The one place that asks for the mode and the election by their options. */
static const struct bully_policy *policy_of(const struct bully_opts *opts)
{
	if (opts->quorum == BULLY_QUORUM_OFF)
		return &bully_policy_classic;
	if (opts->unlisted)
		return &bully_policy_observer;
	return opts->election == BULLY_ELECTION_RAFT ? &bully_policy_raft : &bully_policy_quorum;
}

/* The caller has checked @opts. Without ranks no node takes over from a live leader (F7). */
static void take_opts(struct bully_core *c, const struct bully_opts *opts)
{
	c->opts = *opts;
	c->policy = policy_of(opts);
	c->opts.preempt &= c->policy->ranks;
}

/* R7: the voters are others than @was, of which there were @had. */
static void set_changed(struct bully_core *c, u32 was, u32 had)
{
	bully_set_unsettle(c);
	if (!c->role.seen_leader) {
		/* this is how a group is configured */
		bully_set_forget_change(c);
		bully_grant_abstain(c);
		bully_role_init(c, BULLY_REASON_CONFIG);
		return;
	}
	if (c->state == BULLY_STATE_LEADER && !bully_stands(c))
		bully_role_resign(c, BULLY_REASON_CONFIG);
	else if (c->lease.claim && !bully_stands(c))
		bully_role_wait(c, BULLY_REASON_CONFIG, BULLY_PHASE_COORD);
	bully_set_begin_change(c, was, had);
	bully_lease_uncount(c);
	c->policy->count(c);
	bully_timers_lease(c);
	bully_hello_all(c);
}

/* A node came, went or has another role. */
static void update_set(struct bully_core *c)
{
	u32 was = c->set.members, had = c->set.voters;

	if (bully_set_update(c) && bully_leases(c) && bully_takes_part(c) && !c->stopped)
		set_changed(c, was, had);
}

/* R4, R7: how long grants last must not change while any is alive: as after a restart. */
static void restart_quorum(struct bully_core *c, const struct bully_opts *was)
{
	struct bully_opts now = c->opts;

	c->opts = *was;
	bully_grant_abstain(c);
	c->opts = now;
	bully_grant_abstain(c);
	bully_set_forget_change(c);
	bully_grant_raise_floor(c);
	bully_role_init(c, BULLY_REASON_CONFIG);
}

/* A follower has other options than @was. @new is that it may depose a lower leader since now;
 * @held that its hold-down kept it from that before; @was_lower that it was lower than the leader.
 */
static void follow_opts(struct bully_core *c, const struct bully_opts *was, bool new, bool held,
			bool was_lower)
{
	bool lower = bully_rank_leader_is_higher(c);

	if (lower)
		bully_preempt_ranked(c);
	if (lower || !bully_stands(c) || !c->opts.preempt)
		return;
	if (was_lower) {
		bully_preempt_begin(c);		/* P12 */
		return;
	}
	if (!new && c->clock.timer[BULLY_T_PREEMPT] == BULLY_NEVER)
		return;
	/* P12: the leader was lower before, too, and the delay runs since then */
	if (!new && was->priority != c->opts.priority && held == bully_holddown_holds(c) &&
	    was->preempt_delay_ns == c->opts.preempt_delay_ns)
		return;
	/* P8: a node that was held has its delay behind it, if that is over */
	bully_timer_set(c, BULLY_T_PREEMPT, c->now + (held && c->preempt.delay_over ? 0 :
						      c->opts.preempt_delay_ns));
}

static void set_opts(struct bully_core *c, const struct bully_opts *opts, enum bully_reason reason)
{
	bool stood = bully_stands(c), held = bully_holddown_holds(c);
	bool lower = bully_rank_leader_is_higher(c);	/* than its leader, if it has one */
	struct bully_opts was = c->opts;
	bool rhythm = was.heartbeat_ns != opts->heartbeat_ns || was.misses != opts->misses;

	take_opts(c, opts);
	if (!opts->holddown)
		bully_holddown_off(c);
	if (was.role == BULLY_ROLE_OBSERVER && opts->role != was.role) {
		bully_set_configure(c, c->id);
		bully_grant_abstain(c);		/* R4: a new voter */
	}
	update_set(c);
	bully_note(c, BULLY_NOTE_CONFIG, reason);
	if (!c->stopped && (was.quorum != opts->quorum || was.election != opts->election ||
			    was.lease_ns != opts->lease_ns || was.unlisted != opts->unlisted)) {
		restart_quorum(c, &was);
	} else if (c->state == BULLY_STATE_LEADER) {
		if (!bully_stands(c))
			bully_role_resign(c, reason);	/* also where nobody can take over (S7) */
		else if (rhythm)
			bully_timer_advance(c, BULLY_T_TICK, c->now + opts->heartbeat_ns);
	} else if (c->state == BULLY_STATE_FOLLOWER) {
		if (rhythm)
			bully_probe_rhythm(c);
		if (bully_takes_part(c))
			follow_opts(c, &was, !was.preempt || !stood, held, lower);
	} else if (bully_stand_linked(c) && stood != bully_stands(c)) {
		bully_role_init(c, reason);
	} else {
		bully_elect_unawaited(c);
	}
}

static void set_link(struct bully_core *c, enum bully_link link)
{
	if (c->link == link)
		return;
	c->link = link;
	if (c->stopped)
		return;
	bully_role_init(c, bully_stand_linked(c) ? BULLY_REASON_START : BULLY_REASON_LINK_DOWN);
}

static void start(struct bully_core *c, const struct bully_opts *opts)
{
	take_opts(c, opts);
	bully_holddown_begin(c);
	bully_rank_begin(c);
	update_set(c);
	c->stopped = false;
	bully_grant_raise_floor(c);		/* R5 */
	bully_grant_abstain(c);
	bully_role_init(c, BULLY_REASON_START);
}

static void stop(struct bully_core *c, enum bully_reason reason)
{
	if (c->stopped)
		return;
	c->stopped = true;
	if (c->state == BULLY_STATE_LEADER) {
		bully_role_resign(c, reason);
	} else {
		u32 leader = bully_takes_part(c) ? c->leader : c->watch.asked;

		bully_role_init(c, reason);
		/* S4, O4: tell the leader, or who is asked, so that it need not miss us */
		if (leader)
			bully_send(c, BULLY_TO_PEER, leader, BULLY_MSG_RESIGN, 0);
	}
	bully_timer_clear_all(c);
}

static void add_peer(struct bully_core *c, struct bully_peer *p)
{
	if (!bully_peers_insert(c, p))
		return;
	bully_announce_acked(p);	/* nothing is claimed to it yet */
	bully_set_configure(c, p->id);
	update_set(c);
	if (c->stopped)
		return;
	bully_note(c, BULLY_NOTE_CONFIG, BULLY_REASON_CONFIG);
	if (c->link == BULLY_LINK_UP)
		bully_hello(c, p);
	if (c->state == BULLY_STATE_LEADER)
		bully_hello_at(c, p, c->now + c->opts.heartbeat_ns);
	else if (!c->leader && bully_stand_linked(c))
		bully_timer_advance(c, BULLY_T_HELLO, c->now + c->opts.heartbeat_ns);
}

static void change_peer(struct bully_core *c, struct bully_peer *p, u8 role)
{
	bully_set_configure(c, p->id);
	bully_peer_set_role(p, role);
	update_set(c);
	bully_peer_forget(c, p);
	bully_address_forget(c, p);
	if (c->stopped)
		return;
	if (c->link == BULLY_LINK_UP)
		bully_hello(c, p);
	bully_note(c, BULLY_NOTE_CONFIG, BULLY_REASON_CONFIG);
	if (c->state == BULLY_STATE_FOLLOWER && c->leader == p->id &&
	    role != BULLY_ROLE_CANDIDATE)
		bully_elect_leader_lost(c, BULLY_REASON_CONFIG);
}

static void remove_peer(struct bully_core *c, struct bully_peer *p)
{
	if (!bully_peers_remove(c, p))
		return;
	update_set(c);
	bully_hearsay_forget_leader(c, p->id);
	if (c->stopped)
		return;
	bully_note(c, BULLY_NOTE_CONFIG, BULLY_REASON_CONFIG);
	if (c->state == BULLY_STATE_FOLLOWER && c->leader == p->id)
		bully_elect_leader_lost(c, BULLY_REASON_CONFIG);
}

/* P4: the operator wants this node to lead. */
static void admin_elect(struct bully_core *c)
{
	bully_stand_return(c);
	bully_listen_set_lonely(c, false);
	bully_holddown_end(c);
	c->policy->admin_elect(c);
}

/* R8: nothing that rests on a clock may be relied upon; what this voter granted may be
 * forgotten, as in a restart (R4).
 */
static void doubt(struct bully_core *c, u64 session)
{
	if (c->stopped)
		return;
	if (session) {
		c->session = session;
		bully_peers_unprove(c);
	}
	c->stats.voided++;
	bully_grant_raise_floor(c);	/* R5 */
	bully_grant_abstain(c);
	bully_role_init(c, BULLY_REASON_TIME_DOUBT);
}

/* An event that is neither a message nor time. */
void bully_config_step(struct bully_core *c, const struct bully_event *ev)
{
	switch (ev->type) {
	case BULLY_EV_START:
		start(c, ev->opts);
		break;
	case BULLY_EV_LINK:
		set_link(c, ev->link);
		break;
	case BULLY_EV_OPTS:
		set_opts(c, ev->opts, ev->reason ? ev->reason : BULLY_REASON_CONFIG);
		break;
	case BULLY_EV_PEER_ADD:
		add_peer(c, ev->peer);
		break;
	case BULLY_EV_PEER_SET:
		change_peer(c, ev->peer, ev->role);
		break;
	case BULLY_EV_PEER_DEL:
		remove_peer(c, ev->peer);
		break;
	case BULLY_EV_POSITION:
		c->position = *ev->position;
		break;
	case BULLY_EV_ELECT:
		admin_elect(c);
		break;
	case BULLY_EV_RESIGN:
		if (ev->peer) {
			bully_handover_to(c, ev->peer);
			break;
		}
		bully_stand_resign(c);
		bully_role_resign(c, BULLY_REASON_RESIGNED);
		break;
	case BULLY_EV_DOUBT:
		doubt(c, ev->session);
		break;
	case BULLY_EV_STOP:
		stop(c, ev->reason);
		break;
	default:
		break;
	}
}

/* A core of any memory; it does nothing until BULLY_EV_START. */
void bully_core_init(struct bully_core *c, const char *name, u32 id, u64 session, u64 seed)
{
	u32 i;

	memset(c, 0, sizeof(*c));
	for (i = 0; i < BULLY_GROUP_NAME_MAX && name[i]; i++)
		c->name[i] = name[i];
	c->id = id;
	c->session = session;
	c->policy = &bully_policy_classic;
	c->link = BULLY_LINK_NO_PEERS;
	c->stopped = true;
	bully_clock_init(c, seed);
}
