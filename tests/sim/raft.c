// SPDX-License-Identifier: GPL-2.0-only
/* raft.c - implements the election of textbook Raft, without a log or pre-vote, for comparison */
#include <stdlib.h>

#include "raft.h"

/*
 * After D. Ongaro and J. Ousterhout, "In Search of an Understandable Consensus
 * Algorithm", 2014, section 5.2. Election timeouts are random in [T, 2T). An unanswered
 * message is sent again with the next heartbeat. All logs are empty, so a vote depends
 * only on the term. Term and vote survive a power cut, because they are on a disk.
 *
 * Messages have the form of bully's, with the term as their epoch. RequestVote is
 * ELECTION, its answer is OK. The first AppendEntries of a new leader is COORDINATOR, the
 * others are HEARTBEAT, and their answers are the acknowledgements of these types.
 *
 * A leader that leaves as planned hands over, as in Ongaro's thesis, 2014, section 3.10:
 * TimeoutNow is RESIGN.
 */

enum raft_role { RAFT_FOLLOWER, RAFT_CANDIDATE, RAFT_LEADER };

struct raft {
	u64 heartbeat;
	u64 timeout;
	bool up;
	enum raft_role role;
	u64 term;
	u32 voted;		/* in @term: address + 1, 0 for none */
	u32 leader;		/* of @term: address + 1, 0 if not known */
	u64 elect_at;		/* unless a leader's message arrives */
	u64 send_at;		/* a candidate's or a leader's next messages */
	u64 seq;
	bool answered[WORLD_NODES];	/* a candidate's RequestVote */
	bool granted[WORLD_NODES];
};

static u64 drawn(struct world *w, const struct raft *r)
{
	return r->timeout + world_below(w, r->timeout);
}

static void arm(struct node *n)
{
	const struct raft *r = n->raft;
	u64 at = r->role == RAFT_LEADER ? BULLY_NEVER : r->elect_at;

	if (r->role != RAFT_FOLLOWER && r->send_at < at)
		at = r->send_at;
	n->fire_at = r->up ? at : BULLY_NEVER;
}

static void send(struct world *w, struct node *n, u32 to, u8 type, bool grant)
{
	struct bully_msg m = {
		.type = type, .from = n->id, .to = w->node[to]->id, .from_session = 1,
		.to_session = 1, .seq = ++n->raft->seq, .epoch = n->raft->term,
		.flags = grant ? BULLY_F_GRANT : 0, .heartbeat_us = 100000, .misses = 3,
	};

	memcpy(m.group, w->group, BULLY_NAME_LEN);
	net_send(w, n, to, &m, false);
}

/* Sends to all; a candidate sends to those that have not answered. */
static void send_all(struct world *w, struct node *n, u8 type)
{
	struct raft *r = n->raft;
	u32 i;

	r->send_at = w->now + r->heartbeat;
	for (i = 0; i < w->n; i++)
		if (i != n->addr && !(type == BULLY_MSG_ELECTION && r->answered[i]))
			send(w, n, i, type, false);
}

static void follow(struct world *w, struct raft *r, u64 term)
{
	if (term > r->term) {
		r->term = term;
		r->voted = 0;
		r->leader = 0;
	}
	if (r->role == RAFT_LEADER)
		r->elect_at = w->now + drawn(w, r);
	r->role = RAFT_FOLLOWER;
}

static void lead(struct world *w, struct node *n)
{
	struct raft *r = n->raft;
	u32 i;

	for (i = 0; i < w->n; i++) {
		const struct raft *other = w->node[i]->raft;

		if (other != r && other->role == RAFT_LEADER && other->term == r->term)
			world_fail(w, "raft", "two leaders in term %llu",
				   (unsigned long long)r->term);
	}
	r->role = RAFT_LEADER;
	r->leader = n->addr + 1;
	send_all(w, n, BULLY_MSG_COORDINATOR);
}

static void count(struct world *w, struct node *n)
{
	u32 votes = 0, i;

	for (i = 0; i < w->n; i++)
		votes += n->raft->granted[i];
	if (n->raft->role == RAFT_CANDIDATE && votes > w->n / 2)
		lead(w, n);
}

static void stand(struct world *w, struct node *n)
{
	struct raft *r = n->raft;

	r->role = RAFT_CANDIDATE;
	r->term++;
	r->leader = 0;
	r->voted = n->addr + 1;
	r->elect_at = w->now + drawn(w, r);
	memset(r->answered, 0, sizeof(r->answered));
	memset(r->granted, 0, sizeof(r->granted));
	r->granted[n->addr] = true;
	send_all(w, n, BULLY_MSG_ELECTION);
	count(w, n);
}

static void on_timer(struct world *w, struct node *n)
{
	struct raft *r = n->raft;

	if (r->role != RAFT_LEADER && r->elect_at <= w->now)
		stand(w, n);
	else if (r->role != RAFT_FOLLOWER && r->send_at <= w->now)
		send_all(w, n, r->role == RAFT_LEADER ? BULLY_MSG_HEARTBEAT : BULLY_MSG_ELECTION);
	arm(n);
}

static void on_request(struct world *w, struct node *n, u32 from, u64 term)
{
	struct raft *r = n->raft;
	bool grant = term == r->term && (!r->voted || r->voted == from + 1);

	if (grant && r->role == RAFT_FOLLOWER) {
		r->voted = from + 1;
		r->elect_at = w->now + drawn(w, r);
	}
	send(w, n, from, BULLY_MSG_OK, grant && r->role == RAFT_FOLLOWER);
}

static void on_append(struct world *w, struct node *n, u32 from, u8 type, u64 term)
{
	struct raft *r = n->raft;

	if (term == r->term) {
		r->role = RAFT_FOLLOWER;
		r->leader = from + 1;
		r->elect_at = w->now + drawn(w, r);
	}
	send(w, n, from, type == BULLY_MSG_HEARTBEAT ? BULLY_MSG_HEARTBEAT_ACK :
						       BULLY_MSG_COORDINATOR_ACK, false);
}

static void on_message(struct world *w, struct node *n, const struct bully_msg *msg)
{
	struct raft *r = n->raft;
	u32 from = msg->from - 1;	/* raft_world(): ids are addresses + 1 */

	if (!r->up)
		return;
	if (msg->epoch > r->term)
		follow(w, r, msg->epoch);
	switch (msg->type) {
	case BULLY_MSG_ELECTION:
		on_request(w, n, from, msg->epoch);
		break;
	case BULLY_MSG_COORDINATOR:
	case BULLY_MSG_HEARTBEAT:
		on_append(w, n, from, msg->type, msg->epoch);
		break;
	case BULLY_MSG_RESIGN:
		if (msg->epoch == r->term)
			stand(w, n);
		break;
	case BULLY_MSG_OK:
		if (msg->epoch != r->term)
			break;
		r->answered[from] = true;
		r->granted[from] |= msg->flags & BULLY_F_GRANT;
		count(w, n);
		break;
	default:
		break;
	}
	arm(n);
}

void raft_world(struct world *w, u64 heartbeat, u64 timeout)
{
	static const struct rival raft = { .receive = on_message, .timer = on_timer };
	u32 i;

	w->rival = &raft;
	for (i = 0; i < w->n; i++) {
		struct node *n = w->node[i];

		if (n->id != n->addr + 1)
			abort();
		n->raft = calloc(1, sizeof(*n->raft));
		if (!n->raft)
			abort();
		n->raft->heartbeat = heartbeat;
		n->raft->timeout = timeout;
	}
}

void raft_start(struct world *w, struct node *n, u64 first)
{
	struct raft *r = n->raft;

	r->up = true;
	r->role = RAFT_FOLLOWER;
	r->leader = 0;
	r->elect_at = w->now + (first ? first : drawn(w, r));
	arm(n);
}

void raft_crash(struct node *n)
{
	n->raft->up = false;
	n->raft->role = RAFT_FOLLOWER;
	arm(n);
}

void raft_leave(struct world *w, struct node *n)
{
	u32 i = n->raft->role == RAFT_LEADER ? w->n : 0;

	while (i--)
		if (i != n->addr && w->node[i]->raft->up)
			break;
	if (i < w->n)
		send(w, n, i, BULLY_MSG_RESIGN, false);
	raft_crash(n);
}

void raft_look(const struct node *n, struct raft_view *view)
{
	const struct raft *r = n->raft;

	view->up = r->up;
	view->leads = r->up && r->role == RAFT_LEADER;
	view->leader = r->up ? r->leader : 0;
	view->term = r->term;
}
