// SPDX-License-Identifier: GPL-2.0
/*
 * page.c - the status page: who leads, for one read of memory
 *
 * A group has a page from the first BULLY_PAGE_ATTACH that names it. It is written
 * under the group's lock straight after a step, before anybody can drain what that
 * step asks for: page, then packet, then event. So a node's page no longer says that
 * it leads when its RESIGN leaves, which is before another's page says so (R6).
 *
 * Two hold a page, and it lives until both have let go: the group, until it ends and
 * has written that it is gone, and every open descriptor that is attached. A mapping
 * keeps its descriptor. None of them holds the group or its namespace. What a
 * descriptor is attached to never changes, so that readers of it take no lock.
 *
 * Any user may have any number of waiters. So they are woken by a work, which holds the
 * page, too, and neither under the group's lock nor in softirq. The work holds the lock of
 * the wait queue, with interrupts off, for BULLY_PAGE_WAKE of them at a time: wake_up() of
 * kernels since 6.7 would wake all of them under one hold.
 */
#include <linux/cacheflush.h>
#include <linux/fs.h>
#include <linux/kref.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/nsproxy.h>
#include <linux/poll.h>
#include <linux/slab.h>
#include <linux/time_namespace.h>
#include <linux/uaccess.h>
#include <linux/workqueue.h>

#include "netns/net.h"
#include "page/page.h"
#include "uapi/bully_page.h"

static_assert(sizeof(struct bully_page) <= PAGE_SIZE);
static_assert(BULLY_PAGE_NAME_LEN == BULLY_NAME_LEN);

#define BULLY_PAGE_WAKE 32 /* waiters that are woken under one hold of the lock */

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

/**
 * struct bully_page_file - an open descriptor
 * @lock: one ATTACH at a time
 * @net: where it was opened; NULL once it is attached (L)
 * @tracker: of @net
 * @page: NULL until it is attached, and the same from then on (L for write)
 * @seen: what read() gave last
 *
 * (L) by @lock, which is not taken under mmap_lock: user memory is touched under it.
 */
struct bully_page_file {
	struct mutex lock; /* L */
	struct net *net;
	netns_tracker tracker;
	struct bully_status_page *page;
	atomic64_t seen;
};

/* All that a module needs has been set up. */
static bool bully_page_is_ready;

static void bully_page_free(struct kref *ref)
{
	struct bully_status_page *page = container_of(ref, struct bully_status_page, ref);

	free_page((unsigned long)page->map);
	kfree(page);
}

static void bully_page_put(struct bully_status_page *page)
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

static struct bully_status_page *bully_page_alloc(void)
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

/*
 * Write what differs. The caller holds the lock of the page's group, or nobody else
 * knows the page yet.
 */
static void bully_page_store(struct bully_status_page *page, struct bully_page *next)
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
	if (!bully_net_queue(&page->wake))
		bully_page_put(page); /* it is queued already; the caller's is left */
}

/* What bully_page_update() does where there is a page. */
void bully_page_write(struct bully_group *group)
{
	const struct bully_core *core = &group->core;
	struct bully_page next = *group->page->map;

	lockdep_assert_held(&group->lock);
	next.state = core->state;
	next.quorum = core->opts.quorum;
	next.id = core->id;
	next.leader = core->leader;
	next.epoch = core->epoch;
	next.lease_end_ns = bully_core_lease_end(core);
	next.event_seq = core->event_seq;
	bully_page_store(group->page, &next);
}

/* A group takes the place of another, which has stopped: whoever looks at that one's page
 * looks at this one now.
 */
void bully_page_move(struct bully_group *from, struct bully_group *to)
{
	struct bully_status_page *page = from->page;

	lockdep_assert_held(&to->bn->lock);
	if (!page)
		return;
	bully_group_lock(from);
	from->page = NULL;
	bully_group_unlock_quiet(from);
	bully_group_lock(to);
	to->page = page;
	bully_page_write(to);
	bully_group_unlock_quiet(to);
}

/* A group is no more, and its page says so for as long as somebody looks at it. */
void bully_page_end(struct bully_group *group)
{
	struct bully_status_page *page = group->page;
	struct bully_page next;

	if (!page)
		return;
	bully_group_lock(group);
	group->page = NULL;
	next = *page->map;
	next.gone = 1;
	next.state = BULLY_STATE_INIT;
	next.leader = 0;
	next.lease_end_ns = 0;
	bully_page_store(page, &next);
	bully_group_unlock_quiet(group);
	bully_page_put(page);
}

/* The page of a group, which is made if there is none yet. Return: it with a reference
 * for the caller, or an ERR_PTR
 */
static struct bully_status_page *bully_page_get(struct bully_net *bn, const char *name)
{
	struct bully_status_page *page;
	struct bully_group *group;

	mutex_lock(&bn->lock);
	group = bully_net_find(bn, name);
	if (!group) {
		page = ERR_PTR(-ENOENT);
		goto unlock;
	}
	page = group->page;
	if (!page) {
		page = bully_page_alloc();
		if (!page) {
			page = ERR_PTR(-ENOMEM);
			goto unlock;
		}
		bully_group_lock(group);
		group->page = page;
		bully_page_write(group);
		bully_group_unlock_quiet(group);
	}
	kref_get(&page->ref);
unlock:
	mutex_unlock(&bn->lock);
	return page;
}

/*
 * Runs under the lock of all misc devices, so that misc_deregister() waits for it.
 * A module that could not be loaded goes whatever holds it: until nothing can fail any
 * more nobody gets a descriptor.
 */
static int bully_page_open(struct inode *inode, struct file *file)
{
	struct bully_page_file *pf;

	if (!READ_ONCE(bully_page_is_ready))
		return -ENODEV;
	pf = kzalloc(sizeof(*pf), GFP_KERNEL_ACCOUNT);
	if (!pf)
		return -ENOMEM;
	mutex_init(&pf->lock);
	/* until it is known which group it is for: a namespace that ends has no groups */
	pf->net = get_net_track(current->nsproxy->net_ns, &pf->tracker, GFP_KERNEL);
	file->private_data = pf;
	return stream_open(inode, file);
}

static void bully_page_put_net(struct bully_page_file *pf)
{
	put_net_track(pf->net, &pf->tracker);
	pf->net = NULL;
}

static int bully_page_release(struct inode *inode, struct file *file)
{
	struct bully_page_file *pf = file->private_data;

	if (pf->net)
		bully_page_put_net(pf);
	if (pf->page)
		bully_page_put(pf->page);
	kfree(pf);
	return 0;
}

/* What an attached descriptor is for; NULL before that. */
static struct bully_status_page *bully_page_of(struct file *file)
{
	struct bully_page_file *pf = file->private_data;

	return smp_load_acquire(&pf->page); /* pairs with bully_page_attach() */
}

static int bully_page_attach(struct bully_page_file *pf, struct bully_page_attach __user *arg)
{
	struct bully_page_attach attach;
	struct bully_status_page *page;

	if (copy_from_user(&attach, arg, sizeof(attach)))
		return -EFAULT;
	if (!bully_name_valid(attach.name))
		return -EINVAL;
	if (pf->page)
		return -EBUSY;
	page = bully_page_get(bully_net(pf->net), attach.name);
	if (IS_ERR(page))
		return PTR_ERR(page);
	attach.boottime_offset_ns = timens_add_boottime_ns(0);
	if (copy_to_user(arg, &attach, sizeof(attach))) {
		bully_page_put(page);
		return -EFAULT;
	}
	smp_store_release(&pf->page, page); /* whoever sees it sees it whole */
	bully_page_put_net(pf);
	return 0;
}

static long bully_page_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct bully_page_file *pf = file->private_data;
	int err;

	if (cmd != BULLY_PAGE_ATTACH)
		return -ENOTTY;
	mutex_lock(&pf->lock);
	err = bully_page_attach(pf, (struct bully_page_attach __user *)arg);
	mutex_unlock(&pf->lock);
	return err;
}

static int bully_page_mmap(struct file *file, struct vm_area_struct *vma)
{
	struct bully_status_page *page = bully_page_of(file);

	if (!page || vma->vm_pgoff || vma->vm_end - vma->vm_start != PAGE_SIZE)
		return -EINVAL;
	if (vma->vm_flags & VM_WRITE)
		return -EACCES;
	/* not by mprotect() either; a child of fork() has it, a core dump has not */
	vm_flags_mod(vma, VM_DONTEXPAND | VM_DONTDUMP, VM_MAYWRITE);
	return vm_insert_page(vma, vma->vm_start, virt_to_page(page->map));
}

static __poll_t bully_page_poll(struct file *file, poll_table *wait)
{
	struct bully_status_page *page = bully_page_of(file);
	struct bully_page_file *pf = file->private_data;

	if (!page)
		return EPOLLERR;
	poll_wait(file, &page->wait, wait);
	if (atomic64_read(&page->changes) == atomic64_read(&pf->seen))
		return 0;
	return EPOLLIN | EPOLLRDNORM;
}

/* Never waits: it says what has been seen, and poll() waits for more. */
static ssize_t bully_page_read(struct file *file, char __user *buf, size_t len, loff_t *pos)
{
	struct bully_status_page *page = bully_page_of(file);
	struct bully_page_file *pf = file->private_data;
	u64 changes;

	if (!page || len < sizeof(changes))
		return -EINVAL;
	changes = atomic64_read(&page->changes);
	if (copy_to_user(buf, &changes, sizeof(changes)))
		return -EFAULT;
	atomic64_set(&pf->seen, changes);
	return sizeof(changes);
}

static const struct file_operations bully_page_fops = {
	.owner = THIS_MODULE,
	.open = bully_page_open,
	.release = bully_page_release,
	.unlocked_ioctl = bully_page_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.mmap = bully_page_mmap,
	.poll = bully_page_poll,
	.read = bully_page_read,
};

static struct miscdevice bully_page_misc = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "bully",
	.fops = &bully_page_fops,
	.mode = 0444,
};

int bully_page_init(void)
{
	return misc_register(&bully_page_misc);
}

/* From now on the device can be opened. */
void bully_page_ready(void)
{
	WRITE_ONCE(bully_page_is_ready, true);
}

void bully_page_exit(void)
{
	misc_deregister(&bully_page_misc);
}
