/* SPDX-License-Identifier: GPL-2.0-only */
/* handover.h - owns the request for a lease */
#ifndef BULLY_CORE_HANDOVER_H
#define BULLY_CORE_HANDOVER_H

#include "base.h"

void bully_handover_asked(struct bully_core *c, struct bully_peer *p, const struct bully_msg *m);
void bully_handover_ask(struct bully_core *c);

#endif /* BULLY_CORE_HANDOVER_H */
