/* SPDX-License-Identifier: GPL-2.0-only */
/* holddown.h - owns the penalty of restarts, and the own hold-down */
#ifndef BULLY_CORE_HOLDDOWN_H
#define BULLY_CORE_HOLDDOWN_H

#include "base.h"

void bully_holddown_count(struct bully_core *c, struct bully_peer *p);
u32 bully_holddown_tell(const struct bully_core *c, const struct bully_peer *p, u64 session);
void bully_holddown_told(struct bully_core *c, const struct bully_msg *m);
void bully_holddown_end(struct bully_core *c);
bool bully_holddown_holds(const struct bully_core *c);

static inline void bully_holddown_begin(struct bully_core *c)
{
	c->holddown.started_at = c->now;
}

/* The operator turns hold-downs off: none is heeded. */
static inline void bully_holddown_off(struct bully_core *c)
{
	c->holddown.until = 0;
}

#endif /* BULLY_CORE_HOLDDOWN_H */
