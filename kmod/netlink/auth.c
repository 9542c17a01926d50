// SPDX-License-Identifier: GPL-2.0-only
/*
 * auth.c - parses the keys of a request
 *
 * A request has all keys of a group. If the request has no key, the group keeps its keys.
 * The handler wipes the keys out of the request at its end, and no message ever sends a key.
 */
#include "group/group.h"
#include "netlink/netlink.h"

static int bully_nl_check_key(struct nlattr **tb, struct netlink_ext_ack *extack,
			      struct nlattr *attr, const struct bully_keys *keys, int n)
{
	if (n == BULLY_KEYS_MAX)
		return bully_nl_refuse(extack, attr, "a group has at most 8 keys", -E2BIG);
	if (!tb[BULLY_A_KEY_ID])
		return bully_nl_refuse(extack, attr, "a key's id is missing", -EINVAL);
	if (!tb[BULLY_A_KEY_DATA])
		return bully_nl_refuse(extack, attr, "the key itself is missing", -EINVAL);
	if (bully_keys_has(keys, nla_get_u32(tb[BULLY_A_KEY_ID])))
		return bully_nl_refuse(extack, tb[BULLY_A_KEY_ID], "two keys have this id",
				       -EINVAL);
	return 0;
}

/* Add one key to the set. Return: 1 if the key signs, 0 if not, or an errno */
static int bully_nl_take_key(struct nlattr *attr, struct netlink_ext_ack *extack,
			     struct bully_keys *keys, int n)
{
	struct nlattr *tb[BULLY_A_KEY_MAX + 1], *data;
	bool active;
	int err;

	err = nla_parse_nested(tb, BULLY_A_KEY_MAX, attr, bully_key_nl_policy, extack);
	if (!err)
		err = bully_nl_check_key(tb, extack, attr, keys, n);
	if (err)
		return err;
	data = tb[BULLY_A_KEY_DATA];
	active = tb[BULLY_A_KEY_ACTIVE] && nla_get_u32(tb[BULLY_A_KEY_ACTIVE]);
	err = bully_keys_add(keys, nla_get_u32(tb[BULLY_A_KEY_ID]), nla_data(data), nla_len(data),
			     active);
	if (err == -ENOMEM || err == -EINTR)
		return err;
	if (err)
		return bully_nl_refuse(extack, attr, "this kernel has no hmac(sha256)",
				       -EOPNOTSUPP);
	return active;
}

static int bully_nl_take_keys(struct nlattr *group, struct netlink_ext_ack *extack,
			      struct bully_keys *keys)
{
	struct nlattr *attr, *last = NULL;
	int n = 0, active = 0, rem;

	nla_for_each_nested(attr, group, rem) {
		int err;

		if (nla_type(attr) != BULLY_A_GROUP_KEY)
			continue;
		last = attr;
		err = bully_nl_take_key(attr, extack, keys, n++);
		if (err < 0)
			return err;
		active += err;
	}
	if (active > 1)
		return bully_nl_refuse(extack, last, "more than one key is active", -EINVAL);
	if (n > 1 && !active)
		return bully_nl_refuse(extack, last, "none of the keys is active", -EINVAL);
	return 0;
}

/**
 * bully_nl_parse_keys() - parse the keys of a request
 * @tb: the attributes of the group, checked
 * @group: the attribute BULLY_A_GROUP
 * @extack: set on an error
 * @keys: set to the keys, which the caller releases; or to NULL if there are none
 *
 * Return: 0 or an errno
 */
int bully_nl_parse_keys(struct nlattr **tb, struct nlattr *group, struct netlink_ext_ack *extack,
			struct bully_keys **keys)
{
	int err;

	*keys = NULL;
	if (!tb[BULLY_A_GROUP_KEY])
		return 0;
	*keys = bully_keys_alloc();
	if (!*keys)
		return -ENOMEM;
	err = bully_nl_take_keys(group, extack, *keys);
	if (err) {
		bully_keys_put(*keys);
		*keys = NULL;
	}
	return err;
}

/* Wipe the keys out of a request, after success and after an error. A request that its policy
 * refused never comes here: its keys are freed with the skb and not wiped.
 */
void bully_nl_wipe_keys(struct nlattr *group)
{
	struct nlattr *attr;
	int rem;

	if (!group)
		return;
	nla_for_each_nested(attr, group, rem)
		if (nla_type(attr) == BULLY_A_GROUP_KEY)
			memzero_explicit(nla_data(attr), nla_len(attr));
}

/**
 * bully_nl_settle_auth() - decide the authentication mode and the keys of a group
 * @tb: the attributes of the group
 * @extack: set on an error
 * @keys: the keys of the request, or NULL
 * @old: the group that is changed or replaced, or NULL; the caller holds bully_net.lock
 * @keep: keys without a mode keep the mode of @old, unless that mode is off
 * @config: its auth and keys are set
 *
 * Return: 0 or an errno
 */
int bully_nl_settle_auth(struct nlattr **tb, struct netlink_ext_ack *extack,
			 struct bully_keys *keys, struct bully_group *old, bool keep,
			 struct bully_group_config *config)
{
	struct nlattr *auth = tb[BULLY_A_GROUP_AUTH];
	struct bully_group_config was = {};

	if (old)
		bully_group_config(old, &was);
	config->keys = keys ? keys : was.keys;
	config->auth = was.auth;
	if (keys && (!keep || was.auth == BULLY_AUTH_OFF))
		config->auth = BULLY_AUTH_ENFORCE;
	if (auth)
		config->auth = nla_get_u32(auth);
	if (config->auth == BULLY_AUTH_OFF && keys)
		return bully_nl_refuse(extack, auth, "keys need an auth other than off", -EINVAL);
	if (config->auth != BULLY_AUTH_OFF && !config->keys)
		return bully_nl_refuse(extack, auth, "this group has no keys", -EINVAL);
	if (config->auth == BULLY_AUTH_OFF)
		config->keys = NULL;
	return 0;
}
