// SPDX-License-Identifier: GPL-2.0
/*
 * timer.c - the timer of a group
 *
 * There are two timers in the shell, and nothing else here waits for time:
 *
 * - a group's timer, in this file: a hard hrtimer on CLOCK_BOOTTIME. Rule: it
 *   is armed at bully_core_deadline() after every step, or when the owner of the
 *   candidacy is late if that comes first, under the group's lock, unless the
 *   group is dead. Its handler does nothing but schedule a tasklet. The tasklet
 *   looks at the owner and steps the core with BULLY_EV_TIMER. A hard timer fires
 *   whatever tasks run, and TASKLET_SOFTIRQ comes after NET_RX_SOFTIRQ: an answer that
 *   waits in the queue is read before anybody is judged for not having sent it.
 *   (tasklet_hi_schedule() would run before reception, and make this node's own
 *   stall look like the leader's death.)
 * - the rescue timer of each processor, in compat/rescue.c.
 *
 * The work item of a namespace (netns/net.c) is repeated while a link is missing; it
 * looks at addresses and devices and never decides about a leader.
 *
 * Stopping: the handler takes no lock, so hrtimer_cancel() may wait for it. The
 * tasklet takes the group's lock and arms the timer again; that is why the
 * group is marked dead under its lock first, and why bully_timer_stop() must be
 * called without it.
 */
#include "base/timer.h"

static enum hrtimer_restart bully_timer_handler(struct hrtimer *hrtimer)
{
	struct bully_group_timer *timer = container_of(hrtimer, struct bully_group_timer, hrtimer);

	tasklet_schedule(&timer->tasklet);
	return HRTIMER_NORESTART;
}

void bully_timer_init(struct bully_group_timer *timer, void (*run)(struct tasklet_struct *))
{
	hrtimer_setup(&timer->hrtimer, bully_timer_handler, CLOCK_BOOTTIME, HRTIMER_MODE_ABS_HARD);
	tasklet_setup(&timer->tasklet, run);
	timer->armed = BULLY_NEVER;
}

/* Make the timer fire at a deadline and at no other time. */
void bully_timer_arm(struct bully_group_timer *timer, u64 deadline)
{
	/* one that is not queued has fired, and its tasklet has yet to run */
	if (deadline == timer->armed && (deadline == BULLY_NEVER ||
					 hrtimer_is_queued(&timer->hrtimer)))
		return;
	timer->armed = deadline;
	if (deadline == BULLY_NEVER)
		/* if the handler runs just now the tasklet finds nothing due */
		hrtimer_try_to_cancel(&timer->hrtimer);
	else
		hrtimer_start(&timer->hrtimer, ns_to_ktime(min_t(u64, deadline, KTIME_MAX)),
			      HRTIMER_MODE_ABS_HARD);
}

/**
 * bully_timer_fired() - account for a run of the tasklet
 * @timer: the timer, under the lock of its arming
 * @now: the time
 *
 * Return: how many ns late the run is, 0 if it is before the deadline.
 */
u64 bully_timer_fired(struct bully_group_timer *timer, u64 now)
{
	u64 armed = timer->armed;

	if (armed == BULLY_NEVER || now < armed)
		return 0;
	timer->armed = BULLY_NEVER;
	return now - armed;
}

/* Run the tasklet as soon as may be, whatever the deadline. */
void bully_timer_kick(struct bully_group_timer *timer)
{
	tasklet_schedule(&timer->tasklet);
}

/* After this neither the handler nor the tasklet runs; nobody may arm or kick any more. */
void bully_timer_stop(struct bully_group_timer *timer)
{
	hrtimer_cancel(&timer->hrtimer);
	tasklet_kill(&timer->tasklet);
}
