// SPDX-License-Identifier: GPL-2.0
/* bullyctl monitor [NAME] [--exec COMMAND [ARG]...] */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "hook.h"
#include "json.h"
#include "text.h"
#include "values.h"

static struct json_object *json_peers(const struct bully_group *g)
{
	struct json_object *peers = json_object_new_array();
	size_t i;

	for (i = 0; i < g->peers_len; i++) {
		struct json_object *o = json_object_new_object();

		json_put(o, "id", json_u64(g->peers[i].id));
		json_put(o, "state", json_text(bully_peer_state_name(g->peers[i].state)));
		json_object_array_add(peers, o);
	}
	return peers;
}

static void print_json(struct ctl *ctl, const struct bully_event *ev)
{
	struct json_object *o = json_object_new_object();
	const struct bully_group *g = ev->group;
	bool leader = g && BULLY_HAS(g, BULLY_A_GROUP_LEADER);

	json_put(o, "event", json_text(bully_event_name(ev->type)));
	json_put(o, "group", g ? json_text(g->name) : NULL);
	json_put(o, "seq", g ? json_u64(g->event_seq) : NULL);
	json_put(o, "time_ns", json_u64(g ? g->time_ns : clock_ns(CLOCK_BOOTTIME)));
	json_put(o, "leader", leader ? json_u64(g->leader) : NULL);
	json_put(o, "epoch", g ? json_u64(g->epoch) : NULL);
	json_put(o, "state", g ? json_text(bully_state_name(g->state)) : NULL);
	json_put(o, "reason", g ? json_text(bully_reason_name(g->reason)) : NULL);
	if (g)
		json_put(o, "id", json_u64(g->id));
	else
		json_put(o, "module", json_flag(ev->module));
	if (ev->type == BULLY_EVENT_RESYNC)
		json_put(o, "cause", json_text(bully_cause_name(ev->cause)));
	if (ev->type == BULLY_EVENT_SNAPSHOT && g)
		json_put(o, "peers", json_peers(g));
	if (ev->peer) {
		json_put(o, "peer", json_u64(ev->peer->id));
		json_put(o, "peer_state", json_text(bully_peer_state_name(ev->peer->state)));
	}
	json_print(ctl, stdout, o);
}

static void print_text(struct ctl *ctl, const struct bully_event *ev)
{
	const struct bully_group *g = ev->group;
	uint64_t ns = g ? g->time_ns : clock_ns(CLOCK_BOOTTIME);
	const char *state;
	char leader[16];

	if (ctl->stamps)
		printf("[%5" PRIu64 ".%09" PRIu64 "] ", ns / 1000000000, ns % 1000000000);
	printf("%-9s  ", bully_event_name(ev->type));
	if (ev->type == BULLY_EVENT_RESYNC) {
		printf("%s: events may be missing, snapshots follow\n",
		       bully_cause_name(ev->cause));
		return;
	}
	if (!g) {
		printf("%s\n", ev->module ? "no group" : "module not loaded, waiting for it");
		return;
	}
	state = bully_state_name(g->state);
	printf("%-15s  ", g->name);
	if (ev->peer) {
		const char *up = bully_peer_state_name(ev->peer->state);

		printf("peer %u %s%s%s  ", ev->peer->id, colour_of(ctl, up), up, colour_end(ctl));
	}
	printf("%s%-8s%s  leader %s  epoch %" PRIu64 "  %s  seq %" PRIu64 "\n",
	       colour_of(ctl, state), state, colour_end(ctl),
	       format_leader(g, leader, sizeof(leader)), g->epoch, bully_reason_name(g->reason),
	       g->event_seq);
}

/**
 * struct watch - what a monitor waits for
 * @ctl: the run of the tool
 * @m: where events come from
 * @hooks: the command, or NULL
 * @signals: tells that it is to end; -1 where signals do what they do by default
 * @mute: nobody reads the lines any more, and the command goes on
 * @ending: there is only the command to wait for that runs
 */
struct watch {
	struct ctl *ctl;
	struct bully_monitor *m;
	struct hooks *hooks;
	int signals;
	bool mute;
	bool ending;
};

static void on_signal(struct watch *w)
{
	struct signalfd_siginfo info;

	if (read(w->signals, &info, sizeof(info)) != sizeof(info))
		return;
	/* who asks a second time does not want to wait */
	if (w->ending)
		hooks_end(w->hooks);
	w->ending = true;
}

/* Sleeps until there may be something to do; false when nobody reads us any more. */
static bool wait_for_event(struct watch *w)
{
	int ms = w->hooks ? hooks_wait_ms(w->hooks) : -1;
	struct pollfd fds[] = {
		{.fd = w->ending ? -1 : bully_monitor_fd(w->m), .events = POLLIN},
		{.fd = w->mute ? -1 : STDOUT_FILENO, .events = 0},
		{.fd = w->signals, .events = POLLIN},
		{.fd = w->hooks ? hooks_fd(w->hooks) : -1, .events = POLLIN},
	};

	/* The limit lets the library look for a module whose notice got lost. */
	if (ms < 0 || ms > 1000)
		ms = 1000;
	poll(fds, ARRAY_SIZE(fds), ms);
	if (fds[2].revents)
		on_signal(w);
	return !(fds[1].revents & (POLLERR | POLLHUP));
}

/* Output failed, by @err: that ends a monitor, but for one that serves a command. */
static int reader_gone(struct watch *w, int err)
{
	/* A reader that has enough ends a monitor as it should end. */
	w->ctl->unread = err == EPIPE || w->hooks;
	w->mute = true;
	if (!w->hooks)
		w->ending = true;
	else
		fprintf(stderr, "bullyctl: standard output: %s; only the command goes on\n",
			strerror(err));
	return err == EPIPE || w->hooks ? CTL_DONE : CTL_REFUSED; /* main says why */
}

/* One event, if there is any. */
static int on_event(struct watch *w, const struct bully_event **ev)
{
	int err;

	if (bully_monitor_next(w->m, 0, ev))
		return fail_lib(w->ctl, "monitor");
	if (!*ev) {
		if (w->hooks)
			hooks_settled(w->hooks);
		return CTL_DONE;
	}
	if (w->hooks && hooks_event(w->hooks, *ev))
		return fail(w->ctl, CTL_REFUSED, ENOMEM, "monitor: out of memory");
	if (w->mute)
		return CTL_DONE;
	if (w->ctl->json)
		print_json(w->ctl, *ev);
	else
		print_text(w->ctl, *ev);
	err = flush_output(w->ctl);
	return err ? reader_gone(w, err) : CTL_DONE;
}

static int watch(struct watch *w)
{
	const struct bully_event *ev = NULL;
	int ret = CTL_DONE;

	while (!ret && !w->ending) {
		ret = on_event(w, &ev);
		if (w->hooks)
			hooks_work(w->hooks);
		if (ret || w->ending || ev)
			continue;
		if (!wait_for_event(w))
			ret = reader_gone(w, EPIPE);
	}
	w->ending = true;
	if (w->hooks)
		hooks_stop(w->hooks);
	while (w->hooks && hooks_fd(w->hooks) >= 0) {
		wait_for_event(w);
		hooks_work(w->hooks);
	}
	return ret;
}

/* The command of --exec; signals are read, so that it ends before we do. */
static int serve(struct watch *w, const char *group)
{
	const char *timeout = option_given(w->ctl, "--exec-timeout");
	uint64_t timeout_ns = HOOK_TIMEOUT_NS;
	char err[SENTENCE_LEN];
	sigset_t set;

	if (!w->ctl->rest && timeout)
		return fail(w->ctl, CTL_USAGE, 0, "monitor: --exec-timeout is only for --exec");
	if (!w->ctl->rest)
		return CTL_DONE;
	if (!w->ctl->rest[0] || !*w->ctl->rest[0])
		return fail(w->ctl, CTL_USAGE, 0, "monitor: --exec: COMMAND is %s",
			    w->ctl->rest[0] ? "empty" : "missing");
	if (timeout &&
	    parse_dur("--exec-timeout", timeout, 0, HOOK_TIMEOUT_MAX_NS, &timeout_ns, err))
		return fail(w->ctl, CTL_USAGE, 0, "monitor: %s", err);
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, NULL);
	w->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	w->hooks = hooks_open(w->ctl, w->ctl->rest, group, timeout_ns);
	if (w->signals < 0 || !w->hooks)
		return fail(w->ctl, CTL_REFUSED, errno, "monitor: %s", strerror(errno));
	return CTL_DONE;
}

int cmd_monitor(struct ctl *ctl, int argc, char **argv)
{
	struct watch w = {.ctl = ctl, .signals = -1};
	const char *name = argc ? argv[0] : NULL;
	char err[SENTENCE_LEN];
	int ret;

	if (check_args(ctl, argc, argv, 0, 1))
		return CTL_USAGE;
	if (name && parse_name(name, err))
		return fail(ctl, CTL_USAGE, 0, "monitor: %s", err);
	ret = serve(&w, name);
	if (!ret && bully_monitor_open(ctl->b, name, &w.m))
		ret = fail_lib(ctl, "monitor");
	ctl->pretty = false; /* an event is one line */
	signal(SIGPIPE, SIG_IGN);
	if (!ret)
		ret = watch(&w);
	hooks_close(w.hooks);
	bully_monitor_close(w.m);
	if (w.signals >= 0)
		close(w.signals);
	return ret;
}
