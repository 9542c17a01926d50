// SPDX-License-Identifier: GPL-2.0-only
/* hearsay.c - tests what other nodes report about leaders (E8, R12) */
#include "alone.h"
#include "hearsay.h"

/* A follower names this leader. */
static void hear(struct bully_core *c, u32 leader, u64 at)
{
	static struct bully_msg m;

	m.leader = leader;
	m.leader_priority = 5;
	bully_hearsay_hear(c, &m, at, 300);
}

/* R12: a report is fresh to the end of its lifetime, which counts from when it was true. */
static void fresh(struct unit *u)
{
	struct bully_core *c = alone(2, alone_around);

	CHECK(u, !bully_hearsay_is_fresh(c));
	hear(c, 9, c->now - 100);
	CHECK(u, bully_hearsay_is_fresh(c) && c->hearsay.priority == 5);
	alone_step(200);
	CHECK(u, bully_hearsay_is_fresh(c));
	alone_step(1);
	CHECK(u, !bully_hearsay_is_fresh(c));
	hear(c, 9, c->now);
	bully_hearsay_forget(c);
	CHECK(u, !bully_hearsay_is_fresh(c));
}

/* E8: about a leader that fell silent here, only a later sign of life is news. */
static void news(struct unit *u)
{
	struct bully_core *c = alone(2, alone_around);

	bully_hearsay_missed(c, 9, 1000);
	CHECK(u, !bully_hearsay_is_news(c, 9, 999));
	CHECK(u, !bully_hearsay_is_news(c, 9, 1000));
	CHECK(u, bully_hearsay_is_news(c, 9, 1001));
	CHECK(u, bully_hearsay_is_news(c, 3, 1));
}

/* A leader that is gone is forgotten, and no other leader. */
static void forgotten(struct unit *u)
{
	struct bully_core *c = alone(2, alone_around);

	hear(c, 9, c->now);
	bully_hearsay_forget_leader(c, 3);
	CHECK(u, bully_hearsay_is_fresh(c) && c->hearsay.leader == 9);
	bully_hearsay_forget_leader(c, 9);
	CHECK(u, !bully_hearsay_is_fresh(c) && !c->hearsay.leader);
}

/* Only the epoch that the leader resigned from, or an older one; 0 is no leader. */
static void resigned(struct unit *u)
{
	struct bully_core *c = alone(2, alone_around);

	CHECK(u, !bully_hearsay_has_resigned(c, 0, 0));
	bully_hearsay_resigned(c, 9, 5);
	CHECK(u, bully_hearsay_has_resigned(c, 9, 5) && bully_hearsay_has_resigned(c, 9, 4));
	CHECK(u, !bully_hearsay_has_resigned(c, 9, 6) && !bully_hearsay_has_resigned(c, 3, 5));
}

const struct unit_case unit_hearsay_cases[] = {
	{ "hearsay_R12_fresh_for_its_lifetime", fresh },
	{ "hearsay_E8_news_after_the_silence", news },
	{ "hearsay_forgets_that_leader_alone", forgotten },
	{ "hearsay_S1_resigned_from_an_epoch", resigned },
	{ 0 },
};
