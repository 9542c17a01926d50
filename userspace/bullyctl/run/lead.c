// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whether this node leads. Events say that something happened; what it amounts to is
 * asked of the kernel. It leads on as long as the session and the epoch are the same,
 * or events without a gap say so: an epoch is never used again. And whatever is heard,
 * it leads no longer than the lease that the kernel has told of. When leadership ended is
 * kept as well: that we may have learnt of it late gives the command no more time.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "run/run.h"

#define REFRESHES 3 /* in a deadline */
#define ABSENT_NS 1000000000ULL /* how often an absent module is looked for */
#define EVENTS_AT_ONCE 32
#define LEASE_AGAIN_NS 10000000ULL /* a leader whose lease is about to be renewed, or lost */

uint64_t run_now(void)
{
	return clock_ns(CLOCK_BOOTTIME);
}

/* Of what may tell of the same end the earliest counts. */
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
	l->wanted = false; /* not before the command is dead */
	if (l->lost_at == RUN_NEVER && l->lease_end <= run_now())
		l->lost_at = l->lease_end;
	l->lease_end = RUN_NEVER;
}

/*
 * Events bear the kernel's time, an answer, too: who asks learns whether our clock is
 * that one. Where it is not it is taken for less ahead than it is, by what the answer took.
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
 * struct answer - the group as it is
 * @leads: this node leads
 * @session: of the group
 * @epoch: of its leader
 * @seq: number of its newest event
 * @reason: of that event
 * @id: of this node
 * @role: of this node
 * @lease_end: of this leader, RUN_NEVER in classic mode
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
 * What is left of a lease is counted from before the question was asked, by our own clock: so
 * its end is never taken for later than it is.
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

/* The kernel says no more than that the group, or the module, is not there. */
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

int lead_stand(struct lead *l)
{
	struct bully_candidacy *c;

	l->wanted = true;
	l->refreshed = run_now();
	l->refresh_at = l->deadline_ns ? l->refreshed + l->deadline_ns / REFRESHES : RUN_NEVER;
	if (!l->module)
		return CTL_DONE;
	if (!bully_candidacy_own(l->ctl->b, l->group, l->deadline_ns, &c)) {
		l->candidacy = c;
		l->look = true;
		return CTL_DONE;
	}
	l->refresh_at = RUN_NEVER;
	if (l->monitor && is_missing(bully_error_number(l->ctl->b)) && (l->patient || l->replaced))
		return CTL_DONE; /* its coming is an event */
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

/* Returns true if it failed on this side: nothing is known, and the next try may succeed. */
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

/* Tells the kernel that we live. That it will not hear of it is the end. */
static void refresh(struct lead *l)
{
	uint64_t now = run_now();
	int ret;

	if (!l->candidacy || now < l->refresh_at)
		return;
	ret = bully_candidacy_refresh(l->candidacy);
	l->refresh_at = run_now() + l->deadline_ns / REFRESHES;
	if (!ret)
		l->refreshed = now;
	if (!ret || may_pass(ret))
		return;
	if (l->leads && ret == -ESTALE)
		ended(l, l->refreshed + l->deadline_ns);
	lost(l,
	     ret == -ESTALE ? "bullyctl missed its deadline" : bully_candidacy_error(l->candidacy));
	drop(l);
	l->look = true;
}

/* It may come after it is known that all is lost: it knows better since when. */
static void note_end(struct lead *l, const struct bully_event *ev)
{
	const struct bully_group *g = bully_event_group(ev);
	bool del = bully_event_type(ev) == BULLY_EVENT_GROUP_DEL;

	if (GROUP(g, SESSION) != l->session || bully_event_type(ev) == BULLY_EVENT_SNAPSHOT)
		return;
	if (!del && (GROUP(g, EVENT_SEQ) <= l->seq || is_leader(g)))
		return;
	/* the kernel may notice the end of a lease late */
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
			return; /* from before we asked */
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

/* Something has happened: does it lead on? */
static void verify(struct lead *l)
{
	struct answer a;

	if (!l->module) {
		lost(l, "the module was unloaded");
	} else if (ask(l, &a)) {
		lost(l, l->why[0] ? l->why : bully_error(l->ctl->b));
	} else if (a.session != l->session || a.epoch != l->epoch || !a.leads ||
		   a.lease_end <= run_now() || l->lost_at != RUN_NEVER) {
		/* even if it leads again by now */
		lost(l, l->why[0] ? l->why : bully_reason_name(a.reason));
	} else {
		l->lease_end = a.lease_end;
		l->why[0] = '\0';
	}
}

/* The lease that was told of has ended; most likely it was renewed long ago. */
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

/* While it waits: does it lead now, and does it still stand? */
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
		/* another group of that name knows nothing of us */
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
 * Some of the events that are there: whoever makes them without end keeps nobody from a look
 * at the lease. A snapshot takes time, so what comes before it is judged first.
 */
static int read_events(struct lead *l)
{
	const struct bully_event *ev;
	int i;

	l->unread = false;
	for (i = 0; i < EVENTS_AT_ONCE; i++) {
		if (bully_monitor_next(l->monitor, 0, &ev)) {
			lost(l, bully_error(l->ctl->b));
			/* it is said when there is time for it */
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
	/* after the events, which know better what has happened, and when */
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
