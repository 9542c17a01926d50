// SPDX-License-Identifier: GPL-2.0-only
/* hello.c - asks peers for their session, at their configured address */
#include "clock.h"
#include "hello.h"
#include "outbox.h"

/* Ask a peer for its session, at its configured address. */
void bully_hello(struct bully_core *c, struct bully_peer *p)
{
	bully_send(c, BULLY_TO_PEER, p->id, BULLY_MSG_HELLO, 0);
}

void bully_hello_all(struct bully_core *c)
{
	if (c->n_peers)
		bully_send(c, BULLY_TO_ALL, 0, BULLY_MSG_HELLO, 0);
}

/* S6: a leader asks this peer, which it has lost, at @when. */
void bully_hello_at(struct bully_core *c, struct bully_peer *p, u64 when)
{
	p->hello.due = when;
	if (c->state == BULLY_STATE_LEADER)
		bully_timer_advance(c, BULLY_T_HELLO, when);
}

/* S6: a leader asks peers that are down, more and more rarely but without end, since nothing else
 * brings the two sides of a healed partition together. Returns when to ask again.
 */
u64 bully_hello_lost(struct bully_core *c)
{
	u64 next = BULLY_NEVER;
	struct bully_peer *p;
	u32 i;

	bully_for_each_peer(c, i, p) {
		if (p->proved && p->state == BULLY_PEER_STATE_UP)
			continue;
		if (p->hello.due <= c->now) {
			bully_hello(c, p);
			p->hello.due = c->now + bully_jittered(c, bully_detection(c) <<
							       p->hello.tries);
			if (p->hello.tries < 3)
				p->hello.tries++;
		}
		next = bully_min(next, p->hello.due);
		if (bully_outbox_is_full(c))
			return c->now;
	}
	return next;
}

/* R9: returns true, once a heartbeat, if a doubtful message may cause a HELLO to the peer. */
bool bully_hello_may_challenge(struct bully_core *c, struct bully_peer *p)
{
	if (p->hello.challenged_at && c->now - p->hello.challenged_at < c->opts.heartbeat_ns)
		return false;
	p->hello.challenged_at = c->now;
	return true;
}
