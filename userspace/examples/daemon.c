// SPDX-License-Identifier: MIT
/*
 * daemon [--own DURATION_MS] GROUP - a service that works only while this node leads.
 *
 *     cc -o daemon daemon.c $(pkg-config --cflags --libs libbully libsystemd)
 *
 * The example shows what such a service needs: one epoll loop, events as the reason to check the
 * state, bully_epoch() before each step of work as the only permission, and the epoch of each step
 * for a store that rejects late steps (see fence-store.c). The daemon reports its status to systemd
 * (Type=notify). It survives a group that is deleted and added again, missed events, and a module
 * that is unloaded and loaded.
 *
 * With --own the daemon owns the candidacy of the group, which needs CAP_NET_ADMIN. The node is
 * then a candidate only while this process lives. The daemon refreshes the candidacy at
 * each step, from the loop that does the work: a separate thread would only prove that the thread
 * lives. If the daemon hangs for longer than DURATION_MS, the node resigns ("owner-late"), and
 * another node leads and works. If the daemon then continues, it sees before its next step that it
 * does not lead, owns the candidacy again, and works after it is elected again. It ends only if it
 * cannot own: it lacks the privilege, or another process owns the candidacy.
 */
#include <errno.h>
#include <inttypes.h>
#include <libbully.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#define STEP_MS 50 /* time between steps of work */
#define OWN_MIN_MS (4 * STEP_MS) /* so that one slow step does not miss the deadline */
#define OWN_MAX_MS (BULLY_OWNER_DEADLINE_MAX_NS / 1000000)

struct service {
	const char *group;
	struct bully *b;
	struct bully_monitor *monitor;
	struct bully_leadership *page; /* NULL while the group or the module is absent */
	struct bully_candidacy *candidacy; /* NULL without --own, or while there is no page */
	uint64_t own_ns; /* 0 without --own */
	char seen[120]; /* what the last event reported */
	char told[200]; /* the last line that was reported */
	uint64_t worked; /* epoch of the last step; 0: not working */
	int epoll;
	int timer;
	int signals;
	bool ready;
};

/* Reports the status to the log and to systemd, if it has changed. */
static void report(struct service *s)
{
	char line[sizeof(s->told)];

	if (s->worked)
		snprintf(line, sizeof(line), "%s; working, epoch %" PRIu64, s->seen, s->worked);
	else
		snprintf(line, sizeof(line), "%s; not working", s->seen);
	if (!strcmp(line, s->told))
		return;
	strcpy(s->told, line);
	puts(line);
	sd_notifyf(0, "STATUS=%s", line);
}

static int complain(struct service *s, const char *what)
{
	fprintf(stderr, "daemon: %s: %s\n", what, bully_error(s->b));
	return -1;
}

static int listen_to(struct service *s, int fd)
{
	struct epoll_event ev = {.events = EPOLLIN, .data.fd = fd};

	return epoll_ctl(s->epoll, EPOLL_CTL_ADD, fd, &ev);
}

/*
 * Closes a page that is gone, because an open page prevents unloading the module, and releases the
 * candidacy. Closing also removes the descriptor from the epoll set.
 */
static void page_drop(struct service *s)
{
	bully_candidacy_release(s->candidacy);
	s->candidacy = NULL;
	bully_leadership_close(s->page);
	s->page = NULL;
}

static int page_get(struct service *s)
{
	int ret;

	if (s->page && bully_leadership_gone(s->page))
		page_drop(s);
	if (s->page)
		return 0;
	ret = bully_leadership_open(s->b, s->group, &s->page);
	if (ret == -ENOPKG || ret == -ENOENT)
		return 0; /* an event reports when the group appears */
	if (ret)
		return complain(s, s->group);
	if (!bully_leadership_is_cheap(s->page))
		fprintf(stderr, "daemon: here each look at the lease is a system call\n");
	return listen_to(s, bully_leadership_fd(s->page));
}

/* Owns the candidacy, unless it is owned already or there is no page of a group. */
static int own(struct service *s)
{
	int ret;

	if (!s->own_ns || !s->page || s->candidacy)
		return 0;
	ret = bully_candidacy_own(s->b, s->group, s->own_ns, &s->candidacy);
	if (!ret)
		return 0;
	s->candidacy = NULL;
	if (ret == -ENOPKG || ret == -ENOENT)
		return 0; /* the group has just gone; the page reports that soon */
	return complain(s, s->group);
}

/* Refreshes the candidacy. If that came too late, owns it again. */
static int refresh(struct service *s)
{
	int ret;

	if (!s->candidacy)
		return own(s);
	ret = bully_candidacy_refresh(s->candidacy);
	if (ret != -ESTALE && ret != -ENOENT && ret != -ENOPKG)
		return 0; /* refreshed; or it may still own, and the next step refreshes again */
	fprintf(stderr, "daemon: %s: %s\n", s->group, bully_candidacy_error(s->candidacy));
	bully_candidacy_release(s->candidacy);
	s->candidacy = NULL;
	return own(s);
}

/* One step of the work that only a leader may do. A real service sends the epoch along. */
static void work(struct service *s)
{
	s->worked = s->page ? bully_epoch(s->page) : 0;
	report(s);
}

static void tell(struct service *s, const struct bully_event *ev)
{
	const struct bully_group *g = bully_event_group(ev);

	if (bully_event_type(ev) == BULLY_EVENT_RESYNC)
		snprintf(s->seen, sizeof(s->seen), "%s: looking again: %s", s->group,
			 bully_cause_name(bully_event_cause(ev)));
	else if (!g)
		snprintf(s->seen, sizeof(s->seen), "%s: %s", s->group,
			 bully_event_module(ev) ? "there is no such group" : "the module is not loaded");
	else if (bully_event_type(ev) == BULLY_EVENT_GROUP_DEL)
		snprintf(s->seen, sizeof(s->seen), "%s: deleted", s->group);
	else if (bully_group_has(g, BULLY_A_GROUP_LEADER))
		snprintf(s->seen, sizeof(s->seen), "%s: %" PRIu32 " leads", s->group, (uint32_t)bully_group_get(g, BULLY_A_GROUP_LEADER));
	else
		snprintf(s->seen, sizeof(s->seen), "%s: nobody leads", s->group);
	report(s);
}

static int on_events(struct service *s)
{
	const struct bully_event *ev;

	for (;;) {
		if (bully_monitor_next(s->monitor, 0, &ev))
			return complain(s, "events");
		if (!ev)
			break;
		tell(s, ev);
		if (page_get(s) || own(s))
			return -1;
	}
	if (!s->ready)
		sd_notify(0, "READY=1");
	s->ready = true;
	return 0;
}

static int on_page(struct service *s)
{
	bully_leadership_ack(s->page); /* before the page is read, so that no change is missed */
	if (page_get(s))
		return -1;
	work(s); /* stops work at once, and not at the next tick of the timer */
	return 0;
}

static int on_timer(struct service *s)
{
	uint64_t ticks;

	if (read(s->timer, &ticks, sizeof(ticks)) < 0)
		return -1;
	work(s);
	if (refresh(s))
		return -1;
	/* without a page, the notice that the module was loaded may be lost */
	return s->page ? 0 : on_events(s);
}

static int loop(struct service *s)
{
	struct epoll_event ev;

	for (;;) {
		int ret = 0;

		if (epoll_wait(s->epoll, &ev, 1, -1) < 0) {
			if (errno == EINTR)
				continue;
			return -1;
		}
		if (ev.data.fd == s->signals)
			return 0;
		if (ev.data.fd == s->timer)
			ret = on_timer(s);
		else if (s->page && ev.data.fd == bully_leadership_fd(s->page))
			ret = on_page(s);
		else if (ev.data.fd == bully_monitor_fd(s->monitor))
			ret = on_events(s);
		if (ret)
			return ret;
	}
}

static int start(struct service *s)
{
	const struct itimerspec step = {{0, STEP_MS * 1000000}, {0, STEP_MS * 1000000}};
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigprocmask(SIG_BLOCK, &set, NULL);
	s->epoll = epoll_create1(EPOLL_CLOEXEC);
	s->signals = signalfd(-1, &set, SFD_CLOEXEC);
	s->timer = timerfd_create(CLOCK_BOOTTIME, TFD_CLOEXEC);
	if (s->epoll < 0 || s->signals < 0 || s->timer < 0 ||
	    timerfd_settime(s->timer, 0, &step, NULL) || listen_to(s, s->signals) ||
	    listen_to(s, s->timer)) {
		perror("daemon");
		return -1;
	}
	if (bully_monitor_open(s->b, s->group, &s->monitor))
		return complain(s, "events");
	if (listen_to(s, bully_monitor_fd(s->monitor)))
		return -1;
	return on_events(s); /* the first snapshots need no waiting */
}

static int parse(struct service *s, int argc, char **argv)
{
	char *end;

	if (argc == 4 && !strcmp(argv[1], "--own")) {
		unsigned long ms = strtoul(argv[2], &end, 10);

		if (*end || ms < OWN_MIN_MS || ms > OWN_MAX_MS)
			return -1;
		s->own_ns = ms * 1000000ULL;
	} else if (argc != 2) {
		return -1;
	}
	s->group = argv[argc - 1];
	return 0;
}

int main(int argc, char **argv)
{
	struct service s = {.b = bully_open()};
	int failed;

	if (parse(&s, argc, argv) || !s.b) {
		fprintf(stderr,
			"usage: daemon [--own DURATION_MS] GROUP\n"
			"DURATION_MS is %u to %llu\n",
			OWN_MIN_MS, OWN_MAX_MS);
		return 1;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	failed = start(&s) || loop(&s);
	sd_notify(0, "STOPPING=1");
	page_drop(&s); /* resigns, if this process owns the candidacy */
	bully_monitor_close(s.monitor);
	bully_close(s.b);
	return failed ? 1 : 0;
}
