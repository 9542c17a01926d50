// SPDX-License-Identifier: GPL-2.0-only
/* ballot.c - the fixture of quorum mode: a voter, a claimant, a leader, and their messages */
#include "ballot.h"

const u32 q_lower[] = { 1, 2, 0 }, q_around[] = { 1, 3, 0 }, q_nobody[] = { 0 };
struct bully_msg q_msg;

/* Returns the newest message, or an empty one. */
const struct bully_msg *q_sent(u8 type, u32 to)
{
	static const struct bully_msg none;
	const struct bully_msg *found = fix_sent(type, to);

	return found ? found : &none;
}

struct bully_peer *q_peer(u32 id)
{
	return bully_core_find(&fix.core, id);
}

void q_make(u32 id, const u32 *ids)
{
	fix_make(id, ids);
	fix.opts.quorum = BULLY_QUORUM_MAJORITY;
	fix.opts.lease_ns = FIX_LEASE;
	fix.opts.preempt = false;
}

/* Makes a voter whose abstention has ended and which waits for a claim. */
void q_voter(void)
{
	q_make(2, q_around);
	fix.opts.candidate = false;
	fix_start();
	fix_prove_all();
	fix_timers_until(fix.now + ABSTENTION);
	fix_say(BULLY_MSG_HELLO, 1);		/* claimants may echo the answers (R10) */
	fix_say(BULLY_MSG_HELLO, 3);
	fix_clear();
}

/* Makes a claim in which the claimant shows that it received our last message (R10). */
void q_claim_msg(u32 from, u64 epoch)
{
	fix_msg(&q_msg, BULLY_MSG_COORDINATOR, from);
	q_msg.leader = from;
	q_msg.epoch = epoch;
	q_msg.state = BULLY_STATE_ELECTION;
	q_msg.echo = q_peer(from)->outbox.sent[(u8)(q_peer(from)->outbox.sent_head - 1) % BULLY_SENT].seq;
}

/* Returns the answer: enum bully_vote. */
u32 q_answer(void)
{
	const struct bully_msg *ack, *refuse;

	fix_clear();
	fix_deliver(&q_msg);
	ack = fix_sent(BULLY_MSG_COORDINATOR_ACK, q_msg.from);
	refuse = fix_sent(BULLY_MSG_REFUSE, q_msg.from);
	if (ack && ack->flags & BULLY_F_GRANT && ack->echo == q_msg.seq && ack->epoch == q_msg.epoch)
		return BULLY_VOTE_GRANTED;
	return refuse ? refuse->refusal : BULLY_VOTE_NONE;
}

u32 q_claim(u32 from, u64 epoch)
{
	q_claim_msg(from, epoch);
	return q_answer();
}

void q_resign(u32 from, u64 epoch)
{
	fix_msg(&q_msg, BULLY_MSG_RESIGN, from);
	q_msg.epoch = epoch;
	q_msg.reported = 0;
	q_msg.state = BULLY_STATE_WAITING;
	fix_deliver(&q_msg);
}

/* Node @id claims: no higher node answers, and the voters abstain (R4), but not silently (R15). */
void q_claimant(u32 id, const u32 *ids)
{
	u64 until;

	q_make(id, ids);
	fix_start();
	fix_prove_all();
	until = fix.now + 2 * FIX_HB;
	while (!fix.core.lease.claim && fix.now < until)
		fix_timers_until(fix.now + FIX_HB / 8);
	for (; *ids; ids++) {
		fix_msg(&q_msg, BULLY_MSG_REFUSE, *ids);
		q_msg.refusal = BULLY_VOTE_ABSTAINS;
		fix_deliver(&q_msg);
	}
	fix_timers_until(until);
}

void q_grant_msg(u32 from)
{
	const struct bully_msg *asked = fix_sent(BULLY_MSG_COORDINATOR, from);

	fix_msg(&q_msg, BULLY_MSG_COORDINATOR_ACK, from);
	q_msg.flags |= BULLY_F_GRANT;
	q_msg.epoch = fix.core.lease.claim;
	q_msg.echo = asked ? asked->seq : 0;
}

void q_grant(u32 from)
{
	q_grant_msg(from);
	fix_deliver(&q_msg);
}

void q_leader(u32 id, const u32 *ids)
{
	q_claimant(id, ids);
	q_grant(1);
	q_grant(ids[1]);
	fix_clear();
}

bool q_leads(void)
{
	return fix.core.state == BULLY_STATE_LEADER;
}
