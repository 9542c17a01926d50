// SPDX-License-Identifier: LGPL-2.1-or-later
/* From attributes to the domain model. */
#include <string.h>

#include "internal.h"

#define U32                                                                                        \
	{                                                                                          \
		.type = NLA_U32                                                                    \
	}
#define U64                                                                                        \
	{                                                                                          \
		.type = NLA_U64                                                                    \
	}
#define DEV_NAME                                                                                   \
	{                                                                                          \
		.type = NLA_NUL_STRING, .maxlen = BULLY_DEV_NAME_MAX + 1                           \
	}
#define IP6                                                                                        \
	{                                                                                          \
		.minlen = 16, .maxlen = 16                                                         \
	}

static const struct nla_policy group_policy[BULLY_A_GROUP_MAX + 1] = {
	[BULLY_A_GROUP_NAME] = {.type = NLA_NUL_STRING, .maxlen = BULLY_GROUP_NAME_MAX + 1},
	[BULLY_A_GROUP_ID] = U32,
	[BULLY_A_GROUP_LOCAL_IP4] = U32,
	[BULLY_A_GROUP_LOCAL_IP6] = IP6,
	[BULLY_A_GROUP_LOCAL_SCOPE] = U32,
	[BULLY_A_GROUP_LOCAL_PORT] = U32,
	[BULLY_A_GROUP_DEV] = U32,
	[BULLY_A_GROUP_HEARTBEAT] = U64,
	[BULLY_A_GROUP_MISSES] = U32,
	[BULLY_A_GROUP_QUORUM] = U32,
	[BULLY_A_GROUP_LEASE] = U64,
	[BULLY_A_GROUP_PREEMPT] = U32,
	[BULLY_A_GROUP_PREEMPT_DELAY] = U64,
	[BULLY_A_GROUP_HOLDDOWN] = U32,
	[BULLY_A_GROUP_ROLE] = U32,
	[BULLY_A_GROUP_CANDIDATE] = U32,
	[BULLY_A_GROUP_STATE] = U32,
	[BULLY_A_GROUP_LEADER] = U32,
	[BULLY_A_GROUP_EPOCH] = U64,
	[BULLY_A_GROUP_EVENT_SEQ] = U64,
	[BULLY_A_GROUP_REASON] = U32,
	[BULLY_A_GROUP_TIME] = U64,
	[BULLY_A_GROUP_LEASE_REMAINING] = U64,
	[BULLY_A_GROUP_SESSION] = U64,
	[BULLY_A_GROUP_LINK] = U32,
	[BULLY_A_GROUP_DUPLICATE] = U32,
	[BULLY_A_GROUP_RESIGNED] = U32,
	[BULLY_A_GROUP_PEERS] = U32,
	[BULLY_A_GROUP_VOTERS] = U32,
	[BULLY_A_GROUP_HOLDDOWN_FREE] = U32,
	[BULLY_A_GROUP_HOLDDOWN_DELAY] = U64,
	[BULLY_A_GROUP_HOLDDOWN_MAX] = U64,
	[BULLY_A_GROUP_HOLDDOWN_HALF_LIFE] = U64,
	[BULLY_A_GROUP_HOLDDOWN_REMAINING] = U64,
	[BULLY_A_GROUP_ABSTAIN_REMAINING] = U64,
	[BULLY_A_GROUP_GRANT_TO] = U32,
	[BULLY_A_GROUP_GRANT_REMAINING] = U64,
	[BULLY_A_GROUP_MAJORITY] = U32,
	[BULLY_A_GROUP_GRANTS] = U32,
	[BULLY_A_GROUP_AUTH] = U32,
	[BULLY_A_GROUP_DEV_NAME] = DEV_NAME,
	[BULLY_A_GROUP_LOCAL_SCOPE_NAME] = DEV_NAME,
};

static const struct nla_policy peer_policy[BULLY_A_PEER_MAX + 1] = {
	[BULLY_A_PEER_ID] = U32,
	[BULLY_A_PEER_IP4] = U32,
	[BULLY_A_PEER_IP6] = IP6,
	[BULLY_A_PEER_SCOPE] = U32,
	[BULLY_A_PEER_PORT] = U32,
	[BULLY_A_PEER_ROLE] = U32,
	[BULLY_A_PEER_STATE] = U32,
	[BULLY_A_PEER_RTT] = U64,
	[BULLY_A_PEER_LAST_SEEN] = U64,
	[BULLY_A_PEER_DUPLICATE] = U32,
	[BULLY_A_PEER_MISMATCH] = U32,
	[BULLY_A_PEER_SESSION] = U64,
	[BULLY_A_PEER_VOTE] = U32,
	[BULLY_A_PEER_HOLDDOWN_REMAINING] = U64,
	[BULLY_A_PEER_VOTERS_DIFFER] = U32,
	[BULLY_A_PEER_ADDRESS] = U32,
	[BULLY_A_PEER_SOURCE_IP4] = U32,
	[BULLY_A_PEER_SOURCE_IP6] = IP6,
	[BULLY_A_PEER_SOURCE_SCOPE] = U32,
	[BULLY_A_PEER_SOURCE_PORT] = U32,
	[BULLY_A_PEER_SCOPE_NAME] = DEV_NAME,
};

/* Copies a number if it is there, and says so in @set. */
#define GET(kind, attr, member)                                                                    \
	do {                                                                                       \
		if (tb[attr]) {                                                                    \
			(member) = nla_get_##kind(tb[attr]);                                       \
			set |= BULLY_BIT(attr);                                                    \
		}                                                                                  \
	} while (0)

/* Copies the name of an interface if it is there, and says so in @set. */
#define GET_NAME(attr, member)                                                                     \
	do {                                                                                       \
		if (tb[attr]) {                                                                    \
			nla_strlcpy(member, tb[attr], sizeof(member));                             \
			set |= BULLY_BIT(attr);                                                    \
		}                                                                                  \
	} while (0)

static void get_addr(struct nlattr *ip4, struct nlattr *ip6, struct bully_addr *addr)
{
	struct nlattr *ip = ip6 ? ip6 : ip4;

	if (!ip)
		return;
	addr->family = ip6 ? 6 : 4;
	memcpy(addr->bytes, nla_data(ip), ip6 ? 16 : 4);
}

#define MAX(a, b) ((a) > (b) ? (a) : (b))

uint64_t bully_group_lease(const struct bully_group *g)
{
	if (g->lease_ns)
		return g->lease_ns;
	return g->heartbeat_ns * MAX(g->misses, BULLY_LEASE_HEARTBEATS(g->heartbeat_ns));
}

static void get_key_ids(const struct nlattr *attr, struct bully_group *g)
{
	size_t len = attr ? (size_t)nla_len(attr) / sizeof(*g->key_ids) : 0;

	g->key_ids_len = len > BULLY_KEYS_MAX ? BULLY_KEYS_MAX : len;
	if (len)
		memcpy(g->key_ids, nla_data(attr), g->key_ids_len * sizeof(*g->key_ids));
}

int bully_decode_group(struct nlattr *nest, struct bully_group *g)
{
	struct nlattr *tb[BULLY_A_GROUP_MAX + 1];
	uint64_t set = 0;
	int err;

	err = nla_parse_nested(tb, BULLY_A_GROUP_MAX, nest, group_policy);
	if (err < 0)
		return err;
	if (!tb[BULLY_A_GROUP_NAME])
		return -NLE_MISSING_ATTR;
	nla_strlcpy(g->name, tb[BULLY_A_GROUP_NAME], sizeof(g->name));
	set |= BULLY_BIT(BULLY_A_GROUP_NAME);

	get_addr(tb[BULLY_A_GROUP_LOCAL_IP4], tb[BULLY_A_GROUP_LOCAL_IP6], &g->local);
	if (g->local.family == 4)
		set |= BULLY_BIT(BULLY_A_GROUP_LOCAL_IP4);
	if (g->local.family == 6)
		set |= BULLY_BIT(BULLY_A_GROUP_LOCAL_IP6);
	GET(u32, BULLY_A_GROUP_LOCAL_SCOPE, g->local.scope);
	GET_NAME(BULLY_A_GROUP_LOCAL_SCOPE_NAME, g->local.scope_name);
	GET(u32, BULLY_A_GROUP_LOCAL_PORT, g->local.port);

	GET(u32, BULLY_A_GROUP_ID, g->id);
	GET(u32, BULLY_A_GROUP_DEV, g->dev);
	GET_NAME(BULLY_A_GROUP_DEV_NAME, g->dev_name);
	GET(u64, BULLY_A_GROUP_HEARTBEAT, g->heartbeat_ns);
	GET(u32, BULLY_A_GROUP_MISSES, g->misses);
	GET(u32, BULLY_A_GROUP_QUORUM, g->quorum);
	GET(u64, BULLY_A_GROUP_LEASE, g->lease_ns);
	GET(u32, BULLY_A_GROUP_PREEMPT, g->preempt);
	GET(u64, BULLY_A_GROUP_PREEMPT_DELAY, g->preempt_delay_ns);
	GET(u32, BULLY_A_GROUP_HOLDDOWN, g->holddown);
	GET(u32, BULLY_A_GROUP_ROLE, g->role);
	GET(u32, BULLY_A_GROUP_CANDIDATE, g->candidate);
	GET(u32, BULLY_A_GROUP_STATE, g->state);
	GET(u32, BULLY_A_GROUP_LEADER, g->leader);
	GET(u64, BULLY_A_GROUP_EPOCH, g->epoch);
	GET(u64, BULLY_A_GROUP_EVENT_SEQ, g->event_seq);
	GET(u32, BULLY_A_GROUP_REASON, g->reason);
	GET(u64, BULLY_A_GROUP_TIME, g->time_ns);
	GET(u64, BULLY_A_GROUP_LEASE_REMAINING, g->lease_remaining_ns);
	GET(u64, BULLY_A_GROUP_SESSION, g->session);
	GET(u32, BULLY_A_GROUP_LINK, g->link);
	GET(u32, BULLY_A_GROUP_DUPLICATE, g->duplicate);
	GET(u32, BULLY_A_GROUP_RESIGNED, g->resigned);
	GET(u32, BULLY_A_GROUP_PEERS, g->npeers);
	GET(u32, BULLY_A_GROUP_VOTERS, g->voters);
	GET(u32, BULLY_A_GROUP_HOLDDOWN_FREE, g->holddown_free);
	GET(u64, BULLY_A_GROUP_HOLDDOWN_DELAY, g->holddown_delay_ns);
	GET(u64, BULLY_A_GROUP_HOLDDOWN_MAX, g->holddown_max_ns);
	GET(u64, BULLY_A_GROUP_HOLDDOWN_HALF_LIFE, g->holddown_half_life_ns);
	GET(u64, BULLY_A_GROUP_HOLDDOWN_REMAINING, g->holddown_remaining_ns);
	GET(u64, BULLY_A_GROUP_ABSTAIN_REMAINING, g->abstain_remaining_ns);
	GET(u32, BULLY_A_GROUP_GRANT_TO, g->grant_to);
	GET(u64, BULLY_A_GROUP_GRANT_REMAINING, g->grant_remaining_ns);
	GET(u32, BULLY_A_GROUP_MAJORITY, g->majority);
	GET(u32, BULLY_A_GROUP_GRANTS, g->grants);
	GET(u32, BULLY_A_GROUP_AUTH, g->auth);
	get_key_ids(tb[BULLY_A_GROUP_KEY_IDS], g);
	g->set = set;
	return 0;
}

int bully_decode_peer(struct nlattr *nest, struct bully_peer *p)
{
	struct nlattr *tb[BULLY_A_PEER_MAX + 1];
	uint64_t set = 0;
	int err;

	err = nla_parse_nested(tb, BULLY_A_PEER_MAX, nest, peer_policy);
	if (err < 0)
		return err;
	if (!tb[BULLY_A_PEER_ID])
		return -NLE_MISSING_ATTR;

	get_addr(tb[BULLY_A_PEER_IP4], tb[BULLY_A_PEER_IP6], &p->addr);
	if (p->addr.family == 4)
		set |= BULLY_BIT(BULLY_A_PEER_IP4);
	if (p->addr.family == 6)
		set |= BULLY_BIT(BULLY_A_PEER_IP6);
	GET(u32, BULLY_A_PEER_ID, p->id);
	GET(u32, BULLY_A_PEER_SCOPE, p->addr.scope);
	GET_NAME(BULLY_A_PEER_SCOPE_NAME, p->addr.scope_name);
	GET(u32, BULLY_A_PEER_PORT, p->addr.port);
	GET(u32, BULLY_A_PEER_ROLE, p->role);
	GET(u32, BULLY_A_PEER_STATE, p->state);
	GET(u64, BULLY_A_PEER_RTT, p->rtt_ns);
	GET(u64, BULLY_A_PEER_LAST_SEEN, p->last_seen_ns);
	GET(u32, BULLY_A_PEER_DUPLICATE, p->duplicate);
	GET(u32, BULLY_A_PEER_MISMATCH, p->mismatch);
	GET(u64, BULLY_A_PEER_SESSION, p->session);
	GET(u32, BULLY_A_PEER_VOTE, p->vote);
	GET(u64, BULLY_A_PEER_HOLDDOWN_REMAINING, p->holddown_remaining_ns);
	GET(u32, BULLY_A_PEER_VOTERS_DIFFER, p->voters_differ);
	GET(u32, BULLY_A_PEER_ADDRESS, p->address);
	get_addr(tb[BULLY_A_PEER_SOURCE_IP4], tb[BULLY_A_PEER_SOURCE_IP6], &p->source);
	GET(u32, BULLY_A_PEER_SOURCE_SCOPE, p->source.scope);
	GET(u32, BULLY_A_PEER_SOURCE_PORT, p->source.port);
	p->set = set;
	return 0;
}

/* The socket that owns a group; @nest is NULL where none does. */
int bully_decode_owner(struct nlattr *nest, struct bully_group *g)
{
	static const struct nla_policy policy[BULLY_A_OWNER_MAX + 1] = {
		[BULLY_A_OWNER_DEADLINE] = U64,
		[BULLY_A_OWNER_PORTID] = U32,
		[BULLY_A_OWNER_REMAINING] = U64,
	};
	struct nlattr *tb[BULLY_A_OWNER_MAX + 1];
	int err;

	if (!nest)
		return 0;
	err = nla_parse_nested(tb, BULLY_A_OWNER_MAX, nest, policy);
	if (err < 0)
		return err;
	if (!tb[BULLY_A_OWNER_PORTID])
		return -NLE_MISSING_ATTR;
	g->owned = true;
	g->owner_portid = nla_get_u32(tb[BULLY_A_OWNER_PORTID]);
	if (tb[BULLY_A_OWNER_DEADLINE])
		g->owner_deadline_ns = nla_get_u64(tb[BULLY_A_OWNER_DEADLINE]);
	if (tb[BULLY_A_OWNER_REMAINING])
		g->owner_remaining_ns = nla_get_u64(tb[BULLY_A_OWNER_REMAINING]);
	return 0;
}

/* The outermost attributes of a message of the family. */
int bully_decode_top(struct nlmsghdr *nlh, struct nlattr **tb)
{
	static const struct nla_policy policy[BULLY_A_MAX + 1] = {
		[BULLY_A_GROUP] = {.type = NLA_NESTED},
		[BULLY_A_PEER] = {.type = NLA_NESTED},
		[BULLY_A_STATS] = {.type = NLA_NESTED},
		[BULLY_A_PEER_STATS] = {.type = NLA_NESTED},
		[BULLY_A_NET_STATS] = {.type = NLA_NESTED},
		[BULLY_A_OWNER] = {.type = NLA_NESTED},
	};

	if (!genlmsg_valid_hdr(nlh, 0))
		return -NLE_MSG_TOOSHORT;
	return genlmsg_parse(nlh, 0, tb, BULLY_A_MAX, policy);
}
