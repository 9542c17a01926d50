// SPDX-License-Identifier: GPL-2.0
/*
 * queue.c - the work queues
 *
 * Both are bound to no processor, because a SCHED_FIFO task may own one for ever. They
 * end after the last namespace.
 */
#include <linux/jiffies.h>

#include "base/queue.h"

static struct workqueue_struct *bully_queue_wq;
static struct workqueue_struct *bully_queue_tell_wq;

/**
 * bully_kick_init() - prepare work that may be put off
 * @kick: the work
 * @run: what is done
 */
void bully_kick_init(struct bully_kick *kick, work_func_t run)
{
	INIT_DELAYED_WORK(&kick->work, run);
	spin_lock_init(&kick->lock);
}

/**
 * bully_kick() - have the work done
 * @kick: the work
 * @delay_ms: how soon; work that is due earlier stays so
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

/* From now on the work is not done any more; waits for a run that is under way. */
void bully_kick_stop(struct bully_kick *kick)
{
	spin_lock_irq(&kick->lock);
	kick->stopped = true;
	spin_unlock_irq(&kick->lock);
	cancel_delayed_work_sync(&kick->work);
}

/* Queue a work that tells user space something. Return: false if it is queued already */
bool bully_queue_tell(struct work_struct *work)
{
	return queue_work(bully_queue_tell_wq, work);
}

int bully_queue_init(void)
{
	bully_queue_wq = alloc_workqueue("bully", WQ_UNBOUND, 0);
	if (!bully_queue_wq)
		return -ENOMEM;
	/* also without memory for another worker; the administrator may choose its processors */
	bully_queue_tell_wq = alloc_workqueue("bully_tell",
					      WQ_UNBOUND | WQ_MEM_RECLAIM | WQ_SYSFS, 0);
	if (bully_queue_tell_wq)
		return 0;
	destroy_workqueue(bully_queue_wq);
	return -ENOMEM;
}

/* Waits for what is queued. */
void bully_queue_exit(void)
{
	destroy_workqueue(bully_queue_tell_wq);
	destroy_workqueue(bully_queue_wq);
}
