/* SPDX-License-Identifier: GPL-2.0-only */
/* handover.h - owns the request for a lease, and the handover to a named node */
#ifndef BULLY_CORE_HANDOVER_H
#define BULLY_CORE_HANDOVER_H

#include "base.h"

void bully_handover_asked(struct bully_core *c, struct bully_peer *p, const struct bully_msg *m);
void bully_handover_ask(struct bully_core *c);
void bully_handover_to(struct bully_core *c, struct bully_peer *p);
void bully_handover_answered(struct bully_core *c, const struct bully_peer *p,
			     const struct bully_msg *m);
void bully_handover_greet(struct bully_core *c, const struct bully_peer *p,
			  const struct bully_msg *m);

#endif /* BULLY_CORE_HANDOVER_H */
