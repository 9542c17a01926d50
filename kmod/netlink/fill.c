// SPDX-License-Identifier: GPL-2.0-only
/* fill.c - puts a group and a peer into attributes */
#include <net/netlink.h>

#include "netlink/fill.h"

/*
 * Put an address, its port and the name of its interface. @scope_name may be NULL. Return: 0; or
 * -EMSGSIZE, and then the caller cancels the nest
 */
int bully_fill_addr(struct sk_buff *skb, const struct bully_addr *addr, const char *scope_name,
		    const struct bully_fill_numbers *nr)
{
	if (addr->family == AF_INET && nla_put_in_addr(skb, nr->ip4, addr->ip4))
		return -EMSGSIZE;
	if (addr->family == AF_INET6 && nla_put_in6_addr(skb, nr->ip6, &addr->ip6))
		return -EMSGSIZE;
	if (addr->scope && nla_put_u32(skb, nr->scope, addr->scope))
		return -EMSGSIZE;
	if (scope_name && *scope_name && nla_put_string(skb, nr->scope_name, scope_name))
		return -EMSGSIZE;
	return nla_put_u32(skb, nr->port, ntohs(addr->port));
}

static int bully_fill_group_config(struct sk_buff *skb, const struct bully_group_config *config)
{
	static const struct bully_fill_numbers nr = {
		.ip4 = BULLY_A_GROUP_LOCAL_IP4,
		.ip6 = BULLY_A_GROUP_LOCAL_IP6,
		.scope = BULLY_A_GROUP_LOCAL_SCOPE,
		.scope_name = BULLY_A_GROUP_LOCAL_SCOPE_NAME,
		.port = BULLY_A_GROUP_LOCAL_PORT,
	};
	const struct bully_opts *opts = &config->opts;

	if (nla_put_string(skb, BULLY_A_GROUP_NAME, config->name) ||
	    nla_put_u32(skb, BULLY_A_GROUP_ID, config->id) ||
	    bully_fill_addr(skb, &config->local, config->scope_name, &nr) ||
	    (config->dev && nla_put_u32(skb, BULLY_A_GROUP_DEV, config->dev)) ||
	    (*config->dev_name &&
	     nla_put_string(skb, BULLY_A_GROUP_DEV_NAME, config->dev_name)) ||
	    nla_put_u64_64bit(skb, BULLY_A_GROUP_HEARTBEAT, opts->heartbeat_ns,
			      BULLY_A_GROUP_PAD) ||
	    nla_put_u32(skb, BULLY_A_GROUP_MISSES, opts->misses) ||
	    nla_put_u32(skb, BULLY_A_GROUP_QUORUM, opts->quorum) ||
	    nla_put_u32(skb, BULLY_A_GROUP_ELECTION, opts->election) ||
	    nla_put_u64_64bit(skb, BULLY_A_GROUP_LEASE, config->lease_ns, BULLY_A_GROUP_PAD) ||
	    nla_put_u32(skb, BULLY_A_GROUP_PRIORITY, opts->priority) ||
	    nla_put_u32(skb, BULLY_A_GROUP_PREEMPT, opts->preempt) ||
	    nla_put_u64_64bit(skb, BULLY_A_GROUP_PREEMPT_DELAY, opts->preempt_delay_ns,
			      BULLY_A_GROUP_PAD) ||
	    nla_put_u32(skb, BULLY_A_GROUP_HOLDDOWN, opts->holddown) ||
	    nla_put_u32(skb, BULLY_A_GROUP_ROLE, opts->role) ||
	    nla_put_u32(skb, BULLY_A_GROUP_CANDIDATE, config->candidate) ||
	    nla_put_u32(skb, BULLY_A_GROUP_VOTERS, opts->voters) ||
	    nla_put_u32(skb, BULLY_A_GROUP_OBSERVERS, opts->observers) ||
	    nla_put_u32(skb, BULLY_A_GROUP_UNLISTED, opts->unlisted))
		return -EMSGSIZE;
	return 0;
}

static int bully_fill_group_holddown(struct sk_buff *skb, const struct bully_opts *opts)
{
	if (nla_put_u32(skb, BULLY_A_GROUP_HOLDDOWN_FREE, opts->holddown_free) ||
	    nla_put_u64_64bit(skb, BULLY_A_GROUP_HOLDDOWN_DELAY, opts->holddown_delay_ns,
			      BULLY_A_GROUP_PAD) ||
	    nla_put_u64_64bit(skb, BULLY_A_GROUP_HOLDDOWN_MAX, opts->holddown_max_ns,
			      BULLY_A_GROUP_PAD) ||
	    nla_put_u64_64bit(skb, BULLY_A_GROUP_HOLDDOWN_HALF_LIFE, opts->holddown_half_life_ns,
			      BULLY_A_GROUP_PAD))
		return -EMSGSIZE;
	return 0;
}

/* Put the guarded addresses, an attribute each. Return: 0; or -EMSGSIZE: cancel the nest around */
static int bully_fill_guard(struct sk_buff *skb, const struct bully_guard_list *list)
{
	struct nlattr *nest;
	u32 i;

	for (i = 0; i < list->n; i++) {
		const struct bully_addr *addr = &list->addr[i];

		nest = nla_nest_start(skb, BULLY_A_GROUP_GUARD);
		if (!nest ||
		    (addr->family == AF_INET ?
		     nla_put_in_addr(skb, BULLY_A_GUARD_IP4, addr->ip4) :
		     nla_put_in6_addr(skb, BULLY_A_GUARD_IP6, &addr->ip6)))
			return -EMSGSIZE;
		nla_nest_end(skb, nest);
	}
	return 0;
}

/* Put a remaining time; the attribute is absent if no time remains. */
static int bully_fill_rest(struct sk_buff *skb, int attr, u64 ns)
{
	return ns ? nla_put_u64_64bit(skb, attr, ns, BULLY_A_GROUP_PAD) : 0;
}

/* Put the hold-down and, in quorum mode, lease, grant, abstention and majority. */
static int bully_fill_group_quorum(struct sk_buff *skb, const struct bully_group_view *view)
{
	const struct bully_quorum_view *quorum = &view->quorum;

	if (bully_fill_rest(skb, BULLY_A_GROUP_HOLDDOWN_REMAINING, quorum->holddown_remaining_ns))
		return -EMSGSIZE;
	if (view->config.opts.quorum == BULLY_QUORUM_OFF)
		return 0;
	/* also if the lease has just ended, as long as the node is shown as the leader */
	if (view->state == BULLY_STATE_LEADER &&
	    nla_put_u64_64bit(skb, BULLY_A_GROUP_LEASE_REMAINING, quorum->lease_remaining_ns,
			      BULLY_A_GROUP_PAD))
		return -EMSGSIZE;
	if (quorum->grant_to && (nla_put_u32(skb, BULLY_A_GROUP_GRANT_TO, quorum->grant_to) ||
				 nla_put_u64_64bit(skb, BULLY_A_GROUP_GRANT_REMAINING,
						   quorum->grant_remaining_ns, BULLY_A_GROUP_PAD)))
		return -EMSGSIZE;
	if (bully_fill_rest(skb, BULLY_A_GROUP_ABSTAIN_REMAINING, quorum->abstain_remaining_ns) ||
	    nla_put_u32(skb, BULLY_A_GROUP_MAJORITY, quorum->majority) ||
	    nla_put_u32(skb, BULLY_A_GROUP_GRANTS, quorum->grants))
		return -EMSGSIZE;
	return 0;
}

/*
 * Put a position (F4); its attributes are absent if nothing is known. The second number has the
 * attribute after @term. Return: 0 or -EMSGSIZE
 */
static int bully_fill_position(struct sk_buff *skb, int term, int pad,
			       const struct bully_position *position)
{
	if (!position->term && !position->index)
		return 0;
	if (nla_put_u64_64bit(skb, term, position->term, pad) ||
	    nla_put_u64_64bit(skb, term + 1, position->index, pad))
		return -EMSGSIZE;
	return 0;
}

/* Put an owner of the candidacy. Return: 0 or -EMSGSIZE */
static int bully_fill_owner(struct sk_buff *skb, const struct bully_owner_view *view)
{
	struct nlattr *nest = nla_nest_start(skb, BULLY_A_OWNER);

	if (!nest)
		return -EMSGSIZE;
	if (nla_put_string(skb, BULLY_A_OWNER_NAME, view->name) ||
	    nla_put_u32(skb, BULLY_A_OWNER_STATE, view->state) ||
	    (view->weight && nla_put_u32(skb, BULLY_A_OWNER_WEIGHT, view->weight)) ||
	    (view->portid && nla_put_u32(skb, BULLY_A_OWNER_PORTID, view->portid)) ||
	    bully_fill_position(skb, BULLY_A_OWNER_POSITION_TERM, BULLY_A_OWNER_PAD,
				&view->position) ||
	    (view->deadline_ns &&
	     (nla_put_u64_64bit(skb, BULLY_A_OWNER_DEADLINE, view->deadline_ns,
				BULLY_A_OWNER_PAD) ||
	      nla_put_u64_64bit(skb, BULLY_A_OWNER_REMAINING, view->remaining_ns,
				BULLY_A_OWNER_PAD)))) {
		nla_nest_cancel(skb, nest);
		return -EMSGSIZE;
	}
	nla_nest_end(skb, nest);
	return 0;
}

/* Put the whole group and its owners. Return: 0; or -EMSGSIZE, and then nothing was added */
int bully_fill_group(struct sk_buff *skb, const struct bully_group_view *view)
{
	struct nlattr *nest = nla_nest_start(skb, BULLY_A_GROUP);
	u32 i;

	if (!nest)
		return -EMSGSIZE;
	if (bully_fill_group_config(skb, &view->config) ||
	    bully_fill_group_holddown(skb, &view->config.opts) ||
	    bully_fill_guard(skb, &view->config.guard) ||
	    nla_put_u32(skb, BULLY_A_GROUP_STATE, view->state) ||
	    (view->leader && nla_put_u32(skb, BULLY_A_GROUP_LEADER, view->leader)) ||
	    nla_put_u64_64bit(skb, BULLY_A_GROUP_EPOCH, view->epoch, BULLY_A_GROUP_PAD) ||
	    nla_put_u64_64bit(skb, BULLY_A_GROUP_EVENT_SEQ, view->event_seq, BULLY_A_GROUP_PAD) ||
	    nla_put_u32(skb, BULLY_A_GROUP_REASON, view->reason) ||
	    nla_put_u64_64bit(skb, BULLY_A_GROUP_TIME, view->time, BULLY_A_GROUP_PAD) ||
	    nla_put_u64_64bit(skb, BULLY_A_GROUP_SESSION, view->session, BULLY_A_GROUP_PAD) ||
	    nla_put_u32(skb, BULLY_A_GROUP_LINK, view->link) ||
	    nla_put_u32(skb, BULLY_A_GROUP_DUPLICATE, view->duplicate) ||
	    nla_put_u32(skb, BULLY_A_GROUP_RESIGNED, view->resigned) ||
	    nla_put_u32(skb, BULLY_A_GROUP_EFFECTIVE_PRIORITY, view->priority) ||
	    bully_fill_position(skb, BULLY_A_GROUP_POSITION_TERM, BULLY_A_GROUP_PAD,
				&view->position) ||
	    nla_put_u32(skb, BULLY_A_GROUP_PEERS, view->n_peers) ||
	    (view->config.opts.observers &&
	     nla_put_u32(skb, BULLY_A_GROUP_OBSERVERS_NOW, view->observers)) ||
	    (view->asked && nla_put_u32(skb, BULLY_A_GROUP_ASKED, view->asked)) ||
	    nla_put_u32(skb, BULLY_A_GROUP_AUTH, view->config.auth) ||
	    (view->n_keys && nla_put(skb, BULLY_A_GROUP_KEY_IDS,
				     view->n_keys * sizeof(*view->key_ids), view->key_ids)) ||
	    bully_fill_group_quorum(skb, view)) {
		nla_nest_cancel(skb, nest);
		return -EMSGSIZE;
	}
	nla_nest_end(skb, nest);
	for (i = 0; i < view->n_owners; i++) {
		if (bully_fill_owner(skb, &view->owners[i])) {
			nla_nest_cancel(skb, nest);
			return -EMSGSIZE;
		}
	}
	return 0;
}

/* Put only the name of the group that a message is about. Return: 0 or -EMSGSIZE */
int bully_fill_group_name(struct sk_buff *skb, const char *name)
{
	struct nlattr *nest = nla_nest_start(skb, BULLY_A_GROUP);

	if (!nest)
		return -EMSGSIZE;
	if (nla_put_string(skb, BULLY_A_GROUP_NAME, name)) {
		nla_nest_cancel(skb, nest);
		return -EMSGSIZE;
	}
	nla_nest_end(skb, nest);
	return 0;
}

/* Put the whole peer. Return: 0 or -EMSGSIZE */
int bully_fill_peer(struct sk_buff *skb, const struct bully_peer_view *view)
{
	static const struct bully_fill_numbers nr = {
		.ip4 = BULLY_A_PEER_IP4,
		.ip6 = BULLY_A_PEER_IP6,
		.scope = BULLY_A_PEER_SCOPE,
		.scope_name = BULLY_A_PEER_SCOPE_NAME,
		.port = BULLY_A_PEER_PORT,
	};
	static const struct bully_fill_numbers source = {
		.ip4 = BULLY_A_PEER_SOURCE_IP4,
		.ip6 = BULLY_A_PEER_SOURCE_IP6,
		.scope = BULLY_A_PEER_SOURCE_SCOPE,
		.port = BULLY_A_PEER_SOURCE_PORT,
	};
	struct nlattr *nest = nla_nest_start(skb, BULLY_A_PEER);

	if (!nest)
		return -EMSGSIZE;
	if (nla_put_u32(skb, BULLY_A_PEER_ID, view->config.id) ||
	    bully_fill_addr(skb, &view->config.addr, view->config.scope_name, &nr) ||
	    nla_put_u32(skb, BULLY_A_PEER_ROLE, view->config.role) ||
	    nla_put_u32(skb, BULLY_A_PEER_STATE, view->state) ||
	    (view->ranked && nla_put_u32(skb, BULLY_A_PEER_PRIORITY, view->priority)) ||
	    bully_fill_position(skb, BULLY_A_PEER_POSITION_TERM, BULLY_A_PEER_PAD,
				&view->position) ||
	    (view->rtt && nla_put_u64_64bit(skb, BULLY_A_PEER_RTT, view->rtt, BULLY_A_PEER_PAD)) ||
	    (view->last_seen &&
	     nla_put_u64_64bit(skb, BULLY_A_PEER_LAST_SEEN, view->last_seen, BULLY_A_PEER_PAD)) ||
	    nla_put_u32(skb, BULLY_A_PEER_DUPLICATE, view->duplicate) ||
	    nla_put_u32(skb, BULLY_A_PEER_MISMATCH, view->mismatch) ||
	    nla_put_u64_64bit(skb, BULLY_A_PEER_SESSION, view->session, BULLY_A_PEER_PAD) ||
	    (view->quorum && nla_put_u32(skb, BULLY_A_PEER_VOTE, view->vote)) ||
	    (view->holddown && nla_put_u64_64bit(skb, BULLY_A_PEER_HOLDDOWN_REMAINING,
						 view->holddown, BULLY_A_PEER_PAD)) ||
	    nla_put_u32(skb, BULLY_A_PEER_VOTERS_DIFFER, view->voters_differ) ||
	    nla_put_u32(skb, BULLY_A_PEER_ADDRESS, view->address) ||
	    (view->source.family && bully_fill_addr(skb, &view->source, NULL, &source))) {
		nla_nest_cancel(skb, nest);
		return -EMSGSIZE;
	}
	nla_nest_end(skb, nest);
	return 0;
}
