/* SPDX-License-Identifier: GPL-2.0-only */
/* unlisted.h - owns the places of unlisted observers, and what they are answered (O4) */
#ifndef BULLY_CORE_UNLISTED_H
#define BULLY_CORE_UNLISTED_H

#include "base.h"

bool bully_unlisted_asks(const struct bully_core *c, const struct bully_msg *m);
bool bully_unlisted_is_replay(const struct bully_core *c, const struct bully_msg *m);
enum bully_drop bully_unlisted_receive(struct bully_core *c, const struct bully_msg *m);
void bully_unlisted_expire(struct bully_core *c);

#endif /* BULLY_CORE_UNLISTED_H */
