// SPDX-License-Identifier: GPL-2.0
/* The command: found, started, signalled, suspended, reaped. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "run.h"

#define REAPS 1000 /* at a time: whoever forks without end must not keep us from killing */

static int cannot_run(struct ctl *ctl, const char *command, int err)
{
	if (err == ENOENT)
		return fail(ctl, CTL_RUN_NO_COMMAND, err, "there is no command '%s'", command);
	return fail(ctl, CTL_RUN_CANNOT, err, "cannot run '%s': %s", command, strerror(err));
}

static bool is_program(const char *path)
{
	struct stat st;

	if (access(path, X_OK) || stat(path, &st))
		return false;
	if (S_ISREG(st.st_mode))
		return true;
	errno = EACCES;
	return false;
}

/* As execvp() looks for it; that one, however, gives to a shell what is no program. */
int run_child_find(struct ctl *ctl, struct child *c)
{
	const char *command = c->argv[0], *path = getenv("PATH");
	int err = ENOENT;

	if (!*command)
		return cannot_run(ctl, command, ENOENT);
	snprintf(c->file, sizeof(c->file), "%s", command);
	if (strlen(command) >= sizeof(c->file))
		return cannot_run(ctl, command, ENAMETOOLONG);
	if (strchr(command, '/'))
		return is_program(command) ? CTL_DONE : cannot_run(ctl, command, errno);
	if (!path)
		path = "/bin:/usr/bin";
	for (;;) {
		size_t len = strcspn(path, ":");

		snprintf(c->file, sizeof(c->file), "%.*s%s%s", (int)len, path, len ? "/" : "",
			 command);
		if (is_program(c->file))
			return CTL_DONE;
		if (errno == EACCES)
			err = EACCES;
		if (!path[len])
			return cannot_run(ctl, command, err);
		path += len + 1;
	}
}

void run_child_open(struct child *c)
{
	struct sigaction deaf = {.sa_handler = SIG_DFL};

	c->pidfd = -1;
	/* Where it is ignored children cannot be waited for. */
	sigaction(SIGCHLD, &deaf, &c->chld);
	/* Who loses its parent becomes our child, not that of init. */
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	c->tty = isatty(STDIN_FILENO) && tcgetpgrp(STDIN_FILENO) > 0;
	cgroup_open(c);
}

/* In the new process. It dies with bullyctl, also if that is dead already. */
static void become(struct ctl *ctl, const struct child *c, const struct lead *l, pid_t parent)
{
	char id[16], epoch[24];

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(CTL_RUN_FAILED);
	setpgid(0, 0);
	if (c->foreground)
		tcsetpgrp(STDIN_FILENO, getpid());
	cgroup_enter(c);
	snprintf(id, sizeof(id), "%u", l->id);
	snprintf(epoch, sizeof(epoch), "%llu", (unsigned long long)l->epoch);
	if (setenv("BULLY_GROUP", l->group, 1) || setenv("BULLY_ID", id, 1) ||
	    setenv("BULLY_EPOCH", epoch, 1))
		_exit(fail(ctl, CTL_RUN_FAILED, ENOMEM, "out of memory"));
	sigaction(SIGCHLD, &c->chld, NULL);
	sigprocmask(SIG_SETMASK, &c->mask, NULL);
	execv(c->file, c->argv);
	_exit(cannot_run(ctl, c->argv[0], errno));
}

int run_child_start(struct ctl *ctl, struct child *c, const struct lead *l)
{
	pid_t parent = getpid(), pid;

	c->foreground = c->tty && tcgetpgrp(STDIN_FILENO) == getpgrp();
	c->stopped = false;
	pid = fork();
	if (pid < 0)
		return fail(ctl, CTL_RUN_FAILED, errno, "cannot start '%s': %m", c->argv[0]);
	if (!pid)
		become(ctl, c, l, parent);
	/* Both do it: neither can say who comes first. */
	setpgid(pid, pid);
	if (c->foreground)
		tcsetpgrp(STDIN_FILENO, pid);
	c->pid = pid;
	c->pidfd = pidfd_open(pid, 0);
	return CTL_DONE;
}

void run_child_forward(const struct child *c, int sig, bool group)
{
	if (c->pid)
		kill(group ? -c->pid : c->pid, sig);
}

static void take_terminal(struct child *c)
{
	if (c->foreground)
		tcsetpgrp(STDIN_FILENO, getpgrp());
	c->foreground = false;
}

static void ended(struct child *c, int status)
{
	c->status = status;
	c->pid = 0;
	if (c->pidfd >= 0)
		close(c->pidfd);
	c->pidfd = -1;
	take_terminal(c);
}

bool run_child_reap(struct child *c, bool *more)
{
	int i, status;

	*more = false;
	for (i = 0; i < REAPS; i++) {
		pid_t pid = waitpid(-1, &status, WNOHANG | (c->tty ? WUNTRACED : 0));

		if (pid < 0)
			return errno != ECHILD;
		if (!pid)
			return true;
		if (pid != c->pid)
			continue;
		if (WIFSTOPPED(status))
			c->stopped = true;
		else
			ended(c, status);
	}
	*more = true;
	return true;
}

/*
 * The shell knows of bullyctl alone: it has to stop for the terminal to be anybody
 * else's. Meanwhile nobody keeps the deadline.
 */
void run_child_suspend(struct child *c)
{
	take_terminal(c);
	kill(getpid(), SIGTSTP);
}

void run_child_resume(struct child *c)
{
	c->stopped = false;
	c->foreground = tcgetpgrp(STDIN_FILENO) == getpgrp();
	if (c->foreground)
		tcsetpgrp(STDIN_FILENO, c->pid);
	kill(-c->pid, SIGCONT);
}

int child_exit_status(const struct child *c)
{
	if (WIFSIGNALED(c->status))
		return CTL_RUN_SIGNAL + WTERMSIG(c->status);
	return WEXITSTATUS(c->status);
}

void run_child_close(struct child *c)
{
	take_terminal(c);
	cgroup_close(c);
}
