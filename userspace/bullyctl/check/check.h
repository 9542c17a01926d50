/* SPDX-License-Identifier: GPL-2.0-only */
/* bullyctl check: lets a command decide, with other owners, whether this node is a candidate. */
#ifndef BULLYCTL_CHECK_H
#define BULLYCTL_CHECK_H

#include "check/verdict.h"
#include "run/run.h"

int cmd_check(struct ctl *ctl, int argc, char **argv);

#define CHECK_NAME "check" /* the owner; with --name WORD it is check-WORD */

/**
 * struct seat - the ownership of a check
 * @ctl: the run of the tool
 * @group: name of the group
 * @owner: name of the owner
 * @deadline_ns: deadline that is promised to the kernel
 * @weight: by how much a failing check lowers the priority; 0: it ends the candidacy
 * @candidacy: the candidacy, or NULL while this process does not own
 * @monitor: events of the group
 * @module: the module is loaded, by the last event
 * @present: the group exists, by the last event
 * @unread: there may be unread events
 * @late: this process missed its deadline; the caller resets it
 * @refresh_at: when to refresh the candidacy
 * @refreshed: a time not after the kernel's last confirmed refresh
 * @id: id of this node
 * @state: state of this node
 */
struct seat {
	struct ctl *ctl;
	const char *group;
	char owner[BULLY_OWNER_NAME_MAX + 1];
	uint64_t deadline_ns;
	uint32_t weight;
	struct bully_candidacy *candidacy;
	struct bully_monitor *monitor;
	bool module;
	bool present;
	bool unread;
	bool late;
	uint64_t refresh_at;
	uint64_t refreshed;
	uint32_t id;
	unsigned int state;
};

/* seat.c: open and update return 0, or an exit status after an error message. */
/* Checks that the group exists, and opens the monitor. Owns nothing yet. */
int seat_open(struct seat *s);
/*
 * Reads events and refreshes. Owns if the group exists and this process does not own; a @verdict
 * that is not known owns nothing yet.
 */
int seat_update(struct seat *s, const struct verdict *verdict);
/* Tells the kernel that the verdict has changed, if this process owns. */
void seat_tell(struct seat *s, bool willing);
/* Returns when seat_update() must be called at the latest; 0 for at once. */
uint64_t seat_next(const struct seat *s);
/* Gives the candidacy back for good: the other owners decide without this one. */
void seat_leave(struct seat *s);
void seat_close(struct seat *s);

/**
 * struct check - a run of 'bullyctl check'
 * @ctl: the run of the tool
 * @interval_ns: time from the start of a check to that of the next
 * @timeout_ns: how long a check may take
 * @seat: the ownership
 * @verdict: what the results say
 * @job: the command
 */
struct check {
	struct ctl *ctl;
	uint64_t interval_ns;
	uint64_t timeout_ns;
	struct seat seat;
	struct verdict verdict;
	struct job job;
};

/* watch.c: runs until a signal, and returns the exit status. */
int check_watch(struct check *c);

/* say.c: prints what @news means to standard error, and to systemd; @how: how the check ended. */
void check_say(const struct check *c, enum verdict_news news, const char *how);
/* Prints a sentence about the check to standard error, unless that has no room. */
void check_tell(const struct check *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif /* BULLYCTL_CHECK_H */
