// SPDX-License-Identifier: GPL-2.0-only
/*
 * owners.c - keeps the table of the owners of a candidacy
 *
 * Each entry has a name, and a socket or none: an entry without a socket is vacant, and says
 * that an owner is missed. This file decides nothing about the group, takes no lock, and puts
 * no socket.
 */
#include <linux/bits.h>
#include <linux/minmax.h>
#include <linux/string.h>

#include "core/core.h"
#include "group/owners.h"

/* Returns the state of an entry that is not free. */
enum bully_owner_state bully_owners_state(const struct bully_owner *owner)
{
	if (!owner->sk)
		return BULLY_OWNER_STATE_VACANT;
	if (owner->late)
		return BULLY_OWNER_STATE_LATE;
	return owner->willing ? BULLY_OWNER_STATE_OK : BULLY_OWNER_STATE_UNWILLING;
}

/* Returns a bit for each enum bully_owner_state that an entry without a weight has. */
u32 bully_owners_states(const struct bully_owners *owners)
{
	const struct bully_owner *owner;
	u32 states = 0;

	for (owner = owners->entry; owner != bully_owners_end(owners); owner++)
		if (*owner->name && !owner->weight)
			states |= BIT(bully_owners_state(owner));
	return states;
}

/* Returns true if an entry is vacant or late. */
bool bully_owners_miss(const struct bully_owners *owners)
{
	const struct bully_owner *owner;

	for (owner = owners->entry; owner != bully_owners_end(owners); owner++)
		if (*owner->name && (!owner->sk || owner->late))
			return true;
	return false;
}

/* S7: returns by how much the owners that are not ok lower the node's priority. */
u32 bully_owners_weight(const struct bully_owners *owners)
{
	const struct bully_owner *owner;
	u32 weight = 0;

	for (owner = owners->entry; owner != bully_owners_end(owners); owner++)
		if (*owner->name && bully_owners_state(owner) != BULLY_OWNER_STATE_OK)
			weight += owner->weight;
	return weight;
}

/* F4: returns the position of the owner whose data is the furthest; zero if no owner has one. */
struct bully_position bully_owners_position(const struct bully_owners *owners)
{
	struct bully_position most = {};
	const struct bully_owner *owner;

	for (owner = owners->entry; owner != bully_owners_end(owners); owner++)
		if (owner->position.term > most.term ||
		    (owner->position.term == most.term && owner->position.index > most.index))
			most = owner->position;
	return most;
}

/* Returns why the owners do not let the node stand; NULL if there is an owner and all do. */
const char *bully_owners_veto(const struct bully_owners *owners)
{
	u32 states = bully_owners_states(owners);

	if (!(states & (BIT(BULLY_OWNER_STATE_OK) | BIT(BULLY_OWNER_STATE_UNWILLING))))
		return "this node is not a candidate: no socket owns its candidacy";
	if (states & BIT(BULLY_OWNER_STATE_VACANT))
		return "this node is not a candidate: an owner of its candidacy is gone";
	if (states & BIT(BULLY_OWNER_STATE_LATE))
		return "this node is not a candidate: an owner of its candidacy is late";
	if (states & BIT(BULLY_OWNER_STATE_UNWILLING))
		return "this node is not a candidate: an owner of its candidacy is unwilling";
	return NULL;
}

/* Returns when the next owner is late, CLOCK_BOOTTIME in ns; BULLY_NEVER for never. */
u64 bully_owners_due(const struct bully_owners *owners)
{
	const struct bully_owner *owner;
	u64 due = BULLY_NEVER;

	for (owner = owners->entry; owner != bully_owners_end(owners); owner++)
		if (owner->sk)
			due = min(due, owner->due);
	return due;
}

/* Returns true if an entry has a socket with this port id. The caller needs no lock. */
bool bully_owners_have(const struct bully_owners *owners, u32 portid)
{
	const struct bully_owner *owner;

	for (owner = owners->entry; owner != bully_owners_end(owners); owner++)
		if (READ_ONCE(owner->portid) == portid)
			return true;
	return false;
}

/* Returns the entry of a name, with an empty name a free entry; NULL if there is none. */
struct bully_owner *bully_owners_find(struct bully_owners *owners, const char *name)
{
	struct bully_owner *owner;

	for (owner = owners->entry; owner != bully_owners_end(owners); owner++)
		if (!strcmp(owner->name, name))
			return owner;
	return NULL;
}

/* Returns the entry of a socket, or NULL. */
struct bully_owner *bully_owners_of(struct bully_owners *owners, const struct sock *sk)
{
	struct bully_owner *owner;

	for (owner = owners->entry; owner != bully_owners_end(owners); owner++)
		if (owner->sk == sk)
			return owner;
	return NULL;
}

/* Fill in an entry that has no socket. The reference of @as->sk goes to the entry. */
void bully_owners_sit(struct bully_owner *owner, const struct bully_owner *as)
{
	memcpy(owner->name, as->name, sizeof(owner->name));
	owner->sk = as->sk;
	WRITE_ONCE(owner->portid, as->portid);
	owner->willing = as->willing;
	owner->weight = as->weight;
	owner->late = as->late;
	owner->position = as->position;
	owner->deadline_ns = as->deadline_ns;
	owner->due = as->due;
}

/**
 * bully_owners_take() - take the socket out of an entry
 * @owner: the entry, which becomes vacant, or with @forget free
 * @forget: the owner is not missed
 * @gone: the socket is added to it, if there is one
 */
void bully_owners_take(struct bully_owner *owner, bool forget, struct bully_owners_gone *gone)
{
	struct bully_owner vacant = { .due = BULLY_NEVER };

	if (owner->sk)
		gone->sk[gone->n++] = owner->sk;
	if (!forget) {
		memcpy(vacant.name, owner->name, sizeof(vacant.name));
		vacant.weight = owner->weight;
	}
	bully_owners_sit(owner, &vacant);
}

/* Make the entries free that are vacant or late. */
void bully_owners_forget(struct bully_owners *owners, struct bully_owners_gone *gone)
{
	struct bully_owner *owner;

	for (owner = owners->entry; owner != bully_owners_end(owners); owner++)
		if (!owner->sk || owner->late)
			bully_owners_take(owner, true, gone);
}

/* Make all entries free. */
void bully_owners_clear(struct bully_owners *owners, struct bully_owners_gone *gone)
{
	struct bully_owner *owner;

	for (owner = owners->entry; owner != bully_owners_end(owners); owner++)
		bully_owners_take(owner, true, gone);
}

/* S8: mark the owners as late whose deadline has passed. */
void bully_owners_judge(struct bully_owners *owners, u64 now)
{
	struct bully_owner *owner;

	for (owner = owners->entry; owner != bully_owners_end(owners); owner++) {
		if (!owner->sk || now < owner->due)
			continue;
		owner->late = true;
		owner->due = BULLY_NEVER;
	}
}
