// SPDX-License-Identifier: GPL-2.0-only
/*
 * A monitor that is killed by SIGKILL cannot end its command, so a second process does. It reads a
 * pipe whose other end closes when the monitor ends in any way.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "process/guard.h"

/* The guard process. It shares only the pipe with the monitor, and blocks all signals. */
static void stand(int fd)
{
	pid_t group = 0, told;
	sigset_t all;

	setsid();
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, NULL);
	prctl(PR_SET_NAME, "bully-guard"); /* so that 'killall bullyctl' spares the guard */
	if (dup2(fd, STDIN_FILENO) < 0)
		_exit(1);
	close_range(STDOUT_FILENO, ~0U, 0);
	while (read(STDIN_FILENO, &told, sizeof(told)) == sizeof(told))
		group = told;
	if (group)
		kill(-group, SIGKILL);
	_exit(0);
}

int guard_open(struct guard *g)
{
	int fds[2], err;

	g->fd = -1;
	if (pipe2(fds, O_CLOEXEC))
		return errno;
	g->pid = fork();
	if (!g->pid) {
		close(fds[1]);
		stand(fds[0]);
	}
	err = g->pid < 0 ? errno : 0;
	close(fds[0]);
	if (err)
		close(fds[1]);
	else
		g->fd = fds[1];
	return err;
}

void guard_watch(const struct guard *g, pid_t group)
{
	/* If the guard was killed, the command goes on without it. */
	if (write(g->fd, &group, sizeof(group)) < 0)
		return;
}

void guard_close(struct guard *g)
{
	if (g->fd < 0)
		return;
	close(g->fd);
	g->fd = -1;
	while (waitpid(g->pid, NULL, 0) < 0 && errno == EINTR)
		;
}
