// SPDX-License-Identifier: GPL-2.0-only
/*
 * device.c - /dev/bully: attach to a group, then map, poll and read its status page
 *
 * A descriptor stays attached to its page, so mmap, poll and read take no lock.
 */
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/nsproxy.h>
#include <linux/poll.h>
#include <linux/slab.h>
#include <linux/time_namespace.h>
#include <linux/uaccess.h>

#include "group/status.h"
#include "netns/table.h"
#include "page/device.h"
#include "page/page.h"

/**
 * struct bully_device_file - an open descriptor
 * @lock: serialises ATTACH
 * @net: the namespace in which the descriptor was opened; NULL once it is attached (L)
 * @tracker: the reference tracker of @net
 * @page: the page; NULL until the descriptor is attached, and then constant (L for write)
 * @seen: the counter that read() returned last
 *
 * (L) protected by @lock, which is never taken under mmap_lock, because user memory is
 * accessed under @lock.
 */
struct bully_device_file {
	struct mutex lock; /* L */
	struct net *net;
	netns_tracker tracker;
	struct bully_status_page *page;
	atomic64_t seen;
};

/* The module is loaded completely, and nothing can fail any more. */
static bool bully_device_is_ready;

/* Returns the page of a group, with a reference for the caller; or an ERR_PTR. */
static struct bully_status_page *bully_device_page(struct bully_net *bn, const char *name)
{
	struct bully_status_page *page;
	struct bully_group *group;

	mutex_lock(&bn->lock);
	group = bully_net_find(bn, name);
	page = group ? bully_status_get(group) : ERR_PTR(-ENOENT);
	mutex_unlock(&bn->lock);
	return page ? page : ERR_PTR(-ENOMEM);
}

/*
 * Runs under the lock of all misc devices, so misc_deregister() waits for an open. A module
 * that fails to load is removed even if a descriptor holds a reference to it. Therefore no
 * descriptor is opened until nothing can fail any more.
 */
static int bully_device_open(struct inode *inode, struct file *file)
{
	struct bully_device_file *pf;

	if (!READ_ONCE(bully_device_is_ready))
		return -ENODEV;
	pf = kzalloc(sizeof(*pf), GFP_KERNEL_ACCOUNT);
	if (!pf)
		return -ENOMEM;
	mutex_init(&pf->lock);
	/* until the descriptor is attached; the page needs no namespace */
	pf->net = get_net_track(current->nsproxy->net_ns, &pf->tracker, GFP_KERNEL);
	file->private_data = pf;
	return stream_open(inode, file);
}

static void bully_device_put_net(struct bully_device_file *pf)
{
	put_net_track(pf->net, &pf->tracker);
	pf->net = NULL;
}

static int bully_device_release(struct inode *inode, struct file *file)
{
	struct bully_device_file *pf = file->private_data;

	if (pf->net)
		bully_device_put_net(pf);
	if (pf->page)
		bully_page_put(pf->page);
	kfree(pf);
	return 0;
}

/* Returns the page of an attached descriptor; NULL before the descriptor is attached. */
static struct bully_status_page *bully_device_of(struct file *file)
{
	struct bully_device_file *pf = file->private_data;

	return smp_load_acquire(&pf->page); /* pairs with bully_device_attach() */
}

static int bully_device_attach(struct bully_device_file *pf, struct bully_page_attach __user *arg)
{
	struct bully_page_attach attach;
	struct bully_status_page *page;

	if (copy_from_user(&attach, arg, sizeof(attach)))
		return -EFAULT;
	if (!bully_name_valid(attach.name))
		return -EINVAL;
	if (pf->page)
		return -EBUSY;
	page = bully_device_page(bully_net(pf->net), attach.name);
	if (IS_ERR(page))
		return PTR_ERR(page);
	attach.boottime_offset_ns = timens_add_boottime_ns(0);
	if (copy_to_user(arg, &attach, sizeof(attach))) {
		bully_page_put(page);
		return -EFAULT;
	}
	smp_store_release(&pf->page, page); /* a reader of the pointer sees a complete page */
	bully_device_put_net(pf);
	return 0;
}

static long bully_device_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct bully_device_file *pf = file->private_data;
	int err;

	if (cmd != BULLY_PAGE_ATTACH)
		return -ENOTTY;
	mutex_lock(&pf->lock);
	err = bully_device_attach(pf, (struct bully_page_attach __user *)arg);
	mutex_unlock(&pf->lock);
	return err;
}

static int bully_device_mmap(struct file *file, struct vm_area_struct *vma)
{
	struct bully_status_page *page = bully_device_of(file);

	if (!page || vma->vm_pgoff || vma->vm_end - vma->vm_start != PAGE_SIZE)
		return -EINVAL;
	if (vma->vm_flags & VM_WRITE)
		return -EACCES;
	/* mprotect() cannot make it writable; fork() copies the mapping, a core dump does not */
	vm_flags_mod(vma, VM_DONTEXPAND | VM_DONTDUMP, VM_MAYWRITE);
	return vm_insert_page(vma, vma->vm_start, virt_to_page(page->map));
}

static __poll_t bully_device_poll(struct file *file, poll_table *wait)
{
	struct bully_status_page *page = bully_device_of(file);
	struct bully_device_file *pf = file->private_data;

	if (!page)
		return EPOLLERR;
	poll_wait(file, &page->wait, wait);
	if (atomic64_read(&page->changes) == atomic64_read(&pf->seen))
		return 0;
	return EPOLLIN | EPOLLRDNORM;
}

/* Return the number of changes and note it as seen. Never waits; poll() waits for more. */
static ssize_t bully_device_read(struct file *file, char __user *buf, size_t len, loff_t *pos)
{
	struct bully_status_page *page = bully_device_of(file);
	struct bully_device_file *pf = file->private_data;
	u64 changes;

	if (!page || len < sizeof(changes))
		return -EINVAL;
	changes = atomic64_read(&page->changes);
	if (copy_to_user(buf, &changes, sizeof(changes)))
		return -EFAULT;
	atomic64_set(&pf->seen, changes);
	return sizeof(changes);
}

static const struct file_operations bully_device_fops = {
	.owner = THIS_MODULE,
	.open = bully_device_open,
	.release = bully_device_release,
	.unlocked_ioctl = bully_device_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.mmap = bully_device_mmap,
	.poll = bully_device_poll,
	.read = bully_device_read,
};

static struct miscdevice bully_device_misc = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "bully",
	.fops = &bully_device_fops,
	.mode = 0444,
};

int bully_device_init(void)
{
	return misc_register(&bully_device_misc);
}

/* From now on the device can be opened. */
void bully_device_ready(void)
{
	WRITE_ONCE(bully_device_is_ready, true);
}

void bully_device_exit(void)
{
	misc_deregister(&bully_device_misc);
}
