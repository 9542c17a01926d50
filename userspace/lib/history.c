// SPDX-License-Identifier: LGPL-2.1-or-later
/* Reads the last changes of a group's leader. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

/**
 * struct change - one change of the leader
 * @set: bit N: attribute N is known
 * @num: the numbers, by BULLY_A_CHANGE_*
 */
struct change {
	uint64_t set;
	uint64_t num[BULLY_A_CHANGE_MAX + 1];
};

/**
 * struct bully_history - the last changes of a group's leader
 * @change: the changes, the oldest first
 * @len: number of @change
 */
struct bully_history {
	struct change *change;
	size_t len;
};

void bully_history_free(struct bully_history *h)
{
	if (h)
		free(h->change);
	free(h);
}

static int decode(struct nlattr *nest, struct change *c)
{
	struct nlattr *a;
	int rem;

	nla_for_each_nested (a, nest, rem) {
		unsigned int attr = (unsigned int)nla_type(a);

		if (attr > BULLY_A_CHANGE_MAX || attr == BULLY_A_CHANGE_PAD)
			continue;
		if (nla_len(a) != 4 && nla_len(a) != 8)
			return -NLE_RANGE;
		c->num[attr] = nla_len(a) == 8 ? nla_get_u64(a) : nla_get_u32(a);
		c->set |= BULLY_BIT(attr);
	}
	return c->set & BULLY_BIT(BULLY_A_CHANGE_TIME) ? 0 : -NLE_MISSING_ATTR;
}

static int on_history(struct bully *b, struct nlmsghdr *nlh, void *arg)
{
	struct bully_history *h = arg;
	struct nlattr *a;
	int rem;

	if (!genlmsg_valid_hdr(nlh, 0))
		return bully_error_nonsense(b);
	nlmsg_for_each_attr (a, nlh, GENL_HDRLEN, rem) {
		struct change *more;

		if (nla_type(a) != BULLY_A_CHANGE)
			continue;
		more = realloc(h->change, (h->len + 1) * sizeof(*more));
		if (!more)
			return bully_error_memory(b);
		h->change = more;
		memset(&more[h->len], 0, sizeof(*more));
		if (decode(a, &more[h->len++]) < 0)
			return bully_error_nonsense(b);
	}
	return BULLY_OK;
}

int bully_history_get(struct bully *b, const char *group, struct bully_history **history)
{
	struct bully_history *h;
	struct nl_msg *msg;
	int ret;

	if (bully_family_need(b))
		return bully_error_code(b, b->err.status);
	h = calloc(1, sizeof(*h));
	msg = h ? bully_request_new(b, BULLY_CMD_HISTORY_GET, 0) : NULL;
	if (!msg || bully_request_put_name(msg, group) < 0) {
		nlmsg_free(msg);
		bully_history_free(h);
		return bully_error_code(b, bully_error_memory(b));
	}
	ret = bully_request_talk(b, msg, on_history, h);
	if (ret)
		bully_history_free(h);
	else
		*history = h;
	return bully_error_code(b, ret);
}

size_t bully_history_len(const struct bully_history *h)
{
	return h->len;
}

bool bully_history_has(const struct bully_history *h, size_t i, unsigned int attr)
{
	return i < h->len && attr <= BULLY_A_CHANGE_MAX && h->change[i].set & BULLY_BIT(attr);
}

uint64_t bully_history_number(const struct bully_history *h, size_t i, unsigned int attr)
{
	return bully_history_has(h, i, attr) ? h->change[i].num[attr] : 0;
}
