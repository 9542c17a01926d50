/* SPDX-License-Identifier: GPL-2.0-only */
/* policy.h - owns the seam between the election and what it is decided by */
#ifndef BULLY_CORE_POLICY_H
#define BULLY_CORE_POLICY_H

#include "core.h"

/* What a message said of the sender's vote for this node's claim. */
enum bully_ballot {
	BULLY_BALLOT_NOTHING,
	BULLY_BALLOT_GRANT,
	BULLY_BALLOT_EPOCH,	/* the claim's epoch is too low (R5) */
};

/**
 * struct bully_policy - how an election is decided
 * @leases: a leader leads by grants of a majority, and only for as long as these live (R1 to R13)
 * @ranks: the higher of two nodes is to lead (P10); else the one whose position is ahead, and
 *	no other (F4, F5)
 * @wait: how long the wait of a phase lasts (LISTEN, COORD or STAGGER), in ns
 * @listen: this node listens (E1), and the policy has its own way; or NULL
 * @fire: this node takes no part (O1): only the policy knows which of its timers mean what. Of
 *	messages only HELLO and HELLO_ACK mean something. NULL for a node that takes part
 * @begin: this node stands, and an election begins; NULL for that by rank (E5, E6)
 * @asked: the wait for what voters say is over (ASK); NULL with @begin
 * @win: this node has won the election: lead, or ask for votes
 * @claim_above: a leader or claimant claims again, above an epoch (R5); or NULL
 * @claim_tick: a heartbeat is over, and this node neither leads nor follows; or NULL
 * @claim_self: votes for its own claim, if it can, and returns when to try again, in ns; or NULL
 * @give_up: gives a hopeless claim up, and returns whether it did (R15); NULL if a claim does not
 *	last
 * @lead_tick: a heartbeat of a leader is over; or NULL
 * @count: grants, or what is a majority, have changed: a lease may be won; or NULL
 * @on_election: ELECTION; returns the verdict. NULL with @begin
 * @on_ok: OK; returns the verdict. NULL with @begin
 * @on_coordinator: a COORDINATOR from a candidate, with an epoch
 * @on_coordinator_ack: its answer; returns the verdict
 * @on_refuse: the other answer; returns the verdict
 * @on_vote: a message that may say whom the sender's vote is for; or NULL
 * @on_handover: ELECTION from a higher node to this leader (R11); NULL if that means nothing
 * @hear: returns true if the sender says that it leads, and acts on it
 * @outbid: a message to this leader names a higher epoch: claim above it, and return true
 * @take_over: a lower node leads, and this one may depose it now (P1, R11)
 * @admin_elect: the operator wants this node to lead (P4)
 *
 * Whatever the policy, safety rests on the rules R1 to R13 where @leases is set, and the
 * number of claims is bounded by R17. A policy calls the election (elect.c), the role and
 * what is below them. A new one is a file with such a table, and a line in config.c.
 */
struct bully_policy {
	bool leases;
	bool ranks;
	u64 (*wait)(struct bully_core *c, enum bully_phase phase);
	void (*listen)(struct bully_core *c);
	void (*fire)(struct bully_core *c);
	void (*begin)(struct bully_core *c, enum bully_reason cause);
	void (*asked)(struct bully_core *c);
	void (*win)(struct bully_core *c, enum bully_reason reason);
	void (*claim_above)(struct bully_core *c, u64 epoch);
	void (*claim_tick)(struct bully_core *c);
	u64 (*claim_self)(struct bully_core *c);
	bool (*give_up)(struct bully_core *c);
	void (*lead_tick)(struct bully_core *c);
	void (*count)(struct bully_core *c);
	enum bully_drop (*on_election)(struct bully_core *c, struct bully_peer *p,
				       const struct bully_msg *m);
	enum bully_drop (*on_ok)(struct bully_core *c, struct bully_peer *p,
				 const struct bully_msg *m);
	void (*on_coordinator)(struct bully_core *c, struct bully_peer *p,
			       const struct bully_msg *m);
	enum bully_drop (*on_coordinator_ack)(struct bully_core *c, struct bully_peer *p,
					      const struct bully_msg *m);
	enum bully_drop (*on_refuse)(struct bully_core *c, struct bully_peer *p,
				     const struct bully_msg *m);
	void (*on_vote)(struct bully_core *c, struct bully_peer *p, const struct bully_msg *m);
	void (*on_handover)(struct bully_core *c, struct bully_peer *p,
			    const struct bully_msg *m);
	bool (*hear)(struct bully_core *c, struct bully_peer *p, const struct bully_msg *m);
	bool (*outbid)(struct bully_core *c, const struct bully_msg *m);
	void (*take_over)(struct bully_core *c);
	void (*admin_elect)(struct bully_core *c);
};

extern const struct bully_policy bully_policy_classic;
extern const struct bully_policy bully_policy_quorum;
extern const struct bully_policy bully_policy_raft;
extern const struct bully_policy bully_policy_observer;

#endif /* BULLY_CORE_POLICY_H */
