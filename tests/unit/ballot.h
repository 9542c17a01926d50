/* SPDX-License-Identifier: GPL-2.0-only */
/* ballot.h - declares what the cases of quorum mode share: a voter, a claimant, a leader */
#ifndef BULLY_UNIT_BALLOT_H
#define BULLY_UNIT_BALLOT_H

#include "unit.h"

#define MS		1000000ULL
#define ABSTENTION	(FIX_LEASE / 99 * 101 + 101)			/* R4, ns */
#define HOLD		(FIX_LEASE / 101 * 99 - FIX_LEASE / 64)		/* R3, ns */

/* Peers of node 9, of node 2, and of a node that is alone. */
extern const u32 q_lower[], q_around[], q_nobody[];
/* The last delivered message, or the message that a case is making. */
extern struct bully_msg q_msg;

/* Returns the newest message to @to (0: to any peer), or an empty one. */
const struct bully_msg *q_sent(u8 type, u32 to);
struct bully_peer *q_peer(u32 id);

/* fix_make() in quorum mode, without preempt. */
void q_make(u32 id, const u32 *ids);
/* Makes node 2 a voter whose abstention has ended and which waits for a claim. */
void q_voter(void);
/* Node @id claims: no higher node answers. */
void q_claimant(u32 id, const u32 *ids);
/* ... and all voters grant the claim. */
void q_leader(u32 id, const u32 *ids);
bool q_leads(void);

/* Makes a claim in which the claimant shows that it received our last message (R10). */
void q_claim_msg(u32 from, u64 epoch);
/* Delivers the claim; returns the answer: enum bully_vote. */
u32 q_answer(void);
u32 q_claim(u32 from, u64 epoch);
void q_resign(u32 from, u64 epoch);

/* Makes a grant of the newest claim; the second function also delivers it. */
void q_grant_msg(u32 from);
void q_grant(u32 from);

/* Peers of node 2 with Raft's election: three of the five voters are a majority. */
extern const u32 r_five[];

/* q_make() with Raft's election. */
void r_make(u32 id, const u32 *ids);
/* q_voter() with Raft's election. */
void r_voter(void);
/* Makes node 2 of five a follower of node @leader, which holds a lease since now. */
void r_follower(u32 leader);
/* Makes node 2 of five ask all for their votes (F3); nobody has answered. */
void r_asker(void);
/* ... claim, because a majority answered OK; nobody has granted. */
void r_claimant(void);
/* ... lead, because all granted. */
void r_leader(void);
/* The peer answers the newest question to it: OK, or REFUSE. Returns the verdict. */
enum bully_drop r_ok(u32 from);
enum bully_drop r_refuse(u32 from, u8 refusal, u32 remain_us);
/* The peer says in a HELLO where its owner is (F4). */
void r_place(u32 from, u64 term, u64 index);
/* The own owner tells its position. */
void r_position(u64 term, u64 index);
/* The peer says that it holds the lease of @epoch. */
void r_held(u32 from, u64 epoch);

#endif /* BULLY_UNIT_BALLOT_H */
