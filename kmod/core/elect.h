/* SPDX-License-Identifier: GPL-2.0-only */
/* elect.h - owns the election that all policies share */
#ifndef BULLY_CORE_ELECT_H
#define BULLY_CORE_ELECT_H

#include "base.h"

void bully_elect_win(struct bully_core *c, enum bully_reason reason);
void bully_elect(struct bully_core *c, enum bully_reason cause);
void bully_elect_declined(struct bully_core *c, struct bully_peer *p);
void bully_elect_phase_over(struct bully_core *c);
void bully_elect_listen_check(struct bully_core *c);
void bully_elect_listen_end(struct bully_core *c);
void bully_elect_leader_lost(struct bully_core *c, enum bully_reason reason);
void bully_elect_leader_resigned(struct bully_core *c, u32 heir);
void bully_elect_named(struct bully_core *c);
void bully_elect_suspect(struct bully_core *c);
void bully_elect_probe_over(struct bully_core *c);
void bully_elect_ranked(struct bully_core *c, const struct bully_peer *p);
void bully_elect_unawaited(struct bully_core *c);
void bully_elect_leader_judged(struct bully_core *c);

#endif /* BULLY_CORE_ELECT_H */
