// SPDX-License-Identifier: GPL-2.0-only
/*
 * queue.c - the work queues
 *
 * Neither queue is bound to a processor, because a SCHED_FIFO task may occupy a processor
 * for ever. The queues are destroyed after the last namespace has ended.
 */
#include <linux/jiffies.h>

#include "base/queue.h"

static struct workqueue_struct *bully_queue_wq;
static struct workqueue_struct *bully_queue_tell_wq;

/**
 * bully_kick_init() - prepare a delayed work item
 * @kick: the work item
 * @run: the function that the work item runs
 */
void bully_kick_init(struct bully_kick *kick, work_func_t run)
{
	INIT_DELAYED_WORK(&kick->work, run);
	spin_lock_init(&kick->lock);
}

/**
 * bully_kick() - queue a delayed work item, unless it was stopped
 * @kick: the work item
 * @delay_ms: the delay in ms; an item that is due earlier stays due earlier
 *
 * May be called from any context and at any time after bully_kick_init().
 */
void bully_kick(struct bully_kick *kick, unsigned int delay_ms)
{
	unsigned long delay = msecs_to_jiffies(delay_ms);
	unsigned long flags;

	spin_lock_irqsave(&kick->lock, flags);
	if (!kick->stopped && !queue_delayed_work(bully_queue_wq, &kick->work, delay) &&
	    time_before(jiffies + delay, READ_ONCE(kick->work.timer.expires)))
		mod_delayed_work(bully_queue_wq, &kick->work, delay);
	spin_unlock_irqrestore(&kick->lock, flags);
}

/* Stop a work item for good, and wait for a run that is in progress. */
void bully_kick_stop(struct bully_kick *kick)
{
	spin_lock_irq(&kick->lock);
	kick->stopped = true;
	spin_unlock_irq(&kick->lock);
	cancel_delayed_work_sync(&kick->work);
}

/* Queue a work item on the queue bully_tell. Return: false if the item is queued already */
bool bully_queue_tell(struct work_struct *work)
{
	return queue_work(bully_queue_tell_wq, work);
}

int bully_queue_init(void)
{
	bully_queue_wq = alloc_workqueue("bully", WQ_UNBOUND, 0);
	if (!bully_queue_wq)
		return -ENOMEM;
	/* needs no memory for another worker; the administrator can choose its processors */
	bully_queue_tell_wq = alloc_workqueue("bully_tell",
					      WQ_UNBOUND | WQ_MEM_RECLAIM | WQ_SYSFS, 0);
	if (bully_queue_tell_wq)
		return 0;
	destroy_workqueue(bully_queue_wq);
	return -ENOMEM;
}

/* Wait for the queued work items and destroy the queues. */
void bully_queue_exit(void)
{
	destroy_workqueue(bully_queue_tell_wq);
	destroy_workqueue(bully_queue_wq);
}
