/* SPDX-License-Identifier: GPL-2.0-only */
/* set.h - owns the set of voters */
#ifndef BULLY_CORE_SET_H
#define BULLY_CORE_SET_H

#include "base.h"

u32 bully_set_node(const struct bully_core *c, u32 i, u8 *role);
bool bully_set_update(struct bully_core *c);
void bully_set_configure(struct bully_core *c, u32 id);
bool bully_set_is_voter(const struct bully_core *c);
u32 bully_set_majority(const struct bully_core *c);
u32 bully_set_majority_ahead(const struct bully_core *c);
bool bully_set_near(const struct bully_core *c, const struct bully_msg *m);
void bully_set_forget_change(struct bully_core *c);
void bully_set_unsettle(struct bully_core *c);
void bully_set_begin_change(struct bully_core *c, u32 was, u32 had);
bool bully_set_other_mode(const struct bully_core *c, const struct bully_msg *m);
bool bully_set_seen(struct bully_core *c, struct bully_peer *p, const struct bully_msg *m);
void bully_set_ask(struct bully_core *c);

#endif /* BULLY_CORE_SET_H */
