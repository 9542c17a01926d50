/* SPDX-License-Identifier: GPL-2.0-only */
/* claim.h - owns whether a claim may still be granted */
#ifndef BULLY_CORE_CLAIM_H
#define BULLY_CORE_CLAIM_H

#include "base.h"

bool bully_claim_is_hopeless(const struct bully_core *c);
bool bully_claim_is_unheard(const struct bully_core *c);
enum bully_blocked bully_claim_yields(struct bully_core *c, const struct bully_peer *p,
				      const struct bully_msg *m);
u64 bully_claim_wait(const struct bully_core *c, const struct bully_peer *p,
		     const struct bully_msg *m);

#endif /* BULLY_CORE_CLAIM_H */
