/* SPDX-License-Identifier: GPL-2.0-only */
/* alone.h - owns a core within a step, of which a case calls single functions */
#ifndef BULLY_UNIT_ALONE_H
#define BULLY_UNIT_ALONE_H

#include "policy.h"
#include "unit.h"

#define DETECTION	(3 * FIX_HB)	/* H3, ns */

/* Peers of node 2: below, above, and far above. */
extern const u32 alone_around[];

/* Node @id in classic mode, with peers of the other @ids (a zero ends them). Nothing was sent,
 * nothing was received, no timer is set; the link is up.
 */
struct bully_core *alone(u32 id, const u32 *ids);
/* The same in quorum mode. */
struct bully_core *alone_quorum(u32 id, const u32 *ids);
/* The peer with this id. */
struct bully_peer *alone_peer(u32 id);
/* All peers live and are proved, and were received just now. */
void alone_all_up(void);
/* The next step, @ns later: what the last one said is gone. */
void alone_step(u64 ns);
/* The newest message of @type in this step (@to 0: to anybody), or NULL. */
const struct bully_action *alone_sent(u8 type, u32 to);
/* The same, or an action that says nothing. */
const struct bully_action *alone_said(u8 type, u32 to);
/* The number of messages of @type in this step, and of notes of @kind. */
u32 alone_count(u8 type);
u32 alone_notes(u8 kind);

#endif /* BULLY_UNIT_ALONE_H */
