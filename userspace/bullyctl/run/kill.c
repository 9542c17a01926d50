// SPDX-License-Identifier: GPL-2.0-only
/*
 * A signal to the command and to all that it has started. bullyctl is the subreaper:
 * however often they fork, and whatever sessions they make, its descendants stay its
 * descendants, and /proc tells who they are.
 */
#include <sys/pidfd.h>
#include <unistd.h>

#include "process/signals.h"
#include "run/run.h"

/*
 * The number may be another's by now: once it is held fast, its parent is asked. What is
 * in @group has the signal already, but its children may not.
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
			/* one that is stopped hears nothing but KILL */
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
	/* While it is not reaped, its number is nobody else's. */
	if (j->pid)
		signal_group(j->pid, sig);
	finder_begin(f);
	for (i = 0; i < f->len; i++) /* it grows by the children of each */
		signal_one(f, f->found[i], j->pid, sig);
	finder_end(f);
}
