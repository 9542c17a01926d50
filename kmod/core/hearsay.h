/* SPDX-License-Identifier: GPL-2.0-only */
/* hearsay.h - owns what others say of leaders */
#ifndef BULLY_CORE_HEARSAY_H
#define BULLY_CORE_HEARSAY_H

#include "base.h"

void bully_hearsay_hear(struct bully_core *c, const struct bully_msg *m, u64 at, u64 lifetime);
void bully_hearsay_forget_leader(struct bully_core *c, u32 leader);
void bully_hearsay_missed(struct bully_core *c, u32 leader, u64 at);
bool bully_hearsay_is_news(const struct bully_core *c, u32 leader, u64 at);
void bully_hearsay_resigned(struct bully_core *c, u32 leader, u64 epoch);
bool bully_hearsay_has_resigned(const struct bully_core *c, u32 leader, u64 epoch);
void bully_hearsay_expect(struct bully_core *c, u32 heir);

static inline void bully_hearsay_forget(struct bully_core *c)
{
	c->hearsay.leader = 0;
	c->hearsay.heir = 0;
}

/* S11: returns true if the leader that resigned named the peer, which is waited for. */
static inline bool bully_hearsay_is_heir(const struct bully_core *c, const struct bully_peer *p)
{
	return c->state == BULLY_STATE_WAITING && c->hearsay.heir == p->id;
}

/* R12: returns true if a follower has lately named its leader. */
static inline bool bully_hearsay_is_fresh(const struct bully_core *c)
{
	return c->hearsay.leader && c->now - c->hearsay.at <= c->hearsay.lifetime;
}

/* Returns how long fresh news stays so. */
static inline u64 bully_hearsay_left(const struct bully_core *c)
{
	return c->hearsay.at + c->hearsay.lifetime + 1 - c->now;
}

#endif /* BULLY_CORE_HEARSAY_H */
