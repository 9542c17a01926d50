/* SPDX-License-Identifier: GPL-2.0 */
/* page.h - owns a status page: a group as it is, in memory that any process may map */
#ifndef BULLY_PAGE_H
#define BULLY_PAGE_H

#include <linux/atomic.h>
#include <linux/kref.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include "uapi/bully_page.h"

/**
 * struct bully_status_page - a page, and who waits for it to change
 * @ref: the group's, one of each attached descriptor, and one of @wake while it is queued
 * @map: the page; written under the lock of the group that holds it
 * @changes: the page's, for those who may not read half of it
 * @wait: woken after @changes rose; only @wake walks it
 * @wake: wakes them; a work runs in one place at a time
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
