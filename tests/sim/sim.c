// SPDX-License-Identifier: GPL-2.0-only
/* sim.c - runs seeds: many on all processors, or one with all its output */
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "chaos.h"

#define KINDS	8	/* of this many seeds one is a clean run (C4), and one has orders */

/* A worker's report of a seed; short enough for one atomic write. */
struct line {
	u64 seed;
	u64 heal_hb;
	u64 msgs;
	u64 leader_changes;
	u32 failed;
	char why[512];
};

/* --quorum, --raft: every seed is a schedule of quorum mode, with this election. */
static bool quorum;
static u8 election;

static void run_seed(u64 seed, FILE *trace, bool heartbeats, struct line *line)
{
	struct world *w = world_of_seed(seed);
	struct result r = { 0 };
	struct plan p;

	w->out = trace;
	w->log_timers = true;
	w->log_heartbeats = heartbeats;
	memset(line, 0, sizeof(*line));
	line->seed = seed;
	if (quorum)
		quorum_run(w, election, &p, &r);
	else if (seed % KINDS == 0)
		clean_run(w, 2 + seed / KINDS % 12, seed / KINDS % 12 && seed / KINDS / 12 % 2);
	else if (seed % KINDS == 4)
		orders_run(w, 3 + seed / KINDS % 7);
	else
		chaos_run(w, &p, &r);
	line->heal_hb = r.heal_hb;
	line->msgs = w->order;
	line->leader_changes = r.leader_changes;
	line->failed = w->failed;
	snprintf(line->why, sizeof(line->why), "%s", w->why);
	world_free(w);
}

static void worker(u64 first, u64 last, u64 step, int out)
{
	struct line line;
	u64 seed;

	for (seed = first; seed <= last; seed += step) {
		run_seed(seed, NULL, false, &line);
		if (write(out, &line, sizeof(line)) != sizeof(line))
			exit(2);
	}
	exit(0);
}

struct totals {
	u64 done;
	u64 failed;
	u64 msgs;
	u64 leader_changes;
	u64 slowest_hb;
	u64 slowest_seed;
};

static void account(struct totals *t, const struct line *l)
{
	t->done++;
	t->msgs += l->msgs;
	t->leader_changes += l->leader_changes;
	if (l->heal_hb > t->slowest_hb) {
		t->slowest_hb = l->heal_hb;
		t->slowest_seed = l->seed;
	}
	if (!l->failed)
		return;
	t->failed++;
	printf("FAIL seed %llu: %s\n     replay: sim %s--seed %llu --trace\n",
	       (unsigned long long)l->seed, l->why,
	       !quorum ? "" : election ? "--raft " : "--quorum ", (unsigned long long)l->seed);
}

static int run_many(u64 first, u64 last, u64 jobs, bool stop)
{
	struct totals t = { 0 };
	time_t began = time(NULL), told = began;
	struct line line;
	int fd[2], status;
	u64 i, dead = 0;

	if (pipe(fd)) {
		perror("pipe");
		return 2;
	}
	fflush(stdout);
	for (i = 0; i < jobs; i++) {
		if (!fork()) {
			close(fd[0]);
			worker(first + i, last, jobs, fd[1]);
		}
	}
	close(fd[1]);
	while (read(fd[0], &line, sizeof(line)) == sizeof(line)) {
		account(&t, &line);
		if (stop && t.failed)
			break;
		if (time(NULL) - told >= 10) {
			told = time(NULL);
			printf("%llu of %llu seeds, %llu failed, %lds\n",
			       (unsigned long long)t.done, (unsigned long long)(last - first + 1),
			       (unsigned long long)t.failed, (long)(told - began));
			fflush(stdout);
		}
	}
	close(fd[0]);
	while (wait(&status) > 0)
		dead += status != 0 && !(stop && t.failed);
	if (dead)
		printf("FAIL %llu workers died: see above\n", (unsigned long long)dead);
	printf("%llu messages, %llu leader changes, slowest heal %llu heartbeats (seed %llu), %lds\n",
	       (unsigned long long)t.msgs, (unsigned long long)t.leader_changes,
	       (unsigned long long)t.slowest_hb, (unsigned long long)t.slowest_seed,
	       (long)(time(NULL) - began));
	if (!stop && t.done != last - first + 1)
		dead += !dead;
	printf("%llu passed, %llu failed, 0 skipped\n", (unsigned long long)(t.done - t.failed),
	       (unsigned long long)(t.failed + dead));
	return t.failed || dead ? 1 : 0;
}

static int run_flaps(void)
{
	u32 hour, failed = 0;

	for (hour = 0; hour < flap_hours(); hour++) {
		struct world *w = world_new(1);

		flap_run(w, hour, stdout);
		if (w->failed)
			printf("FAIL flap %u: %s\n", hour, w->why);
		failed += w->failed;
		world_free(w);
	}
	printf("%u passed, %u failed, 0 skipped\n", hour - failed, failed);
	return failed ? 1 : 0;
}

static int run_settings(void)
{
	u32 points, failed = settings_run(stdout, &points);

	printf("%u passed, %u failed, 0 skipped\n", points - failed, failed);
	return failed ? 1 : 0;
}

static int run_table(u32 (*table)(FILE *out))
{
	u32 failed = table(stdout);

	if (failed)
		printf("%u runs failed\n", failed);
	return failed ? 1 : 0;
}

static void usage(void)
{
	fprintf(stderr, "usage: sim [--quorum | --raft | --scenario NAME|all] [--seed N | --seeds A-B] [--trace] [--heartbeats] [--jobs N] [--stop]\n"
		"       sim --flap | --settings | --rivals | --scale\n");
	exit(2);
}

int main(int argc, char **argv)
{
	u64 first = 1, last = 1000, jobs = (u64)sysconf(_SC_NPROCESSORS_ONLN);
	bool trace = false, heartbeats = false, stop = false;
	const char *scenario = NULL;
	struct line line;
	int i;

	for (i = 1; i < argc; i++) {
		char *value = i + 1 < argc ? argv[i + 1] : NULL, *end;

		if (!strcmp(argv[i], "--flap")) {
			return run_flaps();
		} else if (!strcmp(argv[i], "--settings")) {
			return run_settings();
		} else if (!strcmp(argv[i], "--rivals")) {
			return run_table(rivals_run);
		} else if (!strcmp(argv[i], "--scale")) {
			return run_table(scale_run);
		} else if (!strcmp(argv[i], "--trace")) {
			trace = true;
		} else if (!strcmp(argv[i], "--heartbeats")) {
			heartbeats = true;
		} else if (!strcmp(argv[i], "--quorum")) {
			quorum = true;
		} else if (!strcmp(argv[i], "--raft")) {
			quorum = true;
			election = BULLY_ELECTION_RAFT;
		} else if (!strcmp(argv[i], "--stop")) {
			stop = true;
		} else if (!strcmp(argv[i], "--scenario") && value) {
			scenario = value;
			i++;
		} else if (!strcmp(argv[i], "--seed") && value) {
			first = last = strtoull(value, &end, 10);
			i++;
		} else if (!strcmp(argv[i], "--jobs") && value) {
			jobs = strtoull(value, &end, 10);
			i++;
		} else if (!strcmp(argv[i], "--seeds") && value) {
			first = strtoull(value, &end, 10);
			if (*end != '-')
				usage();
			last = strtoull(end + 1, &end, 10);
			i++;
		} else {
			usage();
		}
	}
	if (first > last || !jobs)
		usage();
	if (scenario) {
		/* the first 200 of the range, or the single seed */
		u32 runs = first == last ? 1 : (u32)(last - first < 200 ? last - first + 1 : 200);

		i = scenario_run(scenario, runs, first, trace ? stdout : NULL);
		if (i < 0)
			usage();
		return i ? 1 : 0;
	}
	if (first != last)
		return run_many(first, last, jobs, stop);
	run_seed(first, trace ? stdout : NULL, heartbeats, &line);
	printf("seed %llu: %s\n", (unsigned long long)first, line.failed ? line.why : "passed");
	printf("%d passed, %d failed, 0 skipped\n", !line.failed, !!line.failed);
	return line.failed ? 1 : 0;
}
