// SPDX-License-Identifier: GPL-2.0-only
/*
 * Decides when the command runs, and with which variables. Events of a group that arrive while a
 * command runs are combined into one run, with the newest state and the most important kind.
 */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "monitor/hook.h"
#include "process/child.h"
#include "process/environment.h"
#include "process/guard.h"

#define NO_STATE "absent" /* there is no such group, or no module */
#define TARGETS_MAX (2 * BULLY_GROUPS_MAX) /* with more groups, absent ones are forgotten */

/**
 * struct target - a group: what the last run of the command was told, and the newest state
 * @name: name of the group
 * @told: the state that the last run was told, or "" before the first run
 * @told_epoch: the epoch that the last run was told
 * @stale: not seen in a snapshot since the last resync
 * @due: number (of struct hooks, @order) of the first event without a run, or 0 if there is none
 * @events: number of events without a run
 * @event: the most important kind of these events
 * @cause: cause of the resync
 * @state: the newest state
 * @led: this node was leader in @told, in @state and in all events between them, without a gap
 * @has_leader: @leader is known
 * @leader: id of the leader
 * @id: id of this node; 0 if the group was never seen
 * @epoch: epoch of the leader
 * @seq: number of the newest event
 * @time_ns: time of the newest event
 * @reason: reason of the newest event
 */
struct target {
	char name[BULLY_GROUP_NAME_MAX + 1];
	const char *told;
	uint64_t told_epoch;
	bool stale;
	uint64_t due;
	uint64_t events;
	const char *event;
	enum bully_cause cause;
	const char *state;
	bool led;
	bool has_leader;
	uint32_t leader;
	uint64_t id;
	uint64_t epoch;
	uint64_t seq;
	uint64_t time_ns;
	unsigned int reason;
};

/**
 * struct hooks - the command and its groups
 * @ctl: the run of the tool
 * @command: the command and its arguments; ends with NULL
 * @child: the running command
 * @guard: kills the running command if this process is killed
 * @of: name of the group of the running command
 * @targets: the groups
 * @len: number of @targets
 * @order: number of events so far
 * @cause: cause of the resync whose snapshots arrive, or BULLY_CAUSE_NONE
 * @stop: no further command is started
 * @runs: number of runs
 * @failures: number of failed runs
 */
struct hooks {
	struct ctl *ctl;
	char *const *command;
	struct child child;
	struct guard guard;
	char of[BULLY_GROUP_NAME_MAX + 1];
	struct target *targets;
	size_t len;
	uint64_t order;
	enum bully_cause cause;
	bool stop;
	uint64_t runs;
	uint64_t failures;
};

static struct target *target_of(struct hooks *h, const char *name)
{
	struct target *more;
	size_t i;

	for (i = 0; i < h->len; i++)
		if (!strcmp(h->targets[i].name, name))
			return &h->targets[i];
	for (i = 0; h->len >= TARGETS_MAX && i < h->len; i++)
		if (!h->targets[i].due && !strcmp(h->targets[i].told, NO_STATE))
			break;
	if (h->len < TARGETS_MAX || i == h->len) {
		more = realloc(h->targets, (h->len + 1) * sizeof(*more));
		if (!more)
			return NULL;
		h->targets = more;
		i = h->len++;
	}
	more = &h->targets[i];
	memset(more, 0, sizeof(*more));
	snprintf(more->name, sizeof(more->name), "%s", name);
	more->told = "";
	return more;
}

/* Kinds of events by weight, the most important last. */
static const char *const kinds[] = {"peer", "config", "state", "leader"};

static size_t weight(const char *event)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++)
		if (!strcmp(kinds[i], event))
			return i;
	return ARRAY_SIZE(kinds); /* snapshot, resync, added and deleted outrank these */
}

static bool is_absent(const struct target *t)
{
	return t->due && !strcmp(t->state, NO_STATE);
}

static void note(struct hooks *h, struct target *t, const char *event, const char *state)
{
	bool led = t->events ? t->led : !strcmp(t->told, "leader");

	h->order++;
	t->led = led && weight(event) < ARRAY_SIZE(kinds) && !strcmp(state, "leader");
	if (!t->due)
		t->due = h->order;
	if (!t->events || is_absent(t) || !strcmp(state, NO_STATE) ||
	    weight(event) >= weight(t->event))
		t->event = event;
	if (!t->events || h->cause)
		t->cause = h->cause;
	t->events++;
	t->state = state;
}

struct hooks *hooks_open(struct ctl *ctl, char *const *command, const char *group,
			 uint64_t timeout_ns)
{
	struct hooks *h = calloc(1, sizeof(*h));

	if (!h)
		return NULL;
	h->ctl = ctl;
	h->command = command;
	child_init(&h->child, timeout_ns);
	errno = guard_open(&h->guard);
	if (errno) {
		free(h);
		return NULL;
	}
	/* The command also runs if the wanted group is absent. */
	if (group && target_of(h, group)) {
		h->targets[0].stale = true;
	} else if (group) {
		hooks_close(h);
		errno = ENOMEM;
		return NULL;
	}
	return h;
}

void hooks_close(struct hooks *h)
{
	if (!h)
		return;
	child_close(&h->child);
	guard_watch(&h->guard, 0);
	guard_close(&h->guard);
	free(h->targets);
	free(h);
}

int hooks_event(struct hooks *h, const struct bully_event *ev)
{
	const char *kind = bully_event_name(bully_event_type(ev));
	const struct bully_group *g = bully_event_group(ev);
	struct target *t;
	size_t i;

	if (bully_event_type(ev) == BULLY_EVENT_RESYNC) {
		h->cause = bully_event_cause(ev);
		for (i = 0; i < h->len; i++)
			h->targets[i].stale = true;
		return 0;
	}
	if (!g)
		return 0; /* hooks_settled() records the absence */
	if (bully_event_type(ev) != BULLY_EVENT_SNAPSHOT)
		hooks_settled(h);
	else if (h->cause)
		kind = bully_event_name(BULLY_EVENT_RESYNC);
	t = target_of(h, bully_group_name(g));
	if (!t)
		return -1;
	t->stale = false;
	t->has_leader = GROUP_HAS(g, LEADER);
	t->leader = GROUP32(g, LEADER);
	t->id = GROUP(g, ID);
	t->epoch = GROUP(g, EPOCH);
	t->seq = GROUP(g, EVENT_SEQ);
	t->time_ns = GROUP(g, TIME);
	t->reason = (unsigned int)GROUP(g, REASON);
	note(h, t, kind,
	     bully_event_type(ev) == BULLY_EVENT_GROUP_DEL ? NO_STATE
							   : bully_state_name(GROUP(g, STATE)));
	return 0;
}

void hooks_settled(struct hooks *h)
{
	size_t i;

	for (i = 0; i < h->len; i++) {
		struct target *t = &h->targets[i];

		if (!t->stale)
			continue;
		t->stale = false;
		/* The command knows that the wanted group is absent. */
		if (!strcmp(t->told, NO_STATE) && !t->due)
			continue;
		t->reason = BULLY_REASON_NONE;
		note(h, t, h->cause ? NO_STATE : bully_event_name(BULLY_EVENT_SNAPSHOT), NO_STATE);
	}
	h->cause = BULLY_CAUSE_NONE;
}

static void put(struct environment *env, const char *name, const char *value)
{
	environment_put(env, name, "%s", value);
}

static void put_number(struct environment *env, const char *name, bool known, uint64_t value)
{
	if (known)
		environment_put(env, name, "%" PRIu64, value);
	else
		put(env, name, "");
}

/* Sets the variables for the command; an unknown number becomes an empty string. */
static void describe(struct environment *env, const struct hooks *h, const struct target *t)
{
	bool there = strcmp(t->state, NO_STATE), known = t->id;

	put(env, "BULLY_GROUP", t->name);
	put(env, "BULLY_EVENT", t->event);
	put(env, "BULLY_STATE", t->state);
	put(env, "BULLY_PREVIOUS_STATE", t->told);
	put_number(env, "BULLY_ID", known, t->id);
	put_number(env, "BULLY_LEADER", there && t->has_leader, t->leader);
	put_number(env, "BULLY_EPOCH", there, t->epoch);
	put_number(env, "BULLY_PREVIOUS_EPOCH", *t->told && strcmp(t->told, NO_STATE),
		   t->told_epoch);
	put(env, "BULLY_REASON", bully_reason_name(t->reason));
	put_number(env, "BULLY_SEQ", known, t->seq);
	put_number(env, "BULLY_TIME_NS", known, t->time_ns);
	put(env, "BULLY_CAUSE", t->cause ? bully_cause_name(t->cause) : "");
	put_number(env, "BULLY_EVENTS", true, t->events);
	put_number(env, "BULLY_LED", true, t->led);
	put_number(env, "BULLY_FAILURES", true, h->failures);
}

static void failed(struct hooks *h, int status, const char *how)
{
	h->failures++;
	/* If standard error has no room, later messages show the count. */
	if (!has_room(STDERR_FILENO))
		return;
	fail(h->ctl, status, 0, "group %s: %s: %s (failure %" PRIu64 " of %" PRIu64 " runs)", h->of,
	     h->command[0], how, h->failures, h->runs);
}

/* Returns the group that has waited longest for a run, or NULL. */
static struct target *next_due(struct hooks *h)
{
	struct target *first = NULL;
	size_t i;

	for (i = 0; i < h->len; i++)
		if (h->targets[i].due && (!first || h->targets[i].due < first->due))
			first = &h->targets[i];
	return first;
}

static void start(struct hooks *h, struct target *t)
{
	struct environment env = {0};
	char how[CHILD_HOW_LEN];
	int err;

	snprintf(h->of, sizeof(h->of), "%s", t->name);
	h->runs++;
	describe(&env, h, t);
	err = environment_end(&env) ? ENOMEM : child_start(&h->child, h->command, env.words);
	environment_free(&env);
	if (!err)
		guard_watch(&h->guard, h->child.pid);
	t->due = 0;
	t->events = 0;
	t->told = t->state;
	t->told_epoch = t->epoch;
	if (err) {
		snprintf(how, sizeof(how), "cannot run it: %s", strerror(err));
		failed(h, err == ENOENT ? 127 : 126, how);
	}
}

void hooks_work(struct hooks *h)
{
	char how[CHILD_HOW_LEN];
	struct target *t;
	int status;

	if (child_check(&h->child, &status, how)) {
		guard_watch(&h->guard, 0);
		if (status)
			failed(h, status, how);
	}
	if (has_room(STDERR_FILENO) && child_slow(&h->child, how))
		fail(h->ctl, CTL_TIMEOUT, 0, "group %s: %s: %s", h->of, h->command[0], how);
	while (!h->stop && !child_runs(&h->child) && (t = next_due(h)))
		start(h, t);
}

int hooks_fd(const struct hooks *h)
{
	return h->child.fd;
}

int hooks_wait_ms(const struct hooks *h)
{
	return child_wait_ms(&h->child);
}

void hooks_stop(struct hooks *h)
{
	h->stop = true;
}

void hooks_end(struct hooks *h)
{
	child_end(&h->child);
}
