// SPDX-License-Identifier: GPL-2.0-only
/* Tests the listing of one group while others change; this file simulates the kernel. */
#include <errno.h>
#include <stdio.h>

#include "internal.h"

#define FAMILY 0x3ffe

static int passed, failed, dumps, changes;
static uint64_t seq;

static void check(bool good, const char *name)
{
	printf("%s - one group: %s\n", good ? "ok" : "not ok", name);
	good ? passed++ : failed++;
}

int __wrap_bully_family_need(struct bully *b);
int __wrap_bully_socket_talk(struct bully *b, struct nl_msg *msg, bully_reply_fn fn, void *arg);

int __wrap_bully_family_need(struct bully *b)
{
	b->family = FAMILY;
	return BULLY_OK;
}

static int reply(struct bully *b, uint8_t cmd, bully_reply_fn fn, void *arg)
{
	struct nl_msg *msg = nlmsg_alloc();
	struct nlattr *nest;
	int ret;

	genlmsg_put(msg, 0, 0, FAMILY, 0, 0, cmd, BULLY_FAMILY_VERSION);
	nest = nla_nest_start(msg, NLA_F_NESTED | BULLY_A_GROUP);
	nla_put_string(msg, BULLY_A_GROUP_NAME, "g");
	nla_put_u64(msg, BULLY_A_GROUP_EVENT_SEQ, seq);
	nla_nest_end(msg, nest);
	if (cmd == BULLY_CMD_PEER_GET) {
		nest = nla_nest_start(msg, NLA_F_NESTED | BULLY_A_PEER);
		nla_put_u32(msg, BULLY_A_PEER_ID, 2);
		nla_nest_end(msg, nest);
	}
	ret = fn(b, nlmsg_hdr(msg), arg);
	nlmsg_free(msg);
	return ret;
}

/* Each dump is interrupted; the first @changes dumps are interrupted by the group itself. */
int __wrap_bully_socket_talk(struct bully *b, struct nl_msg *msg, bully_reply_fn fn, void *arg)
{
	uint8_t cmd = genlmsg_hdr(nlmsg_hdr(msg))->cmd;
	int ret;

	nlmsg_free(msg);
	ret = reply(b, cmd, fn, arg);
	if (ret || cmd != BULLY_CMD_PEER_GET)
		return ret;
	dumps++;
	if (changes-- > 0)
		seq++;
	return bully_error_set(b, BULLY_ERR_REFUSED, EINTR, "x");
}

static void got(int own_changes, int want_dumps, int want, const char *name)
{
	struct bully *b = bully_open();
	struct bully_group **g;
	int ret;
	size_t len;

	dumps = 0;
	changes = own_changes;
	ret = bully_groups_get(b, "g", &g, &len);
	check(ret == want && dumps == want_dumps &&
		      (ret || (len == 1 && bully_group_peers(g[0]) == 1 &&
			       bully_group_get(g[0], BULLY_A_GROUP_EVENT_SEQ) == seq)),
	      name);
	if (!ret)
		bully_groups_free(g, len);
	bully_close(b);
}

int main(void)
{
	got(0, 1, 0, "changes of other groups do not matter");
	got(2, 3, 0, "a group that changes is listed again");
	got(1000000, 100, -EINTR, "a group that changes without end is an error");
	printf("%d passed, %d failed, 0 skipped\n", passed, failed);
	return failed != 0;
}
