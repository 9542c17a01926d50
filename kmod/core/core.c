// SPDX-License-Identifier: GPL-2.0
/* core.c - the step: what happens to a core, and what may be asked of it */
#include "internal.h"

/* A clock that is wrong by more than a lifetime (beyond the year 2112) must not use
 * up the epochs that are left above it (R5).
 */
#define EPOCH_BEGIN_MAX	(BULLY_EPOCH_MAX / 2 + 1)

/* xorshift64*, for jitter only; nothing rests on its being unpredictable. */
static u32 rnd(struct bully_core *c)
{
	c->clock.rng ^= c->clock.rng >> 12;
	c->clock.rng ^= c->clock.rng << 25;
	c->clock.rng ^= c->clock.rng >> 27;
	return (c->clock.rng * 0x2545f4914f6cdd1dULL) >> 32;
}

/* A random time below @span. */
u64 bully_jitter(struct bully_core *c, u64 span)
{
	return (span >> 10) * (rnd(c) & 1023);
}

/* @span, give or take a quarter: retries must not stay in phase (rule E9). */
u64 bully_jittered(struct bully_core *c, u64 span)
{
	return span - span / 4 + bully_jitter(c, span / 2);
}

struct bully_peer *bully_core_find(const struct bully_core *c, u32 id)
{
	u32 low = 0, high = c->n_peers;

	while (low < high) {
		u32 mid = (low + high) / 2;

		if (c->peer[mid]->id == id)
			return c->peer[mid];
		if (c->peer[mid]->id < id)
			low = mid + 1;
		else
			high = mid;
	}
	return NULL;
}

u64 bully_core_deadline(const struct bully_core *c)
{
	u64 when = BULLY_NEVER;
	u32 t;

	for (t = 0; t < BULLY_TIMERS; t++)
		when = bully_min(when, c->clock.timer[t]);
	return when;
}

void bully_core_init(struct bully_core *c, const char *name, u32 id, u64 session, u64 seed)
{
	u32 i;

	memset(c, 0, sizeof(*c));
	for (i = 0; i < BULLY_GROUP_NAME_MAX && name[i]; i++)
		c->name[i] = name[i];
	c->id = id;
	c->session = session;
	c->clock.rng = seed ? seed : 1;
	c->link = BULLY_LINK_NO_PEERS;
	c->stopped = true;
	bully_timers_clear(c);
}

/* How long grants last must not change while any is alive: as after a restart (R4, R7). */
static void restart_quorum(struct bully_core *c, const struct bully_opts *was)
{
	struct bully_opts now = c->opts;

	c->opts = *was;
	bully_abstain(c);
	c->opts = now;
	bully_abstain(c);
	c->set.members_prev = 0;
	c->set.voters_prev = 0;
	c->set.added = 0;
	c->grant.floor = bully_max(c->grant.floor, c->wall_us);
	bully_become_init(c, BULLY_REASON_CONFIG);
}

static void set_opts(struct bully_core *c, const struct bully_opts *opts, enum bully_reason reason)
{
	bool stood = bully_stands(c), preempted = c->opts.preempt;
	struct bully_opts was = c->opts;
	u8 role = c->opts.role;
	bool rhythm = c->opts.heartbeat_ns != opts->heartbeat_ns || c->opts.misses != opts->misses;
	bool held = bully_held(c);

	c->opts = *opts;
	if (!opts->holddown)
		c->holddown.until = 0;
	if (role == BULLY_ROLE_OBSERVER && opts->role != role) {
		c->set.configured = c->id;
		bully_abstain(c);		/* a new voter (R4) */
	}
	bully_peer_hashes(c);
	bully_note(c, BULLY_NOTE_CONFIG, reason);
	if (!c->stopped && (was.quorum != opts->quorum || was.lease_ns != opts->lease_ns)) {
		restart_quorum(c, &was);
		return;
	}
	if (c->state == BULLY_STATE_LEADER) {
		if (!bully_stands(c))
			bully_lead_resign(c, reason);	/* also where nobody can take over (S7) */
		else if (rhythm)
			bully_timer_advance(c, BULLY_T_TICK, c->now + opts->heartbeat_ns);
		return;
	}
	if (c->state == BULLY_STATE_FOLLOWER) {
		if (rhythm)
			bully_follow_rhythm(c);
		if (c->leader < c->id && bully_stands(c) && opts->preempt &&
		    (!preempted || !stood || c->clock.timer[BULLY_T_PREEMPT] != BULLY_NEVER))
			/* who was held and is ripe has its delay behind it (rule P8) */
			bully_timer_set(c, BULLY_T_PREEMPT, c->now +
					(held && c->preempt.delay_over ? 0 : opts->preempt_delay_ns));
		return;
	}
	if (bully_linked(c) && stood != bully_stands(c))
		bully_become_init(c, reason);
}

static void set_link(struct bully_core *c, enum bully_link link)
{
	if (c->link == link)
		return;
	c->link = link;
	if (c->stopped)
		return;
	bully_become_init(c, bully_linked(c) ? BULLY_REASON_START : BULLY_REASON_LINK_DOWN);
}

static void stop(struct bully_core *c, enum bully_reason reason)
{
	if (c->stopped)
		return;
	c->stopped = true;
	if (c->state == BULLY_STATE_LEADER) {
		bully_lead_resign(c, reason);
	} else {
		u32 leader = c->leader;

		bully_become_init(c, reason);
		/* tell the leader, so that it need not miss us (rule S4) */
		if (leader)
			bully_send(c, BULLY_TO_PEER, leader, BULLY_MSG_RESIGN, 0);
	}
	bully_timers_clear(c);
}

/* The operator wants this node to lead (rule P4); from a lease, only by a handover (R11). */
static void admin_elect(struct bully_core *c)
{
	if (!bully_quorum(c) || (c->state != BULLY_STATE_FOLLOWER &&
				 c->state != BULLY_STATE_LEADER)) {
		bully_elect(c, BULLY_REASON_ADMIN);
	} else if (c->state == BULLY_STATE_LEADER) {
		bully_claim_above(c, c->lease.claim);
	} else {
		c->preempt.ask_tries = 0;
		c->preempt.asked = true;
		bully_ask_handover(c);
	}
}

/* R8: nothing that rests on a clock may be relied upon; what this voter granted may be
 * forgotten, as in a restart (R4).
 */
static void doubt(struct bully_core *c, u64 session)
{
	struct bully_peer *p;
	u32 i;

	if (c->stopped)
		return;
	if (session) {
		c->session = session;
		bully_for_each_peer(c, i, p)
			p->proved = false;
	}
	c->stats.voided++;
	c->grant.floor = bully_max(c->grant.floor, c->wall_us);	/* R5 */
	bully_abstain(c);
	bully_become_init(c, BULLY_REASON_TIME_DOUBT);
}

static enum bully_drop dispatch(struct bully_core *c, const struct bully_event *ev)
{
	switch (ev->type) {
	case BULLY_EV_START:
		c->opts = *ev->opts;
		c->holddown.started_at = c->now;
		bully_peer_hashes(c);
		c->stopped = false;
		c->grant.floor = c->wall_us;			/* R5 */
		bully_abstain(c);
		bully_become_init(c, BULLY_REASON_START);
		break;
	case BULLY_EV_TIMER:
		if (!c->stopped)
			bully_timers_fire(c);
		break;
	case BULLY_EV_MSG:
		c->elsewhere = ev->elsewhere;
		return bully_receive(c, ev->msg, ev->tag);
	case BULLY_EV_DROP:
		c->stats.drops[ev->drop]++;
		return ev->drop;
	case BULLY_EV_LINK:
		set_link(c, ev->link);
		break;
	case BULLY_EV_OPTS:
		set_opts(c, ev->opts, ev->reason ? ev->reason : BULLY_REASON_CONFIG);
		break;
	case BULLY_EV_PEER_ADD:
		bully_peer_insert(c, ev->peer);
		break;
	case BULLY_EV_PEER_SET:
		c->set.configured = ev->peer->id;
		ev->peer->role = ev->role;
		bully_peer_hashes(c);
		bully_peer_forget(c, ev->peer);
		if (c->stopped)
			break;
		bully_note(c, BULLY_NOTE_CONFIG, BULLY_REASON_CONFIG);
		if (c->state == BULLY_STATE_FOLLOWER && c->leader == ev->peer->id &&
		    ev->role != BULLY_ROLE_CANDIDATE)
			bully_leader_lost(c, BULLY_REASON_CONFIG);
		break;
	case BULLY_EV_PEER_DEL:
		bully_peer_remove(c, ev->peer);
		break;
	case BULLY_EV_ELECT:
		c->stand.resigned = false;
		c->stand.lonely = false;
		bully_holddown_end(c);
		admin_elect(c);
		break;
	case BULLY_EV_RESIGN:
		c->stand.resigned = true;
		c->stand.successor = 0;
		bully_lead_resign(c, BULLY_REASON_RESIGNED);
		break;
	case BULLY_EV_DOUBT:
		doubt(c, ev->session);
		break;
	case BULLY_EV_STOP:
		stop(c, ev->reason);
		break;
	}
	return BULLY_DROP_NONE;
}

/* R8: a clock that leapt has ended this voter's grant early; holders may rely on it yet. */
static void leapt(struct bully_core *c)
{
	u64 due = bully_core_deadline(c);

	if (bully_quorum(c) && c->now > due && c->now - due > c->opts.lease_ns)
		bully_abstain(c);
}

enum bully_drop bully_core_step(struct bully_core *c, const struct bully_event *ev,
				struct bully_actions *out)
{
	enum bully_drop verdict;

	out->n = 0;
	c->outbox.out = out;
	c->now = bully_max(c->now, ev->now);
	c->wall_us = bully_min(ev->wall_us, EPOCH_BEGIN_MAX);
	if (!c->stopped) {
		leapt(c);
		bully_lease_check(c);		/* R9 */
	}
	verdict = dispatch(c, ev);
	c->outbox.out = NULL;
	return verdict;
}

const char *bully_core_may_elect(const struct bully_core *c)
{
	if (c->link == BULLY_LINK_NO_PEERS && !bully_linked(c))
		return "this group has no peers";
	if (!bully_linked(c))
		return "this group has no link to any peer";
	if (c->opts.role != BULLY_ROLE_CANDIDATE)
		return "this node's role never leads";
	if (!c->opts.candidate)
		return "this node does not stand: candidate is off";
	if (c->stand.duplicate)
		return "this node does not stand: another node bears its id";
	if (c->stand.unreached)
		return "this node does not stand: its peers have another address for it";
	if (bully_quorum(c) && c->set.voters == 1 && c->opts.voters != 1)
		return "this group has no other voter: voters 1 lets this node lead alone";
	if (!bully_set_complete(c))
		return "fewer voters are configured than the option voters demands";
	if (bully_quorum(c) && c->state == BULLY_STATE_FOLLOWER && c->leader > c->id)
		return "the leader has a higher id and holds the lease: let it resign there";
	return NULL;
}

const char *bully_core_may_resign(const struct bully_core *c)
{
	if (c->state != BULLY_STATE_LEADER)
		return "this node does not lead the group";
	if (!bully_lead_successor(c))
		return "no other eligible node is up to take over";
	return NULL;
}

u64 bully_core_lease_end(const struct bully_core *c)
{
	if (c->state != BULLY_STATE_LEADER)
		return 0;
	return bully_quorum(c) ? c->lease.until : BULLY_NEVER;
}

void bully_core_quorum(const struct bully_core *c, u64 now, struct bully_quorum_view *view)
{
	u64 end = c->grant.at + c->opts.lease_ns;

	memset(view, 0, sizeof(*view));
	view->seen_leader = c->role.seen_leader;
	view->holddown_remaining_ns = bully_core_holddown(c, now);
	if (!bully_quorum(c))
		return;
	view->majority = bully_majority(c);
	view->grants = bully_grants(c, now);
	if (c->state == BULLY_STATE_LEADER && c->lease.until > now)
		view->lease_remaining_ns = c->lease.until - now;
	if (!bully_votes(c))
		return;
	if (c->grant.abstain_until > now)
		view->abstain_remaining_ns = c->grant.abstain_until - now;
	if (c->grant.id && !c->grant.resigned && end > now) {
		view->grant_to = c->grant.id;
		view->grant_remaining_ns = end - now;
	}
}
