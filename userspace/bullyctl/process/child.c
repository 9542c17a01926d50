// SPDX-License-Identifier: GPL-2.0-only
/* Starts a child, keeps its time limit, and reports how it ended. */
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/text.h"
#include "process/child.h"
#include "process/signals.h"
#include "values/values.h"

#define WARN_NS 10000000000u /* time to the first warning; it doubles for each further one */
#define GRACE_NS 5000000000u /* time from TERM to KILL */

extern char **environ;

void child_init(struct child *c, uint64_t timeout_ns)
{
	memset(c, 0, sizeof(*c));
	c->fd = -1;
	c->out = STDERR_FILENO;
	c->timeout_ns = timeout_ns;
}

bool child_runs(const struct child *c)
{
	return c->pid != 0;
}

static void forget(struct child *c)
{
	close(c->fd);
	child_init(c, c->timeout_ns);
}

void child_close(struct child *c)
{
	if (!c->pid)
		return;
	signal_group(c->pid, SIGKILL);
	while (waitpid(c->pid, NULL, 0) < 0 && errno == EINTR)
		;
	forget(c);
}

/*
 * Resets the signals that bullyctl has changed. SIGCHLD is never ignored in the child, because the
 * child may be a shell that waits for children.
 */
static int prepare(posix_spawnattr_t *attr, posix_spawn_file_actions_t *actions, int out)
{
	sigset_t mask, dfl;
	int err;

	sigemptyset(&mask);
	sigemptyset(&dfl);
	sigaddset(&dfl, SIGPIPE);
	err = posix_spawnattr_setflags(attr, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK |
						     POSIX_SPAWN_SETSIGDEF);
	if (!err)
		err = posix_spawnattr_setpgroup(attr, 0);
	if (!err)
		err = posix_spawnattr_setsigmask(attr, &mask);
	if (!err)
		err = posix_spawnattr_setsigdefault(attr, &dfl);
	if (!err)
		err = posix_spawn_file_actions_addopen(actions, STDIN_FILENO, "/dev/null", O_RDONLY,
						       0);
	if (!err)
		err = posix_spawn_file_actions_adddup2(actions, out, STDOUT_FILENO);
	if (!err && out != STDERR_FILENO)
		err = posix_spawn_file_actions_addopen(actions, STDERR_FILENO, "/dev/null",
						       O_WRONLY, 0);
	return err;
}

int child_start(struct child *c, char *const *command, char *const *env)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attr;
	int err;

	posix_spawnattr_init(&attr);
	posix_spawn_file_actions_init(&actions);
	err = prepare(&attr, &actions, c->out);
	if (!err)
		err = posix_spawnp(&c->pid, command[0], &actions, &attr, command, env);
	posix_spawn_file_actions_destroy(&actions);
	posix_spawnattr_destroy(&attr);
	if (err) {
		c->pid = 0;
		return err;
	}
	c->fd = pidfd_open(c->pid, 0);
	if (c->fd < 0) {
		err = errno;
		if (err == ESRCH) /* the child is reaped, and its number may be reused */
			c->pid = 0;
		else
			child_close(c);
		return err;
	}
	c->begin_ns = clock_ns(CLOCK_MONOTONIC);
	c->warn_ns = c->begin_ns + WARN_NS;
	return 0;
}

void child_end(struct child *c)
{
	if (!c->pid || c->end_ns)
		return;
	c->end_ns = clock_ns(CLOCK_MONOTONIC);
	signal_group(c->pid, SIGTERM);
}

static void keep_time(struct child *c)
{
	uint64_t now = clock_ns(CLOCK_MONOTONIC);

	if (c->end_ns && now - c->end_ns >= GRACE_NS) {
		signal_group(c->pid, SIGKILL);
	} else if (c->end_ns) {
		/* the child may have stopped since TERM */
		signal_group(c->pid, SIGCONT);
	} else if (c->timeout_ns && now - c->begin_ns >= c->timeout_ns) {
		c->timed_out = true;
		child_end(c);
	}
}

bool child_check(struct child *c, int *status, char *how)
{
	char dur[DUR_STRLEN];
	siginfo_t info = {0};
	bool exited;
	int err;

	if (!c->pid)
		return false;
	/* The child stays a zombie until its group is killed, so its number is not reused. */
	err = waitid(P_PID, (id_t)c->pid, &info, WEXITED | WNOHANG | WNOWAIT) ? errno : 0;
	if (err && err != EINTR) {
		/* The child is reaped already. Its number may be reused, so it is not killed. */
		snprintf(how, CHILD_HOW_LEN, "cannot learn how it ended: %s", strerror(err));
		*status = CHILD_UNSEEN;
		forget(c);
		return true;
	}
	if (err || !info.si_pid) {
		keep_time(c);
		return false;
	}
	if (c->end_ns)
		signal_group(c->pid, SIGKILL);
	waitid(P_PID, (id_t)c->pid, &info, WEXITED);
	exited = info.si_code == CLD_EXITED;
	*status = shell_status(!exited, info.si_status);
	if (c->timed_out) {
		snprintf(how, CHILD_HOW_LEN, "ended: it took longer than %s",
			 format_dur(c->timeout_ns, dur));
		*status = 124;
	} else if (exited) {
		snprintf(how, CHILD_HOW_LEN, "exit status %d", info.si_status);
	} else {
		snprintf(how, CHILD_HOW_LEN, "killed by signal %d (%s)", info.si_status,
			 strsignal(info.si_status));
	}
	forget(c);
	return true;
}

bool child_slow(struct child *c, char *how)
{
	uint64_t now = clock_ns(CLOCK_MONOTONIC);
	char dur[DUR_STRLEN];

	if (!c->pid || now < c->warn_ns)
		return false;
	snprintf(how, CHILD_HOW_LEN, "it has been running for %s; newer states must wait",
		 format_dur_short(now - c->begin_ns, dur));
	c->warn_ns = now + (now - c->begin_ns);
	return true;
}

int child_wait_ms(const struct child *c)
{
	uint64_t now = clock_ns(CLOCK_MONOTONIC), next = c->warn_ns, ms;

	if (!c->pid)
		return -1;
	if (c->end_ns)
		next = c->end_ns + GRACE_NS;
	else if (c->timeout_ns && c->begin_ns + c->timeout_ns < next)
		next = c->begin_ns + c->timeout_ns;
	/* after KILL, check for the end of the child every 100 ms */
	ms = next > now ? (next - now + 999999) / 1000000 : 100;
	return ms > INT_MAX ? INT_MAX : (int)ms;
}
