/* SPDX-License-Identifier: GPL-2.0-only */
/* base.h - owns what every file of the core needs */
#ifndef BULLY_CORE_BASE_H
#define BULLY_CORE_BASE_H

#include "core.h"
#include "policy.h"

/* H3: the time after which a silent leader is gone. */
static inline u64 bully_detection(const struct bully_core *c)
{
	return c->opts.heartbeat_ns * c->opts.misses;
}

/* Returns true if a leader leads by grants of a majority, for as long as its lease (R1 to R13). */
static inline bool bully_leases(const struct bully_core *c)
{
	return c->policy->leases;
}

/* Returns true if this node takes part in elections: it is no unlisted observer (O1). */
static inline bool bully_takes_part(const struct bully_core *c)
{
	return !c->policy->fire;
}

static inline u64 bully_max(u64 a, u64 b)
{
	return a > b ? a : b;
}

static inline u64 bully_min(u64 a, u64 b)
{
	return a < b ? a : b;
}

/* R12: a peer's word is as good as its own detection time lets it be, where that is longer. */
static inline u64 bully_detection_of(const struct bully_core *c, const struct bully_peer *p)
{
	return bully_max(bully_detection(c), p->detection);
}

/* As messages have it. */
static inline u32 bully_lease_ms(const struct bully_core *c)
{
	return bully_div(c->opts.lease_ns + 999999, 1000000);
}

#define bully_for_each_peer(c, i, p) \
	for ((i) = 0; (i) < (c)->n_peers && ((p) = (c)->peer[i], true); (i)++)

#endif /* BULLY_CORE_BASE_H */
