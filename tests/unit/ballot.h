/* SPDX-License-Identifier: GPL-2.0-only */
/* ballot.h - owns what the cases of quorum mode share: a voter, a claimant, a leader */
#ifndef BULLY_UNIT_BALLOT_H
#define BULLY_UNIT_BALLOT_H

#include "unit.h"

#define MS		1000000ULL
#define ABSTENTION	(FIX_LEASE / 99 * 101 + 101)			/* R4, ns */
#define HOLD		(FIX_LEASE / 101 * 99 - FIX_LEASE / 64)		/* R3, ns */

/* Peers of node 9, of node 2, and of one that is alone. */
extern const u32 q_lower[], q_around[], q_nobody[];
/* The message that was delivered last, or that a case is making. */
extern struct bully_msg q_msg;

/* The newest message to @to (0: to anybody), or one that says nothing. */
const struct bully_msg *q_sent(u8 type, u32 to);
struct bully_peer *q_peer(u32 id);

/* fix_make() in quorum mode, without preempt. */
void q_make(u32 id, const u32 *ids);
/* Node 2, a voter that is past its abstention and waits for somebody to claim. */
void q_voter(void);
/* Node @id claims: nobody higher answers it. */
void q_claimant(u32 id, const u32 *ids);
/* ... and is granted it by all. */
void q_leader(u32 id, const u32 *ids);
bool q_leads(void);

/* A claim of which the claimant shows that it heard our last message (R10). */
void q_claim_msg(u32 from, u64 epoch);
/* It is delivered; what came back: enum bully_vote. */
u32 q_answer(void);
u32 q_claim(u32 from, u64 epoch);
void q_resign(u32 from, u64 epoch);

/* A grant of the newest claim; the second delivers it. */
void q_grant_msg(u32 from);
void q_grant(u32 from);

#endif /* BULLY_UNIT_BALLOT_H */
