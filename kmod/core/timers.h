/* SPDX-License-Identifier: GPL-2.0-only */
/* timers.h - owns the order of what is due */
#ifndef BULLY_CORE_TIMERS_H
#define BULLY_CORE_TIMERS_H

#include "base.h"

void bully_timers_lease(struct bully_core *c);
void bully_timers_fire(struct bully_core *c);

#endif /* BULLY_CORE_TIMERS_H */
