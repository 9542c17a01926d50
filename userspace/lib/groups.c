// SPDX-License-Identifier: LGPL-2.1-or-later
/* Lists groups with their peers. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

/**
 * struct list - the groups received so far
 * @groups: pointers to the groups
 * @len: number of @groups
 */
struct list {
	struct bully_group **groups;
	size_t len;
};

void bully_groups_free(struct bully_group **groups, size_t len)
{
	while (groups && len)
		bully_group_free(groups[--len]);
	free(groups);
}

static void list_reset(void *arg)
{
	struct list *l = arg;

	bully_groups_free(l->groups, l->len);
	l->groups = NULL;
	l->len = 0;
}

static void peers_reset(void *arg)
{
	struct list *l = arg;
	size_t i;

	for (i = 0; i < l->len; i++)
		l->groups[i]->peers_len = 0;
}

static int on_group(struct bully *b, struct nlmsghdr *nlh, void *arg)
{
	struct nlattr *tb[BULLY_A_MAX + 1];
	struct bully_group **more, *g;
	struct list *l = arg;

	more = realloc(l->groups, (l->len + 1) * sizeof(*more));
	if (!more)
		return bully_error_memory(b);
	l->groups = more;
	g = calloc(1, sizeof(*g));
	if (!g)
		return bully_error_memory(b);
	l->groups[l->len++] = g;
	if (bully_decode_top(nlh, tb) < 0 || !tb[BULLY_A_GROUP] ||
	    bully_decode_group(tb[BULLY_A_GROUP], g) < 0 || bully_decode_owners(nlh, g) < 0)
		return bully_error_nonsense(b);
	return BULLY_OK;
}

static int on_peer(struct bully *b, struct nlmsghdr *nlh, void *arg)
{
	struct nlattr *tb[BULLY_A_MAX + 1];
	struct bully_peer p = {0};
	struct bully_group name = {0};
	struct bully_group *g = NULL;
	struct list *l = arg;
	size_t i;

	if (bully_decode_top(nlh, tb) < 0 || !tb[BULLY_A_GROUP] || !tb[BULLY_A_PEER] ||
	    bully_decode_group(tb[BULLY_A_GROUP], &name) < 0 ||
	    bully_decode_peer(tb[BULLY_A_PEER], &p) < 0)
		return bully_error_nonsense(b);
	for (i = 0; !g && i < l->len; i++)
		if (!strcmp(l->groups[i]->name, name.name))
			g = l->groups[i];
	if (!g)
		return BULLY_OK; /* added since the groups were listed */
	return bully_group_append(g, &p) ? BULLY_OK : bully_error_memory(b);
}

static int group_get(struct bully *b, const char *name, struct list *l)
{
	struct nl_msg *msg = bully_request_new(b, BULLY_CMD_GROUP_GET, 0);

	if (!msg || bully_request_put_name(msg, name) < 0) {
		nlmsg_free(msg);
		return bully_error_memory(b);
	}
	if (bully_request_talk(b, msg, on_group, l))
		return b->err.status;
	return l->len == 1 ? BULLY_OK : bully_error_nonsense(b);
}

static bool same_event(const struct bully_group *a, const struct bully_group *b)
{
	return a->num[BULLY_A_GROUP_SESSION] == b->num[BULLY_A_GROUP_SESSION] &&
	       a->num[BULLY_A_GROUP_EVENT_SEQ] == b->num[BULLY_A_GROUP_EVENT_SEQ];
}

/*
 * Lists one group with its peers. A change of any group interrupts a dump. Changes of the listed
 * group also raise its event number: if that is unchanged, the peers fit the group.
 */
static int one_get(struct bully *b, const char *name, struct list *l)
{
	bool same = false;
	int tries, ret;

	ret = group_get(b, name, l);
	for (tries = 0; !ret && tries < BULLY_DUMP_TRIES; tries++) {
		struct bully_group *was = l->groups[0], *is;
		struct list now = {0};

		ret = bully_request_dump_once(b, BULLY_CMD_PEER_GET, name, on_peer, peers_reset, l);
		if (!bully_request_interrupted(b, ret))
			return ret;
		ret = group_get(b, name, &now);
		if (ret) {
			list_reset(&now);
			return ret;
		}
		is = now.groups[0];
		is->peers = was->peers;
		is->peers_len = was->peers_len;
		was->peers = NULL;
		same = same_event(was, is);
		list_reset(l);
		*l = now;
		if (same)
			return BULLY_OK;
	}
	return ret ? ret
		   : bully_error_set(
			     b, BULLY_ERR_REFUSED, EINTR,
			     "the group changed again and again while it was read; try again");
}

int bully_groups_list(struct bully *b, const char *name, struct bully_group ***groups, size_t *len)
{
	struct list l = {0};
	int ret;

	if (bully_family_need(b))
		return b->err.status;
	if (name) {
		ret = one_get(b, name, &l);
	} else {
		ret = bully_request_dump(b, BULLY_CMD_GROUP_GET, NULL, on_group, list_reset, &l);
		if (!ret && l.len)
			ret = bully_request_dump(b, BULLY_CMD_PEER_GET, NULL, on_peer, peers_reset,
						 &l);
	}
	if (ret) {
		list_reset(&l);
		return ret;
	}
	*groups = l.groups;
	*len = l.len;
	return BULLY_OK;
}

static int by_name(const void *a, const void *b)
{
	return strcmp((*(struct bully_group *const *)a)->name,
		      (*(struct bully_group *const *)b)->name);
}

static int by_id(const void *a, const void *b)
{
	uint64_t x = ((const struct bully_peer *)a)->num[BULLY_A_PEER_ID];
	uint64_t y = ((const struct bully_peer *)b)->num[BULLY_A_PEER_ID];

	return (x > y) - (x < y);
}

int bully_groups_get(struct bully *b, const char *name, struct bully_group ***groups, size_t *len)
{
	int ret = bully_groups_list(b, name, groups, len);
	size_t i;

	if (ret)
		return bully_error_code(b, ret);
	if (*len)
		qsort(*groups, *len, sizeof(**groups), by_name);
	for (i = 0; i < *len; i++) {
		struct bully_group *g = (*groups)[i];

		if (g->peers_len)
			qsort(g->peers, g->peers_len, sizeof(*g->peers), by_id);
	}
	return bully_error_code(b, BULLY_OK);
}
