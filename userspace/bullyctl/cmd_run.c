// SPDX-License-Identifier: GPL-2.0
/* bullyctl run NAME [OPTION]... -- COMMAND [ARG]... */
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "run.h"
#include "words.h"

#define HOUR_NS 3600000000000ULL
#define KILL_AFTER_NS 1000000000ULL
#define DEADLINE_NS 2000000000ULL

static const struct option options[] = {
	{"once", no_argument, NULL, 'o'},	    {"restart", no_argument, NULL, 'r'},
	{"timeout", required_argument, NULL, 't'},  {"kill-after", required_argument, NULL, 'k'},
	{"deadline", required_argument, NULL, 'd'}, {NULL, 0, NULL, 0},
};

#define ROW(name, arg_, values_, help_)                                                            \
	{                                                                                          \
		.word = "--" name, .arg = (arg_), .values = (values_), .where = WORD_IN_ADD,       \
		.help = (help_)                                                                    \
	}

const struct word run_words[] = {
	ROW("once", "", NULL, "end, with status 3, when leadership is lost (the default)"),
	ROW("restart", "", NULL, "wait then, and start COMMAND again at the next leadership"),
	ROW("timeout", "DUR", NULL, "how long to wait for leadership, each time (for ever)"),
	ROW("kill-after", "DUR", NULL, "from TERM to KILL, up to 1h; 0s: KILL at once (1s)"),
	ROW("deadline", "DUR", "off",
	    "10ms to 1h; a 'run' that hangs for longer loses leadership; off: it may (2s)"),
};

const size_t run_words_len = ARRAY_SIZE(run_words);

static int parse_option(struct run *r, int opt, const char *value, char *err)
{
	switch (opt) {
	case 'o':
		r->restart = false;
		return 0;
	case 'r':
		r->restart = true;
		return 0;
	case 't':
		return parse_dur("--timeout", value, 0, INT64_MAX, &r->timeout_ns, err);
	case 'k':
		return parse_dur("--kill-after", value, 0, HOUR_NS, &r->kill_after_ns, err);
	}
	r->lead.deadline_ns = 0;
	if (!strcmp(value, "off"))
		return 0;
	return parse_dur("--deadline", value, BULLY_OWNER_DEADLINE_MIN_NS,
			 BULLY_OWNER_DEADLINE_MAX_NS, &r->lead.deadline_ns, err);
}

/* What stands before "--": a name and options, in any order. */
static int parse(struct run *r, int argc, char **argv)
{
	struct ctl *ctl = r->ctl;
	char err[SENTENCE_LEN];
	int opt;

	opterr = 0;
	optind = 0;
	/* getopt() wants the name of the program first */
	while ((opt = getopt_long(argc + 1, argv - 1, "-:", options, NULL)) != -1) {
		if (opt == '?')
			return fail(ctl, CTL_USAGE, 0, "run: option '%s' is not known here",
				    argv[optind - 2]);
		if (opt == ':')
			return fail(ctl, CTL_USAGE, 0, "run: option '%s' lacks its value DUR",
				    argv[optind - 2]);
		if (opt != 1) {
			if (parse_option(r, opt, optarg, err))
				return fail(ctl, CTL_USAGE, 0, "run: %s", err);
			continue;
		}
		if (r->lead.group)
			return fail(ctl, CTL_USAGE, 0, "run: '%s' is one word too many before '--'",
				    optarg);
		r->lead.group = optarg;
	}
	if (!r->lead.group)
		return fail(ctl, CTL_USAGE, 0, "run: NAME is missing");
	if (parse_name(r->lead.group, err))
		return fail(ctl, CTL_USAGE, 0, "run: %s", err);
	if (optind > argc || strcmp(argv[optind - 2], "--"))
		return fail(ctl, CTL_USAGE, 0, "run: '-- COMMAND' is missing");
	r->child.argv = argv + optind - 1;
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
	ret = run_child_find(ctl, &r.child);
	if (ret)
		return ret;
	r.lead.patient = r.restart;
	ret = lead_open(&r.lead);
	if (!ret) {
		run_child_open(&r.child);
		ret = run_loop(&r);
		run_child_close(&r.child);
	}
	lead_close(&r.lead);
	return ret;
}
