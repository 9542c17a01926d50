// SPDX-License-Identifier: GPL-2.0
/* wait.c - who is worth waiting for in an election, and for how long */
#include "internal.h"

/* E6: returns true if the peer may answer ELECTION with OK; one that is down will not. */
static bool may_answer(const struct bully_core *c, const struct bully_peer *p)
{
	/* R16: nor is one waited for that has had its chance, or did not answer HELLO */
	if (bully_quorum(c) && (p->election.passed || (c->listen.done && !p->listen.answered)))
		return false;
	/* one with another set of voters wins nothing (R7) */
	return p->id > c->id && p->role == BULLY_ROLE_CANDIDATE &&
	       p->state != BULLY_PEER_STATE_DOWN && !p->election.declined && !p->set.differ;
}

bool bully_anybody_may_answer(const struct bully_core *c)
{
	u32 i;

	for (i = 0; i < c->n_peers; i++)
		if (may_answer(c, c->peer[i]))
			return true;
	return false;
}

/* Returns the number of live nodes that would rather lead. */
u32 bully_rank(const struct bully_core *c)
{
	u32 i, rank = 0;

	for (i = 0; i < c->n_peers; i++) {
		const struct bully_peer *p = c->peer[i];

		if (p->id < c->id || p->role != BULLY_ROLE_CANDIDATE ||
		    p->state != BULLY_PEER_STATE_UP || p->id == c->leader || p->set.differ)
			continue;
		/* one that said so just now will not */
		rank += p->stands || c->now - p->heard > bully_detection(c);
	}
	return rank;
}

/* How long an OK may take: four round trips to the slowest, within bounds. */
u64 bully_ok_wait(const struct bully_core *c)
{
	/* in quorum mode a claim too early deposes nobody */
	u64 wait = c->opts.heartbeat_ns / (bully_quorum(c) ? 4 : 2);
	u32 i;

	for (i = 0; i < c->n_peers; i++) {
		const struct bully_peer *p = c->peer[i];

		if (may_answer(c, p))
			wait = bully_max(wait, p->rtt ? 4 * p->rtt : c->opts.heartbeat_ns);
	}
	return bully_min(wait, bully_detection(c)) + c->opts.look_ns;
}

/* R15: so long the answers to a claim may take. */
u64 bully_answer_wait(const struct bully_core *c)
{
	u64 wait = c->opts.heartbeat_ns / 2;
	u32 i;

	for (i = 0; i < c->n_peers; i++)
		if (c->peer[i]->role != BULLY_ROLE_OBSERVER)
			wait = bully_max(wait, 4 * c->peer[i]->rtt);
	return bully_min(wait, bully_detection(c)) + c->opts.look_ns;
}

/* How long to wait for somebody's COORDINATOR. */
u64 bully_coord_wait(struct bully_core *c)
{
	/* those who do not stand cannot act on silence, only look again */
	u64 wait = bully_detection(c) + 2 * bully_ok_wait(c), hb = c->opts.heartbeat_ns;
	u64 free = bully_vote_free(c);

	if (bully_quorum(c) && bully_stands(c) && bully_told_fresh(c))
		return bully_jittered(c, hb << bully_min(2 * c->role.rounds, 3));
	if (!bully_quorum(c) || !bully_stands(c))
		return bully_jittered(c, c->stand.duplicate ? wait : wait << bully_min(c->role.rounds, 3));
	/* R16: who was granted asks again each heartbeat, or says that it gives up */
	if (bully_vote_claimed(c, c->grant.id, c->grant.session, c->grant.epoch))
		return 3 * hb / 2 + bully_jitter(c, hb / 2);
	wait = (bully_answer_wait(c) + hb / 8) << (c->role.rounds > 1 ? bully_min(c->role.rounds - 1, 3) : 0);
	/* while this vote is not free, neither are those of others */
	wait = bully_max(wait, free > c->now ? free - c->now + hb / 4 : 0);
	return wait + bully_jitter(c, hb / 4);
}

/* How long to leave the first move to live nodes with higher ids. */
u64 bully_stagger_wait(const struct bully_core *c)
{
	u64 hb = c->opts.heartbeat_ns, rank = bully_max(bully_rank(c), 1) - 1;

	/* all notice within a heartbeat of each other (rule E7) */
	return hb + (bully_quorum(c) ? bully_min(rank, 4) * (hb / 8) : rank * (hb / 4)) +
	       c->opts.look_ns;
}
