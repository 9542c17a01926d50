// SPDX-License-Identifier: GPL-2.0
/*
 * daemon GROUP - a service that works only while this node leads.
 *
 *     cc -o daemon daemon.c $(pkg-config --cflags --libs libbully libsystemd)
 *
 * It shows what such a service needs: one epoll loop, the events as the reason to
 * look, bully_is_leader() before each step of work as the only permission, and the
 * epoch at each step for whoever is to refuse a late one (see fence-store.c). It
 * tells systemd what it does (Type=notify), and outlives a group that is deleted and
 * made anew, events that were missed, and the module being unloaded and loaded.
 */
#include <errno.h>
#include <inttypes.h>
#include <libbully.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#define STEP_MS 50 /* of work */

struct service {
	const char *group;
	struct bully *b;
	struct bully_monitor *monitor;
	struct bully_leadership *page; /* NULL while there is no group, or no module */
	uint64_t worked; /* the epoch of the last step */
	uint64_t steps;
	int epoll;
	int timer;
	int signals;
	bool ready;
};

static void status(const char *format, ...) __attribute__((format(printf, 1, 2)));

static void status(const char *format, ...)
{
	char line[200];
	va_list ap;

	va_start(ap, format);
	vsnprintf(line, sizeof(line), format, ap);
	va_end(ap);
	printf("%s\n", line);
	sd_notifyf(0, "STATUS=%s", line);
}

static int complain(struct service *s, const char *what)
{
	fprintf(stderr, "daemon: %s: %s\n", what, bully_error(s->b)->text);
	return -1;
}

static int listen_to(struct service *s, int fd)
{
	struct epoll_event ev = {.events = EPOLLIN, .data.fd = fd};

	return epoll_ctl(s->epoll, EPOLL_CTL_ADD, fd, &ev);
}

/*
 * Closed at once when it is gone: an open page keeps the module from being unloaded.
 * Closing takes its descriptor out of the epoll set.
 */
static void page_drop(struct service *s)
{
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
	if (ret == BULLY_ERR_ABSENT ||
	    (ret == BULLY_ERR_REFUSED && bully_error(s->b)->sys_errno == ENOENT))
		return 0; /* an event will say when it is there */
	if (ret)
		return complain(s, s->group);
	if (!bully_leadership_is_cheap(s->page))
		fprintf(stderr, "daemon: here each look at the lease is a system call\n");
	return listen_to(s, bully_leadership_fd(s->page));
}

/* One step of what only a leader may do. A real service sends the epoch with it. */
static void work(struct service *s)
{
	uint64_t epoch = s->page ? bully_epoch(s->page) : 0;

	if (epoch != s->worked) {
		if (epoch)
			status("working as leader of %s, epoch %" PRIu64, s->group, epoch);
		else
			status("stopped working after %" PRIu64 " steps", s->steps);
		s->worked = epoch;
	}
	if (epoch)
		s->steps++;
}

static void tell(struct service *s, const struct bully_event *ev)
{
	const struct bully_group *g = ev->group;

	if (ev->type == BULLY_EVENT_RESYNC)
		status("looking again: %s", bully_cause_name(ev->cause));
	else if (!g)
		status(ev->module ? "there is no group %s"
				  : "the module is not loaded, so there is no group %s",
		       s->group);
	else if (ev->type == BULLY_EVENT_GROUP_DEL)
		status("group %s was deleted", s->group);
	else if (BULLY_HAS(g, BULLY_A_GROUP_LEADER))
		status("%s: %" PRIu32 " leads, epoch %" PRIu64, s->group, g->leader, g->epoch);
	else
		status("%s: nobody leads", s->group);
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
		if (page_get(s))
			return -1;
	}
	if (!s->ready)
		sd_notify(0, "READY=1");
	s->ready = true;
	return 0;
}

static int on_page(struct service *s)
{
	bully_leadership_ack(s->page); /* before the look, so that no change is missed */
	if (page_get(s))
		return -1;
	work(s); /* stops at once; the timer would see it a moment later */
	return 0;
}

static int on_timer(struct service *s)
{
	uint64_t ticks;

	if (read(s->timer, &ticks, sizeof(ticks)) < 0)
		return -1;
	work(s);
	/* without a page there may be a notice of the module that got lost */
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
	return on_events(s); /* the first ones are there without being waited for */
}

int main(int argc, char **argv)
{
	struct service s = {.b = bully_open()};
	int failed;

	if (argc != 2 || !s.b) {
		fprintf(stderr, "usage: daemon GROUP\n");
		return 1;
	}
	s.group = argv[1];
	setvbuf(stdout, NULL, _IOLBF, 0);
	failed = start(&s) || loop(&s);
	sd_notify(0, "STOPPING=1");
	page_drop(&s);
	bully_monitor_close(s.monitor);
	bully_close(s.b);
	return failed ? 1 : 0;
}
