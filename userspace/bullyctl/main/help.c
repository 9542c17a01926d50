// SPDX-License-Identifier: GPL-2.0-only
/* bullyctl help [COMMAND], generated from the tables. */
#include <stdio.h>
#include <string.h>

#include "main/args.h"
#include "main/commands.h"
#include "values/vip.h"

static void help_all(const struct ctl *ctl)
{
	size_t i;

	printf("bullyctl [-j] [-p] [-n NETNS] [-t] COMMAND\n\nCommands:\n");
	for (i = 0; i < ctl->commands_len; i++)
		printf("  %-10s %s\n", ctl->commands[i].name, ctl->commands[i].summary);
	printf("\nOptions:\n");
	for (i = 0; i < globals_len; i++) {
		char option[32];

		snprintf(option, sizeof(option), "-%c, --%s%s%s", globals[i].letter,
			 globals[i].name, globals[i].arg ? " " : "",
			 globals[i].arg ? globals[i].arg : "");
		printf("  %-20s %s\n", option, globals[i].help);
	}
	printf("\nCommands, their words and long options may be abbreviated if they stay "
	       "unique.\n");
	printf("\nExit status: 0 success, 1 wrong usage, 2 refused by the kernel, 3 timeout,\n"
	       "4 module not loaded, 5 this host is no node of the file.\n"
	       "See 'bullyctl help COMMAND' and bullyctl(8).\n");
}

/* Prints the options that a command takes, or with @sub only those of that second word. */
static void help_words(const struct words *words, const char *sub)
{
	unsigned int where = !sub || !strcmp(sub, "add") ? WORD_IN_ADD : WORD_IN_SET;
	size_t len = words->len, i;

	if (sub && !strcmp(sub, "del"))
		len = words == &peer_words; /* only the id of a peer */
	if (len)
		printf("\nOptions:\n");
	for (i = 0; i < len; i++)
		if (words->word[i].where & where)
			printf("  %s %s\n      %s\n", words->word[i].word, words->word[i].arg,
			       words->word[i].help);
}

/* Returns true if an option of the command takes a duration. */
static bool takes_dur(const struct command *c)
{
	size_t i;

	for (i = 0; c->words && i < c->words->len; i++)
		if (!strncmp(c->words->word[i].arg, "DUR", 3))
			return true;
	return c->options && strstr(c->options, "=DUR");
}

/* Prints the forms of a command, or with @sub only the form of that second word. */
static void print_forms(const struct command *c, const char *sub)
{
	const char *line = c->synopsis;
	char begin[64];

	snprintf(begin, sizeof(begin), "bullyctl %s %s ", c->name, sub ? sub : "");
	while (*line) {
		int len = (int)strcspn(line, "\n");

		if (!sub || !strncmp(line, begin, strlen(begin)))
			printf("%.*s\n", len, line);
		line += len + (line[len] == '\n');
	}
}

static void help_command(const struct command *c, const char *sub)
{
	print_forms(c, sub);
	printf("\n%s\n", c->summary);
	if (c->help)
		printf("%s\n", c->help);
	if (c->words)
		help_words(c->words, sub);
	if (takes_dur(c) && (!sub || strcmp(sub, "del")))
		printf("\nDUR is a number with a unit (ns us ms s m h), as in 500us, 10ms or "
		       "1.5s.\n");
}

/* For completion and tests: one item on each line, fields separated by spaces. */
static void print_words(const char *command, const char *sub, const struct words *words, size_t len,
			unsigned int where)
{
	size_t i;

	for (i = 0; i < len; i++) {
		const struct word *w = &words->word[i];

		if (w->where & where)
			printf("word %s %s %s %s\n", command, sub, w->word,
			       w->values		 ? w->values
			       : w->kind == WORD_DEV	 ? "IFACE"
			       : !strcmp(w->arg, "FILE") ? "FILE"
			       : words == &peer_words && w->kind == WORD_ID && strcmp(sub, "add")
				       ? "PEER"
				       : "-");
	}
}

/* Prints "option COMMAND --NAME KIND" for each option of a command. */
static void print_options(const struct command *c)
{
	const char *p = c->options;
	size_t i;

	for (i = 0; i < globals_len; i++)
		if (globals[i].only && !strcmp(globals[i].only, c->name))
			printf("option %s -%c none\noption %s --%s none\n", c->name,
			       globals[i].letter, c->name, globals[i].name);
	while (p && *p) {
		size_t name = strcspn(p, "= ");
		const char *takes = p + name;

		printf("option %s %.*s %s\n", c->name, (int)name, p,
		       *takes != '='			? "none"
		       : !strncmp(takes, "=FILE", 5)	? "FILE"
		       : !strncmp(takes, "=DEVICE", 7)	? "FILE"
		       : !strncmp(takes, "=...", 4)	? "PROGRAM"
		       : !strncmp(takes, "=DUR|off", 8) ? "off"
		       : !strncmp(takes, "=N|all", 6)	? "all"
							: "-");
		p += strcspn(p, " ");
		p += strspn(p, " ");
	}
}

static void help_grammar(const struct ctl *ctl)
{
	size_t i;

	printf("global");
	for (i = 0; i < globals_len; i++)
		if (!globals[i].only)
			printf(" -%c --%s", globals[i].letter, globals[i].name);
	putchar('\n');
	for (i = 0; i < ctl->commands_len; i++) {
		printf("command %s\n", ctl->commands[i].name);
		if (ctl->commands[i].subs)
			printf("subs %s %s\n", ctl->commands[i].name, ctl->commands[i].subs);
		printf("args %s %s\n", ctl->commands[i].name, ctl->commands[i].args);
		print_options(&ctl->commands[i]);
	}
	print_words("group", "add", &group_words, group_words.len, WORD_IN_ADD);
	print_words("group", "set", &group_words, group_words.len, WORD_IN_SET);
	print_words("peer", "add", &peer_words, peer_words.len, WORD_IN_ADD);
	print_words("peer", "set", &peer_words, peer_words.len, WORD_IN_SET);
	print_words("peer", "del", &peer_words, 1, WORD_IN_SET);
	for (i = 0; i < node_words.len; i++)
		if (node_words.word[i].where & WORD_IN_NODE)
			printf("key node %s %s\n", node_words.word[i].word,
			       node_words.word[i].values ? node_words.word[i].values : "-");
	print_words("vip", "none", &vip_words, vip_words.len, WORD_IN_ADD);
}

int cmd_help(struct ctl *ctl, int argc, char **argv)
{
	const struct command *c;
	const char *sub = NULL;

	if (check_args(ctl, argc, argv, 0, 2))
		return CTL_USAGE;
	if (!argc) {
		help_all(ctl);
		return CTL_DONE;
	}
	if (!strcmp(argv[0], "--words")) {
		help_grammar(ctl);
		return CTL_DONE;
	}
	c = command_find(ctl, argv[0]);
	if (!c)
		return command_unknown(ctl, argv[0]);
	if (argc > 1 && !c->subs)
		return check_args(ctl, argc, argv, 0, 1);
	if (argc > 1) {
		ctl->cmd = c;
		sub = command_sub(ctl, argv[1]);
		if (!sub)
			return CTL_USAGE;
		if (!strcmp(sub, "show")) {
			c = command_find(ctl, "show");
			sub = NULL;
		}
	}
	help_command(c, sub);
	return CTL_DONE;
}
