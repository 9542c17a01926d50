// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns the candidacy for a check. Events say when the group or the module comes and goes; a group
 * that was added again may not know this owner, so each such event is followed by a refresh.
 */
#include <errno.h>
#include <stdio.h>

#include "check/check.h"

#define REFRESHES 3 /* refreshes in one deadline */
#define ABSENT_NS 1000000000ULL /* how often to search for an absent module */
#define EVENTS_AT_ONCE 32

int seat_open(struct seat *s)
{
	struct bully_group **g;
	size_t len;

	if (bully_groups_get(s->ctl->b, s->group, &g, &len))
		return fail_lib(s->ctl, "group %s", s->group);
	s->id = GROUP32(g[0], ID);
	s->state = (unsigned int)GROUP(g[0], STATE);
	if (GROUP(g[0], ROLE) != BULLY_ROLE_CANDIDATE) {
		unsigned int role = (unsigned int)GROUP(g[0], ROLE);

		bully_groups_free(g, len);
		return fail(s->ctl, CTL_REFUSED, 0,
			    "group %s: this node's role is %s, so it never leads", s->group,
			    bully_role_name(role));
	}
	bully_groups_free(g, len);
	s->module = true;
	s->present = true;
	s->refresh_at = RUN_NEVER;
	if (bully_monitor_open(s->ctl->b, s->group, &s->monitor))
		return fail_lib(s->ctl, "group %s", s->group);
	return CTL_DONE;
}

static void drop(struct seat *s)
{
	bully_candidacy_release(s->candidacy);
	s->candidacy = NULL;
	s->refresh_at = RUN_NEVER;
}

void seat_leave(struct seat *s)
{
	bully_candidacy_forget(s->candidacy);
	s->candidacy = NULL;
	s->refresh_at = RUN_NEVER;
}

/* An owner that ends after an error is missed, because nobody checks any more. */
void seat_close(struct seat *s)
{
	drop(s);
	bully_monitor_close(s->monitor);
	s->monitor = NULL;
}

/* Returns true for a local error: the result is unknown, and the next try may succeed. */
static bool may_pass(int number)
{
	return number == -EAGAIN || number == -ENOMEM || number == -ENOBUFS || number == -EBADMSG ||
	       number == -EIO || number == -EMFILE || number == -ENFILE;
}

/* Takes the kernel's answer to a refresh that was sent at @sent. */
static void answered(struct seat *s, int ret, uint64_t sent)
{
	s->refresh_at = run_now() + s->deadline_ns / REFRESHES;
	if (!ret)
		s->refreshed = sent;
	if (!ret || may_pass(ret))
		return;
	/* without a deadline that has passed, the group is another one or gone */
	s->late = ret == -ESTALE && sent - s->refreshed >= s->deadline_ns;
	drop(s);
	s->unread = true; /* the next turn comes at once, and owns again */
}

void seat_tell(struct seat *s, bool willing)
{
	uint64_t now = run_now();

	if (s->candidacy)
		answered(s, bully_candidacy_set_willing(s->candidacy, willing), now);
}

static void on_event(struct seat *s, const struct bully_event *ev)
{
	const struct bully_group *g = bully_event_group(ev);
	enum bully_event_type type = bully_event_type(ev);

	s->module = bully_event_module(ev);
	if (type == BULLY_EVENT_RESYNC)
		return; /* a snapshot follows */
	s->present = g && type != BULLY_EVENT_GROUP_DEL;
	if (s->present) {
		s->id = GROUP32(g, ID);
		s->state = (unsigned int)GROUP(g, STATE);
	}
	/* a group that is replaced as one keeps its owners */
	if (s->candidacy &&
	    (!s->present || type == BULLY_EVENT_GROUP_NEW || type == BULLY_EVENT_SNAPSHOT))
		s->refresh_at = 0;
}

/* Reads some of the pending events: endless events must not delay a refresh. */
static int read_events(struct seat *s)
{
	const struct bully_event *ev;
	int i;

	s->unread = false;
	for (i = 0; i < EVENTS_AT_ONCE; i++) {
		if (bully_monitor_next(s->monitor, 0, &ev))
			return fail_lib(s->ctl, "group %s", s->group);
		if (!ev)
			return CTL_DONE;
		on_event(s, ev);
	}
	s->unread = true;
	return CTL_DONE;
}

static int own(struct seat *s, bool willing)
{
	uint64_t now = run_now();
	int ret;

	ret = bully_candidacy_own_weight(s->ctl->b, s->group, s->owner, s->weight, s->deadline_ns,
					 willing, &s->candidacy);
	if (!ret) {
		s->refreshed = now;
		s->refresh_at = now + s->deadline_ns / REFRESHES;
		return CTL_DONE;
	}
	s->candidacy = NULL;
	if (ret == -ENOENT || ret == -ENOPKG) {
		s->present = false; /* an event tells when the group is back */
		return CTL_DONE;
	}
	return fail_lib(s->ctl, "group %s, owner %s", s->group, s->owner);
}

int seat_update(struct seat *s, const struct verdict *verdict)
{
	uint64_t now = run_now();
	int ret;

	if (s->candidacy && now >= s->refresh_at)
		answered(s, bully_candidacy_refresh(s->candidacy), now);
	ret = read_events(s);
	if (ret)
		return ret;
	now = run_now();
	if (s->candidacy && now >= s->refresh_at)
		answered(s, bully_candidacy_refresh(s->candidacy), now);
	if (s->candidacy || !s->module || !s->present || !verdict->known || s->late)
		return CTL_DONE;
	return own(s, verdict->up);
}

uint64_t seat_next(const struct seat *s)
{
	uint64_t next = s->candidacy ? s->refresh_at : RUN_NEVER;

	if (s->unread)
		return 0;
	if (!s->module && run_now() + ABSENT_NS < next)
		next = run_now() + ABSENT_NS;
	return next;
}
