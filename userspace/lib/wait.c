// SPDX-License-Identifier: LGPL-2.1-or-later
/* Waits until a group meets a condition: reads a monitor up to a time limit. */
#include <errno.h>
#include <limits.h>

#include "internal.h"
#include "timens.h"

#define NS_PER_MS 1000000

/**
 * struct waiting - the condition and the time limit
 * @what: wait for a state or for a leader
 * @value: the state, or the leader's id
 * @forever: there is no time limit
 * @end_ns: the time limit by CLOCK_MONOTONIC, unless @forever
 * @seen: the group existed in an earlier event
 */
struct waiting {
	enum bully_wait_for what;
	uint32_t value;
	bool forever;
	uint64_t end_ns;
	bool seen;
};

static bool holds(const struct waiting *w, const struct bully_group *g)
{
	if (w->what == BULLY_WAIT_STATE)
		return g->num[BULLY_A_GROUP_STATE] == w->value;
	return (g->set & BULLY_BIT(BULLY_A_GROUP_LEADER)) &&
	       (!w->value || g->num[BULLY_A_GROUP_LEADER] == w->value);
}

static int remaining_ms(const struct waiting *w)
{
	uint64_t now, ms;

	if (w->forever)
		return -1;
	now = bully_monotonic_now();
	if (now >= w->end_ns)
		return 0;
	ms = (w->end_ns - now + NS_PER_MS - 1) / NS_PER_MS;
	return ms > INT_MAX ? INT_MAX : (int)ms;
}

/* Sets *@done if @ev meets the condition. Returns BULLY_OK, or an error that ends the wait. */
static int judge(struct bully *b, struct waiting *w, const struct bully_event *ev, bool *done)
{
	const struct bully_group *g = ev->group;

	if (ev->type == BULLY_EVENT_RESYNC)
		return BULLY_OK;
	if (!ev->module)
		return bully_error_set(b, BULLY_ERR_ABSENT, ENOENT,
				       "the kernel module bully is not loaded");
	/* Replacing a group deletes it and adds it again: wait on. */
	if (ev->type == BULLY_EVENT_GROUP_DEL &&
	    g->num[BULLY_A_GROUP_REASON] == BULLY_REASON_CONFIG)
		return BULLY_OK;
	if (ev->type == BULLY_EVENT_GROUP_DEL || (!g && w->seen))
		return bully_error_set(b, BULLY_ERR_REFUSED, EIDRM, "the group was deleted");
	if (!g)
		return bully_error_set(b, BULLY_ERR_REFUSED, ENOENT, "there is no such group");
	w->seen = true;
	*done = holds(w, g);
	return BULLY_OK;
}

static int wait_for(struct bully *b, struct bully_monitor *m, struct waiting *w)
{
	const struct bully_event *ev;
	bool done = false;
	int ret = BULLY_OK;

	while (!ret && !done) {
		int ms = remaining_ms(w);

		ret = bully_monitor_next(m, ms, &ev);
		if (ret)
			return ret;
		if (ev)
			ret = judge(b, w, ev, &done);
		else if (ms != INT_MAX)
			ret = bully_error_set(b, BULLY_ERR_LOCAL, ETIMEDOUT, "timed out");
	}
	return ret;
}

static int check(struct bully *b, const char *group, enum bully_wait_for what, uint32_t value)
{
	if (!group)
		return bully_error_set(b, BULLY_ERR_REFUSED, EINVAL,
				       "a group's name is 1 to 15 bytes long");
	if (what != BULLY_WAIT_STATE && what != BULLY_WAIT_LEADER)
		return bully_error_set(b, BULLY_ERR_REFUSED, EINVAL,
				       "the condition must be a state or a leader");
	if (what == BULLY_WAIT_STATE && value > BULLY_STATE_LEADER)
		return bully_error_set(b, BULLY_ERR_REFUSED, EINVAL, "there is no such state");
	return BULLY_OK;
}

int bully_wait(struct bully *b, const char *group, enum bully_wait_for what, uint32_t value,
	       int64_t timeout_ns)
{
	struct waiting w = {.what = what, .value = value, .forever = timeout_ns < 0};
	struct bully_monitor *m;
	int ret;

	ret = check(b, group, what, value);
	if (ret)
		return bully_error_code(b, ret);
	ret = bully_monitor_open(b, group, &m);
	if (ret)
		return ret;
	if (!w.forever)
		w.end_ns = bully_monotonic_now() + (uint64_t)timeout_ns;
	ret = wait_for(b, m, &w);
	bully_monitor_close(m);
	/* the monitor's functions have returned an errno already */
	return ret < 0 ? ret : bully_error_code(b, ret);
}
