// SPDX-License-Identifier: GPL-2.0-only
/* notice.c - peers tell this node that another node has its id, or that its address is wrong */
#include "address.h"
#include "duplicate.h"
#include "hello.h"
#include "notice.h"
#include "outbox.h"
#include "role.h"
#include "session.h"
#include "stand.h"

/* D2: another node has our id; a third node has seen both. */
void bully_notice_duplicate(struct bully_core *c, const struct bully_peer *p)
{
	if (bully_duplicate_own(c, p) && !bully_role_step_down(c, BULLY_REASON_DUPLICATE_ID))
		bully_note(c, BULLY_NOTE_STATE, BULLY_REASON_DUPLICATE_ID);
}

/* D2: no peer has said so for a while. */
void bully_notice_duplicate_over(struct bully_core *c)
{
	bully_duplicate_over(c);
	if (c->state == BULLY_STATE_FOLLOWER)
		bully_note(c, BULLY_NOTE_STATE, BULLY_REASON_DUPLICATE_ID);
	bully_role_stand_again(c, BULLY_REASON_DUPLICATE_ID);
}

/* S10: a peer was received, or no notice has come for long. */
void bully_notice_unreached_over(struct bully_core *c)
{
	bully_address_reached(c);
	if (bully_stand_linked(c))
		bully_role_stand_again(c, BULLY_REASON_START);
}

/* S9: a notice: the peer receives us from another address than the one that it has for us. */
static enum bully_drop on_notice(struct bully_core *c, struct bully_peer *p,
				 const struct bully_msg *m)
{
	enum bully_drop drop = bully_session_answer_hello(c, p, m);

	if (drop)
		return drop;
	bully_address_found(c, p, BULLY_ADDRESS_MISTAKEN);
	if (bully_address_unreached(c, p))
		bully_role_step_down(c, BULLY_REASON_LINK_DOWN);
	if (m->flags & BULLY_F_DUPLICATE)
		bully_notice_duplicate(c, p);
	return BULLY_DROP_NONE;
}

/* S9: a notice, or the answer to one. Nothing else in it is believed. */
enum bully_drop bully_notice_receive(struct bully_core *c, struct bully_peer *p,
				     const struct bully_msg *m)
{
	if (m->type == BULLY_MSG_HELLO)
		return on_notice(c, p, m);
	if (m->type != BULLY_MSG_HELLO_ACK)
		return BULLY_DROP_UNEXPECTED;
	if (!bully_address_notice_answered(p, m))
		return BULLY_DROP_ECHO;
	if (!p->proved)
		bully_address_found(c, p, BULLY_ADDRESS_ELSEWHERE);
	else if (m->from_session != p->session &&
		 c->now - p->heard <= bully_detection_of(c, p) &&
		 bully_duplicate_seen(c, p))			/* D1 */
		bully_hello_challenge_again(p);
	return BULLY_DROP_NONE;
}
