// SPDX-License-Identifier: GPL-2.0
/* bullyctl help [COMMAND], all of it from the tables. */
#include <stdio.h>
#include <string.h>

#include "words.h"

static const struct {
	const char *option;
	const char *help;
} globals[] = {
	{"-j", "answers and errors in JSON"},
	{"-p", "indented JSON"},
	{"-n NETNS", "work in this network namespace: a name, a path or a pid"},
	{"-t", "time stamps (CLOCK_BOOTTIME) in the text of monitor"},
	{"-V", "print the version"},
	{"-h, --help", "show help"},
};

static void help_all(void)
{
	size_t i;

	printf("bullyctl [-j] [-p] [-n NETNS] [-t] COMMAND\n\nCommands:\n");
	for (i = 0; i < commands_len; i++)
		printf("  %-10s %s\n", commands[i].name, commands[i].summary);
	printf("\nOptions:\n");
	for (i = 0; i < ARRAY_SIZE(globals); i++)
		printf("  %-10s %s\n", globals[i].option, globals[i].help);
	printf("\nStatus: 0 done, 1 usage, 2 the kernel refused, 3 timeout, 4 module absent.\n"
	       "See 'bullyctl help COMMAND' and bullyctl(8).\n");
}

static void help_words(const struct word *words, size_t len)
{
	size_t i;

	printf("\nOptions:\n");
	for (i = 0; i < len; i++)
		printf("  %s %s\n      %s\n", words[i].word, words[i].arg, words[i].help);
}

static void help_command(const struct command *c)
{
	printf("%s\n\n%s\n", c->synopsis, c->summary);
	if (c->help)
		printf("%s\n", c->help);
	if (c->run == cmd_group)
		help_words(group_words, group_words_len);
	if (c->run == cmd_peer)
		help_words(peer_words, peer_words_len);
	if (c->run == cmd_group || c->run == cmd_wait || (c->options && strstr(c->options, "=DUR")))
		printf("\nDUR is a number and a unit: 500us 10ms 1.5s; units are ns us ms s m "
		       "h.\n");
}

/* For completion and tests; one thing a line, fields separated by spaces. */
static void print_words(const char *command, const char *sub, const struct word *words, size_t len,
			unsigned int where)
{
	size_t i;

	for (i = 0; i < len; i++) {
		const struct word *w = &words[i];

		if (w->where & where)
			printf("word %s %s %s %s\n", command, sub, w->word,
			       w->values		 ? w->values
			       : w->kind == WORD_DEV	 ? "IFACE"
			       : !strcmp(w->arg, "FILE") ? "FILE"
			       : words == peer_words && w->kind == WORD_ID && strcmp(sub, "add")
				       ? "PEER"
				       : "-");
	}
}

/* "option COMMAND --NAME KIND", of the kinds that print_words() knows */
static void print_options(const struct command *c)
{
	const char *p = c->options;

	while (p && *p) {
		size_t name = strcspn(p, "= ");
		const char *takes = p + name;

		printf("option %s %.*s %s\n", c->name, (int)name, p,
		       *takes != '='			? "none"
		       : !strncmp(takes, "=FILE", 5)	? "FILE"
		       : !strncmp(takes, "=...", 4)	? "PROGRAM"
		       : !strncmp(takes, "=DUR|off", 8) ? "off"
							: "-");
		p += strcspn(p, " ");
		p += strspn(p, " ");
	}
}

static void help_grammar(void)
{
	size_t i;

	printf("global -j -p -n -t -V -h --help\n");
	for (i = 0; i < commands_len; i++) {
		printf("command %s\n", commands[i].name);
		if (commands[i].subs)
			printf("subs %s %s\n", commands[i].name, commands[i].subs);
		printf("args %s %s\n", commands[i].name, commands[i].args);
		print_options(&commands[i]);
	}
	print_words("group", "add", group_words, group_words_len, WORD_IN_ADD);
	print_words("group", "set", group_words, group_words_len, WORD_IN_SET);
	print_words("peer", "add", peer_words, peer_words_len, WORD_IN_ADD);
	print_words("peer", "set", peer_words, peer_words_len, WORD_IN_SET);
	print_words("peer", "del", peer_words, 1, WORD_IN_SET);
}

int cmd_help(struct ctl *ctl, int argc, char **argv)
{
	const struct command *c;

	if (check_args(ctl, argc, argv, 0, 1))
		return CTL_USAGE;
	if (!argc) {
		help_all();
		return CTL_DONE;
	}
	if (!strcmp(argv[0], "--words")) {
		help_grammar();
		return CTL_DONE;
	}
	c = command_find(argv[0]);
	if (!c)
		return fail(ctl, CTL_USAGE, 0, "command '%s' is not known; see 'bullyctl help'",
			    argv[0]);
	help_command(c);
	return CTL_DONE;
}
