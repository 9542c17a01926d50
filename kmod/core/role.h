/* SPDX-License-Identifier: GPL-2.0-only */
/* role.h - owns the state, the leader and the phase */
#ifndef BULLY_CORE_ROLE_H
#define BULLY_CORE_ROLE_H

#include "base.h"

void bully_role_wait_again(struct bully_core *c);
void bully_role_wait_for(struct bully_core *c, enum bully_phase phase, u64 wait);
bool bully_role_may_claim(struct bully_core *c);
void bully_role_init(struct bully_core *c, enum bully_reason reason);
void bully_role_wait(struct bully_core *c, enum bully_reason reason, enum bully_phase phase);
void bully_role_listen(struct bully_core *c);
void bully_role_listen_anew(struct bully_core *c, enum bully_reason reason);
void bully_role_claim_withdrawn(struct bully_core *c);
void bully_role_election(struct bully_core *c, enum bully_reason reason);
void bully_role_ask(struct bully_core *c, enum bully_reason reason);
void bully_role_claim(struct bully_core *c, enum bully_reason reason);
void bully_role_follow(struct bully_core *c, struct bully_peer *p, u64 epoch,
		       enum bully_reason reason);
void bully_role_watch(struct bully_core *c, u32 leader, u64 epoch, enum bully_reason reason);
void bully_role_lead(struct bully_core *c, u64 epoch, enum bully_reason reason);
void bully_role_resign(struct bully_core *c, enum bully_reason reason);
void bully_role_resign_to(struct bully_core *c, enum bully_reason reason, u32 successor);
bool bully_role_step_down(struct bully_core *c, enum bully_reason reason);
void bully_role_stand_again(struct bully_core *c, enum bully_reason reason);
bool bully_role_doubt(struct bully_core *c);

/* Another round without a leader has ended. */
static inline void bully_role_count_round(struct bully_core *c)
{
	c->role.rounds += c->role.rounds < 3;
}

/* Why the election under way was started. */
static inline void bully_role_set_cause(struct bully_core *c, enum bully_reason cause)
{
	c->role.cause = cause;
}

#endif /* BULLY_CORE_ROLE_H */
