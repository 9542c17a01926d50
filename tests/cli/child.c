// SPDX-License-Identifier: GPL-2.0-only
/* Tests a child whose end is not reported: it is forgotten, and its pid gets no signal. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "process/child.h"

extern char **environ;

static int kills;

/* Replaces the function of the C library. */
int kill(pid_t pid, int sig)
{
	(void)pid;
	(void)sig;
	kills++;
	return 0;
}

static int bad(const char *what)
{
	printf("child: %s\n", what);
	return 1;
}

int main(void)
{
	char *command[] = {"true", NULL}, how[CHILD_HOW_LEN] = "";
	struct child c;
	struct pollfd p = {.events = POLLIN};
	int status = 0, err;

	signal(SIGCHLD, SIG_IGN); /* the kernel reaps it */
	child_init(&c, 1);
	do { /* the child may be reaped before the test sees it */
		err = child_start(&c, command, environ);
	} while (err == ESRCH && !kills);
	if (err)
		return bad(kills ? "a pid that may be reused is killed at once"
				 : "it cannot be started");
	p.fd = c.fd;
	if (poll(&p, 1, 30000) != 1)
		return bad("it does not end");
	/* a pidfd reports the end a moment before the child is reaped */
	while (child_runs(&c) && !kills && !child_check(&c, &status, how))
		;
	if (kills)
		return bad("a pid that may be reused is killed");
	if (status != CHILD_UNSEEN || strncmp(how, "cannot learn how it ended", 25))
		return bad(how);
	child_end(&c);
	child_close(&c);
	return child_runs(&c) || c.fd >= 0 || kills ? bad("it is not forgotten") : 0;
}
