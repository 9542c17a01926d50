// SPDX-License-Identifier: GPL-2.0-only
/* peer.c - handles requests about one peer; group.c describes the locking */
#include "netns/check.h"
#include "netlink/netlink.h"

/* Returns the peer that a request names, or an ERR_PTR. */
static struct bully_peer *bully_nl_peer(const struct bully_group *group, struct genl_info *info)
{
	struct nlattr *attr = info->attrs[BULLY_A_PEER];
	struct bully_peer *peer;
	int err;
	u32 id;

	err = bully_nl_parse_id(attr, info->extack, &id);
	if (err)
		return ERR_PTR(err);
	peer = bully_core_find(&group->core, id);
	if (peer)
		return peer;
	err = bully_nl_refuse(info->extack, attr, "the group has no peer of this id", -ENOENT);
	return ERR_PTR(err);
}

int bully_nl_peer_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct bully_net *bn = bully_net(genl_info_net(info));
	struct bully_group_view view;
	struct bully_peer_view shown;
	struct bully_group *group;
	struct bully_peer *peer;
	int err;

	rcu_read_lock();
	group = bully_nl_group(bn, info);
	err = PTR_ERR_OR_ZERO(group);
	if (!err) {
		bully_group_lock(group);
		peer = bully_nl_peer(group, info);
		err = PTR_ERR_OR_ZERO(peer);
		if (!err) {
			bully_view_group(group, &view);
			bully_view_peer(group, peer, &shown);
		}
		bully_group_unlock_quiet(group);
	}
	rcu_read_unlock();
	return err ? err : bully_nl_reply(info, &view, &shown, false);
}

static int bully_nl_peer_new(struct bully_net *bn, struct genl_info *info,
			     struct bully_group *group)
{
	struct nlattr *attr = info->attrs[BULLY_A_PEER];
	struct bully_peer_config peer = {};
	struct bully_group_config config;
	const char *refusal;
	int err;

	err = bully_nl_parse_peer(bn, attr, info->extack, &peer);
	if (err)
		return err;
	if (bully_core_find(&group->core, peer.id))
		return bully_nl_refuse(info->extack, attr, "a peer with this id exists", -EEXIST);
	if (group->core.n_peers == BULLY_PEERS_MAX)
		return bully_nl_refuse(info->extack, attr, "a group has at most 255 peers",
				       -ENOSPC);
	bully_group_config(group, &config);
	refusal = bully_check_peer(bn, &config, &peer);
	if (!refusal)
		refusal = bully_check_own(bn, &config, &peer);
	if (!refusal)
		refusal = bully_check_peers(group, &peer, NULL);
	if (refusal)
		return bully_nl_refuse(info->extack, attr, refusal, -EINVAL);
	err = bully_group_add_peer(group, &peer, &refusal);
	if (refusal)
		return bully_nl_refuse(info->extack, attr, refusal, err);
	if (!err)
		bully_nl_echo(info, group, peer.id);
	return err;
}

int bully_nl_peer_new_doit(struct sk_buff *skb, struct genl_info *info)
{
	return bully_nl_change(info, bully_nl_peer_new);
}

static int bully_nl_peer_set(struct bully_net *bn, struct genl_info *info,
			     struct bully_group *group)
{
	struct nlattr *attr = info->attrs[BULLY_A_PEER];
	struct bully_group_config config;
	struct bully_peer_config peer;
	const struct bully_peer *old;
	const char *refusal;
	int err;

	old = bully_nl_peer(group, info);
	if (IS_ERR(old))
		return PTR_ERR(old);
	peer.id = old->id;
	peer.role = old->role;
	peer.addr = bully_peer_remote(old)->addr;
	strscpy(peer.scope_name, bully_peer_remote(old)->scope_name, IFNAMSIZ);
	err = bully_nl_parse_peer(bn, attr, info->extack, &peer);
	if (err)
		return err;
	bully_group_config(group, &config);
	refusal = bully_check_peer(bn, &config, &peer);
	/* an unchanged address that has become this host's own must not block a new role */
	if (!refusal && !bully_addr_equal(&bully_peer_remote(old)->addr, &peer.addr))
		refusal = bully_check_own(bn, &config, &peer);
	if (!refusal)
		refusal = bully_check_peers(group, &peer, bully_peer_remote(old));
	if (refusal)
		return bully_nl_refuse(info->extack, attr, refusal, -EINVAL);
	refusal = bully_group_set_peer(group, &peer);
	if (refusal)
		return bully_nl_refuse(info->extack, attr, refusal, -EBUSY);
	bully_nl_echo(info, group, peer.id);
	return 0;
}

int bully_nl_peer_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	return bully_nl_change(info, bully_nl_peer_set);
}

static int bully_nl_peer_del(struct bully_net *bn, struct genl_info *info,
			     struct bully_group *group)
{
	struct bully_peer *peer = bully_nl_peer(group, info);
	struct bully_group_view view;
	struct bully_peer_view shown;
	const char *refusal;

	if (IS_ERR(peer))
		return PTR_ERR(peer);
	/* the echo shows the peer as it was before the removal */
	bully_group_lock(group);
	bully_view_group(group, &view);
	bully_view_peer(group, peer, &shown);
	bully_group_unlock_quiet(group);
	refusal = bully_group_del_peer(group, bully_peer_remote(peer));
	if (refusal)
		return bully_nl_refuse(info->extack, info->attrs[BULLY_A_PEER], refusal, -EBUSY);
	if (info->nlhdr->nlmsg_flags & NLM_F_ECHO)
		bully_nl_reply(info, &view, &shown, true);
	return 0;
}

int bully_nl_peer_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	return bully_nl_change(info, bully_nl_peer_del);
}
