// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Owns a group's candidacy under a name. A candidacy has a socket of its own: the socket closes
 * only when the candidacy ends, and no events fill its queue.
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
 * @willing: the number in @refresh that says whether the owner is willing
 * @term: the first number of the position in @refresh, which has no position yet if this is NULL
 * @index: the second number
 * @disown: the request that ends the candidacy
 * @forget: the number in @disown that says whether the owner is not missed
 */
struct bully_candidacy {
	struct bully *b;
	struct nl_msg *refresh;
	uint32_t *willing;
	void *term;
	void *index;
	struct nl_msg *disown;
	uint32_t *forget;
};

/**
 * struct promise - what a process promises when it owns
 * @group: name of the group
 * @owner: name of the owner; NULL for the default
 * @deadline_ns: how long it may be silent, 0 for ever
 * @weight: 0, or by how much the priority is lower while the owner is not ok
 * @willing: it wants the node to be a candidate
 */
struct promise {
	const char *group;
	const char *owner;
	uint64_t deadline_ns;
	uint32_t weight;
	bool willing;
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

/* Adds a number to an owner's nest. Returns its place in @msg, or NULL if there is no memory. */
static uint32_t *put_number(struct nl_msg *msg, int attr, uint32_t value)
{
	struct nlattr *nest = nla_nest_start(msg, NLA_F_NESTED | BULLY_A_OWNER);
	struct nlattr *a = nest ? nla_reserve(msg, attr, sizeof(value)) : NULL;

	if (!a)
		return NULL;
	memcpy(nla_data(a), &value, sizeof(value));
	nla_nest_end(msg, nest);
	return nla_data(a);
}

static int put_promise(struct nl_msg *msg, const struct promise *p)
{
	struct nlattr *nest = nla_nest_start(msg, NLA_F_NESTED | BULLY_A_OWNER);

	if (!nest ||
	    (p->deadline_ns && nla_put_u64(msg, BULLY_A_OWNER_DEADLINE, p->deadline_ns) < 0) ||
	    (p->owner && nla_put_string(msg, BULLY_A_OWNER_NAME, p->owner) < 0) ||
	    (p->weight && nla_put_u32(msg, BULLY_A_OWNER_WEIGHT, p->weight) < 0) ||
	    nla_put_u32(msg, BULLY_A_OWNER_WILLING, p->willing) < 0)
		return -NLE_NOMEM;
	nla_nest_end(msg, nest);
	return 0;
}

/* Makes the requests of a candidacy. Returns false if there is no memory. */
static bool prepare(struct bully_candidacy *c, const struct promise *p)
{
	c->refresh = request(c->b, BULLY_CMD_OWN_REFRESH, p->group);
	c->disown = request(c->b, BULLY_CMD_DISOWN, p->group);
	if (!c->refresh || !c->disown)
		return false;
	c->willing = put_number(c->refresh, BULLY_A_OWNER_WILLING, p->willing);
	c->forget = put_number(c->disown, BULLY_A_OWNER_FORGET, false);
	return c->willing && c->forget;
}

static int own(struct bully_candidacy *c, const struct promise *p)
{
	struct nl_msg *msg;
	int ret;

	ret = bully_family_need(c->b);
	if (ret)
		return ret;
	msg = request(c->b, BULLY_CMD_OWN, p->group);
	if (!prepare(c, p) || !msg || put_promise(msg, p) < 0) {
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

static int candidacy_own(struct bully *b, const struct promise *p,
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
	ret = own(c, p);
	b->family = c->b->family;
	b->events = c->b->events;
	b->version = c->b->version;
	b->err = c->b->err;
	if (ret) {
		candidacy_free(c);
		/* the module was reloaded since the family was found: try again */
		return family && b->family && b->family != family ? candidacy_own(b, p, candidacy)
								  : ret;
	}
	*candidacy = c;
	return BULLY_OK;
}

int bully_candidacy_own(struct bully *b, const char *group, uint64_t deadline_ns,
			struct bully_candidacy **candidacy)
{
	const struct promise p = {.group = group, .deadline_ns = deadline_ns, .willing = true};

	return bully_error_code(b, candidacy_own(b, &p, candidacy));
}

int bully_candidacy_own_as(struct bully *b, const char *group, const char *owner,
			   uint64_t deadline_ns, bool willing, struct bully_candidacy **candidacy)
{
	return bully_candidacy_own_weight(b, group, owner, 0, deadline_ns, willing, candidacy);
}

int bully_candidacy_own_weight(struct bully *b, const char *group, const char *owner,
			       uint32_t weight, uint64_t deadline_ns, bool willing,
			       struct bully_candidacy **candidacy)
{
	const struct promise p = {.group = group,
				  .owner = owner,
				  .weight = weight,
				  .deadline_ns = deadline_ns,
				  .willing = willing};

	return bully_error_code(b, candidacy_own(b, &p, candidacy));
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

int bully_candidacy_set_willing(struct bully_candidacy *c, bool willing)
{
	*c->willing = willing;
	return bully_candidacy_refresh(c);
}

/*
 * Extends the nest of @refresh, which is the last attribute, by room for a position. The message
 * was allocated with more room than it ever needs, so this allocates nothing. Only a program that
 * has a position sends one: a module that knows of none would refuse each refresh.
 */
static bool make_room(struct bully_candidacy *c)
{
	struct nlattr *nest = nlmsg_find_attr(nlmsg_hdr(c->refresh), GENL_HDRLEN, BULLY_A_OWNER);
	struct nlattr *term =
		nla_reserve(c->refresh, BULLY_A_OWNER_POSITION_TERM, sizeof(uint64_t));
	struct nlattr *index;

	index = term ? nla_reserve(c->refresh, BULLY_A_OWNER_POSITION_INDEX, sizeof(uint64_t))
		     : NULL;
	if (!index)
		return false;
	nla_nest_end(c->refresh, nest);
	c->term = nla_data(term);
	c->index = nla_data(index);
	return true;
}

int bully_candidacy_set_position(struct bully_candidacy *c, uint64_t term, uint64_t index)
{
	if (!c->term && !make_room(c))
		return bully_error_code(c->b, bully_error_memory(c->b));
	memcpy(c->term, &term, sizeof(term));
	memcpy(c->index, &index, sizeof(index));
	return bully_candidacy_refresh(c);
}

const char *bully_candidacy_error(const struct bully_candidacy *c)
{
	return bully_error(c->b);
}

static void disown(struct bully_candidacy *c, bool forget)
{
	if (!c)
		return;
	*c->forget = forget;
	/* Closing the socket would disown, too, but not if a forked child holds the socket. */
	bully_socket_poke(c->b, c->disown);
	candidacy_free(c);
}

void bully_candidacy_release(struct bully_candidacy *c)
{
	disown(c, false);
}

void bully_candidacy_forget(struct bully_candidacy *c)
{
	disown(c, true);
}
