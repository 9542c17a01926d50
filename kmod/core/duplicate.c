// SPDX-License-Identifier: GPL-2.0
/* duplicate.c - one id that two nodes bear: who notices it, and what the bearers do (D1, D2) */
#include "internal.h"

/* Another node bears our id; a third one has seen both (rule D2). */
void bully_duplicate(struct bully_core *c, const struct bully_peer *p)
{
	bool was = c->stand.duplicate;

	bully_timer_set(c, BULLY_T_DUPLICATE, c->now + 8 * bully_detection_of(c, p));
	if (was)
		return;
	c->stand.duplicate = true;
	c->stats.duplicates++;
	if (c->state == BULLY_STATE_LEADER)
		bully_lead_resign(c, BULLY_REASON_DUPLICATE_ID);
	else if (c->state == BULLY_STATE_ELECTION)
		bully_become_waiting(c, BULLY_REASON_DUPLICATE_ID, BULLY_PHASE_COORD);
	else
		bully_note(c, BULLY_NOTE_STATE, BULLY_REASON_DUPLICATE_ID);
}

void bully_duplicate_over(struct bully_core *c)
{
	c->stand.duplicate = false;
	c->stand.shut_out = false;
	if (c->state == BULLY_STATE_FOLLOWER)
		bully_note(c, BULLY_NOTE_STATE, BULLY_REASON_DUPLICATE_ID);
	bully_stand_again(c, BULLY_REASON_DUPLICATE_ID);
}

/* D1: two nodes have the id of @p; it is said for four detection times. */
void bully_duplicate_seen(struct bully_core *c, struct bully_peer *p)
{
	if (p->duplicate.until <= c->now) {
		c->stats.duplicates++;
		p->proof.challenge_at = 0;	/* the next HELLO is the news itself */
	}
	p->duplicate.until = c->now + 4 * bully_detection(c);
}
