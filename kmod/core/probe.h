/* SPDX-License-Identifier: GPL-2.0-only */
/* probe.h - owns a follower's probes */
#ifndef BULLY_CORE_PROBE_H
#define BULLY_CORE_PROBE_H

#include "base.h"

bool bully_probe_is_answered(const struct bully_core *c);
void bully_probe_begin(struct bully_core *c);
void bully_probe_rhythm(struct bully_core *c);
void bully_probe_send(struct bully_core *c);
void bully_probe_repeat(struct bully_core *c);
void bully_probe_now(struct bully_core *c);
bool bully_probe_missed(struct bully_core *c);
void bully_probe_tick(struct bully_core *c, u64 late);
u64 bully_probe_first_unanswered(const struct bully_core *c);
bool bully_probe_silent(const struct bully_core *c);
bool bully_probe_gone(struct bully_core *c);
u32 bully_probe_find(const struct bully_core *c, const struct bully_msg *m);
void bully_probe_answered(struct bully_core *c, struct bully_peer *p, u32 i);
void bully_probe_resume(struct bully_core *c, u64 proof, u64 base);

#endif /* BULLY_CORE_PROBE_H */
