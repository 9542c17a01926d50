/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The status page as it is read; no libnl here, so that a test can do without. */
#ifndef LIBBULLY_PAGE_H
#define LIBBULLY_PAGE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include <bully_page.h>

/**
 * struct bully_leadership - a mapped page
 * @fd: of the device, or -1
 * @page: mapped read-only
 * @size: of the mapping
 * @offset_ns: what CLOCK_BOOTTIME is ahead here of the page's
 * @mark: not 0; a forked child finds 0 there until it has looked at its clock
 * @timens_dev: the time namespace that @offset_ns is of
 * @timens_ino: likewise; 0 where it could not be learnt
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
 * struct bully_page_view - what one look at a page has found, all of one moment
 * @state: enum bully_state
 * @epoch: of the leader
 * @lease_end_ns: as in the page
 */
struct bully_page_view {
	uint32_t state;
	uint64_t epoch;
	uint64_t lease_end_ns;
};

/* A classic leader's lease has no end. */
#define BULLY_PAGE_ALWAYS UINT64_MAX

/* False where the writer was at it all the time. */
bool bully_page_read(const struct bully_page *page, struct bully_page_view *view);
bool bully_page_leads(const struct bully_page_view *view, int64_t offset_ns, uint64_t now_ns);
/* -1 and errno where it cannot be done. */
int bully_page_watch_forks(struct bully_leadership *l);

#endif /* LIBBULLY_PAGE_H */
