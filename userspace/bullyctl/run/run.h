/* SPDX-License-Identifier: GPL-2.0-only */
/* bullyctl run: a command that lives while this node leads. */
#ifndef BULLYCTL_RUN_H
#define BULLYCTL_RUN_H

#include <dirent.h>
#include <limits.h>
#include <signal.h>
#include <sys/types.h>

#include "base/ctl.h"

int cmd_run(struct ctl *ctl, int argc, char **argv);

#define RUN_NEVER UINT64_MAX

/* All times are of CLOCK_BOOTTIME: what happens in a suspend counts. */
uint64_t run_now(void);

/**
 * struct lead - the candidacy, and whether it leads
 * @ctl: the run of the tool
 * @group: its name
 * @deadline_ns: what is promised to the kernel, 0 for nothing
 * @patient: a group or a module that goes away is waited for
 * @wanted: this node is to stand
 * @candidacy: NULL while it does not
 * @monitor: what happens to the group
 * @module: it is there, as far as the monitor knows
 * @look: something has happened that only the kernel can judge
 * @unread: there may be events that were not read yet
 * @look_at: when to look, although nothing may have happened
 * @replaced: the group was deleted to be made anew
 * @refresh_at: when the kernel is to hear of us
 * @refreshed: when it was last told that, or earlier
 * @lease_end: until when this node leads for sure; RUN_NEVER in classic mode
 * @ahead_ns: what our clock is ahead of the kernel's, or less: a time namespace
 * @leads: this node leads
 * @lost_at: since when it leads no more, or earlier; RUN_NEVER where that is not known
 * @id: of this node
 * @session: of the group, of which the next two are
 * @seq: number of the event that was last heeded
 * @epoch: with which it leads
 * @why: why it leads no more, for people
 */
struct lead {
	struct ctl *ctl;
	const char *group;
	uint64_t deadline_ns;
	bool patient;
	bool wanted;
	struct bully_candidacy *candidacy;
	struct bully_monitor *monitor;
	bool module;
	bool look;
	bool unread;
	bool replaced;
	uint64_t look_at;
	uint64_t refresh_at;
	uint64_t refreshed;
	uint64_t lease_end;
	int64_t ahead_ns;
	bool leads;
	uint64_t lost_at;
	uint32_t id;
	uint64_t session;
	uint64_t seq;
	uint64_t epoch;
	char why[320];
};

/* lead.c; the first three return 0, or an exit status after having complained. */
int lead_open(struct lead *l);
/* Stands (again), now or as soon as the group is there, if that can be waited for. */
int lead_stand(struct lead *l);
/*
 * Looks at what has happened, and says in @leads how it is. From when it leads until
 * lead_stand() it never complains: nobody may read what is written.
 */
int lead_update(struct lead *l);
/* When to look again at the latest. */
uint64_t lead_next(const struct lead *l);
void lead_release(struct lead *l);
void lead_close(struct lead *l);

/**
 * struct proc - a process
 * @pid: its number
 * @parent: that of its parent
 * @group: its process group, where it was read
 * @ours: it is a descendant
 */
struct proc {
	pid_t pid;
	pid_t parent;
	pid_t group;
	bool ours;
};

#define FINDER_FDS 3 /* a process that is held fast, its threads, what is read of one */

/**
 * struct finder - finds the descendants of this process, with what it needs for that
 * @proc: /proc; NULL where that is not mounted, or tells of another pid namespace
 * @children: the kernel lists the children of each thread
 * @spare: descriptors that are given back while it searches, else -1
 * @found: the descendants
 * @len: how many
 * @room: for how many there is memory
 */
struct finder {
	DIR *proc;
	bool children;
	int spare[FINDER_FDS];
	struct proc *found;
	size_t len;
	size_t room;
};

/* find.c */
/* 0, or an exit status after having complained. */
int finder_open(struct ctl *ctl, struct finder *f);
void finder_close(struct finder *f);
/*
 * Between these it searches. It begins with this process's children, and whoever looks at
 * them adds theirs; where the kernel lists no children it begins with all descendants.
 */
void finder_begin(struct finder *f);
void finder_add_children(struct finder *f, pid_t pid);
void finder_end(struct finder *f);
/* Reads parent and group of @p; false if it is gone. */
bool finder_read(const struct finder *f, struct proc *p);
/* Is it this process, or one that was found? */
bool finder_has(const struct finder *f, pid_t pid);

/**
 * struct job - the command, with all that it starts
 * @argv: its words
 * @file: what the first of them means
 * @pid: of its process and of its process group, 0 once it was reaped
 * @pidfd: of its process, -1 once it was reaped
 * @status: as wait() gives it, once it was reaped
 * @stopped: it was stopped (and bullyctl is to stop with it)
 * @finder: finds all that it has started
 * @cgroup: descriptor of a cgroup of its own, or -1
 * @cgroup_kill: descriptor by which that is killed, or -1
 * @cgroup_path: of that cgroup
 * @tty: standard input is a terminal that has us
 * @foreground: that terminal is lent to the command
 * @mask: the signals that were blocked when bullyctl started
 * @chld: what SIGCHLD did then
 */
struct job {
	char **argv;
	char file[PATH_MAX];
	pid_t pid;
	int pidfd;
	int status;
	bool stopped;
	struct finder finder;
	int cgroup;
	int cgroup_kill;
	char *cgroup_path;
	bool tty;
	bool foreground;
	sigset_t mask;
	struct sigaction chld;
};

/* job.c */
/* 0, or an exit status after having complained: so that nobody leads for nothing. */
int job_find(struct ctl *ctl, struct job *j);
/* 0, or an exit status after having complained. */
int job_open(struct ctl *ctl, struct job *j);
int job_start(struct ctl *ctl, struct job *j, const struct lead *l);
void job_forward(const struct job *j, int sig, bool group);
/* Reaps what has ended. False when no descendant is left at all. */
bool job_reap(struct job *j, bool *more);
/* It was stopped: stops, too, and comes back when both shall go on. */
void job_suspend(struct job *j);
void job_resume(struct job *j);
/* As a shell has it: its own, or 128 and a signal's number. */
int job_exit_status(const struct job *j);
void job_close(struct job *j);

/* kill.c; a signal to the command, its process group and all descendants. */
void kill_all(struct job *j, int sig);

/* cgroup.c; all of it where systemd has delegated our cgroup, else nothing. */
void cgroup_open(struct job *j);
void cgroup_enter(const struct job *j);
void cgroup_kill(const struct job *j);
void cgroup_close(struct job *j);

/**
 * struct run - what was asked for
 * @ctl: the run of the tool
 * @restart: start the command again at each leadership
 * @timeout_ns: how long to wait for leadership, RUN_NEVER for ever
 * @kill_after_ns: from the end of leadership to KILL
 * @lead: its leadership
 * @job: its command
 */
struct run {
	struct ctl *ctl;
	bool restart;
	uint64_t timeout_ns;
	uint64_t kill_after_ns;
	struct lead lead;
	struct job job;
};

/* loop.c; the exit status. */
int run_loop(struct run *r);

#endif /* BULLYCTL_RUN_H */
