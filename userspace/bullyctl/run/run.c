// SPDX-License-Identifier: GPL-2.0-only
/* bullyctl run NAME [--OPTION]... -- COMMAND [ARG]... */
#include <stdio.h>
#include <string.h>

#include "run/run.h"
#include "values/values.h"

#define HOUR_NS 3600000000000ULL
#define KILL_AFTER_NS 1000000000ULL
#define DEADLINE_NS 2000000000ULL
#define SECOND_NS 1000000000ULL
#define WATCHDOG_MAX_NS (2 * HOUR_NS)

/* A 'run' that is late by no more than its deadline must cause no reset. */
static int parse_watchdog(struct run *r, char *err)
{
	const char *timeout = option_given(r->ctl, "--watchdog-timeout");
	uint64_t deadline = r->lead.deadline_ns, least = 2 * (deadline ? deadline : DEADLINE_NS);
	struct watchdog *w = &r->watchdog;
	char buf[DUR_STRLEN];

	w->path = option_given(r->ctl, "--watchdog");
	if (w->path && !*w->path) {
		snprintf(err, SENTENCE_LEN,
			 "--watchdog: '' is empty; write a device, as in /dev/watchdog0");
		return -1;
	}
	w->timeout_ns = (least + SECOND_NS - 1) / SECOND_NS * SECOND_NS;
	if (!timeout)
		return 0;
	if (!w->path) {
		snprintf(err, SENTENCE_LEN,
			 "--watchdog-timeout needs a watchdog; write '--watchdog DEVICE', too");
		return -1;
	}
	least = deadline ? w->timeout_ns : SECOND_NS;
	if (parse_dur("--watchdog-timeout", timeout, SECOND_NS, WATCHDOG_MAX_NS, &w->timeout_ns,
		      err))
		return -1;
	if (w->timeout_ns < least)
		snprintf(err, SENTENCE_LEN,
			 "--watchdog-timeout: '%.64s' is below twice the deadline; write %s or "
			 "more, or a shorter --deadline",
			 timeout, format_dur(least, buf));
	else if (w->timeout_ns % SECOND_NS)
		snprintf(err, SENTENCE_LEN,
			 "--watchdog-timeout: '%.64s' is not a whole number of seconds; write %s",
			 timeout, format_dur((w->timeout_ns / SECOND_NS + 1) * SECOND_NS, buf));
	else
		return 0;
	return -1;
}

static int parse_position(struct run *r, char *err)
{
	const char *path = option_given(r->ctl, "--position-file");

	r->position.path = path;
	if (!path || (*path && path[strlen(path) - 1] != '/'))
		return 0;
	snprintf(err, SENTENCE_LEN,
		 "--position-file: '%.64s' is not the name of a file; write a path, as in "
		 "/run/db/position",
		 path);
	return -1;
}

static int parse_times(struct run *r, char *err)
{
	const char *timeout = option_given(r->ctl, "--timeout");
	const char *kill_after = option_given(r->ctl, "--kill-after");
	const char *deadline = option_given(r->ctl, "--deadline");

	if (timeout && parse_dur("--timeout", timeout, 0, INT64_MAX, &r->timeout_ns, err))
		return -1;
	if (kill_after && parse_dur("--kill-after", kill_after, 0, HOUR_NS, &r->kill_after_ns, err))
		return -1;
	if (!deadline)
		return 0;
	if (!strcmp(deadline, "off")) {
		r->lead.deadline_ns = 0;
		return 0;
	}
	return parse_dur("--deadline", deadline, BULLY_OWNER_DEADLINE_MIN_NS,
			 BULLY_OWNER_DEADLINE_MAX_NS, &r->lead.deadline_ns, err);
}

static int parse(struct run *r, int argc, char **argv)
{
	struct ctl *ctl = r->ctl;
	char err[SENTENCE_LEN];

	if (!argc)
		return fail(ctl, CTL_USAGE, 0, "run: NAME is missing");
	if (argc > 1)
		return fail(ctl, CTL_USAGE, 0,
			    "run: '%.64s' is one word too many before '--'; write '-- COMMAND' "
			    "after the name of the group",
			    argv[1]);
	if (parse_name(argv[0], err) || parse_times(r, err) || parse_watchdog(r, err) ||
	    parse_position(r, err))
		return fail(ctl, CTL_USAGE, 0, "run: %s", err);
	r->restart = option_given(ctl, "--restart");
	if (r->restart && option_given(ctl, "--once"))
		return fail(ctl, CTL_USAGE, 0,
			    "run: --once and --restart exclude each other; write one of them");
	if (!ctl->rest || !ctl->rest[0])
		return fail(ctl, CTL_USAGE, 0, "run: '-- COMMAND' is missing");
	r->lead.group = argv[0];
	r->job.argv = ctl->rest;
	return CTL_DONE;
}

int cmd_run(struct ctl *ctl, int argc, char **argv)
{
	struct run r = {
		.ctl = ctl,
		.timeout_ns = RUN_NEVER,
		.kill_after_ns = KILL_AFTER_NS,
		.lead = {.ctl = ctl, .deadline_ns = DEADLINE_NS},
	};
	int ret;

	ret = parse(&r, argc, argv);
	if (ret)
		return ret;
	ret = job_find(ctl, &r.job);
	if (ret)
		return ret;
	/* before this node stands: leadership without the watchdog is useless, too */
	ret = watchdog_try(ctl, &r.watchdog);
	if (ret)
		return ret;
	ret = position_open(ctl, &r.position);
	if (ret)
		return ret;
	if (r.position.known)
		lead_place(&r.lead, r.position.term, r.position.index);
	r.lead.patient = r.restart;
	ret = lead_open(&r.lead);
	if (!ret) {
		ret = job_open(ctl, &r.job);
		if (!ret)
			ret = run_loop(&r);
		job_close(&r.job);
	}
	lead_close(&r.lead);
	position_close(&r.position);
	return ret;
}
