/* SPDX-License-Identifier: GPL-2.0-only */
/* notice.h - owns what other nodes say of this one */
#ifndef BULLY_CORE_NOTICE_H
#define BULLY_CORE_NOTICE_H

#include "base.h"

void bully_notice_duplicate(struct bully_core *c, const struct bully_peer *p);
void bully_notice_duplicate_over(struct bully_core *c);
void bully_notice_unreached_over(struct bully_core *c);
enum bully_drop bully_notice_receive(struct bully_core *c, struct bully_peer *p,
				     const struct bully_msg *m);

#endif /* BULLY_CORE_NOTICE_H */
