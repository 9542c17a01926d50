/* SPDX-License-Identifier: GPL-2.0-only */
/* duplicate.h - owns ids that two nodes have */
#ifndef BULLY_CORE_DUPLICATE_H
#define BULLY_CORE_DUPLICATE_H

#include "base.h"

bool bully_duplicate_seen(struct bully_core *c, struct bully_peer *p);
bool bully_duplicate_own(struct bully_core *c, const struct bully_peer *p);
void bully_duplicate_shut_out(struct bully_core *c);
void bully_duplicate_over(struct bully_core *c);

#endif /* BULLY_CORE_DUPLICATE_H */
