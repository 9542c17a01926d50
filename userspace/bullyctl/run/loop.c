// SPDX-License-Identifier: GPL-2.0-only
/*
 * The main loop of 'run'. Each turn checks leadership first: after a loss the command is told to
 * end before anything else is done.
 *
 *   WAITING --leads--> RUNNING --lost, or it ended and left others--> STOPPING (TERM)
 *      ^                  |ended                              --kill-after--> KILLING
 *      '-- --restart -----+-------- all are dead and reaped <-------------------'
 *
 * --kill-after counts from the end of leadership, not from the time when bullyctl notices it.
 *
 * The watchdog runs from RUNNING until all are dead. A turn feeds it after it checks leadership.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "process/environment.h"
#include "process/signals.h"
#include "run/run.h"
#include "values/values.h"

#define KILL_AGAIN_NS 10000000ULL /* interval of KILL, which new forks may escape */
#define STUCK_NS 5000000000ULL /* time from KILL to the message that a process survives */
#define STUCK_AGAIN_NS 1000000000ULL /* interval of KILL, and of attempts to print, after that */
#define DEATH_NS 100000000ULL /* time from KILL until all are dead, in the bound of bullyctl(8) */

enum phase {
	WAITING,
	RUNNING,
	STOPPING,
	KILLING,
};

/**
 * struct loop - state of the loop
 * @r: the run
 * @phase: see the diagram above
 * @signals: a signalfd
 * @timer: a timerfd
 * @wait_until: when waiting for leadership ends
 * @act_at: when to send KILL, for the first time or again
 * @stuck_at: when to print that a process survives KILL
 * @stuck: @stuck_at has been reached
 * @unfed_at: when to print that the watchdog will reset the host
 * @died: a descendant has ended since KILL was last sent
 * @sig: the signal that asks bullyctl to end, or 0
 * @suspended: the command was stopped, and bullyctl with it
 * @lost: the command is being stopped because leadership was lost
 */
struct loop {
	struct run *r;
	enum phase phase;
	int signals;
	int timer;
	uint64_t wait_until;
	uint64_t act_at;
	uint64_t stuck_at;
	bool stuck;
	uint64_t unfed_at;
	bool died;
	int sig;
	bool suspended;
	bool lost;
};

static const int forwarded[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2};

static int loop_open(struct loop *lp)
{
	sigset_t set;

	heeded_signals(&set, forwarded, ARRAY_SIZE(forwarded));
	sigaddset(&set, SIGCHLD);
	lp->signals = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	lp->timer = timerfd_create(CLOCK_BOOTTIME, TFD_NONBLOCK | TFD_CLOEXEC);
	if (lp->signals < 0 || lp->timer < 0)
		return fail(lp->r->ctl, CTL_RUN_FAILED, errno, "cannot wait for signals: %m");
	/* tcsetpgrp() of a background process sends SIGTTOU */
	sigaddset(&set, SIGTTOU);
	sigprocmask(SIG_BLOCK, &set, &lp->r->job.mask);
	return CTL_DONE;
}

static void loop_close(struct loop *lp)
{
	if (lp->signals >= 0)
		close(lp->signals);
	if (lp->timer >= 0)
		close(lp->timer);
}

static void begin_waiting(struct loop *lp)
{
	uint64_t timeout = lp->r->timeout_ns;

	lp->phase = WAITING;
	lp->lost = false;
	lp->wait_until = timeout == RUN_NEVER ? RUN_NEVER : run_now() + timeout;
	lp->act_at = RUN_NEVER;
	lp->stuck_at = RUN_NEVER;
	lp->stuck = false;
	lp->unfed_at = RUN_NEVER;
}

/* Begins to stop the command. KILL is due kill_after_ns after @since. */
static void begin_stopping(struct loop *lp, uint64_t since)
{
	uint64_t now = run_now();

	lp->phase = STOPPING;
	lp->act_at = since + lp->r->kill_after_ns;
	watchdog_limit(&lp->r->watchdog, lp->act_at + DEATH_NS);
	if (lp->r->watchdog.open)
		lp->unfed_at = (lp->act_at < now ? now : lp->act_at) + DEATH_NS;
	if (lp->r->kill_after_ns)
		kill_all(&lp->r->job, SIGTERM);
}

/*
 * Sends KILL, and plans the next KILL, until no process of the command is left. At the first KILL
 * this node resigns, unless it has lost leadership before. A short interval defeats processes that
 * fork. If a process hangs in the kernel, the interval is longer, because each KILL reads /proc.
 */
static void go_on_killing(struct loop *lp)
{
	bool hangs = lp->stuck && !lp->died;

	lp->died = false;
	kill_all(&lp->r->job, SIGKILL);
	lp->act_at = run_now() + (hangs ? STUCK_AGAIN_NS : KILL_AGAIN_NS);
	if (lp->phase == KILLING)
		return;
	lp->phase = KILLING;
	lp->stuck_at = run_now() + STUCK_NS;
	lead_release(&lp->r->lead);
}

/* Sleeps until an event, a signal, the command's end or the next timer. @at_once: only polls. */
static void loop_wait(struct loop *lp, bool at_once)
{
	uint64_t next = lead_next(&lp->r->lead);
	struct pollfd fds[] = {
		{.fd = lp->signals, .events = POLLIN},
		{.fd = lp->timer, .events = POLLIN},
		{.fd = bully_monitor_fd(lp->r->lead.monitor), .events = POLLIN},
		{.fd = position_fd(&lp->r->position), .events = POLLIN},
		/* a killed process may be dead but held by a tracer: SIGCHLD says when to reap */
		{.fd = lp->phase == KILLING ? -1 : lp->r->job.pidfd, .events = POLLIN},
	};
	struct itimerspec when = {0};

	if (lp->phase == WAITING && lp->wait_until < next)
		next = lp->wait_until;
	if (lp->act_at < next)
		next = lp->act_at;
	if (lp->stuck_at < next)
		next = lp->stuck_at;
	if (lp->unfed_at < next)
		next = lp->unfed_at;
	if (watchdog_next(&lp->r->watchdog) < next)
		next = watchdog_next(&lp->r->watchdog);
	if (position_next(&lp->r->position) < next)
		next = position_next(&lp->r->position);
	if (next != RUN_NEVER) {
		when.it_value.tv_sec = (time_t)(next / 1000000000);
		when.it_value.tv_nsec = (long)(next % 1000000000);
		if (!next)
			when.it_value.tv_nsec = 1;
	}
	timerfd_settime(lp->timer, TFD_TIMER_ABSTIME, &when, NULL);
	poll(fds, ARRAY_SIZE(fds), at_once ? 0 : -1);
}

/*
 * Forwards a signal. The terminal signals a whole process group, so the group of the command gets
 * it. A signal of a process is for bullyctl alone, so the command alone gets it.
 */
static void on_signal(struct loop *lp, const struct signalfd_siginfo *s)
{
	int sig = (int)s->ssi_signo;

	if (sig == SIGCHLD) {
		lp->died = true;
		return;
	}
	job_forward(&lp->r->job, sig, s->ssi_code == SI_KERNEL);
	if (sig == SIGUSR1 || sig == SIGUSR2)
		return;
	/* a command may use HUP or INT for anything; TERM ends bullyctl, too */
	if (lp->phase != RUNNING || sig == SIGTERM)
		lp->sig = sig;
}

static void read_signals(struct loop *lp)
{
	struct signalfd_siginfo s;

	while (read(lp->signals, &s, sizeof(s)) == sizeof(s))
		on_signal(lp, &s);
}

/* Called only when all are dead, because a slow reader may block the write. */
static void say_lost(struct loop *lp)
{
	fail(lp->r->ctl, CTL_TIMEOUT, 0, "group %s: this node no longer leads: %s",
	     lp->r->lead.group, lp->r->lead.why);
}

/*
 * Returns true if standard error has room: a full pipe must not block. Sets *@at to the time of the
 * next attempt, or to RUN_NEVER.
 */
static bool may_say(uint64_t *at)
{
	struct pollfd err = {.fd = STDERR_FILENO, .events = POLLOUT};

	if (poll(&err, 1, 0) <= 0) {
		*at = run_now() + STUCK_AGAIN_NS;
		return false;
	}
	*at = RUN_NEVER;
	/* if nobody reads standard error, SIGPIPE would end bullyctl */
	return !(err.revents & (POLLERR | POLLHUP | POLLNVAL));
}

static void say_stuck(struct loop *lp)
{
	lp->stuck = true;
	if (may_say(&lp->stuck_at))
		fail(lp->r->ctl, CTL_RUN_FAILED, 0,
		     "group %s: a process of '%s' survives SIGKILL; waiting for its end",
		     lp->r->lead.group, lp->r->job.argv[0]);
}

static void say_unfed(struct loop *lp)
{
	const struct watchdog *w = &lp->r->watchdog;
	char left[DUR_STRLEN];

	if (may_say(&lp->unfed_at))
		fail(lp->r->ctl, CTL_RUN_FAILED, 0,
		     "group %s: a process of '%s' is still alive; watchdog %s is no longer fed and "
		     "resets this host in %s",
		     lp->r->lead.group, lp->r->job.argv[0], w->path,
		     format_dur_short(watchdog_left(w, run_now()), left));
}

/* All processes of the command are dead. Returns the exit status, or -1 to go on. */
static int all_dead(struct loop *lp)
{
	struct run *r = lp->r;
	int ret;

	watchdog_close(&r->watchdog);
	if (!lp->lost) {
		lead_release(&r->lead);
		return job_exit_status(&r->job);
	}
	say_lost(lp);
	if (!r->restart)
		return CTL_TIMEOUT;
	if (lp->sig)
		return shell_status(true, lp->sig);
	begin_waiting(lp);
	ret = lead_stand(&r->lead);
	return ret ? ret : -1;
}

/* Starts the command with the variables BULLY_GROUP, BULLY_ID and BULLY_EPOCH. */
static int start(struct run *r)
{
	const struct lead *l = &r->lead;
	struct environment env = {0};
	int ret;

	environment_put(&env, "BULLY_GROUP", "%s", l->group);
	environment_put(&env, "BULLY_ID", "%u", l->id);
	environment_put(&env, "BULLY_EPOCH", "%llu", (unsigned long long)l->epoch);
	if (environment_end(&env))
		ret = fail(r->ctl, CTL_RUN_FAILED, ENOMEM, "out of memory");
	else
		ret = job_start(r->ctl, &r->job, env.words);
	environment_free(&env);
	return ret;
}

static int turn_waiting(struct loop *lp)
{
	struct run *r = lp->r;
	int ret;

	if (lp->sig)
		return shell_status(true, lp->sig);
	if (r->lead.leads) {
		lp->phase = RUNNING;
		ret = watchdog_open(r->ctl, &r->watchdog);
		if (!ret)
			ret = start(r);
		if (ret)
			watchdog_close(&r->watchdog);
		return ret ? ret : -1;
	}
	if (run_now() >= lp->wait_until)
		return fail(r->ctl, CTL_TIMEOUT, 0, "group %s: timed out waiting to lead",
			    r->lead.group);
	return -1;
}

static void on_loss(struct loop *lp)
{
	uint64_t now = run_now(), lost_at = lp->r->lead.lost_at;

	lp->lost = true;
	begin_stopping(lp, lost_at < now ? lost_at : now);
	lead_release(&lp->r->lead);
}

/* Each turn function returns the exit status, or -1 to go on. @alive: there are descendants. */
static int turn_running(struct loop *lp, bool alive)
{
	struct job *j = &lp->r->job;

	if (!j->pid) {
		if (!alive)
			return all_dead(lp);
		begin_stopping(lp, run_now());
	} else if (j->stopped && lp->r->watchdog.open) {
		job_continue(j); /* a stopped bullyctl would not feed the watchdog */
	} else if (j->stopped) {
		job_suspend(j);
		lp->suspended = true;
	}
	return -1;
}

static int turn_stopping(struct loop *lp, bool alive)
{
	uint64_t now = run_now();

	if (!alive)
		return all_dead(lp);
	if (now >= lp->act_at)
		go_on_killing(lp);
	if (now >= lp->unfed_at)
		say_unfed(lp);
	if (now >= lp->stuck_at)
		say_stuck(lp);
	return -1;
}

/*
 * Feeds the watchdog, right after leadership is checked. A leader whose watchdog cannot be fed
 * gives up leadership. After a loss on_loss() limits the feeds.
 */
static void feed_watchdog(struct loop *lp)
{
	struct run *r = lp->r;
	char why[320];
	int err;

	if (lp->phase == RUNNING && !r->lead.leads)
		return;
	err = watchdog_feed(&r->watchdog, run_now());
	if (!err || lp->phase != RUNNING)
		return;
	snprintf(why, sizeof(why), "watchdog %s cannot be fed: %s", r->watchdog.path,
		 strerror(err));
	lead_give_up(&r->lead, why);
}

/* Reads the position file if it may have changed. The next turn tells the kernel. */
static void follow_position(struct run *r)
{
	if (position_update(r->ctl, &r->position))
		lead_place(&r->lead, r->position.term, r->position.index);
}

/* Runs one turn. Returns the exit status, or -1 to go on; *@at_once: without sleeping. */
static int turn(struct loop *lp, bool *at_once)
{
	struct run *r = lp->r;
	bool alive;
	int ret;

	ret = lead_update(&r->lead);
	if (ret && lp->phase == WAITING)
		return ret;
	feed_watchdog(lp);
	if (lp->phase == RUNNING && !r->lead.leads)
		on_loss(lp);
	if (lp->suspended && lp->phase == RUNNING)
		job_resume(&r->job);
	lp->suspended = false;
	read_signals(lp);
	alive = job_reap(&r->job, at_once);
	switch (lp->phase) {
	case WAITING:
		ret = turn_waiting(lp);
		break;
	case RUNNING:
		ret = turn_running(lp, alive);
		break;
	default:
		ret = turn_stopping(lp, alive);
	}
	*at_once = *at_once || lp->suspended;
	if (ret == -1)
		follow_position(r);
	return ret;
}

int run_loop(struct run *r)
{
	struct loop lp = {.r = r, .signals = -1, .timer = -1};
	bool at_once = false;
	int ret;

	begin_waiting(&lp);
	ret = loop_open(&lp);
	if (!ret)
		ret = turn(&lp, &at_once);
	while (ret == -1) {
		loop_wait(&lp, at_once);
		ret = turn(&lp, &at_once);
	}
	loop_close(&lp);
	return ret;
}
