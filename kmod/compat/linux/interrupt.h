/* SPDX-License-Identifier: GPL-2.0-only */
/* linux/interrupt.h for older kernels - says whether they hold softirqs back */
#ifndef BULLY_COMPAT_LINUX_INTERRUPT_H
#define BULLY_COMPAT_LINUX_INTERRUPT_H

#include <linux/version.h>
#include_next <linux/interrupt.h>

/*
 * Until 6.5 the end of an interrupt left softirqs other than HI and TASKLET
 * alone for as long as ksoftirqd wanted to run, which a task of real-time
 * priority can keep it from for ever. See compat/rescue.c. With PREEMPT_RT all
 * softirqs are threads' work, and no timer helps.
 *
 * No header tells of it, so the version does. A kernel to which a vendor has ported
 * the change back gets timers that it does not need, and that do no harm.
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 5, 0) && !defined(CONFIG_PREEMPT_RT)
#define BULLY_SOFTIRQS_HELD_BACK 1
#else
#define BULLY_SOFTIRQS_HELD_BACK 0
#endif

#endif /* BULLY_COMPAT_LINUX_INTERRUPT_H */
