/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files of libbully share. Only files that include this header use libnl. */
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
 * enum bully_status - internal result of a call; bully_error_code() turns it into an errno
 * @BULLY_OK: success
 * @BULLY_ERR_REFUSED: the kernel refused; struct bully_error has its sentence
 * @BULLY_ERR_ABSENT: the module is not loaded
 * @BULLY_ERR_SKEW: the module speaks another version of the family
 * @BULLY_ERR_LOCAL: no memory, no socket, or an invalid answer
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
 * @status: the kind of error
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

/* The kernel's dumps come in messages of at most 32 KiB; an event is much smaller. */
#define BULLY_BUF_SIZE 65536

/**
 * struct bully - a handle for requests
 * @sk: socket for requests; NULL before the first request
 * @buf: receive buffer of @sk, BULLY_BUF_SIZE bytes
 * @family: number of the netlink family, 0 while it is unknown
 * @events: number of the family's multicast group
 * @version: version of the family that the module uses
 * @netns: descriptor of the network namespace in which sockets are opened; -1: that of the
 *	calling thread
 * @code: what the last call returned
 * @err: error of the last call that failed
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

/* Handles one message of an answer. Returns enum bully_status. */
typedef int (*bully_reply_fn)(struct bully *b, struct nlmsghdr *nlh, void *arg);

/* error.c: each returns the status that it has set in @b */
int bully_error_set(struct bully *b, enum bully_status status, int sys_errno, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
int bully_error_memory(struct bully *b);
int bully_error_nonsense(struct bully *b);
int bully_error_kernel(struct bully *b, const struct nlmsghdr *req, int error, const void *tlvs,
		       size_t len);

/* Returns the errno that a public function returns for @status, and stores it in @b. */
int bully_error_code(struct bully *b, int status);

/*
 * netns.c: runs @fn in the network namespace of @b. Returns what @fn returns, or the errno if the
 * namespace cannot be entered.
 */
int bully_netns_run(const struct bully *b, int (*fn)(void *arg), void *arg);

/* socket.c: forget wipes a request, which may contain keys, and frees it. */
void bully_socket_forget(struct nl_msg *msg);
int bully_socket_open(struct bully *b, struct nl_sock **sk);
int bully_socket_talk(struct bully *b, struct nl_msg *msg, bully_reply_fn fn, void *arg);
/* Sends @msg and reads the acknowledgement; never blocks. The caller keeps @msg. */
int bully_socket_poke(struct bully *b, struct nl_msg *msg);
/* Returns the number of bytes that the kernel sent, 0 if another process sent them, or -errno. */
int bully_socket_recv(struct nl_sock *sk, unsigned char *buf, int flags);

/*
 * family.c: find sets the family's numbers in @b; with @autoload the kernel loads the module if
 * needed. need opens the socket and finds the family, unless both are known.
 */
int bully_family_find(struct bully *b, bool autoload);
int bully_family_need(struct bully *b);
/* Returns true if a message of the controller is about the family of bully. */
bool bully_family_is_ours(struct nlmsghdr *nlh);

/* request.c: returns a message to the family, which must be known, or NULL. */
struct nl_msg *bully_request_new(struct bully *b, uint8_t cmd, int flags);
/* Sends @msg and reads the answer; repeats this if the module was reloaded. Frees @msg. */
int bully_request_talk(struct bully *b, struct nl_msg *msg, bully_reply_fn fn, void *arg);
/* Returns true if @ret means that a change interrupted the dump. */
bool bully_request_interrupted(const struct bully *b, int ret);
#define BULLY_DUMP_TRIES 100 /* attempts at a dump that changes interrupt */
int bully_request_dump_once(struct bully *b, uint8_t cmd, const char *group, bully_reply_fn fn,
			    void (*reset)(void *arg), void *arg);
int bully_request_dump(struct bully *b, uint8_t cmd, const char *group, bully_reply_fn fn,
		       void (*reset)(void *arg), void *arg);
/* Returns @ret, or the status of a missing or unfit module if that is the cause of the error. */
int bully_request_judge(struct bully *b, int ret);
int bully_request_put_name(struct nl_msg *msg, const char *name);

/* groups.c: lists groups in the kernel's order. */
int bully_groups_list(struct bully *b, const char *name, struct bully_group ***groups, size_t *len);

/* encode.c and decode.c: each returns 0 or a negative libnl error. */
int bully_encode_group(struct nl_msg *msg, const struct bully_group *g);
int bully_encode_peer(struct nl_msg *msg, const struct bully_peer *p);
int bully_decode_group(struct nlattr *nest, struct bully_group *g);
int bully_decode_owners(struct nlmsghdr *nlh, struct bully_group *g);
int bully_decode_peer(struct nlattr *nest, struct bully_peer *p);
int bully_decode_top(struct nlmsghdr *nlh, struct nlattr **tb);

/* names.c: the word for an attribute, or an empty string */
const char *bully_attr_name(unsigned int top, unsigned int inner);

#endif /* LIBBULLY_INTERNAL_H */
