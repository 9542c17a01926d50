/* SPDX-License-Identifier: GPL-2.0-only */
/* hear.h - owns what the messages of an election do */
#ifndef BULLY_CORE_HEAR_H
#define BULLY_CORE_HEAR_H

#include "base.h"

void bully_hear_election(struct bully_core *c, const struct bully_msg *m);
void bully_hear_ok(struct bully_core *c, struct bully_peer *p, const struct bully_msg *m);
void bully_hear_heartbeat(struct bully_core *c, struct bully_peer *p, const struct bully_msg *m);
enum bully_drop bully_hear_heartbeat_ack(struct bully_core *c, struct bully_peer *p,
					 const struct bully_msg *m);
enum bully_drop bully_hear_resign(struct bully_core *c, struct bully_peer *p,
				  const struct bully_msg *m);
void bully_hear_any(struct bully_core *c, struct bully_peer *p, const struct bully_msg *m);

#endif /* BULLY_CORE_HEAR_H */
