// SPDX-License-Identifier: GPL-2.0-only
/* listen.c - a node without a leader: which peers it asks, and which answer (E1, H8, R14) */
#include "address.h"
#include "clock.h"
#include "hello.h"
#include "listen.h"
#include "peers.h"
#include "set.h"
#include "stand.h"

/* R14: returns true if no majority has answered, so far. */
bool bully_listen_is_lonely(const struct bully_core *c)
{
	u32 i, answered = bully_set_is_voter(c);

	for (i = 0; i < c->n_peers; i++)
		answered += c->peer[i]->role != BULLY_ROLE_OBSERVER && c->peer[i]->answered;
	return bully_leases(c) && answered < bully_set_majority(c);
}

/* H8: there is no leader from now on. Peers are judged from now on, too; an election ends before
 * the first question.
 */
void bully_listen_alone(struct bully_core *c)
{
	c->listen.judged_from = c->now;
	c->listen.ask_due = c->now + 2 * c->opts.heartbeat_ns;
}

/* R14, R16: this node has listened long enough. */
void bully_listen_done(struct bully_core *c)
{
	c->listen.lonely = bully_listen_is_lonely(c);
	c->listen.done = true;
}

/* H8: without a leader no other node says which peers live. A peer that was silent for too long is
 * down.
 */
static void judge_silence(struct bully_core *c)
{
	u64 hb = c->opts.heartbeat_ns, due = c->clock.timer[BULLY_T_HELLO];
	struct bully_peer *p;
	u32 i;

	/* H4: this node was late itself, and so are its questions */
	if (due < c->now && c->now - due > hb / 2)
		c->listen.judged_from = c->now;
	bully_for_each_peer(c, i, p)
		if (p->state != BULLY_PEER_STATE_DOWN &&
		    c->now - bully_max(p->heard, c->listen.judged_from) >
		    bully_detection_of(c, p) + 2 * hb)
			bully_peer_lost(c, p);
}

/* Returns whether a node that listens (E1), or has no leader (H8, R14), asks this peer now. */
static bool to_ask(const struct bully_core *c, const struct bully_peer *p)
{
	if (c->role.phase == BULLY_PHASE_LISTEN || (c->listen.lonely && !p->answered))
		return !p->answered;
	return !p->heard || c->now - p->heard > c->opts.heartbeat_ns / 2;
}

static void hello_silent(struct bully_core *c)
{
	u32 i, missing = 0;
	struct bully_peer *p;

	bully_for_each_peer(c, i, p)
		missing += to_ask(c, p);
	if (missing == c->n_peers || missing > BULLY_ACTIONS / 2) {
		bully_hello_all(c);
		return;
	}
	bully_for_each_peer(c, i, p)
		if (to_ask(c, p))
			bully_hello(c, p);
}

void bully_listen_ask(struct bully_core *c)
{
	u64 hb = c->opts.heartbeat_ns, next = BULLY_NEVER;

	bully_address_expire(c);
	if (c->state == BULLY_STATE_LEADER) {
		next = bully_hello_lost(c);
	} else if (!c->leader && c->n_peers && bully_stand_linked(c)) {
		judge_silence(c);
		hello_silent(c);
		next = c->now + (c->role.phase == BULLY_PHASE_LISTEN ? hb / 2 :
				 hb - bully_jitter(c, hb / 4));
		c->listen.ask_due = next;
	}
	bully_timer_set(c, BULLY_T_HELLO, next);
}
