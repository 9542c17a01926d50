// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Owns a group's candidacy. A candidacy has a socket of its own: the socket closes only when the
 * candidacy ends, and no events fill its queue.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

/**
 * struct bully_candidacy - a candidacy that is or was owned
 * @b: the candidacy's own handle: socket, buffer, last error
 * @refresh: the request that the owner is alive; made in advance, because bully_candidacy_refresh()
 *	must not allocate
 * @disown: the request that ends the candidacy
 */
struct bully_candidacy {
	struct bully *b;
	struct nl_msg *refresh;
	struct nl_msg *disown;
};

static struct nl_msg *request(struct bully *b, uint8_t cmd, const char *group)
{
	struct nl_msg *msg = bully_request_new(b, cmd, 0);

	if (msg && bully_request_put_name(msg, group) < 0) {
		nlmsg_free(msg);
		return NULL;
	}
	return msg;
}

static int put_deadline(struct nl_msg *msg, uint64_t deadline_ns)
{
	struct nlattr *nest;

	if (!deadline_ns)
		return 0;
	nest = nla_nest_start(msg, NLA_F_NESTED | BULLY_A_OWNER);
	if (!nest || nla_put_u64(msg, BULLY_A_OWNER_DEADLINE, deadline_ns) < 0)
		return -NLE_NOMEM;
	nla_nest_end(msg, nest);
	return 0;
}

static int own(struct bully_candidacy *c, const char *group, uint64_t deadline_ns)
{
	struct nl_msg *msg;
	int ret;

	ret = bully_family_need(c->b);
	if (ret)
		return ret;
	c->refresh = request(c->b, BULLY_CMD_OWN_REFRESH, group);
	c->disown = request(c->b, BULLY_CMD_DISOWN, group);
	msg = request(c->b, BULLY_CMD_OWN, group);
	if (!c->refresh || !c->disown || !msg || put_deadline(msg, deadline_ns) < 0) {
		nlmsg_free(msg);
		return bully_error_memory(c->b);
	}
	ret = bully_socket_poke(c->b, msg);
	nlmsg_free(msg);
	return bully_request_judge(c->b, ret);
}

static void candidacy_free(struct bully_candidacy *c)
{
	nlmsg_free(c->refresh);
	nlmsg_free(c->disown);
	bully_close(c->b);
	free(c);
}

static int candidacy_own(struct bully *b, const char *group, uint64_t deadline_ns,
			 struct bully_candidacy **candidacy)
{
	struct bully_candidacy *c = calloc(1, sizeof(*c));
	uint16_t family = b->family;
	int ret;

	if (!c)
		return bully_error_memory(b);
	c->b = bully_open();
	if (!c->b) {
		free(c);
		return bully_error_memory(b);
	}
	if (b->netns >= 0)
		c->b->netns = fcntl(b->netns, F_DUPFD_CLOEXEC, 0);
	if (b->netns >= 0 && c->b->netns < 0) {
		ret = bully_error_set(
			b, BULLY_ERR_LOCAL, errno,
			"cannot duplicate the descriptor of the network namespace: %s",
			strerror(errno));
		candidacy_free(c);
		return ret;
	}
	/* Reuse the known numbers of the family: a request by name would load the module. */
	c->b->family = family;
	c->b->events = b->events;
	c->b->version = b->version;
	ret = own(c, group, deadline_ns);
	b->family = c->b->family;
	b->events = c->b->events;
	b->version = c->b->version;
	b->err = c->b->err;
	if (ret) {
		candidacy_free(c);
		/* the module was reloaded since the family was found: try again */
		return family && b->family && b->family != family
			       ? candidacy_own(b, group, deadline_ns, candidacy)
			       : ret;
	}
	*candidacy = c;
	return BULLY_OK;
}

int bully_candidacy_own(struct bully *b, const char *group, uint64_t deadline_ns,
			struct bully_candidacy **candidacy)
{
	return bully_error_code(b, candidacy_own(b, group, deadline_ns, candidacy));
}

/*
 * ENOENT without an attribute comes from generic netlink itself: the module that knew the
 * candidacy is gone. To search for a reloaded module would allocate memory.
 */
static int candidacy_refresh(struct bully_candidacy *c)
{
	int ret = bully_socket_poke(c->b, c->refresh);

	if (ret == BULLY_ERR_REFUSED && c->b->err.sys_errno == ENOENT && !c->b->err.attr[0])
		return bully_error_set(c->b, BULLY_ERR_ABSENT, ENOENT,
				       "the kernel module bully was unloaded");
	return ret;
}

int bully_candidacy_refresh(struct bully_candidacy *c)
{
	return bully_error_code(c->b, candidacy_refresh(c));
}

const char *bully_candidacy_error(const struct bully_candidacy *c)
{
	return bully_error(c->b);
}

void bully_candidacy_release(struct bully_candidacy *c)
{
	if (!c)
		return;
	/* Closing the socket would disown, too, but not if a forked child holds the socket. */
	bully_socket_poke(c->b, c->disown);
	candidacy_free(c);
}
