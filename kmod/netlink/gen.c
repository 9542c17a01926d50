// SPDX-License-Identifier: GPL-2.0-only
/* Do not edit directly, auto-generated from: */
/*	Documentation/netlink/specs/bully.yaml */
/* YNL-GEN kernel source */

#include <linux/module.h>
#include <net/netlink.h>
#include <net/genetlink.h>

#include "netlink/gen.h"

#include "uapi/bully.h"

/* Integer value ranges */
static struct netlink_range_validation bully_a_group_local_scope_range = {
	.max	= 2147483647ULL,
};

static struct netlink_range_validation bully_a_group_local_port_range = {
	.min	= 1ULL,
	.max	= 65535ULL,
};

static struct netlink_range_validation bully_a_group_dev_range = {
	.max	= 2147483647ULL,
};

static struct netlink_range_validation bully_a_group_heartbeat_range = {
	.min	= 1000000ULL,
	.max	= 60000000000ULL,
};

static struct netlink_range_validation bully_a_group_lease_range = {
	.max	= 3600000000000ULL,
};

static struct netlink_range_validation bully_a_group_preempt_delay_range = {
	.max	= 86400000000000ULL,
};

static struct netlink_range_validation bully_a_group_holddown_delay_range = {
	.min	= 1000000ULL,
	.max	= 86400000000000ULL,
};

static struct netlink_range_validation bully_a_group_holddown_max_range = {
	.min	= 1000000ULL,
	.max	= 86400000000000ULL,
};

static struct netlink_range_validation bully_a_group_holddown_half_life_range = {
	.min	= 1000000ULL,
	.max	= 86400000000000ULL,
};

static struct netlink_range_validation bully_a_group_observers_range = {
	.max	= 65535ULL,
};

static struct netlink_range_validation bully_a_peer_scope_range = {
	.max	= 2147483647ULL,
};

static struct netlink_range_validation bully_a_peer_port_range = {
	.min	= 1ULL,
	.max	= 65535ULL,
};

static struct netlink_range_validation bully_a_owner_deadline_range = {
	.min	= 10000000ULL,
	.max	= 3600000000000ULL,
};

/* Common nested types */
const struct nla_policy bully_group_config_nl_policy[BULLY_A_GROUP_UNLISTED + 1] = {
	[BULLY_A_GROUP_NAME] = { .type = NLA_NUL_STRING, .len = BULLY_GROUP_NAME_MAX, },
	[BULLY_A_GROUP_ID] = NLA_POLICY_MIN(NLA_U32, 1),
	[BULLY_A_GROUP_LOCAL_IP4] = { .type = NLA_U32, },
	[BULLY_A_GROUP_LOCAL_IP6] = NLA_POLICY_EXACT_LEN(16),
	[BULLY_A_GROUP_LOCAL_SCOPE] = NLA_POLICY_FULL_RANGE(NLA_U32, &bully_a_group_local_scope_range),
	[BULLY_A_GROUP_LOCAL_PORT] = NLA_POLICY_FULL_RANGE(NLA_U32, &bully_a_group_local_port_range),
	[BULLY_A_GROUP_DEV] = NLA_POLICY_FULL_RANGE(NLA_U32, &bully_a_group_dev_range),
	[BULLY_A_GROUP_HEARTBEAT] = NLA_POLICY_FULL_RANGE(NLA_U64, &bully_a_group_heartbeat_range),
	[BULLY_A_GROUP_MISSES] = NLA_POLICY_RANGE(NLA_U32, 2, 100),
	[BULLY_A_GROUP_QUORUM] = NLA_POLICY_MAX(NLA_U32, 1),
	[BULLY_A_GROUP_LEASE] = NLA_POLICY_FULL_RANGE(NLA_U64, &bully_a_group_lease_range),
	[BULLY_A_GROUP_PREEMPT] = NLA_POLICY_MAX(NLA_U32, 1),
	[BULLY_A_GROUP_PREEMPT_DELAY] = NLA_POLICY_FULL_RANGE(NLA_U64, &bully_a_group_preempt_delay_range),
	[BULLY_A_GROUP_HOLDDOWN] = NLA_POLICY_MAX(NLA_U32, 1),
	[BULLY_A_GROUP_ROLE] = NLA_POLICY_MAX(NLA_U32, 2),
	[BULLY_A_GROUP_CANDIDATE] = NLA_POLICY_MAX(NLA_U32, 2),
	[BULLY_A_GROUP_VOTERS] = NLA_POLICY_MAX(NLA_U32, 256),
	[BULLY_A_GROUP_HOLDDOWN_FREE] = NLA_POLICY_MAX(NLA_U32, 100),
	[BULLY_A_GROUP_HOLDDOWN_DELAY] = NLA_POLICY_FULL_RANGE(NLA_U64, &bully_a_group_holddown_delay_range),
	[BULLY_A_GROUP_HOLDDOWN_MAX] = NLA_POLICY_FULL_RANGE(NLA_U64, &bully_a_group_holddown_max_range),
	[BULLY_A_GROUP_HOLDDOWN_HALF_LIFE] = NLA_POLICY_FULL_RANGE(NLA_U64, &bully_a_group_holddown_half_life_range),
	[BULLY_A_GROUP_AUTH] = NLA_POLICY_MAX(NLA_U32, 3),
	[BULLY_A_GROUP_KEY] = NLA_POLICY_NESTED(bully_key_nl_policy),
	[BULLY_A_GROUP_DEV_NAME] = { .type = NLA_NUL_STRING, .len = BULLY_DEV_NAME_MAX, },
	[BULLY_A_GROUP_LOCAL_SCOPE_NAME] = { .type = NLA_NUL_STRING, .len = BULLY_DEV_NAME_MAX, },
	[BULLY_A_GROUP_GUARD] = NLA_POLICY_NESTED(bully_guard_nl_policy),
	[BULLY_A_GROUP_PRIORITY] = NLA_POLICY_MAX(NLA_U32, 255),
	[BULLY_A_GROUP_ELECTION] = NLA_POLICY_MAX(NLA_U32, 1),
	[BULLY_A_GROUP_OBSERVERS] = NLA_POLICY_FULL_RANGE(NLA_U32, &bully_a_group_observers_range),
	[BULLY_A_GROUP_UNLISTED] = NLA_POLICY_MAX(NLA_U32, 1),
};

const struct nla_policy bully_group_name_nl_policy[BULLY_A_GROUP_NAME + 1] = {
	[BULLY_A_GROUP_NAME] = { .type = NLA_NUL_STRING, .len = BULLY_GROUP_NAME_MAX, },
};

const struct nla_policy bully_guard_nl_policy[BULLY_A_GUARD_IP6 + 1] = {
	[BULLY_A_GUARD_IP4] = { .type = NLA_U32, },
	[BULLY_A_GUARD_IP6] = NLA_POLICY_EXACT_LEN(16),
};

const struct nla_policy bully_key_nl_policy[BULLY_A_KEY_ACTIVE + 1] = {
	[BULLY_A_KEY_ID] = NLA_POLICY_MIN(NLA_U32, 1),
	[BULLY_A_KEY_DATA] = NLA_POLICY_RANGE(NLA_BINARY, BULLY_KEY_MIN, BULLY_KEY_MAX),
	[BULLY_A_KEY_ACTIVE] = NLA_POLICY_MAX(NLA_U32, 1),
};

const struct nla_policy bully_owner_end_nl_policy[BULLY_A_OWNER_FORGET + 1] = {
	[BULLY_A_OWNER_FORGET] = NLA_POLICY_MAX(NLA_U32, 1),
};

const struct nla_policy bully_owner_promise_nl_policy[BULLY_A_OWNER_POSITION_INDEX + 1] = {
	[BULLY_A_OWNER_DEADLINE] = NLA_POLICY_FULL_RANGE(NLA_U64, &bully_a_owner_deadline_range),
	[BULLY_A_OWNER_NAME] = { .type = NLA_NUL_STRING, .len = BULLY_OWNER_NAME_MAX, },
	[BULLY_A_OWNER_WILLING] = NLA_POLICY_MAX(NLA_U32, 1),
	[BULLY_A_OWNER_WEIGHT] = NLA_POLICY_MAX(NLA_U32, 255),
	[BULLY_A_OWNER_POSITION_TERM] = { .type = NLA_U64, },
	[BULLY_A_OWNER_POSITION_INDEX] = { .type = NLA_U64, },
};

const struct nla_policy bully_owner_word_nl_policy[BULLY_A_OWNER_POSITION_INDEX + 1] = {
	[BULLY_A_OWNER_WILLING] = NLA_POLICY_MAX(NLA_U32, 1),
	[BULLY_A_OWNER_POSITION_TERM] = { .type = NLA_U64, },
	[BULLY_A_OWNER_POSITION_INDEX] = { .type = NLA_U64, },
};

const struct nla_policy bully_peer_config_nl_policy[BULLY_A_PEER_SCOPE_NAME + 1] = {
	[BULLY_A_PEER_ID] = NLA_POLICY_MIN(NLA_U32, 1),
	[BULLY_A_PEER_IP4] = { .type = NLA_U32, },
	[BULLY_A_PEER_IP6] = NLA_POLICY_EXACT_LEN(16),
	[BULLY_A_PEER_SCOPE] = NLA_POLICY_FULL_RANGE(NLA_U32, &bully_a_peer_scope_range),
	[BULLY_A_PEER_PORT] = NLA_POLICY_FULL_RANGE(NLA_U32, &bully_a_peer_port_range),
	[BULLY_A_PEER_ROLE] = NLA_POLICY_MAX(NLA_U32, 2),
	[BULLY_A_PEER_SCOPE_NAME] = { .type = NLA_NUL_STRING, .len = BULLY_DEV_NAME_MAX, },
};

const struct nla_policy bully_peer_id_nl_policy[BULLY_A_PEER_ID + 1] = {
	[BULLY_A_PEER_ID] = NLA_POLICY_MIN(NLA_U32, 1),
};

/* BULLY_CMD_GROUP_GET - do */
static const struct nla_policy bully_group_get_nl_policy[BULLY_A_GROUP + 1] = {
	[BULLY_A_GROUP] = NLA_POLICY_NESTED(bully_group_name_nl_policy),
};

/* BULLY_CMD_GROUP_NEW - do */
static const struct nla_policy bully_group_new_nl_policy[BULLY_A_PEER + 1] = {
	[BULLY_A_GROUP] = NLA_POLICY_NESTED(bully_group_config_nl_policy),
	[BULLY_A_PEER] = NLA_POLICY_NESTED(bully_peer_config_nl_policy),
};

/* BULLY_CMD_GROUP_SET - do */
static const struct nla_policy bully_group_set_nl_policy[BULLY_A_GROUP + 1] = {
	[BULLY_A_GROUP] = NLA_POLICY_NESTED(bully_group_config_nl_policy),
};

/* BULLY_CMD_GROUP_DEL - do */
static const struct nla_policy bully_group_del_nl_policy[BULLY_A_GROUP + 1] = {
	[BULLY_A_GROUP] = NLA_POLICY_NESTED(bully_group_name_nl_policy),
};

/* BULLY_CMD_PEER_GET - do */
static const struct nla_policy bully_peer_get_nl_policy[BULLY_A_PEER + 1] = {
	[BULLY_A_GROUP] = NLA_POLICY_NESTED(bully_group_name_nl_policy),
	[BULLY_A_PEER] = NLA_POLICY_NESTED(bully_peer_id_nl_policy),
};

/* BULLY_CMD_PEER_NEW - do */
static const struct nla_policy bully_peer_new_nl_policy[BULLY_A_PEER + 1] = {
	[BULLY_A_GROUP] = NLA_POLICY_NESTED(bully_group_name_nl_policy),
	[BULLY_A_PEER] = NLA_POLICY_NESTED(bully_peer_config_nl_policy),
};

/* BULLY_CMD_PEER_SET - do */
static const struct nla_policy bully_peer_set_nl_policy[BULLY_A_PEER + 1] = {
	[BULLY_A_GROUP] = NLA_POLICY_NESTED(bully_group_name_nl_policy),
	[BULLY_A_PEER] = NLA_POLICY_NESTED(bully_peer_config_nl_policy),
};

/* BULLY_CMD_PEER_DEL - do */
static const struct nla_policy bully_peer_del_nl_policy[BULLY_A_PEER + 1] = {
	[BULLY_A_GROUP] = NLA_POLICY_NESTED(bully_group_name_nl_policy),
	[BULLY_A_PEER] = NLA_POLICY_NESTED(bully_peer_id_nl_policy),
};

/* BULLY_CMD_ELECT - do */
static const struct nla_policy bully_elect_nl_policy[BULLY_A_GROUP + 1] = {
	[BULLY_A_GROUP] = NLA_POLICY_NESTED(bully_group_name_nl_policy),
};

/* BULLY_CMD_RESIGN - do */
static const struct nla_policy bully_resign_nl_policy[BULLY_A_PEER + 1] = {
	[BULLY_A_GROUP] = NLA_POLICY_NESTED(bully_group_name_nl_policy),
	[BULLY_A_PEER] = NLA_POLICY_NESTED(bully_peer_id_nl_policy),
};

/* BULLY_CMD_OWN - do */
static const struct nla_policy bully_own_nl_policy[BULLY_A_OWNER + 1] = {
	[BULLY_A_GROUP] = NLA_POLICY_NESTED(bully_group_name_nl_policy),
	[BULLY_A_OWNER] = NLA_POLICY_NESTED(bully_owner_promise_nl_policy),
};

/* BULLY_CMD_OWN_REFRESH - do */
static const struct nla_policy bully_own_refresh_nl_policy[BULLY_A_OWNER + 1] = {
	[BULLY_A_GROUP] = NLA_POLICY_NESTED(bully_group_name_nl_policy),
	[BULLY_A_OWNER] = NLA_POLICY_NESTED(bully_owner_word_nl_policy),
};

/* BULLY_CMD_DISOWN - do */
static const struct nla_policy bully_disown_nl_policy[BULLY_A_OWNER + 1] = {
	[BULLY_A_GROUP] = NLA_POLICY_NESTED(bully_group_name_nl_policy),
	[BULLY_A_OWNER] = NLA_POLICY_NESTED(bully_owner_end_nl_policy),
};

/* BULLY_CMD_GROUP_REPLACE - do */
static const struct nla_policy bully_group_replace_nl_policy[BULLY_A_PEER + 1] = {
	[BULLY_A_GROUP] = NLA_POLICY_NESTED(bully_group_config_nl_policy),
	[BULLY_A_PEER] = NLA_POLICY_NESTED(bully_peer_config_nl_policy),
};

/* BULLY_CMD_HISTORY_GET - do */
static const struct nla_policy bully_history_get_nl_policy[BULLY_A_GROUP + 1] = {
	[BULLY_A_GROUP] = NLA_POLICY_NESTED(bully_group_name_nl_policy),
};

/* Ops table for bully */
static const struct genl_ops bully_nl_ops[] = {
	{
		.cmd		= BULLY_CMD_GROUP_GET,
		.doit		= bully_nl_group_get_doit,
		.dumpit		= bully_nl_group_get_dumpit,
		.policy		= bully_group_get_nl_policy,
		.maxattr	= BULLY_A_GROUP,
	},
	{
		.cmd		= BULLY_CMD_GROUP_NEW,
		.doit		= bully_nl_group_new_doit,
		.policy		= bully_group_new_nl_policy,
		.maxattr	= BULLY_A_PEER,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= BULLY_CMD_GROUP_SET,
		.doit		= bully_nl_group_set_doit,
		.policy		= bully_group_set_nl_policy,
		.maxattr	= BULLY_A_GROUP,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= BULLY_CMD_GROUP_DEL,
		.doit		= bully_nl_group_del_doit,
		.policy		= bully_group_del_nl_policy,
		.maxattr	= BULLY_A_GROUP,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= BULLY_CMD_PEER_GET,
		.doit		= bully_nl_peer_get_doit,
		.dumpit		= bully_nl_peer_get_dumpit,
		.policy		= bully_peer_get_nl_policy,
		.maxattr	= BULLY_A_PEER,
	},
	{
		.cmd		= BULLY_CMD_PEER_NEW,
		.doit		= bully_nl_peer_new_doit,
		.policy		= bully_peer_new_nl_policy,
		.maxattr	= BULLY_A_PEER,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= BULLY_CMD_PEER_SET,
		.doit		= bully_nl_peer_set_doit,
		.policy		= bully_peer_set_nl_policy,
		.maxattr	= BULLY_A_PEER,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= BULLY_CMD_PEER_DEL,
		.doit		= bully_nl_peer_del_doit,
		.policy		= bully_peer_del_nl_policy,
		.maxattr	= BULLY_A_PEER,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= BULLY_CMD_ELECT,
		.doit		= bully_nl_elect_doit,
		.policy		= bully_elect_nl_policy,
		.maxattr	= BULLY_A_GROUP,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= BULLY_CMD_RESIGN,
		.doit		= bully_nl_resign_doit,
		.policy		= bully_resign_nl_policy,
		.maxattr	= BULLY_A_PEER,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= BULLY_CMD_OWN,
		.doit		= bully_nl_own_doit,
		.policy		= bully_own_nl_policy,
		.maxattr	= BULLY_A_OWNER,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= BULLY_CMD_OWN_REFRESH,
		.doit		= bully_nl_own_refresh_doit,
		.policy		= bully_own_refresh_nl_policy,
		.maxattr	= BULLY_A_OWNER,
	},
	{
		.cmd		= BULLY_CMD_DISOWN,
		.doit		= bully_nl_disown_doit,
		.policy		= bully_disown_nl_policy,
		.maxattr	= BULLY_A_OWNER,
	},
	{
		.cmd		= BULLY_CMD_GROUP_REPLACE,
		.doit		= bully_nl_group_replace_doit,
		.policy		= bully_group_replace_nl_policy,
		.maxattr	= BULLY_A_PEER,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= BULLY_CMD_HISTORY_GET,
		.doit		= bully_nl_history_get_doit,
		.policy		= bully_history_get_nl_policy,
		.maxattr	= BULLY_A_GROUP,
	},
};

static const struct genl_multicast_group bully_nl_mcgrps[] = {
	[BULLY_NLGRP_EVENTS] = { "events", },
};

struct genl_family bully_nl_family __ro_after_init = {
	.name		= BULLY_FAMILY_NAME,
	.version	= BULLY_FAMILY_VERSION,
	.netnsok	= true,
	.parallel_ops	= true,
	.module		= THIS_MODULE,
	.ops		= bully_nl_ops,
	.n_ops		= ARRAY_SIZE(bully_nl_ops),
	.mcgrps		= bully_nl_mcgrps,
	.n_mcgrps	= ARRAY_SIZE(bully_nl_mcgrps),
};
