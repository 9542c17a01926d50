// SPDX-License-Identifier: GPL-2.0-only
/*
 * guard.c - parses the guarded addresses of a request
 *
 * A request has all addresses that a group is to guard. If it has none, the group keeps its
 * addresses. One empty attribute means that the group guards nothing.
 */
#include <net/ipv6.h>

#include "netlink/netlink.h"

/* Parse one attribute. Return: 1 with an address, 0 if the attribute is empty, or an errno */
static int bully_nl_take_guard(struct nlattr *attr, struct netlink_ext_ack *extack,
			       struct bully_addr *addr)
{
	struct nlattr *tb[BULLY_A_GUARD_MAX + 1];
	int err;

	memset(addr, 0, sizeof(*addr));
	err = nla_parse_nested(tb, BULLY_A_GUARD_MAX, attr, bully_guard_nl_policy, extack);
	if (err)
		return err;
	if (tb[BULLY_A_GUARD_IP4] && tb[BULLY_A_GUARD_IP6])
		return bully_nl_refuse(extack, attr, "a guarded address is either IPv4 or IPv6",
				       -EINVAL);
	if (tb[BULLY_A_GUARD_IP4]) {
		addr->family = AF_INET;
		addr->ip4 = nla_get_in_addr(tb[BULLY_A_GUARD_IP4]);
	}
	if (tb[BULLY_A_GUARD_IP6]) {
		addr->family = AF_INET6;
		addr->ip6 = nla_get_in6_addr(tb[BULLY_A_GUARD_IP6]);
	}
	return addr->family != AF_UNSPEC;
}

/* Returns NULL, or a sentence that says why the list cannot have the address as well. */
static const char *bully_nl_guard_refusal(const struct bully_guard_list *list,
					  const struct bully_addr *addr)
{
	const char *refusal = bully_addr_refusal(addr);

	if (refusal)
		return refusal;
	if (bully_addr_is_loopback(addr))
		return "a loopback address is each host's own, there is nothing to guard";
	if (addr->family == AF_INET6 && !ipv6_mod_enabled())
		return "IPv6 is disabled on this host";
	if (bully_guard_list_has(list, addr))
		return "this address is guarded twice, name it once";
	return NULL;
}

/**
 * bully_nl_parse_guard() - parse the guarded addresses of a request
 * @tb: the attributes of the group, checked
 * @group: the attribute BULLY_A_GROUP
 * @extack: set on an error
 * @list: the present addresses; changed if the request has any, or says that there are none
 *
 * Return: 0 or an errno
 */
int bully_nl_parse_guard(struct nlattr **tb, struct nlattr *group, struct netlink_ext_ack *extack,
			 struct bully_guard_list *list)
{
	struct bully_addr addr;
	const char *refusal;
	struct nlattr *attr;
	int found, rem;

	if (!tb[BULLY_A_GROUP_GUARD])
		return 0;
	memset(list, 0, sizeof(*list));
	nla_for_each_nested(attr, group, rem) {
		if (nla_type(attr) != BULLY_A_GROUP_GUARD)
			continue;
		found = bully_nl_take_guard(attr, extack, &addr);
		if (found < 0)
			return found;
		if (!found && !list->waived && !list->n) {
			list->waived = true;
			continue;
		}
		if (!found || list->waived)
			return bully_nl_refuse(extack, attr, "none stands alone, without addresses",
					       -EINVAL);
		if (list->n == BULLY_GUARD_MAX)
			return bully_nl_refuse(extack, attr, "a group guards at most 8 addresses",
					       -E2BIG);
		refusal = bully_nl_guard_refusal(list, &addr);
		if (refusal)
			return bully_nl_refuse(extack, attr, refusal, -EINVAL);
		list->addr[list->n++] = addr;
	}
	return 0;
}
