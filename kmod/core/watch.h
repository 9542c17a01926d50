/* SPDX-License-Identifier: GPL-2.0-only */
/* watch.h - owns which voter an unlisted observer asks */
#ifndef BULLY_CORE_WATCH_H
#define BULLY_CORE_WATCH_H

#include "base.h"

void bully_watch_begin(struct bully_core *c);
void bully_watch_tick(struct bully_core *c, u64 late);
void bully_watch_repeat(struct bully_core *c);
void bully_watch_named(struct bully_core *c, struct bully_peer *p, bool full);
bool bully_watch_denied(struct bully_core *c, struct bully_peer *p);

#endif /* BULLY_CORE_WATCH_H */
