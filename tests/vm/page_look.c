// SPDX-License-Identifier: GPL-2.0-only
/* page_look.c - opens, attaches and maps a status page, and reads it as a whole */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "page.h"

static int home;

void page_begin(void)
{
	home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
}

int64_t page_now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_BOOTTIME, &ts);
	return ts.tv_sec * 1000000000LL + ts.tv_nsec;
}

int page_open(const char *ns, int flags)
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

		/* back in the first namespace, so that this process does not keep the other one */
		if (setns(home, CLONE_NEWNET))
			exit(2);
		close(nsfd);
		errno = err;
	}
	return fd;
}

int page_attach(int fd, const char *name, int64_t *offset)
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

void page_copy(const struct bully_page *page, struct bully_page *out)
{
	const uint64_t *from = (const uint64_t *)page;
	uint64_t *to = (uint64_t *)out;
	unsigned int i;

	for (i = 0; i < sizeof(*page) / sizeof(*to); i++)
		to[i] = __atomic_load_n(&from[i], __ATOMIC_RELAXED);
}

unsigned int page_snap(const struct bully_page *page, struct bully_page *out)
{
	unsigned int n;

	for (n = 0; n < PAGE_RETRIES; n++) {
		uint32_t seq = __atomic_load_n(&page->seq, __ATOMIC_ACQUIRE);

		page_copy(page, out);
		__atomic_thread_fence(__ATOMIC_ACQUIRE);
		if (!(seq & 1) && __atomic_load_n(&page->seq, __ATOMIC_RELAXED) == seq)
			break;
	}
	return n;
}

bool page_snap_soon(const struct bully_page *page, struct bully_page *out)
{
	unsigned int ms;

	for (ms = 0; ms < PAGE_PATIENCE_MS; ms++) {
		if (page_snap(page, out) < PAGE_RETRIES)
			return true;
		usleep(1000);
	}
	return false;
}

const struct bully_page *page_look(const char *ns, const char *group, int64_t *offset)
{
	const void *map = MAP_FAILED;
	int fd = page_open(ns, O_RDONLY);

	if (fd >= 0 && !page_attach(fd, group, offset))
		map = mmap(NULL, PAGE_SIZE, PROT_READ, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED) {
		printf("%s %s: %s\n", ns, group, strerror(errno));
		exit(2);
	}
	close(fd);
	return map;
}
