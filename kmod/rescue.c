// SPDX-License-Identifier: GPL-2.0
/*
 * rescue.c - reception under real-time load, on kernels that hold softirqs back
 *
 * Such a kernel leaves softirqs to ksoftirqd for as long as that thread wants to
 * run. A SCHED_FIFO task on the processor keeps it from running, so packets lie
 * in the queue although interrupts come. TASKLET_SOFTIRQ is excepted, and once
 * the end of an interrupt handles softirqs it handles all that are pending. So
 * each processor gets a hard timer that schedules an empty tasklet whenever
 * softirqs are pending; NET_RX runs in its wake, before it.
 *
 * Rule of arming: the timers run on every processor that is up while at least
 * one group exists in a namespace of the initial user namespace, and repeat at
 * the shortest period of any such group. Who is root in a user namespace only
 * cannot have the host's processors interrupted; his groups go without.
 */
#include <linux/cpuhotplug.h>
#include <linux/hrtimer.h>
#include <linux/interrupt.h>
#include <linux/mutex.h>
#include <linux/percpu.h>

#include "rescue.h"

/* Periods are 1 ms, 1/2, 1/4 and 1/8 ms. */
#define BULLY_RESCUE_NS 1000000ULL
#define BULLY_RESCUE_PERIODS 4

static unsigned int bully_rescue_halvings(u64 heartbeat_ns)
{
	unsigned int halvings = 0;

	while ((BULLY_RESCUE_NS >> halvings) > heartbeat_ns / 8 &&
	       halvings < BULLY_RESCUE_PERIODS - 1)
		halvings++;
	return halvings;
}

/**
 * bully_rescue_period() - how long a packet may lie in a queue unseen
 * @heartbeat_ns: of the group that wants to know
 *
 * The core looks twice, this long apart, before it judges somebody by silence:
 * reception may be on another processor than the timer (R9). It is well below a
 * quarter of the heartbeat, and the same on kernels that need no rescue.
 *
 * Return: ns
 */
u64 bully_rescue_period(u64 heartbeat_ns)
{
	return BULLY_RESCUE_NS >> bully_rescue_halvings(heartbeat_ns);
}

#if BULLY_SOFTIRQS_HELD_BACK

struct bully_rescue {
	struct hrtimer hrtimer;
	struct tasklet_struct tasklet;
};

static DEFINE_PER_CPU(struct bully_rescue, bully_rescue);
static DEFINE_MUTEX(bully_rescue_lock);
/* groups by the period that they need; under bully_rescue_lock */
static unsigned int bully_rescue_users[BULLY_RESCUE_PERIODS];
/* ns; written under bully_rescue_lock, read by the handlers */
static u64 bully_rescue_ns;
static int bully_rescue_state;

static void bully_rescue_run(struct tasklet_struct *tasklet)
{
}

static enum hrtimer_restart bully_rescue_handler(struct hrtimer *hrtimer)
{
	struct bully_rescue *rescue = container_of(hrtimer, struct bully_rescue, hrtimer);

	if (local_softirq_pending())
		tasklet_schedule(&rescue->tasklet);
	hrtimer_forward_now(hrtimer, ns_to_ktime(READ_ONCE(bully_rescue_ns)));
	return HRTIMER_RESTART;
}

/* Called on the processor that came up, and on each when the first group is made. */
static int bully_rescue_online(unsigned int cpu)
{
	struct bully_rescue *rescue = per_cpu_ptr(&bully_rescue, cpu);

	tasklet_setup(&rescue->tasklet, bully_rescue_run);
	hrtimer_setup(&rescue->hrtimer, bully_rescue_handler, CLOCK_MONOTONIC,
		      HRTIMER_MODE_REL_PINNED_HARD);
	hrtimer_start(&rescue->hrtimer, ns_to_ktime(READ_ONCE(bully_rescue_ns)),
		      HRTIMER_MODE_REL_PINNED_HARD);
	return 0;
}

static int bully_rescue_offline(unsigned int cpu)
{
	struct bully_rescue *rescue = per_cpu_ptr(&bully_rescue, cpu);

	hrtimer_cancel(&rescue->hrtimer);
	tasklet_kill(&rescue->tasklet);
	return 0;
}

/* The shortest period wanted; 0 if no group is left. */
static u64 bully_rescue_wanted(void)
{
	unsigned int halvings = BULLY_RESCUE_PERIODS;

	while (halvings--)
		if (bully_rescue_users[halvings])
			return BULLY_RESCUE_NS >> halvings;
	return 0;
}

/* A group with this heartbeat (0: one that goes without) begins to exist. May sleep. */
int bully_rescue_get(u64 heartbeat_ns)
{
	unsigned int halvings = bully_rescue_halvings(heartbeat_ns);
	u64 period;
	int err = 0;

	if (!heartbeat_ns)
		return 0;
	mutex_lock(&bully_rescue_lock);
	period = bully_rescue_wanted();
	bully_rescue_users[halvings]++;
	WRITE_ONCE(bully_rescue_ns, bully_rescue_wanted());
	if (!period) {
		err = cpuhp_setup_state(CPUHP_AP_ONLINE_DYN, "net/bully:online",
					bully_rescue_online, bully_rescue_offline);
		if (err < 0)
			bully_rescue_users[halvings]--;
		else
			bully_rescue_state = err;
	}
	mutex_unlock(&bully_rescue_lock);
	return err < 0 ? err : 0;
}

/* It exists no more. May sleep. */
void bully_rescue_put(u64 heartbeat_ns)
{
	u64 period;

	if (!heartbeat_ns)
		return;
	mutex_lock(&bully_rescue_lock);
	bully_rescue_users[bully_rescue_halvings(heartbeat_ns)]--;
	period = bully_rescue_wanted();
	if (period)
		WRITE_ONCE(bully_rescue_ns, period);
	else
		cpuhp_remove_state(bully_rescue_state);
	mutex_unlock(&bully_rescue_lock);
}

#else /* this kernel runs softirqs at the end of every interrupt, or in threads only */

int bully_rescue_get(u64 heartbeat_ns)
{
	return 0;
}

void bully_rescue_put(u64 heartbeat_ns)
{
}

#endif
