// SPDX-License-Identifier: GPL-2.0-only
/* Finds, starts, signals, suspends and reaps the command. */
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

#include "process/signals.h"
#include "run/run.h"

#define REAPS 1000 /* reaped at a time: endless forks must not delay killing */

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

/* Searches as execvp() does, but a file without an executable format is not given to a shell. */
int job_find(struct ctl *ctl, struct job *j)
{
	const char *command = j->argv[0], *path = getenv("PATH");
	int err = ENOENT;

	if (!*command)
		return cannot_run(ctl, command, ENOENT);
	snprintf(j->file, sizeof(j->file), "%s", command);
	if (strlen(command) >= sizeof(j->file))
		return cannot_run(ctl, command, ENAMETOOLONG);
	if (strchr(command, '/'))
		return is_program(command) ? CTL_DONE : cannot_run(ctl, command, errno);
	if (!path)
		path = "/bin:/usr/bin";
	for (;;) {
		size_t len = strcspn(path, ":");

		snprintf(j->file, sizeof(j->file), "%.*s%s%s", (int)len, path, len ? "/" : "",
			 command);
		if (is_program(j->file))
			return CTL_DONE;
		if (errno == EACCES)
			err = EACCES;
		if (!path[len])
			return cannot_run(ctl, command, err);
		path += len + 1;
	}
}

int job_open(struct ctl *ctl, struct job *j)
{
	struct sigaction deaf = {.sa_handler = SIG_DFL};

	j->pidfd = -1;
	/* If SIGCHLD is ignored, children cannot be waited for. */
	sigaction(SIGCHLD, &deaf, &j->chld);
	/* A descendant that loses its parent becomes a child of bullyctl, not of init. */
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	j->tty = !j->quiet && isatty(STDIN_FILENO) && tcgetpgrp(STDIN_FILENO) > 0;
	cgroup_open(j);
	return finder_open(ctl, &j->finder);
}

/* Gives the command no input and no output but standard error. Returns false on an error. */
static bool hush(void)
{
	int fd = open("/dev/null", O_RDWR | O_CLOEXEC);

	return fd >= 0 && dup2(fd, STDIN_FILENO) >= 0 && dup2(fd, STDOUT_FILENO) >= 0;
}

/* Runs in the new process, which dies with bullyctl, even if bullyctl is dead already. */
static void become(struct ctl *ctl, const struct job *j, char *const *env, pid_t parent)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(CTL_RUN_FAILED);
	setpgid(0, 0);
	if (j->foreground)
		tcsetpgrp(STDIN_FILENO, getpid());
	cgroup_enter(j);
	if (j->quiet && !hush())
		_exit(fail(ctl, CTL_RUN_FAILED, errno, "cannot open /dev/null: %m"));
	sigaction(SIGCHLD, &j->chld, NULL);
	sigprocmask(SIG_SETMASK, &j->mask, NULL);
	execve(j->file, j->argv, env);
	_exit(cannot_run(ctl, j->argv[0], errno));
}

int job_start(struct ctl *ctl, struct job *j, char *const *env)
{
	pid_t parent = getpid(), pid;

	j->foreground = j->tty && tcgetpgrp(STDIN_FILENO) == getpgrp();
	j->stopped = false;
	pid = fork();
	if (pid < 0)
		return fail(ctl, CTL_RUN_FAILED, errno, "cannot start '%s': %m", j->argv[0]);
	if (!pid)
		become(ctl, j, env, parent);
	/* Parent and child both do this, because either may run first. */
	setpgid(pid, pid);
	if (j->foreground)
		tcsetpgrp(STDIN_FILENO, pid);
	j->pid = pid;
	j->pidfd = pidfd_open(pid, 0);
	return CTL_DONE;
}

void job_forward(const struct job *j, int sig, bool group)
{
	if (j->pid)
		kill(group ? -j->pid : j->pid, sig);
}

static void take_terminal(struct job *j)
{
	if (j->foreground)
		tcsetpgrp(STDIN_FILENO, getpgrp());
	j->foreground = false;
}

static void ended(struct job *j, int status)
{
	j->status = status;
	j->pid = 0;
	if (j->pidfd >= 0)
		close(j->pidfd);
	j->pidfd = -1;
	take_terminal(j);
}

bool job_reap(struct job *j, bool *more)
{
	int i, status;

	*more = false;
	for (i = 0; i < REAPS; i++) {
		pid_t pid = waitpid(-1, &status, WNOHANG | (j->tty ? WUNTRACED : 0));

		if (pid < 0)
			return errno != ECHILD;
		if (!pid)
			return true;
		if (pid != j->pid)
			continue;
		if (WIFSTOPPED(status))
			j->stopped = true;
		else
			ended(j, status);
	}
	*more = true;
	return true;
}

/*
 * The shell knows bullyctl only: it takes the terminal back when bullyctl stops. While bullyctl is
 * stopped, it does not refresh the candidacy.
 */
void job_suspend(struct job *j)
{
	take_terminal(j);
	kill(getpid(), SIGTSTP);
}

void job_resume(struct job *j)
{
	j->stopped = false;
	j->foreground = tcgetpgrp(STDIN_FILENO) == getpgrp();
	if (j->foreground)
		tcsetpgrp(STDIN_FILENO, j->pid);
	signal_group(j->pid, SIGCONT);
}

void job_continue(struct job *j)
{
	j->stopped = false;
	/* in the background the terminal would stop the command again, without end */
	if (j->foreground)
		signal_group(j->pid, SIGCONT);
}

int job_exit_status(const struct job *j)
{
	bool signalled = WIFSIGNALED(j->status);

	return shell_status(signalled, signalled ? WTERMSIG(j->status) : WEXITSTATUS(j->status));
}

void job_close(struct job *j)
{
	take_terminal(j);
	cgroup_close(j);
	finder_close(&j->finder);
}
