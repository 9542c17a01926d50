/* SPDX-License-Identifier: GPL-2.0-only */
/* What a series of results of a check says. */
#ifndef BULLYCTL_VERDICT_H
#define BULLYCTL_VERDICT_H

#include <stdbool.h>
#include <stdint.h>

/**
 * enum verdict_news - what a result has changed
 * @VERDICT_SAME: nothing
 * @VERDICT_UP: the check passes from now on
 * @VERDICT_DOWN: the check fails from now on
 * @VERDICT_DOUBT: it passes, but has failed for the first time
 * @VERDICT_CALM: it passes, and has succeeded after failures that were too few
 */
enum verdict_news {
	VERDICT_SAME,
	VERDICT_UP,
	VERDICT_DOWN,
	VERDICT_DOUBT,
	VERDICT_CALM,
};

/**
 * struct verdict - what the results of a check say
 * @fall: failures in a row after which the check fails
 * @rise: successes in a row after which the check passes
 * @known: there was a result
 * @up: the check passes
 * @row: failures in a row if it passes, else successes in a row
 */
struct verdict {
	uint32_t fall;
	uint32_t rise;
	bool known;
	bool up;
	uint32_t row;
};

/* Forgets all results. The next one counts at once. */
void verdict_reset(struct verdict *v);
/* Adds a result, and returns what it has changed. The first result alone decides. */
enum verdict_news verdict_add(struct verdict *v, bool success);

#endif /* BULLYCTL_VERDICT_H */
