/* SPDX-License-Identifier: GPL-2.0-only */
/* owners.h - owns the table of the owners of a candidacy */
#ifndef BULLY_OWNERS_H
#define BULLY_OWNERS_H

#include <linux/types.h>

#include "core/wire.h"
#include "uapi/bully.h"

struct sock;

#define BULLY_OWNER_NAME_LEN (BULLY_OWNER_NAME_MAX + 1)

/**
 * struct bully_owner - an entry of the table of owners
 * @name: the name under which a socket owns, padded with NUL; empty for a free entry
 * @sk: the socket, with a reference; or NULL: then the entry is free or vacant
 * @portid: the port id of @sk, or 0; read also without the lock
 * @willing: the owner wants the node to stand
 * @weight: 0, or by how much the priority is lower while the owner is not ok; an owner with a
 *	weight has no say in whether the node stands. A vacant entry keeps it
 * @late: the owner missed its deadline; @sk stays until a process releases the socket or
 *	takes over, or the entry is forgotten, so that no tasklet puts @sk
 * @position: how far the owner's data is, as it said last
 * @deadline_ns: how long the owner may be silent, 0 for ever
 * @due: CLOCK_BOOTTIME in ns: when the owner is late, BULLY_NEVER for never
 *
 * A vacant entry has a name, and neither a socket nor a position.
 */
struct bully_owner {
	char name[BULLY_OWNER_NAME_LEN];
	struct sock *sk;
	u32 portid;
	bool willing;
	u8 weight;
	bool late;
	struct bully_position position;
	u64 deadline_ns;
	u64 due;
};

/**
 * struct bully_owners - the owners of a candidacy
 * @entry: the table; an all-zero table has no owner
 *
 * At most one entry has a given name, and at most one a given socket. The lock of the group
 * protects the table, except where a function says otherwise.
 */
struct bully_owners {
	struct bully_owner entry[BULLY_OWNERS_MAX];
};

/**
 * struct bully_owners_gone - sockets that were taken out of a table
 * @n: their number
 * @sk: the sockets, which are to be put without the lock
 */
struct bully_owners_gone {
	unsigned int n;
	struct sock *sk[BULLY_OWNERS_MAX];
};

static inline const struct bully_owner *bully_owners_end(const struct bully_owners *owners)
{
	return owners->entry + BULLY_OWNERS_MAX;
}

enum bully_owner_state bully_owners_state(const struct bully_owner *owner);
u32 bully_owners_states(const struct bully_owners *owners);
u32 bully_owners_weight(const struct bully_owners *owners);
struct bully_position bully_owners_position(const struct bully_owners *owners);
bool bully_owners_miss(const struct bully_owners *owners);
const char *bully_owners_veto(const struct bully_owners *owners);
u64 bully_owners_due(const struct bully_owners *owners);
bool bully_owners_have(const struct bully_owners *owners, u32 portid);
struct bully_owner *bully_owners_find(struct bully_owners *owners, const char *name);
struct bully_owner *bully_owners_of(struct bully_owners *owners, const struct sock *sk);
void bully_owners_sit(struct bully_owner *owner, const struct bully_owner *as);
void bully_owners_take(struct bully_owner *owner, bool forget, struct bully_owners_gone *gone);
void bully_owners_forget(struct bully_owners *owners, struct bully_owners_gone *gone);
void bully_owners_clear(struct bully_owners *owners, struct bully_owners_gone *gone);
void bully_owners_judge(struct bully_owners *owners, u64 now);

#endif /* BULLY_OWNERS_H */
