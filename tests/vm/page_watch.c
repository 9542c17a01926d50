// SPDX-License-Identifier: GPL-2.0-only
/* page_watch.c - watches status pages for values that must never occur */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "page.h"

static volatile sig_atomic_t stopped;

static const char *impossible(const struct bully_page *p, const struct bully_page *last)
{
	if (p->magic != BULLY_PAGE_MAGIC || p->version != BULLY_PAGE_VERSION)
		return "the magic number or the version is wrong";
	if ((p->state == BULLY_STATE_LEADER) != (p->leader == p->id))
		return "the state and the leader disagree on whether this node leads";
	if ((p->state == BULLY_STATE_LEADER) != (p->lease_end_ns != 0))
		return "a node that does not lead has a lease, or a leader has none";
	if ((p->state == BULLY_STATE_FOLLOWER) != (p->leader && p->leader != p->id))
		return "a follower has no leader, or a node with a leader does not follow";
	if (p->changes < last->changes || p->event_seq < last->event_seq || p->epoch < last->epoch)
		return "a counter or the epoch falls";
	if (p->changes == last->changes &&
	    (p->state != last->state || p->leader != last->leader || p->epoch != last->epoch))
		return "a change is not counted";
	return NULL;
}

int page_storm(const char *ns, const char *group, int ms)
{
	unsigned long reads = 0, retried = 0, torn = 0, gave_up = 0;
	const struct bully_page *page = page_look(ns, group, NULL);
	int64_t end = page_now_ns() + ms * 1000000LL;
	struct bully_page first, last, p, raw;
	const char *bad = NULL;

	page_snap(page, &first);
	last = first;
	while (!bad && (reads % 64 || page_now_ns() < end)) {
		unsigned int n;

		/* a reader without seq sees torn pages, which shows that the test can find some */
		page_copy(page, &raw);
		n = page_snap(page, &p);
		reads++;
		retried += n;
		gave_up += n == PAGE_RETRIES;
		if (n == PAGE_RETRIES)
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

/* Q1 in pages: after one page had a leader's epoch, no page leads under a lower epoch. */
int page_order(const char *group, int ms, int n, char **ns)
{
	int64_t end = page_now_ns() + ms * 1000000LL, offset, now;
	const struct bully_page *page[PAGE_SLOTS];
	unsigned long reads = 0, leads = 0, changes = 0;
	struct bully_page p;
	uint64_t newest = 0;
	uint32_t leader = 0;
	int i;

	signal(SIGTERM, stop);
	for (i = 0; i < n; i++)
		page[i] = page_look(ns[i], group, &offset);
	do {
		for (i = 0; i < n; i++) {
			if (page_snap(page[i], &p) == PAGE_RETRIES)
				continue;
			now = page_now_ns() - offset;
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
	} while (!stopped && page_now_ns() < end);
	printf("%lu reads, %lu of a leader, %lu leaders\n", reads, leads, changes);
	return 0;
}

int page_behind(const char *ns, const char *group)
{
	const struct bully_page *page = page_look(ns, group, NULL);
	unsigned long events = 0;
	struct bully_page p;
	char line[16384];

	while (fgets(line, sizeof(line), stdin)) {
		const char *seq = strstr(line, "\"seq\":");

		if (!seq || page_snap(page, &p) == PAGE_RETRIES)
			continue;
		/* the first event is a snapshot: the monitor listens from then on */
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

int page_churn(const char *ns, const char *group)
{
	unsigned long opened = 0, attached = 0, gone = 0;
	struct bully_page p;

	signal(SIGTERM, stop);
	while (!stopped) {
		int fd = page_open(ns, O_RDONLY);
		const void *map;

		if (fd < 0)
			goto err;
		opened++;
		if (!page_attach(fd, group, NULL)) {
			attached++;
			map = mmap(NULL, PAGE_SIZE, PROT_READ, MAP_SHARED, fd, 0);
			if (map == MAP_FAILED)
				goto err;
			usleep(opened % 16 * 1000);
			if (!page_snap_soon(map, &p))
				goto err;
			gone += p.gone;
			munmap((void *)map, PAGE_SIZE);
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

/* Each waiter is an epoll descriptor, which is readable only after it was woken. */
int page_crowd(const char *ns, const char *group, int n)
{
	struct rlimit limit = { .rlim_cur = n + 64, .rlim_max = n + 64 };
	struct epoll_event ev = { .events = EPOLLIN };
	int fd, i, woken = 0, *waiter = calloc(n, sizeof(*waiter));
	uint64_t seen;

	if (!waiter || setrlimit(RLIMIT_NOFILE, &limit))
		goto err;
	fd = page_open(ns, O_RDONLY);
	if (fd < 0 || page_attach(fd, group, NULL) || read(fd, &seen, sizeof(seen)) != sizeof(seen))
		goto err;
	for (i = 0; i < n; i++) {
		waiter[i] = epoll_create1(EPOLL_CLOEXEC);
		if (waiter[i] < 0 || epoll_ctl(waiter[i], EPOLL_CTL_ADD, fd, &ev))
			goto err;
	}
	puts("ready");
	fflush(stdout);
	for (i = 0; i < n; i++)
		woken += epoll_wait(waiter[i], &ev, 1, i ? PAGE_PATIENCE_MS / 10 : 60000) == 1;
	printf("%d of %d waiters woken\n", woken, n);
	return woken != n;
err:
	printf("%s\n", strerror(errno));
	return 1;
}
