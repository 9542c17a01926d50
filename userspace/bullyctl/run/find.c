// SPDX-License-Identifier: GPL-2.0-only
/*
 * Finds the descendants of this process in /proc. With CONFIG_PROC_CHILDREN the kernel lists the
 * children of each thread there, and only descendants are read. Without it, all processes of the
 * host are read.
 *
 * Descriptors and memory for a search are reserved at the start, so that ending a command does not
 * fail when they are used up.
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#include "run/run.h"

#define ROOM 4096 /* processes for which memory is reserved */

/* The file has "PID (NAME) STATE PARENT GROUP ...". */
bool finder_read(const struct finder *f, struct proc *p)
{
	char path[32], stat[512];
	const char *end;
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "%d/stat", (int)p->pid);
	fd = openat(dirfd(f->proc), path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	n = read(fd, stat, sizeof(stat) - 1);
	close(fd);
	if (n <= 0)
		return false;
	stat[n] = '\0';
	end = strrchr(stat, ')'); /* NAME may contain ')' */
	return end && sscanf(end + 1, " %*c %d %d", &p->parent, &p->group) == 2;
}

/* Appends @p. Returns false if there is no memory; the search then ends with those found. */
static bool add(struct finder *f, const struct proc *p)
{
	if (f->len == f->room) {
		size_t room = 2 * f->room;
		struct proc *more = realloc(f->found, room * sizeof(*more));

		if (!more)
			return false;
		f->found = more;
		f->room = room;
	}
	f->found[f->len++] = *p;
	return true;
}

/* ---- by the children of each thread ---- */

/* Adds the children from a list of numbers, each with a space behind it. */
static void add_list(struct finder *f, int fd, pid_t parent)
{
	struct proc p = {.parent = parent};
	char text[1024];
	ssize_t n, i;

	while ((n = read(fd, text, sizeof(text))) > 0) {
		for (i = 0; i < n; i++) {
			if (isdigit((unsigned char)text[i])) {
				p.pid = 10 * p.pid + (text[i] - '0');
				continue;
			}
			if (p.pid && !add(f, &p))
				return;
			p.pid = 0;
		}
	}
}

static void add_children_of_thread(struct finder *f, int task, const char *tid, pid_t pid)
{
	char path[300];
	int fd;

	snprintf(path, sizeof(path), "%s/children", tid);
	fd = openat(task, path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	add_list(f, fd, pid);
	close(fd);
}

void finder_add_children(struct finder *f, pid_t pid)
{
	char path[32], entries[2048] __attribute__((aligned(8)));
	ssize_t n, at;
	int task;

	if (!f->children)
		return;
	snprintf(path, sizeof(path), "%d/task", (int)pid);
	task = openat(dirfd(f->proc), path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (task < 0)
		return;
	/* opendir() would allocate memory */
	while ((n = getdents64(task, entries, sizeof(entries))) > 0) {
		for (at = 0; at < n;) {
			const struct dirent64 *e = (const void *)(entries + at);

			if (isdigit((unsigned char)e->d_name[0]))
				add_children_of_thread(f, task, e->d_name, pid);
			at += e->d_reclen;
		}
	}
	close(task);
}

static bool lists_children(const struct finder *f)
{
	char path[64];

	snprintf(path, sizeof(path), "%d/task/%d/children", (int)getpid(), (int)getpid());
	return !faccessat(dirfd(f->proc), path, R_OK, 0);
}

/* ---- by reading all processes ---- */

static int by_pid(const void *a, const void *b)
{
	const struct proc *p = a, *q = b;

	return p->pid < q->pid ? -1 : p->pid > q->pid;
}

static bool is_marked(const struct finder *f, pid_t parent)
{
	const struct proc key = {.pid = parent}, *p;

	if (parent == getpid())
		return true;
	p = bsearch(&key, f->found, f->len, sizeof(key), by_pid);
	return p && p->ours;
}

/* Keeps the descendants: processes whose parent is this process or a descendant. */
static void keep_ours(struct finder *f)
{
	size_t i, kept = 0;
	bool more = true;

	qsort(f->found, f->len, sizeof(*f->found), by_pid);
	while (more) {
		more = false;
		for (i = 0; i < f->len; i++) {
			struct proc *p = &f->found[i];

			if (!p->ours && is_marked(f, p->parent))
				p->ours = more = true;
		}
	}
	for (i = 0; i < f->len; i++)
		if (f->found[i].ours)
			f->found[kept++] = f->found[i];
	f->len = kept;
}

static void add_all(struct finder *f)
{
	struct dirent *e;

	rewinddir(f->proc);
	while ((e = readdir(f->proc))) {
		struct proc p = {0};

		if (!isdigit((unsigned char)e->d_name[0]))
			continue;
		p.pid = atoi(e->d_name);
		if (finder_read(f, &p) && !add(f, &p))
			break;
	}
	keep_ours(f);
}

/* ---- reserved at the start ---- */

/* Reserves descriptors. Closing them later makes room for the descriptors of a search. */
static bool take_spare(struct finder *f)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(f->spare); i++) {
		if (f->spare[i] < 0)
			f->spare[i] = fcntl(dirfd(f->proc), F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
		if (f->spare[i] < 0)
			return false;
	}
	return true;
}

static void give_spare(struct finder *f)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(f->spare); i++) {
		if (f->spare[i] >= 0)
			close(f->spare[i]);
		f->spare[i] = -1;
	}
}

/* Returns false if /proc belongs to another pid namespace, where the numbers differ. */
static bool is_own_proc(DIR *proc)
{
	char self[32] = "";

	return readlinkat(dirfd(proc), "self", self, sizeof(self) - 1) > 0 &&
	       atoi(self) == getpid();
}

int finder_open(struct ctl *ctl, struct finder *f)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(f->spare); i++)
		f->spare[i] = -1;
	f->found = malloc(ROOM * sizeof(*f->found));
	f->room = ROOM;
	if (!f->found)
		return fail(ctl, CTL_RUN_FAILED, ENOMEM, "run: out of memory");
	f->proc = opendir("/proc");
	if (!f->proc && errno != EMFILE && errno != ENFILE)
		return CTL_DONE; /* without /proc only the process group can be ended */
	if (!f->proc || !take_spare(f))
		return fail(ctl, CTL_RUN_FAILED, errno,
			    "run: cannot reserve the file descriptors for ending the command: %m");
	if (!is_own_proc(f->proc)) {
		finder_close(f);
		return CTL_DONE;
	}
	f->children = lists_children(f);
	return CTL_DONE;
}

void finder_close(struct finder *f)
{
	if (f->proc) {
		give_spare(f);
		closedir(f->proc);
	}
	f->proc = NULL;
	free(f->found);
	f->found = NULL;
	f->len = 0;
	f->room = 0;
}

void finder_begin(struct finder *f)
{
	f->len = 0;
	if (!f->proc)
		return;
	give_spare(f);
	if (f->children)
		finder_add_children(f, getpid());
	else
		add_all(f);
}

void finder_end(struct finder *f)
{
	if (f->proc)
		take_spare(f);
}

bool finder_has(const struct finder *f, pid_t pid)
{
	size_t i;

	for (i = 0; i < f->len; i++)
		if (f->found[i].pid == pid)
			return true;
	return pid == getpid();
}
