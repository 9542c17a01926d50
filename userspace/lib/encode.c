// SPDX-License-Identifier: LGPL-2.1-or-later
/* From the domain model to attributes: what is set is sent. */
#include "internal.h"

#define PUT(kind, attr, value)                                                                     \
	do {                                                                                       \
		if (err >= 0 && (set & BULLY_BIT(attr)))                                           \
			err = nla_put_##kind(msg, attr, value);                                    \
	} while (0)

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

int bully_encode_group(struct nl_msg *msg, const struct bully_group *g)
{
	struct nlattr *nest = nla_nest_start(msg, NLA_F_NESTED | BULLY_A_GROUP);
	uint64_t set = g->set;
	int err = 0;
	size_t i;

	if (!nest)
		return -NLE_NOMEM;
	err = nla_put_string(msg, BULLY_A_GROUP_NAME, g->name);
	PUT(u32, BULLY_A_GROUP_ID, g->id);
	if (err >= 0 && (set & BULLY_BIT(BULLY_A_GROUP_LOCAL_IP4)))
		err = nla_put(msg, BULLY_A_GROUP_LOCAL_IP4, 4, g->local.bytes);
	if (err >= 0 && (set & BULLY_BIT(BULLY_A_GROUP_LOCAL_IP6)))
		err = nla_put(msg, BULLY_A_GROUP_LOCAL_IP6, 16, g->local.bytes);
	PUT(u32, BULLY_A_GROUP_LOCAL_SCOPE, g->local.scope);
	PUT(string, BULLY_A_GROUP_LOCAL_SCOPE_NAME, g->local.scope_name);
	PUT(u32, BULLY_A_GROUP_LOCAL_PORT, g->local.port);
	PUT(u32, BULLY_A_GROUP_DEV, g->dev);
	PUT(string, BULLY_A_GROUP_DEV_NAME, g->dev_name);
	PUT(u64, BULLY_A_GROUP_HEARTBEAT, g->heartbeat_ns);
	PUT(u32, BULLY_A_GROUP_MISSES, g->misses);
	PUT(u32, BULLY_A_GROUP_QUORUM, g->quorum);
	PUT(u64, BULLY_A_GROUP_LEASE, g->lease_ns);
	PUT(u32, BULLY_A_GROUP_PREEMPT, g->preempt);
	PUT(u64, BULLY_A_GROUP_PREEMPT_DELAY, g->preempt_delay_ns);
	PUT(u32, BULLY_A_GROUP_HOLDDOWN, g->holddown);
	PUT(u32, BULLY_A_GROUP_ROLE, g->role);
	PUT(u32, BULLY_A_GROUP_CANDIDATE, g->candidate);
	PUT(u32, BULLY_A_GROUP_VOTERS, g->voters);
	PUT(u32, BULLY_A_GROUP_HOLDDOWN_FREE, g->holddown_free);
	PUT(u64, BULLY_A_GROUP_HOLDDOWN_DELAY, g->holddown_delay_ns);
	PUT(u64, BULLY_A_GROUP_HOLDDOWN_MAX, g->holddown_max_ns);
	PUT(u64, BULLY_A_GROUP_HOLDDOWN_HALF_LIFE, g->holddown_half_life_ns);
	PUT(u32, BULLY_A_GROUP_AUTH, g->auth);
	for (i = 0; err >= 0 && (set & BULLY_BIT(BULLY_A_GROUP_KEY)) && i < g->keys_len; i++)
		err = encode_key(msg, &g->keys[i]);
	if (err < 0)
		return err;
	nla_nest_end(msg, nest);
	return 0;
}

int bully_encode_peer(struct nl_msg *msg, const struct bully_peer *p)
{
	struct nlattr *nest = nla_nest_start(msg, NLA_F_NESTED | BULLY_A_PEER);
	uint64_t set = p->set;
	int err = 0;

	if (!nest)
		return -NLE_NOMEM;
	PUT(u32, BULLY_A_PEER_ID, p->id);
	if (err >= 0 && (set & BULLY_BIT(BULLY_A_PEER_IP4)))
		err = nla_put(msg, BULLY_A_PEER_IP4, 4, p->addr.bytes);
	if (err >= 0 && (set & BULLY_BIT(BULLY_A_PEER_IP6)))
		err = nla_put(msg, BULLY_A_PEER_IP6, 16, p->addr.bytes);
	PUT(u32, BULLY_A_PEER_SCOPE, p->addr.scope);
	PUT(string, BULLY_A_PEER_SCOPE_NAME, p->addr.scope_name);
	PUT(u32, BULLY_A_PEER_PORT, p->addr.port);
	PUT(u32, BULLY_A_PEER_ROLE, p->role);
	if (err < 0)
		return err;
	nla_nest_end(msg, nest);
	return 0;
}
