// SPDX-License-Identifier: GPL-2.0
/* bullyctl monitor [NAME] */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

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

/* Sleeps until there may be an event; false when nobody reads us any more. */
static bool wait_for_event(struct bully_monitor *m)
{
	struct pollfd fds[2] = {
		{.fd = bully_monitor_fd(m), .events = POLLIN},
		{.fd = STDOUT_FILENO, .events = 0},
	};

	/* The limit lets the library look for a module whose notice got lost. */
	poll(fds, 2, 1000);
	return !(fds[1].revents & (POLLERR | POLLHUP));
}

/* A reader that has enough ends a monitor as it should end. */
static int reader_gone(struct ctl *ctl)
{
	ctl->unread = true;
	return CTL_DONE;
}

static int watch(struct ctl *ctl, struct bully_monitor *m)
{
	const struct bully_event *ev;
	int err;

	for (;;) {
		if (bully_monitor_next(m, 0, &ev))
			return fail_lib(ctl, "monitor");
		if (!ev) {
			if (!wait_for_event(m))
				return reader_gone(ctl);
			continue;
		}
		if (ctl->json)
			print_json(ctl, ev);
		else
			print_text(ctl, ev);
		err = flush_output(ctl);
		if (err)
			return err == EPIPE ? reader_gone(ctl) : CTL_REFUSED; /* main says why */
	}
}

int cmd_monitor(struct ctl *ctl, int argc, char **argv)
{
	const char *name = argc ? argv[0] : NULL;
	struct bully_monitor *m;
	char err[SENTENCE_LEN];
	int ret;

	if (check_args(ctl, argc, argv, 0, 1))
		return CTL_USAGE;
	if (name && parse_name(name, err))
		return fail(ctl, CTL_USAGE, 0, "monitor: %s", err);
	if (bully_monitor_open(ctl->b, name, &m))
		return fail_lib(ctl, "monitor");
	ctl->pretty = false; /* an event is one line */
	signal(SIGPIPE, SIG_IGN);
	ret = watch(ctl, m);
	bully_monitor_close(m);
	return ret;
}
