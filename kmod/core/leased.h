/* SPDX-License-Identifier: GPL-2.0-only */
/* leased.h - owns what all policies with leases have in common */
#ifndef BULLY_CORE_LEASED_H
#define BULLY_CORE_LEASED_H

#include "base.h"

u64 bully_leased_listen(struct bully_core *c);
u64 bully_leased_wait(struct bully_core *c);
void bully_leased_count(struct bully_core *c);
void bully_leased_claim(struct bully_core *c);
void bully_leased_claim_above(struct bully_core *c, u64 epoch);
void bully_leased_claim_tick(struct bully_core *c);
u64 bully_leased_claim_self(struct bully_core *c);
bool bully_leased_give_up(struct bully_core *c, enum bully_phase phase);
void bully_leased_lead_tick(struct bully_core *c);
enum bully_drop bully_leased_on_coordinator_ack(struct bully_core *c, struct bully_peer *p,
						const struct bully_msg *m);
enum bully_drop bully_leased_on_refuse(struct bully_core *c, struct bully_peer *p,
				       const struct bully_msg *m);
void bully_leased_on_vote(struct bully_core *c, struct bully_peer *p, const struct bully_msg *m);
bool bully_leased_hear(struct bully_core *c, struct bully_peer *p, const struct bully_msg *m);
bool bully_leased_outbid(struct bully_core *c, const struct bully_msg *m);
bool bully_leased_hear_claim(struct bully_core *c, struct bully_peer *p, const struct bully_msg *m);
bool bully_leased_admin_elect(struct bully_core *c);
void bully_leased_grant(struct bully_core *c, struct bully_peer *p, const struct bully_msg *m,
			enum bully_phase phase);

#endif /* BULLY_CORE_LEASED_H */
