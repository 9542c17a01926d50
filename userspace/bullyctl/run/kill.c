// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sends a signal to the command and all its descendants. bullyctl is the subreaper: processes that
 * fork or start a new session stay descendants of bullyctl, and /proc lists them.
 */
#include <sys/pidfd.h>
#include <unistd.h>

#include "process/signals.h"
#include "run/run.h"

/*
 * Sends @sig to one process. Its number may have been reused: the pidfd fixes the process, and then
 * its parent is checked. Processes in @group have the signal already, but their children may not.
 */
static void signal_one(struct finder *f, struct proc p, pid_t group, int sig)
{
	struct proc now = {.pid = p.pid};
	int fd = pidfd_open(p.pid, 0);

	if (fd < 0)
		return;
	if (finder_read(f, &now) && (now.parent == p.parent || finder_has(f, now.parent))) {
		finder_add_children(f, p.pid);
		if (!group || now.group != group) {
			pidfd_send_signal(fd, sig, NULL, 0);
			/* a stopped process handles TERM only after CONT */
			if (sig == SIGTERM)
				pidfd_send_signal(fd, SIGCONT, NULL, 0);
		}
	}
	close(fd);
}

void kill_all(struct job *j, int sig)
{
	struct finder *f = &j->finder;
	size_t i;

	if (sig == SIGKILL)
		cgroup_kill(j);
	/* Until the command is reaped, its number is not reused. */
	if (j->pid)
		signal_group(j->pid, sig);
	finder_begin(f);
	for (i = 0; i < f->len; i++) /* signal_one() appends the children of each */
		signal_one(f, f->found[i], j->pid, sig);
	finder_end(f);
}
