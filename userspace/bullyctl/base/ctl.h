/* SPDX-License-Identifier: GPL-2.0-only */
/* What all files of bullyctl share: one run of the tool, the table of commands, error messages. */
#ifndef BULLYCTL_H
#define BULLYCTL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <libbully.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* Short forms to read attributes, as in GROUP(g, EPOCH). GROUP32 and PEER32 suit printf(). */
#define GROUP(g, attr) bully_group_get(g, BULLY_A_GROUP_##attr)
#define GROUP32(g, attr) ((uint32_t)GROUP(g, attr))
#define GROUP_HAS(g, attr) bully_group_has(g, BULLY_A_GROUP_##attr)
#define PEER(p, attr) bully_peer_get(p, BULLY_A_PEER_##attr)
#define PEER32(p, attr) ((uint32_t)PEER(p, attr))
#define PEER_HAS(p, attr) bully_peer_has(p, BULLY_A_PEER_##attr)

/* Short forms to read counters of a group and of a peer. */
#define COUNT(g, attr) bully_group_stats_get(g, BULLY_A_STATS_##attr)
#define PEER_COUNT(p, attr) bully_peer_stats_get(p, BULLY_A_PEER_STATS_##attr)

/* Exit statuses; scripts depend on them. */
enum {
	CTL_DONE,
	CTL_USAGE,
	CTL_REFUSED, /* the kernel refused */
	CTL_TIMEOUT,
	CTL_ABSENT, /* the module is not loaded */
	CTL_NO_NODE, /* a file for all hosts has no node for this one */

	/* Statuses of 'run'; all others are those of its command. */
	CTL_RUN_FAILED = 125,
	CTL_RUN_CANNOT,
	CTL_RUN_NO_COMMAND,
};

struct command;
struct words;

#define CTL_OPTIONS_MAX 8

/**
 * struct ctl - one run of the tool
 * @json: print answers and errors in JSON
 * @pretty: indent JSON
 * @stamps: monitor prints time stamps
 * @colour: standard output is a terminal that may be coloured
 * @output_errno: errno of the first failed write to standard output, or 0; stdio does not keep it
 * @running: the command is 'run': other errors than a timeout end with CTL_RUN_FAILED
 * @unread: nobody reads standard output any more, and this is not an error
 * @netns: the network namespace to work in, or NULL
 * @commands: all commands
 * @commands_len: number of @commands
 * @cmd: the command being run, or NULL
 * @given: long options of the command that were given, in order
 * @given_len: number of @given
 * @rest: the words after the option that takes the rest of the line; ends with NULL
 * @b: the handle of libbully
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
 * @options: its long options, separated by spaces, or NULL: "--once" takes no value,
 *           "--interval=DUR" takes a value, "--exec=..." takes the rest of the line, and
 *           "--=..." means that a plain "--" takes the rest of the line
 * @summary: one line
 * @synopsis: one line for each form
 * @help: further text, or NULL
 * @words: the options without dashes that the command takes, or NULL
 * @wraps: the command returns the status of a program; earlier errors end with CTL_RUN_FAILED
 * @run: runs the command; argv[0] is the first word after the name. Returns an exit status.
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

/* command.c: returns the command @name, or the only one whose name begins with @name, or NULL. */
const struct command *command_find(const struct ctl *ctl, const char *name);
/* Prints that there is no command @name. Returns CTL_USAGE. */
int command_unknown(struct ctl *ctl, const char *name);
/*
 * Returns the name of the option of @c that is @option, or the only one that begins with @option.
 * The caller frees the name. *@takes points behind the name in the table: at '=', ' ' or NUL.
 * Returns NULL if there is no such option.
 */
char *command_option(const struct command *c, const char *option, const char **takes);
/*
 * Returns the second word that @word stands for: "add", "set", "del" or "show". @word may be a
 * synonym or an abbreviation. Returns NULL after it has printed an error.
 */
const char *command_sub(struct ctl *ctl, const char *word);
/* Returns the value of an option that was given, "" for an option without value, else NULL. */
const char *option_given(const struct ctl *ctl, const char *option);

/*
 * fail.c: fail() prints one sentence and returns @status; @sys_errno is printed in JSON only.
 * fail_lib() prints libbully's last error, and returns the exit status for that error; its format
 * names the object of the request.
 */
int fail(struct ctl *ctl, int status, int sys_errno, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
int fail_lib(struct ctl *ctl, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* As fail_lib(), for @group of a file; if the module is absent, says how to load it. */
int fail_conf(struct ctl *ctl, const char *group);
/*
 * As fail_lib(), for a change of the voters of @group. It names the peers with other voters, and
 * says what to do if a majority is lost for good.
 */
int fail_voters(struct ctl *ctl, const char *group, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/*
 * As fail_lib(), for a request that only the leader of @group accepts. If another node leads, says
 * to type @there on that node, or that @to, the node that is to lead, does so.
 */
int fail_leads(struct ctl *ctl, const char *group, uint32_t to, const char *there);
/* Returns true if a line can be written to @fd without waiting. */
bool has_room(int fd);
/* Flushes standard output. Returns 0, or the errno of the first failed write. */
int flush_output(struct ctl *ctl);
/* Flushes standard output at the end. Returns @status, or prints an error if a write failed. */
int finish_output(struct ctl *ctl, int status);

/* Prints a warning of one sentence, unless in JSON mode. */
void warn(struct ctl *ctl, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Checks that there are @min to @max arguments. Returns 0, or an exit status after an error. */
int check_args(struct ctl *ctl, int argc, char **argv, int min, int max);

#endif /* BULLYCTL_H */
