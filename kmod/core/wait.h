/* SPDX-License-Identifier: GPL-2.0-only */
/* wait.h - owns the nodes that an election waits for */
#ifndef BULLY_CORE_WAIT_H
#define BULLY_CORE_WAIT_H

#include "base.h"

bool bully_wait_for_any(const struct bully_core *c);
u32 bully_wait_rank(const struct bully_core *c);
u64 bully_wait_ok(const struct bully_core *c);
u64 bully_wait_votes(const struct bully_core *c);
void bully_wait_forget_chances(struct bully_core *c);
bool bully_wait_once(struct bully_peer *p);
bool bully_wait_begin(struct bully_core *c);

/* R16: the peer has claimed, so it may be waited for again. */
static inline void bully_wait_claimed(struct bully_peer *p)
{
	p->election.passed = false;
}

/* The peer will not take over in this election. */
static inline void bully_wait_declined(struct bully_peer *p)
{
	p->election.declined = true;
}

#endif /* BULLY_CORE_WAIT_H */
