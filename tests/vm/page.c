// SPDX-License-Identifier: GPL-2.0-only
/*
 * page.c - reads status pages for tests/vm/page.sh and checks them against their promises
 *
 *   page                          runs the commands of stdin, and answers each with a line:
 *     open S NS [rw]              opens /dev/bully in a network namespace, as descriptor S
 *     attach S GROUP              (@empty, @full, @tail: bad names)
 *     map S [r|rw [shared|private [LENGTH [OFFSET]]]]
 *     get S | fork S              prints the mapped page; fork does so in a child
 *     read S LENGTH | poll S MS | ioctl S
 *     protect S | grow S | poke S  tries to write to the mapping, or to enlarge it
 *     unmap S | close S
 *   page storm NS GROUP MS        reads without a pause, and fails if a read is torn
 *   page order GROUP MS NS...     until SIGTERM or for MS: fails if a page says that its node leads
 *                                 after another page had a later leader
 *   page behind NS GROUP          fails if the page is behind an event of 'monitor -j', on stdin
 *   page churn NS GROUP           until SIGTERM: opens, attaches, maps, reads, closes
 *   page crowd NS GROUP N         says "ready" when N waiters wait; fails unless one change wakes all
 * An answer is the requested value, "ok", or the name of an error.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "page.h"

static struct slot {
	int fd;
	int64_t offset;
	const struct bully_page *map;
	size_t len;
} slots[PAGE_SLOTS];

static void answer(int rc)
{
	printf("%s\n", rc ? strerrorname_np(errno) : "ok");
}

static void print(const struct slot *s)
{
	struct bully_page p;
	int64_t now;

	if (!page_snap_soon(s->map, &p)) {
		puts("torn");
		return;
	}
	now = page_now_ns() - s->offset;
	printf("magic=%#x version=%u state=%u quorum=%u gone=%u id=%u leader=%u epoch=%llu "
	       "lease_end=%llu event_seq=%llu changes=%llu now=%lld offset=%lld\n",
	       p.magic, p.version, p.state, p.quorum, p.gone, p.id, p.leader,
	       (unsigned long long)p.epoch, (unsigned long long)p.lease_end_ns,
	       (unsigned long long)p.event_seq, (unsigned long long)p.changes, (long long)now,
	       (long long)s->offset);
}

static void do_map(struct slot *s, const char *prot, const char *how, const char *len,
		   const char *offset)
{
	void *map;

	s->len = len ? strtoul(len, NULL, 0) : PAGE_SIZE;
	map = mmap(NULL, s->len, PROT_READ | (prot && !strcmp(prot, "rw") ? PROT_WRITE : 0),
		   how && !strcmp(how, "private") ? MAP_PRIVATE : MAP_SHARED, s->fd,
		   offset ? strtol(offset, NULL, 0) : 0);
	answer(map == MAP_FAILED);
	if (map != MAP_FAILED)
		s->map = map;
}

static void do_read(struct slot *s, const char *len)
{
	uint64_t changes = 0;
	ssize_t got = read(s->fd, &changes, strtoul(len, NULL, 0));

	if (got == sizeof(changes))
		printf("%llu\n", (unsigned long long)changes);
	else
		answer(1);
}

static void do_poll(struct slot *s, const char *ms)
{
	struct pollfd pfd = { .fd = s->fd, .events = POLLIN };
	int64_t began = page_now_ns();

	poll(&pfd, 1, atoi(ms));
	printf("%s after %lld ms\n",
	       pfd.revents ? (pfd.revents & POLLERR ? "err" : "in") : "none",
	       (long long)(page_now_ns() - began) / 1000000);
}

/* Writes in the way of a debugger, which may write to read-only memory. */
static void do_poke(struct slot *s)
{
	int fd = open("/proc/self/mem", O_RDWR | O_CLOEXEC);

	answer(pwrite(fd, "x", 1, (off_t)(uintptr_t)s->map) < 0);
	close(fd);
}

static void do_fork(struct slot *s)
{
	fflush(stdout);
	if (!fork()) {
		print(s);
		fflush(stdout);
		_exit(0);
	}
	wait(NULL);
}

static void command(char **w)
{
	struct slot *s = &slots[w[1] ? atoi(w[1]) % PAGE_SLOTS : 0];

	if (!strcmp(w[0], "open")) {
		s->fd = page_open(w[2], w[3] ? O_RDWR : O_RDONLY);
		answer(s->fd < 0);
	} else if (!strcmp(w[0], "attach")) {
		answer(page_attach(s->fd, w[2], &s->offset));
	} else if (!strcmp(w[0], "map")) {
		do_map(s, w[2], w[3], w[4], w[5]);
	} else if (!strcmp(w[0], "get")) {
		print(s);
	} else if (!strcmp(w[0], "fork")) {
		do_fork(s);
	} else if (!strcmp(w[0], "read")) {
		do_read(s, w[2]);
	} else if (!strcmp(w[0], "poll")) {
		do_poll(s, w[2]);
	} else if (!strcmp(w[0], "ioctl")) {
		answer(ioctl(s->fd, _IOWR(0xb5, 0x02, struct bully_page_attach), NULL));
	} else if (!strcmp(w[0], "protect")) {
		answer(mprotect((void *)s->map, s->len, PROT_READ | PROT_WRITE));
	} else if (!strcmp(w[0], "grow")) {
		answer(mremap((void *)s->map, s->len, 2 * PAGE_SIZE, MREMAP_MAYMOVE) == MAP_FAILED);
	} else if (!strcmp(w[0], "poke")) {
		do_poke(s);
	} else if (!strcmp(w[0], "unmap")) {
		answer(munmap((void *)s->map, s->len));
	} else if (!strcmp(w[0], "close")) {
		answer(close(s->fd));
	} else {
		printf("no command %s\n", w[0]);
	}
}

static int commands(void)
{
	char line[256], *w[8];

	while (fgets(line, sizeof(line), stdin)) {
		int n = 0;

		memset(w, 0, sizeof(w));
		for (w[n] = strtok(line, " \n"); w[n] && n < 6; w[n] = strtok(NULL, " \n"))
			n++;
		if (n)
			command(w);
		fflush(stdout);
	}
	return 0;
}

int main(int argc, char **argv)
{
	int i;

	page_begin();
	for (i = 0; i < PAGE_SLOTS; i++)
		slots[i].fd = -1;
	if (argc == 1)
		return commands();
	if (argc == 5 && !strcmp(argv[1], "storm"))
		return page_storm(argv[2], argv[3], atoi(argv[4]));
	if (argc > 4 && argc <= 4 + PAGE_SLOTS && !strcmp(argv[1], "order"))
		return page_order(argv[2], atoi(argv[3]), argc - 4, argv + 4);
	if (argc == 4 && !strcmp(argv[1], "behind"))
		return page_behind(argv[2], argv[3]);
	if (argc == 4 && !strcmp(argv[1], "churn"))
		return page_churn(argv[2], argv[3]);
	if (argc == 5 && !strcmp(argv[1], "crowd"))
		return page_crowd(argv[2], argv[3], atoi(argv[4]));
	return 2;
}
