// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests the reading of a status page, on a page of this program: half-done writes, the ends of
 * a lease, time namespaces, deletion, forked children. With the argument "emulated" it leaves
 * out what an emulated machine cannot show.
 */
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "clocksource.h"
#include "libbully.h"
#include "page.h"

#define SEC 1000000000ULL
#define PROBES 20000
#define LIMIT_S 300	/* an emulated reader beside guests gets little of a processor */

static int passed, failed;

static void check(int ok, const char *what)
{
	if (!ok)
		failed++;
	else
		passed++;
	printf("%s - %s\n", ok ? "ok" : "not ok", what);
}

static uint64_t now_ns(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return (uint64_t)ts.tv_sec * SEC + (uint64_t)ts.tv_nsec;
}

static struct bully_page *page_new(void)
{
	struct bully_page *p;

	p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED)
		abort();
	p->magic = BULLY_PAGE_MAGIC;
	p->version = BULLY_PAGE_VERSION;
	p->state = BULLY_STATE_LEADER;
	p->quorum = BULLY_QUORUM_MAJORITY;
	p->epoch = 1700000000000000ULL;
	p->lease_end_ns = now_ns(CLOCK_BOOTTIME) + 100 * SEC;
	return p;
}

static struct bully_leadership leadership_of(struct bully_page *p)
{
	struct bully_leadership l = {.fd = -1, .page = p, .size = 4096};

	if (bully_page_watch_forks(&l))
		abort();
	return l;
}

/* The values that the writer writes: all follow from one number. */
static uint32_t state_of(uint32_t n)
{
	return n % 5;
}

static uint64_t wide(uint32_t n)
{
	return ((uint64_t)n << 32) | ~n;
}

static int stop;

static void *write_on(void *arg)
{
	struct bully_page *p = arg;
	uint32_t n = 0;

	while (!__atomic_load_n(&stop, __ATOMIC_RELAXED)) {
		volatile struct bully_page *v = p;
		volatile int i;

		n++;
		__atomic_store_n(&p->seq, p->seq + 1, __ATOMIC_RELAXED);
		__atomic_thread_fence(__ATOMIC_SEQ_CST);
		v->state = state_of(n);
		v->epoch = wide(n);
		if (n % 64 == 0)
			sched_yield(); /* shows half-done writes also on one processor */
		v->lease_end_ns = wide(n) ^ 1;
		__atomic_store_n(&p->seq, p->seq + 1, __ATOMIC_RELEASE);
		for (i = 0; i < 50; i++)
			;
	}
	return NULL;
}

static bool whole(const struct bully_page_view *v)
{
	uint32_t n = (uint32_t)(v->epoch >> 32);

	return v->epoch == wide(n) && v->state == state_of(n) && v->lease_end_ns == (wide(n) ^ 1);
}

/* A reader without the sequence must see torn pages; else the test proves nothing. */
static void torn(struct bully_page *p)
{
	uint64_t end = now_ns(CLOCK_MONOTONIC) + LIMIT_S * SEC;
	unsigned int good = 0, bad = 0, careless = 0;
	struct bully_page_view v;
	pthread_t writer;

	p->state = state_of(0);
	p->epoch = wide(0);
	p->lease_end_ns = wide(0) ^ 1;
	if (pthread_create(&writer, NULL, write_on, p))
		abort();
	while ((good < PROBES || !careless) && !bad && now_ns(CLOCK_MONOTONIC) < end) {
		const volatile struct bully_page *q = p;

		v.state = q->state;
		v.epoch = q->epoch;
		v.lease_end_ns = q->lease_end_ns;
		careless += !whole(&v);
		if (!bully_page_read(p, &v))
			continue;
		good++;
		bad += !whole(&v);
	}
	__atomic_store_n(&stop, 1, __ATOMIC_RELAXED);
	pthread_join(writer, NULL);
	printf("# %u reads, %u torn; %u torn without the sequence\n", good, bad, careless);
	check(careless > 0, "a reader that ignores the sequence sees torn pages");
	check(good >= PROBES && !bad, "a reader that follows the sequence sees no torn page");
	check(p->seq % 2 == 0, "the writer has ended");
}

static void stuck(struct bully_page *p)
{
	struct bully_leadership l = leadership_of(p);
	struct bully_page_view v;
	uint64_t begin;

	check(bully_is_leader(&l), "a leader leads");
	p->seq++;
	begin = now_ns(CLOCK_MONOTONIC);
	check(!bully_page_read(p, &v), "a writer that does not end: the read fails");
	check(!bully_is_leader(&l) && !bully_epoch(&l), "a writer that does not end: no leader");
	check(now_ns(CLOCK_MONOTONIC) - begin < SEC,
	      "a writer that does not end: the answer comes soon");
	p->seq++;
	check(bully_is_leader(&l), "a writer that has ended: leader again");
}

static void leases(void)
{
	struct bully_page_view v = {.state = BULLY_STATE_LEADER, .epoch = 7};
	const uint64_t end = 5 * SEC, high = 1ULL << 40;

	v.lease_end_ns = end;
	check(bully_page_leads(&v, 0, end - 1), "1 ns before the end of its lease a node leads");
	check(!bully_page_leads(&v, 0, end), "at the end of its lease a node does not lead");
	check(!bully_page_leads(&v, 0, end + 1), "after the end of its lease a node does not lead");
	check(!bully_page_leads(&v, 0, high), "the upper half of the time counts, too");
	check(bully_page_leads(&v, 3 * SEC, end + 3 * SEC - 1),
	      "a clock ahead: leads before the end");
	check(!bully_page_leads(&v, 3 * SEC, end + 3 * SEC),
	      "a clock ahead: does not lead at the end");
	check(bully_page_leads(&v, -3 * (int64_t)SEC, 2 * SEC - 1),
	      "a clock behind: leads before the end");
	check(!bully_page_leads(&v, -3 * (int64_t)SEC, 2 * SEC),
	      "a clock behind: does not lead at the end");
	check(!bully_page_leads(&v, 3 * SEC, 2 * SEC), "a clock before the boot: does not lead");
	v.lease_end_ns = 0;
	check(!bully_page_leads(&v, 0, 0), "a node without a lease does not lead");
	v.lease_end_ns = BULLY_PAGE_ALWAYS;
	check(bully_page_leads(&v, 0, UINT64_MAX), "a classic leader leads at any time");
	check(bully_page_leads(&v, -1, UINT64_MAX - 1),
	      "a classic leader leads in any time namespace");
	for (v.state = BULLY_STATE_INIT; v.state < BULLY_STATE_LEADER; v.state++)
		check(!bully_page_leads(&v, 0, 0), bully_state_name(v.state));
}

static void page_states(struct bully_page *p)
{
	struct bully_leadership l = leadership_of(p);

	check(bully_epoch(&l) == p->epoch, "the epoch is the page's");
	p->lease_end_ns = now_ns(CLOCK_BOOTTIME);
	check(!bully_is_leader(&l) && !bully_epoch(&l),
	      "a lease that is over: no leader, no epoch");
	l.offset_ns = 100 * (int64_t)SEC;
	check(bully_is_leader(&l), "a clock 100 s ahead of the page's: the lease is not over");
	p->lease_end_ns = now_ns(CLOCK_BOOTTIME) + 50 * SEC;
	l.offset_ns = -100 * (int64_t)SEC;
	check(!bully_is_leader(&l), "a clock 100 s behind the page's: the lease is over");
	l.offset_ns = 0;
	p->lease_end_ns = BULLY_PAGE_ALWAYS;
	check(bully_is_leader(&l), "a leader in classic mode leads without a lease");
	p->state = BULLY_STATE_FOLLOWER;
	check(!bully_is_leader(&l), "a follower does not lead");
	p->state = BULLY_STATE_LEADER;
	check(!bully_leadership_gone(&l), "a group that exists is not gone");
	p->gone = 1;
	check(bully_leadership_gone(&l), "a deleted group is gone");
	check(!bully_is_leader(&l) && !bully_epoch(&l), "a node whose group is gone does not lead");
	p->gone = 0;
}

/* Returns bits: 1: leads, 2: gone, 4: leads when asked again. */
static int in_child(const struct bully_leadership *l)
{
	int status = 0;
	pid_t pid = fork();

	if (!pid)
		_exit((bully_is_leader(l) ? 1 : 0) | (bully_leadership_gone(l) ? 2 : 0) |
		      (bully_is_leader(l) ? 4 : 0));
	if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		return -1;
	return WEXITSTATUS(status);
}

static void children(struct bully_page *p)
{
	struct bully_leadership l = leadership_of(p);

	check(in_child(&l) == 5, "a child in the same time namespace may ask");
	l.timens_ino++;
	check(in_child(&l) == 2, "a child in another time namespace must open the page anew");
	l.timens_ino = 0;
	check(in_child(&l) == 2, "a child in an unknown time namespace must open the page anew");
	check(bully_is_leader(&l) && !bully_leadership_gone(&l),
	      "the parent's answer is unchanged");
}

/* Replaces names.c, which needs libnl. */
const char *bully_state_name(unsigned int v)
{
	static const char *const names[] = {"init does not lead", "election does not lead",
					    "waiting does not lead", "follower does not lead"};

	return v < 4 ? names[v] : "?";
}

/* A clock is in the vDSO, is not, or may be. */
static void clocks(void)
{
	check(bully_clocksource_is_cheap("tsc") && bully_clocksource_is_cheap("riscv_clocksource"),
	      "tsc is in the vDSO");
	check(!bully_clocksource_is_cheap("hpet") && !bully_clocksource_is_cheap("acpi_pm") &&
		      !bully_clocksource_is_cheap("kvm-clock") && !bully_clocksource_is_cheap(""),
	      "other clocks are not in the vDSO");
	check(bully_clocksource_is_unclear("kvm-clock") && bully_clocksource_is_unclear("xen") &&
		      !bully_clocksource_is_unclear("tsc") && !bully_clocksource_is_unclear(""),
	      "kvm-clock and xen may be in the vDSO");
}

int main(int argc, char **argv)
{
	struct bully_page *p = page_new();

	torn(p);
	p = page_new();
	stuck(p);
	leases();
	page_states(p);
	if (argc < 2 || strcmp(argv[1], "emulated"))
		children(page_new());
	clocks();
	printf("%d passed, %d failed, 0 skipped\n", passed, failed);
	return failed != 0;
}
