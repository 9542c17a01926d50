// SPDX-License-Identifier: GPL-2.0-only
/*
 * Finds out if this node leads. An event says that something changed; then the kernel is asked for
 * the present state. If session and epoch are unchanged, leadership continues, because an epoch is
 * never used twice; it also continues if events without a gap say so. Leadership never lasts beyond
 * the lease that the kernel has reported. The end of leadership is recorded, so that a late notice
 * does not give the command more time.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "run/run.h"

#define OWNER "run" /* so that a second 'run' of the group is refused */
#define REFRESHES 3 /* refreshes in one deadline */
#define ABSENT_NS 1000000000ULL /* how often to search for an absent module */
#define EVENTS_AT_ONCE 32
#define PLACE_AGAIN_NS 10000000ULL /* when to tell a position again if the answer was lost */
#define LEASE_AGAIN_NS 10000000ULL /* when to ask again if a leader's lease has just ended */

uint64_t run_now(void)
{
	return clock_ns(CLOCK_BOOTTIME);
}

/* Records the end of leadership. Several sources may report it; the earliest time counts. */
static void ended(struct lead *l, uint64_t at)
{
	if (at < l->lost_at)
		l->lost_at = at;
}

static void lost(struct lead *l, const char *why)
{
	if (!l->leads)
		return;
	if (why != l->why)
		snprintf(l->why, sizeof(l->why), "%s", why);
	l->leads = false;
	l->wanted = false; /* the node is a candidate again only when the command is dead */
	if (l->lost_at == RUN_NEVER && l->lease_end <= run_now())
		l->lost_at = l->lease_end;
	l->lease_end = RUN_NEVER;
}

/*
 * An answer has the kernel's time, so it shows if this process's clock is the kernel's. If not,
 * ahead_ns is too small by the time from @asked to the answer: the error is on the safe side.
 */
static void learn_clock(struct lead *l, uint64_t asked, uint64_t answered)
{
	bool same = answered >= asked && answered <= run_now();

	l->ahead_ns = same ? 0 : (int64_t)(asked - answered);
}

static bool is_leader(const struct bully_group *g)
{
	return GROUP(g, STATE) == BULLY_STATE_LEADER && GROUP_HAS(g, LEADER) &&
	       GROUP32(g, LEADER) == GROUP32(g, ID);
}

/**
 * struct answer - the present state of the group
 * @leads: this node leads
 * @session: session of the group
 * @epoch: epoch of its leader
 * @seq: number of its newest event
 * @reason: reason of that event
 * @id: id of this node
 * @role: role of this node
 * @lease_end: end of this leader's lease; RUN_NEVER in classic mode
 */
struct answer {
	bool leads;
	uint64_t session;
	uint64_t epoch;
	uint64_t seq;
	unsigned int reason;
	uint32_t id;
	unsigned int role;
	uint64_t lease_end;
};

/*
 * Asks the kernel for the group. The remaining time of the lease counts from before the request, by
 * this process's clock: so the computed end is never too late.
 */
static int ask(struct lead *l, struct answer *a)
{
	uint64_t asked = run_now();
	struct bully_group **g;
	size_t len;
	int ret;

	ret = bully_groups_get(l->ctl->b, l->group, &g, &len);
	if (ret)
		return ret;
	*a = (struct answer){
		.leads = is_leader(g[0]),
		.session = GROUP(g[0], SESSION),
		.epoch = GROUP(g[0], EPOCH),
		.seq = GROUP(g[0], EVENT_SEQ),
		.reason = (unsigned int)GROUP(g[0], REASON),
		.id = GROUP32(g[0], ID),
		.role = (unsigned int)GROUP(g[0], ROLE),
		.lease_end = RUN_NEVER,
	};
	learn_clock(l, asked, GROUP(g[0], TIME));
	if (GROUP(g[0], QUORUM) != BULLY_QUORUM_OFF)
		a->lease_end =
			GROUP_HAS(g[0], LEASE_REMAINING) ? asked + GROUP(g[0], LEASE_REMAINING) : 0;
	bully_groups_free(g, len);
	return 0;
}

/* Returns true if the error means that the group or the module is missing. */
static bool is_missing(int number)
{
	return number == -ENOPKG || number == -ENOENT;
}

static void drop(struct lead *l)
{
	bully_candidacy_release(l->candidacy);
	l->candidacy = NULL;
	l->refresh_at = RUN_NEVER;
}

void lead_release(struct lead *l)
{
	l->wanted = false;
	drop(l);
}

void lead_place(struct lead *l, uint64_t term, uint64_t index)
{
	l->placed = true;
	l->term = term;
	l->index = index;
	l->place = true;
	if (l->candidacy)
		l->refresh_at = 0;
}

void lead_give_up(struct lead *l, const char *why)
{
	lost(l, why);
}

int lead_stand(struct lead *l)
{
	struct bully_candidacy *c;

	l->wanted = true;
	l->refreshed = run_now();
	l->refresh_at = l->deadline_ns ? l->refreshed + l->deadline_ns / REFRESHES : RUN_NEVER;
	if (!l->module)
		return CTL_DONE;
	if (!bully_candidacy_own_as(l->ctl->b, l->group, OWNER, l->deadline_ns, true, &c)) {
		l->candidacy = c;
		l->look = true;
		if (l->placed) /* a position ends with its owner */
			lead_place(l, l->term, l->index);
		return CTL_DONE;
	}
	l->refresh_at = RUN_NEVER;
	if (l->monitor && is_missing(bully_error_number(l->ctl->b)) && (l->patient || l->replaced))
		return CTL_DONE; /* the monitor reports when the group or module appears */
	return fail_lib(l->ctl, "group %s", l->group);
}

int lead_open(struct lead *l)
{
	int ret;

	l->lease_end = RUN_NEVER;
	l->look_at = RUN_NEVER;
	l->module = true;
	ret = lead_stand(l);
	if (ret)
		return ret;
	if (bully_monitor_open(l->ctl->b, l->group, &l->monitor))
		return fail_lib(l->ctl, "group %s", l->group);
	return CTL_DONE;
}

void lead_close(struct lead *l)
{
	lead_release(l);
	bully_monitor_close(l->monitor);
	l->monitor = NULL;
}

/* Returns true for a local error: the result is unknown, and the next try may succeed. */
static bool may_pass(int number)
{
	return number == -EAGAIN || number == -ENOMEM || number == -ENOBUFS || number == -EBADMSG ||
	       number == -EIO || number == -EMFILE || number == -ENFILE;
}

/* Returns true if the kernel says that the candidacy is over. */
static bool is_refused(int number)
{
	return number && !may_pass(number) && number != -ENOPKG && number != -EPROTO;
}

/* Refreshes the candidacy, and tells a new position. If the kernel refuses, leadership has ended.
 */
static void refresh(struct lead *l)
{
	uint64_t now = run_now();
	int ret;

	if (!l->candidacy || now < l->refresh_at)
		return;
	ret = l->place ? bully_candidacy_set_position(l->candidacy, l->term, l->index)
		       : bully_candidacy_refresh(l->candidacy);
	l->refresh_at = l->deadline_ns ? run_now() + l->deadline_ns / REFRESHES : RUN_NEVER;
	if (!ret) {
		l->refreshed = now;
		l->place = false;
	}
	if (ret && l->place && run_now() + PLACE_AGAIN_NS < l->refresh_at)
		l->refresh_at = run_now() + PLACE_AGAIN_NS;
	if (!ret || may_pass(ret))
		return;
	if (l->leads && ret == -ESTALE && l->deadline_ns)
		ended(l, l->refreshed + l->deadline_ns);
	lost(l,
	     ret == -ESTALE ? "bullyctl missed its deadline" : bully_candidacy_error(l->candidacy));
	drop(l);
	l->look = true;
}

/* Records the time of the end from an event, which may arrive after the loss is known. */
static void note_end(struct lead *l, const struct bully_event *ev)
{
	const struct bully_group *g = bully_event_group(ev);
	bool del = bully_event_type(ev) == BULLY_EVENT_GROUP_DEL;

	if (GROUP(g, SESSION) != l->session || bully_event_type(ev) == BULLY_EVENT_SNAPSHOT)
		return;
	if (!del && (GROUP(g, EVENT_SEQ) <= l->seq || is_leader(g)))
		return;
	/* the kernel's timer may be late: the lease ended at lease_end */
	if (GROUP(g, REASON) == BULLY_REASON_LEASE_LOST && l->leads)
		ended(l, l->lease_end);
	ended(l, GROUP(g, TIME) + (uint64_t)l->ahead_ns);
}

static void on_event(struct lead *l, const struct bully_event *ev)
{
	const struct bully_group *g = bully_event_group(ev);
	char why[64];

	l->module = bully_event_module(ev);
	if (!g || bully_event_type(ev) == BULLY_EVENT_RESYNC) {
		l->look = true;
		return;
	}
	note_end(l, ev);
	l->replaced = bully_event_type(ev) == BULLY_EVENT_GROUP_DEL &&
		      GROUP(g, REASON) == BULLY_REASON_CONFIG;
	if (l->leads && GROUP(g, SESSION) == l->session &&
	    bully_event_type(ev) != BULLY_EVENT_GROUP_DEL) {
		if (GROUP(g, EVENT_SEQ) <= l->seq)
			return; /* older than the last answer */
		l->seq = GROUP(g, EVENT_SEQ);
		if (is_leader(g) &&
		    (bully_event_type(ev) != BULLY_EVENT_SNAPSHOT || GROUP(g, EPOCH) == l->epoch)) {
			l->epoch = GROUP(g, EPOCH);
			return;
		}
	}
	l->look = true;
	snprintf(why, sizeof(why), "%s%s",
		 bully_event_type(ev) == BULLY_EVENT_GROUP_DEL ? "the group was deleted: " : "",
		 bully_reason_name(GROUP(g, REASON)));
	if (l->leads)
		snprintf(l->why, sizeof(l->why), "%s", why);
}

/* Asks the kernel after an event, and records the loss if this node leads no more. */
static void verify(struct lead *l)
{
	struct answer a;

	if (!l->module) {
		lost(l, "the module was unloaded");
	} else if (ask(l, &a)) {
		lost(l, l->why[0] ? l->why : bully_error(l->ctl->b));
	} else if (a.session != l->session || a.epoch != l->epoch || !a.leads ||
		   a.lease_end <= run_now() || l->lost_at != RUN_NEVER) {
		/* the loss counts even if this node leads again by now */
		lost(l, l->why[0] ? l->why : bully_reason_name(a.reason));
	} else {
		l->lease_end = a.lease_end;
		l->why[0] = '\0';
	}
}

/* The known lease has ended; the kernel has probably renewed it. Asks for the new end. */
static void renew(struct lead *l)
{
	struct answer a;

	if (ask(l, &a))
		lost(l, bully_error(l->ctl->b));
	else if (a.session != l->session || !a.leads || a.lease_end <= run_now())
		lost(l, bully_reason_name(BULLY_REASON_LEASE_LOST));
	else
		l->lease_end = a.lease_end;
}

/* While waiting for leadership: checks if this node leads now, and owns the candidacy if needed. */
static int watch(struct lead *l)
{
	struct answer a;

	if (!l->wanted)
		return CTL_DONE;
	if (!l->module) {
		drop(l);
		return l->patient ? CTL_DONE
				  : fail(l->ctl, CTL_ABSENT, ENOENT,
					 "the kernel module bully is not loaded");
	}
	if (ask(l, &a)) {
		if (!is_missing(bully_error_number(l->ctl->b)))
			return fail_lib(l->ctl, "group %s", l->group);
		drop(l);
		if (l->patient || l->replaced)
			return CTL_DONE;
		return fail(l->ctl, CTL_TIMEOUT, ENOENT, "group %s: deleted while waiting to lead",
			    l->group);
	}
	if (a.role != BULLY_ROLE_CANDIDATE)
		return fail(l->ctl, CTL_REFUSED, 0,
			    "group %s: this node's role is %s, so it never leads", l->group,
			    bully_role_name(a.role));
	if (l->candidacy && a.session != l->session) {
		/* the group was added again: it may not know this owner */
		l->session = a.session;
		if (is_refused(bully_candidacy_refresh(l->candidacy)))
			drop(l);
	}
	if (!l->candidacy)
		return lead_stand(l);
	if (!a.leads)
		return CTL_DONE;
	if (a.lease_end <= run_now()) {
		l->look_at = run_now() + LEASE_AGAIN_NS;
		return CTL_DONE;
	}
	l->leads = true;
	l->lost_at = RUN_NEVER;
	l->lease_end = a.lease_end;
	l->id = a.id;
	l->seq = a.seq;
	l->epoch = a.epoch;
	l->why[0] = '\0';
	return CTL_DONE;
}

/*
 * Reads some of the pending events: endless events must not delay the check of the lease. Stops at
 * a resync, because the snapshot after it takes time.
 */
static int read_events(struct lead *l)
{
	const struct bully_event *ev;
	int i;

	l->unread = false;
	for (i = 0; i < EVENTS_AT_ONCE; i++) {
		if (bully_monitor_next(l->monitor, 0, &ev)) {
			lost(l, bully_error(l->ctl->b));
			/* after a loss, run_loop() prints the reason later */
			return l->wanted ? fail_lib(l->ctl, "group %s", l->group) : CTL_DONE;
		}
		if (!ev)
			return CTL_DONE;
		on_event(l, ev);
		if (bully_event_type(ev) == BULLY_EVENT_RESYNC)
			break;
	}
	l->unread = true;
	return CTL_DONE;
}

int lead_update(struct lead *l)
{
	int ret;

	refresh(l);
	if (run_now() >= l->look_at) {
		l->look_at = RUN_NEVER;
		l->look = true;
	}
	ret = read_events(l);
	/* after the events, because they have the reason and the time of a loss */
	if (l->leads && !l->look && run_now() >= l->lease_end)
		renew(l);
	while (l->look && !ret) {
		l->look = false;
		if (l->leads)
			verify(l);
		else
			ret = watch(l);
	}
	return ret;
}

uint64_t lead_next(const struct lead *l)
{
	uint64_t next = l->candidacy ? l->refresh_at : RUN_NEVER;

	if (l->unread)
		return 0;
	if (l->leads && l->lease_end < next)
		next = l->lease_end;
	if (l->look_at < next)
		next = l->look_at;
	if (!l->module && run_now() + ABSENT_NS < next)
		next = run_now() + ABSENT_NS;
	return next;
}
