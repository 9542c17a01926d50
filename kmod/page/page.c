// SPDX-License-Identifier: GPL-2.0-only
/*
 * page.c - a status page: shows the leader of a group for the cost of a memory read
 *
 * A page is freed when all references are released. The group holds a reference until the
 * group ends and has written that it is gone. Each attached descriptor holds a reference,
 * and a mapping keeps its descriptor. The work item holds a reference while it is queued.
 * A page holds neither the group nor its namespace.
 *
 * Any user may have any number of waiters. So a work item wakes the waiters, neither under
 * the group's lock nor in softirq. The work item wakes BULLY_PAGE_WAKE waiters under one
 * hold of the wait queue's lock, with interrupts off. wake_up() of kernels since 6.7 would
 * wake all waiters under one hold.
 */
#include <linux/cacheflush.h>
#include <linux/mm.h>
#include <linux/poll.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "base/queue.h"
#include "core/core.h"
#include "page/page.h"

static_assert(sizeof(struct bully_page) <= PAGE_SIZE);
static_assert(BULLY_PAGE_NAME_LEN == BULLY_NAME_LEN);

#define BULLY_PAGE_WAKE 32 /* waiters that are woken under one hold of the lock */

static void bully_page_free(struct kref *ref)
{
	struct bully_status_page *page = container_of(ref, struct bully_status_page, ref);

	free_page((unsigned long)page->map);
	kfree(page);
}

/* Release a reference. */
void bully_page_put(struct bully_status_page *page)
{
	kref_put(&page->ref, bully_page_free);
}

/* The function of a mark in a wait queue, which is no waiter: wakes nothing. */
static int bully_page_wake_none(struct wait_queue_entry *entry, unsigned int mode, int flags,
				void *key)
{
	return 0;
}

/*
 * Wake up to BULLY_PAGE_WAKE waiters between @from and @to. Only the work item of the page
 * walks its wait queue; other contexts add and remove their own entries. Return: false if no
 * waiter is left
 */
static bool bully_page_wake_some(struct wait_queue_head *head, struct wait_queue_entry *from,
				 const struct wait_queue_entry *to)
{
	void *key = poll_to_key(EPOLLIN | EPOLLRDNORM);
	struct wait_queue_entry *entry;
	int n;

	lockdep_assert_held(&head->lock);
	for (n = 0; n < BULLY_PAGE_WAKE; n++) {
		entry = list_next_entry(from, entry);
		if (entry == to)
			return false;
		/* before the wakeup, because the waiter may remove its own entry */
		list_move(&from->entry, &entry->entry);
		entry->func(entry, TASK_INTERRUPTIBLE, 0, key);
	}
	return true;
}

/* Wake all waiters. A process that begins to wait meanwhile sees the change without a wakeup. */
static void bully_page_wake_all(struct wait_queue_head *head)
{
	struct wait_queue_entry from = { .func = bully_page_wake_none };
	struct wait_queue_entry to = { .func = bully_page_wake_none };

	spin_lock_irq(&head->lock);
	list_add(&from.entry, &head->head);
	list_add_tail(&to.entry, &head->head);
	while (bully_page_wake_some(head, &from, &to)) {
		spin_unlock_irq(&head->lock);
		cond_resched();
		spin_lock_irq(&head->lock);
	}
	list_del(&from.entry);
	list_del(&to.entry);
	spin_unlock_irq(&head->lock);
}

static void bully_page_wake(struct work_struct *work)
{
	struct bully_status_page *page = container_of(work, struct bully_status_page, wake);

	bully_page_wake_all(&page->wait);
	bully_page_put(page);
}

/* Returns a page with one reference, or NULL without memory. */
struct bully_status_page *bully_page_alloc(void)
{
	struct bully_status_page *page = kzalloc(sizeof(*page), GFP_KERNEL_ACCOUNT);

	if (!page)
		return NULL;
	page->map = (void *)get_zeroed_page(GFP_KERNEL_ACCOUNT);
	if (!page->map) {
		kfree(page);
		return NULL;
	}
	page->map->magic = BULLY_PAGE_MAGIC;
	page->map->version = BULLY_PAGE_VERSION;
	kref_init(&page->ref);
	init_waitqueue_head(&page->wait);
	INIT_WORK(&page->wake, bully_page_wake);
	return page;
}

/* Take another reference. */
void bully_page_hold(struct bully_status_page *page)
{
	kref_get(&page->ref);
}

/* Copy the page. Caller holds the lock of the page's group. */
void bully_page_read(const struct bully_status_page *page, struct bully_page *out)
{
	*out = *page->map;
}

/**
 * bully_page_store() - write the page if its content changes, and wake waiters
 * @page: the page; the caller holds the lock of the page's group
 * @next: the new content; its @seq and @changes are set here
 */
void bully_page_store(struct bully_status_page *page, struct bully_page *next)
{
	struct bully_page *map = page->map;
	unsigned long flags;
	bool changed;

	changed = next->state != map->state || next->quorum != map->quorum ||
		  next->gone != map->gone || next->id != map->id || next->leader != map->leader ||
		  next->epoch != map->epoch;
	if (!changed && next->lease_end_ns == map->lease_end_ns &&
	    next->event_seq == map->event_seq)
		return;
	next->changes = map->changes + changed;
	next->seq = map->seq + 1;
	/* readers retry only for a short time, so no interrupt may come between the two stores */
	local_irq_save(flags);
	WRITE_ONCE(map->seq, next->seq);
	smp_wmb(); /* a reader that sees any new field sees the odd seq, too */
	*map = *next;
	smp_wmb(); /* a reader that sees the even seq sees all new fields */
	WRITE_ONCE(map->seq, next->seq + 1);
	local_irq_restore(flags);
	/* processes map the page at another address, which may have another cache */
	flush_dcache_page(virt_to_page(map));
	if (!changed)
		return;
	atomic64_set(&page->changes, next->changes);
	kref_get(&page->ref);
	if (!bully_queue_tell(&page->wake))
		bully_page_put(page); /* already queued, with a reference of its own */
}
