// SPDX-License-Identifier: GPL-2.0-only
/* history.c - answers the request for the last changes of a group's leader */
#include <linux/slab.h>

#include "netlink/fill.h"
#include "netlink/message.h"
#include "netlink/netlink.h"

/* The most bytes that a change takes: a nest with three numbers of 64 and three of 32 bits. */
#define BULLY_HISTORY_CHANGE (NLA_HDRLEN + 3 * (NLA_HDRLEN + 4 + 8) + 3 * (NLA_HDRLEN + 4))

static int bully_history_fill(struct sk_buff *skb, const struct bully_change *change)
{
	struct nlattr *nest = nla_nest_start(skb, BULLY_A_CHANGE);

	if (!nest ||
	    nla_put_u64_64bit(skb, BULLY_A_CHANGE_TIME, change->time, BULLY_A_CHANGE_PAD) ||
	    nla_put_u64_64bit(skb, BULLY_A_CHANGE_WALL, change->wall, BULLY_A_CHANGE_PAD) ||
	    (change->leader && nla_put_u32(skb, BULLY_A_CHANGE_LEADER, change->leader)) ||
	    nla_put_u64_64bit(skb, BULLY_A_CHANGE_EPOCH, change->epoch, BULLY_A_CHANGE_PAD) ||
	    nla_put_u32(skb, BULLY_A_CHANGE_STATE, change->state) ||
	    nla_put_u32(skb, BULLY_A_CHANGE_REASON, change->reason))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int bully_history_reply(struct genl_info *info, const char *name,
			       const struct bully_change *change, u32 n)
{
	struct sk_buff *skb = genlmsg_new(BULLY_FILL_SIZE + n * BULLY_HISTORY_CHANGE, GFP_KERNEL);
	void *hdr;
	u32 i;
	int err;

	if (!skb)
		return -ENOMEM;
	hdr = genlmsg_put_reply(skb, info, bully_message_family(), 0, info->genlhdr->cmd);
	err = hdr ? bully_fill_group_name(skb, name) : -EMSGSIZE;
	for (i = 0; !err && i < n; i++)
		err = bully_history_fill(skb, &change[i]);
	if (err) {
		nlmsg_free(skb);
		return err;
	}
	genlmsg_end(skb, hdr);
	return genlmsg_reply(skb, info);
}

int bully_nl_history_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct bully_net *bn = bully_net(genl_info_net(info));
	struct bully_change *change;
	struct bully_group *group;
	char name[BULLY_NAME_LEN];
	u32 n = 0;
	int err;

	change = kmalloc_array(BULLY_HISTORY_MAX, sizeof(*change), GFP_KERNEL);
	if (!change)
		return -ENOMEM;
	rcu_read_lock();
	group = bully_nl_group(bn, info);
	err = PTR_ERR_OR_ZERO(group);
	if (!err) {
		memcpy(name, group->core.name, BULLY_NAME_LEN);
		bully_group_lock(group);
		n = bully_history_copy(group, change);
		bully_group_unlock_quiet(group);
	}
	rcu_read_unlock();
	if (!err)
		err = bully_history_reply(info, name, change, n);
	kfree(change);
	return err;
}
