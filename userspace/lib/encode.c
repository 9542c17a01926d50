// SPDX-License-Identifier: LGPL-2.1-or-later
/* Encodes groups and peers as netlink attributes. Only options whose bit is set are sent. */
#include "internal.h"

static int encode_key(struct nl_msg *msg, const struct bully_key *key)
{
	struct nlattr *nest = nla_nest_start(msg, NLA_F_NESTED | BULLY_A_GROUP_KEY);

	if (!nest || nla_put_u32(msg, BULLY_A_KEY_ID, key->id) < 0 ||
	    nla_put(msg, BULLY_A_KEY_DATA, (int)key->len, key->data) < 0 ||
	    nla_put_u32(msg, BULLY_A_KEY_ACTIVE, key->active) < 0)
		return -NLE_NOMEM;
	nla_nest_end(msg, nest);
	return 0;
}

static int encode_guard(struct nl_msg *msg, const struct bully_addr *addr)
{
	struct nlattr *nest = nla_nest_start(msg, NLA_F_NESTED | BULLY_A_GROUP_GUARD);

	if (!nest || nla_put(msg, addr->family == 4 ? BULLY_A_GUARD_IP4 : BULLY_A_GUARD_IP6,
			     addr->family == 4 ? 4 : 16, addr->bytes) < 0)
		return -NLE_NOMEM;
	nla_nest_end(msg, nest);
	return 0;
}

/* Appends the guarded addresses, or an empty nest that says that there are none. */
static int encode_guards(struct nl_msg *msg, const struct bully_group *g)
{
	size_t i;
	int err = 0;

	if (!(g->set & BULLY_BIT(BULLY_A_GROUP_GUARD)))
		return 0;
	if (!g->guard_len)
		return nla_put(msg, NLA_F_NESTED | BULLY_A_GROUP_GUARD, 0, NULL);
	for (i = 0; err >= 0 && i < g->guard_len; i++)
		err = encode_guard(msg, &g->guard[i]);
	return err;
}

/* Appends the options that are numbers. */
static int put_numbers(struct nl_msg *msg, const struct bully_attr *attrs, unsigned int max,
		       const uint64_t *num, uint64_t set)
{
	unsigned int i;
	int err = 0;

	for (i = 1; i <= max && err >= 0; i++) {
		if (!attrs[i].option || !attrs[i].width || !(set & BULLY_BIT(i)))
			continue;
		err = attrs[i].width == 8 ? nla_put_u64(msg, (int)i, num[i])
					  : nla_put_u32(msg, (int)i, (uint32_t)num[i]);
	}
	return err;
}

/**
 * struct place - the attribute numbers of an address
 * @ip4: attribute of the IPv4 address
 * @ip6: attribute of the IPv6 address
 * @scope: attribute of the interface index
 * @scope_name: attribute of the interface name
 * @port: attribute of the UDP port
 */
struct place {
	int ip4, ip6, scope, scope_name, port;
};

static int put_addr(struct nl_msg *msg, const struct place *at, const struct bully_addr *a,
		    uint64_t set)
{
	int err = 0;

	if (set & BULLY_BIT(at->ip4))
		err = nla_put(msg, at->ip4, 4, a->bytes);
	if (err >= 0 && (set & BULLY_BIT(at->ip6)))
		err = nla_put(msg, at->ip6, 16, a->bytes);
	if (err >= 0 && (set & BULLY_BIT(at->scope)))
		err = nla_put_u32(msg, at->scope, a->scope);
	if (err >= 0 && (set & BULLY_BIT(at->scope_name)))
		err = nla_put_string(msg, at->scope_name, a->scope_name);
	if (err >= 0 && (set & BULLY_BIT(at->port)))
		err = nla_put_u32(msg, at->port, a->port);
	return err;
}

int bully_encode_group(struct nl_msg *msg, const struct bully_group *g)
{
	static const struct place local = {
		BULLY_A_GROUP_LOCAL_IP4, BULLY_A_GROUP_LOCAL_IP6, BULLY_A_GROUP_LOCAL_SCOPE,
		BULLY_A_GROUP_LOCAL_SCOPE_NAME, BULLY_A_GROUP_LOCAL_PORT};
	struct nlattr *nest = nla_nest_start(msg, NLA_F_NESTED | BULLY_A_GROUP);
	size_t i;
	int err;

	if (!nest)
		return -NLE_NOMEM;
	err = nla_put_string(msg, BULLY_A_GROUP_NAME, g->name);
	if (err >= 0)
		err = put_addr(msg, &local, &g->local, g->set);
	if (err >= 0 && (g->set & BULLY_BIT(BULLY_A_GROUP_DEV_NAME)))
		err = nla_put_string(msg, BULLY_A_GROUP_DEV_NAME, g->dev_name);
	if (err >= 0)
		err = put_numbers(msg, bully_group_attrs, BULLY_A_GROUP_MAX, g->num, g->set);
	for (i = 0; err >= 0 && (g->set & BULLY_BIT(BULLY_A_GROUP_KEY)) && i < g->keys_len; i++)
		err = encode_key(msg, &g->keys[i]);
	if (err >= 0)
		err = encode_guards(msg, g);
	if (err < 0)
		return err;
	nla_nest_end(msg, nest);
	return 0;
}

int bully_encode_peer(struct nl_msg *msg, const struct bully_peer *p)
{
	static const struct place addr = {BULLY_A_PEER_IP4, BULLY_A_PEER_IP6, BULLY_A_PEER_SCOPE,
					  BULLY_A_PEER_SCOPE_NAME, BULLY_A_PEER_PORT};
	struct nlattr *nest = nla_nest_start(msg, NLA_F_NESTED | BULLY_A_PEER);
	int err;

	if (!nest)
		return -NLE_NOMEM;
	err = put_addr(msg, &addr, &p->addr, p->set);
	if (err >= 0)
		err = put_numbers(msg, bully_peer_attrs, BULLY_A_PEER_MAX, p->num, p->set);
	if (err < 0)
		return err;
	nla_nest_end(msg, nest);
	return 0;
}
