// SPDX-License-Identifier: GPL-2.0-only
/*
 * Simulates the kernel for bullyctl: keeps one group in the file $BULLY_ECHO, and answers with the
 * attributes that it received. It is linked in the place of a socket.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

#define FAMILY 0x3ffe

int __wrap_bully_family_need(struct bully *b);
int __wrap_bully_socket_talk(struct bully *b, struct nl_msg *msg, bully_reply_fn fn, void *arg);

int __wrap_bully_family_need(struct bully *b)
{
	b->family = FAMILY;
	return BULLY_OK;
}

static int load(char *buf, size_t size)
{
	FILE *f = fopen(getenv("BULLY_ECHO"), "r");
	size_t len = f ? fread(buf, 1, size, f) : 0;

	if (f)
		fclose(f);
	return (int)len;
}

/* New attributes replace the stored attributes of the same kind. */
static void keep(struct nlattr *group)
{
	struct nlattr *a, *old[BULLY_A_GROUP_MAX + 1] = {NULL};
	char buf[8192];
	int rem, len = load(buf, sizeof(buf));
	FILE *f;

	nla_for_each_attr(a, (struct nlattr *)buf, len, rem)
		old[nla_type(a)] = a;
	nla_for_each_nested(a, group, rem)
		old[nla_type(a)] = a;
	f = fopen(getenv("BULLY_ECHO"), "w");
	for (len = 0; f && len <= BULLY_A_GROUP_MAX; len++)
		if (old[len])
			fwrite(old[len], 1, (size_t)NLA_ALIGN(old[len]->nla_len), f);
	if (f)
		fclose(f);
}

static int answer(struct bully *b, bully_reply_fn fn, void *arg)
{
	struct nl_msg *msg = nlmsg_alloc();
	struct nlattr *nest;
	char buf[8192];
	int ret, len = load(buf, sizeof(buf));

	genlmsg_put(msg, 0, 0, FAMILY, 0, 0, BULLY_CMD_GROUP_GET, BULLY_FAMILY_VERSION);
	nest = nla_nest_start(msg, NLA_F_NESTED | BULLY_A_GROUP);
	nlmsg_append(msg, buf, (size_t)len, 0);
	nla_nest_end(msg, nest);
	ret = fn(b, nlmsg_hdr(msg), arg);
	nlmsg_free(msg);
	return ret;
}

int __wrap_bully_socket_talk(struct bully *b, struct nl_msg *msg, bully_reply_fn fn, void *arg)
{
	struct nlattr *tb[BULLY_A_MAX + 1];
	uint8_t cmd = genlmsg_hdr(nlmsg_hdr(msg))->cmd;
	int ret = BULLY_OK;

	if (bully_decode_top(nlmsg_hdr(msg), tb) < 0)
		ret = bully_error_set(b, BULLY_ERR_REFUSED, EINVAL, "no message");
	else if (cmd == BULLY_CMD_GROUP_GET)
		ret = answer(b, fn, arg);
	else if (cmd != BULLY_CMD_PEER_GET && tb[BULLY_A_GROUP])
		keep(tb[BULLY_A_GROUP]);
	nlmsg_free(msg);
	return ret;
}
