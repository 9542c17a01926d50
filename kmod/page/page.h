/* SPDX-License-Identifier: GPL-2.0-only */
/* page.h - owns a status page: the state of a group in memory that any process may map */
#ifndef BULLY_PAGE_H
#define BULLY_PAGE_H

#include <linux/atomic.h>
#include <linux/kref.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include "uapi/bully_page.h"

/**
 * struct bully_status_page - a status page and its waiters
 * @ref: one reference of the group, one of each attached descriptor, one of a queued @wake
 * @map: the page; written under the lock of the group that holds it
 * @changes: a copy of the page's @changes that can be read atomically
 * @wait: the waiters, woken after @changes rose; only @wake walks this queue
 * @wake: wakes the waiters; runs on one processor at a time
 */
struct bully_status_page {
	struct kref ref;
	struct bully_page *map;
	atomic64_t changes;
	wait_queue_head_t wait;
	struct work_struct wake;
};

struct bully_status_page *bully_page_alloc(void);
void bully_page_hold(struct bully_status_page *page);
void bully_page_put(struct bully_status_page *page);

/* under the lock of the page's group */
void bully_page_read(const struct bully_status_page *page, struct bully_page *out);
void bully_page_store(struct bully_status_page *page, struct bully_page *next);

#endif /* BULLY_PAGE_H */
