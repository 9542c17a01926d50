// SPDX-License-Identifier: GPL-2.0-only
/*
 * parse.c - parses attributes into configurations
 *
 * The policies have checked types, lengths and ranges. This file checks what the policies
 * cannot express: missing attributes, and attributes that exclude each other.
 */
#include <linux/module.h>
#include <linux/netdevice.h>
#include <linux/user_namespace.h>

#include "netlink/netlink.h"

static unsigned int bully_user_heartbeat_ms = 10;
module_param_named(user_heartbeat_ms, bully_user_heartbeat_ms, uint, 0644);
MODULE_PARM_DESC(user_heartbeat_ms,
		 "minimum heartbeat in ms outside the initial user namespace (default 10)");

/* Refuse a request with a sentence and the attribute that the sentence is about. Return: @err */
int bully_nl_refuse(struct netlink_ext_ack *extack, const struct nlattr *attr, const char *text,
		    int err)
{
	if (extack) {
		extack->_msg = text;
		extack->bad_attr = attr;
	}
	return err;
}

static int bully_nl_missing(struct netlink_ext_ack *extack, const struct nlattr *nest, int type,
			    const char *text)
{
	NL_SET_ERR_ATTR_MISS(extack, nest, type);
	return bully_nl_refuse(extack, NULL, text, -EINVAL);
}

static int bully_nl_check_name(struct nlattr *attr, struct netlink_ext_ack *extack, char *name)
{
	nla_strscpy(name, attr, BULLY_NAME_LEN);
	if (!*name)
		return bully_nl_refuse(extack, attr, "a group's name cannot be empty", -EINVAL);
	if (!bully_name_valid(name))
		return bully_nl_refuse(extack, attr, "a group's name has no '/' or space in it",
				       -EINVAL);
	return 0;
}

/**
 * bully_nl_parse_name() - parse the name of the group that a request is about
 * @group: the attribute BULLY_A_GROUP, or NULL
 * @extack: set on an error
 * @name: set to BULLY_NAME_LEN bytes
 *
 * Return: 0 or an errno
 */
int bully_nl_parse_name(struct nlattr *group, struct netlink_ext_ack *extack, char *name)
{
	struct nlattr *tb[BULLY_NL_GROUP_LAST + 1];
	int err;

	if (!group)
		return bully_nl_missing(extack, NULL, BULLY_A_GROUP, "the group is missing");
	/* the request's own policy, which was checked before, may allow less than this one */
	err = nla_parse_nested(tb, BULLY_NL_GROUP_LAST, group, bully_group_config_nl_policy,
			       extack);
	if (err)
		return err;
	if (!tb[BULLY_A_GROUP_NAME])
		return bully_nl_missing(extack, group, BULLY_A_GROUP_NAME,
					"the group's name is missing");
	return bully_nl_check_name(tb[BULLY_A_GROUP_NAME], extack, name);
}

/*
 * Parse the interface that a request names by its name, by its present index, or by both.
 * Sets the IFNAMSIZ bytes of @name, which is empty for no interface. Without an attribute
 * @name does not change.
 */
static int bully_nl_parse_device(struct bully_net *bn, const struct nlattr *index_attr,
				 const struct nlattr *name_attr, struct netlink_ext_ack *extack,
				 char *name)
{
	u32 index = index_attr ? nla_get_u32(index_attr) : 0;

	BUILD_BUG_ON(BULLY_DEV_NAME_MAX + 1 != IFNAMSIZ);
	if (name_attr) {
		nla_strscpy(name, name_attr, IFNAMSIZ);
		if (*name && !dev_valid_name(name))
			return bully_nl_refuse(extack, name_attr,
					       "this cannot be the name of an interface", -EINVAL);
		if (index && bully_addr_ifindex(bn->net, name) != index)
			return bully_nl_refuse(extack, index_attr,
					       "the interface of this name has another index",
					       -EINVAL);
	} else if (index) {
		if (!bully_addr_ifname(bn->net, index, name))
			return bully_nl_refuse(extack, index_attr,
					       "there is no interface of this index", -EINVAL);
	} else if (index_attr) {
		*name = '\0';
	}
	return 0;
}

static int bully_nl_parse_local(struct bully_net *bn, struct nlattr **tb,
				struct netlink_ext_ack *extack, struct bully_group_config *config)
{
	struct nlattr *ip4 = tb[BULLY_A_GROUP_LOCAL_IP4], *ip6 = tb[BULLY_A_GROUP_LOCAL_IP6];
	struct nlattr *scope_name = tb[BULLY_A_GROUP_LOCAL_SCOPE_NAME];
	struct nlattr *scope = tb[BULLY_A_GROUP_LOCAL_SCOPE];
	struct bully_addr *local = &config->local;
	__be16 port = local->port;

	if (ip4 && ip6)
		return bully_nl_refuse(extack, ip6, "the local address is either IPv4 or IPv6",
				       -EINVAL);
	if ((scope || scope_name) && !ip6)
		return bully_nl_refuse(extack, scope ? scope : scope_name,
				       "a scope needs an IPv6 address beside it", -EINVAL);
	if (ip4 || ip6) {
		memset(local, 0, sizeof(*local));
		*config->scope_name = '\0';
	}
	if (ip4) {
		local->family = AF_INET;
		local->ip4 = nla_get_in_addr(ip4);
	}
	if (ip6) {
		local->family = AF_INET6;
		local->ip6 = nla_get_in6_addr(ip6);
	}
	local->port = port;
	if (tb[BULLY_A_GROUP_LOCAL_PORT])
		local->port = htons(nla_get_u32(tb[BULLY_A_GROUP_LOCAL_PORT]));
	return bully_nl_parse_device(bn, scope, scope_name, extack, config->scope_name);
}

static int bully_nl_parse_rhythm(struct bully_net *bn, struct nlattr **tb,
				 struct netlink_ext_ack *extack, struct bully_opts *opts)
{
	u64 floor = (u64)READ_ONCE(bully_user_heartbeat_ms) * NSEC_PER_MSEC;

	if (tb[BULLY_A_GROUP_HEARTBEAT])
		opts->heartbeat_ns = nla_get_u64(tb[BULLY_A_GROUP_HEARTBEAT]);
	if (bn->net->user_ns != &init_user_ns && opts->heartbeat_ns < floor)
		return bully_nl_refuse(extack, tb[BULLY_A_GROUP_HEARTBEAT],
				       "the heartbeat is too short for a user namespace", -EPERM);
	if (tb[BULLY_A_GROUP_MISSES])
		opts->misses = nla_get_u32(tb[BULLY_A_GROUP_MISSES]);
	return 0;
}

/*
 * Parse quorum mode and the lease that is then in force. The default lease follows the
 * heartbeat. R13: any lease is at least 3 heartbeats long, or 4 if the heartbeat is short.
 */
static int bully_nl_parse_quorum(struct nlattr **tb, struct netlink_ext_ack *extack,
				 struct bully_group_config *config)
{
	struct nlattr *attr = tb[BULLY_A_GROUP_LEASE];
	struct bully_opts *opts = &config->opts;
	u32 beats = BULLY_LEASE_HEARTBEATS(opts->heartbeat_ns);
	u64 least = opts->heartbeat_ns * beats;

	if (tb[BULLY_A_GROUP_QUORUM])
		opts->quorum = nla_get_u32(tb[BULLY_A_GROUP_QUORUM]);
	if (tb[BULLY_A_GROUP_VOTERS])
		opts->voters = nla_get_u32(tb[BULLY_A_GROUP_VOTERS]);
	if (attr)
		config->lease_ns = nla_get_u64(attr);
	if (config->lease_ns && config->lease_ns < least)
		return bully_nl_refuse(extack, attr, beats == BULLY_LEASE_HEARTBEATS_MIN ?
				       "the lease is below 3 heartbeats" :
				       "the lease is below 4 heartbeats (heartbeat below 10 ms)",
				       -EINVAL);
	opts->lease_ns = 0;
	if (opts->quorum == BULLY_QUORUM_OFF)
		return 0;
	opts->lease_ns = config->lease_ns;
	if (!opts->lease_ns)
		opts->lease_ns = max(opts->heartbeat_ns * opts->misses, least);
	if (opts->lease_ns > BULLY_LEASE_MAX_NS)
		return bully_nl_refuse(extack, attr,
				       "heartbeat times misses, the default lease, is above an hour",
				       -EINVAL);
	return 0;
}

/*
 * Parse the election, and the options of election bully: priority and preemption. A request with
 * election raft, for a group that may have had preempt on, need not turn it off.
 */
static int bully_nl_parse_election(struct nlattr **tb, struct netlink_ext_ack *extack,
				   struct bully_opts *opts)
{
	struct nlattr *election = tb[BULLY_A_GROUP_ELECTION];
	struct nlattr *priority = tb[BULLY_A_GROUP_PRIORITY];
	struct nlattr *preempt = tb[BULLY_A_GROUP_PREEMPT];
	struct nlattr *delay = tb[BULLY_A_GROUP_PREEMPT_DELAY];

	if (election)
		opts->election = nla_get_u32(election);
	if (priority)
		opts->priority = nla_get_u32(priority);
	if (preempt)
		opts->preempt = nla_get_u32(preempt);
	else if (opts->election == BULLY_ELECTION_RAFT)
		opts->preempt = false;
	if (delay)
		opts->preempt_delay_ns = nla_get_u64(delay);
	if (opts->election != BULLY_ELECTION_RAFT)
		return 0;
	if (opts->quorum != BULLY_QUORUM_MAJORITY)
		return bully_nl_refuse(extack, election ? election : tb[BULLY_A_GROUP_QUORUM],
				       "election raft needs quorum majority", -EINVAL);
	if (opts->preempt)
		return bully_nl_refuse(extack, preempt,
				       "election raft never takes over: set preempt off", -EINVAL);
	if (opts->preempt_delay_ns)
		return bully_nl_refuse(extack, delay ? delay : election,
				       "election raft never takes over: set preempt-delay 0s",
				       -EINVAL);
	if (opts->priority)
		return bully_nl_refuse(extack, priority ? priority : election,
				       "election raft has no priorities: set priority 0", -EINVAL);
	return 0;
}

static int bully_nl_parse_holddown(struct nlattr **tb, struct netlink_ext_ack *extack,
				   struct bully_opts *opts)
{
	struct nlattr *delay = tb[BULLY_A_GROUP_HOLDDOWN_DELAY];
	struct nlattr *most = tb[BULLY_A_GROUP_HOLDDOWN_MAX];

	if (tb[BULLY_A_GROUP_HOLDDOWN])
		opts->holddown = nla_get_u32(tb[BULLY_A_GROUP_HOLDDOWN]);
	if (tb[BULLY_A_GROUP_HOLDDOWN_FREE])
		opts->holddown_free = nla_get_u32(tb[BULLY_A_GROUP_HOLDDOWN_FREE]);
	if (delay)
		opts->holddown_delay_ns = nla_get_u64(delay);
	if (most)
		opts->holddown_max_ns = nla_get_u64(most);
	if (tb[BULLY_A_GROUP_HOLDDOWN_HALF_LIFE])
		opts->holddown_half_life_ns = nla_get_u64(tb[BULLY_A_GROUP_HOLDDOWN_HALF_LIFE]);
	if (opts->holddown_max_ns < opts->holddown_delay_ns)
		return bully_nl_refuse(extack, most ? most : delay,
				       "holddown-max is below holddown-delay", -EINVAL);
	return 0;
}

/* Parse what concerns observers that are no peers, after the mode and the role. */
static int bully_nl_parse_observers(struct nlattr **tb, struct netlink_ext_ack *extack,
				    struct bully_opts *opts)
{
	struct nlattr *observers = tb[BULLY_A_GROUP_OBSERVERS];
	struct nlattr *unlisted = tb[BULLY_A_GROUP_UNLISTED];
	struct nlattr *quorum = tb[BULLY_A_GROUP_QUORUM];
	struct nlattr *role = tb[BULLY_A_GROUP_ROLE];

	if (observers)
		opts->observers = nla_get_u32(observers);
	if (unlisted)
		opts->unlisted = nla_get_u32(unlisted);
	if (opts->observers && opts->quorum == BULLY_QUORUM_OFF)
		return bully_nl_refuse(extack, observers ? observers : quorum,
				       "observers needs quorum majority", -EINVAL);
	if (!opts->unlisted)
		return 0;
	if (opts->role != BULLY_ROLE_OBSERVER)
		return bully_nl_refuse(extack, unlisted ? unlisted : role,
				       "unlisted needs the role observer", -EINVAL);
	if (opts->quorum == BULLY_QUORUM_OFF)
		return bully_nl_refuse(extack, unlisted ? unlisted : quorum,
				       "unlisted needs quorum majority", -EINVAL);
	if (opts->observers)
		return bully_nl_refuse(extack, unlisted ? unlisted : observers,
				       "an unlisted observer answers no others: set observers 0",
				       -EINVAL);
	return 0;
}

/**
 * bully_nl_parse_config() - parse the configuration of a group
 * @bn: the namespace
 * @tb: the attributes of the group
 * @extack: set on an error
 * @config: the present configuration, or the defaults; changed where @tb has an attribute.
 *	Interfaces are set by name; bully_check_local() looks up their indexes
 *
 * Return: 0 or an errno
 */
int bully_nl_parse_config(struct bully_net *bn, struct nlattr **tb, struct netlink_ext_ack *extack,
			  struct bully_group_config *config)
{
	struct bully_opts *opts = &config->opts;
	int err;

	err = bully_nl_parse_local(bn, tb, extack, config);
	if (!err)
		err = bully_nl_parse_device(bn, tb[BULLY_A_GROUP_DEV], tb[BULLY_A_GROUP_DEV_NAME],
					    extack, config->dev_name);
	if (!err)
		err = bully_nl_parse_rhythm(bn, tb, extack, opts);
	if (!err)
		err = bully_nl_parse_quorum(tb, extack, config);
	if (!err)
		err = bully_nl_parse_election(tb, extack, opts);
	if (!err)
		err = bully_nl_parse_holddown(tb, extack, opts);
	if (err)
		return err;
	if (tb[BULLY_A_GROUP_ROLE])
		opts->role = nla_get_u32(tb[BULLY_A_GROUP_ROLE]);
	if (tb[BULLY_A_GROUP_CANDIDATE])
		config->candidate = nla_get_u32(tb[BULLY_A_GROUP_CANDIDATE]);
	return bully_nl_parse_observers(tb, extack, opts);
}

static int bully_nl_parse_peer_tb(struct nlattr *peer, struct netlink_ext_ack *extack,
				  struct nlattr **tb)
{
	int err;

	if (!peer)
		return bully_nl_missing(extack, NULL, BULLY_A_PEER, "the peer is missing");
	err = nla_parse_nested(tb, BULLY_NL_PEER_LAST, peer, bully_peer_config_nl_policy, extack);
	if (err)
		return err;
	if (!tb[BULLY_A_PEER_ID])
		return bully_nl_missing(extack, peer, BULLY_A_PEER_ID, "the peer's id is missing");
	return 0;
}

/* Parse the id of the peer that a request is about. Return: 0 or an errno */
int bully_nl_parse_id(struct nlattr *peer, struct netlink_ext_ack *extack, u32 *id)
{
	struct nlattr *tb[BULLY_NL_PEER_LAST + 1];
	int err = bully_nl_parse_peer_tb(peer, extack, tb);

	if (!err)
		*id = nla_get_u32(tb[BULLY_A_PEER_ID]);
	return err;
}

/**
 * bully_nl_parse_peer() - parse the configuration of a peer
 * @bn: the namespace
 * @peer: the attribute BULLY_A_PEER, or NULL
 * @extack: set on an error
 * @config: the present configuration, or all zero; changed where @peer has an attribute. A
 *	scope is set by name; bully_check_peer() looks up its index
 *
 * Return: 0 or an errno
 */
int bully_nl_parse_peer(struct bully_net *bn, struct nlattr *peer, struct netlink_ext_ack *extack,
			struct bully_peer_config *config)
{
	struct nlattr *tb[BULLY_NL_PEER_LAST + 1];
	struct bully_addr *addr = &config->addr;
	struct nlattr *scope, *scope_name;
	__be16 port = addr->port;
	int err;

	err = bully_nl_parse_peer_tb(peer, extack, tb);
	if (err)
		return err;
	if (tb[BULLY_A_PEER_IP4] && tb[BULLY_A_PEER_IP6])
		return bully_nl_refuse(extack, tb[BULLY_A_PEER_IP6],
				       "a peer's address is either IPv4 or IPv6", -EINVAL);
	scope = tb[BULLY_A_PEER_SCOPE];
	scope_name = tb[BULLY_A_PEER_SCOPE_NAME];
	if ((scope || scope_name) && !tb[BULLY_A_PEER_IP6])
		return bully_nl_refuse(extack, scope ? scope : scope_name,
				       "a scope needs an IPv6 address beside it", -EINVAL);
	config->id = nla_get_u32(tb[BULLY_A_PEER_ID]);
	if (tb[BULLY_A_PEER_IP4] || tb[BULLY_A_PEER_IP6]) {
		memset(addr, 0, sizeof(*addr));
		*config->scope_name = '\0';
	}
	if (tb[BULLY_A_PEER_IP4]) {
		addr->family = AF_INET;
		addr->ip4 = nla_get_in_addr(tb[BULLY_A_PEER_IP4]);
	}
	if (tb[BULLY_A_PEER_IP6]) {
		addr->family = AF_INET6;
		addr->ip6 = nla_get_in6_addr(tb[BULLY_A_PEER_IP6]);
	}
	if (addr->family == AF_UNSPEC)
		return bully_nl_missing(extack, peer, BULLY_A_PEER_IP4,
					"the peer's address is missing");
	addr->port = port ? port : htons(BULLY_DEFAULT_PORT);
	if (tb[BULLY_A_PEER_PORT])
		addr->port = htons(nla_get_u32(tb[BULLY_A_PEER_PORT]));
	if (tb[BULLY_A_PEER_ROLE])
		config->role = nla_get_u32(tb[BULLY_A_PEER_ROLE]);
	return bully_nl_parse_device(bn, scope, scope_name, extack, config->scope_name);
}
