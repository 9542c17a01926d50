/* SPDX-License-Identifier: GPL-2.0-only */
/* stand.h - owns whether this node would lead */
#ifndef BULLY_CORE_STAND_H
#define BULLY_CORE_STAND_H

#include "base.h"

bool bully_stand_linked(const struct bully_core *c);
bool bully_stand_set_is_made(const struct bully_core *c);
bool bully_stands(const struct bully_core *c);
void bully_stand_resign(struct bully_core *c);
void bully_stand_follow(struct bully_core *c, u32 leader, bool lower);

/* C1: the successor is lost, there is none, or the operator wants this node to lead. */
static inline void bully_stand_return(struct bully_core *c)
{
	c->stand.resigned = false;
}

#endif /* BULLY_CORE_STAND_H */
