// SPDX-License-Identifier: LGPL-2.1-or-later
/* Reads the counters of all groups from one dump. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

static uint64_t get_u64(struct nlattr *a)
{
	return a && nla_len(a) >= 8 ? nla_get_u64(a) : 0;
}

/* Reads nested counters into @counters, indexed by attribute number. */
static void get_counters(struct nlattr *nest, uint64_t *counters, size_t len)
{
	struct nlattr *a;
	int rem;

	if (!nest)
		return;
	nla_for_each_nested (a, nest, rem)
		if ((size_t)nla_type(a) < len)
			counters[nla_type(a)] = get_u64(a);
}

static void stats_reset(void *arg)
{
	struct bully_stats *s = arg;
	size_t i;

	for (i = 0; i < s->groups_len; i++)
		free(s->groups[i].peers);
	free(s->groups);
	memset(s, 0, sizeof(*s));
}

void bully_stats_free(struct bully_stats *stats)
{
	if (!stats)
		return;
	stats_reset(stats);
	free(stats);
}

static uint32_t get_u32(struct nlattr *a)
{
	return a && nla_len(a) >= 4 ? nla_get_u32(a) : 0;
}

/* Reads the address of another node that sent with this node's id. */
static void get_own_id(struct nlattr **tb, struct bully_group_stats *g)
{
	struct nlattr *ip4 = tb[BULLY_A_STATS_OWN_ID_IP4], *ip6 = tb[BULLY_A_STATS_OWN_ID_IP6];
	struct bully_addr *from = &g->own_id_from;

	if (ip6 && nla_len(ip6) >= 16)
		from->family = 6;
	else if (ip4 && nla_len(ip4) >= 4)
		from->family = 4;
	else
		return;
	memcpy(from->bytes, nla_data(from->family == 6 ? ip6 : ip4), from->family == 6 ? 16 : 4);
	from->scope = get_u32(tb[BULLY_A_STATS_OWN_ID_SCOPE]);
	from->port = (uint16_t)get_u32(tb[BULLY_A_STATS_OWN_ID_PORT]);
}

/* Returns true if a counter of a group is one number. */
static bool is_number(unsigned int attr)
{
	return (attr >= BULLY_A_STATS_LEADER_CHANGES && attr <= BULLY_A_STATS_MAX) &&
	       attr != BULLY_A_STATS_LATE_BUCKET && attr != BULLY_A_STATS_OWN_ID_IP4 &&
	       attr != BULLY_A_STATS_OWN_ID_IP6;
}

static int decode_group(struct nlattr *nest, struct bully_group_stats *g)
{
	struct nlattr *tb[BULLY_A_STATS_MAX + 1], *a;
	unsigned int i;
	int rem;

	if (nla_parse_nested(tb, BULLY_A_STATS_MAX, nest, NULL) < 0)
		return -1;
	get_counters(tb[BULLY_A_STATS_TX], g->tx, ARRAY_SIZE(g->tx));
	get_counters(tb[BULLY_A_STATS_RX], g->rx, ARRAY_SIZE(g->rx));
	get_counters(tb[BULLY_A_STATS_DROPS], g->drops, ARRAY_SIZE(g->drops));
	get_counters(tb[BULLY_A_STATS_ELECTIONS], g->elections, ARRAY_SIZE(g->elections));
	for (i = 1; i <= BULLY_A_STATS_MAX; i++)
		if (is_number(i))
			g->num[i] = get_u64(tb[i]);
	get_own_id(tb, g);
	nla_for_each_nested (a, nest, rem)
		if (nla_type(a) == BULLY_A_STATS_LATE_BUCKET &&
		    g->late_buckets < BULLY_LATE_BUCKETS_MAX)
			g->late_bucket[g->late_buckets++] = get_u64(a);
	return 0;
}

static int decode_peer(struct nlattr *nest, struct bully_peer_stats *p)
{
	struct nlattr *tb[BULLY_A_PEER_STATS_MAX + 1];

	if (nla_parse_nested(tb, BULLY_A_PEER_STATS_MAX, nest, NULL) < 0)
		return -1;
	get_counters(tb[BULLY_A_PEER_STATS_TX], p->tx, ARRAY_SIZE(p->tx));
	get_counters(tb[BULLY_A_PEER_STATS_RX], p->rx, ARRAY_SIZE(p->rx));
	get_counters(tb[BULLY_A_PEER_STATS_DROPS], p->drops, ARRAY_SIZE(p->drops));
	p->sessions = get_u64(tb[BULLY_A_PEER_STATS_SESSIONS]);
	p->downs = get_u64(tb[BULLY_A_PEER_STATS_DOWNS]);
	return 0;
}

static int decode_net(struct nlattr *nest, struct bully_stats *s)
{
	struct nlattr *tb[BULLY_A_NET_STATS_MAX + 1];

	if (nla_parse_nested(tb, BULLY_A_NET_STATS_MAX, nest, NULL) < 0)
		return -1;
	get_counters(tb[BULLY_A_NET_STATS_DROPS], s->drops, ARRAY_SIZE(s->drops));
	s->sockets = get_u32(tb[BULLY_A_NET_STATS_SOCKETS]);
	s->has_net = true;
	return 0;
}

/* Returns the group @name, appended if it is new, or NULL if there is no memory. */
static struct bully_group_stats *group_of(struct bully_stats *s, const char *name)
{
	struct bully_group_stats *more;
	size_t i;

	for (i = s->groups_len; i-- > 0;)
		if (!strcmp(s->groups[i].name, name))
			return &s->groups[i];
	more = realloc(s->groups, (s->groups_len + 1) * sizeof(*more));
	if (!more)
		return NULL;
	s->groups = more;
	more += s->groups_len++;
	memset(more, 0, sizeof(*more));
	memcpy(more->name, name, sizeof(more->name));
	return more;
}

static struct bully_peer_stats *peer_of(struct bully_group_stats *g, uint32_t id)
{
	struct bully_peer_stats *more;

	more = realloc(g->peers, (g->peers_len + 1) * sizeof(*more));
	if (!more)
		return NULL;
	g->peers = more;
	more += g->peers_len++;
	memset(more, 0, sizeof(*more));
	more->id = id;
	return more;
}

static int on_stats(struct bully *b, struct nlmsghdr *nlh, void *arg)
{
	struct nlattr *tb[BULLY_A_MAX + 1];
	struct bully_stats *s = arg;
	struct bully_group_stats *g;
	struct bully_group name = {0};
	struct bully_peer peer = {0};
	int err = 0;

	if (bully_decode_top(nlh, tb) < 0)
		goto nonsense;
	if (tb[BULLY_A_NET_STATS])
		err = decode_net(tb[BULLY_A_NET_STATS], s);
	if (err < 0)
		goto nonsense;
	if (!tb[BULLY_A_GROUP])
		return BULLY_OK;
	if (bully_decode_group(tb[BULLY_A_GROUP], &name) < 0)
		goto nonsense;
	g = group_of(s, name.name);
	if (!g)
		return bully_error_memory(b);
	if (tb[BULLY_A_STATS])
		err = decode_group(tb[BULLY_A_STATS], g);
	if (err >= 0 && tb[BULLY_A_PEER_STATS]) {
		struct bully_peer_stats *p;

		if (!tb[BULLY_A_PEER] || bully_decode_peer(tb[BULLY_A_PEER], &peer) < 0)
			goto nonsense;
		p = peer_of(g, (uint32_t)peer.num[BULLY_A_PEER_ID]);
		if (!p)
			return bully_error_memory(b);
		err = decode_peer(tb[BULLY_A_PEER_STATS], p);
	}
	if (err >= 0)
		return BULLY_OK;
nonsense:
	return bully_error_nonsense(b);
}

static int stats_get(struct bully *b, const char *name, struct bully_stats **stats)
{
	struct bully_stats *s;
	int ret;

	if (bully_family_need(b))
		return b->err.status;
	s = calloc(1, sizeof(*s));
	if (!s)
		return bully_error_memory(b);
	ret = bully_request_dump(b, BULLY_CMD_STATS_GET, name, on_stats, stats_reset, s);
	if (!ret && name && !s->groups_len)
		ret = bully_error_set(b, BULLY_ERR_REFUSED, ENOENT, "there is no such group");
	if (ret) {
		bully_stats_free(s);
		return ret;
	}
	*stats = s;
	return BULLY_OK;
}

int bully_stats_get(struct bully *b, const char *name, struct bully_stats **stats)
{
	return bully_error_code(b, stats_get(b, name, stats));
}
