/* SPDX-License-Identifier: GPL-2.0-only */
/* address.h - owns where peers are received from */
#ifndef BULLY_CORE_ADDRESS_H
#define BULLY_CORE_ADDRESS_H

#include "base.h"

void bully_address_found(struct bully_core *c, struct bully_peer *p, enum bully_address address);
void bully_address_forget(struct bully_core *c, struct bully_peer *p);
void bully_address_expire(struct bully_core *c);
void bully_address_accepted(struct bully_core *c, struct bully_peer *p);
bool bully_address_doubt_elsewhere(struct bully_core *c, struct bully_peer *p);
void bully_address_stranger(struct bully_core *c, struct bully_peer *p, const struct bully_msg *m);
bool bully_address_notice_answered(struct bully_peer *p, const struct bully_msg *m);
bool bully_address_unreached(struct bully_core *c, const struct bully_peer *told);

/* S9: @session has answered at the peer's configured address. */
static inline void bully_address_answered(struct bully_peer *p, u64 session)
{
	if (p->address.stranger == session)
		p->address.stranger = 0;
}

/* S10: a peer was received, or no notice has come for long. */
static inline void bully_address_reached(struct bully_core *c)
{
	c->address.unreached = false;
}

/* S9: returns true if the sender's session is not proved any more. */
static inline bool bully_address_doubt(struct bully_core *c, struct bully_peer *p)
{
	return c->elsewhere && bully_address_doubt_elsewhere(c, p);
}

#endif /* BULLY_CORE_ADDRESS_H */
