/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reads the status page. This header needs no libnl, so that tests can include it alone. */
#ifndef LIBBULLY_PAGE_H
#define LIBBULLY_PAGE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include <bully_page.h>

/**
 * struct bully_leadership - a mapped status page
 * @fd: descriptor of the device, or -1
 * @page: the page, mapped read-only
 * @size: size of the mapping in bytes
 * @offset_ns: CLOCK_BOOTTIME of this process minus that of the page
 * @mark: 1 if @offset_ns is valid in this process; the kernel clears it in a forked child, and
 *	same_clock() sets it again
 * @timens_dev: device number of the time namespace for which @offset_ns holds
 * @timens_ino: inode number of that namespace; 0 if unknown
 */
struct bully_leadership {
	int fd;
	const struct bully_page *page;
	size_t size;
	int64_t offset_ns;
	unsigned char *mark;
	dev_t timens_dev;
	ino_t timens_ino;
};

/**
 * struct bully_page_view - a consistent copy of the page at one moment
 * @state: enum bully_state
 * @epoch: epoch of the leader
 * @lease_end_ns: end of the lease by the page's clock; 0 if the page is gone
 */
struct bully_page_view {
	uint32_t state;
	uint64_t epoch;
	uint64_t lease_end_ns;
};

/* The value of lease_end_ns in classic mode: the lease has no end. */
#define BULLY_PAGE_ALWAYS UINT64_MAX

/* Copies the page. Returns false if the kernel was writing it during every attempt. */
bool bully_page_read(const struct bully_page *page, struct bully_page_view *view);
/* Returns true if the node of @view leads at @now_ns, which is CLOCK_BOOTTIME of this process. */
bool bully_page_leads(const struct bully_page_view *view, int64_t offset_ns, uint64_t now_ns);
/* Sets up @mark, so that a forked child checks its clock. Returns 0, or -1 with an errno. */
int bully_page_watch_forks(struct bully_leadership *l);

#endif /* LIBBULLY_PAGE_H */
