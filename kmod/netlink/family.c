// SPDX-License-Identifier: GPL-2.0-only
/*
 * family.c - registers the family: the generated tables, and one operation by hand
 *
 * scripts/netlink generates gen.c from Documentation/netlink/specs/bully.yaml. Kernels before
 * 6.2 have no split ops, and the generator's struct genl_ops has no entry for an operation
 * that is only a dump. So the operation stats-get is defined here. CTRL_CMD_GETPOLICY shows
 * the whole family, and a test compares the result with the specification.
 */
#include "netlink/gen.h"
#include "netlink/message.h"
#include "netlink/netlink.h"

static const struct nla_policy bully_stats_get_nl_policy[BULLY_A_GROUP + 1] = {
	[BULLY_A_GROUP] = NLA_POLICY_NESTED(bully_group_name_nl_policy),
};

/* Small ops use the family's policy, which no other operation uses. */
static const struct genl_small_ops bully_nl_small_ops[] = {
	{
		.cmd = BULLY_CMD_STATS_GET,
		.dumpit = bully_nl_stats_get_dumpit,
	},
};

int __init bully_nl_init(void)
{
	bully_nl_family.small_ops = bully_nl_small_ops;
	bully_nl_family.n_small_ops = ARRAY_SIZE(bully_nl_small_ops);
	bully_nl_family.policy = bully_stats_get_nl_policy;
	bully_nl_family.maxattr = BULLY_A_GROUP;
	bully_message_use(&bully_nl_family);
	return genl_register_family(&bully_nl_family);
}

void bully_nl_exit(void)
{
	genl_unregister_family(&bully_nl_family);
}
