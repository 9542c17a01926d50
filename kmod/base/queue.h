/* SPDX-License-Identifier: GPL-2.0-only */
/* queue.h - owns the work queues, and the delayed work item of a namespace */
#ifndef BULLY_QUEUE_H
#define BULLY_QUEUE_H

#include <linux/spinlock.h>
#include <linux/workqueue.h>

/**
 * struct bully_kick - a delayed work item that any context may queue, until it is stopped
 * @work: the work item
 * @lock: orders @stopped with queueing; taken from any context
 * @stopped: @work must not be queued any more (W)
 *
 * (W) protected by @lock.
 */
struct bully_kick {
	struct delayed_work work;
	spinlock_t lock; /* W */
	bool stopped;
};

void bully_kick_init(struct bully_kick *kick, work_func_t run);
void bully_kick(struct bully_kick *kick, unsigned int delay_ms);
void bully_kick_stop(struct bully_kick *kick);

bool bully_queue_tell(struct work_struct *work);

int bully_queue_init(void);
void bully_queue_exit(void);

#endif /* BULLY_QUEUE_H */
