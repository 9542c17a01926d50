// SPDX-License-Identifier: GPL-2.0
/*
 * page.c - reads status pages, and says whether they keep their word
 *
 *   page                          does as stdin says, a line of answer for each:
 *     open S NS [rw]              opens /dev/bully in a network namespace, as descriptor S
 *     attach S GROUP              (@empty, @full, @tail: bad names)
 *     map S [r|rw [shared|private [LENGTH [OFFSET]]]]
 *     get S | fork S              what the mapped page says; in a child
 *     read S LENGTH | poll S MS | ioctl S
 *     protect S | grow S | poke S  tries to write to the mapping, or to have more of it
 *     unmap S | close S
 *   page storm NS GROUP MS        reads without a pause; is anything torn?
 *   page order GROUP MS NS...     until SIGTERM or that long: does an old leader's page ever say that it leads after
 *                                 another page has told of a later one?
 *   page behind NS GROUP          is it ever behind the events of 'monitor -j', on stdin?
 *   page churn NS GROUP           until SIGTERM: opens, attaches, maps, reads, closes
 *   page crowd NS GROUP N         says "ready" when N waiters wait; is each of them woken by one change?
 * An answer is what was asked for, or the name of an error.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "bully.h"
#include "bully_page.h"

#define SLOTS 8
#define SIZE 4096
#define RETRIES 1000
#define PATIENCE_MS 10000

static struct slot {
	int fd;
	int64_t offset;
	const struct bully_page *map;
	size_t len;
} slots[SLOTS];
static int home;
static volatile sig_atomic_t stopped;

static int64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_BOOTTIME, &ts);
	return ts.tv_sec * 1000000000LL + ts.tv_nsec;
}

static int open_in(const char *ns, int flags)
{
	char path[128];
	int fd, nsfd;

	snprintf(path, sizeof(path), "/run/netns/%s", ns);
	nsfd = open(path, O_RDONLY | O_CLOEXEC);
	if (strcmp(ns, "-") && (nsfd < 0 || setns(nsfd, CLONE_NEWNET)))
		return -1;
	fd = open(BULLY_PAGE_DEVICE, flags | O_CLOEXEC);
	if (nsfd >= 0) {
		int err = errno;

		/* this process must not be what keeps the namespace */
		if (setns(home, CLONE_NEWNET))
			exit(2);
		close(nsfd);
		errno = err;
	}
	return fd;
}

static int attach(int fd, const char *name, int64_t *offset)
{
	struct bully_page_attach arg = { .boottime_offset_ns = -1 };
	int rc;

	if (!strcmp(name, "@full"))
		memset(arg.name, 'g', sizeof(arg.name));
	else if (!strcmp(name, "@tail"))
		memcpy(arg.name, "g\0x", 3);
	else if (strcmp(name, "@empty"))
		strncpy(arg.name, name, sizeof(arg.name) - 1);
	rc = ioctl(fd, BULLY_PAGE_ATTACH, &arg);
	if (!rc && offset)
		*offset = arg.boottime_offset_ns;
	return rc;
}

static void copy(const struct bully_page *page, struct bully_page *out)
{
	const uint64_t *from = (const uint64_t *)page;
	uint64_t *to = (uint64_t *)out;
	unsigned int i;

	for (i = 0; i < sizeof(*page) / sizeof(*to); i++)
		to[i] = __atomic_load_n(&from[i], __ATOMIC_RELAXED);
}

/* Return: how often it was tried again, RETRIES if in vain */
static unsigned int snap(const struct bully_page *page, struct bully_page *out)
{
	unsigned int n;

	for (n = 0; n < RETRIES; n++) {
		uint32_t seq = __atomic_load_n(&page->seq, __ATOMIC_ACQUIRE);

		copy(page, out);
		__atomic_thread_fence(__ATOMIC_ACQUIRE);
		if (!(seq & 1) && __atomic_load_n(&page->seq, __ATOMIC_RELAXED) == seq)
			break;
	}
	return n;
}

/* The same where somebody waits for it: the machine may not be running who writes. */
static bool snap_soon(const struct bully_page *page, struct bully_page *out)
{
	unsigned int ms;

	for (ms = 0; ms < PATIENCE_MS; ms++) {
		if (snap(page, out) < RETRIES)
			return true;
		usleep(1000);
	}
	return false;
}

/* A page of a group, or no return. */
static const struct bully_page *look(const char *ns, const char *group, int64_t *offset)
{
	const void *map = MAP_FAILED;
	int fd = open_in(ns, O_RDONLY);

	if (fd >= 0 && !attach(fd, group, offset))
		map = mmap(NULL, SIZE, PROT_READ, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED) {
		printf("%s %s: %s\n", ns, group, strerror(errno));
		exit(2);
	}
	close(fd);
	return map;
}

/* ---- what stdin says ------------------------------------------------------ */

static void answer(int rc)
{
	printf("%s\n", rc ? strerrorname_np(errno) : "ok");
}

static void print(const struct slot *s)
{
	struct bully_page p;
	int64_t now;

	if (!snap_soon(s->map, &p)) {
		puts("torn");
		return;
	}
	now = now_ns() - s->offset;
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

	s->len = len ? strtoul(len, NULL, 0) : SIZE;
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
	int64_t began = now_ns();

	poll(&pfd, 1, atoi(ms));
	printf("%s after %lld ms\n",
	       pfd.revents ? (pfd.revents & POLLERR ? "err" : "in") : "none",
	       (long long)(now_ns() - began) / 1000000);
}

/* By the door through which a debugger writes to read-only memory. */
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
	struct slot *s = &slots[w[1] ? atoi(w[1]) % SLOTS : 0];

	if (!strcmp(w[0], "open")) {
		s->fd = open_in(w[2], w[3] ? O_RDWR : O_RDONLY);
		answer(s->fd < 0);
	} else if (!strcmp(w[0], "attach")) {
		answer(attach(s->fd, w[2], &s->offset));
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
		answer(mremap((void *)s->map, s->len, 2 * SIZE, MREMAP_MAYMOVE) == MAP_FAILED);
	} else if (!strcmp(w[0], "poke")) {
		do_poke(s);
	} else if (!strcmp(w[0], "unmap")) {
		answer(munmap((void *)s->map, s->len));
	} else if (!strcmp(w[0], "close")) {
		answer(close(s->fd));
	} else {
		printf("what is %s?\n", w[0]);
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

/* ---- what a page may never say -------------------------------------------- */

static const char *impossible(const struct bully_page *p, const struct bully_page *last)
{
	if (p->magic != BULLY_PAGE_MAGIC || p->version != BULLY_PAGE_VERSION)
		return "what it is";
	if ((p->state == BULLY_STATE_LEADER) != (p->leader == p->id))
		return "the leader is another node, or this one and does not lead";
	if ((p->state == BULLY_STATE_LEADER) != (p->lease_end_ns != 0))
		return "who does not lead has a lease, or who leads has none";
	if ((p->state == BULLY_STATE_FOLLOWER) != (p->leader && p->leader != p->id))
		return "it follows nobody, or does not follow its leader";
	if (p->changes < last->changes || p->event_seq < last->event_seq || p->epoch < last->epoch)
		return "it goes back";
	if (p->changes == last->changes &&
	    (p->state != last->state || p->leader != last->leader || p->epoch != last->epoch))
		return "a change is not counted";
	return NULL;
}

static int storm(const char *ns, const char *group, int ms)
{
	unsigned long reads = 0, retried = 0, torn = 0, gave_up = 0;
	const struct bully_page *page = look(ns, group, NULL);
	int64_t end = now_ns() + ms * 1000000LL;
	struct bully_page first, last, p, raw;
	const char *bad = NULL;

	snap(page, &first);
	last = first;
	while (!bad && (reads % 64 || now_ns() < end)) {
		unsigned int n;

		/* what who does not look at seq gets: so there is something to be found */
		copy(page, &raw);
		n = snap(page, &p);
		reads++;
		retried += n;
		gave_up += n == RETRIES;
		if (n == RETRIES)
			continue;
		bad = impossible(&p, &last);
		torn += raw.seq & 1 || impossible(&raw, &last);
		last = p;
	}
	printf("%lu reads, %lu tried again, %lu in vain, %lu torn without seq; %llu changes, %u writes%s%s\n",
	       reads, retried, gave_up, torn, (unsigned long long)(last.changes - first.changes),
	       (last.seq - first.seq) / 2, bad ? "; " : "", bad ? bad : "");
	return bad != NULL;
}

static void stop(int signal)
{
	(void)signal;
	stopped = true;
}

/* Q1, as pages tell it: once one has told of an epoch, none leads under one below. */
static int order(const char *group, int ms, int n, char **ns)
{
	int64_t end = now_ns() + ms * 1000000LL, offset, now;
	const struct bully_page *page[SLOTS];
	unsigned long reads = 0, leads = 0, changes = 0;
	struct bully_page p;
	uint64_t newest = 0;
	uint32_t leader = 0;
	int i;

	signal(SIGTERM, stop);
	for (i = 0; i < n; i++)
		page[i] = look(ns[i], group, &offset);
	do {
		for (i = 0; i < n; i++) {
			if (snap(page[i], &p) == RETRIES)
				continue;
			now = now_ns() - offset;
			reads++;
			if (p.state == BULLY_STATE_LEADER && (uint64_t)now < p.lease_end_ns) {
				leads++;
				if (p.epoch < newest) {
					printf("%s leads under epoch %llu after %llu of %u was told\n",
					       ns[i], (unsigned long long)p.epoch,
					       (unsigned long long)newest, leader);
					return 1;
				}
			}
			if (p.leader && p.epoch > newest) {
				changes += p.leader != leader;
				newest = p.epoch;
				leader = p.leader;
			}
		}
	} while (!stopped && now_ns() < end);
	printf("%lu reads, %lu of a leader, %lu leaders\n", reads, leads, changes);
	return 0;
}

static int behind(const char *ns, const char *group)
{
	const struct bully_page *page = look(ns, group, NULL);
	unsigned long events = 0;
	struct bully_page p;
	char line[16384];

	while (fgets(line, sizeof(line), stdin)) {
		const char *seq = strstr(line, "\"seq\":");

		if (!seq || snap(page, &p) == RETRIES)
			continue;
		/* by its first, a snapshot, the monitor listens */
		if (!events++) {
			puts("ready");
			fflush(stdout);
		}
		if (p.event_seq < strtoull(seq + 6, NULL, 10)) {
			printf("the page is at event %llu when %s", (unsigned long long)p.event_seq,
			       line);
			return 1;
		}
	}
	printf("%lu events\n", events);
	return 0;
}

static int churn(const char *ns, const char *group)
{
	unsigned long opened = 0, attached = 0, gone = 0;
	struct bully_page p;

	signal(SIGTERM, stop);
	while (!stopped) {
		int fd = open_in(ns, O_RDONLY);
		const void *map;

		if (fd < 0)
			goto err;
		opened++;
		if (!attach(fd, group, NULL)) {
			attached++;
			map = mmap(NULL, SIZE, PROT_READ, MAP_SHARED, fd, 0);
			if (map == MAP_FAILED)
				goto err;
			usleep(opened % 16 * 1000);
			if (!snap_soon(map, &p))
				goto err;
			gone += p.gone;
			munmap((void *)map, SIZE);
		} else if (errno == ENOENT) {
			usleep(5000);	/* which SIGTERM may end */
		} else {
			goto err;
		}
		close(fd);
	}
	printf("%lu opened, %lu attached, %lu gone under it\n", opened, attached, gone);
	return 0;
err:
	printf("after %lu: %s\n", opened, strerror(errno));
	return 1;
}

/* Each waiter is an epoll of its own, which is readable only after it was woken. */
static int crowd(const char *ns, const char *group, int n)
{
	struct rlimit limit = { .rlim_cur = n + 64, .rlim_max = n + 64 };
	struct epoll_event ev = { .events = EPOLLIN };
	int fd, i, woken = 0, *waiter = calloc(n, sizeof(*waiter));
	uint64_t seen;

	if (!waiter || setrlimit(RLIMIT_NOFILE, &limit))
		goto err;
	fd = open_in(ns, O_RDONLY);
	if (fd < 0 || attach(fd, group, NULL) || read(fd, &seen, sizeof(seen)) != sizeof(seen))
		goto err;
	for (i = 0; i < n; i++) {
		waiter[i] = epoll_create1(EPOLL_CLOEXEC);
		if (waiter[i] < 0 || epoll_ctl(waiter[i], EPOLL_CTL_ADD, fd, &ev))
			goto err;
	}
	puts("ready");
	fflush(stdout);
	for (i = 0; i < n; i++)
		woken += epoll_wait(waiter[i], &ev, 1, i ? PATIENCE_MS / 10 : 60000) == 1;
	printf("%d of %d waiters woken\n", woken, n);
	return woken != n;
err:
	printf("%s\n", strerror(errno));
	return 1;
}

int main(int argc, char **argv)
{
	int i;

	home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	for (i = 0; i < SLOTS; i++)
		slots[i].fd = -1;
	if (argc == 1)
		return commands();
	if (argc == 5 && !strcmp(argv[1], "storm"))
		return storm(argv[2], argv[3], atoi(argv[4]));
	if (argc > 4 && argc <= 4 + SLOTS && !strcmp(argv[1], "order"))
		return order(argv[2], atoi(argv[3]), argc - 4, argv + 4);
	if (argc == 4 && !strcmp(argv[1], "behind"))
		return behind(argv[2], argv[3]);
	if (argc == 4 && !strcmp(argv[1], "churn"))
		return churn(argv[2], argv[3]);
	if (argc == 5 && !strcmp(argv[1], "crowd"))
		return crowd(argv[2], argv[3], atoi(argv[4]));
	return 2;
}
