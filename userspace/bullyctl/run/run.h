/* SPDX-License-Identifier: GPL-2.0-only */
/* bullyctl run: runs a command while this node leads. */
#ifndef BULLYCTL_RUN_H
#define BULLYCTL_RUN_H

#include <dirent.h>
#include <limits.h>
#include <signal.h>
#include <sys/types.h>

#include "base/ctl.h"
#include "run/position.h"
#include "run/watchdog.h"

int cmd_run(struct ctl *ctl, int argc, char **argv);

#define RUN_NEVER UINT64_MAX

/* Returns CLOCK_BOOTTIME in ns, the clock of all times in 'run': time in suspend counts. */
uint64_t run_now(void);

/**
 * struct lead - the candidacy and the leadership of this node
 * @ctl: the run of the tool
 * @group: name of the group
 * @deadline_ns: deadline that is promised to the kernel; 0 for none
 * @patient: wait if the group or the module goes away
 * @wanted: this node is to be a candidate
 * @candidacy: the owned candidacy, or NULL
 * @monitor: events of the group
 * @module: the module is loaded, by the last event
 * @look: an event requires a request to the kernel
 * @unread: there may be unread events
 * @look_at: when to ask the kernel even without an event
 * @replaced: the group was deleted in order to be added again
 * @refresh_at: when to refresh the candidacy
 * @placed: @term and @index are this owner's position
 * @term: the first number of the position
 * @index: the second number
 * @place: the kernel does not know the position yet
 * @refreshed: a time not after the kernel's last confirmed refresh
 * @lease_end: this node surely leads until then; RUN_NEVER in classic mode
 * @ahead_ns: how far this process's clock is ahead of the kernel's (time namespace), or less
 * @leads: this node leads
 * @lost_at: a time not after the end of leadership; RUN_NEVER if unknown
 * @id: id of this node
 * @session: session of the group, for which @seq and @epoch hold
 * @seq: number of the last event that was handled
 * @epoch: epoch with which this node leads
 * @why: why this node leads no more, for users
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
	bool placed;
	uint64_t term;
	uint64_t index;
	bool place;
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

/* lead.c: open, stand and update return 0, or an exit status after an error message. */
/* Stands and opens the monitor. */
int lead_open(struct lead *l);
/* Owns the candidacy, at once or, if waiting is allowed, as soon as the group exists. */
int lead_stand(struct lead *l);
/*
 * Refreshes the candidacy, reads events and updates @leads. From the time when this node leads
 * until the next lead_stand(), prints no error: a blocked write must not delay the loop.
 */
int lead_update(struct lead *l);
/* Returns when lead_update() must be called at the latest; 0 for at once. */
uint64_t lead_next(const struct lead *l);
/* Tells the kernel a position with the next lead_update(), and again after each lead_stand(). */
void lead_place(struct lead *l, uint64_t term, uint64_t index);
/* Releases the candidacy: this node resigns, and is a candidate again only after lead_stand(). */
void lead_release(struct lead *l);
/* Treats leadership as lost, because of @why. The caller then calls lead_release(). */
void lead_give_up(struct lead *l, const char *why);
void lead_close(struct lead *l);

/**
 * struct proc - a process
 * @pid: process id
 * @parent: process id of the parent
 * @group: process group, set by finder_read()
 * @ours: the process is a descendant of this process
 */
struct proc {
	pid_t pid;
	pid_t parent;
	pid_t group;
	bool ours;
};

#define FINDER_FDS 3 /* a pidfd, the folder of threads, the file that is read */

/**
 * struct finder - finds the descendants of this process
 * @proc: /proc; NULL if it is not mounted or belongs to another pid namespace
 * @children: the kernel lists the children of each thread (CONFIG_PROC_CHILDREN)
 * @spare: reserved descriptors, which are closed during a search; -1 then
 * @found: the processes found
 * @len: number of @found
 * @room: capacity of @found
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
/* Reserves what a search needs. Returns 0, or an exit status after an error message. */
int finder_open(struct ctl *ctl, struct finder *f);
void finder_close(struct finder *f);
/*
 * A search lasts from finder_begin() to finder_end(). finder_begin() sets @found to the children of
 * this process, and the caller adds the children of each by finder_add_children(). If the kernel
 * lists no children, finder_begin() sets @found to all descendants.
 */
void finder_begin(struct finder *f);
void finder_add_children(struct finder *f, pid_t pid);
void finder_end(struct finder *f);
/* Reads parent and group of @p. Returns false if the process is gone. */
bool finder_read(const struct finder *f, struct proc *p);
/* Returns true if @pid is this process or one in @found. */
bool finder_has(const struct finder *f, pid_t pid);

/**
 * struct job - the command and all processes that it starts
 * @argv: the command and its arguments; ends with NULL
 * @file: path of the program
 * @pid: process id of the command and of its process group; 0 once it is reaped
 * @pidfd: pidfd of the command; -1 once it is reaped
 * @status: status of wait(2), once the command is reaped
 * @quiet: the command has no terminal, no input, and no output but standard error
 * @stopped: the command was stopped, and bullyctl must stop, too
 * @finder: finds all descendants
 * @cgroup: descriptor of the command's cgroup, or -1
 * @cgroup_kill: descriptor of the cgroup's file cgroup.kill, or -1
 * @cgroup_path: path of the cgroup
 * @tty: standard input is the controlling terminal
 * @foreground: the command has the terminal
 * @mask: the signals that were blocked when bullyctl started
 * @chld: the action of SIGCHLD when bullyctl started
 */
struct job {
	char **argv;
	char file[PATH_MAX];
	pid_t pid;
	int pidfd;
	int status;
	bool quiet;
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

/* job.c: find, open and start return 0, or an exit status after an error message. */
/* Finds the program, before this node is a candidate: leadership without a program is useless. */
int job_find(struct ctl *ctl, struct job *j);
/* Becomes the subreaper, and prepares cgroup and finder. */
int job_open(struct ctl *ctl, struct job *j);
/* Starts the command with the environment @env, which ends with NULL. */
int job_start(struct ctl *ctl, struct job *j, char *const *env);
/* Sends @sig to the command, or with @group to its process group, unless it is reaped. */
void job_forward(const struct job *j, int sig, bool group);
/*
 * Reaps descendants that have ended. *@more is true if there may be more to reap. Returns false if
 * no descendant is left.
 */
bool job_reap(struct job *j, bool *more);
/* Stops bullyctl after the command was stopped. Returns when bullyctl is continued. */
void job_suspend(struct job *j);
/* Continues the command, and gives it the terminal if bullyctl has it. */
void job_resume(struct job *j);
/* Instead of both: bullyctl does not stop, and continues the command if it has the terminal. */
void job_continue(struct job *j);
/* Returns the command's status as a shell reports it: its own, or 128 plus a signal's number. */
int job_exit_status(const struct job *j);
void job_close(struct job *j);

/* kill.c: sends a signal to the command, its process group and all descendants. */
void kill_all(struct job *j, int sig);

/*
 * cgroup.c: a cgroup for the command, if systemd has delegated the cgroup of bullyctl; else these
 * do nothing. enter runs in the new process; kill kills all processes of the cgroup.
 */
void cgroup_open(struct job *j);
void cgroup_enter(const struct job *j);
void cgroup_kill(const struct job *j);
void cgroup_close(struct job *j);

/**
 * struct run - a run of 'bullyctl run'
 * @ctl: the run of the tool
 * @restart: start the command again at each leadership
 * @timeout_ns: how long to wait for leadership; RUN_NEVER: no limit
 * @kill_after_ns: time from the end of leadership to KILL
 * @watchdog: the host's watchdog, which runs while processes of the command may live
 * @position: the file with the position of this node's data
 * @lead: candidacy and leadership
 * @job: the command
 */
struct run {
	struct ctl *ctl;
	bool restart;
	uint64_t timeout_ns;
	uint64_t kill_after_ns;
	struct watchdog watchdog;
	struct position position;
	struct lead lead;
	struct job job;
};

/* loop.c: runs until the end, and returns the exit status. */
int run_loop(struct run *r);

#endif /* BULLYCTL_RUN_H */
