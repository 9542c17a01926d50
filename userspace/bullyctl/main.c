// SPDX-License-Identifier: GPL-2.0
/* bullyctl: options that belong to no command, and the way to one. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ctl.h"
#include "json.h"
#include "netns.h"

struct args {
	char **words;
	int len;
	bool help;
	bool version;
	char bad[256];
};

/* One cluster of short options, as in -jp; -n takes the rest or the next. */
static int scan_short(struct ctl *ctl, struct args *a, const char *s, const char *next)
{
	for (; *s; s++) {
		switch (*s) {
		case 'j':
			ctl->json = true;
			break;
		case 'p':
			ctl->pretty = true;
			break;
		case 't':
			ctl->stamps = true;
			break;
		case 'h':
			a->help = true;
			break;
		case 'V':
			a->version = true;
			break;
		case 'n':
			ctl->netns = s[1] ? s + 1 : next;
			if (!ctl->netns)
				snprintf(a->bad, sizeof(a->bad), "option -n lacks its value NETNS");
			return !s[1] && next;
		default:
			if (!a->bad[0])
				snprintf(a->bad, sizeof(a->bad), "option -%c is not known", *s);
		}
	}
	return 0;
}

/*
 * A long option of the command, which stands before it: --NAME, --NAME VALUE or
 * --NAME=VALUE; also the "--" of one that has a program behind it. Returns how many
 * of @words, which end with NULL, belong to it, 0 if there is no such option.
 */
static int scan_long(struct ctl *ctl, struct args *a, char **words)
{
	const struct command *c = a->len ? command_find(a->words[0]) : NULL;
	const char *value = strchr(words[0], '='), *takes;
	size_t len = c ? command_option(c, words[0], &takes) : 0;
	char *name = len ? strndup(words[0], len) : NULL;
	int used = 1;

	if (!name)
		return 0;
	if (ctl->given_len == CTL_OPTIONS_MAX || option_given(ctl, name)) {
		snprintf(a->bad, sizeof(a->bad), "option %s is given twice", name);
	} else if (*takes != '=' && value) {
		snprintf(a->bad, sizeof(a->bad), "option %s takes no value", name);
	} else if (!strncmp(takes, "=...", 4) && value) {
		snprintf(a->bad, sizeof(a->bad), "option %s is followed by a space", name);
	} else if (!strncmp(takes, "=...", 4)) {
		ctl->rest = words + 1;
	} else if (*takes == '=' && !value && !words[1]) {
		snprintf(a->bad, sizeof(a->bad), "option %s lacks its value", name);
	} else {
		used += *takes == '=' && !value;
		value = value ? value + 1 : *takes == '=' ? words[1] : "";
		ctl->given[ctl->given_len].name = name;
		ctl->given[ctl->given_len++].value = value;
		return used;
	}
	free(name);
	return used;
}

/* Options may stand anywhere before "--"; a lone "-" is standard input. */
static void scan(struct ctl *ctl, struct args *a, int argc, char **argv)
{
	bool options = true;
	int i, used;

	for (i = 1; i < argc && !ctl->rest; i++) {
		if (!options || argv[i][0] != '-' || !argv[i][1])
			a->words[a->len++] = argv[i];
		else if ((used = scan_long(ctl, a, argv + i)))
			i += used - 1;
		else if (!strcmp(argv[i], "--"))
			options = false;
		else if (argv[i][1] != '-')
			i += scan_short(ctl, a, argv[i] + 1, argv[i + 1]);
		else if (!strcmp(argv[i], "--help"))
			a->help = true;
		else if (!strcmp(argv[i], "--words") && a->len && !strcmp(a->words[0], "help"))
			a->words[a->len++] = argv[i];
		else if (!a->bad[0])
			snprintf(a->bad, sizeof(a->bad), "option %s is not known", argv[i]);
	}
	a->words[a->len] = NULL;
	ctl->running = a->len && !strcmp(a->words[0], "run");
}

static void print_version(struct ctl *ctl)
{
	struct json_object *o;

	if (!ctl->json) {
		printf("bullyctl %s, family version %u\n", BULLYCTL_VERSION, BULLY_FAMILY_VERSION);
		return;
	}
	o = json_object_new_object();
	json_put(o, "version", json_text(BULLYCTL_VERSION));
	json_put(o, "family_version", json_u64(BULLY_FAMILY_VERSION));
	json_print(ctl, stdout, o);
}

static int run(struct ctl *ctl, struct args *a)
{
	int skip = 1, ret;

	if (a->bad[0])
		return fail(ctl, CTL_USAGE, 0, "%s; see 'bullyctl help'", a->bad);
	if (a->version) {
		print_version(ctl);
		return CTL_DONE;
	}
	if (a->help) {
		ctl->cmd = command_find("help");
		return cmd_help(ctl, a->len ? 1 : 0, a->words);
	}
	if (!a->len) {
		ctl->cmd = command_find("show");
		skip = 0;
	} else {
		ctl->cmd = command_find(a->words[0]);
	}
	if (!ctl->cmd)
		return fail(ctl, CTL_USAGE, 0, "command '%s' is not known; see 'bullyctl help'",
			    a->words[0]);
	if (ctl->netns) {
		ret = netns_enter(ctl, ctl->netns);
		if (ret)
			return ret;
	}
	return ctl->cmd->run(ctl, a->len - skip, a->words + skip);
}

/*
 * No socket or file of ours may become standard input or output. What stands in
 * for a closed one cannot be used the way that it would be: that fails in words.
 */
static bool fill_standard_fds(void)
{
	int fd;

	for (fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 &&
		    open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd)
			return false;
	return true;
}

int main(int argc, char **argv)
{
	struct args a = {0};
	struct ctl ctl = {0};
	int status;

	if (!fill_standard_fds())
		return CTL_REFUSED;
	a.words = calloc((size_t)argc + 1, sizeof(*a.words));
	ctl.b = bully_open();
	if (!a.words || !ctl.b) {
		fprintf(stderr, "bullyctl: out of memory\n");
		return CTL_REFUSED;
	}
	ctl.colour = isatty(STDOUT_FILENO) && !getenv("NO_COLOR");
	scan(&ctl, &a, argc, argv);
	status = finish_output(&ctl, run(&ctl, &a));
	bully_close(ctl.b);
	while (ctl.given_len)
		free((char *)ctl.given[--ctl.given_len].name);
	free(a.words);
	return status;
}
