// SPDX-License-Identifier: GPL-2.0-only
/*
 * The main loop of 'check'. Each turn speaks to the kernel first: a check that hangs must not delay
 * a refresh.
 *
 *   IDLE --interval--> CHECKING --ended, nothing left--> IDLE
 *                          |ended and left others, or the time is up
 *                          '--> CLEARING (KILL) --all are dead and reaped--> IDLE
 *
 * A result counts when it is known, not when all processes of the check are dead. While processes
 * survive KILL, each check that would be due meanwhile counts as a failure.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/text.h"
#include "check/check.h"
#include "process/environment.h"
#include "process/notify.h"
#include "process/signals.h"
#include "values/values.h"

#define KILL_AGAIN_NS 10000000ULL /* interval of KILL, which new forks may escape */
#define HANGS_NS 1000000000ULL /* time from the first KILL to rarer ones, and their interval */
#define END_NS 1000000000ULL /* how long the end of 'check' may kill */
#define HOW_LEN 128

enum phase {
	IDLE,
	CHECKING,
	CLEARING,
};

/**
 * struct watch - state of the loop
 * @c: the check
 * @phase: see the diagram above
 * @signals: a signalfd
 * @timer: a timerfd
 * @start_at: when the next check is due
 * @fail_at: CHECKING: when the time of the check is up; CLEARING: when a further check would fail
 * @kill_at: when to send KILL again
 * @cleared_from: when KILL was first sent
 * @ready: the first result is known, and systemd was told
 * @stop: a signal asks this process to end
 */
struct watch {
	struct check *c;
	enum phase phase;
	int signals;
	int timer;
	uint64_t start_at;
	uint64_t fail_at;
	uint64_t kill_at;
	uint64_t cleared_from;
	bool ready;
	bool stop;
};

/* HUP is in the set and does nothing: neither a reload nor a lost terminal ends a check. */
static const int handled[] = {SIGINT, SIGTERM, SIGQUIT, SIGHUP};

static int watch_open(struct watch *w)
{
	sigset_t set;

	heeded_signals(&set, handled, ARRAY_SIZE(handled));
	sigaddset(&set, SIGCHLD);
	w->signals = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	w->timer = timerfd_create(CLOCK_BOOTTIME, TFD_NONBLOCK | TFD_CLOEXEC);
	if (w->signals < 0 || w->timer < 0)
		return fail(w->c->ctl, CTL_REFUSED, errno, "cannot wait for signals: %m");
	sigprocmask(SIG_BLOCK, &set, &w->c->job.mask);
	return CTL_DONE;
}

static void watch_close(struct watch *w)
{
	if (w->signals >= 0)
		close(w->signals);
	if (w->timer >= 0)
		close(w->timer);
}

/* Adds a result of the check, and tells the kernel before anybody else if it changes something. */
static void add_result(struct watch *w, bool success, const char *how)
{
	struct check *c = w->c;
	enum verdict_news news = verdict_add(&c->verdict, success);

	if (news == VERDICT_UP || news == VERDICT_DOWN)
		seat_tell(&c->seat, c->verdict.up);
	check_say(c, news, how);
}

/* Starts the command. Returns an exit status, after an error message on standard error. */
static int start_job(struct check *c)
{
	struct environment env = {0};
	int ret;

	environment_put(&env, "BULLY_GROUP", "%s", c->seat.group);
	environment_put(&env, "BULLY_ID", "%u", c->seat.id);
	environment_put(&env, "BULLY_STATE", "%s", bully_state_name(c->seat.state));
	if (environment_end(&env))
		ret = fail(c->ctl, CTL_RUN_FAILED, ENOMEM, "out of memory");
	else
		ret = job_start(c->ctl, &c->job, env.words);
	environment_free(&env);
	return ret;
}

static void begin_check(struct watch *w, uint64_t now)
{
	w->start_at = now + w->c->interval_ns;
	w->fail_at = now + w->c->timeout_ns;
	if (start_job(w->c))
		add_result(w, false, "it cannot be started");
	else
		w->phase = CHECKING;
}

/* Kills all processes of the check. A further check would begin at start_at. */
static void begin_clearing(struct watch *w, uint64_t now)
{
	w->phase = CLEARING;
	w->cleared_from = now;
	w->kill_at = now;
	w->fail_at = (w->start_at > now ? w->start_at : now) + w->c->timeout_ns;
}

static void on_end(struct watch *w, bool alive, uint64_t now)
{
	int status = w->c->job.status;
	char how[HOW_LEN];

	if (alive)
		begin_clearing(w, now);
	else
		w->phase = IDLE;
	if (WIFSIGNALED(status))
		snprintf(how, sizeof(how), "killed by signal %d (%s)", WTERMSIG(status),
			 strsignal(WTERMSIG(status)));
	else
		snprintf(how, sizeof(how), "exit status %d", WEXITSTATUS(status));
	add_result(w, WIFEXITED(status) && !WEXITSTATUS(status), how);
}

static void on_timeout(struct watch *w, uint64_t now)
{
	char how[HOW_LEN], dur[DUR_STRLEN];

	/* before the result is told, because the kernel's answer takes time */
	begin_clearing(w, now);
	kill_all(&w->c->job, SIGKILL);
	snprintf(how, sizeof(how), "it took longer than %s", format_dur(w->c->timeout_ns, dur));
	add_result(w, false, how);
}

static void turn_clearing(struct watch *w, bool alive, uint64_t now)
{
	const struct check *c = w->c;

	if (!alive) {
		w->phase = IDLE;
		return;
	}
	if (now >= w->fail_at) {
		add_result(w, false, "a process of the last check does not die of SIGKILL");
		w->fail_at =
			now + (c->interval_ns > c->timeout_ns ? c->interval_ns : c->timeout_ns);
	}
	if (now < w->kill_at)
		return;
	kill_all(&w->c->job, SIGKILL);
	w->kill_at = now + (now - w->cleared_from < HANGS_NS ? KILL_AGAIN_NS : HANGS_NS);
}

static void turn_phase(struct watch *w, bool alive)
{
	uint64_t now = run_now();

	if (w->phase == CHECKING && !w->c->job.pid)
		on_end(w, alive, now);
	else if (w->phase == CHECKING && now >= w->fail_at)
		on_timeout(w, now);
	if (w->phase == CLEARING)
		turn_clearing(w, alive, now);
	if (w->phase == IDLE && now >= w->start_at)
		begin_check(w, now);
}

static void read_signals(struct watch *w)
{
	struct signalfd_siginfo s;

	while (read(w->signals, &s, sizeof(s)) == sizeof(s))
		if (s.ssi_signo != SIGCHLD && s.ssi_signo != SIGHUP)
			w->stop = true;
}

/* This process hung for longer than its deadline: what it knows is old, and so is a result. */
static void on_late(struct watch *w)
{
	struct check *c = w->c;

	c->seat.late = false;
	verdict_reset(&c->verdict);
	if (w->phase == CHECKING)
		begin_clearing(w, run_now());
	check_tell(c, "this process missed its deadline; the next check decides");
}

static int turn(struct watch *w, bool *at_once)
{
	struct check *c = w->c;
	bool alive;
	int ret;

	ret = seat_update(&c->seat, &c->verdict);
	if (ret)
		return ret;
	read_signals(w);
	if (w->stop)
		return CTL_DONE;
	if (c->seat.late)
		on_late(w);
	alive = job_reap(&c->job, at_once);
	turn_phase(w, alive);
	if (w->ready || !c->verdict.known)
		return -1;
	/* the first result owns the candidacy */
	ret = seat_update(&c->seat, &c->verdict);
	if (ret)
		return ret;
	w->ready = true;
	notify_service("READY=1\n");
	return -1;
}

/* Sleeps until an event, a signal, the command's end or the next timer. @at_once: only polls. */
static void watch_wait(struct watch *w, bool at_once)
{
	struct check *c = w->c;
	uint64_t next = seat_next(&c->seat);
	struct pollfd fds[] = {
		{.fd = w->signals, .events = POLLIN},
		{.fd = w->timer, .events = POLLIN},
		{.fd = bully_monitor_fd(c->seat.monitor), .events = POLLIN},
		/* a killed process may be dead but held by a tracer: SIGCHLD says when to reap */
		{.fd = w->phase == CHECKING ? c->job.pidfd : -1, .events = POLLIN},
	};
	struct itimerspec when = {0};

	if (w->phase == IDLE && w->start_at < next)
		next = w->start_at;
	if (w->phase != IDLE && w->fail_at < next)
		next = w->fail_at;
	if (w->phase == CLEARING && w->kill_at < next)
		next = w->kill_at;
	if (next != RUN_NEVER) {
		when.it_value.tv_sec = (time_t)(next / 1000000000);
		when.it_value.tv_nsec = (long)(next % 1000000000);
		if (!next)
			when.it_value.tv_nsec = 1;
	}
	timerfd_settime(w->timer, TFD_TIMER_ABSTIME, &when, NULL);
	poll(fds, ARRAY_SIZE(fds), at_once ? 0 : -1);
}

/* Gives the candidacy back first, and then ends what the command has started. */
static int end(struct watch *w)
{
	uint64_t until = run_now() + END_NS;
	bool more;

	notify_service("STOPPING=1\n");
	seat_leave(&w->c->seat);
	while (job_reap(&w->c->job, &more) && run_now() < until) {
		kill_all(&w->c->job, SIGKILL);
		if (!more)
			poll(NULL, 0, (int)(KILL_AGAIN_NS / 1000000));
	}
	return CTL_DONE;
}

int check_watch(struct check *c)
{
	struct watch w = {.c = c, .signals = -1, .timer = -1};
	bool at_once = false;
	int ret;

	w.start_at = run_now();
	ret = watch_open(&w);
	if (!ret)
		ret = turn(&w, &at_once);
	while (ret == -1) {
		watch_wait(&w, at_once);
		ret = turn(&w, &at_once);
	}
	if (w.stop)
		ret = end(&w);
	watch_close(&w);
	return ret;
}
