/* SPDX-License-Identifier: GPL-2.0-only */
/* hook.h - owns the netfilter hooks of a namespace that has guarded addresses */
#ifndef BULLY_GUARD_HOOK_H
#define BULLY_GUARD_HOOK_H

#include "guard/table.h"

bool bully_hook_possible(void);

/* under bully_net.lock, may sleep */
int bully_hook_register(struct bully_guards *all);
void bully_hook_unregister(struct bully_guards *all);

#endif /* BULLY_GUARD_HOOK_H */
