// SPDX-License-Identifier: GPL-2.0-only
/*
 * hook.c - drops what an address says that this node may not use now
 *
 * An address may be left on a host by a helper that died, was stopped, or got no processor. The
 * hooks make such an address mute while this node does not lead:
 *
 * - LOCAL_IN, before all others: nothing that is sent to the address is delivered on this host,
 *   from its own programs or from others.
 * - LOCAL_OUT, after all others: nothing that this host makes leaves from the address. The outer
 *   packets of tunnels, raw sockets and neighbour discovery pass here, too.
 * - POST_ROUTING, after network address translation: nothing leaves that this host has given the
 *   address.
 * - ARP output: nothing claims the address.
 *
 * Packets of others that only pass this host are no concern of the hooks: to the address, because
 * this host may be the router between clients and the leader; from the address, because they come
 * from the leader. ARP and neighbour discovery that arrive pass as well, so that this host learns
 * where the leader is.
 *
 * The hooks run under RCU and in any context of the network. They take no lock, and write only
 * the counter of a packet that they drop.
 */
#include <linux/netfilter.h>
#include <linux/netfilter_arp.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <linux/slab.h>

#include "guard/hook.h"

#if IS_ENABLED(CONFIG_NETFILTER) && IS_ENABLED(CONFIG_NETFILTER_FAMILY_ARP)
#include <linux/if_arp.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/skbuff.h>
#include <net/ipv6.h>
#include <net/ndisc.h>
#if IS_ENABLED(CONFIG_NF_CONNTRACK)
#include <net/netfilter/nf_conntrack.h>
#endif

/* Judge a packet of the guard's address, or of an address without a guard. */
static unsigned int bully_hook_judge(struct bully_guard *guard, enum bully_guard_way way)
{
	if (!guard || bully_guard_leads(guard))
		return NF_ACCEPT;
	atomic64_inc(&guard->drops[way]);
	return NF_DROP;
}

static unsigned int bully_hook_in4(void *priv, struct sk_buff *skb,
				   const struct nf_hook_state *state)
{
	return bully_hook_judge(bully_guard_find4(priv, ip_hdr(skb)->daddr), BULLY_GUARD_IN);
}

static unsigned int bully_hook_in6(void *priv, struct sk_buff *skb,
				   const struct nf_hook_state *state)
{
	return bully_hook_judge(bully_guard_find6(priv, &ipv6_hdr(skb)->daddr), BULLY_GUARD_IN);
}

static unsigned int bully_hook_out4(void *priv, struct sk_buff *skb,
				    const struct nf_hook_state *state)
{
	return bully_hook_judge(bully_guard_find4(priv, ip_hdr(skb)->saddr), BULLY_GUARD_OUT);
}

/* The beginning of a neighbour solicitation or advertisement. */
struct bully_hook_nd {
	struct icmp6hdr head;
	struct in6_addr target;
};

/*
 * Returns the guard of the address that a message of neighbour discovery claims, or NULL. An
 * advertisement claims its target. A solicitation without a source does so, too: it is a node's
 * test that nobody has the address before the node takes it, and it would make a leader that
 * tests the same address at that moment give up.
 */
static struct bully_guard *bully_hook_claimed(const struct bully_guards *all,
					      const struct sk_buff *skb)
{
	const struct ipv6hdr *ip6 = ipv6_hdr(skb);
	const struct bully_hook_nd *nd;
	struct bully_hook_nd buf;
	u8 next = ip6->nexthdr;
	__be16 fragment;
	int at;

	if (next != NEXTHDR_ICMP && !ipv6_ext_hdr(next))
		return NULL;
	at = ipv6_skip_exthdr(skb, skb_network_offset(skb) + sizeof(*ip6), &next, &fragment);
	if (at < 0 || next != NEXTHDR_ICMP || fragment)
		return NULL;
	nd = skb_header_pointer(skb, at, sizeof(buf), &buf);
	if (!nd)
		return NULL;
	if (nd->head.icmp6_type != NDISC_NEIGHBOUR_ADVERTISEMENT &&
	    (nd->head.icmp6_type != NDISC_NEIGHBOUR_SOLICITATION || !ipv6_addr_any(&ip6->saddr)))
		return NULL;
	return bully_guard_find6(all, &nd->target);
}

static unsigned int bully_hook_out6(void *priv, struct sk_buff *skb,
				    const struct nf_hook_state *state)
{
	if (bully_hook_judge(bully_hook_claimed(priv, skb), BULLY_GUARD_NEIGH) == NF_DROP)
		return NF_DROP;
	return bully_hook_judge(bully_guard_find6(priv, &ipv6_hdr(skb)->saddr), BULLY_GUARD_OUT);
}

/*
 * Returns true if the packet has its source from this host: this host made it, or translated the
 * source @was of the packet into the present one, @is. bully_hook_out*() have dropped a packet
 * that this host made with the address. A packet that arrived with the address is the leader's.
 */
static bool bully_hook_given(const struct sk_buff *skb, const struct nf_hook_state *state,
			     const union nf_inet_addr *is)
{
#if IS_ENABLED(CONFIG_NF_CONNTRACK)
	enum ip_conntrack_info info;
	const struct nf_conn *ct = nf_ct_get(skb, &info);

	/* of a packet that is translated, the tuple has the source that the packet had before */
	if (ct && !nf_ct_is_template(ct) && READ_ONCE(ct->status) & IPS_NAT_MASK &&
	    !nf_inet_addr_cmp(&ct->tuplehash[CTINFO2DIR(info)].tuple.src.u3, is))
		return true;
#endif
	return !state->in && !skb->skb_iif;
}

static unsigned int bully_hook_post4(void *priv, struct sk_buff *skb,
				     const struct nf_hook_state *state)
{
	const union nf_inet_addr is = { .all = { (__force u32)ip_hdr(skb)->saddr } };
	struct bully_guard *guard = bully_guard_find4(priv, is.ip);

	if (!guard || !bully_hook_given(skb, state, &is))
		return NF_ACCEPT;
	return bully_hook_judge(guard, BULLY_GUARD_OUT);
}

static unsigned int bully_hook_post6(void *priv, struct sk_buff *skb,
				     const struct nf_hook_state *state)
{
	const union nf_inet_addr is = { .in6 = ipv6_hdr(skb)->saddr };
	struct bully_guard *guard = bully_guard_find6(priv, &is.in6);

	if (!guard || !bully_hook_given(skb, state, &is))
		return NF_ACCEPT;
	return bully_hook_judge(guard, BULLY_GUARD_OUT);
}

/* A request or reply that names the address as its sender claims it; a request for it does not. */
static unsigned int bully_hook_arp(void *priv, struct sk_buff *skb,
				   const struct nf_hook_state *state)
{
	int at = skb_network_offset(skb);
	const struct arphdr *arp;
	struct arphdr head;
	__be32 sender;

	arp = skb_header_pointer(skb, at, sizeof(head), &head);
	if (!arp || arp->ar_pro != htons(ETH_P_IP) || arp->ar_pln != sizeof(sender))
		return NF_ACCEPT;
	if (skb_copy_bits(skb, at + sizeof(head) + arp->ar_hln, &sender, sizeof(sender)))
		return NF_ACCEPT;
	return bully_hook_judge(bully_guard_find4(priv, sender), BULLY_GUARD_NEIGH);
}

/* After network address translation, and before connections are confirmed. */
#define BULLY_HOOK_POST (INT_MAX - 1)

static const struct nf_hook_ops bully_hook_ops[] = {
	{
		.hook = bully_hook_in4,
		.pf = NFPROTO_IPV4,
		.hooknum = NF_INET_LOCAL_IN,
		.priority = NF_IP_PRI_FIRST,
	},
	{
		.hook = bully_hook_out4,
		.pf = NFPROTO_IPV4,
		.hooknum = NF_INET_LOCAL_OUT,
		.priority = NF_IP_PRI_LAST,
	},
	{
		.hook = bully_hook_post4,
		.pf = NFPROTO_IPV4,
		.hooknum = NF_INET_POST_ROUTING,
		.priority = BULLY_HOOK_POST,
	},
	{
		.hook = bully_hook_in6,
		.pf = NFPROTO_IPV6,
		.hooknum = NF_INET_LOCAL_IN,
		.priority = NF_IP6_PRI_FIRST,
	},
	{
		.hook = bully_hook_out6,
		.pf = NFPROTO_IPV6,
		.hooknum = NF_INET_LOCAL_OUT,
		.priority = NF_IP6_PRI_LAST,
	},
	{
		.hook = bully_hook_post6,
		.pf = NFPROTO_IPV6,
		.hooknum = NF_INET_POST_ROUTING,
		.priority = BULLY_HOOK_POST,
	},
	{
		.hook = bully_hook_arp,
		.pf = NFPROTO_ARP,
		.hooknum = NF_ARP_OUT,
		.priority = INT_MAX,
	},
};

/* Returns true if this kernel has the hooks that a guard needs. */
bool bully_hook_possible(void)
{
	return true;
}

/* Register the hooks of a namespace. Return: 0 or an errno */
int bully_hook_register(struct bully_guards *all)
{
	struct nf_hook_ops *ops;
	unsigned int i;
	int err;

	ops = kmemdup(bully_hook_ops, sizeof(bully_hook_ops), GFP_KERNEL_ACCOUNT);
	if (!ops)
		return -ENOMEM;
	for (i = 0; i < ARRAY_SIZE(bully_hook_ops); i++)
		ops[i].priv = all;
	err = nf_register_net_hooks(all->net, ops, ARRAY_SIZE(bully_hook_ops));
	if (err) {
		/* as below: some of the hooks may have been seen */
		synchronize_net();
		kfree(ops);
		return err;
	}
	all->ops = ops;
	return 0;
}

/*
 * Unregister the hooks of a namespace, and wait until no processor runs one. A reader of the
 * list of hooks reads @ops under RCU.
 */
void bully_hook_unregister(struct bully_guards *all)
{
	nf_unregister_net_hooks(all->net, all->ops, ARRAY_SIZE(bully_hook_ops));
	synchronize_net();
	kfree(all->ops);
	all->ops = NULL;
}

#else /* a kernel without netfilter, or without its hooks for ARP */

bool bully_hook_possible(void)
{
	return false;
}

int bully_hook_register(struct bully_guards *all)
{
	return -EOPNOTSUPP;
}

void bully_hook_unregister(struct bully_guards *all)
{
}

#endif
