// SPDX-License-Identifier: GPL-2.0-only
/* ballot.c - the fixture of quorum mode: a voter, a claimant, a leader, and their messages */
#include "ballot.h"

const u32 q_lower[] = { 1, 2, 0 }, q_around[] = { 1, 3, 0 }, q_nobody[] = { 0 };
const u32 r_five[] = { 1, 3, 4, 5, 0 };
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
static void voter(void)
{
	fix.opts.candidate = false;
	fix_start();
	fix_prove_all();
	fix_timers_until(fix.now + ABSTENTION);
	fix_say(BULLY_MSG_HELLO, 1);		/* claimants may echo the answers (R10) */
	fix_say(BULLY_MSG_HELLO, 3);
	fix_clear();
}

void q_voter(void)
{
	q_make(2, q_around);
	voter();
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

void r_make(u32 id, const u32 *ids)
{
	q_make(id, ids);
	fix.opts.election = BULLY_ELECTION_RAFT;
}

void r_voter(void)
{
	r_make(2, q_around);
	voter();
}

void r_held(u32 from, u64 epoch)
{
	q_claim_msg(from, epoch);
	q_msg.state = BULLY_STATE_LEADER;
	q_msg.flags |= BULLY_F_LEASE_HELD;
	fix_deliver(&q_msg);
}

void r_follower(u32 leader)
{
	r_make(2, r_five);
	fix_start();
	fix_prove_all();
	fix_timers_until(fix.now + ABSTENTION);
	r_held(leader, FIX_WALL + 10);
	fix_clear();
}

void r_asker(void)
{
	r_make(2, r_five);
	fix_start();
	fix_prove_all();
	while (fix.core.role.phase != BULLY_PHASE_ASK && fix.n_notes < FIX_NOTES) {
		fix_clear();
		fix_timer();
	}
	fix.core.grant.abstain_until = 0;
}

enum bully_drop r_ok(u32 from)
{
	fix_msg(&q_msg, BULLY_MSG_OK, from);
	q_msg.echo = q_sent(BULLY_MSG_ELECTION, from)->seq;
	q_msg.state = BULLY_STATE_WAITING;
	return fix_deliver(&q_msg);
}

enum bully_drop r_refuse(u32 from, u8 refusal, u32 remain_us)
{
	fix_msg(&q_msg, BULLY_MSG_REFUSE, from);
	q_msg.echo = q_sent(BULLY_MSG_ELECTION, from)->seq;
	q_msg.state = BULLY_STATE_WAITING;
	q_msg.refusal = refusal;
	q_msg.remain_us = remain_us;
	return fix_deliver(&q_msg);
}

void r_claimant(void)
{
	r_asker();
	r_ok(1);
	r_ok(3);
}

void r_leader(void)
{
	u32 i;

	r_claimant();
	for (i = 0; r_five[i]; i++)
		q_grant(r_five[i]);
	fix_clear();
}

void r_place(u32 from, u64 term, u64 index)
{
	fix_msg(&q_msg, BULLY_MSG_HELLO, from);
	q_msg.leader = fix.core.leader;
	q_msg.position.term = term;
	q_msg.position.index = index;
	fix_deliver(&q_msg);
}

void r_position(u64 term, u64 index)
{
	struct bully_position position = { .term = term, .index = index };
	struct bully_event ev = { .type = BULLY_EV_POSITION, .position = &position };

	fix_step(&ev);
}
