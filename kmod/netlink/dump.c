// SPDX-License-Identifier: GPL-2.0-only
/*
 * dump.c - dumps groups, peers and counters
 *
 * A dump is sent in pieces, and anything may change between two pieces. The dump continues
 * by the name of a group and the id of a peer, never by an address in memory. The flag
 * NLM_F_DUMP_INTR tells the reader that the set changed meanwhile.
 */
#include "netlink/fill.h"
#include "netlink/message.h"
#include "netlink/netlink.h"

/**
 * struct bully_nl_cursor - the position of a dump
 * @name: name of the last group that the dump began; empty before the first group
 * @peer: id of the last peer of the group @name that was shown
 * @only: the dump shows the group @name alone
 * @begun: the request was parsed
 * @net: the part of the namespace was shown
 * @group: the part of the group @name itself was shown
 * @shown: all of the group @name was shown
 */
struct bully_nl_cursor {
	char name[BULLY_NAME_LEN];
	u32 peer;
	bool only;
	bool begun;
	bool net;
	bool group;
	bool shown;
};

static struct bully_nl_cursor *bully_nl_cursor(struct netlink_callback *cb)
{
	BUILD_BUG_ON(sizeof(struct bully_nl_cursor) > sizeof(cb->ctx));
	return (struct bully_nl_cursor *)cb->ctx;
}

/* Parse the request of a dump, with the first piece: a dump may be of one group alone. */
static int bully_nl_dump_begin(struct netlink_callback *cb, struct bully_net *bn)
{
	struct bully_nl_cursor *cursor = bully_nl_cursor(cb);
	struct nlattr *attr = genl_info_dump(cb)->attrs[BULLY_A_GROUP];
	int err;

	if (cursor->begun)
		return 0;
	cursor->begun = true;
	if (!attr)
		return 0;
	err = bully_nl_parse_name(attr, cb->extack, cursor->name);
	if (err)
		return err;
	if (!bully_net_find(bn, cursor->name))
		return bully_nl_refuse(cb->extack, attr, "there is no group of this name", -ENOENT);
	cursor->only = true;
	return 0;
}

/* Returns the group to continue with, or NULL at the end. */
static struct bully_group *bully_nl_dump_group(struct bully_nl_cursor *cursor, struct bully_net *bn)
{
	struct bully_group *group;

	list_for_each_entry_rcu(group, &bn->groups, node) {
		int order = strcmp(group->core.name, cursor->name);

		if (order < 0 || (!order && cursor->shown))
			continue;
		if (order > 0) {
			if (cursor->only)
				return NULL;
			memcpy(cursor->name, group->core.name, BULLY_NAME_LEN);
			cursor->peer = 0;
			cursor->group = false;
			cursor->shown = false;
		}
		return group;
	}
	return NULL;
}

/* Returns the next peer to show, or NULL after the last. Caller holds the group's lock. */
static const struct bully_peer *bully_nl_dump_peer(const struct bully_nl_cursor *cursor,
						   const struct bully_group *group)
{
	u32 i;

	for (i = 0; i < group->core.n_peers; i++)
		if (group->core.peer[i]->id > cursor->peer)
			return group->core.peer[i];
	return NULL;
}

static void *bully_nl_dump_put(struct sk_buff *skb, struct netlink_callback *cb, u8 cmd)
{
	void *hdr = genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq,
				bully_message_family(), NLM_F_MULTI, cmd);

	if (hdr)
		genl_dump_check_consistent(cb, hdr);
	return hdr;
}

/* Close a message, or remove the message if it did not fit. */
static int bully_nl_dump_end(struct sk_buff *skb, void *hdr, int err)
{
	if (err)
		genlmsg_cancel(skb, hdr);
	else
		genlmsg_end(skb, hdr);
	return err;
}

static int bully_nl_show_group(struct sk_buff *skb, struct netlink_callback *cb,
			       struct bully_group *group)
{
	struct bully_nl_cursor *cursor = bully_nl_cursor(cb);
	struct bully_group_view view;
	void *hdr;
	int err;

	if (cursor->group)
		return 0;
	bully_group_lock(group);
	bully_view_group(group, &view);
	bully_group_unlock_quiet(group);
	hdr = bully_nl_dump_put(skb, cb, BULLY_CMD_GROUP_GET);
	if (!hdr)
		return -EMSGSIZE;
	err = bully_nl_dump_end(skb, hdr, bully_fill_group(skb, &view));
	if (!err)
		cursor->group = true;
	return err;
}

static int bully_nl_show_peers(struct sk_buff *skb, struct netlink_callback *cb,
			       struct bully_group *group)
{
	struct bully_nl_cursor *cursor = bully_nl_cursor(cb);
	const struct bully_peer *peer;
	struct bully_peer_view view;
	void *hdr;
	int err;

	for (;;) {
		bully_group_lock(group);
		peer = bully_nl_dump_peer(cursor, group);
		if (peer)
			bully_view_peer(group, peer, &view);
		bully_group_unlock_quiet(group);
		if (!peer)
			return 0;
		hdr = bully_nl_dump_put(skb, cb, BULLY_CMD_PEER_GET);
		if (!hdr)
			return -EMSGSIZE;
		err = bully_fill_group_name(skb, cursor->name);
		if (!err)
			err = bully_fill_peer(skb, &view);
		err = bully_nl_dump_end(skb, hdr, err);
		if (err)
			return err;
		cursor->peer = view.config.id;
	}
}

static int bully_nl_show_group_stats(struct sk_buff *skb, struct netlink_callback *cb,
				     struct bully_group *group)
{
	struct bully_nl_cursor *cursor = bully_nl_cursor(cb);
	struct bully_fill_counters counters;
	struct bully_stats stats;
	void *hdr;
	int err, i;

	if (cursor->group)
		return 0;
	bully_group_lock(group);
	stats = group->core.stats;
	counters.group = group->counters;
	counters.tx_errors = group->engine.tx_errors;
	counters.tx_overruns = group->engine.tx_overruns;
	for (i = 0; i < BULLY_GUARD_WAYS; i++)
		counters.guard[i] = bully_guard_drops(group->guard, i);
	bully_group_unlock_quiet(group);
	hdr = bully_nl_dump_put(skb, cb, BULLY_CMD_STATS_GET);
	if (!hdr)
		return -EMSGSIZE;
	err = bully_fill_group_name(skb, cursor->name);
	if (!err)
		err = bully_fill_stats(skb, &stats, &counters);
	err = bully_nl_dump_end(skb, hdr, err);
	if (!err)
		cursor->group = true;
	return err;
}

static int bully_nl_show_peer_stats(struct sk_buff *skb, struct netlink_callback *cb,
				    struct bully_group *group)
{
	struct bully_nl_cursor *cursor = bully_nl_cursor(cb);
	const struct bully_peer *peer;
	struct bully_peer_stats stats;
	void *hdr;
	u32 id = 0;
	int err;

	for (;;) {
		bully_group_lock(group);
		peer = bully_nl_dump_peer(cursor, group);
		if (peer) {
			id = peer->id;
			stats = peer->stats;
		}
		bully_group_unlock_quiet(group);
		if (!peer)
			return 0;
		hdr = bully_nl_dump_put(skb, cb, BULLY_CMD_STATS_GET);
		if (!hdr)
			return -EMSGSIZE;
		err = bully_fill_group_name(skb, cursor->name);
		if (!err)
			err = bully_fill_peer_stats(skb, id, &stats);
		err = bully_nl_dump_end(skb, hdr, err);
		if (err)
			return err;
		cursor->peer = id;
	}
}

static int bully_nl_show_net_stats(struct sk_buff *skb, struct netlink_callback *cb,
				   struct bully_net *bn)
{
	struct bully_nl_cursor *cursor = bully_nl_cursor(cb);
	void *hdr;
	int err;

	if (cursor->net)
		return 0;
	hdr = bully_nl_dump_put(skb, cb, BULLY_CMD_STATS_GET);
	if (!hdr)
		return -EMSGSIZE;
	err = bully_nl_dump_end(skb, hdr, bully_fill_net_stats(skb, bn));
	if (!err)
		cursor->net = true;
	return err;
}

typedef int (*bully_nl_show)(struct sk_buff *skb, struct netlink_callback *cb,
			     struct bully_group *group);

/* Show as much as fits: the counters of the namespace if @net, each group by @whole and @peers. */
static int bully_nl_dump(struct sk_buff *skb, struct netlink_callback *cb, bully_nl_show whole,
			 bully_nl_show peers, bool net)
{
	struct bully_nl_cursor *cursor = bully_nl_cursor(cb);
	struct bully_net *bn = bully_net(sock_net(skb->sk));
	struct bully_group *group;
	int err;

	cb->seq = smp_load_acquire(&bn->generation); /* pairs with bully_net_changed() */
	rcu_read_lock();
	err = bully_nl_dump_begin(cb, bn);
	if (err) {
		rcu_read_unlock();
		return err;
	}
	if (net)
		err = bully_nl_show_net_stats(skb, cb, bn);
	while (!err && (group = bully_nl_dump_group(cursor, bn))) {
		if (whole)
			err = whole(skb, cb, group);
		if (!err && peers)
			err = peers(skb, cb, group);
		if (!err)
			cursor->shown = true;
	}
	rcu_read_unlock();
	return skb->len ? skb->len : err;
}

int bully_nl_group_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	return bully_nl_dump(skb, cb, bully_nl_show_group, NULL, false);
}

int bully_nl_peer_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	return bully_nl_dump(skb, cb, NULL, bully_nl_show_peers, false);
}

int bully_nl_stats_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	return bully_nl_dump(skb, cb, bully_nl_show_group_stats, bully_nl_show_peer_stats, true);
}
