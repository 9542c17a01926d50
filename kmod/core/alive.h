/* SPDX-License-Identifier: GPL-2.0-only */
/* alive.h - owns the bits of a message that say which nodes live */
#ifndef BULLY_CORE_ALIVE_H
#define BULLY_CORE_ALIVE_H

#include "base.h"

bool bully_alive_write(const struct bully_core *c, u64 at, struct bully_msg *m);
void bully_alive_read(struct bully_core *c, const struct bully_msg *m);
void bully_alive_heard(const struct bully_core *c, u64 at, struct bully_msg *m);
u32 bully_alive_voters(const struct bully_core *c, const struct bully_msg *m);

#endif /* BULLY_CORE_ALIVE_H */
