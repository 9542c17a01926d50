// SPDX-License-Identifier: GPL-2.0
/*
 * doubt.c - what the kernel tells of its own time: it sleeps, or was copied (R8)
 *
 * CLOCK_BOOTTIME goes on while a machine sleeps, so a lease that ended meanwhile is
 * known to have ended. Who leads resigns before it sleeps all the same: others need
 * not wait then. Until it is awake again, or sleep was given up, it does not stand: to
 * stop the rest of a machine takes seconds, in which it would win again.
 *
 * A machine that was cloned or set back to a snapshot, where its hypervisor says so
 * (vmgenid, from 5.18), gets a session of its own, since the other copy has the old one.
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
 * Not from here: on some machines this is the handler of an interrupt. And by a queue
 * that is bound to no processor, since a SCHED_FIFO task may own the one that this is.
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
