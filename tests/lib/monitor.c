// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests what a monitor requests, and what it makes of events; this file simulates the answers
 * and the events.
 *
 *   monitor UPTIME   the kernel's CLOCK_BOOTTIME in seconds
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "internal.h"

#define FAMILY 0x3ffe
#define MOMENT_NS 1000000000u

static int passed, failed, reads, left;
static const char *asked, *about;
static uint64_t time_ns;
static enum bully_status answer;

static void check(bool good, const char *name)
{
	printf("%s - monitor: %s\n", good ? "ok" : "not ok", name);
	good ? passed++ : failed++;
}

int __wrap_bully_family_find(struct bully *b, bool autoload);
int __wrap_bully_groups_list(struct bully *b, const char *name, struct bully_group ***groups,
			     size_t *len);
int __wrap_bully_socket_recv(struct nl_sock *sk, unsigned char *buf, int flags);
int __wrap_poll(struct pollfd *fds, nfds_t n, int timeout);

int __wrap_bully_family_find(struct bully *b, bool autoload)
{
	(void)autoload;
	b->family = FAMILY;
	b->events = GENL_ID_CTRL;
	return BULLY_OK;
}

int __wrap_bully_groups_list(struct bully *b, const char *name, struct bully_group ***groups,
			     size_t *len)
{
	asked = name ? name : "all";
	*groups = NULL;
	*len = 0;
	return answer ? bully_error_set(b, answer, ENOENT, "x") : BULLY_OK;
}

/* Returns an event of the group @about. */
int __wrap_bully_socket_recv(struct nl_sock *sk, unsigned char *buf, int flags)
{
	struct nl_msg *msg;
	struct nlattr *nest;
	int len;

	(void)sk, (void)flags;
	if (!left)
		return -EAGAIN;
	left--;
	reads++;
	msg = nlmsg_alloc();
	genlmsg_put(msg, 0, 0, FAMILY, 0, 0, BULLY_CMD_LEADER_NTF, BULLY_FAMILY_VERSION);
	nest = nla_nest_start(msg, NLA_F_NESTED | BULLY_A_GROUP);
	nla_put_string(msg, BULLY_A_GROUP_NAME, about);
	nla_put_u64(msg, BULLY_A_GROUP_SESSION, 1);
	nla_put_u64(msg, BULLY_A_GROUP_EVENT_SEQ, 7);
	nla_put_u64(msg, BULLY_A_GROUP_TIME, time_ns);
	nla_nest_end(msg, nest);
	len = (int)nlmsg_hdr(msg)->nlmsg_len;
	memcpy(buf, nlmsg_hdr(msg), (size_t)len);
	nlmsg_free(msg);
	return len;
}

int __wrap_poll(struct pollfd *fds, nfds_t n, int timeout)
{
	(void)fds, (void)n, (void)timeout;
	return left > 0;
}

/* Returns the type of the next event without waiting, -1 for none, -2 for an error. */
static int next(struct bully_monitor *m)
{
	const struct bully_event *ev;

	if (bully_monitor_next(m, 0, &ev))
		return -2;
	return ev ? (int)bully_event_type(ev) : -1;
}

static void of_one_group(struct bully *b)
{
	struct bully_monitor *m;

	answer = BULLY_ERR_REFUSED;
	if (bully_monitor_open(b, "db", &m))
		exit(1);
	check(next(m) == BULLY_EVENT_SNAPSHOT,
	      "a monitor of a missing group begins with a snapshot");
	check(!strcmp(asked, "db"), "a monitor of one group asks for this group");
	answer = BULLY_OK;
	about = "web";
	left = 1000000;
	reads = 0;
	check(next(m) == -1 && reads < 100,
	      "endless events of other groups do not block the caller");
	left = 0;
	bully_monitor_close(m);
}

static void of_all(struct bully *b, uint64_t now_ns)
{
	struct bully_monitor *m;

	if (bully_monitor_open(b, NULL, &m) || next(m) != BULLY_EVENT_SNAPSHOT)
		exit(1);
	check(!strcmp(asked, "all"), "a monitor of all groups asks for all groups");
	about = "web";
	time_ns = now_ns - 60 * (uint64_t)MOMENT_NS;
	left = 1;
	check(next(m) == -1, "an event from before the snapshot is ignored");
	time_ns = now_ns + 60 * (uint64_t)MOMENT_NS;
	left = 1;
	check(next(m) == BULLY_EVENT_RESYNC,
	      "a later event of an unknown group is a gap");
	bully_monitor_close(m);
}

int main(int argc, char **argv)
{
	struct bully *b = bully_open();

	alarm(60);
	if (argc < 2)
		return 1;
	of_one_group(b);
	of_all(b, strtoull(argv[1], NULL, 10) * MOMENT_NS);
	bully_close(b);
	printf("%d passed, %d failed, 0 skipped\n", passed, failed);
	return failed != 0;
}
