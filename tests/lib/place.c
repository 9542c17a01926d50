// SPDX-License-Identifier: GPL-2.0-only
/* Tests what an owner's refresh says of its position; this file stands for the kernel. */
#include <stdio.h>
#include <string.h>

#include "internal.h"

static struct nlmsghdr *last;
static char copy[4096];
static int passed, failed;

int __wrap_bully_family_need(struct bully *b);
int __wrap_bully_socket_poke(struct bully *b, struct nl_msg *msg);

int __wrap_bully_family_need(struct bully *b)
{
	b->family = 99;
	return 0;
}

int __wrap_bully_socket_poke(struct bully *b, struct nl_msg *msg)
{
	(void)b;
	memcpy(copy, nlmsg_hdr(msg), nlmsg_hdr(msg)->nlmsg_len);
	last = (struct nlmsghdr *)copy;
	return 0;
}

static void check(bool good, const char *name)
{
	printf("%s - place: %s\n", good ? "ok" : "not ok", name);
	good ? passed++ : failed++;
}

/* Returns true if the last request is @cmd, and says this; a position of NULL is left out. */
static bool said(int cmd, unsigned int willing, const uint64_t *position)
{
	const struct genlmsghdr *head = nlmsg_data(last);
	struct nlattr *top[BULLY_A_MAX + 1], *tb[BULLY_A_OWNER_MAX + 1];

	if (head->cmd != cmd || genlmsg_parse(last, 0, top, BULLY_A_MAX, NULL) < 0 ||
	    !top[BULLY_A_GROUP] || !top[BULLY_A_OWNER] ||
	    nlmsg_attrlen(last, GENL_HDRLEN) !=
		    nla_total_size(nla_len(top[BULLY_A_GROUP])) +
			    nla_total_size(nla_len(top[BULLY_A_OWNER])) ||
	    nla_parse_nested(tb, BULLY_A_OWNER_MAX, top[BULLY_A_OWNER], NULL) < 0)
		return false;
	if (!tb[BULLY_A_OWNER_WILLING] || nla_get_u32(tb[BULLY_A_OWNER_WILLING]) != willing)
		return false;
	if (!position)
		return !tb[BULLY_A_OWNER_POSITION_TERM] && !tb[BULLY_A_OWNER_POSITION_INDEX];
	return tb[BULLY_A_OWNER_POSITION_TERM] && tb[BULLY_A_OWNER_POSITION_INDEX] &&
	       nla_get_u64(tb[BULLY_A_OWNER_POSITION_TERM]) == position[0] &&
	       nla_get_u64(tb[BULLY_A_OWNER_POSITION_INDEX]) == position[1];
}

int main(void)
{
	static const uint64_t first[] = {3, 5}, most[] = {UINT64_MAX, UINT64_MAX - 1}, none[2];
	struct bully_candidacy *c;
	struct bully *b = bully_open();

	if (!b || bully_candidacy_own_as(b, "g", "odd", 0, true, &c))
		return 1;
	check(said(BULLY_CMD_OWN, true, NULL), "an owner owns without a position");
	bully_candidacy_refresh(c);
	check(said(BULLY_CMD_OWN_REFRESH, true, NULL), "a refresh has none");
	bully_candidacy_set_position(c, first[0], first[1]);
	check(said(BULLY_CMD_OWN_REFRESH, true, first), "a position is a refresh with it");
	bully_candidacy_set_willing(c, false);
	check(said(BULLY_CMD_OWN_REFRESH, false, first), "another will leaves it");
	bully_candidacy_set_position(c, most[0], most[1]);
	check(said(BULLY_CMD_OWN_REFRESH, false, most), "a second position replaces it");
	bully_candidacy_refresh(c);
	check(said(BULLY_CMD_OWN_REFRESH, false, most), "each refresh repeats it");
	bully_candidacy_set_position(c, 0, 0);
	check(said(BULLY_CMD_OWN_REFRESH, false, none), "no position is told, too");
	bully_candidacy_release(c);
	check(((const struct genlmsghdr *)nlmsg_data(last))->cmd == BULLY_CMD_DISOWN,
	      "the end says nothing of it");
	bully_close(b);
	printf("%d passed, %d failed, 0 skipped\n", passed, failed);
	return failed != 0;
}
