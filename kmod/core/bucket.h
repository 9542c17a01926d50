/* SPDX-License-Identifier: GPL-2.0-only */
/* bucket.h - owns how often something may be done: a token bucket that is one number */
#ifndef BULLY_CORE_BUCKET_H
#define BULLY_CORE_BUCKET_H

#include "shim.h"

/**
 * bully_bucket_take() - take a token, if there is one
 * @full: when the bucket is full again; 0 at first
 * @now: ns
 * @interval: a token comes in each; ns, not 0
 * @burst: how many there are in a full bucket, not 0
 *
 * Return: whether there was one; else nothing has changed
 */
static inline bool bully_bucket_take(u64 *full, u64 now, u64 interval, u32 burst)
{
	u64 from = *full > now ? *full : now;

	if (from - now > (burst - 1) * interval)
		return false;
	*full = from + interval;
	return true;
}

#endif /* BULLY_CORE_BUCKET_H */
