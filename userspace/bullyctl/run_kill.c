// SPDX-License-Identifier: GPL-2.0
/*
 * A signal to the command and to all that it has started. bullyctl is the subreaper:
 * however often they fork, and whatever sessions they make, its descendants stay its
 * descendants, and /proc tells who they are.
 */
#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <unistd.h>

#include "run.h"

struct proc {
	pid_t pid;
	pid_t parent;
	pid_t group;
	bool ours;
};

struct procs {
	struct proc *proc;
	size_t len;
	size_t room;
};

/* "PID (NAME) STATE PARENT GROUP ..."; false if it is gone. */
static bool read_proc(struct proc *p)
{
	char path[64], stat[512];
	const char *end;
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)p->pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	n = read(fd, stat, sizeof(stat) - 1);
	close(fd);
	if (n <= 0)
		return false;
	stat[n] = '\0';
	end = strrchr(stat, ')'); /* a name may hold anything */
	return end && sscanf(end + 1, " %*c %d %d", &p->parent, &p->group) == 2;
}

static bool add(struct procs *all, const struct proc *p)
{
	if (all->len == all->room) {
		size_t room = all->room ? 2 * all->room : 256;
		struct proc *more = realloc(all->proc, room * sizeof(*more));

		if (!more)
			return false;
		all->proc = more;
		all->room = room;
	}
	all->proc[all->len++] = *p;
	return true;
}

static int by_pid(const void *a, const void *b)
{
	const struct proc *p = a, *q = b;

	return p->pid < q->pid ? -1 : p->pid > q->pid;
}

/* Ours is who has us, or one of ours, for a parent. */
static bool is_ours(const struct procs *all, pid_t parent)
{
	const struct proc key = {.pid = parent}, *p;

	if (parent == getpid())
		return true;
	p = bsearch(&key, all->proc, all->len, sizeof(key), by_pid);
	return p && p->ours;
}

static void mark(struct procs *all)
{
	bool more = true;
	size_t i;

	qsort(all->proc, all->len, sizeof(*all->proc), by_pid);
	while (more) {
		more = false;
		for (i = 0; i < all->len; i++) {
			struct proc *p = &all->proc[i];

			if (!p->ours && is_ours(all, p->parent))
				p->ours = more = true;
		}
	}
}

/* A /proc of another pid namespace has other people under these numbers. */
static bool proc_is_ours(void)
{
	char self[32] = "";

	return readlink("/proc/self", self, sizeof(self) - 1) > 0 && atoi(self) == getpid();
}

static void read_procs(struct procs *all)
{
	DIR *dir = opendir("/proc");
	bool room = true;
	struct dirent *e;

	while (dir && room && (e = readdir(dir))) {
		struct proc p = {0};

		if (!isdigit((unsigned char)e->d_name[0]))
			continue;
		p.pid = atoi(e->d_name);
		if (read_proc(&p))
			room = add(all, &p);
	}
	if (dir)
		closedir(dir);
}

/* The number may be another's by now: once it is held fast, its parent is asked again. */
static void signal_one(const struct procs *all, const struct proc *p, int sig)
{
	struct proc again = {.pid = p->pid};
	int fd = pidfd_open(p->pid, 0);

	if (fd < 0)
		return;
	if (read_proc(&again) && is_ours(all, again.parent)) {
		pidfd_send_signal(fd, sig, NULL, 0);
		/* one that is stopped hears nothing but KILL */
		if (sig == SIGTERM)
			pidfd_send_signal(fd, SIGCONT, NULL, 0);
	}
	close(fd);
}

/* Those that are not in @group, which has got it already. */
static void kill_descendants(pid_t group, int sig)
{
	struct procs all = {0};
	size_t i;

	if (!proc_is_ours())
		return;
	read_procs(&all);
	mark(&all);
	for (i = 0; i < all.len; i++)
		if (all.proc[i].ours && (!group || all.proc[i].group != group))
			signal_one(&all, &all.proc[i], sig);
	free(all.proc);
}

void kill_all(const struct job *j, int sig)
{
	if (sig == SIGKILL)
		cgroup_kill(j);
	/* While it is not reaped, its number is nobody else's. */
	if (j->pid) {
		kill(-j->pid, sig);
		if (sig == SIGTERM)
			kill(-j->pid, SIGCONT);
	}
	kill_descendants(j->pid, sig);
}
