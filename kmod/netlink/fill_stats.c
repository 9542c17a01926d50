// SPDX-License-Identifier: GPL-2.0-only
/* fill_stats.c - puts counters into attributes */
#include <net/netlink.h>

#include "group/space.h"
#include "netlink/fill.h"

/* Put a table of counters. The index of a counter is its attribute number; index 0 is unused. */
static int bully_fill_table(struct sk_buff *skb, int type, const u64 *table, int n, int pad)
{
	struct nlattr *nest = nla_nest_start(skb, type);
	int i;

	if (!nest)
		return -EMSGSIZE;
	for (i = 1; i < n; i++)
		if (nla_put_u64_64bit(skb, i, table[i], pad))
			return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int bully_fill_messages(struct sk_buff *skb, int type, const u64 *table)
{
	BUILD_BUG_ON((int)BULLY_A_MESSAGES_PAD != (int)__BULLY_MSG_MAX);
	return bully_fill_table(skb, type, table, __BULLY_MSG_MAX, BULLY_A_MESSAGES_PAD);
}

static int bully_fill_drops(struct sk_buff *skb, int type, const u64 *table)
{
	BUILD_BUG_ON((int)BULLY_A_DROPS_PAD != (int)__BULLY_DROP_MAX);
	return bully_fill_table(skb, type, table, __BULLY_DROP_MAX, BULLY_A_DROPS_PAD);
}

/* Put the address of another node that has this node's id; absent if none was noticed. */
static int bully_fill_own_id(struct sk_buff *skb, const struct bully_group_counters *counters)
{
	static const struct bully_fill_numbers nr = {
		.ip4 = BULLY_A_STATS_OWN_ID_IP4,
		.ip6 = BULLY_A_STATS_OWN_ID_IP6,
		.scope = BULLY_A_STATS_OWN_ID_SCOPE,
		.port = BULLY_A_STATS_OWN_ID_PORT,
	};

	if (!counters->own_id_at)
		return 0;
	if (bully_fill_addr(skb, &counters->own_id_from, NULL, &nr))
		return -EMSGSIZE;
	return nla_put_u64_64bit(skb, BULLY_A_STATS_OWN_ID_TIME, counters->own_id_at,
				 BULLY_A_STATS_PAD);
}

static int bully_fill_stats_values(struct sk_buff *skb, const struct bully_stats *stats,
				   const struct bully_fill_counters *counters)
{
	const int pad = BULLY_A_STATS_PAD;
	int i;

	BUILD_BUG_ON((int)BULLY_A_REASONS_PAD != (int)__BULLY_REASON_MAX);
	if (bully_fill_messages(skb, BULLY_A_STATS_TX, stats->tx) ||
	    bully_fill_messages(skb, BULLY_A_STATS_RX, stats->rx) ||
	    bully_fill_drops(skb, BULLY_A_STATS_DROPS, stats->drops) ||
	    bully_fill_table(skb, BULLY_A_STATS_ELECTIONS, stats->elections, __BULLY_REASON_MAX,
			     BULLY_A_REASONS_PAD) ||
	    nla_put_u64_64bit(skb, BULLY_A_STATS_LEADER_CHANGES, stats->leader_changes, pad) ||
	    nla_put_u64_64bit(skb, BULLY_A_STATS_LATE_MAX, stats->late_max, pad))
		return -EMSGSIZE;
	for (i = 0; i < BULLY_LATE_BUCKETS; i++)
		if (nla_put_u64_64bit(skb, BULLY_A_STATS_LATE_BUCKET, stats->late_bucket[i], pad))
			return -EMSGSIZE;
	if (nla_put_u64_64bit(skb, BULLY_A_STATS_VOIDED, stats->voided, pad) ||
	    nla_put_u64_64bit(skb, BULLY_A_STATS_EVENT_OVERRUNS,
			      counters->group.event_overruns, pad) ||
	    nla_put_u64_64bit(skb, BULLY_A_STATS_TX_ERRORS, counters->tx_errors, pad) ||
	    nla_put_u64_64bit(skb, BULLY_A_STATS_TX_OVERRUNS,
			      counters->tx_overruns + stats->actions_lost, pad) ||
	    nla_put_u64_64bit(skb, BULLY_A_STATS_DUPLICATES, stats->duplicates, pad) ||
	    nla_put_u64_64bit(skb, BULLY_A_STATS_MISMATCHES, stats->mismatches, pad) ||
	    nla_put_u64_64bit(skb, BULLY_A_STATS_CLAIMS_LIMITED, stats->claims_limited, pad) ||
	    nla_put_u64_64bit(skb, BULLY_A_STATS_OBSERVERS_REFUSED, stats->observers_refused,
			      pad) ||
	    nla_put_u64_64bit(skb, BULLY_A_STATS_GUARD_IN, counters->guard[BULLY_GUARD_IN], pad) ||
	    nla_put_u64_64bit(skb, BULLY_A_STATS_GUARD_OUT, counters->guard[BULLY_GUARD_OUT],
			      pad) ||
	    nla_put_u64_64bit(skb, BULLY_A_STATS_GUARD_NEIGH, counters->guard[BULLY_GUARD_NEIGH],
			      pad))
		return -EMSGSIZE;
	return bully_fill_own_id(skb, &counters->group);
}

/* Put a group's counters. Return: 0; or -EMSGSIZE, and then the caller cancels the message */
int bully_fill_stats(struct sk_buff *skb, const struct bully_stats *stats,
		     const struct bully_fill_counters *counters)
{
	struct nlattr *nest = nla_nest_start(skb, BULLY_A_STATS);

	if (!nest || bully_fill_stats_values(skb, stats, counters))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

/* Put a peer's counters. Return: 0; or -EMSGSIZE, and then the caller cancels the message */
int bully_fill_peer_stats(struct sk_buff *skb, u32 id, const struct bully_peer_stats *stats)
{
	struct nlattr *nest = nla_nest_start(skb, BULLY_A_PEER);

	if (!nest || nla_put_u32(skb, BULLY_A_PEER_ID, id))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	nest = nla_nest_start(skb, BULLY_A_PEER_STATS);
	if (!nest || bully_fill_messages(skb, BULLY_A_PEER_STATS_TX, stats->tx) ||
	    bully_fill_messages(skb, BULLY_A_PEER_STATS_RX, stats->rx) ||
	    bully_fill_drops(skb, BULLY_A_PEER_STATS_DROPS, stats->drops) ||
	    nla_put_u64_64bit(skb, BULLY_A_PEER_STATS_SESSIONS, stats->sessions,
			      BULLY_A_PEER_STATS_PAD) ||
	    nla_put_u64_64bit(skb, BULLY_A_PEER_STATS_DOWNS, stats->downs, BULLY_A_PEER_STATS_PAD))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

/* Put a namespace's counters. Return: 0; or -EMSGSIZE, and then the caller cancels the message */
int bully_fill_net_stats(struct sk_buff *skb, struct bully_net *bn)
{
	struct nlattr *nest = nla_nest_start(skb, BULLY_A_NET_STATS);
	u64 drops[__BULLY_DROP_MAX];
	int i;

	for (i = 0; i < __BULLY_DROP_MAX; i++)
		drops[i] = atomic64_read(&bn->drops[i]);
	if (!nest || bully_fill_drops(skb, BULLY_A_NET_STATS_DROPS, drops) ||
	    nla_put_u32(skb, BULLY_A_NET_STATS_SOCKETS, READ_ONCE(bn->sockets.n)))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}
