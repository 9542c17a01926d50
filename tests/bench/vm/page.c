// SPDX-License-Identifier: GPL-2.0-only
/*
 * page GROUP - measures the cost of bully_is_leader() and, in turns, of getppid(), the
 * cheapest system call. Prints JSON: nanoseconds and cycles of a call, in the median round.
 * Cycles come from the time stamp counter; they are 0 without one.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <libbully.h>

#define ROUNDS 101
#define CALLS 2000

static double now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec * 1e9 + (double)ts.tv_nsec;
}

static double now_cycles(void)
{
#ifdef __x86_64__
	return (double)__builtin_ia32_rdtsc();
#else
	return 0;
#endif
}

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(double *values)
{
	qsort(values, ROUNDS, sizeof(*values), ascending);
	return values[ROUNDS / 2] / CALLS;
}

int main(int argc, char **argv)
{
	double ask[ROUNDS], clock[ROUNDS], call[ROUNDS], ask_cycles[ROUNDS], call_cycles[ROUNDS];
	struct bully *b = bully_open();
	struct bully_leadership *l;
	unsigned long yes = 0;
	struct timespec ts;
	double begin, cycles;
	int i, j;

	if (argc != 2 || !b)
		return 1;
	if (bully_leadership_open(b, argv[1], &l)) {
		fprintf(stderr, "page: %s\n", bully_error(b));
		return 1;
	}
	for (i = 0; i < ROUNDS; i++) {
		begin = now_ns();
		cycles = now_cycles();
		for (j = 0; j < CALLS; j++)
			yes += bully_is_leader(l);
		ask_cycles[i] = now_cycles() - cycles;
		ask[i] = now_ns() - begin;
		begin = now_ns();
		for (j = 0; j < CALLS; j++)
			clock_gettime(CLOCK_BOOTTIME, &ts);
		clock[i] = now_ns() - begin;
		begin = now_ns();
		cycles = now_cycles();
		for (j = 0; j < CALLS; j++)
			syscall(SYS_getppid);
		call_cycles[i] = now_cycles() - cycles;
		call[i] = now_ns() - begin;
	}
	if (yes != (unsigned long)ROUNDS * CALLS) {
		fprintf(stderr, "page: this node did not lead all the time\n");
		return 1;
	}
	printf("{\"is_leader_ns\": %.1f, \"clock_ns\": %.1f, \"getppid_ns\": %.1f, ", median(ask),
	       median(clock), median(call));
	printf("\"is_leader_cycles\": %.0f, \"getppid_cycles\": %.0f, ", median(ask_cycles),
	       median(call_cycles));
	/* the values are sorted now */
	printf("\"ratio\": %.3f, \"cheap\": %s, \"calls\": %d}\n",
	       ask[ROUNDS / 2] / call[ROUNDS / 2], bully_leadership_is_cheap(l) ? "true" : "false",
	       ROUNDS * CALLS);
	bully_leadership_close(l);
	bully_close(b);
	return 0;
}
