/* SPDX-License-Identifier: GPL-2.0-only */
/* announce.h - owns the repetition of a claim */
#ifndef BULLY_CORE_ANNOUNCE_H
#define BULLY_CORE_ANNOUNCE_H

#include "base.h"

void bully_announce_begin(struct bully_core *c);
void bully_announce_repeat(struct bully_core *c, u64 due);
void bully_announce_again(struct bully_core *c, struct bully_peer *p);
void bully_announce_tell(struct bully_core *c, struct bully_peer *p);
void bully_announce_hasten(struct bully_core *c, struct bully_peer *p);
void bully_announce_after(struct bully_core *c, struct bully_peer *p, u64 wait);
u32 bully_announce_successor(const struct bully_core *c);
void bully_announce_judge(struct bully_core *c, u64 late);

/* A new peer: nothing is claimed to it yet. */
static inline void bully_announce_acked(struct bully_peer *p)
{
	p->announce.acked = true;
}

#endif /* BULLY_CORE_ANNOUNCE_H */
