// SPDX-License-Identifier: GPL-2.0-only
/*
 * Simulates the kernel for bullyctl: keeps one group in the file $BULLY_ECHO, and answers with the
 * attributes that it received. The file $BULLY_ECHO.NAME has the last request that replaced the
 * group NAME as a whole, with its peers, and $BULLY_ECHO-log a byte for each request that changes
 * something. It is linked in the place of a socket.
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

static void write_to(const char *path, const char *mode, const void *data, int len)
{
	FILE *f = fopen(path, mode);

	if (!f)
		return;
	fwrite(data, 1, (size_t)len, f);
	fclose(f);
}

/* Writes the name of the file that has the whole request which replaced a group. */
static void path_of(struct nlattr *attrs, int len, char *path, size_t size)
{
	struct nlattr *name = nla_find(attrs, len, BULLY_A_GROUP_NAME);

	snprintf(path, size, "%s.%s", getenv("BULLY_ECHO"), name ? nla_get_string(name) : "");
}

static void replace(struct nl_msg *msg, struct nlattr *group)
{
	struct genlmsghdr *hdr = genlmsg_hdr(nlmsg_hdr(msg));
	char path[4096];

	write_to(getenv("BULLY_ECHO"), "w", nla_data(group), nla_len(group));
	path_of(nla_data(group), nla_len(group), path, sizeof(path));
	write_to(path, "w", genlmsg_attrdata(hdr, 0), genlmsg_attrlen(hdr, 0));
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

/* Answers with one message for each peer in the request that replaced the group. */
static int answer_peers(struct bully *b, bully_reply_fn fn, void *arg)
{
	int rem, ret = BULLY_OK, len, all;
	char buf[8192], whole[65536], path[4096];
	struct nlattr *a;
	FILE *f;

	len = load(buf, sizeof(buf));
	path_of((struct nlattr *)buf, len, path, sizeof(path));
	f = fopen(path, "r");
	if (!f)
		return ret;
	all = (int)fread(whole, 1, sizeof(whole), f);
	fclose(f);
	nla_for_each_attr(a, (struct nlattr *)whole, all, rem) {
		struct nl_msg *msg;

		if (nla_type(a) != BULLY_A_PEER || ret)
			continue;
		msg = nlmsg_alloc();
		genlmsg_put(msg, 0, 0, FAMILY, 0, 0, BULLY_CMD_PEER_GET, BULLY_FAMILY_VERSION);
		nla_put(msg, NLA_F_NESTED | BULLY_A_GROUP, len, buf);
		nla_put(msg, NLA_F_NESTED | BULLY_A_PEER, nla_len(a), nla_data(a));
		ret = fn(b, nlmsg_hdr(msg), arg);
		nlmsg_free(msg);
	}
	return ret;
}

int __wrap_bully_socket_talk(struct bully *b, struct nl_msg *msg, bully_reply_fn fn, void *arg)
{
	struct nlattr *tb[BULLY_A_MAX + 1];
	uint8_t cmd = genlmsg_hdr(nlmsg_hdr(msg))->cmd;
	int ret = BULLY_OK;
	char log[4096];

	if (cmd != BULLY_CMD_GROUP_GET && cmd != BULLY_CMD_PEER_GET) {
		snprintf(log, sizeof(log), "%s-log", getenv("BULLY_ECHO"));
		write_to(log, "a", "+", 1);
	}
	if (bully_decode_top(nlmsg_hdr(msg), tb) < 0)
		ret = bully_error_set(b, BULLY_ERR_REFUSED, EINVAL, "no message");
	else if (cmd == BULLY_CMD_GROUP_GET)
		ret = answer(b, fn, arg);
	else if (cmd == BULLY_CMD_PEER_GET)
		ret = answer_peers(b, fn, arg);
	else if (cmd == BULLY_CMD_GROUP_REPLACE && tb[BULLY_A_GROUP])
		replace(msg, tb[BULLY_A_GROUP]);
	else if (tb[BULLY_A_GROUP])
		keep(tb[BULLY_A_GROUP]);
	nlmsg_free(msg);
	return ret;
}
