/* SPDX-License-Identifier: GPL-2.0 */
/* fill.h - owns how objects become attributes */
#ifndef BULLY_FILL_H
#define BULLY_FILL_H

#include <linux/skbuff.h>

#include "group/view.h"

struct bully_net;

/* Room for any message of one group and one peer. */
#define BULLY_FILL_SIZE 1024

/* The attributes of an address, wherever they are numbered; not all have a @scope_name. */
struct bully_fill_numbers {
	int ip4;
	int ip6;
	int scope;
	int scope_name;
	int port;
};

/* What the shell counts of a group. */
struct bully_fill_counters {
	struct bully_group_counters group;
	u64 tx_errors;
	u64 tx_overruns;
};

int bully_fill_addr(struct sk_buff *skb, const struct bully_addr *addr, const char *scope_name,
		    const struct bully_fill_numbers *nr);
int bully_fill_group(struct sk_buff *skb, const struct bully_group_view *view);
int bully_fill_group_name(struct sk_buff *skb, const char *name);
int bully_fill_peer(struct sk_buff *skb, const struct bully_peer_view *view);
int bully_fill_net_stats(struct sk_buff *skb, struct bully_net *bn);
int bully_fill_stats(struct sk_buff *skb, const struct bully_stats *stats,
		     const struct bully_fill_counters *counters);
int bully_fill_peer_stats(struct sk_buff *skb, u32 id, const struct bully_peer_stats *stats);

#endif /* BULLY_FILL_H */
