// SPDX-License-Identifier: GPL-2.0-only
/* A child whose end nobody tells us: it is forgotten, and its number is left alone. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "process/child.h"

extern char **environ;

static int kills;

/* In the C library's place. */
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
	do { /* it may be reaped before it is looked at */
		err = child_start(&c, command, environ);
	} while (err == ESRCH && !kills);
	if (err)
		return bad(kills ? "a number that may be another's is killed at once" : "it cannot be started");
	p.fd = c.fd;
	if (poll(&p, 1, 30000) != 1)
		return bad("it does not end");
	/* by pidfd it has ended a moment before it is reaped */
	while (child_runs(&c) && !kills && !child_check(&c, &status, how))
		;
	if (kills)
		return bad("a number that may be another's is killed");
	if (status != CHILD_UNSEEN || strncmp(how, "its end was not seen", 20))
		return bad(how);
	child_end(&c);
	child_close(&c);
	return child_runs(&c) || c.fd >= 0 || kills ? bad("it is not forgotten") : 0;
}
