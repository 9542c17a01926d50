// SPDX-License-Identifier: GPL-2.0-only
/* bullyctl monitor [NAME] [[--exec-timeout DUR] --exec COMMAND [ARG]...] */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/json.h"
#include "base/text.h"
#include "monitor/hook.h"
#include "monitor/monitor.h"
#include "process/signals.h"
#include "values/values.h"

#define LEFT_OUT "left-out" /* printed in place of an event's name */

static struct json_object *json_peers(const struct bully_group *g)
{
	struct json_object *peers = json_object_new_array();
	size_t i;

	for (i = 0; i < bully_group_peers(g); i++) {
		struct json_object *o = json_object_new_object();

		json_put(o, "id", json_u64(PEER32(bully_group_peer(g, i), ID)));
		json_put(o, "state",
			 json_text(bully_peer_state_name(PEER(bully_group_peer(g, i), STATE))));
		json_object_array_add(peers, o);
	}
	return peers;
}

static void print_json(struct ctl *ctl, FILE *f, const struct bully_event *ev)
{
	struct json_object *o = json_object_new_object();
	const struct bully_group *g = bully_event_group(ev);
	bool leader = g && GROUP_HAS(g, LEADER);

	json_put(o, "event", json_text(bully_event_name(bully_event_type(ev))));
	json_put(o, "group", g ? json_text(bully_group_name(g)) : NULL);
	json_put(o, "seq", g ? json_u64(GROUP(g, EVENT_SEQ)) : NULL);
	json_put(o, "time_ns", json_u64(g ? GROUP(g, TIME) : kernel_ns()));
	json_put(o, "leader", leader ? json_u64(GROUP32(g, LEADER)) : NULL);
	json_put(o, "epoch", g ? json_u64(GROUP(g, EPOCH)) : NULL);
	json_put(o, "state", g ? json_text(bully_state_name(GROUP(g, STATE))) : NULL);
	json_put(o, "reason", g ? json_text(bully_reason_name(GROUP(g, REASON))) : NULL);
	if (g) {
		json_put(o, "id", json_u64(GROUP32(g, ID)));
		json_put(o, "priority", json_u64(GROUP(g, PRIORITY)));
	} else {
		json_put(o, "module", json_flag(bully_event_module(ev)));
	}
	if (bully_event_type(ev) == BULLY_EVENT_RESYNC)
		json_put(o, "cause", json_text(bully_cause_name(bully_event_cause(ev))));
	if (bully_event_type(ev) == BULLY_EVENT_SNAPSHOT && g)
		json_put(o, "peers", json_peers(g));
	if (bully_event_peer(ev)) {
		json_put(o, "peer", json_u64(PEER32(bully_event_peer(ev), ID)));
		json_put(o, "peer_state",
			 json_text(bully_peer_state_name(PEER(bully_event_peer(ev), STATE))));
		json_put(o, "peer_address",
			 json_text(bully_address_name(PEER(bully_event_peer(ev), ADDRESS))));
		json_put(o, "peer_priority",
			 PEER_HAS(bully_event_peer(ev), PRIORITY)
				 ? json_u64(PEER(bully_event_peer(ev), PRIORITY))
				 : NULL);
	}
	json_print(ctl, f, o);
}

/*
 * Prints the time of an event by this host's wall clock, as 'ip -ts monitor' does. JSON has the
 * kernel's time instead.
 */
static void stamp(struct ctl *ctl, FILE *f, uint64_t ns)
{
	uint64_t us = (clock_ns(CLOCK_REALTIME) - (kernel_ns() - ns)) / 1000;
	time_t s = (time_t)(us / 1000000);
	struct tm tm;
	char at[32];

	if (!ctl->stamps)
		return;
	strftime(at, sizeof(at), "%Y-%m-%dT%H:%M:%S", localtime_r(&s, &tm));
	fprintf(f, "[%s.%06u] ", at, (unsigned int)(us % 1000000));
}

static void print_text(struct ctl *ctl, FILE *f, const struct bully_event *ev)
{
	const struct bully_group *g = bully_event_group(ev);
	const char *state;
	char leader[16];

	stamp(ctl, f, g ? GROUP(g, TIME) : kernel_ns());
	fprintf(f, "%-9s  ", bully_event_name(bully_event_type(ev)));
	if (bully_event_type(ev) == BULLY_EVENT_RESYNC) {
		fprintf(f, "%s: events may be missing, snapshots follow\n",
			bully_cause_name(bully_event_cause(ev)));
		return;
	}
	if (!g) {
		fprintf(f, "%s\n",
			bully_event_module(ev) ? "no group" : "module not loaded, waiting for it");
		return;
	}
	state = bully_state_name(GROUP(g, STATE));
	fprintf(f, "%-15s  ", bully_group_name(g));
	if (bully_event_peer(ev)) {
		const char *up = bully_peer_state_name(PEER(bully_event_peer(ev), STATE));

		fprintf(f, "peer %u %s%s%s  ", PEER32(bully_event_peer(ev), ID), colour_of(ctl, up),
			up, colour_end(ctl));
		if (PEER(bully_event_peer(ev), ADDRESS) != BULLY_ADDRESS_OK)
			fprintf(f, "address %s  ",
				bully_address_name(PEER(bully_event_peer(ev), ADDRESS)));
		if (PEER(bully_event_peer(ev), PRIORITY))
			fprintf(f, "priority %u  ", PEER32(bully_event_peer(ev), PRIORITY));
	}
	fprintf(f, "%s%-8s%s  leader %s  epoch %" PRIu64 "  %s  seq %" PRIu64 "\n",
		colour_of(ctl, state), state, colour_end(ctl),
		format_leader(g, leader, sizeof(leader)), GROUP(g, EPOCH),
		bully_reason_name(GROUP(g, REASON)), GROUP(g, EVENT_SEQ));
}

static void print_event(struct ctl *ctl, FILE *f, const struct bully_event *ev)
{
	if (ctl->json)
		print_json(ctl, f, ev);
	else
		print_text(ctl, f, ev);
}

/* Prints that @lines lines are missing; @module: the module is loaded. */
static void print_left_out(struct ctl *ctl, FILE *f, uint64_t lines, bool module)
{
	static const char *const none[] = {"leader", "epoch", "state", "reason"};
	uint64_t ns = kernel_ns();
	struct json_object *o;
	size_t i;

	if (!ctl->json) {
		stamp(ctl, f, ns);
		fprintf(f, "%-9s  %" PRIu64 " lines were left out\n", LEFT_OUT, lines);
		return;
	}
	o = json_object_new_object();
	json_put(o, "event", json_text(LEFT_OUT));
	json_put(o, "group", NULL);
	json_put(o, "seq", NULL);
	json_put(o, "time_ns", json_u64(ns));
	for (i = 0; i < ARRAY_SIZE(none); i++)
		json_put(o, none[i], NULL);
	json_put(o, "module", json_flag(module));
	json_put(o, "lines", json_u64(lines));
	json_print(ctl, f, o);
}

/**
 * struct watch - state of a monitor
 * @ctl: the run of the tool
 * @m: the source of events
 * @hooks: the command of --exec, or NULL
 * @signals: signalfd of the signals that end the monitor; -1 without a command
 * @mute: nobody reads the lines any more, but the command goes on
 * @ending: only the end of the running command is awaited
 * @module: the module was loaded at the last event
 * @out: descriptor of standard output, used if there is a command
 * @line: the line that is being written to @out, or NULL
 * @len: length of @line
 * @at: number of bytes of @line that are written
 * @left_out: number of lines dropped since, because @out had no room
 */
struct watch {
	struct ctl *ctl;
	struct bully_monitor *m;
	struct hooks *hooks;
	int signals;
	bool mute;
	bool ending;
	bool module;
	int out;
	char *line;
	size_t len;
	size_t at;
	uint64_t left_out;
};

/*
 * Returns a descriptor of standard output that does not block. It is opened again, because the mode
 * of the present one is shared with the command and other processes.
 */
static int open_output(void)
{
	struct stat st;
	int fd = -1;

	if ((!fstat(STDOUT_FILENO, &st) && S_ISFIFO(st.st_mode)) || isatty(STDOUT_FILENO))
		fd = open("/proc/self/fd/1", O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	return fd < 0 ? STDOUT_FILENO : fd;
}

/* Writes as much of the line as there is room for. Returns 0 or an errno. */
static int write_line(struct watch *w)
{
	while (w->line && has_room(w->out)) {
		size_t len = w->len - w->at;
		ssize_t n = write(w->out, w->line + w->at, len < PIPE_BUF ? len : PIPE_BUF);

		if (n < 0)
			return errno == EAGAIN || errno == EINTR ? 0 : errno;
		w->at += (size_t)n;
		if (w->at < w->len)
			continue;
		free(w->line);
		w->line = NULL;
	}
	return 0;
}

/* Begins the next line: the event @ev, or if that is NULL the number of lines left out. */
static int next_line(struct watch *w, const struct bully_event *ev)
{
	FILE *f = open_memstream(&w->line, &w->len);

	if (f && ev)
		print_event(w->ctl, f, ev);
	else if (f)
		print_left_out(w->ctl, f, w->left_out, w->module);
	w->at = 0;
	if (!f || fclose(f)) {
		free(w->line);
		w->line = NULL;
		w->left_out += !!ev;
		return 0;
	}
	if (!ev)
		w->left_out = 0;
	return write_line(w);
}

/* Writes the rest of the line, then the number of lines left out. Returns 0 or an errno. */
static int catch_up(struct watch *w)
{
	int err = write_line(w);

	if (!err && !w->line && w->left_out && has_room(w->out))
		err = next_line(w, NULL);
	return err;
}

/* Prints an event. With a command, a slow reader is not waited for. Returns 0 or an errno. */
static int put_event(struct watch *w, const struct bully_event *ev)
{
	int err;

	if (!w->hooks) {
		print_event(w->ctl, stdout, ev);
		return flush_output(w->ctl);
	}
	w->module = bully_event_module(ev);
	err = catch_up(w);
	if (!err && !w->line && !w->left_out)
		return next_line(w, ev);
	w->left_out++;
	return err;
}

static void on_signal(struct watch *w)
{
	struct signalfd_siginfo info;

	if (read(w->signals, &info, sizeof(info)) != sizeof(info))
		return;
	/* a second signal ends the running command, too */
	if (w->ending)
		hooks_end(w->hooks);
	w->ending = true;
}

/* Sleeps until there may be something to do. Returns 0, or an errno if output failed. */
static int wait_for_event(struct watch *w)
{
	bool late = w->line || w->left_out;
	int ms = w->hooks ? hooks_wait_ms(w->hooks) : -1;
	struct pollfd fds[] = {
		{.fd = w->ending ? -1 : bully_monitor_fd(w->m), .events = POLLIN},
		{.fd = w->mute ? -1 : STDOUT_FILENO, .events = late ? POLLOUT : 0},
		{.fd = w->signals, .events = POLLIN},
		{.fd = w->hooks ? hooks_fd(w->hooks) : -1, .events = POLLIN},
	};

	/* Wake once a second, so that the library finds a module whose notice got lost. */
	if (ms < 0 || ms > 1000)
		ms = 1000;
	poll(fds, ARRAY_SIZE(fds), ms);
	if (fds[2].revents)
		on_signal(w);
	if (fds[1].revents & (POLLERR | POLLHUP))
		return EPIPE;
	return fds[1].revents & POLLOUT ? catch_up(w) : 0;
}

/* Output failed with @err. Ends the monitor, unless it has a command. */
static int reader_gone(struct watch *w, int err)
{
	/* A reader that closes the pipe ends the monitor without an error. */
	w->ctl->unread = err == EPIPE || w->hooks;
	w->mute = true;
	if (!w->hooks)
		w->ending = true;
	else if (has_room(STDERR_FILENO))
		fprintf(stderr,
			"bullyctl: standard output: %s; monitor only runs the command from now "
			"on\n",
			strerror(err));
	return err == EPIPE || w->hooks ? CTL_DONE : CTL_REFUSED; /* main() prints the reason */
}

/* Handles one event, if there is one. Returns an exit status. */
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
	if (w->hooks)
		hooks_work(w->hooks);
	if (w->mute)
		return CTL_DONE;
	err = put_event(w, *ev);
	return err ? reader_gone(w, err) : CTL_DONE;
}

static int watch(struct watch *w)
{
	const struct bully_event *ev = NULL;
	int ret = CTL_DONE, err;

	while (!ret && !w->ending) {
		ret = on_event(w, &ev);
		if (w->hooks)
			hooks_work(w->hooks);
		if (ret || w->ending || ev)
			continue;
		err = wait_for_event(w);
		if (err)
			ret = reader_gone(w, err);
	}
	w->ending = true;
	if (w->hooks)
		hooks_stop(w->hooks);
	while (w->hooks && hooks_fd(w->hooks) >= 0) {
		if (wait_for_event(w))
			w->mute = true;
		hooks_work(w->hooks);
	}
	return ret;
}

/* Sets up the command of --exec. Signals are read, so that the command ends before bullyctl. */
static int serve(struct watch *w, const char *group)
{
	static const int ends[] = {SIGTERM, SIGINT, SIGHUP};
	const char *timeout = option_given(w->ctl, "--exec-timeout");
	uint64_t timeout_ns = HOOK_TIMEOUT_NS;
	char err[SENTENCE_LEN];
	sigset_t set;

	if (!w->ctl->rest && timeout)
		return fail(w->ctl, CTL_USAGE, 0, "monitor: --exec-timeout needs --exec COMMAND");
	if (!w->ctl->rest)
		return CTL_DONE;
	if (!w->ctl->rest[0] || !*w->ctl->rest[0])
		return fail(w->ctl, CTL_USAGE, 0, "monitor: --exec: COMMAND is %s",
			    w->ctl->rest[0] ? "empty" : "missing");
	if (timeout &&
	    parse_dur("--exec-timeout", timeout, 0, HOOK_TIMEOUT_MAX_NS, &timeout_ns, err))
		return fail(w->ctl, CTL_USAGE, 0, "monitor: %s", err);
	/* If SIGCHLD is ignored, the command cannot be waited for. */
	signal(SIGCHLD, SIG_DFL);
	heeded_signals(&set, ends, ARRAY_SIZE(ends));
	sigprocmask(SIG_BLOCK, &set, NULL);
	w->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	w->out = open_output();
	w->hooks = hooks_open(w->ctl, w->ctl->rest, group, timeout_ns);
	if (w->signals < 0 || !w->hooks)
		return fail(w->ctl, CTL_REFUSED, errno, "monitor: %s", strerror(errno));
	return CTL_DONE;
}

int cmd_monitor(struct ctl *ctl, int argc, char **argv)
{
	struct watch w = {.ctl = ctl, .signals = -1, .out = STDOUT_FILENO};
	const char *name = argc ? argv[0] : NULL;
	char err[SENTENCE_LEN];
	int ret;

	if (check_args(ctl, argc, argv, 0, 1))
		return CTL_USAGE;
	if (name && parse_name(name, err))
		return fail(ctl, CTL_USAGE, 0, "monitor: %s", err);
	signal(SIGPIPE, SIG_IGN);
	ret = serve(&w, name);
	if (!ret && bully_monitor_open(ctl->b, name, &w.m))
		ret = fail_lib(ctl, "monitor");
	ctl->pretty = false; /* an event is one line */
	if (!ret)
		ret = watch(&w);
	hooks_close(w.hooks);
	bully_monitor_close(w.m);
	free(w.line);
	if (w.out != STDOUT_FILENO)
		close(w.out);
	if (w.signals >= 0)
		close(w.signals);
	return ret;
}
