/* SPDX-License-Identifier: GPL-2.0-only */
/* epoch.h - owns the epochs that this node has seen, reported and may claim */
#ifndef BULLY_CORE_EPOCH_H
#define BULLY_CORE_EPOCH_H

#include "base.h"

void bully_epoch_reported(struct bully_core *c, u32 leader, u64 epoch);
void bully_epoch_claimed(struct bully_core *c);
bool bully_epoch_ok(const struct bully_core *c, u64 epoch, u32 id);
u64 bully_epoch_next(const struct bully_core *c);

/* An accepted message, a grant or a claim has @epoch. */
static inline void bully_epoch_seen(struct bully_core *c, u64 epoch)
{
	c->epochs.highest = bully_max(c->epochs.highest, epoch);
}

#endif /* BULLY_CORE_EPOCH_H */
