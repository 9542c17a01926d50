// SPDX-License-Identifier: GPL-2.0-only
/* Tests that a handle of another network namespace opens its sockets there and moves no thread. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "internal.h"

static int passed, failed;
static ino_t connected;

static void check(bool good, const char *name)
{
	printf("%s - netns: %s\n", good ? "ok" : "not ok", name);
	good ? passed++ : failed++;
}

/* Returns the network namespace of the calling thread. */
static ino_t here(void)
{
	struct stat st;

	return stat("/proc/thread-self/ns/net", &st) ? 0 : st.st_ino;
}

int __wrap_genl_connect(struct nl_sock *sk);
int __wrap_genl_connect(struct nl_sock *sk)
{
	(void)sk;
	connected = here();
	errno = EMFILE; /* no socket is needed here */
	return -NLE_FAILURE;
}

static ino_t connects(struct bully *b)
{
	struct nl_sock *sk;

	connected = 0;
	check(bully_socket_open(b, &sk) == BULLY_ERR_LOCAL && b->err.sys_errno == EMFILE,
	      "the error says why there is no socket");
	return connected;
}

int main(void)
{
	struct bully *b = bully_open(), *there;
	ino_t home = here(), away;
	int fd;

	if (unshare(CLONE_NEWNET)) {
		perror("unshare");
		return 77;
	}
	away = here();
	fd = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
	there = bully_open_netns(fd);
	close(fd);
	if (unshare(CLONE_NEWNET) || !b || !there)
		return 1;
	check(home && away && away != home, "two namespaces exist");
	check(connects(there) == away, "a handle of the other namespace connects there");
	check(here() != away, "a connect leaves the caller in its namespace");
	check(connects(b) == here(), "an ordinary handle connects in the caller's namespace");
	check(!bully_open_netns(-1) && errno == EBADF, "a bad descriptor gives no handle");
	fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	bully_close(there);
	there = bully_open_netns(fd);
	connected = 0;
	check(there && bully_elect(there, "g") == -EINVAL && !connected,
	      "a descriptor of no namespace is refused when it is used");
	bully_close(there);
	bully_close(b);
	printf("%d passed, %d failed, 0 skipped\n", passed, failed);
	return failed != 0;
}
