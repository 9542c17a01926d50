// SPDX-License-Identifier: GPL-2.0-only
/* bullyctl check NAME [--OPTION]... -- COMMAND [ARG]... */
#include <stdio.h>
#include <string.h>

#include "check/check.h"
#include "values/values.h"

#define MIN_NS 10000000ULL
#define HOUR_NS 3600000000000ULL
#define INTERVAL_NS 1000000000ULL
#define TIMEOUT_NS 1000000000ULL
#define DEADLINE_NS 2000000000ULL
#define FALL 3
#define RISE 2
#define ROW_MAX 1000
#define WEIGHT_MAX BULLY_PRIORITY_MAX
#define WORD_MAX (BULLY_OWNER_NAME_MAX - sizeof(CHECK_NAME)) /* a dash is between the two */

static int parse_time(const struct ctl *ctl, const char *option, uint64_t min_ns, uint64_t *ns,
		      char *err)
{
	const char *given = option_given(ctl, option);

	return given ? parse_dur(option, given, min_ns, HOUR_NS, ns, err) : 0;
}

static int parse_number(const struct ctl *ctl, const char *option, uint32_t max, uint32_t *number,
			char *err)
{
	const char *given = option_given(ctl, option);

	return given ? parse_u32(option, given, 1, max, number, err) : 0;
}

static int parse_owner(struct check *c, char *err)
{
	const char *word = option_given(c->ctl, "--name");

	if (!word)
		return snprintf(c->seat.owner, sizeof(c->seat.owner), "%s", CHECK_NAME) < 0;
	if (parse_word("--name", word, WORD_MAX, err))
		return -1;
	snprintf(c->seat.owner, sizeof(c->seat.owner), "%s-%s", CHECK_NAME, word);
	return 0;
}

static int parse(struct check *c, int argc, char **argv)
{
	struct ctl *ctl = c->ctl;
	char err[SENTENCE_LEN];

	if (!argc)
		return fail(ctl, CTL_USAGE, 0, "check: NAME is missing");
	if (argc > 1)
		return fail(ctl, CTL_USAGE, 0,
			    "check: '%.64s' is one word too many before '--'; write '-- COMMAND' "
			    "after the name of the group",
			    argv[1]);
	if (parse_name(argv[0], err) || parse_owner(c, err) ||
	    parse_time(ctl, "--interval", MIN_NS, &c->interval_ns, err) ||
	    parse_time(ctl, "--timeout", MIN_NS, &c->timeout_ns, err) ||
	    parse_time(ctl, "--deadline", BULLY_OWNER_DEADLINE_MIN_NS, &c->seat.deadline_ns, err) ||
	    parse_number(ctl, "--fall", ROW_MAX, &c->verdict.fall, err) ||
	    parse_number(ctl, "--rise", ROW_MAX, &c->verdict.rise, err) ||
	    parse_number(ctl, "--weight", WEIGHT_MAX, &c->seat.weight, err))
		return fail(ctl, CTL_USAGE, 0, "check: %s", err);
	if (!ctl->rest || !ctl->rest[0])
		return fail(ctl, CTL_USAGE, 0, "check: '-- COMMAND' is missing");
	c->seat.group = argv[0];
	c->job.argv = ctl->rest;
	return CTL_DONE;
}

int cmd_check(struct ctl *ctl, int argc, char **argv)
{
	struct check c = {
		.ctl = ctl,
		.interval_ns = INTERVAL_NS,
		.timeout_ns = TIMEOUT_NS,
		.seat = {.ctl = ctl, .deadline_ns = DEADLINE_NS},
		.verdict = {.fall = FALL, .rise = RISE},
		.job = {.quiet = true},
	};
	int ret;

	ret = parse(&c, argc, argv);
	if (!ret)
		ret = job_find(ctl, &c.job);
	if (ret)
		return ret;
	ret = seat_open(&c.seat);
	if (!ret) {
		ret = job_open(ctl, &c.job);
		if (!ret)
			ret = check_watch(&c);
		job_close(&c.job);
	}
	seat_close(&c.seat);
	return ret;
}
