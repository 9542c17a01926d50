/* SPDX-License-Identifier: GPL-2.0-only */
/* guard.h - owns the lifetime of guards: the guarded addresses of a group */
#ifndef BULLY_GUARD_H
#define BULLY_GUARD_H

#include "guard/table.h"

int bully_guard_init(void);
void bully_guard_exit(void);
struct bully_guards *bully_guards(struct net *net);

/* under bully_net.lock, may sleep */
struct bully_guard *bully_guard_make(struct bully_guards *all, const struct bully_guard_list *list,
				     const char **refusal);
void bully_guard_free(struct bully_guard *guard);

/* under bully_net.lock */
void bully_guard_replace(struct bully_guard *old, struct bully_guard *guard);
void bully_guard_inherit(struct bully_guard *guard, const struct bully_guard *old);
bool bully_guard_differs(const struct bully_guard *guard, const struct bully_guard_list *list);

/* under the group's lock, or bully_net.lock */
void bully_guard_copy(const struct bully_guard *guard, struct bully_guard_list *list);
u64 bully_guard_drops(const struct bully_guard *guard, enum bully_guard_way way);

#endif /* BULLY_GUARD_H */
