// SPDX-License-Identifier: LGPL-2.1-or-later
/* Netlink sockets; sends a request and receives the answer. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <linux/netlink.h>

#include "internal.h"

#define POKE_TRIES 3
#define POKE_READS 1024 /* more datagrams than a socket's queue can hold */

#ifndef SOL_NETLINK
#define SOL_NETLINK 270
#endif

/* Wipes the whole buffer of the request, which may contain keys, and frees it. */
void bully_socket_forget(struct nl_msg *msg)
{
	if (msg)
		explicit_bzero(nlmsg_hdr(msg), nlmsg_get_max_size(msg));
	nlmsg_free(msg);
}

static int connect_there(void *sk)
{
	return genl_connect(sk) < 0 ? errno : 0;
}

int bully_socket_open(struct bully *b, struct nl_sock **out)
{
	struct nl_sock *sk = nl_socket_alloc();
	const int one = 1;
	int fd, err;

	if (!sk)
		return bully_error_memory(b);
	err = bully_netns_run(b, connect_there, sk);
	if (err) {

		nl_socket_free(sk);
		return bully_error_set(b, BULLY_ERR_LOCAL, err,
				       "cannot open a generic netlink socket: %s", strerror(err));
	}
	fd = nl_socket_get_fd(sk);
	/* The kernel adds a sentence to its errno, and does not echo the request. */
	setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &one, sizeof(one));
	setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &one, sizeof(one));
	*out = sk;
	return BULLY_OK;
}

/*
 * This replaces nl_recvmsgs(): libnl 3.7 reports ENOBUFS as "out of memory", and drops the error
 * inside NLMSG_DONE together with the kernel's sentence.
 */
int bully_socket_recv(struct nl_sock *sk, unsigned char *buf, int flags)
{
	struct sockaddr_nl from = {0};
	struct iovec iov = {.iov_base = buf, .iov_len = BULLY_BUF_SIZE};
	struct msghdr mh = {
		.msg_name = &from,
		.msg_namelen = sizeof(from),
		.msg_iov = &iov,
		.msg_iovlen = 1,
	};
	ssize_t n;

	do {
		n = recvmsg(nl_socket_get_fd(sk), &mh, flags);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	if (mh.msg_flags & MSG_TRUNC)
		return -EMSGSIZE;
	return from.nl_pid ? 0 : (int)n; /* port 0 is the kernel; ignore other senders */
}

/* Returns the TLVs behind an nlmsgerr and their length, or NULL if there are none. */
static const void *error_tlvs(const struct nlmsghdr *nlh, size_t *len)
{
	const struct nlmsgerr *e = nlmsg_data(nlh);
	size_t off = NLMSG_HDRLEN + NLMSG_ALIGN(sizeof(*e));

	if (!(nlh->nlmsg_flags & NLM_F_ACK_TLVS))
		return NULL;
	if (!(nlh->nlmsg_flags & NLM_F_CAPPED) && e->msg.nlmsg_len > NLMSG_HDRLEN)
		off += NLMSG_ALIGN(e->msg.nlmsg_len - NLMSG_HDRLEN);
	if (off > nlh->nlmsg_len)
		return NULL;
	*len = nlh->nlmsg_len - off;
	return (const char *)nlh + off;
}

/* Handles the last message of an answer: an error, an acknowledgement, or the end of a dump. */
static int answer_end(struct bully *b, const struct nlmsghdr *req, const struct nlmsghdr *nlh)
{
	size_t len = 0, off = NLMSG_HDRLEN + sizeof(int);
	const void *tlvs = NULL;
	int error = 0;

	if (nlh->nlmsg_type == NLMSG_ERROR) {
		if (nlh->nlmsg_len < NLMSG_LENGTH(sizeof(struct nlmsgerr)))
			return bully_error_set(b, BULLY_ERR_LOCAL, EBADMSG,
					       "the kernel's answer is too short");
		error = ((const struct nlmsgerr *)nlmsg_data(nlh))->error;
		tlvs = error_tlvs(nlh, &len);
	} else if (nlh->nlmsg_len >= off) {
		memcpy(&error, nlmsg_data(nlh), sizeof(error));
		if (nlh->nlmsg_flags & NLM_F_ACK_TLVS) {
			tlvs = (const char *)nlh + off;
			len = nlh->nlmsg_len - off;
		}
	}
	if (error >= 0)
		return BULLY_OK;
	return bully_error_kernel(b, req, error, tlvs, len);
}

/*
 * Sends @msg, passes every message of the answer to @fn, and frees @msg. A dump that a change
 * interrupted ends with EINTR; the caller repeats it.
 */
int bully_socket_talk(struct bully *b, struct nl_msg *msg, bully_reply_fn fn, void *arg)
{
	struct nlmsghdr *req = nlmsg_hdr(msg);
	bool interrupted = false;
	int ret = BULLY_OK, n;

	b->err.status = BULLY_OK;
	n = nl_send_auto(b->sk, msg);
	if (n < 0) {
		ret = bully_error_set(b, BULLY_ERR_LOCAL, errno, "cannot send to the kernel: %s",
				      nl_geterror(n));
		goto out;
	}
	for (;;) {
		struct nlmsghdr *nlh = (struct nlmsghdr *)b->buf;

		n = bully_socket_recv(b->sk, b->buf, 0);
		if (n < 0) {
			ret = bully_error_set(b, BULLY_ERR_LOCAL, -n,
					      "cannot receive the kernel's answer: %s",
					      strerror(-n));
			goto out;
		}
		for (; nlmsg_ok(nlh, n); nlh = nlmsg_next(nlh, &n)) {
			if (nlh->nlmsg_seq != req->nlmsg_seq)
				continue; /* answers an earlier request that was given up */
			if (nlh->nlmsg_flags & NLM_F_DUMP_INTR)
				interrupted = true;
			if (nlh->nlmsg_type == NLMSG_ERROR || nlh->nlmsg_type == NLMSG_DONE) {
				int end = answer_end(b, req, nlh);

				if (ret == BULLY_OK)
					ret = end;
				goto out;
			}
			if (ret == BULLY_OK && fn && nlh->nlmsg_type >= NLMSG_MIN_TYPE)
				ret = fn(b, nlh, arg);
		}
	}
out:
	if (ret == BULLY_OK && interrupted)
		ret = bully_error_set(
			b, BULLY_ERR_REFUSED, EINTR,
			"the groups changed again and again while they were read; try again");
	bully_socket_forget(msg);
	return ret;
}

/* Searches the queue for the acknowledgement of @req and drops everything else. */
static bool find_end(struct bully *b, const struct nlmsghdr *req, int *ret)
{
	int i;

	for (i = 0; i < POKE_READS; i++) {
		int n = bully_socket_recv(b->sk, b->buf, MSG_DONTWAIT);
		struct nlmsghdr *nlh = (struct nlmsghdr *)b->buf;

		if (n == -EAGAIN)
			return false;
		for (; n > 0 && nlmsg_ok(nlh, n); nlh = nlmsg_next(nlh, &n)) {
			if (nlh->nlmsg_seq != req->nlmsg_seq || nlh->nlmsg_type != NLMSG_ERROR)
				continue;
			*ret = answer_end(b, req, nlh);
			return true;
		}
	}
	return false;
}

/*
 * The kernel answers before the send call returns. An answer that is not in the queue then was
 * lost, because the queue was full or memory was short. The request is repeated a few times, and
 * the answer is never waited for.
 */
int bully_socket_poke(struct bully *b, struct nl_msg *msg)
{
	struct nlmsghdr *req = nlmsg_hdr(msg);
	int tries, ret, n;

	b->err.status = BULLY_OK;
	for (tries = 0; tries < POKE_TRIES; tries++) {
		req->nlmsg_seq = NL_AUTO_SEQ;
		n = nl_send_auto(b->sk, msg);
		if (n < 0)
			return bully_error_set(b, BULLY_ERR_LOCAL, errno,
					       "cannot send to the kernel: %s", nl_geterror(n));
		if (find_end(b, req, &ret))
			return ret;
	}
	return bully_error_set(b, BULLY_ERR_LOCAL, EAGAIN, "the kernel's answer was lost");
}
