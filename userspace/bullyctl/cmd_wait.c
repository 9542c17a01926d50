// SPDX-License-Identifier: GPL-2.0
/* bullyctl wait NAME leader|follower|LEADER-ID [timeout DUR] */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "text.h"
#include "values.h"

struct condition {
	const char *word;
	uint32_t leader; /* 0 where the word is a state */
	bool forever;
	uint64_t end_ns; /* CLOCK_MONOTONIC */
};

static bool holds(const struct condition *c, const struct bully_group *g)
{
	if (c->leader)
		return BULLY_HAS(g, BULLY_A_GROUP_LEADER) && g->leader == c->leader;
	return !strcmp(c->word, bully_state_name(g->state));
}

static int remaining_ms(const struct condition *c)
{
	uint64_t now, ms;

	if (c->forever)
		return -1;
	now = clock_ns(CLOCK_MONOTONIC);
	if (now >= c->end_ns)
		return 0;
	ms = (c->end_ns - now + 999999) / 1000000;
	return ms > INT_MAX ? INT_MAX : (int)ms;
}

static int wait_for(struct ctl *ctl, struct bully_monitor *m, const char *name,
		    const struct condition *c)
{
	const struct bully_event *ev;
	bool seen = false;

	for (;;) {
		int ms = remaining_ms(c);

		if (bully_monitor_next(m, ms, &ev))
			return fail_lib(ctl, "group %s", name);
		if (!ev) {
			if (ms == INT_MAX)
				continue;
			return fail(ctl, CTL_TIMEOUT, 0, "group %s: timed out waiting for %s%s",
				    name, c->leader ? "leader " : "", c->word);
		}
		if (ev->type == BULLY_EVENT_RESYNC)
			continue;
		if (!ev->module)
			return fail(ctl, CTL_ABSENT, ENOENT,
				    "the kernel module bully is not loaded");
		/* setconf deletes a group and adds it again. */
		if (ev->type == BULLY_EVENT_GROUP_DEL && ev->group->reason == BULLY_REASON_CONFIG)
			continue;
		if (ev->type == BULLY_EVENT_GROUP_DEL || (!ev->group && seen))
			return fail(ctl, CTL_TIMEOUT, 0, "group %s: deleted while waiting for %s%s",
				    name, c->leader ? "leader " : "", c->word);
		if (!ev->group)
			return fail(ctl, CTL_REFUSED, ENOENT, "group %s: there is no such group",
				    name);
		seen = true;
		if (holds(c, ev->group))
			return CTL_DONE;
	}
}

int cmd_wait(struct ctl *ctl, int argc, char **argv)
{
	struct condition c = {.forever = true};
	struct bully_monitor *m;
	char err[SENTENCE_LEN];
	uint64_t timeout;
	int ret;

	if (check_args(ctl, argc, argv, 2, 4))
		return CTL_USAGE;
	if (parse_name(argv[0], err))
		return fail(ctl, CTL_USAGE, 0, "wait: %s", err);
	c.word = argv[1];
	if (strcmp(c.word, "leader") && strcmp(c.word, "follower") &&
	    parse_u32("wait", c.word, 1, UINT32_MAX, &c.leader, err))
		return fail(ctl, CTL_USAGE, 0,
			    "wait: '%.64s' is none of 'leader', 'follower' and an id from 1 to "
			    "4294967295",
			    c.word);
	if (argc > 2) {
		if (strcmp(argv[2], "timeout"))
			return fail(ctl, CTL_USAGE, 0, "wait: option '%s' is not known here",
				    argv[2]);
		if (argc < 4)
			return fail(ctl, CTL_USAGE, 0,
				    "wait: option 'timeout' lacks its value DUR");
		if (parse_dur("timeout", argv[3], 0, INT64_MAX, &timeout, err))
			return fail(ctl, CTL_USAGE, 0, "wait: %s", err);
		c.forever = false;
		c.end_ns = clock_ns(CLOCK_MONOTONIC) + timeout;
	}
	if (bully_monitor_open(ctl->b, argv[0], &m))
		return fail_lib(ctl, "wait");
	ret = wait_for(ctl, m, argv[0], &c);
	bully_monitor_close(m);
	return ret;
}
