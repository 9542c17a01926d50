// SPDX-License-Identifier: GPL-2.0-only
/*
 * leads COMMAND GROUP [N] - prints what libbully reports about a group's leadership
 *
 *   ask       one line: the epoch, or "no"; status 0 while this node leads, 3 otherwise
 *   watch     a line at the start and for each change: the epoch, "no", "gone"
 *   count N   between two lines: N times bully_is_leader()
 *   cheap     "cheap" or "not cheap"
 *   timens    the output of a child in a time namespace of its own
 */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <libbully.h>

static int say(uint64_t epoch)
{
	if (epoch)
		printf("%" PRIu64 "\n", epoch);
	else
		puts("no");
	return epoch ? 0 : 3;
}

static int watch(struct bully_leadership *l)
{
	struct pollfd fd = {.fd = bully_leadership_fd(l), .events = POLLIN};
	uint64_t told = bully_epoch(l), now;

	say(told);
	for (;;) {
		if (poll(&fd, 1, -1) < 0)
			return 1;
		bully_leadership_ack(l);
		if (bully_leadership_gone(l)) {
			puts("gone");
			return 0;
		}
		now = bully_epoch(l);
		if (now != told)
			say(now);
		told = now;
	}
}

static int count(const struct bully_leadership *l, unsigned long n)
{
	unsigned long yes = 0;
	char line[64];

	puts("begin");
	while (n-- > 0)
		yes += bully_is_leader(l);
	snprintf(line, sizeof(line), "end %lu", yes);
	puts(line);
	return 0;
}

static int in_child(struct bully *b, const char *group, struct bully_leadership *old)
{
	struct bully_leadership *l;
	int ret;

	printf("inherited: %s, %s\n", bully_is_leader(old) ? "leads" : "no",
	       bully_leadership_gone(old) ? "gone" : "there");
	ret = bully_leadership_open(b, group, &l);
	if (ret) {
		printf("%s\n", bully_error(b));
		return ret;
	}
	printf("anew: %s, %s\n", bully_is_leader(l) ? "leads" : "no",
	       bully_leadership_gone(l) ? "gone" : "there");
	bully_leadership_close(l);
	return 0;
}

/* The namespace's clock is a week ahead. */
static int timens(struct bully *b, const char *group, struct bully_leadership *l)
{
	FILE *offsets;
	pid_t pid;
	int status;

	if (unshare(CLONE_NEWTIME))
		return 1;
	offsets = fopen("/proc/self/timens_offsets", "w");
	if (!offsets || fputs("boottime 604800 0\n", offsets) < 0 || fclose(offsets))
		return 1;
	fflush(stdout);
	pid = fork();
	if (!pid)
		exit(in_child(b, group, l));
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return 1;
	printf("the parent: %s, %s\n", bully_is_leader(l) ? "leads" : "no",
	       bully_leadership_gone(l) ? "gone" : "there");
	return WEXITSTATUS(status);
}

int main(int argc, char **argv)
{
	struct bully *b = bully_open();
	struct bully_leadership *l;
	int ret;

	if (argc < 3 || !b)
		return 1;
	setvbuf(stdout, NULL, _IOLBF, 0);
	ret = bully_leadership_open(b, argv[2], &l);
	if (ret) {
		fprintf(stderr, "errno %d: %s\n", -ret, bully_error(b));
		return 1;
	}
	ret = 1;
	if (!strcmp(argv[1], "ask"))
		ret = say(bully_epoch(l));
	else if (!strcmp(argv[1], "watch"))
		ret = watch(l);
	else if (!strcmp(argv[1], "count") && argc == 4)
		ret = count(l, strtoul(argv[3], NULL, 10));
	else if (!strcmp(argv[1], "cheap"))
		ret = puts(bully_leadership_is_cheap(l) ? "cheap" : "not cheap") < 0;
	else if (!strcmp(argv[1], "timens"))
		ret = timens(b, argv[2], l);
	bully_leadership_close(l);
	bully_close(b);
	return ret;
}
