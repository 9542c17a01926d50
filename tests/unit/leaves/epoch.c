// SPDX-License-Identifier: GPL-2.0-only
/* epoch.c - tests which epochs are followed and claimed (R5, R6, C2) */
#include "alone.h"
#include "epoch.h"

/* R5: no epoch below the reported one is followed; of equal epochs the higher id is later. */
static void followed(struct unit *u)
{
	struct bully_core *c = alone(2, alone_around);

	CHECK(u, bully_epoch_ok(c, 1, 1) && bully_epoch_ok(c, 0, 1));
	bully_epoch_reported(c, 5, 100);
	CHECK(u, !bully_epoch_ok(c, 99, 9));
	CHECK(u, !bully_epoch_ok(c, 100, 4));
	CHECK(u, bully_epoch_ok(c, 100, 5) && bully_epoch_ok(c, 100, 6));
	CHECK(u, bully_epoch_ok(c, 101, 1));
	CHECK(u, c->epochs.highest == 100);
}

/* R5, R6: a claim begins at the wall clock, and is above all seen and reported epochs. */
static void claimed(struct unit *u)
{
	struct bully_core *c = alone(2, alone_around);

	c->wall_us = 1000;
	CHECK(u, bully_epoch_next(c) == 1000);
	bully_epoch_seen(c, 999);
	CHECK(u, bully_epoch_next(c) == 1000);
	bully_epoch_seen(c, 1000);
	CHECK(u, bully_epoch_next(c) == 1001);
	bully_epoch_seen(c, 5);			/* the seen epoch never falls */
	CHECK(u, bully_epoch_next(c) == 1001);
	c->epochs.reported = 2000;
	CHECK(u, bully_epoch_next(c) == 2001);
}

/* R5: in quorum mode a claim is also above this voter's last grant and its floor. */
static void above_the_grant(struct unit *u)
{
	struct bully_core *c = alone_quorum(2, alone_around);

	c->wall_us = 1000;
	c->grant.epoch = 3000;
	CHECK(u, bully_epoch_next(c) == 3001);
	c->grant.floor = 4000;
	CHECK(u, bully_epoch_next(c) == 4001);
	c = alone(2, alone_around);
	c->wall_us = 1000;
	c->grant.epoch = 3000;
	CHECK(u, bully_epoch_next(c) == 1000);
}

/* R5: an epoch fits its field, whatever epochs others report. */
static void bounded(struct unit *u)
{
	struct bully_core *c = alone(2, alone_around);

	bully_epoch_seen(c, BULLY_EPOCH_MAX - 1);
	CHECK(u, bully_epoch_next(c) == BULLY_EPOCH_MAX);
	bully_epoch_seen(c, BULLY_EPOCH_MAX);
	CHECK(u, bully_epoch_next(c) == BULLY_EPOCH_MAX);
}

/* C2: the epoch known at the claim is the higher of the seen and the reported epoch. */
static void known(struct unit *u)
{
	struct bully_core *c = alone(2, alone_around);

	bully_epoch_reported(c, 3, 50);
	bully_epoch_claimed(c);
	CHECK(u, c->epochs.known_at_claim == 50);
	bully_epoch_seen(c, 70);
	CHECK(u, c->epochs.known_at_claim == 50);
	bully_epoch_claimed(c);
	CHECK(u, c->epochs.known_at_claim == 70);
}

const struct unit_case unit_epoch_cases[] = {
	{ "epoch_R5_never_follows_below_the_reported", followed },
	{ "epoch_R6_claims_above_all_known", claimed },
	{ "epoch_R5_claims_above_its_own_grant", above_the_grant },
	{ "epoch_R5_fits_its_field", bounded },
	{ "epoch_C2_known_at_claim", known },
	{ 0 },
};
