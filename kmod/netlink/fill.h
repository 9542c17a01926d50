/* SPDX-License-Identifier: GPL-2.0-only */
/* fill.h - owns the conversion of objects into attributes */
#ifndef BULLY_FILL_H
#define BULLY_FILL_H

#include <linux/skbuff.h>

#include "group/view.h"

struct bully_net;

/* The size of a buffer for any message of one group with its owners, and one peer, in bytes. */
#define BULLY_FILL_SIZE 2736

/* The attribute numbers of an address; not all addresses have a scope_name. */
struct bully_fill_numbers {
	int ip4;
	int ip6;
	int scope;
	int scope_name;
	int port;
};

/* The counters of a group that the core does not keep. */
struct bully_fill_counters {
	struct bully_group_counters group;
	u64 tx_errors;
	u64 tx_overruns;
	u64 guard[BULLY_GUARD_WAYS];
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
