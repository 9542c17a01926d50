// SPDX-License-Identifier: LGPL-2.1-or-later
/* Finds the netlink family: its number, its multicast group and its version. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <linux/genetlink.h>

#include "internal.h"

struct found {
	uint16_t family;
	uint32_t events;
	uint32_t version;
};

static int parse_ctrl(struct nlmsghdr *nlh, struct nlattr **tb)
{
	static const struct nla_policy policy[CTRL_ATTR_MAX + 1] = {
		[CTRL_ATTR_FAMILY_ID] = {.type = NLA_U16},
		[CTRL_ATTR_FAMILY_NAME] = {.type = NLA_STRING},
		[CTRL_ATTR_VERSION] = {.type = NLA_U32},
		[CTRL_ATTR_MCAST_GROUPS] = {.type = NLA_NESTED},
	};

	if (!genlmsg_valid_hdr(nlh, 0))
		return -NLE_MSG_TOOSHORT;
	return genlmsg_parse(nlh, 0, tb, CTRL_ATTR_MAX, policy);
}

static bool name_is_ours(struct nlattr *attr)
{
	return attr && !nla_strcmp(attr, BULLY_FAMILY_NAME);
}

bool bully_family_is_ours(struct nlmsghdr *nlh)
{
	struct nlattr *tb[CTRL_ATTR_MAX + 1];

	return parse_ctrl(nlh, tb) >= 0 && name_is_ours(tb[CTRL_ATTR_FAMILY_NAME]);
}

static void parse_mcast(struct nlattr *groups, struct found *f)
{
	struct nlattr *g;
	int rem;

	nla_for_each_nested (g, groups, rem) {
		struct nlattr *tb[CTRL_ATTR_MCAST_GRP_MAX + 1];

		if (nla_parse_nested(tb, CTRL_ATTR_MCAST_GRP_MAX, g, NULL) < 0)
			continue;
		if (!tb[CTRL_ATTR_MCAST_GRP_NAME] || !tb[CTRL_ATTR_MCAST_GRP_ID])
			continue;
		if (!nla_strcmp(tb[CTRL_ATTR_MCAST_GRP_NAME], BULLY_MCGRP_EVENTS))
			f->events = nla_get_u32(tb[CTRL_ATTR_MCAST_GRP_ID]);
	}
}

static int on_family(struct bully *b, struct nlmsghdr *nlh, void *arg)
{
	struct nlattr *tb[CTRL_ATTR_MAX + 1];
	struct found *f = arg;

	(void)b;
	if (parse_ctrl(nlh, tb) < 0 || !name_is_ours(tb[CTRL_ATTR_FAMILY_NAME]) ||
	    !tb[CTRL_ATTR_FAMILY_ID])
		return BULLY_OK;
	f->family = nla_get_u16(tb[CTRL_ATTR_FAMILY_ID]);
	if (tb[CTRL_ATTR_VERSION])
		f->version = nla_get_u32(tb[CTRL_ATTR_VERSION]);
	if (tb[CTRL_ATTR_MCAST_GROUPS])
		parse_mcast(tb[CTRL_ATTR_MCAST_GROUPS], f);
	return BULLY_OK;
}

/*
 * A request by name makes the kernel load the module; a list of all families does not. A waiting
 * monitor must not undo an rmmod, so it calls this without @autoload.
 */
int bully_family_find(struct bully *b, bool autoload)
{
	struct found f = {0};
	struct nl_msg *msg = nlmsg_alloc();
	int ret;

	b->family = 0;
	if (!msg)
		return bully_error_memory(b);
	if (!genlmsg_put(msg, NL_AUTO_PORT, NL_AUTO_SEQ, GENL_ID_CTRL, 0, autoload ? 0 : NLM_F_DUMP,
			 CTRL_CMD_GETFAMILY, 1) ||
	    (autoload && nla_put_string(msg, CTRL_ATTR_FAMILY_NAME, BULLY_FAMILY_NAME) < 0)) {
		nlmsg_free(msg);
		return bully_error_memory(b);
	}
	ret = bully_socket_talk(b, msg, on_family, &f);
	if (ret == BULLY_ERR_REFUSED && b->err.sys_errno == EINTR && !f.family)
		return bully_family_find(b, autoload);
	if (ret != BULLY_OK && !f.family && b->err.sys_errno != ENOENT)
		return ret;
	if (!f.family)
		return bully_error_set(b, BULLY_ERR_ABSENT, ENOENT,
				       "the kernel module bully is not loaded");
	b->version = f.version;
	if (f.version != BULLY_FAMILY_VERSION)
		return bully_error_set(b, BULLY_ERR_SKEW, EPROTONOSUPPORT,
				       "the kernel module speaks version %u, %s speaks version %u: "
				       "install the same version of both",
				       f.version, program_invocation_short_name,
				       BULLY_FAMILY_VERSION);
	b->family = f.family;
	b->events = f.events;
	b->err.status = BULLY_OK;
	return BULLY_OK;
}

int bully_family_need(struct bully *b)
{
	if (!b->sk) {
		int ret = bully_socket_open(b, &b->sk);

		if (ret)
			return ret;
	}
	return b->family ? BULLY_OK : bully_family_find(b, true);
}
