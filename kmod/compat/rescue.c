// SPDX-License-Identifier: GPL-2.0-only
/*
 * rescue.c - reception under real-time load, on kernels that hold softirqs back
 *
 * Such a kernel leaves softirqs to ksoftirqd while that thread is runnable. A
 * SCHED_FIFO task on the processor keeps ksoftirqd from running, so packets stay in
 * the queue although interrupts arrive. TASKLET_SOFTIRQ is an exception: it is
 * handled at the end of an interrupt, together with all other pending softirqs. So
 * each processor has a hard timer that schedules an empty tasklet whenever softirqs
 * are pending. NET_RX_SOFTIRQ then runs before the tasklet.
 *
 * Rule of arming: the timers run on every processor that is up, while at least one
 * group exists in a namespace of the initial user namespace and while the module is
 * being unloaded. The timers repeat at the shortest period of any such group. Groups
 * of other user namespaces have no rescue timers, because root in a user namespace
 * must not be able to have the host's processors interrupted.
 *
 * The first group starts the timers by an interrupt to each processor, and the last
 * group cancels the timers from its own processor. Neither waits for a thread that is
 * bound to a processor (as cpuhp_setup_state() with calls does), because a SCHED_FIFO
 * task may keep that thread from running for ever.
 */
#include <linux/cpuhotplug.h>
#include <linux/hrtimer.h>
#include <linux/interrupt.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/smp.h>

#include "base/look.h"
#include "compat/rescue.h"

#if BULLY_SOFTIRQS_HELD_BACK

/**
 * struct bully_rescue - the rescue timer of one processor
 * @hrtimer: pinned to that processor; started there only
 * @tasklet: does nothing, but makes the processor handle softirqs
 * @leaving: the processor is going down or is down, so the timer stays off; written on
 *	that processor, with interrupts off
 */
struct bully_rescue {
	struct hrtimer hrtimer;
	struct tasklet_struct tasklet;
	bool leaving;
};

static DEFINE_PER_CPU(struct bully_rescue, bully_rescue);
static DEFINE_MUTEX(bully_rescue_lock);
/* the number of groups that need each period; under bully_rescue_lock */
static unsigned int bully_rescue_users[BULLY_LOOK_PERIODS];
/* the period in ns, 0 while no timer runs; written under bully_rescue_lock, read anywhere */
static u64 bully_rescue_ns;
static int bully_rescue_state;

static void bully_rescue_run(struct tasklet_struct *tasklet)
{
}

static enum hrtimer_restart bully_rescue_handler(struct hrtimer *hrtimer)
{
	struct bully_rescue *rescue = container_of(hrtimer, struct bully_rescue, hrtimer);
	u64 period = READ_ONCE(bully_rescue_ns);

	if (!period)
		return HRTIMER_NORESTART;
	if (local_softirq_pending())
		tasklet_schedule(&rescue->tasklet);
	hrtimer_forward_now(hrtimer, ns_to_ktime(period));
	return HRTIMER_RESTART;
}

/* Start the timer of this processor, unless the period is 0. Interrupts are off. */
static void bully_rescue_start(void *unused)
{
	struct bully_rescue *rescue = this_cpu_ptr(&bully_rescue);
	u64 period = READ_ONCE(bully_rescue_ns);

	if (period && !rescue->leaving)
		hrtimer_start(&rescue->hrtimer, ns_to_ktime(period), HRTIMER_MODE_REL_PINNED_HARD);
}

/* Called on the processor that came up. */
static int bully_rescue_online(unsigned int cpu)
{
	unsigned long flags;

	local_irq_save(flags);
	per_cpu_ptr(&bully_rescue, cpu)->leaving = false;
	bully_rescue_start(NULL);
	local_irq_restore(flags);
	return 0;
}

/* Called on the processor that goes down. */
static int bully_rescue_offline(unsigned int cpu)
{
	struct bully_rescue *rescue = per_cpu_ptr(&bully_rescue, cpu);
	unsigned long flags;

	local_irq_save(flags);
	rescue->leaving = true;
	local_irq_restore(flags);
	hrtimer_cancel(&rescue->hrtimer);
	tasklet_kill(&rescue->tasklet);
	return 0;
}

/* Returns the shortest period that a group needs; 0 if no group is left. */
static u64 bully_rescue_wanted(void)
{
	unsigned int halvings = BULLY_LOOK_PERIODS;

	while (halvings--)
		if (bully_rescue_users[halvings])
			return BULLY_LOOK_NS >> halvings;
	return 0;
}

/**
 * bully_rescue_get() - start the timers for a group
 * @heartbeat_ns: the group's heartbeat; 0 for a group without rescue timers
 *
 * May sleep. Returns when the timers run.
 */
void bully_rescue_get(u64 heartbeat_ns)
{
	bool first;

	if (!heartbeat_ns)
		return;
	mutex_lock(&bully_rescue_lock);
	first = !bully_rescue_wanted();
	bully_rescue_users[bully_look_halvings(heartbeat_ns)]++;
	WRITE_ONCE(bully_rescue_ns, bully_rescue_wanted());
	if (first) {
		/* a processor that is not online yet reads the period when it comes up */
		smp_mb();
		on_each_cpu(bully_rescue_start, NULL, 1);
	}
	mutex_unlock(&bully_rescue_lock);
}

static void bully_rescue_cancel(void)
{
	unsigned int cpu;

	for_each_possible_cpu(cpu)
		hrtimer_cancel(&per_cpu_ptr(&bully_rescue, cpu)->hrtimer);
}

/**
 * bully_rescue_put() - stop the timers after the last group
 * @heartbeat_ns: the value that bully_rescue_get() was given
 *
 * May sleep.
 */
void bully_rescue_put(u64 heartbeat_ns)
{
	if (!heartbeat_ns)
		return;
	mutex_lock(&bully_rescue_lock);
	bully_rescue_users[bully_look_halvings(heartbeat_ns)]--;
	WRITE_ONCE(bully_rescue_ns, bully_rescue_wanted());
	/* a timer that an arriving processor starts concurrently ends at its first interrupt */
	if (!bully_rescue_ns)
		bully_rescue_cancel();
	mutex_unlock(&bully_rescue_lock);
}

int bully_rescue_init(void)
{
	unsigned int cpu;
	int err;

	for_each_possible_cpu(cpu) {
		struct bully_rescue *rescue = per_cpu_ptr(&bully_rescue, cpu);

		tasklet_setup(&rescue->tasklet, bully_rescue_run);
		hrtimer_setup(&rescue->hrtimer, bully_rescue_handler, CLOCK_MONOTONIC,
			      HRTIMER_MODE_REL_PINNED_HARD);
	}
	err = cpuhp_setup_state_nocalls(CPUHP_AP_ONLINE_DYN, "net/bully:online",
					bully_rescue_online, bully_rescue_offline);
	if (err < 0)
		return err;
	bully_rescue_state = err;
	return 0;
}

/* Stop the hotplug callbacks, and then all timers and tasklets. No group is left. */
void bully_rescue_exit(void)
{
	unsigned int cpu;

	cpuhp_remove_state_nocalls(bully_rescue_state);
	bully_rescue_cancel();
	for_each_possible_cpu(cpu)
		tasklet_kill(&per_cpu_ptr(&bully_rescue, cpu)->tasklet);
}

#else /* this kernel runs softirqs at the end of every interrupt, or in threads only */

void bully_rescue_get(u64 heartbeat_ns)
{
}

void bully_rescue_put(u64 heartbeat_ns)
{
}

int bully_rescue_init(void)
{
	return 0;
}

void bully_rescue_exit(void)
{
}

#endif
