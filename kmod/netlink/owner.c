// SPDX-License-Identifier: GPL-2.0-only
/* owner.c - handles requests about a candidacy: to stand, to stand down, and who owns it.
 * group.c describes the locking.
 */
#include "netlink/netlink.h"
#include "group/owner.h"

/* Returns the socket that asks. bully_nl_change() passes on only @info, so @info has it. */
static struct sock *bully_nl_asker(struct genl_info *info)
{
	return info->user_ptr[0];
}

static int bully_nl_own_change(struct sk_buff *skb, struct genl_info *info, bully_nl_changer change)
{
	info->user_ptr[0] = NETLINK_CB(skb).sk;
	return bully_nl_change(info, change);
}

static int bully_nl_parse_owner_name(struct nlattr *attr, struct netlink_ext_ack *extack,
				     char *name)
{
	memset(name, 0, BULLY_OWNER_NAME_LEN);
	nla_strscpy(name, attr, BULLY_OWNER_NAME_LEN);
	if (!*name)
		return bully_nl_refuse(extack, attr, "an owner's name cannot be empty", -EINVAL);
	if (!bully_word_valid(name, BULLY_OWNER_NAME_LEN))
		return bully_nl_refuse(extack, attr, "an owner's name has no '/' or space in it",
				       -EINVAL);
	return 0;
}

/* A position is a pair: its order is undefined if one number is missing. */
static int bully_nl_parse_position(struct nlattr *term, struct nlattr *index,
				   struct netlink_ext_ack *extack, struct bully_owner_ask *ask)
{
	if (!term && !index)
		return 0;
	if (!term || !index)
		return bully_nl_refuse(extack, term ? term : index,
				       "a position has a term and an index: send both or neither",
				       -EINVAL);
	ask->positioned = true;
	ask->position.term = nla_get_u64(term);
	ask->position.index = nla_get_u64(index);
	return 0;
}

/* Parse what the socket says. The request's own policy, checked before, may allow less. */
static int bully_nl_parse_ask(struct genl_info *info, struct bully_owner_ask *ask)
{
	struct nlattr *owner = info->attrs[BULLY_A_OWNER];
	struct nlattr *tb[BULLY_A_OWNER_POSITION_INDEX + 1];
	int err;

	*ask = (struct bully_owner_ask){ .name = "owner", .willing = BULLY_OWNER_AS_IS };
	if (!owner)
		return 0;
	err = nla_parse_nested(tb, BULLY_A_OWNER_POSITION_INDEX, owner, NULL, info->extack);
	if (!err && tb[BULLY_A_OWNER_NAME])
		err = bully_nl_parse_owner_name(tb[BULLY_A_OWNER_NAME], info->extack, ask->name);
	if (err)
		return err;
	if (tb[BULLY_A_OWNER_DEADLINE])
		ask->deadline_ns = nla_get_u64(tb[BULLY_A_OWNER_DEADLINE]);
	if (tb[BULLY_A_OWNER_WILLING])
		ask->willing = nla_get_u32(tb[BULLY_A_OWNER_WILLING]);
	if (tb[BULLY_A_OWNER_WEIGHT])
		ask->weight = nla_get_u32(tb[BULLY_A_OWNER_WEIGHT]);
	if (tb[BULLY_A_OWNER_FORGET])
		ask->forget = nla_get_u32(tb[BULLY_A_OWNER_FORGET]);
	return bully_nl_parse_position(tb[BULLY_A_OWNER_POSITION_TERM],
				       tb[BULLY_A_OWNER_POSITION_INDEX], info->extack, ask);
}

/* Refuse with a sentence, or echo the changed group. */
static int bully_nl_own_done(struct genl_info *info, struct bully_group *group,
			     const char *refusal, int err)
{
	if (refusal)
		return bully_nl_refuse(info->extack, info->attrs[BULLY_A_GROUP], refusal, err);
	bully_nl_echo(info, group, 0);
	return 0;
}

static bool bully_nl_elects_by_raft(struct bully_group *group)
{
	bool raft;

	bully_group_lock(group);
	raft = group->core.opts.election == BULLY_ELECTION_RAFT;
	bully_group_unlock_quiet(group);
	return raft;
}

static int bully_nl_own(struct bully_net *bn, struct genl_info *info, struct bully_group *group)
{
	struct bully_owner_ask ask;
	const char *refusal;
	int err;

	err = bully_nl_parse_ask(info, &ask);
	if (err)
		return err;
	if (ask.weight && bully_nl_elects_by_raft(group))
		return bully_nl_refuse(info->extack, info->attrs[BULLY_A_OWNER],
				       "election raft has no priority to lower: own without a weight",
				       -EINVAL);
	if (ask.willing == BULLY_OWNER_AS_IS)
		ask.willing = true;
	/* a group that has stopped is about to go: ENOENT tells a waiting client to wait on */
	err = bully_owner_own(group, bully_nl_asker(info), info->snd_portid, &ask, &refusal);
	return bully_nl_own_done(info, group, refusal, err);
}

int bully_nl_own_doit(struct sk_buff *skb, struct genl_info *info)
{
	return bully_nl_own_change(skb, info, bully_nl_own);
}

/*
 * First attempt of a request, under RCU. An owner that promised to speak within milliseconds,
 * or gives the candidacy back, must not wait for changes in progress. The caller takes
 * bully_net.lock only to be sure of a refusal, because a group that replaces another group
 * gets its owner a moment after it can be found. Return: true if the request is done
 */
static bool bully_nl_said(struct sk_buff *skb, struct genl_info *info,
			  const char *(*say)(struct bully_group *group, struct sock *sk,
					     const struct bully_owner_ask *ask))
{
	struct bully_net *bn = bully_net(genl_info_net(info));
	struct bully_owner_ask ask;
	struct bully_group *group;
	char name[BULLY_NAME_LEN];
	bool said;

	if (info->nlhdr->nlmsg_flags & NLM_F_ECHO ||
	    bully_nl_parse_name(info->attrs[BULLY_A_GROUP], NULL, name) ||
	    bully_nl_parse_ask(info, &ask))
		return false;
	rcu_read_lock();
	group = bully_net_find(bn, name);
	said = group && !say(group, NETLINK_CB(skb).sk, &ask);
	rcu_read_unlock();
	return said;
}

static int bully_nl_own_refresh(struct bully_net *bn, struct genl_info *info,
				struct bully_group *group)
{
	struct bully_owner_ask ask;
	const char *refusal;
	int err;

	err = bully_nl_parse_ask(info, &ask);
	if (err)
		return err;
	refusal = bully_owner_refresh(group, bully_nl_asker(info), &ask);
	return bully_nl_own_done(info, group, refusal, -ESTALE);
}

int bully_nl_own_refresh_doit(struct sk_buff *skb, struct genl_info *info)
{
	if (bully_nl_said(skb, info, bully_owner_refresh))
		return 0;
	return bully_nl_own_change(skb, info, bully_nl_own_refresh);
}

static int bully_nl_disown(struct bully_net *bn, struct genl_info *info, struct bully_group *group)
{
	struct bully_owner_ask ask;
	const char *refusal;
	int err;

	err = bully_nl_parse_ask(info, &ask);
	if (err)
		return err;
	refusal = bully_owner_disown(group, bully_nl_asker(info), &ask);
	return bully_nl_own_done(info, group, refusal, -ESTALE);
}

int bully_nl_disown_doit(struct sk_buff *skb, struct genl_info *info)
{
	if (bully_nl_said(skb, info, bully_owner_disown))
		return 0;
	return bully_nl_own_change(skb, info, bully_nl_disown);
}

static int bully_nl_command(struct genl_info *info, struct bully_group *group,
			    enum bully_event_type command)
{
	const char *refusal = bully_group_command(group, command);

	if (refusal)
		return bully_nl_refuse(info->extack, info->attrs[BULLY_A_GROUP], refusal, -EBUSY);
	bully_nl_echo(info, group, 0);
	return 0;
}

static int bully_nl_elect(struct bully_net *bn, struct genl_info *info, struct bully_group *group)
{
	return bully_nl_command(info, group, BULLY_EV_ELECT);
}

int bully_nl_elect_doit(struct sk_buff *skb, struct genl_info *info)
{
	return bully_nl_change(info, bully_nl_elect);
}

/* The peers do not change under bn->lock. */
static int bully_nl_resign(struct bully_net *bn, struct genl_info *info, struct bully_group *group)
{
	struct nlattr *attr = info->attrs[BULLY_A_PEER];
	struct bully_peer *peer;
	const char *refusal;
	bool again;
	int err;
	u32 id;

	if (!attr)
		return bully_nl_command(info, group, BULLY_EV_RESIGN);
	err = bully_nl_parse_id(attr, info->extack, &id);
	if (err)
		return err;
	if (id == group->core.id)
		return bully_nl_refuse(info->extack, attr,
				       "this is the node itself: name the node that is to lead",
				       -EINVAL);
	peer = bully_core_find(&group->core, id);
	if (!peer)
		return bully_nl_refuse(info->extack, attr, "the group has no peer of this id",
				       -ENOENT);
	refusal = bully_group_hand_over(group, peer, &again);
	if (refusal)
		return bully_nl_refuse(info->extack, info->attrs[BULLY_A_GROUP], refusal,
				       again ? -EAGAIN : -EBUSY);
	bully_nl_echo(info, group, 0);
	return 0;
}

int bully_nl_resign_doit(struct sk_buff *skb, struct genl_info *info)
{
	return bully_nl_change(info, bully_nl_resign);
}
