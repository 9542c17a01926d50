/* SPDX-License-Identifier: GPL-2.0-only */
/* hello.h - owns when peers are asked for their session */
#ifndef BULLY_CORE_HELLO_H
#define BULLY_CORE_HELLO_H

#include "base.h"

void bully_hello(struct bully_core *c, struct bully_peer *p);
void bully_hello_all(struct bully_core *c);
void bully_hello_at(struct bully_core *c, struct bully_peer *p, u64 when);
u64 bully_hello_lost(struct bully_core *c);
bool bully_hello_may_challenge(struct bully_core *c, struct bully_peer *p);

/* The peer answers, or is asked by a new leader: start again with short intervals. */
static inline void bully_hello_reset(struct bully_peer *p)
{
	p->hello.tries = 0;
}

/* D1: the next HELLO is the news itself, so that it need not wait. */
static inline void bully_hello_challenge_again(struct bully_peer *p)
{
	p->hello.challenged_at = 0;
}

#endif /* BULLY_CORE_HELLO_H */
