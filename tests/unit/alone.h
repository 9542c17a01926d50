/* SPDX-License-Identifier: GPL-2.0-only */
/* alone.h - declares a core within a step, so that a case can call single functions */
#ifndef BULLY_UNIT_ALONE_H
#define BULLY_UNIT_ALONE_H

#include "policy.h"
#include "unit.h"

#define DETECTION	(3 * FIX_HB)	/* H3, ns */

/* Peers of node 2: below, above, and far above. */
extern const u32 alone_around[];

/* Returns node @id in classic mode, with peers of the other @ids (a zero ends them). It has sent
 * and received nothing; no timer is set; the link is up.
 */
struct bully_core *alone(u32 id, const u32 *ids);
/* As alone(), in quorum mode. */
struct bully_core *alone_quorum(u32 id, const u32 *ids);
/* Returns the peer with this id. */
struct bully_peer *alone_peer(u32 id);
/* Makes all peers live and proved, with a message received just now. */
void alone_all_up(void);
/* Begins the next step, @ns later, without the messages of the last step. */
void alone_step(u64 ns);
/* Returns the newest message of @type in this step (@to 0: to any peer), or NULL. */
const struct bully_action *alone_sent(u8 type, u32 to);
/* As alone_sent(), but returns an empty action instead of NULL. */
const struct bully_action *alone_said(u8 type, u32 to);
/* Returns the number of messages of @type, or of notes of @kind, in this step. */
u32 alone_count(u8 type);
u32 alone_notes(u8 kind);

#endif /* BULLY_UNIT_ALONE_H */
