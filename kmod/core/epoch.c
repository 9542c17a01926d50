// SPDX-License-Identifier: GPL-2.0-only
/* epoch.c - the epochs that this node has seen, reported and may claim (R5, R6) */
#include "epoch.h"

/* The user is told that @leader leads under @epoch. */
void bully_epoch_reported(struct bully_core *c, u32 leader, u64 epoch)
{
	c->epochs.reported = epoch;
	c->epochs.reported_leader = leader;
	bully_epoch_seen(c, epoch);
}

/* Remember what this node knew when it claimed (C2). */
void bully_epoch_claimed(struct bully_core *c)
{
	c->epochs.known_at_claim = bully_max(c->epochs.highest, c->epochs.reported);
}

/* A node never follows an epoch below one that it has reported (R5); where two
 * leaders chose the same, the higher id's is the later one.
 */
bool bully_epoch_ok(const struct bully_core *c, u64 epoch, u32 id)
{
	return epoch > c->epochs.reported ||
	       (epoch == c->epochs.reported && id >= c->epochs.reported_leader);
}

/* R5, R6: the next claim is above everything seen and reported, never the same twice. */
u64 bully_epoch_next(const struct bully_core *c)
{
	u64 epoch = bully_max(c->wall_us, bully_max(c->epochs.highest, c->epochs.reported) + 1);

	if (bully_leases(c))
		epoch = bully_max(epoch, bully_max(c->grant.epoch, c->grant.floor) + 1);

	return bully_min(epoch, BULLY_EPOCH_MAX);
}
