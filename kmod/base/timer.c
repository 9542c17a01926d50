// SPDX-License-Identifier: GPL-2.0-only
/*
 * timer.c - the timer of a group
 *
 * The shell has two kinds of timers and one delayed work item:
 *
 * - The timer of a group, in this file: a hard hrtimer on CLOCK_BOOTTIME. Rule: after
 *   every step the timer is armed under the group's lock, at bully_core_deadline() or
 *   at the deadline of the candidacy's owner, whichever comes first. The timer of a
 *   group that has not started or is dead is not armed. The handler only schedules a
 *   tasklet. The tasklet checks the owner and steps the core with BULLY_EV_TIMER.
 *   A hard timer fires whatever tasks run. TASKLET_SOFTIRQ runs after NET_RX_SOFTIRQ,
 *   so an answer that waits in the queue is read before the core judges its sender.
 *   (tasklet_hi_schedule() would run before reception, and make this node's own
 *   stall look like the leader's death.)
 * - The rescue timer of each processor, in compat/rescue.c.
 * - The work item of a namespace (netns/net.c), which is repeated while a link is
 *   missing. The work item looks at addresses and devices and never decides about a
 *   leader.
 *
 * Stopping: the handler takes no lock, so hrtimer_cancel() may wait for the handler.
 * The tasklet takes the group's lock and arms the timer again. Therefore the group is
 * marked dead under its lock first, and bully_timer_stop() must be called without that
 * lock.
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

/* Arm the timer for a deadline, in place of any earlier deadline; BULLY_NEVER disarms. */
void bully_timer_arm(struct bully_group_timer *timer, u64 deadline)
{
	/* an armed timer that is not queued has fired, and its tasklet has yet to run */
	if (deadline == timer->armed && (deadline == BULLY_NEVER ||
					 hrtimer_is_queued(&timer->hrtimer)))
		return;
	timer->armed = deadline;
	if (deadline == BULLY_NEVER)
		/* if the handler runs concurrently, the tasklet finds nothing due */
		hrtimer_try_to_cancel(&timer->hrtimer);
	else
		hrtimer_start(&timer->hrtimer, ns_to_ktime(min_t(u64, deadline, KTIME_MAX)),
			      HRTIMER_MODE_ABS_HARD);
}

/**
 * bully_timer_fired() - account for a run of the tasklet
 * @timer: the timer; the caller holds the group's lock
 * @now: CLOCK_BOOTTIME in ns
 *
 * Return: how late the run is, in ns; 0 if the deadline has not come
 */
u64 bully_timer_fired(struct bully_group_timer *timer, u64 now)
{
	u64 armed = timer->armed;

	if (armed == BULLY_NEVER || now < armed)
		return 0;
	timer->armed = BULLY_NEVER;
	return now - armed;
}

/* Run the tasklet as soon as possible, whatever the deadline. */
void bully_timer_kick(struct bully_group_timer *timer)
{
	tasklet_schedule(&timer->tasklet);
}

/*
 * Stop the timer. Nothing may arm or kick the timer any more. Afterwards neither the handler
 * nor the tasklet runs.
 */
void bully_timer_stop(struct bully_group_timer *timer)
{
	hrtimer_cancel(&timer->hrtimer);
	tasklet_kill(&timer->tasklet);
}
