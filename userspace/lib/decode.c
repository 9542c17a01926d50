// SPDX-License-Identifier: LGPL-2.1-or-later
/* Decodes netlink attributes into groups, peers and owners. */
#include <string.h>

#include "internal.h"

/* Reads all attributes that are numbers. Returns 0 or a negative libnl error. */
static int get_numbers(struct nlattr **tb, const struct bully_attr *attrs, unsigned int max,
		       uint64_t *num, uint64_t *set)
{
	unsigned int i;

	for (i = 1; i <= max; i++) {
		if (!tb[i] || !attrs[i].width)
			continue;
		if (nla_len(tb[i]) < attrs[i].width)
			return -NLE_RANGE;
		num[i] = attrs[i].width == 8 ? nla_get_u64(tb[i]) : nla_get_u32(tb[i]);
		*set |= BULLY_BIT(i);
	}
	return 0;
}

static uint32_t get_u32(struct nlattr *a)
{
	return a && nla_len(a) >= 4 ? nla_get_u32(a) : 0;
}

/* Reads the name of an interface, if present, and sets its bit in @set. */
static int get_name(struct nlattr *a, char *name, uint64_t *set)
{
	if (!a)
		return 0;
	if (nla_len(a) < 1 || nla_len(a) > BULLY_DEV_NAME_MAX + 1 ||
	    ((const char *)nla_data(a))[nla_len(a) - 1])
		return -NLE_RANGE;
	strcpy(name, nla_data(a));
	*set |= BULLY_BIT(nla_type(a));
	return 0;
}

static int get_addr(struct nlattr *ip4, struct nlattr *ip6, struct nlattr *scope,
		    struct nlattr *port, struct bully_addr *addr, uint64_t *set)
{
	struct nlattr *ip = ip6 ? ip6 : ip4;

	if (ip && nla_len(ip) != (ip6 ? 16 : 4))
		return -NLE_RANGE;
	if (ip) {
		addr->family = ip6 ? 6 : 4;
		memcpy(addr->bytes, nla_data(ip), ip6 ? 16 : 4);
		*set |= BULLY_BIT(nla_type(ip));
	}
	if (scope)
		*set |= BULLY_BIT(nla_type(scope));
	if (port)
		*set |= BULLY_BIT(nla_type(port));
	addr->scope = get_u32(scope);
	addr->port = (uint16_t)get_u32(port);
	return 0;
}

static void get_key_ids(const struct nlattr *attr, struct bully_group *g)
{
	size_t len = attr ? (size_t)nla_len(attr) / sizeof(*g->key_ids) : 0;

	g->key_ids_len = len > BULLY_KEYS_MAX ? BULLY_KEYS_MAX : len;
	if (len)
		memcpy(g->key_ids, nla_data(attr), g->key_ids_len * sizeof(*g->key_ids));
}

/* Reads the guarded addresses. Returns 0 or a negative libnl error. */
static int get_guard(struct nlattr *nest, struct bully_group *g)
{
	struct nlattr *tb[BULLY_A_GUARD_MAX + 1], *a;
	struct bully_addr *addr = g->guard;
	uint64_t set = 0;
	int rem, err;

	nla_for_each_nested (a, nest, rem) {
		if (nla_type(a) != BULLY_A_GROUP_GUARD)
			continue;
		if (addr == g->guard + BULLY_GUARD_MAX)
			return -NLE_RANGE;
		memset(addr, 0, sizeof(*addr));
		err = nla_parse_nested(tb, BULLY_A_GUARD_MAX, a, NULL);
		if (err >= 0)
			err = get_addr(tb[BULLY_A_GUARD_IP4], tb[BULLY_A_GUARD_IP6], NULL, NULL,
				       addr, &set);
		if (err < 0)
			return err;
		if (!addr->family)
			return -NLE_RANGE;
		addr++;
	}
	g->guard_len = (size_t)(addr - g->guard);
	return 0;
}

int bully_decode_group(struct nlattr *nest, struct bully_group *g)
{
	static const struct nla_policy policy[BULLY_A_GROUP_MAX + 1] = {
		[BULLY_A_GROUP_NAME] = {.type = NLA_NUL_STRING, .maxlen = BULLY_GROUP_NAME_MAX + 1},
	};
	struct nlattr *tb[BULLY_A_GROUP_MAX + 1];
	uint64_t set = BULLY_BIT(BULLY_A_GROUP_NAME);
	int err;

	err = nla_parse_nested(tb, BULLY_A_GROUP_MAX, nest, policy);
	if (err < 0)
		return err;
	if (!tb[BULLY_A_GROUP_NAME])
		return -NLE_MISSING_ATTR;
	nla_strlcpy(g->name, tb[BULLY_A_GROUP_NAME], sizeof(g->name));
	err = get_addr(tb[BULLY_A_GROUP_LOCAL_IP4], tb[BULLY_A_GROUP_LOCAL_IP6],
		       tb[BULLY_A_GROUP_LOCAL_SCOPE], tb[BULLY_A_GROUP_LOCAL_PORT], &g->local,
		       &set);
	if (!err)
		err = get_name(tb[BULLY_A_GROUP_LOCAL_SCOPE_NAME], g->local.scope_name, &set);
	if (!err)
		err = get_name(tb[BULLY_A_GROUP_DEV_NAME], g->dev_name, &set);
	if (!err)
		err = get_numbers(tb, bully_group_attrs, BULLY_A_GROUP_MAX, g->num, &set);
	if (err)
		return err;
	get_key_ids(tb[BULLY_A_GROUP_KEY_IDS], g);
	err = get_guard(nest, g);
	if (g->guard_len)
		set |= BULLY_BIT(BULLY_A_GROUP_GUARD);
	g->set = set;
	return err;
}

int bully_decode_peer(struct nlattr *nest, struct bully_peer *p)
{
	struct nlattr *tb[BULLY_A_PEER_MAX + 1];
	uint64_t set = 0;
	int err;

	err = nla_parse_nested(tb, BULLY_A_PEER_MAX, nest, NULL);
	if (err < 0)
		return err;
	if (!tb[BULLY_A_PEER_ID])
		return -NLE_MISSING_ATTR;
	err = get_addr(tb[BULLY_A_PEER_IP4], tb[BULLY_A_PEER_IP6], tb[BULLY_A_PEER_SCOPE],
		       tb[BULLY_A_PEER_PORT], &p->addr, &set);
	if (!err)
		err = get_addr(tb[BULLY_A_PEER_SOURCE_IP4], tb[BULLY_A_PEER_SOURCE_IP6],
			       tb[BULLY_A_PEER_SOURCE_SCOPE], tb[BULLY_A_PEER_SOURCE_PORT],
			       &p->source, &set);
	if (!err)
		err = get_name(tb[BULLY_A_PEER_SCOPE_NAME], p->addr.scope_name, &set);
	if (!err)
		err = get_numbers(tb, bully_peer_attrs, BULLY_A_PEER_MAX, p->num, &set);
	if (err)
		return err;
	p->set = set;
	return 0;
}

static int get_owner(struct nlattr *nest, struct bully_owner *o)
{
	static const struct nla_policy policy[BULLY_A_OWNER_MAX + 1] = {
		[BULLY_A_OWNER_DEADLINE] = {.type = NLA_U64},
		[BULLY_A_OWNER_PORTID] = {.type = NLA_U32},
		[BULLY_A_OWNER_REMAINING] = {.type = NLA_U64},
		[BULLY_A_OWNER_NAME] = {.type = NLA_NUL_STRING, .maxlen = BULLY_OWNER_NAME_MAX + 1},
		[BULLY_A_OWNER_STATE] = {.type = NLA_U32},
		[BULLY_A_OWNER_WEIGHT] = {.type = NLA_U32},
		[BULLY_A_OWNER_POSITION_TERM] = {.type = NLA_U64},
		[BULLY_A_OWNER_POSITION_INDEX] = {.type = NLA_U64},
	};
	struct nlattr *tb[BULLY_A_OWNER_MAX + 1];
	int err;

	err = nla_parse_nested(tb, BULLY_A_OWNER_MAX, nest, policy);
	if (err < 0)
		return err;
	if (!tb[BULLY_A_OWNER_NAME] || !tb[BULLY_A_OWNER_STATE])
		return -NLE_MISSING_ATTR;
	nla_strlcpy(o->name, tb[BULLY_A_OWNER_NAME], sizeof(o->name));
	o->num[BULLY_A_OWNER_STATE] = nla_get_u32(tb[BULLY_A_OWNER_STATE]);
	if (tb[BULLY_A_OWNER_PORTID])
		o->num[BULLY_A_OWNER_PORTID] = nla_get_u32(tb[BULLY_A_OWNER_PORTID]);
	if (tb[BULLY_A_OWNER_DEADLINE])
		o->num[BULLY_A_OWNER_DEADLINE] = nla_get_u64(tb[BULLY_A_OWNER_DEADLINE]);
	if (tb[BULLY_A_OWNER_REMAINING])
		o->num[BULLY_A_OWNER_REMAINING] = nla_get_u64(tb[BULLY_A_OWNER_REMAINING]);
	if (tb[BULLY_A_OWNER_WEIGHT])
		o->num[BULLY_A_OWNER_WEIGHT] = nla_get_u32(tb[BULLY_A_OWNER_WEIGHT]);
	if (tb[BULLY_A_OWNER_POSITION_TERM])
		o->num[BULLY_A_OWNER_POSITION_TERM] = nla_get_u64(tb[BULLY_A_OWNER_POSITION_TERM]);
	if (tb[BULLY_A_OWNER_POSITION_INDEX])
		o->num[BULLY_A_OWNER_POSITION_INDEX] =
			nla_get_u64(tb[BULLY_A_OWNER_POSITION_INDEX]);
	return 0;
}

/* Reads the owners of a group from a message about it; more than BULLY_OWNERS_MAX are left out. */
int bully_decode_owners(struct nlmsghdr *nlh, struct bully_group *g)
{
	struct nlattr *a;
	int rem, err;

	g->owners_len = 0;
	nlmsg_for_each_attr (a, nlh, GENL_HDRLEN, rem) {
		if (nla_type(a) != BULLY_A_OWNER || g->owners_len == BULLY_OWNERS_MAX)
			continue;
		memset(&g->owners[g->owners_len], 0, sizeof(*g->owners));
		err = get_owner(a, &g->owners[g->owners_len]);
		if (err < 0)
			return err;
		g->owners_len++;
	}
	return 0;
}

/* Parses the outermost attributes of a message of the family into @tb. */
int bully_decode_top(struct nlmsghdr *nlh, struct nlattr **tb)
{
	static const struct nla_policy policy[BULLY_A_MAX + 1] = {
		[BULLY_A_GROUP] = {.type = NLA_NESTED},
		[BULLY_A_PEER] = {.type = NLA_NESTED},
		[BULLY_A_STATS] = {.type = NLA_NESTED},
		[BULLY_A_PEER_STATS] = {.type = NLA_NESTED},
		[BULLY_A_NET_STATS] = {.type = NLA_NESTED},
		[BULLY_A_OWNER] = {.type = NLA_NESTED},
	};

	if (!genlmsg_valid_hdr(nlh, 0))
		return -NLE_MSG_TOOSHORT;
	return genlmsg_parse(nlh, 0, tb, BULLY_A_MAX, policy);
}
