// SPDX-License-Identifier: GPL-2.0-only
/* wait.c - which nodes are worth waiting for in an election, and for how long */
#include "rank.h"
#include "wait.h"

/* E6: returns true if the peer may answer ELECTION with OK; one that is down will not. */
static bool may_answer(const struct bully_core *c, const struct bully_peer *p)
{
	/* R16: a peer that had its chance, or did not answer HELLO, is not waited for */
	if (bully_leases(c) && (p->election.passed || (c->listen.done && !p->answered)))
		return false;
	/* one with another set of voters wins nothing (R7) */
	return bully_rank_is_higher(c, p) && p->role == BULLY_ROLE_CANDIDATE &&
	       p->state != BULLY_PEER_STATE_DOWN && !p->election.declined && !p->set.differ;
}

bool bully_wait_for_any(const struct bully_core *c)
{
	u32 i;

	for (i = 0; i < c->n_peers; i++)
		if (may_answer(c, c->peer[i]))
			return true;
	return false;
}

/* Returns the number of live nodes that would rather lead. */
u32 bully_wait_rank(const struct bully_core *c)
{
	u32 i, rank = 0;

	for (i = 0; i < c->n_peers; i++) {
		const struct bully_peer *p = c->peer[i];

		if (!bully_rank_is_higher(c, p) || p->role != BULLY_ROLE_CANDIDATE ||
		    p->state != BULLY_PEER_STATE_UP || p->id == c->leader || p->set.differ)
			continue;
		/* one that said so just now will not */
		rank += p->stands || c->now - p->heard > bully_detection(c);
	}
	return rank;
}

/* How long an OK may take: four round trips to the slowest, within bounds. */
u64 bully_wait_ok(const struct bully_core *c)
{
	/* in quorum mode a claim too early deposes nobody */
	u64 wait = c->opts.heartbeat_ns / (bully_leases(c) ? 4 : 2);
	u32 i;

	for (i = 0; i < c->n_peers; i++) {
		const struct bully_peer *p = c->peer[i];

		if (may_answer(c, p))
			wait = bully_max(wait, p->rtt ? 4 * p->rtt : c->opts.heartbeat_ns);
	}
	return bully_min(wait, bully_detection(c)) + c->opts.look_ns;
}

/* R15: so long the answers to a claim may take. */
u64 bully_wait_votes(const struct bully_core *c)
{
	u64 wait = c->opts.heartbeat_ns / 2;
	u32 i;

	for (i = 0; i < c->n_peers; i++)
		if (c->peer[i]->role != BULLY_ROLE_OBSERVER)
			wait = bully_max(wait, 4 * c->peer[i]->rtt);
	return bully_min(wait, bully_detection(c)) + c->opts.look_ns;
}

/* R16: a peer that was waited for in vain may be waited for again. */
void bully_wait_forget_chances(struct bully_core *c)
{
	u32 i;

	for (i = 0; i < c->n_peers; i++)
		c->peer[i]->election.passed = false;
}

/* R16: returns true if the peer, which stands, has not been waited for yet; now it is. */
bool bully_wait_once(struct bully_peer *p)
{
	if (p->election.passed)
		return false;
	p->election.passed = true;
	return true;
}

/* An election begins: returns true if there is a higher candidate. */
bool bully_wait_begin(struct bully_core *c)
{
	bool higher = false;
	struct bully_peer *p;
	u32 i;

	bully_for_each_peer(c, i, p) {
		p->election.declined = false;
		higher |= bully_rank_is_higher(c, p) && p->role == BULLY_ROLE_CANDIDATE;
	}
	return higher;
}
