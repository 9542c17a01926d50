/* SPDX-License-Identifier: GPL-2.0-only */
/* position.h - owns which of two nodes has the newer data (F4) */
#ifndef BULLY_CORE_POSITION_H
#define BULLY_CORE_POSITION_H

#include "base.h"

/* Returns true if @a is ahead of @b. */
static inline bool bully_position_ahead(struct bully_position a, struct bully_position b)
{
	return a.term == b.term ? a.index > b.index : a.term > b.term;
}

bool bully_position_can_win(const struct bully_core *c, const struct bully_peer *p);

#endif /* BULLY_CORE_POSITION_H */
