// SPDX-License-Identifier: GPL-2.0-only
/*
 * The main loop of 'vip'. Each turn looks at the status page first: if this node does not lead,
 * the addresses are removed before anything else is done, also after a time in which this process
 * was stopped.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "process/notify.h"
#include "process/signals.h"
#include "vip/vip.h"

/**
 * struct loop - state of the loop
 * @k: the addresses
 * @a: the announcements
 * @l: the leadership
 * @signals: a signalfd
 * @timer: a timerfd
 * @tracks: an interface is tracked
 * @epoch: the epoch of the last turn; 0 if this node did not lead
 * @turned: a turn has been completed
 * @fit: the tracked interfaces had a carrier at the last turn
 * @trouble: the trouble that was reported last
 * @sig: the signal that asks bullyctl to end, or 0
 */
struct loop {
	struct keeper *k;
	struct announcer *a;
	struct leader *l;
	int signals;
	int timer;
	bool tracks;
	uint64_t epoch;
	bool turned;
	bool fit;
	char trouble[LEADER_TROUBLE_LEN];
	int sig;
};

static int loop_open(struct loop *lp)
{
	static const int ends[] = {SIGTERM, SIGINT, SIGHUP, SIGQUIT};
	sigset_t set;
	size_t i;

	signal(SIGPIPE, SIG_IGN);
	heeded_signals(&set, ends, ARRAY_SIZE(ends));
	lp->signals = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	lp->timer = timerfd_create(CLOCK_BOOTTIME, TFD_NONBLOCK | TFD_CLOEXEC);
	if (lp->signals < 0 || lp->timer < 0)
		return fail(lp->k->ctl, CTL_REFUSED, errno, "vip: cannot wait for signals: %s",
			    strerror(errno));
	sigprocmask(SIG_BLOCK, &set, NULL);
	for (i = 0; i < lp->k->nics_len; i++)
		lp->tracks = lp->tracks || lp->k->nics[i].tracked;
	lp->fit = true;
	return CTL_DONE;
}

static void loop_close(struct loop *lp)
{
	if (lp->signals >= 0)
		close(lp->signals);
	if (lp->timer >= 0)
		close(lp->timer);
}

static void read_signals(struct loop *lp)
{
	struct signalfd_siginfo s;

	while (read(lp->signals, &s, sizeof(s)) == sizeof(s))
		lp->sig = (int)s.ssi_signo;
}

static const char *why_lost(const struct loop *lp)
{
	if (!lp->turned)
		return "left by an earlier run, and this node does not lead";
	if (lp->sig)
		return "bullyctl ends";
	return lp->epoch ? "this node no longer leads" : "this node does not lead";
}

/* Tells systemd what this node does. */
static void tell(const struct loop *lp)
{
	char list[256] = "", addr[VIP_STRLEN];
	size_t i, at = 0;

	for (i = 0; i < lp->k->places_len && at + VIP_STRLEN + 32 < sizeof(list); i++)
		if (lp->k->places[i].lens_len)
			at += (size_t)snprintf(list + at, sizeof(list) - at, "%s%s on %s",
					       at ? ", " : "",
					       format_vip(lp->k->places[i].want, addr),
					       lp->k->places[i].nic->name);
	if (lp->epoch)
		notify_service("STATUS=leads: %s", at ? list : "no interface is ready");
	else
		notify_service("STATUS=does not lead%s%s", lp->l->trouble[0] ? ": " : "",
			       lp->l->trouble);
}

/* Reports a trouble once, and its end. */
static void note_trouble(struct loop *lp)
{
	const char *is = lp->l->trouble;

	if (!strcmp(is, lp->trouble))
		return;
	if (is[0])
		vip_say(lp->k->ctl, lp->k->group, "%s; waiting", is);
	else
		vip_say(lp->k->ctl, lp->k->group, "the trouble is over: %s", lp->trouble);
	snprintf(lp->trouble, sizeof(lp->trouble), "%s", is);
	tell(lp);
}

static void note_fit(struct loop *lp)
{
	bool fit = keep_fit(lp->k);

	if (fit != lp->fit)
		vip_say(lp->k->ctl, lp->k->group,
			fit ? "the tracked interfaces have a carrier: vip lets this node be a "
			      "candidate"
			    : "a tracked interface has no carrier: this node is not a candidate");
	lp->fit = fit;
	lp->l->stand(lp->l, fit);
}

static void lead(struct loop *lp, uint64_t epoch)
{
	bool has = keep_has(lp->k), again = lp->l->stale || lp->epoch != epoch;
	char why[64];

	snprintf(why, sizeof(why), "this node leads, epoch %llu", (unsigned long long)epoch);
	lp->epoch = epoch;
	lp->l->stale = false;
	keep_put(lp->k, lp->l, why);
	again = again || lp->k->fresh;
	lp->k->fresh = false;
	if (again)
		announce_begin(lp->a);
	announce_work(lp->a, lp->k, lp->l);
	if (again || has != keep_has(lp->k))
		tell(lp);
}

static void follow(struct loop *lp)
{
	bool had = lp->epoch || keep_has(lp->k) || !lp->turned;

	announce_stop(lp->a);
	keep_remove(lp->k, false, why_lost(lp));
	lp->epoch = 0;
	lp->k->fresh = false;
	if (had)
		tell(lp);
}

static void turn(struct loop *lp)
{
	uint64_t epoch;

	if (!lp->l->epoch(lp->l) && keep_has(lp->k))
		follow(lp);
	lp->l->update(lp->l);
	read_signals(lp);
	keep_update(lp->k);
	if (lp->tracks)
		note_fit(lp);
	note_trouble(lp);
	epoch = lp->l->epoch(lp->l);
	if (epoch && !lp->sig)
		lead(lp, epoch);
	else
		follow(lp);
	if (!lp->turned)
		notify_service("READY=1");
	lp->turned = true;
}

/* Sleeps until something has happened, or the next planned action. */
static void loop_wait(struct loop *lp)
{
	uint64_t next = lp->l->next(lp->l), other = keep_next(lp->k);
	struct pollfd fds[3 + LEADER_FDS] = {
		{.fd = lp->signals, .events = POLLIN},
		{.fd = lp->timer, .events = POLLIN},
		{.fd = rtnl_fd(&lp->k->rtnl), .events = POLLIN},
	};
	struct itimerspec when = {0};
	size_t len = 3 + lp->l->fds(lp->l, fds + 3);

	if (other < next)
		next = other;
	if (lp->a->next < next)
		next = lp->a->next;
	if (next != LEADER_NEVER) {
		when.it_value.tv_sec = (time_t)(next / 1000000000);
		when.it_value.tv_nsec = (long)(next % 1000000000);
		if (!next)
			when.it_value.tv_nsec = 1;
	}
	timerfd_settime(lp->timer, TFD_TIMER_ABSTIME, &when, NULL);
	poll(fds, (nfds_t)len, -1);
}

int vip_loop(struct keeper *k, struct announcer *a, struct leader *l)
{
	struct loop lp = {.k = k, .a = a, .l = l, .signals = -1, .timer = -1};
	int ret = loop_open(&lp);

	if (!ret) {
		keep_begin(k);
		turn(&lp);
		while (!lp.sig) {
			loop_wait(&lp);
			turn(&lp);
		}
		notify_service("STOPPING=1");
		ret = keep_end(k, false, why_lost(&lp));
	}
	loop_close(&lp);
	return ret;
}
