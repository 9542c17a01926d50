/* SPDX-License-Identifier: GPL-2.0-only */
/* timer.h - owns the timer and the tasklet of a group */
#ifndef BULLY_TIMER_H
#define BULLY_TIMER_H

#include <linux/hrtimer.h>
#include <linux/interrupt.h>

#include "core/core.h"

/**
 * struct bully_group_timer - one hard timer and the tasklet that the timer schedules
 * @hrtimer: on CLOCK_BOOTTIME; armed only by bully_timer_arm()
 * @tasklet: runs the function that bully_timer_init() was given
 * @armed: when @hrtimer fires next, in ns; BULLY_NEVER if it is not armed (A)
 *
 * (A) protected by the group's lock, which serialises the calls of bully_timer_arm().
 */
struct bully_group_timer {
	struct hrtimer hrtimer;
	struct tasklet_struct tasklet;
	u64 armed;
};

void bully_timer_init(struct bully_group_timer *timer, void (*run)(struct tasklet_struct *));
void bully_timer_arm(struct bully_group_timer *timer, u64 deadline);
u64 bully_timer_fired(struct bully_group_timer *timer, u64 now);
void bully_timer_kick(struct bully_group_timer *timer);
void bully_timer_stop(struct bully_group_timer *timer);

#endif /* BULLY_TIMER_H */
