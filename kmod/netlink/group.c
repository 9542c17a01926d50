// SPDX-License-Identifier: GPL-2.0-only
/*
 * group.c - handles requests about one group
 *
 * A request that changes a group holds bully_net.lock from the look-up to the end. A reader
 * finds the group under RCU and copies what it shows under the group's lock. Everything is
 * checked before anything is changed.
 */
#include <linux/module.h>
#include <linux/user_namespace.h>
#include <net/ip.h>

#include "netlink/fill.h"
#include "netlink/message.h"
#include "netlink/netlink.h"
#include "netns/check.h"
#include "netns/net.h"
#include "netns/publish.h"

/* Answer with a group, or with its name alone unless @whole; and with @peer unless it is NULL. */
int bully_nl_reply(struct genl_info *info, const struct bully_group_view *group,
		   const struct bully_peer_view *peer, bool whole)
{
	struct sk_buff *skb = genlmsg_new(BULLY_FILL_SIZE, GFP_KERNEL);
	void *hdr;
	int err;

	if (!skb)
		return -ENOMEM;
	hdr = genlmsg_put_reply(skb, info, bully_message_family(), 0, info->genlhdr->cmd);
	err = hdr ? 0 : -EMSGSIZE;
	if (!err)
		err = whole ? bully_fill_group(skb, group) :
			      bully_fill_group_name(skb, group->config.name);
	if (!err && peer)
		err = bully_fill_peer(skb, peer);
	if (err) {
		nlmsg_free(skb);
		return err;
	}
	genlmsg_end(skb, hdr);
	return genlmsg_reply(skb, info);
}

/* Answer a request that has NLM_F_ECHO with the changed group, and with the peer @id unless 0. */
void bully_nl_echo(struct genl_info *info, struct bully_group *group, u32 id)
{
	const struct bully_peer *found = NULL;
	struct bully_group_view view;
	struct bully_peer_view peer;

	if (!(info->nlhdr->nlmsg_flags & NLM_F_ECHO))
		return;
	bully_group_lock(group);
	bully_view_group(group, &view);
	if (id)
		found = bully_core_find(&group->core, id);
	if (found)
		bully_view_peer(group, found, &peer);
	bully_group_unlock_quiet(group);
	/* the change is made: a lost echo must not look like a refusal */
	bully_nl_reply(info, &view, found ? &peer : NULL, true);
}

/* Returns the group that a request names, or an ERR_PTR. Caller holds bn->lock, or RCU. */
struct bully_group *bully_nl_group(struct bully_net *bn, struct genl_info *info)
{
	struct nlattr *attr = info->attrs[BULLY_A_GROUP];
	struct bully_group *group;
	char name[BULLY_NAME_LEN];
	int err;

	err = bully_nl_parse_name(attr, info->extack, name);
	if (err)
		return ERR_PTR(err);
	group = bully_net_find(bn, name);
	if (group)
		return group;
	err = bully_nl_refuse(info->extack, attr, "there is no group of this name", -ENOENT);
	return ERR_PTR(err);
}

int bully_nl_group_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct bully_net *bn = bully_net(genl_info_net(info));
	struct bully_group_view view;
	struct bully_group *group;

	rcu_read_lock();
	group = bully_nl_group(bn, info);
	if (IS_ERR(group)) {
		rcu_read_unlock();
		return PTR_ERR(group);
	}
	bully_group_lock(group);
	bully_view_group(group, &view);
	bully_group_unlock_quiet(group);
	rcu_read_unlock();
	return bully_nl_reply(info, &view, NULL, true);
}

/* Parse and check the peers of a new group. Return: how many, or an errno */
static int bully_nl_peers(struct bully_net *bn, struct genl_info *info,
			  const struct bully_group_config *config, struct bully_peer_config *peers)
{
	struct netlink_ext_ack *extack = info->extack;
	const char *refusal;
	struct nlattr *attr;
	int n = 0, rem, i;
	int err;

	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem) {
		if (nla_type(attr) != BULLY_A_PEER)
			continue;
		if (n == BULLY_PEERS_MAX)
			return bully_nl_refuse(extack, attr, "a group has at most 255 peers",
					       -E2BIG);
		memset(&peers[n], 0, sizeof(peers[n]));
		err = bully_nl_parse_peer(bn, attr, extack, &peers[n]);
		if (err)
			return err;
		refusal = bully_check_peer(bn, config, &peers[n]);
		if (!refusal)
			refusal = bully_check_own(bn, config, &peers[n]);
		for (i = 0; !refusal && i < n; i++)
			refusal = bully_check_pair(&peers[n], &peers[i]);
		if (refusal)
			return bully_nl_refuse(extack, attr, refusal, -EINVAL);
		n++;
	}
	return n;
}

/* Returns true if the group has exactly these peers. */
static bool bully_nl_same_peers(const struct bully_group *group,
				const struct bully_peer_config *peers, int n)
{
	int i;

	if (group->core.n_peers != n)
		return false;
	for (i = 0; i < n; i++) {
		const struct bully_peer *peer = bully_core_find(&group->core, peers[i].id);
		const struct bully_remote *remote;

		if (!peer || peer->role != peers[i].role)
			return false;
		remote = bully_peer_remote(peer);
		if (!bully_addr_same_config(&remote->addr, remote->scope_name, &peers[i].addr,
					    peers[i].scope_name))
			return false;
	}
	return true;
}

/* Create a checked group, which replaces @old unless that is NULL. */
static int bully_nl_make(struct bully_net *bn, struct genl_info *info, struct bully_group *old,
			 const struct bully_group_config *config,
			 const struct bully_peer_config *peers, int n_peers)
{
	struct bully_group *group;
	const char *refusal;
	int err;

	if (old && old->core.id == config->id && !strcmp(old->dev_name, config->dev_name) &&
	    bully_addr_same_config(&old->local, old->scope_name, &config->local,
				   config->scope_name) &&
	    bully_nl_same_peers(old, peers, n_peers)) {
		/* no new session, and so no election, unless the options need a new session */
		err = bully_group_set(old, config, &refusal);
		if (!err)
			bully_nl_echo(info, old, 0);
		if (!refusal)
			return err;
	}
	group = bully_group_alloc(bn, old, config, peers, n_peers, &refusal);
	if (refusal)
		return bully_nl_refuse(info->extack, info->attrs[BULLY_A_GROUP], refusal,
				       PTR_ERR(group));
	if (IS_ERR(group))
		return PTR_ERR(group);
	bully_net_publish(group, old);
	bully_nl_echo(info, group, 0);
	return 0;
}

static int bully_nl_check_count(struct bully_net *bn, struct genl_info *info)
{
	struct nlattr *attr = info->attrs[BULLY_A_GROUP];

	if (bn->n_groups >= BULLY_GROUPS_MAX)
		return bully_nl_refuse(info->extack, attr, "there are 1024 groups already",
				       -ENOSPC);
	return 0;
}

/*
 * Check the right to bind the port here, because a work item may bind the sockets later. Both
 * the sender of the request and the process that opened its socket must have the right.
 */
static int bully_nl_check_port(struct bully_net *bn, const struct sk_buff *skb,
			       struct genl_info *info, __be16 port)
{
	if (!inet_port_requires_bind_service(bn->net, ntohs(port)) ||
	    netlink_ns_capable(skb, bn->net->user_ns, CAP_NET_BIND_SERVICE))
		return 0;
	return bully_nl_refuse(info->extack, info->attrs[BULLY_A_GROUP],
			       "this port needs CAP_NET_BIND_SERVICE", -EACCES);
}

static int bully_nl_group_new(struct bully_net *bn, const struct sk_buff *skb,
			      struct genl_info *info, struct nlattr **tb,
			      struct bully_group_config *config, struct bully_peer_config *peers)
{
	struct nlattr *attr = info->attrs[BULLY_A_GROUP];
	struct netlink_ext_ack *extack = info->extack;
	struct bully_group *old;
	const char *refusal;
	int err, n;

	refusal = bully_net_closed(bn);
	if (refusal)
		return bully_nl_refuse(extack, NULL, refusal, -ESHUTDOWN);
	old = bully_net_find(bn, config->name);
	if (old && info->genlhdr->cmd != BULLY_CMD_GROUP_REPLACE)
		return bully_nl_refuse(extack, attr, "a group of this name exists", -EEXIST);
	if (!old) {
		err = bully_nl_check_count(bn, info);
		if (err)
			return err;
	}
	err = bully_nl_check_port(bn, skb, info, config->local.port);
	if (!err)
		err = bully_nl_settle_auth(tb, extack, config->keys, old, false, config);
	if (err)
		return err;
	refusal = bully_check_local(bn, config, old);
	if (refusal)
		return bully_nl_refuse(extack, attr, refusal, -EINVAL);
	refusal = old ? bully_check_left(bn, old, &config->guard) : NULL;
	if (refusal)
		return bully_nl_refuse(extack, attr, refusal, -EBUSY);
	n = bully_nl_peers(bn, info, config, peers);
	if (n < 0)
		return n;
	return bully_nl_make(bn, info, old, config, peers, n);
}

static int bully_nl_group_make(const struct sk_buff *skb, struct genl_info *info)
{
	struct bully_net *bn = bully_net(genl_info_net(info));
	struct bully_group_config config = {
		.local.port = htons(BULLY_DEFAULT_PORT),
		.candidate = BULLY_CANDIDATE_ON,
		.opts.heartbeat_ns = BULLY_HEARTBEAT_NS,
		.opts.misses = BULLY_MISSES,
		.opts.role = BULLY_ROLE_CANDIDATE,
		.opts.preempt = true,
		.opts.holddown = true,
		.opts.holddown_free = BULLY_HOLDDOWN_FREE,
		.opts.holddown_delay_ns = BULLY_HOLDDOWN_DELAY_NS,
		.opts.holddown_max_ns = BULLY_HOLDDOWN_MAX_NS,
		.opts.holddown_half_life_ns = BULLY_HOLDDOWN_HALF_LIFE_NS,
	};
	struct nlattr *attr = info->attrs[BULLY_A_GROUP];
	struct nlattr *tb[BULLY_NL_GROUP_LAST + 1];
	struct bully_peer_config *peers;
	struct bully_keys *keys;
	int err;

	err = bully_nl_parse_name(attr, info->extack, config.name);
	if (err)
		return err;
	err = nla_parse_nested(tb, BULLY_NL_GROUP_LAST, attr, bully_group_config_nl_policy,
			       info->extack);
	if (err)
		return err;
	if (!tb[BULLY_A_GROUP_ID]) {
		NL_SET_ERR_ATTR_MISS(info->extack, attr, BULLY_A_GROUP_ID);
		return bully_nl_refuse(info->extack, NULL, "this node's id is missing", -EINVAL);
	}
	config.id = nla_get_u32(tb[BULLY_A_GROUP_ID]);
	err = bully_nl_parse_config(bn, tb, info->extack, &config);
	if (!err)
		err = bully_nl_parse_guard(tb, attr, info->extack, &config.guard);
	if (err)
		return err;
	err = bully_nl_parse_keys(tb, attr, info->extack, &keys);
	if (err)
		return err;
	config.keys = keys;
	peers = kvmalloc_array(BULLY_PEERS_MAX, sizeof(*peers), GFP_KERNEL_ACCOUNT);
	if (!peers) {
		bully_keys_put(keys);
		return -ENOMEM;
	}
	mutex_lock(&bn->lock);
	err = bully_nl_group_new(bn, skb, info, tb, &config, peers);
	mutex_unlock(&bn->lock);
	kvfree(peers);
	bully_keys_put(keys);
	return err;
}

/* Handles GROUP_NEW and GROUP_REPLACE. */
int bully_nl_group_new_doit(struct sk_buff *skb, struct genl_info *info)
{
	int err = bully_nl_group_make(skb, info);

	bully_nl_wipe_keys(info->attrs[BULLY_A_GROUP]);
	return err;
}

int bully_nl_group_replace_doit(struct sk_buff *skb, struct genl_info *info)
{
	return bully_nl_group_new_doit(skb, info);
}

/* Call @change for the group that a request names, under bn->lock. */
int bully_nl_change(struct genl_info *info, bully_nl_changer change)
{
	struct bully_net *bn = bully_net(genl_info_net(info));
	struct bully_group *group;
	int err;

	mutex_lock(&bn->lock);
	group = bully_nl_group(bn, info);
	err = PTR_ERR_OR_ZERO(group);
	if (!err)
		err = change(bn, info, group);
	mutex_unlock(&bn->lock);
	return err;
}

/* Change a group as a parsed request says. Caller holds bn->lock. */
static int bully_nl_group_set(struct bully_group *group, const struct sk_buff *skb,
			      struct genl_info *info, struct nlattr **tb, struct bully_keys *keys)
{
	struct nlattr *attr = info->attrs[BULLY_A_GROUP];
	struct bully_group_config config;
	struct bully_net *bn = group->bn;
	const char *refusal;
	int err;

	if (tb[BULLY_A_GROUP_ID] && nla_get_u32(tb[BULLY_A_GROUP_ID]) != group->core.id)
		return bully_nl_refuse(info->extack, tb[BULLY_A_GROUP_ID],
				       "the id of a group cannot be changed, add the group anew",
				       -EINVAL);
	bully_group_config(group, &config);
	config.candidate = BULLY_GROUP_AS_IS;
	err = bully_nl_parse_config(bn, tb, info->extack, &config);
	if (!err)
		err = bully_nl_parse_guard(tb, attr, info->extack, &config.guard);
	if (err)
		return err;
	if (config.local.port != group->local.port)
		err = bully_nl_check_port(bn, skb, info, config.local.port);
	if (err)
		return err;
	refusal = bully_check_set(bn, group, &config);
	if (refusal)
		return bully_nl_refuse(info->extack, attr, refusal, -EINVAL);
	refusal = bully_check_left(bn, group, &config.guard);
	if (refusal)
		return bully_nl_refuse(info->extack, attr, refusal, -EBUSY);
	err = bully_nl_settle_auth(tb, info->extack, keys, group, true, &config);
	if (err)
		return err;
	err = bully_group_set(group, &config, &refusal);
	if (refusal)
		return bully_nl_refuse(info->extack, attr, refusal, err);
	if (!err)
		bully_nl_echo(info, group, 0);
	return err;
}

static int bully_nl_group_alter(const struct sk_buff *skb, struct genl_info *info)
{
	struct bully_net *bn = bully_net(genl_info_net(info));
	struct nlattr *attr = info->attrs[BULLY_A_GROUP];
	struct nlattr *tb[BULLY_NL_GROUP_LAST + 1];
	struct bully_group *group;
	char name[BULLY_NAME_LEN];
	struct bully_keys *keys;
	int err;

	err = bully_nl_parse_name(attr, info->extack, name);
	if (err)
		return err;
	err = nla_parse_nested(tb, BULLY_NL_GROUP_LAST, attr, bully_group_config_nl_policy,
			       info->extack);
	if (err)
		return err;
	/* before the lock, because a key may have the kernel load a module */
	err = bully_nl_parse_keys(tb, attr, info->extack, &keys);
	if (err)
		return err;
	mutex_lock(&bn->lock);
	group = bully_nl_group(bn, info);
	err = PTR_ERR_OR_ZERO(group);
	if (!err)
		err = bully_nl_group_set(group, skb, info, tb, keys);
	mutex_unlock(&bn->lock);
	bully_keys_put(keys);
	return err;
}

int bully_nl_group_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	int err = bully_nl_group_alter(skb, info);

	bully_nl_wipe_keys(info->attrs[BULLY_A_GROUP]);
	return err;
}

static int bully_nl_group_del(struct bully_net *bn, struct genl_info *info,
			      struct bully_group *group)
{
	const struct bully_guard_list none = {};
	const char *refusal = bully_check_left(bn, group, &none);

	if (refusal)
		return bully_nl_refuse(info->extack, info->attrs[BULLY_A_GROUP], refusal, -EBUSY);
	bully_nl_echo(info, group, 0);
	bully_net_remove(group, BULLY_REASON_ADMIN);
	return 0;
}

int bully_nl_group_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	return bully_nl_change(info, bully_nl_group_del);
}
