// SPDX-License-Identifier: GPL-2.0-only
/*
 * doubt.c - listens to the kernel's notices that the machine sleeps or was copied (R8: after
 * any doubt about time a leader has no lease until it has won again)
 *
 * CLOCK_BOOTTIME goes on while a machine sleeps, so a lease that ended meanwhile is known
 * to have ended. A leader nevertheless resigns before its machine sleeps, so that the other
 * nodes need not wait. The node does not stand until the machine is awake again, or the
 * sleep was given up. To stop the rest of a machine takes seconds, in which the node would
 * win again.
 *
 * A node whose machine was cloned or set back to a snapshot takes a new session, because the
 * other copy has the old session. The hypervisor must announce this (vmgenid, from 5.18).
 */
#include <linux/notifier.h>
#include <linux/random.h>
#include <linux/suspend.h>
#include <linux/workqueue.h>

#include "base/queue.h"
#include "netns/doubt.h"
#include "netns/net.h"

static int bully_doubt_sleep(struct notifier_block *nb, unsigned long event, void *ptr)
{
	switch (event) {
	case PM_HIBERNATION_PREPARE:
	case PM_SUSPEND_PREPARE:
		bully_net_sleep(true);
		break;
	case PM_POST_HIBERNATION:
	case PM_POST_SUSPEND:
		bully_net_sleep(false);
	}
	return NOTIFY_DONE;
}

static void bully_doubt_work_fn(struct work_struct *work)
{
	bully_net_doubt(true);
}

static DECLARE_WORK(bully_doubt_work, bully_doubt_work_fn);

/*
 * Leave the doubt to a work item, because on some machines an interrupt handler calls this
 * function. The queue is bound to no processor, because a SCHED_FIFO task may occupy this
 * processor.
 */
static int bully_doubt_clone(struct notifier_block *nb, unsigned long event, void *ptr)
{
	bully_queue_tell(&bully_doubt_work);
	return NOTIFY_DONE;
}

static struct notifier_block bully_doubt_sleep_nb = {
	.notifier_call = bully_doubt_sleep,
};

static struct notifier_block bully_doubt_clone_nb = {
	.notifier_call = bully_doubt_clone,
};

int bully_doubt_init(void)
{
	int err = register_pm_notifier(&bully_doubt_sleep_nb);

	if (err)
		return err;
	err = register_random_vmfork_notifier(&bully_doubt_clone_nb);
	if (err)
		unregister_pm_notifier(&bully_doubt_sleep_nb);
	return err;
}

void bully_doubt_exit(void)
{
	unregister_random_vmfork_notifier(&bully_doubt_clone_nb);
	cancel_work_sync(&bully_doubt_work);
	unregister_pm_notifier(&bully_doubt_sleep_nb);
}
