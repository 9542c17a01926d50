// SPDX-License-Identifier: GPL-2.0-only
/* Tests bully_wait() on made-up events; this file replaces the monitor. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "internal.h"

#define FOR_EVER (-1)
#define SHORT_NS 30000000 /* 30 ms */

struct bully_monitor {
	const struct bully_event *next;
	size_t left;
	int error; /* after the events */
	int first_ms;
	int opened, closed;
};

static struct bully_monitor monitor;
static int passed, failed;

static void check(bool good, const char *name)
{
	printf("%s - wait: %s\n", good ? "ok" : "not ok", name);
	good ? passed++ : failed++;
}

int bully_error_set(struct bully *b, enum bully_status status, int sys_errno, const char *fmt, ...)
{
	va_list ap;

	b->err.status = status;
	b->err.sys_errno = sys_errno;
	va_start(ap, fmt);
	vsnprintf(b->err.text, sizeof(b->err.text), fmt, ap);
	va_end(ap);
	return status;
}

int bully_error_code(struct bully *b, int status)
{
	(void)b;
	return !status ? 0 : status == BULLY_ERR_ABSENT ? -ENOPKG : -b->err.sys_errno;
}

int bully_monitor_open(struct bully *b, const char *name, struct bully_monitor **m)
{
	(void)b, (void)name;
	monitor.opened++;
	*m = &monitor;
	return BULLY_OK;
}

void bully_monitor_close(struct bully_monitor *m)
{
	m->closed++;
}

int bully_monitor_next(struct bully_monitor *m, int timeout_ms, const struct bully_event **ev)
{
	if (!m->first_ms)
		m->first_ms = timeout_ms ? timeout_ms : -2;
	*ev = NULL;
	if (!m->left)
		return -m->error;
	m->left--;
	*ev = m->next++;
	return BULLY_OK;
}

/* Succeeds if bully_wait() ends with @want and closes what it opened. */
static bool ends(const struct bully_event *events, size_t len, enum bully_wait_for what,
		 uint32_t value, int64_t timeout_ns, int want)
{
	struct bully b = {.err = {.status = BULLY_ERR_SKEW, .sys_errno = 0}};
	int ret;

	monitor = (struct bully_monitor){.next = events, .left = len};
	ret = bully_wait(&b, "g", what, value, timeout_ns);
	return ret == want && monitor.opened == 1 && monitor.closed == 1;
}

static void bad_arguments(void)
{
	struct bully b = {0};

	monitor = (struct bully_monitor){0};
	check(bully_wait(&b, NULL, BULLY_WAIT_LEADER, 0, 0) == -EINVAL,
	      "a group must be named");
	check(bully_wait(&b, "g", (enum bully_wait_for)7, 0, 0) == -EINVAL,
	      "an unknown kind of wait is refused");
	check(bully_wait(&b, "g", BULLY_WAIT_STATE, BULLY_STATE_LEADER + 1, 0) ==
			      -EINVAL,
	      "an unknown state is refused");
	check(!monitor.opened, "a refused wait opens nothing");
}

int main(void)
{
	const uint64_t has = BULLY_BIT(BULLY_A_GROUP_LEADER);
	struct bully_group none = {.num = {[BULLY_A_GROUP_STATE] = BULLY_STATE_ELECTION}};
	struct bully_group two = {.set = has, .num = {[BULLY_A_GROUP_STATE] = BULLY_STATE_FOLLOWER, [BULLY_A_GROUP_LEADER] = 2}};
	struct bully_group me = {.set = has, .num = {[BULLY_A_GROUP_STATE] = BULLY_STATE_LEADER, [BULLY_A_GROUP_LEADER] = 1}};
	struct bully_group replaced = {.num = {[BULLY_A_GROUP_REASON] = BULLY_REASON_CONFIG}};
	struct bully_group deleted = {.num = {[BULLY_A_GROUP_REASON] = BULLY_REASON_CONFIG + 1}};
	const struct bully_event story[] = {
		{.type = BULLY_EVENT_SNAPSHOT, .module = true, .group = &none},
		{.type = BULLY_EVENT_LEADER, .module = true, .group = &two},
		{.type = BULLY_EVENT_GROUP_DEL, .module = true, .group = &replaced},
		{.type = BULLY_EVENT_RESYNC, .cause = BULLY_CAUSE_OVERRUN},
		{.type = BULLY_EVENT_GROUP_NEW, .module = true, .group = &none},
		{.type = BULLY_EVENT_LEADER, .module = true, .group = &me},
		{.type = BULLY_EVENT_GROUP_DEL, .module = true, .group = &deleted},
	};
	const struct bully_event missing = {.type = BULLY_EVENT_SNAPSHOT, .module = true};
	const struct bully_event absent = {.type = BULLY_EVENT_SNAPSHOT};
	const struct bully_event resync[] = {story[0], story[3], missing};
	const struct bully_event unloaded[] = {story[0], story[3], absent};
	const size_t len = ARRAY_SIZE(story);

	bad_arguments();
	check(ends(story, len, BULLY_WAIT_LEADER, 0, FOR_EVER, 0) &&
		      monitor.left == len - 2,
	      "a wait for any leader ends");
	check(monitor.first_ms == -1, "a wait without a limit has no timeout");
	check(ends(story, len, BULLY_WAIT_LEADER, 1, FOR_EVER, 0) && monitor.left == 1,
	      "a wait for a leader survives a replacement and a resync");
	check(ends(story, len, BULLY_WAIT_STATE, BULLY_STATE_FOLLOWER, INT64_MAX, 0) &&
		      monitor.left == len - 2,
	      "a wait for state follower ends");
	check(monitor.first_ms == INT32_MAX, "a timeout of 292 years is limited to 32 bits");
	check(ends(story, len, BULLY_WAIT_STATE, BULLY_STATE_LEADER, SHORT_NS, 0),
	      "a wait for state leader ends");
	check(monitor.first_ms > 0 && monitor.first_ms <= 30, "a timeout of 30 ms is passed on");
	check(ends(story, len, BULLY_WAIT_STATE, BULLY_STATE_ELECTION, 0, 0) &&
		      monitor.left == len - 1,
	      "a condition that already holds needs no time");
	check(ends(story, 1, BULLY_WAIT_LEADER, 0, 0, -ETIMEDOUT),
	      "the time is up: ETIMEDOUT");
	check(ends(story, len, BULLY_WAIT_LEADER, 9, FOR_EVER, -EIDRM),
	      "deleted: EIDRM");
	check(ends(resync, 3, BULLY_WAIT_LEADER, 0, FOR_EVER, -EIDRM),
	      "deleted while events were missed: EIDRM");
	check(ends(&missing, 1, BULLY_WAIT_LEADER, 0, FOR_EVER, -ENOENT),
	      "no such group: ENOENT");
	check(ends(&absent, 1, BULLY_WAIT_LEADER, 0, FOR_EVER, -ENOPKG),
	      "no module: ENOPKG");
	check(ends(unloaded, 3, BULLY_WAIT_LEADER, 0, FOR_EVER, -ENOPKG),
	      "the module is unloaded: ENOPKG");
	printf("%d passed, %d failed, 0 skipped\n", passed, failed);
	return failed != 0;
}
