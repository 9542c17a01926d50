/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files of libbully share; libnl stays behind this line. */
#ifndef LIBBULLY_INTERNAL_H
#define LIBBULLY_INTERNAL_H

#include <netlink/attr.h>
#include <netlink/genl/genl.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>

#include "object.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/**
 * enum bully_status - how a call ended, from within; bully_error_code() makes an errno of it
 * @BULLY_OK: as asked
 * @BULLY_ERR_REFUSED: the kernel said no; struct bully_error has its words
 * @BULLY_ERR_ABSENT: the module is not loaded
 * @BULLY_ERR_SKEW: the module speaks another version of the family
 * @BULLY_ERR_LOCAL: no memory, no socket, or an answer that makes no sense
 */
enum bully_status {
	BULLY_OK,
	BULLY_ERR_REFUSED,
	BULLY_ERR_ABSENT,
	BULLY_ERR_SKEW,
	BULLY_ERR_LOCAL,
};

/**
 * struct bully_error - why the last call failed
 * @status: its kind
 * @sys_errno: the kernel's errno, or 0
 * @attr: the attribute that the kernel objects to ("peer 2" for a whole peer), or an empty string
 * @text: one sentence, without a full stop
 */
struct bully_error {
	enum bully_status status;
	int sys_errno;
	char attr[32];
	char text[256];
};

/* A kernel's dump fills at most 32 KiB at a time, an event far less. */
#define BULLY_BUF_SIZE 65536

/**
 * struct bully - a handle for requests
 * @sk: socket of requests
 * @buf: what is received there
 * @family: number of the family, 0 while it is not known
 * @events: number of its multicast group
 * @version: of the family as the module speaks it
 * @netns: where its sockets are opened; -1 for where the calling thread is
 * @code: what the last call returned
 * @err: of the last call
 */
struct bully {
	struct nl_sock *sk;
	unsigned char *buf;
	uint16_t family;
	uint32_t events;
	uint32_t version;
	int netns;
	int code;
	struct bully_error err;
};

/* Called for each message of an answer; returns enum bully_status. */
typedef int (*bully_reply_fn)(struct bully *b, struct nlmsghdr *nlh, void *arg);

/* error.c */
int bully_error_set(struct bully *b, enum bully_status status, int sys_errno, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
int bully_error_memory(struct bully *b);
int bully_error_kernel(struct bully *b, const struct nlmsghdr *req, int error, const void *tlvs,
		       size_t len);

/* Returns what a call that ended with @status returns, and keeps it. */
int bully_error_code(struct bully *b, int status);

/*
 * netns.c; runs @fn in the namespace of the handle. Returns what it returns, or the errno of why
 * it could not be entered.
 */
int bully_netns_run(const struct bully *b, int (*fn)(void *arg), void *arg);

/* socket.c; forget frees a request and wipes it, as it may hold keys. */
void bully_socket_forget(struct nl_msg *msg);
int bully_socket_open(struct bully *b, struct nl_sock **sk);
int bully_socket_talk(struct bully *b, struct nl_msg *msg, bully_reply_fn fn, void *arg);
/* Sends @msg, which stays the caller's, for an acknowledgement; never blocks. */
int bully_socket_poke(struct bully *b, struct nl_msg *msg);
/* Bytes of messages that are surely the kernel's, 0 for none, or -errno. */
int bully_socket_recv(struct nl_sock *sk, unsigned char *buf, int flags);

/* family.c; to autoload is to ask for the family by name. */
int bully_family_find(struct bully *b, bool autoload);
int bully_family_need(struct bully *b);
/* The family that a message of the controller tells about. */
bool bully_family_is_ours(struct nlmsghdr *nlh);

/* request.c; a message to the family, which has been found. */
struct nl_msg *bully_request_new(struct bully *b, uint8_t cmd, int flags);
/* Asks; once more if the module was loaded anew. Frees @msg. */
int bully_request_talk(struct bully *b, struct nl_msg *msg, bully_reply_fn fn, void *arg);
bool bully_request_interrupted(const struct bully *b, int ret);
#define BULLY_DUMP_TRIES 100 /* an interrupted dump is begun anew so often */
int bully_request_dump_once(struct bully *b, uint8_t cmd, const char *group, bully_reply_fn fn,
			    void (*reset)(void *arg), void *arg);
int bully_request_dump(struct bully *b, uint8_t cmd, const char *group, bully_reply_fn fn,
		       void (*reset)(void *arg), void *arg);
/* What a talk that ended with @ret means: is the group missing, or the module? */
int bully_request_judge(struct bully *b, int ret);
int bully_request_put_name(struct nl_msg *msg, const char *name);

/* groups.c; groups in the order of the kernel. */
int bully_groups_list(struct bully *b, const char *name, struct bully_group ***groups, size_t *len);

/* encode.c and decode.c; encoding returns 0 or a negative libnl error. */
int bully_encode_group(struct nl_msg *msg, const struct bully_group *g);
int bully_encode_peer(struct nl_msg *msg, const struct bully_peer *p);
int bully_decode_group(struct nlattr *nest, struct bully_group *g);
int bully_decode_owner(struct nlattr *nest, struct bully_group *g);
int bully_decode_peer(struct nlattr *nest, struct bully_peer *p);
int bully_decode_top(struct nlmsghdr *nlh, struct nlattr **tb);

/* names.c */
const char *bully_attr_name(unsigned int top, unsigned int inner);

#endif /* LIBBULLY_INTERNAL_H */
