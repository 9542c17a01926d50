// SPDX-License-Identifier: GPL-2.0-only
/* check.c - checks the invariants */
#include "check.h"
#include "safety.h"

#define SPINS_MAX	6	/* timer steps at one instant of a node's clock; one more for a dozen peers */
#define STEPS_MAX	4000	/* steps of a node in a millisecond, floods included */

/* Notes a start of a node: promises to the user of its earlier life have ended. */
void check_born(struct node *n)
{
	u64 changes = n->seen.leader_changes, peers = n->seen.peer_events;

	memset(&n->seen, 0, sizeof(n->seen));
	n->seen.leader_changes = changes;
	n->seen.peer_events = peers;
}

bool check_stands(const struct node *n)
{
	const struct bully_core *c = n->core;

	return node_up(n) && c->opts.role == BULLY_ROLE_CANDIDATE && c->opts.candidate &&
	       !c->stand.resigned && !c->duplicate.own;
}

static void check_shape(struct world *w, struct node *n)
{
	const struct bully_core *c = n->core;

	switch (c->state) {
	case BULLY_STATE_LEADER:
		if (c->leader != c->id)
			world_fail(w, "shape", "node %s leads, but reports %u", n->label,
				   c->leader);
		if (c->stopped || (c->link != BULLY_LINK_UP && c->opts.voters != 1))
			world_fail(w, "C2", "node %s leads while stopped or without link",
				   n->label);
		if (c->opts.role != BULLY_ROLE_CANDIDATE || !c->opts.candidate || c->stand.resigned ||
		    c->duplicate.own)
			world_fail(w, "eligible", "node %s leads and does not stand", n->label);
		break;
	case BULLY_STATE_FOLLOWER:
		if (!c->leader || c->leader == c->id || !bully_core_find(c, c->leader))
			world_fail(w, "shape", "node %s follows %u", n->label, c->leader);
		break;
	default:
		if (c->leader)
			world_fail(w, "shape", "node %s is %s and has leader %u", n->label,
				   print_state(c->state), c->leader);
	}
}

/* Returns the rank of a peer as the node knows it (P11). */
static u64 known_rank(const struct bully_core *c, u32 id)
{
	const struct bully_peer *p = bully_core_find(c, id);

	return check_rank(p && p->ranked ? p->priority : c->opts.priority, id);
}

/* C1: a resigned node does not stand while its successor leads; a lower leader ends that. */
static void check_resigned(struct world *w, struct node *n)
{
	const struct bully_core *c = n->core;

	if (!c->stand.resigned || c->state == BULLY_STATE_LEADER) {
		n->seen.successor = 0;
	} else if (c->leader) {
		if (n->seen.successor && c->leader != n->seen.successor &&
		    known_rank(c, c->leader) < known_rank(c, n->seen.successor))
			world_fail(w, "C1", "node %s stays resigned under %u, but left to %u",
				   n->label, c->leader, n->seen.successor);
		n->seen.successor = c->leader;
	}
}

void check_step(struct world *w, struct node *n, const struct bully_event *ev,
		const struct bully_actions *out)
{
	const struct bully_core *c = n->core;
	u64 ms = w->now / MS;

	(void)ev;
	if (c->stats.actions_lost)
		world_fail(w, "actions", "node %s lost an action", n->label);
	if (out->n > BULLY_ACTIONS)
		world_fail(w, "actions", "node %s overran the table", n->label);
	check_shape(w, n);
	check_resigned(w, n);
	safety_step(w, n);
	if (n->seen.steps_at != ms) {
		n->seen.steps_at = ms;
		n->seen.steps = 0;
	}
	if (++n->seen.steps > STEPS_MAX)
		world_fail(w, "progress", "node %s took %u steps in a millisecond", n->label,
			   n->seen.steps);
	if (c->stopped && bully_core_deadline(c) != BULLY_NEVER)
		world_fail(w, "timers", "node %s is stopped and wants to be woken", n->label);
}

/* A timer step must set a later deadline. */
void check_timer(struct world *w, struct node *n)
{
	u64 now = n->core->now;

	if (bully_core_deadline(n->core) > now) {
		n->seen.spins = 0;
		return;
	}
	if (n->seen.spin_at != now)
		n->seen.spins = 0;
	n->seen.spin_at = now;
	if (++n->seen.spins > SPINS_MAX + w->n / (BULLY_ACTIONS / 2))
		world_fail(w, "progress", "node %s does not move its deadline on", n->label);
}

static bool may_be_leader(const struct node *n, u32 id)
{
	const struct bully_peer *p = bully_core_find(n->core, id);

	return p && p->role == BULLY_ROLE_CANDIDATE;
}

/* P8: a held-down node replaces no leader, except by an election from before it knew that. */
static bool preempts_held(const struct node *n, const struct bully_note *note)
{
	const struct bully_core *c = n->core;

	if (note->reason != BULLY_REASON_PREEMPTED || n->lazy ||	/* its drain may be late */
	    (note->state != BULLY_STATE_ELECTION && note->leader != n->id) ||
	    n->seen.note_state == BULLY_STATE_ELECTION)
		return false;
	return c->opts.holddown && c->holddown.until > c->now &&
	       c->now - c->holddown.started_at < c->opts.holddown_max_ns;
}

static void check_leader_note(struct world *w, struct node *n, const struct bully_note *note)
{
	struct witness *s = &n->seen;

	if (preempts_held(n, note))
		world_fail(w, "P8", "node %s preempts although it is held down", n->label);

	if (note->epoch < s->note_epoch)
		world_fail(w, "epoch", "node %s reports an epoch below the last: %llu < %llu",
			   n->label, (unsigned long long)note->epoch,
			   (unsigned long long)s->note_epoch);
	if (note->epoch > BULLY_EPOCH_MAX)
		world_fail(w, "epoch", "node %s reports an epoch above 2^53", n->label);
	if (note->leader == n->id && note->epoch <= s->claimed &&
	    (s->note_leader != n->id || note->epoch != s->claimed))
		world_fail(w, "epoch", "node %s claims an epoch twice", n->label);
	/* two sides of a partition may choose the same epoch; then the higher id counts as later */
	if (note->leader && note->epoch == s->note_epoch && note->leader < s->last_leader)
		world_fail(w, "epoch", "node %s reports leader %u after %u with one epoch",
			   n->label, note->leader, s->last_leader);
	if (note->leader)
		s->last_leader = note->leader;
	if (note->leader == n->id)
		s->claimed = note->epoch;
	/* R12 and C1: only a node that may lead is reported (a lazy drain may outlive a peer) */
	if (note->leader && note->leader != n->id && !may_be_leader(n, note->leader) && !n->lazy)
		world_fail(w, "eligible", "node %s reports %u as leader, no candidate of its",
			   n->label, note->leader);
	if (note->leader != s->note_leader)
		s->leader_changes++;
	s->note_state = note->state;
	s->note_leader = note->leader;
	s->note_epoch = note->epoch;
}

/* An event about a peer may report only its address. */
static bool up_or_down(const struct node *n, const struct bully_note *note)
{
	struct slot *s = (struct slot *)bully_core_find(n->core, note->peer);
	u8 was;

	if (note->kind != BULLY_NOTE_PEERS || !s)
		return false;
	was = s->noted;
	s->noted = note->peer_state;
	return was != s->noted;
}

void check_note(struct world *w, struct node *n, const struct bully_note *note)
{
	if (note->seq != n->seen.note_seq + 1)
		world_fail(w, "events", "node %s skips from event %llu to %llu", n->label,
			   (unsigned long long)n->seen.note_seq, (unsigned long long)note->seq);
	n->seen.note_seq = note->seq;
	n->seen.reasons[note->reason]++;
	n->seen.peer_events += up_or_down(n, note);
	if (n->core->event_seq != note->seq)
		world_fail(w, "events", "node %s shows another event_seq", n->label);
	if (note->kind == BULLY_NOTE_LEADER || note->kind == BULLY_NOTE_STATE)
		check_leader_note(w, n, note);
	if (note->kind == BULLY_NOTE_LEADER)
		safety_note(w, n, note);
	if (note->kind == BULLY_NOTE_STATE && note->leader != n->seen.note_leader)
		world_fail(w, "events", "node %s changes the leader in a state event", n->label);
}

void check_msg(struct world *w, struct node *n, const struct bully_msg *msg)
{
	struct witness *s = &n->seen;

	safety_msg(w, n, msg);
	if (msg->from != n->id || msg->to == n->id)
		world_fail(w, "message", "node %s sends %s from %u to %u", n->label,
			   print_type(msg->type), msg->from, msg->to);
	if (msg->type == BULLY_MSG_COORDINATOR) {
		if (msg->epoch < s->coord_epoch)
			world_fail(w, "epoch", "node %s claims again with an older epoch",
				   n->label);
		s->claims += msg->epoch != s->coord_epoch;
		s->coord_epoch = msg->epoch;
		if (msg->leader != n->id)
			world_fail(w, "message", "node %s announces %u", n->label, msg->leader);
		if (n->opts.role != BULLY_ROLE_CANDIDATE && !n->lazy)
			world_fail(w, "eligible", "node %s claims and is no candidate", n->label);
	}
	/* E5: an election is held with higher nodes only; R11: a lower leader is asked for the lease */
	if (msg->type == BULLY_MSG_ELECTION && n->opts.quorum == BULLY_QUORUM_OFF &&
	    known_rank(n->core, msg->to) < check_rank_of(n))
		world_fail(w, "message", "node %s sends ELECTION down to %u", n->label, msg->to);
	/* answers have an echo, and no other message has one */
	if ((msg->type == BULLY_MSG_OK || msg->type == BULLY_MSG_COORDINATOR_ACK ||
	     msg->type == BULLY_MSG_HEARTBEAT_ACK || msg->type == BULLY_MSG_HELLO_ACK) &&
	    !msg->echo)
		world_fail(w, "message", "node %s sends %s that answers nothing", n->label,
			   print_type(msg->type));
}

bool check_held(const struct world *w, const struct node *n)
{
	return n->core && bully_core_holddown(n->core, node_local(n, w->now));
}

/* Returns true if the configuration lets the node stand; a resignation does not count. */
static bool configured(const struct node *n)
{
	return node_up(n) && n->core->opts.role == BULLY_ROLE_CANDIDATE &&
	       n->core->opts.candidate && !n->core->duplicate.own;
}

const char *check_agreed(struct world *w, u64 side)
{
	static char why[200];
	const struct node *leader = NULL, *first = NULL;
	bool wanted = false;
	u32 i;

	for (i = 0; i < w->n; i++) {
		const struct node *n = w->node[i];

		if (!world_in_set(side, i) || !node_up(n))
			continue;
		wanted |= configured(n);
		if (!first)
			first = n;
		if (n->core->leader != first->core->leader ||
		    (n->core->leader && n->core->epoch != first->core->epoch)) {
			snprintf(why, sizeof(why), "%s says leader %u epoch %llu, %s says %u, %llu",
				 first->label, first->core->leader,
				 (unsigned long long)first->core->epoch, n->label,
				 n->core->leader, (unsigned long long)n->core->epoch);
			return why;
		}
		if (n->core->state == BULLY_STATE_LEADER)
			leader = n;
	}
	if (!first)
		return NULL;
	if (!first->core->leader) {
		snprintf(why, sizeof(why), "no node leads");
		return wanted ? why : NULL;
	}
	if (!leader) {
		snprintf(why, sizeof(why), "%u is followed and does not lead", first->core->leader);
		return why;
	}
	for (i = 0; i < w->n; i++) {
		const struct node *n = w->node[i];

		/* a higher node that stands and preempts must lead instead */
		if (world_in_set(side, i) && check_stands(n) && check_rank_of(n) > check_rank_of(leader) &&
		    n->core->opts.preempt && !check_held(w, n)) {
			snprintf(why, sizeof(why), "%u leads although %u stands and preempts",
				 leader->id, n->id);
			return why;
		}
	}
	return NULL;
}
