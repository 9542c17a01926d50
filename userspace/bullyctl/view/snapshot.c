// SPDX-License-Identifier: GPL-2.0-only
/* Reads groups and counters in two dumps, and repeats this if a group changed between them. */
#include <string.h>

#include "base/text.h"
#include "view/snapshot.h"

#define TRIES 5 /* after so many attempts, the last result is used although groups changed */

/* Returns true if no group has changed. Both lists are sorted. */
static bool same(struct bully_group **a, size_t a_len, struct bully_group **b, size_t b_len)
{
	size_t i;

	if (a_len != b_len)
		return false;
	for (i = 0; i < a_len; i++)
		if (strcmp(bully_group_name(a[i]), bully_group_name(b[i])) ||
		    GROUP(a[i], SESSION) != GROUP(b[i], SESSION) ||
		    GROUP(a[i], EVENT_SEQ) != GROUP(b[i], EVENT_SEQ))
			return false;
	return true;
}

int snapshot_take(struct bully *b, const char *name, struct snapshot *s)
{
	struct bully_group **after;
	size_t after_len;
	bool quiet;
	int ret, i;

	memset(s, 0, sizeof(*s));
	ret = bully_groups_get(b, name, &s->groups, &s->len);
	if (ret)
		return ret;
	for (i = 0; i < TRIES; i++) {
		bully_stats_free(s->stats);
		s->stats = NULL;
		ret = bully_stats_get(b, name, &s->stats);
		if (!ret)
			ret = bully_groups_get(b, name, &after, &after_len);
		if (ret) {
			snapshot_free(s);
			return ret;
		}
		quiet = same(s->groups, s->len, after, after_len);
		bully_groups_free(s->groups, s->len);
		s->groups = after;
		s->len = after_len;
		if (quiet)
			break;
	}
	return 0;
}

void snapshot_free(struct snapshot *s)
{
	bully_groups_free(s->groups, s->len);
	bully_stats_free(s->stats);
	memset(s, 0, sizeof(*s));
}

const struct bully_group_stats *stats_of(const struct bully_stats *stats, const char *group)
{
	size_t i;

	for (i = 0; stats && i < bully_stats_groups(stats); i++)
		if (!strcmp(bully_group_stats_name(bully_stats_group(stats, i)), group))
			return bully_stats_group(stats, i);
	return NULL;
}

const struct bully_peer_stats *peer_stats_of(const struct bully_group_stats *g, uint32_t id)
{
	size_t i;

	for (i = 0; g && i < bully_group_stats_peers(g); i++)
		if (bully_peer_stats_id(bully_group_stats_peer(g, i)) == id)
			return bully_group_stats_peer(g, i);
	return NULL;
}

static uint64_t sum_of(const uint64_t *v, size_t len)
{
	uint64_t sum = 0;

	while (len)
		sum += v[--len];
	return sum;
}

uint64_t sum_of_group(const struct bully_group_stats *g, unsigned int attr)
{
	size_t len;
	const uint64_t *v = bully_group_stats_list(g, attr, &len);

	return sum_of(v, len);
}

uint64_t sum_of_peer(const struct bully_peer_stats *p, unsigned int attr)
{
	size_t len;
	const uint64_t *v = bully_peer_stats_list(p, attr, &len);

	return sum_of(v, len);
}
