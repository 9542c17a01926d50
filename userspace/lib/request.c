// SPDX-License-Identifier: LGPL-2.1-or-later
/* Handles, and the requests that change groups and peers. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "internal.h"

#define RESIGN_TRIES 2000     /* of bully_resign_to(), 10 ms apart ... */
#define RESIGN_TRIES_QUICK 20 /* ... but the first ones 1 ms */

struct bully *bully_open(void)
{
	struct bully *b = calloc(1, sizeof(*b));

	if (!b)
		return NULL;
	b->netns = -1;
	b->buf = malloc(BULLY_BUF_SIZE);
	if (!b->buf) {
		free(b);
		return NULL;
	}
	return b;
}

struct bully *bully_open_netns(int fd)
{
	struct bully *b = bully_open();
	int err;

	if (!b)
		return NULL;
	b->netns = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	if (b->netns < 0) {
		err = errno;
		bully_close(b);
		errno = err;
		return NULL;
	}
	return b;
}

void bully_close(struct bully *b)
{
	if (!b)
		return;
	nl_socket_free(b->sk);
	if (b->netns >= 0)
		close(b->netns);
	free(b->buf);
	free(b);
}

/* The buffer has room for a group with 255 peers of less than 100 bytes each. */
struct nl_msg *bully_request_new(struct bully *b, uint8_t cmd, int flags)
{
	struct nl_msg *msg = nlmsg_alloc_size(BULLY_BUF_SIZE);

	if (msg && !genlmsg_put(msg, NL_AUTO_PORT, NL_AUTO_SEQ, b->family, 0, flags, cmd,
				BULLY_FAMILY_VERSION)) {
		nlmsg_free(msg);
		return NULL;
	}
	return msg;
}

int bully_request_put_name(struct nl_msg *msg, const char *name)
{
	struct bully_group g = {0};

	/* A name that is too long is sent unchanged: the kernel rejects it. */
	if (strlen(name) >= sizeof(g.name)) {
		struct nlattr *nest = nla_nest_start(msg, NLA_F_NESTED | BULLY_A_GROUP);

		if (!nest || nla_put_string(msg, BULLY_A_GROUP_NAME, name) < 0)
			return -NLE_NOMEM;
		nla_nest_end(msg, nest);
		return 0;
	}
	strcpy(g.name, name);
	return bully_encode_group(msg, &g);
}

/*
 * ENOENT may mean that the family, and so the module, is gone. While the module is being unloaded,
 * netlink refuses to begin a dump with EPROTONOSUPPORT.
 */
int bully_request_judge(struct bully *b, int ret)
{
	if (ret == BULLY_ERR_REFUSED && b->err.sys_errno == EPROTONOSUPPORT)
		return bully_error_set(b, BULLY_ERR_ABSENT, ENOENT,
				       "the kernel module bully is being unloaded");
	if (ret == BULLY_ERR_REFUSED && b->err.sys_errno == ENOENT) {
		struct bully_error err = b->err;

		if (bully_family_find(b, false) != BULLY_OK)
			return b->err.status;
		b->err = err;
	}
	return ret;
}

/* A reloaded module has another family number: the request is repeated with that number. */
int bully_request_talk(struct bully *b, struct nl_msg *msg, bully_reply_fn fn, void *arg)
{
	struct nl_msg *again = nlmsg_convert(nlmsg_hdr(msg));
	uint16_t family = b->family;
	int ret;

	if (!again) {
		bully_socket_forget(msg);
		return bully_error_memory(b);
	}
	ret = bully_request_judge(b, bully_socket_talk(b, msg, fn, arg));
	if (ret == BULLY_ERR_REFUSED && b->family != family) {
		nlmsg_hdr(again)->nlmsg_type = b->family;
		return bully_socket_talk(b, again, fn, arg);
	}
	bully_socket_forget(again);
	return ret;
}

bool bully_request_interrupted(const struct bully *b, int ret)
{
	return ret == BULLY_ERR_REFUSED && b->err.sys_errno == EINTR;
}

int bully_request_dump_once(struct bully *b, uint8_t cmd, const char *group, bully_reply_fn fn,
			    void (*reset)(void *arg), void *arg)
{
	struct nl_msg *msg = bully_request_new(b, cmd, NLM_F_DUMP);

	if (!msg || (group && bully_request_put_name(msg, group) < 0)) {
		nlmsg_free(msg);
		return bully_error_memory(b);
	}
	reset(arg);
	return bully_request_talk(b, msg, fn, arg);
}

int bully_request_dump(struct bully *b, uint8_t cmd, const char *group, bully_reply_fn fn,
		       void (*reset)(void *arg), void *arg)
{
	int tries, ret = BULLY_OK;

	for (tries = 0; tries < BULLY_DUMP_TRIES; tries++) {
		ret = bully_request_dump_once(b, cmd, group, fn, reset, arg);
		if (!bully_request_interrupted(b, ret))
			break;
	}
	return ret;
}

static int group_send(struct bully *b, uint8_t cmd, const struct bully_group *g)
{
	struct nl_msg *msg;
	size_t i;
	int err;

	if (bully_family_need(b))
		return b->err.status;
	msg = bully_request_new(b, cmd, 0);
	if (!msg)
		return bully_error_memory(b);
	err = bully_encode_group(msg, g);
	for (i = 0; err >= 0 && i < g->peers_len; i++)
		err = bully_encode_peer(msg, &g->peers[i]);
	if (err < 0) {
		bully_socket_forget(msg);
		return bully_error_memory(b);
	}
	return bully_request_talk(b, msg, NULL, NULL);
}

static int named_send(struct bully *b, uint8_t cmd, int flags, const char *group,
		      const struct bully_peer *p)
{
	struct nl_msg *msg;

	if (bully_family_need(b))
		return b->err.status;
	msg = bully_request_new(b, cmd, flags);
	if (!msg || bully_request_put_name(msg, group) < 0 ||
	    (p && bully_encode_peer(msg, p) < 0)) {
		nlmsg_free(msg);
		return bully_error_memory(b);
	}
	return bully_request_talk(b, msg, NULL, NULL);
}

int bully_group_add(struct bully *b, const struct bully_group *g)
{
	return bully_error_code(b, group_send(b, BULLY_CMD_GROUP_NEW, g));
}

int bully_group_replace(struct bully *b, const struct bully_group *g)
{
	return bully_error_code(b, group_send(b, BULLY_CMD_GROUP_REPLACE, g));
}

int bully_group_set(struct bully *b, const struct bully_group *g)
{
	return bully_error_code(b, group_send(b, BULLY_CMD_GROUP_SET, g));
}

int bully_group_del(struct bully *b, const char *group)
{
	return bully_error_code(b, named_send(b, BULLY_CMD_GROUP_DEL, 0, group, NULL));
}

int bully_peer_add(struct bully *b, const char *group, const struct bully_peer *p)
{
	return bully_error_code(b, named_send(b, BULLY_CMD_PEER_NEW, 0, group, p));
}

int bully_peer_set(struct bully *b, const char *group, const struct bully_peer *p)
{
	return bully_error_code(b, named_send(b, BULLY_CMD_PEER_SET, 0, group, p));
}

int bully_peer_del(struct bully *b, const char *group, uint32_t id)
{
	struct bully_peer p = {.set = BULLY_BIT(BULLY_A_PEER_ID)};

	p.num[BULLY_A_PEER_ID] = id;
	return bully_error_code(b, named_send(b, BULLY_CMD_PEER_DEL, 0, group, &p));
}

int bully_elect(struct bully *b, const char *group)
{
	return bully_error_code(b, named_send(b, BULLY_CMD_ELECT, 0, group, NULL));
}

int bully_resign(struct bully *b, const char *group)
{
	return bully_error_code(b, named_send(b, BULLY_CMD_RESIGN, 0, group, NULL));
}

/*
 * The kernel asks the node and returns EAGAIN until the node has answered. It ends this after 10 s
 * at most; more tries are needed only while another process names another node.
 */
int bully_resign_to(struct bully *b, const char *group, uint32_t id)
{
	struct bully_peer p = {.set = BULLY_BIT(BULLY_A_PEER_ID)};
	struct timespec moment = {.tv_nsec = 1000000};
	int ret, tries = 0;

	p.num[BULLY_A_PEER_ID] = id;
	for (;;) {
		ret = named_send(b, BULLY_CMD_RESIGN, 0, group, &p);
		if (ret != BULLY_ERR_REFUSED || b->err.sys_errno != EAGAIN ||
		    ++tries == RESIGN_TRIES)
			break;
		if (tries == RESIGN_TRIES_QUICK)
			moment.tv_nsec *= 10;
		nanosleep(&moment, NULL);
	}
	return bully_error_code(b, ret);
}
