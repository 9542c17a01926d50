// SPDX-License-Identifier: LGPL-2.1-or-later
/* Turns an error of the kernel into a sentence and the word of the attribute that caused it. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <linux/netlink.h>

#include "internal.h"

#ifndef NLMSGERR_ATTR_MISS_TYPE /* headers before 6.1 */
#define NLMSGERR_ATTR_MISS_TYPE 5
#define NLMSGERR_ATTR_MISS_NEST 6
#endif

int bully_error_set(struct bully *b, enum bully_status status, int sys_errno, const char *fmt, ...)
{
	va_list ap;

	b->err.status = status;
	b->err.sys_errno = sys_errno;
	b->err.attr[0] = '\0';
	va_start(ap, fmt);
	vsnprintf(b->err.text, sizeof(b->err.text), fmt, ap);
	va_end(ap);
	return status;
}

int bully_error_memory(struct bully *b)
{
	return bully_error_set(b, BULLY_ERR_LOCAL, ENOMEM, "out of memory");
}

int bully_error_nonsense(struct bully *b)
{
	return bully_error_set(b, BULLY_ERR_LOCAL, EBADMSG,
			       "the kernel module sent an invalid answer");
}

int bully_error_code(struct bully *b, int status)
{
	switch (status) {
	case BULLY_OK:
		b->code = 0;
		break;
	case BULLY_ERR_ABSENT:
		b->code = -ENOPKG;
		break;
	case BULLY_ERR_SKEW:
		b->code = -EPROTO;
		break;
	default:
		b->code = b->err.sys_errno ? -b->err.sys_errno : -EIO;
	}
	return b->code;
}

const char *bully_error(const struct bully *b)
{
	return b->err.text;
}

const char *bully_error_attr(const struct bully *b)
{
	return b->err.attr;
}

int bully_error_number(const struct bully *b)
{
	return b->code;
}

static uint32_t peer_id(struct nlattr *peer)
{
	struct nlattr *a;
	int rem;

	nla_for_each_nested (a, peer, rem)
		if (nla_type(a) == BULLY_A_PEER_ID && nla_len(a) >= 4)
			return nla_get_u32(a);
	return 0;
}

/*
 * Returns the word for the attribute @offs bytes into the request @req, or an empty string, and
 * sets *@top to its outermost attribute, or 0. If the attribute is a whole peer, *@peer is set to
 * the peer's id, else to 0.
 */
static const char *attr_at(const struct nlmsghdr *req, uint32_t offs, unsigned int *top,
			   uint32_t *peer)
{
	const unsigned char *base = (const unsigned char *)req;
	struct nlattr *outer, *inner;
	int rem, rem2;

	*top = 0;
	*peer = 0;
	nlmsg_for_each_attr (outer, (struct nlmsghdr *)req, GENL_HDRLEN, rem) {
		const unsigned char *start = (const unsigned char *)outer;

		if (start > base + offs || start + nla_len(outer) + NLA_HDRLEN <= base + offs)
			continue;
		*top = nla_type(outer);
		if (start == base + offs && *top == BULLY_A_PEER)
			*peer = peer_id(outer);
		if (start == base + offs)
			return bully_attr_name(*top, 0);
		nla_for_each_nested (inner, outer, rem2)
			if ((const unsigned char *)inner == base + offs)
				return bully_attr_name(*top, nla_type(inner));
	}
	return "";
}

/*
 * Keeps the kernel's own words. @tlvs is what followed the error: libnl 3.7
 * knows nothing of it.
 */
int bully_error_kernel(struct bully *b, const struct nlmsghdr *req, int error, const void *tlvs,
		       size_t len)
{
	struct nlattr *tb[NLMSGERR_ATTR_MISS_NEST + 1] = {NULL};
	struct nlattr *msg, *offs, *miss;
	uint32_t peer = 0, nested;
	const char *word = "";
	unsigned int top;

	if (tlvs &&
	    nla_parse(tb, NLMSGERR_ATTR_MISS_NEST, (struct nlattr *)tlvs, (int)len, NULL) < 0)
		memset(tb, 0, sizeof(tb));
	msg = tb[NLMSGERR_ATTR_MSG];
	offs = tb[NLMSGERR_ATTR_OFFS];
	miss = tb[NLMSGERR_ATTR_MISS_TYPE];

	if (offs && nla_len(offs) >= 4)
		word = attr_at(req, nla_get_u32(offs), &top, &peer);
	if (miss && nla_len(miss) >= 4) {
		struct nlattr *nest = tb[NLMSGERR_ATTR_MISS_NEST];

		top = 0;
		if (nest && nla_len(nest) >= 4)
			attr_at(req, nla_get_u32(nest), &top, &nested);
		word = top ? bully_attr_name(top, nla_get_u32(miss))
			   : bully_attr_name(nla_get_u32(miss), 0);
	}

	if (msg && nla_len(msg) > 0)
		bully_error_set(b, BULLY_ERR_REFUSED, -error, "%.*s", nla_len(msg),
				(const char *)nla_data(msg));
	else if (error == -EPERM)
		bully_error_set(b, BULLY_ERR_REFUSED, EPERM,
				"changing groups needs CAP_NET_ADMIN, as root has, in the user "
				"namespace that owns this network namespace");
	else if (miss)
		bully_error_set(b, BULLY_ERR_REFUSED, -error, "an attribute is missing");
	else
		bully_error_set(b, BULLY_ERR_REFUSED, -error, "%s", strerror(-error));
	if (peer)
		snprintf(b->err.attr, sizeof(b->err.attr), "%s %u", word, peer);
	else
		snprintf(b->err.attr, sizeof(b->err.attr), "%s", word);
	return BULLY_ERR_REFUSED;
}
