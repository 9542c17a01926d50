// SPDX-License-Identifier: GPL-2.0
/*
 * policy.c - the family as Documentation/netlink/specs/bully.yaml has it
 *
 * Which attributes an operation takes, their types and ranges, and who may ask
 * for it. CTRL_CMD_GETPOLICY shows all of this, and a test compares it with the
 * specification.
 */
#include <linux/module.h>

#include "netlink/message.h"
#include "netlink/netlink.h"

static struct netlink_range_validation bully_nl_heartbeat_range = {
	.min = BULLY_HEARTBEAT_MIN_NS,
	.max = BULLY_HEARTBEAT_MAX_NS,
};

static struct netlink_range_validation bully_nl_preempt_delay_range = {
	.max = BULLY_PREEMPT_DELAY_MAX_NS,
};

/* 0 is the default; the shortest is a matter of the heartbeat */
static struct netlink_range_validation bully_nl_lease_range = {
	.max = BULLY_LEASE_MAX_NS,
};

static struct netlink_range_validation bully_nl_holddown_range = {
	.min = NSEC_PER_MSEC,
	.max = BULLY_HOLDDOWN_LIMIT_NS,
};

static struct netlink_range_validation bully_nl_owner_range = {
	.min = BULLY_OWNER_DEADLINE_MIN_NS,
	.max = BULLY_OWNER_DEADLINE_MAX_NS,
};

/* wider than the 16 bits that the other kinds of range have */
static struct netlink_range_validation bully_nl_port_range = {
	.min = 1,
	.max = U16_MAX,
};

static struct netlink_range_validation bully_nl_ifindex_range = {
	.max = S32_MAX,
};

#define BULLY_NL_ID NLA_POLICY_MIN(NLA_U32, 1)
#define BULLY_NL_NAME                                               \
	{                                                           \
		.type = NLA_NUL_STRING, .len = BULLY_GROUP_NAME_MAX \
	}
#define BULLY_NL_IP4            \
	{                       \
		.type = NLA_U32 \
	} /* NLA_BE32 would not be shown */
#define BULLY_NL_IP6 NLA_POLICY_EXACT_LEN(sizeof(struct in6_addr))
#define BULLY_NL_PORT NLA_POLICY_FULL_RANGE(NLA_U32, &bully_nl_port_range)
#define BULLY_NL_IFINDEX NLA_POLICY_FULL_RANGE(NLA_U32, &bully_nl_ifindex_range)
#define BULLY_NL_DEV_NAME                                         \
	{                                                         \
		.type = NLA_NUL_STRING, .len = BULLY_DEV_NAME_MAX \
	}
#define BULLY_NL_SWITCH NLA_POLICY_MAX(NLA_U32, 1)
#define BULLY_NL_ROLE NLA_POLICY_MAX(NLA_U32, BULLY_ROLE_OBSERVER)
#define BULLY_NL_HOLDDOWN NLA_POLICY_FULL_RANGE(NLA_U64, &bully_nl_holddown_range)

const struct nla_policy bully_nl_group_name_policy[BULLY_A_GROUP_NAME + 1] = {
	[BULLY_A_GROUP_NAME] = BULLY_NL_NAME,
};

const struct nla_policy bully_nl_key_policy[BULLY_A_KEY_MAX + 1] = {
	[BULLY_A_KEY_ID] = BULLY_NL_ID,
	[BULLY_A_KEY_DATA] = NLA_POLICY_RANGE(NLA_BINARY, BULLY_KEY_MIN, BULLY_KEY_MAX),
	[BULLY_A_KEY_ACTIVE] = BULLY_NL_SWITCH,
};

/* What is not named here only the kernel sends; nla_parse_nested() refuses it. */
const struct nla_policy bully_nl_group_config_policy[BULLY_NL_GROUP_LAST + 1] = {
	[BULLY_A_GROUP_NAME] = BULLY_NL_NAME,
	[BULLY_A_GROUP_ID] = BULLY_NL_ID,
	[BULLY_A_GROUP_LOCAL_IP4] = BULLY_NL_IP4,
	[BULLY_A_GROUP_LOCAL_IP6] = BULLY_NL_IP6,
	[BULLY_A_GROUP_LOCAL_SCOPE] = BULLY_NL_IFINDEX,
	[BULLY_A_GROUP_LOCAL_PORT] = BULLY_NL_PORT,
	[BULLY_A_GROUP_DEV] = BULLY_NL_IFINDEX,
	[BULLY_A_GROUP_HEARTBEAT] = NLA_POLICY_FULL_RANGE(NLA_U64, &bully_nl_heartbeat_range),
	[BULLY_A_GROUP_MISSES] = NLA_POLICY_RANGE(NLA_U32, BULLY_MISSES_MIN, BULLY_MISSES_MAX),
	[BULLY_A_GROUP_QUORUM] = NLA_POLICY_MAX(NLA_U32, BULLY_QUORUM_MAJORITY),
	[BULLY_A_GROUP_LEASE] = NLA_POLICY_FULL_RANGE(NLA_U64, &bully_nl_lease_range),
	[BULLY_A_GROUP_PREEMPT] = BULLY_NL_SWITCH,
	[BULLY_A_GROUP_PREEMPT_DELAY] =
		NLA_POLICY_FULL_RANGE(NLA_U64, &bully_nl_preempt_delay_range),
	[BULLY_A_GROUP_HOLDDOWN] = BULLY_NL_SWITCH,
	[BULLY_A_GROUP_ROLE] = BULLY_NL_ROLE,
	[BULLY_A_GROUP_CANDIDATE] = NLA_POLICY_MAX(NLA_U32, BULLY_CANDIDATE_OWNER),
	[BULLY_A_GROUP_VOTERS] = NLA_POLICY_MAX(NLA_U32, BULLY_PEERS_MAX + 1),
	[BULLY_A_GROUP_HOLDDOWN_FREE] = NLA_POLICY_MAX(NLA_U32, BULLY_HOLDDOWN_FREE_MAX),
	[BULLY_A_GROUP_HOLDDOWN_DELAY] = BULLY_NL_HOLDDOWN,
	[BULLY_A_GROUP_HOLDDOWN_MAX] = BULLY_NL_HOLDDOWN,
	[BULLY_A_GROUP_HOLDDOWN_HALF_LIFE] = BULLY_NL_HOLDDOWN,
	[BULLY_A_GROUP_AUTH] = NLA_POLICY_MAX(NLA_U32, BULLY_AUTH_ENFORCE),
	[BULLY_A_GROUP_KEY] = NLA_POLICY_NESTED(bully_nl_key_policy),
	[BULLY_A_GROUP_DEV_NAME] = BULLY_NL_DEV_NAME,
	[BULLY_A_GROUP_LOCAL_SCOPE_NAME] = BULLY_NL_DEV_NAME,
};

const struct nla_policy bully_nl_peer_id_policy[BULLY_A_PEER_ID + 1] = {
	[BULLY_A_PEER_ID] = BULLY_NL_ID,
};

const struct nla_policy bully_nl_peer_config_policy[BULLY_NL_PEER_LAST + 1] = {
	[BULLY_A_PEER_ID] = BULLY_NL_ID,     [BULLY_A_PEER_IP4] = BULLY_NL_IP4,
	[BULLY_A_PEER_IP6] = BULLY_NL_IP6,   [BULLY_A_PEER_SCOPE] = BULLY_NL_IFINDEX,
	[BULLY_A_PEER_PORT] = BULLY_NL_PORT, [BULLY_A_PEER_ROLE] = BULLY_NL_ROLE,
	[BULLY_A_PEER_SCOPE_NAME] = BULLY_NL_DEV_NAME,
};

const struct nla_policy bully_nl_owner_policy[BULLY_A_OWNER_DEADLINE + 1] = {
	[BULLY_A_OWNER_DEADLINE] = NLA_POLICY_FULL_RANGE(NLA_U64, &bully_nl_owner_range),
};

/* Operations on a group by its name. */
static const struct nla_policy bully_nl_name_policy[BULLY_A_GROUP + 1] = {
	[BULLY_A_GROUP] = NLA_POLICY_NESTED(bully_nl_group_name_policy),
};

static const struct nla_policy bully_nl_own_policy[BULLY_A_OWNER + 1] = {
	[BULLY_A_GROUP] = NLA_POLICY_NESTED(bully_nl_group_name_policy),
	[BULLY_A_OWNER] = NLA_POLICY_NESTED(bully_nl_owner_policy),
};

static const struct nla_policy bully_nl_group_new_policy[BULLY_A_PEER + 1] = {
	[BULLY_A_GROUP] = NLA_POLICY_NESTED(bully_nl_group_config_policy),
	[BULLY_A_PEER] = NLA_POLICY_NESTED(bully_nl_peer_config_policy),
};

static const struct nla_policy bully_nl_group_set_policy[BULLY_A_GROUP + 1] = {
	[BULLY_A_GROUP] = NLA_POLICY_NESTED(bully_nl_group_config_policy),
};

/* Operations on a peer by its group's name and its id. */
static const struct nla_policy bully_nl_peer_policy[BULLY_A_PEER + 1] = {
	[BULLY_A_GROUP] = NLA_POLICY_NESTED(bully_nl_group_name_policy),
	[BULLY_A_PEER] = NLA_POLICY_NESTED(bully_nl_peer_id_policy),
};

static const struct nla_policy bully_nl_peer_new_policy[BULLY_A_PEER + 1] = {
	[BULLY_A_GROUP] = NLA_POLICY_NESTED(bully_nl_group_name_policy),
	[BULLY_A_PEER] = NLA_POLICY_NESTED(bully_nl_peer_config_policy),
};

static const struct genl_ops bully_nl_ops[] = {
	{
		.cmd = BULLY_CMD_GROUP_GET,
		.doit = bully_nl_group_get_doit,
		.dumpit = bully_nl_group_get_dumpit,
		.policy = bully_nl_name_policy,
		.maxattr = BULLY_A_GROUP,
	},
	{
		.cmd = BULLY_CMD_GROUP_NEW,
		.doit = bully_nl_group_new_doit,
		.policy = bully_nl_group_new_policy,
		.maxattr = BULLY_A_PEER,
		.flags = GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd = BULLY_CMD_GROUP_SET,
		.doit = bully_nl_group_set_doit,
		.policy = bully_nl_group_set_policy,
		.maxattr = BULLY_A_GROUP,
		.flags = GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd = BULLY_CMD_GROUP_DEL,
		.doit = bully_nl_group_del_doit,
		.policy = bully_nl_name_policy,
		.maxattr = BULLY_A_GROUP,
		.flags = GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd = BULLY_CMD_PEER_GET,
		.doit = bully_nl_peer_get_doit,
		.dumpit = bully_nl_peer_get_dumpit,
		.policy = bully_nl_peer_policy,
		.maxattr = BULLY_A_PEER,
	},
	{
		.cmd = BULLY_CMD_PEER_NEW,
		.doit = bully_nl_peer_new_doit,
		.policy = bully_nl_peer_new_policy,
		.maxattr = BULLY_A_PEER,
		.flags = GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd = BULLY_CMD_PEER_SET,
		.doit = bully_nl_peer_set_doit,
		.policy = bully_nl_peer_new_policy,
		.maxattr = BULLY_A_PEER,
		.flags = GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd = BULLY_CMD_PEER_DEL,
		.doit = bully_nl_peer_del_doit,
		.policy = bully_nl_peer_policy,
		.maxattr = BULLY_A_PEER,
		.flags = GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd = BULLY_CMD_ELECT,
		.doit = bully_nl_elect_doit,
		.policy = bully_nl_name_policy,
		.maxattr = BULLY_A_GROUP,
		.flags = GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd = BULLY_CMD_RESIGN,
		.doit = bully_nl_resign_doit,
		.policy = bully_nl_name_policy,
		.maxattr = BULLY_A_GROUP,
		.flags = GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd = BULLY_CMD_STATS_GET,
		.dumpit = bully_nl_stats_get_dumpit,
		.policy = bully_nl_name_policy,
		.maxattr = BULLY_A_GROUP,
	},
	{
		.cmd = BULLY_CMD_OWN,
		.doit = bully_nl_own_doit,
		.policy = bully_nl_own_policy,
		.maxattr = BULLY_A_OWNER,
		.flags = GENL_UNS_ADMIN_PERM,
	},
	/* these two answer to the socket that owns, whoever holds it by now */
	{
		.cmd = BULLY_CMD_OWN_REFRESH,
		.doit = bully_nl_own_refresh_doit,
		.policy = bully_nl_name_policy,
		.maxattr = BULLY_A_GROUP,
	},
	{
		.cmd = BULLY_CMD_DISOWN,
		.doit = bully_nl_disown_doit,
		.policy = bully_nl_name_policy,
		.maxattr = BULLY_A_GROUP,
	},
	{
		.cmd = BULLY_CMD_GROUP_REPLACE,
		.doit = bully_nl_group_new_doit,
		.policy = bully_nl_group_new_policy,
		.maxattr = BULLY_A_PEER,
		.flags = GENL_UNS_ADMIN_PERM,
	},
};

static const struct genl_multicast_group bully_nl_mcgrps[] = {
	{ .name = BULLY_MCGRP_EVENTS },
};

static struct genl_family bully_nl_family __ro_after_init = {
	.name = BULLY_FAMILY_NAME,
	.version = BULLY_FAMILY_VERSION,
	.netnsok = true,
	.parallel_ops = true,
	.module = THIS_MODULE,
	.ops = bully_nl_ops,
	.n_ops = ARRAY_SIZE(bully_nl_ops),
	.mcgrps = bully_nl_mcgrps,
	.n_mcgrps = ARRAY_SIZE(bully_nl_mcgrps),
};

int __init bully_nl_init(void)
{
	bully_message_use(&bully_nl_family);
	return genl_register_family(&bully_nl_family);
}

void bully_nl_exit(void)
{
	genl_unregister_family(&bully_nl_family);
}
