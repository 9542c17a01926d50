// SPDX-License-Identifier: LGPL-2.1-or-later
/* Properties of each attribute of a group and of a peer. */
#include <stddef.h>

#include "object.h"

#define WIDTH_NONE 0
#define WIDTH_U32 4
#define WIDTH_U64 8

_Static_assert(BULLY_A_GROUP_MAX < 64 && BULLY_A_PEER_MAX < 64, "an attribute has a bit in @set");

/* STATE: an attribute that only the kernel sends. PART: an option, or a part of an address. */
#define STATE(attr, bytes) [BULLY_A_##attr] = {.width = WIDTH_##bytes}
#define PART(attr, bytes, name)                                                                    \
	[BULLY_A_##attr] = {.width = WIDTH_##bytes, .option = true, .word = name}

const struct bully_attr bully_group_attrs[BULLY_A_GROUP_MAX + 1] = {
#define GROUP_OPTION(attr, bytes, kind, name, ...) PART(GROUP_##attr, bytes, name),
#include "options.def"
	PART(GROUP_NAME, NONE, "name"),
	PART(GROUP_LOCAL_IP6, NONE, "local"),
	PART(GROUP_LOCAL_SCOPE, NONE, "local scope"),
	PART(GROUP_LOCAL_SCOPE_NAME, NONE, "local scope"),
	PART(GROUP_LOCAL_PORT, NONE, "local port"),
	PART(GROUP_DEV, U32, "dev"),
	STATE(GROUP_STATE, U32),
	STATE(GROUP_LEADER, U32),
	STATE(GROUP_EPOCH, U64),
	STATE(GROUP_EVENT_SEQ, U64),
	STATE(GROUP_REASON, U32),
	STATE(GROUP_TIME, U64),
	STATE(GROUP_LEASE_REMAINING, U64),
	STATE(GROUP_SESSION, U64),
	STATE(GROUP_LINK, U32),
	STATE(GROUP_DUPLICATE, U32),
	STATE(GROUP_RESIGNED, U32),
	STATE(GROUP_PEERS, U32),
	STATE(GROUP_HOLDDOWN_REMAINING, U64),
	STATE(GROUP_ABSTAIN_REMAINING, U64),
	STATE(GROUP_GRANT_TO, U32),
	STATE(GROUP_GRANT_REMAINING, U64),
	STATE(GROUP_MAJORITY, U32),
	STATE(GROUP_GRANTS, U32),
	STATE(GROUP_EFFECTIVE_PRIORITY, U32),
	STATE(GROUP_POSITION_TERM, U64),
	STATE(GROUP_POSITION_INDEX, U64),
	STATE(GROUP_OBSERVERS_NOW, U32),
	STATE(GROUP_ASKED, U32),
};

const struct bully_attr bully_peer_attrs[BULLY_A_PEER_MAX + 1] = {
#define PEER_OPTION(attr, bytes, kind, name, ...) PART(PEER_##attr, bytes, name),
#include "options.def"
	PART(PEER_IP6, NONE, "addr"),
	PART(PEER_SCOPE, NONE, "addr scope"),
	PART(PEER_SCOPE_NAME, NONE, "addr scope"),
	PART(PEER_PORT, NONE, "addr port"),
	STATE(PEER_STATE, U32),
	STATE(PEER_RTT, U64),
	STATE(PEER_LAST_SEEN, U64),
	STATE(PEER_DUPLICATE, U32),
	STATE(PEER_MISMATCH, U32),
	STATE(PEER_SESSION, U64),
	STATE(PEER_VOTE, U32),
	STATE(PEER_HOLDDOWN_REMAINING, U64),
	STATE(PEER_VOTERS_DIFFER, U32),
	STATE(PEER_ADDRESS, U32),
	STATE(PEER_PRIORITY, U32),
	STATE(PEER_POSITION_TERM, U64),
	STATE(PEER_POSITION_INDEX, U64),
};
