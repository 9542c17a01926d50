// SPDX-License-Identifier: GPL-2.0-only
/* duplicate.c - tests an id that two nodes have (D1, D2) */
#include "alone.h"
#include "clock.h"
#include "duplicate.h"

/* D1: a duplicate id counts for four detection times, and is reported once in that time. */
static void seen(struct unit *u)
{
	struct bully_core *c = alone(2, alone_around);
	struct bully_peer *p = alone_peer(3);

	CHECK(u, bully_duplicate_seen(c, p) && c->stats.duplicates == 1);
	CHECK(u, p->duplicate.until == c->now + 4 * DETECTION);
	alone_step(4 * DETECTION - 1);
	CHECK(u, !bully_duplicate_seen(c, p) && c->stats.duplicates == 1);
	CHECK(u, p->duplicate.until == c->now + 4 * DETECTION);
	alone_step(4 * DETECTION);
	CHECK(u, bully_duplicate_seen(c, p) && c->stats.duplicates == 2);
	CHECK(u, !alone_peer(9)->duplicate.until && !c->duplicate.own);
}

/* D2: a peer's report lasts for eight of its detection times, if these are longer. */
static void own(struct unit *u)
{
	struct bully_core *c = alone(2, alone_around);
	struct bully_peer *p = alone_peer(3);

	CHECK(u, bully_duplicate_own(c, p) && c->duplicate.own && c->stats.duplicates == 1);
	CHECK(u, c->clock.timer[BULLY_T_DUPLICATE] == c->now + 8 * DETECTION);
	p->detection = DETECTION + 1;
	CHECK(u, !bully_duplicate_own(c, p) && c->stats.duplicates == 1);
	CHECK(u, c->clock.timer[BULLY_T_DUPLICATE] == c->now + 8 * (DETECTION + 1));
	p->detection = DETECTION - 1;
	bully_duplicate_own(c, p);
	CHECK(u, c->clock.timer[BULLY_T_DUPLICATE] == c->now + 8 * DETECTION);
	bully_duplicate_over(c);
	CHECK(u, !c->duplicate.own && bully_duplicate_own(c, p));
}

/* D2: a node with a duplicate id is excluded only by the other node with this id. */
static void shut_out(struct unit *u)
{
	struct bully_core *c = alone(2, alone_around);

	bully_duplicate_shut_out(c);
	CHECK(u, !c->duplicate.shut_out);
	bully_duplicate_own(c, alone_peer(3));
	CHECK(u, !c->duplicate.shut_out);
	bully_duplicate_shut_out(c);
	CHECK(u, c->duplicate.shut_out);
	bully_duplicate_over(c);
	CHECK(u, !c->duplicate.shut_out);
}

const struct unit_case unit_duplicate_cases[] = {
	{ "duplicate_D1_news_once_in_four_detection_times", seen },
	{ "duplicate_D2_own_id_for_eight_detection_times", own },
	{ "duplicate_D2_shut_out_needs_a_duplicate", shut_out },
	{ 0 },
};
