/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of bullyctl share: a run of the tool, what a command is, and how to fail. */
#ifndef BULLYCTL_H
#define BULLYCTL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <libbully.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* Attributes, in short: GROUP(g, EPOCH). Those of 32 bits have a form for printf(). */
#define GROUP(g, attr) bully_group_get(g, BULLY_A_GROUP_##attr)
#define GROUP32(g, attr) ((uint32_t)GROUP(g, attr))
#define GROUP_HAS(g, attr) bully_group_has(g, BULLY_A_GROUP_##attr)
#define PEER(p, attr) bully_peer_get(p, BULLY_A_PEER_##attr)
#define PEER32(p, attr) ((uint32_t)PEER(p, attr))
#define PEER_HAS(p, attr) bully_peer_has(p, BULLY_A_PEER_##attr)

/* Counters of a group and of a peer likewise. */
#define COUNT(g, attr) bully_group_stats_get(g, BULLY_A_STATS_##attr)
#define PEER_COUNT(p, attr) bully_peer_stats_get(p, BULLY_A_PEER_STATS_##attr)

/* Exit statuses; scripts depend on them. */
enum {
	CTL_DONE,
	CTL_USAGE,
	CTL_REFUSED, /* by the kernel, with its own words */
	CTL_TIMEOUT,
	CTL_ABSENT, /* the module is not there */

	/* Of run, whose other statuses are those of its command. */
	CTL_RUN_FAILED = 125,
	CTL_RUN_CANNOT,
	CTL_RUN_NO_COMMAND,
};

struct command;
struct words;

#define CTL_OPTIONS_MAX 8

/**
 * struct ctl - one run of the tool
 * @json: answers and errors in JSON
 * @pretty: indented JSON
 * @stamps: monitor prints time stamps
 * @colour: standard output is a terminal that may be coloured
 * @output_errno: why the first write to standard output failed, or 0: stdio forgets
 * @running: the command is run: what fails otherwise ends with CTL_RUN_FAILED
 * @unread: nobody reads standard output any more, and that is no error
 * @netns: the network namespace to work in, or NULL
 * @commands: all commands
 * @commands_len: how many
 * @cmd: the command being run, or NULL
 * @given: long options of the command that were given, in order
 * @given_len: how many
 * @rest: what stands behind the option that takes the rest of the line; ends with NULL
 * @b: the door to the kernel
 */
struct ctl {
	bool json;
	bool pretty;
	bool stamps;
	bool colour;
	bool running;
	bool unread;
	int output_errno;
	const char *netns;
	const struct command *commands;
	size_t commands_len;
	const struct command *cmd;
	struct {
		const char *name;
		const char *value;
	} given[CTL_OPTIONS_MAX];
	int given_len;
	char **rest;
	struct bully *b;
};

/**
 * struct command - a row of the table that drives dispatch, help, completion
 * @name: first word
 * @subs: second words, separated by spaces, or NULL
 * @args: words for completion of the arguments: GROUP, FILE, LEADER, or literal
 * @options: its long options, separated by spaces, or NULL: "--once" takes nothing,
 *           "--interval=DUR" a value, "--exec=..." the rest of the line, which is also
 *           what "--=..." says of a plain "--"
 * @summary: one line
 * @synopsis: one line a form
 * @help: what else is to be said, or NULL
 * @words: the options without dashes that it takes, or NULL
 * @wraps: it runs a program whose status is its own: what fails before ends with CTL_RUN_FAILED
 * @run: does it; argv[0] is the first word after the name
 */
struct command {
	const char *name;
	const char *subs;
	const char *args;
	const char *options;
	const char *summary;
	const char *synopsis;
	const char *help;
	const struct words *words;
	bool wraps;
	int (*run)(struct ctl *ctl, int argc, char **argv);
};

/* command.c: the command of that name, or the only one whose name begins so; or NULL. */
const struct command *command_find(const struct ctl *ctl, const char *name);
/* Complains that there is no such command. Returns CTL_USAGE. */
int command_unknown(struct ctl *ctl, const char *name);
/*
 * The name of the option that @option is, or begins alone, to be freed by the caller, and in
 * *@takes what stands behind it in the table: '=', ' ' or NUL. NULL where there is none.
 */
char *command_option(const struct command *c, const char *option, const char **takes);
/*
 * The second word that is meant: one of the table, "show", or NULL after having complained.
 * Other words for these, and beginnings of them, are taken as well.
 */
const char *command_sub(struct ctl *ctl, const char *word);
/* Returns the value of an option that was given, "" for one without a value, else NULL. */
const char *option_given(const struct ctl *ctl, const char *option);

/* fail.c: each prints one sentence and returns @status, or what libbully's
 * last error amounts to. The format of the latter names the thing.
 */
int fail(struct ctl *ctl, int status, int sys_errno, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
int fail_lib(struct ctl *ctl, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* The same of @group of a file; where the module is absent it says who can load it. */
int fail_conf(struct ctl *ctl, const char *group);
/* The same of a change of the voters of @group; it names who has other ones, and
 * what to do where a majority is lost for good.
 */
int fail_voters(struct ctl *ctl, const char *group, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* Returns true if a line can be written to @fd without waiting. */
bool has_room(int fd);
/* Flushes standard output. 0, or the errno of what went wrong there first. */
int flush_output(struct ctl *ctl);
/* The same at the end of it all; a full disk is not a success. */
int finish_output(struct ctl *ctl, int status);

/* One sentence about what may be meant otherwise. */
void warn(struct ctl *ctl, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* At most @max arguments, at least @min; 0 or an exit status. */
int check_args(struct ctl *ctl, int argc, char **argv, int min, int max);

#endif /* BULLYCTL_H */
