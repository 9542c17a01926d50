// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests how run finds and kills the processes that its command has started: also hidden ones,
 * without a free descriptor, and at a cost that does not depend on other processes.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "run/run.h"

#define ROUNDS 100 /* of 10 ms */
#define TIMES 50 /* a stalled machine spoils some */

static int passed, failed, skipped;

static void check(bool good, const char *name)
{
	printf("%s - kill: %s\n", good ? "ok" : "not ok", name);
	good ? passed++ : failed++;
}

int fail(struct ctl *ctl, int status, int sys_errno, const char *fmt, ...)
{
	(void)ctl, (void)sys_errno, (void)fmt;
	return status;
}

static void stay(void)
{
	signal(SIGTERM, SIG_IGN);
	alarm(120); /* if no test finds it */
	for (;;)
		pause();
}

/* A process in its own session, with two children, one of which has lost its parent. */
static void branch(void)
{
	if (fork())
		return;
	setsid();
	if (!fork())
		stay();
	if (!fork()) {
		if (!fork())
			stay();
		_exit(0);
	}
	stay();
}

/* The command: its own process group, and three branches outside of it. */
static pid_t tree(void)
{
	pid_t pid = fork();
	int i;

	if (pid) {
		setpgid(pid, pid);
		return pid;
	}
	setpgid(0, 0);
	for (i = 0; i < 3; i++)
		branch();
	if (!fork())
		stay();
	if (!fork()) {
		raise(SIGSTOP);
		stay();
	}
	stay();
	return 0;
}

static void moment(void)
{
	const struct timespec ten_ms = {.tv_nsec = 10000000};

	nanosleep(&ten_ms, NULL);
}

/* Waits until all processes of tree() exist: 12 that stay, and 3 zombies. */
static void grown(struct finder *f)
{
	size_t i, len = 0;
	int tries;

	for (tries = 0; tries < 10 * ROUNDS && len < 15; tries++) {
		moment();
		finder_begin(f);
		for (i = 0; i < f->len; i++)
			finder_add_children(f, f->found[i].pid);
		len = f->len;
		finder_end(f);
	}
}

/* Kills until no process is left; returns the number of rounds, 0 if they were not enough. */
static int killed_after(struct job *j)
{
	int i, status;
	pid_t pid;

	for (i = 1; i <= ROUNDS; i++) {
		kill_all(j, SIGKILL);
		moment();
		while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
			if (pid == j->pid)
				j->pid = 0;
		if (pid < 0 && errno == ECHILD)
			return i;
	}
	while (waitpid(-1, &status, WNOHANG) > 0)
		;
	return 0;
}

/* Uses up all free descriptors above the open ones. */
static void use_up(void)
{
	struct rlimit limit;
	int fd = open("/dev/null", O_RDONLY);

	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = (rlim_t)fd + 1;
	setrlimit(RLIMIT_NOFILE, &limit);
	while (open("/dev/null", O_RDONLY) >= 0)
		;
}

/* Runs in its own process, so that nothing of it is left. */
static bool dies(bool full)
{
	pid_t pid = fork();
	int status;

	if (!pid) {
		struct job j = {.pidfd = -1, .cgroup = -1, .cgroup_kill = -1};

		prctl(PR_SET_CHILD_SUBREAPER, 1);
		if (finder_open(NULL, &j.finder))
			_exit(2);
		j.pid = tree();
		grown(&j.finder);
		if (full)
			use_up();
		_exit(!killed_after(&j));
	}
	return waitpid(pid, &status, 0) == pid && WIFEXITED(status) && !WEXITSTATUS(status);
}

static bool refused(void)
{
	pid_t pid = fork();
	int status;

	if (!pid) {
		struct job j = {0};

		use_up();
		status = finder_open(NULL, &j.finder);
		finder_close(&j.finder);
		_exit(status != CTL_RUN_FAILED);
	}
	return waitpid(pid, &status, 0) == pid && WIFEXITED(status) && !WEXITSTATUS(status);
}

static uint64_t processor_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

/* Returns the processor time of one search, the lowest of several. */
static uint64_t cost(struct job *j)
{
	uint64_t least = UINT64_MAX;
	int i;

	for (i = 0; i < TIMES; i++) {
		uint64_t begin = processor_ns(), took;

		kill_all(j, SIGCONT);
		took = processor_ns() - begin;
		if (took < least)
			least = took;
	}
	return least;
}

/* Starts many idle processes that are no descendants of the command; a pipe reports the start. */
static pid_t crowd(int many)
{
	int ready[2];
	char byte;
	pid_t pid;

	if (pipe(ready))
		exit(1);
	pid = fork();
	if (!pid) {
		setsid();
		close(ready[0]);
		while (many-- && fork())
			;
		if (many >= 0)
			stay();
		if (write(ready[1], "", 1) != 1)
			_exit(1);
		stay();
	}
	close(ready[1]);
	if (read(ready[0], &byte, 1) != 1)
		exit(1);
	close(ready[0]);
	return pid;
}

/* The searcher is a child beside the crowd, not above it. */
static void beside(int many)
{
	pid_t idle, pid = 0;
	uint64_t alone, among;
	int go[2], status;
	char byte;

	fflush(stdout);
	if (pipe(go))
		exit(1);
	pid = fork();
	if (!pid) {
		struct job j = {.pidfd = -1, .cgroup = -1, .cgroup_kill = -1};

		prctl(PR_SET_CHILD_SUBREAPER, 1);
		if (finder_open(NULL, &j.finder) || !j.finder.children)
			_exit(77);
		j.pid = tree();
		grown(&j.finder);
		alone = cost(&j);
		if (write(go[1], "", 1) != 1 || raise(SIGSTOP))
			_exit(1);
		among = cost(&j);
		printf("# a search takes %llu us alone and %llu us beside %d idle processes\n",
		       (unsigned long long)alone / 1000, (unsigned long long)among / 1000, many);
		fflush(stdout);
		_exit(killed_after(&j) && among < 3 * alone ? 0 : 1);
	}
	close(go[1]);
	if (read(go[0], &byte, 1) == 1) {
		while (waitpid(pid, &status, WUNTRACED) == pid && !WIFSTOPPED(status))
			;
		idle = crowd(many);
		kill(pid, SIGCONT);
		waitpid(pid, &status, 0);
		kill(-idle, SIGKILL);
		waitpid(idle, NULL, 0);
	} else {
		waitpid(pid, &status, 0);
	}
	close(go[0]);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 77) {
		printf("ok - kill: beside many processes # SKIP this kernel lists no children\n");
		skipped++;
	} else {
		check(WIFEXITED(status) && !WEXITSTATUS(status),
		      "the cost of a search depends on the descendants, not on all processes");
	}
}

int main(int argc, char **argv)
{
	check(dies(false), "all processes die, also with own sessions, lost parents or stopped");
	check(dies(true), "all processes die although all descriptors are used up");
	check(refused(), "run starts nothing if it can reserve no descriptor");
	beside(argc > 1 ? atoi(argv[1]) : 1000);
	printf("%d passed, %d failed, %d skipped\n", passed, failed, skipped);
	return failed != 0;
}
