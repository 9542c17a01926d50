/* SPDX-License-Identifier: GPL-2.0-only */
/* linux/hrtimer.h for older kernels - hrtimer_setup() is there since 6.13 */
#ifndef BULLY_COMPAT_LINUX_HRTIMER_H
#define BULLY_COMPAT_LINUX_HRTIMER_H

#include_next <linux/hrtimer.h>

#ifndef BULLY_HAS_HRTIMER_SETUP

static inline void hrtimer_setup(struct hrtimer *timer,
				 enum hrtimer_restart (*function)(struct hrtimer *),
				 clockid_t clock_id, enum hrtimer_mode mode)
{
	hrtimer_init(timer, clock_id, mode);
	timer->function = function;
}

#endif

#endif /* BULLY_COMPAT_LINUX_HRTIMER_H */
