// SPDX-License-Identifier: GPL-2.0
/*
 * page.c - a status page: who leads, for one read of memory
 *
 * Two hold a page, and it lives until both have let go: the group, until it ends and
 * has written that it is gone, and every open descriptor that is attached. A mapping
 * keeps its descriptor. None of them holds the group or its namespace.
 *
 * Any user may have any number of waiters. So they are woken by a work, which holds the
 * page, too, and neither under the group's lock nor in softirq. The work holds the lock of
 * the wait queue, with interrupts off, for BULLY_PAGE_WAKE of them at a time: wake_up() of
 * kernels since 6.7 would wake all of them under one hold.
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

/* Give back a reference. */
void bully_page_put(struct bully_status_page *page)
{
	kref_put(&page->ref, bully_page_free);
}

/* A mark in a wait queue is no waiter. */
static int bully_page_wake_none(struct wait_queue_entry *entry, unsigned int mode, int flags,
				void *key)
{
	return 0;
}

/*
 * Wake the next waiters, those between @from and @to. Only the work of the page walks its
 * wait queue; others add and remove entries of their own. Return: false if none are left
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
		/* first, for the waiter may take itself out */
		list_move(&from->entry, &entry->entry);
		entry->func(entry, TASK_INTERRUPTIBLE, 0, key);
	}
	return true;
}

/* Who begins to wait meanwhile sees the change without being woken. */
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

/* A page with one reference, or NULL without memory. */
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
 * bully_page_store() - write what differs
 * @page: the page; the caller holds the lock of its group
 * @next: what the page is to say; its numbers are set here
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
	/* readers give up soon: nothing may come between the two halves */
	local_irq_save(flags);
	WRITE_ONCE(map->seq, next->seq);
	smp_wmb(); /* who sees any of the rest then sees that seq has changed */
	*map = *next;
	smp_wmb(); /* who sees seq even sees all of the rest */
	WRITE_ONCE(map->seq, next->seq + 1);
	local_irq_restore(flags);
	/* processes see it at another address, whose cache may be another one */
	flush_dcache_page(virt_to_page(map));
	if (!changed)
		return;
	atomic64_set(&page->changes, next->changes);
	kref_get(&page->ref);
	if (!bully_queue_tell(&page->wake))
		bully_page_put(page); /* it is queued already; the caller's is left */
}
