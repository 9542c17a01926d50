// SPDX-License-Identifier: GPL-2.0-only
/* position.c - which node has the newest data, as far as that was told (F4) */
#include "position.h"
#include "set.h"

/* F6: returns true if a majority lives that is not ahead of the peer, and so would vote for it. */
bool bully_position_can_win(const struct bully_core *c, const struct bully_peer *p)
{
	u32 i, votes = bully_set_is_voter(c) && !bully_position_ahead(c->position, p->position);
	struct bully_peer *q;

	bully_for_each_peer(c, i, q)
		votes += q->role != BULLY_ROLE_OBSERVER && q->state == BULLY_PEER_STATE_UP &&
			 !q->set.differ && !bully_position_ahead(q->position, p->position);
	return votes >= bully_set_majority(c);
}
