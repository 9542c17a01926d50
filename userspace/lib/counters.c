// SPDX-License-Identifier: LGPL-2.1-or-later
/* Accessors of the opaque counters. */
#include "object.h"

#define LEN(a) (sizeof(a) / sizeof((a)[0]))

bool bully_stats_has_net(const struct bully_stats *s)
{
	return s->has_net;
}

uint64_t bully_stats_sockets(const struct bully_stats *s)
{
	return s->sockets;
}

const uint64_t *bully_stats_drops(const struct bully_stats *s, size_t *len)
{
	*len = LEN(s->drops);
	return s->drops;
}

size_t bully_stats_groups(const struct bully_stats *s)
{
	return s->groups_len;
}

const struct bully_group_stats *bully_stats_group(const struct bully_stats *s, size_t i)
{
	return i < s->groups_len ? &s->groups[i] : NULL;
}

const char *bully_group_stats_name(const struct bully_group_stats *g)
{
	return g->name;
}

uint64_t bully_group_stats_get(const struct bully_group_stats *g, unsigned int attr)
{
	return attr <= BULLY_A_STATS_MAX ? g->num[attr] : 0;
}

const uint64_t *bully_group_stats_list(const struct bully_group_stats *g, unsigned int attr,
				       size_t *len)
{
	switch (attr) {
	case BULLY_A_STATS_TX:
		*len = LEN(g->tx);
		return g->tx;
	case BULLY_A_STATS_RX:
		*len = LEN(g->rx);
		return g->rx;
	case BULLY_A_STATS_DROPS:
		*len = LEN(g->drops);
		return g->drops;
	case BULLY_A_STATS_ELECTIONS:
		*len = LEN(g->elections);
		return g->elections;
	case BULLY_A_STATS_LATE_BUCKET:
		*len = g->late_buckets;
		return g->late_bucket;
	default:
		*len = 0;
		return NULL;
	}
}

const struct bully_addr *bully_group_stats_own_id(const struct bully_group_stats *g)
{
	return &g->own_id_from;
}

size_t bully_group_stats_peers(const struct bully_group_stats *g)
{
	return g->peers_len;
}

const struct bully_peer_stats *bully_group_stats_peer(const struct bully_group_stats *g, size_t i)
{
	return i < g->peers_len ? &g->peers[i] : NULL;
}

uint32_t bully_peer_stats_id(const struct bully_peer_stats *p)
{
	return p->id;
}

uint64_t bully_peer_stats_get(const struct bully_peer_stats *p, unsigned int attr)
{
	switch (attr) {
	case BULLY_A_PEER_STATS_SESSIONS:
		return p->sessions;
	case BULLY_A_PEER_STATS_DOWNS:
		return p->downs;
	default:
		return 0;
	}
}

const uint64_t *bully_peer_stats_list(const struct bully_peer_stats *p, unsigned int attr,
				      size_t *len)
{
	switch (attr) {
	case BULLY_A_PEER_STATS_TX:
		*len = LEN(p->tx);
		return p->tx;
	case BULLY_A_PEER_STATS_RX:
		*len = LEN(p->rx);
		return p->rx;
	case BULLY_A_PEER_STATS_DROPS:
		*len = LEN(p->drops);
		return p->drops;
	default:
		*len = 0;
		return NULL;
	}
}
