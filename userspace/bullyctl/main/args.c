// SPDX-License-Identifier: GPL-2.0-only
/* Separates the words of the command line from its options. */
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/suggest.h"
#include "main/args.h"
#include "values/words.h"

const struct global globals[] = {
	{'j', "json", NULL, "print answers and errors in JSON", NULL},
	{'p', "pretty", NULL, "indent JSON", NULL},
	{'n', "netns", "NETNS", "work in this network namespace: a name, a path or a pid", NULL},
	{'t', "timestamp", NULL, "print the time before each text line of monitor", "monitor"},
	{'V', "version", NULL, "print the version", NULL},
	{'h', "help", NULL, "show help", NULL},
};

const size_t globals_len = ARRAY_SIZE(globals);

static void __attribute__((format(printf, 2, 3))) bad(struct args *a, const char *fmt, ...)
{
	va_list ap;

	if (a->bad[0])
		return;
	va_start(ap, fmt);
	vsnprintf(a->bad, sizeof(a->bad), fmt, ap);
	va_end(ap);
}

static void take_global(struct ctl *ctl, struct args *a, char letter, const char *value)
{
	switch (letter) {
	case 'j':
		ctl->json = true;
		break;
	case 'p':
		ctl->pretty = true;
		break;
	case 't':
		ctl->stamps = true;
		break;
	case 'V':
		a->version = true;
		break;
	case 'h':
		a->help = true;
		break;
	case 'n':
		ctl->netns = value;
		break;
	}
}

static const struct global *global_of(char letter)
{
	size_t i;

	for (i = 0; i < globals_len; i++)
		if (globals[i].letter == letter)
			return &globals[i];
	return NULL;
}

/* Returns the global option whose name or unambiguous abbreviation is @name; or NULL. */
static const struct global *global_named(const char *name, size_t len)
{
	const struct global *found = NULL;
	size_t i;

	for (i = 0; i < globals_len; i++) {
		if (strncmp(globals[i].name, name, len))
			continue;
		if (len == strlen(globals[i].name))
			return &globals[i];
		if (found)
			return NULL;
		found = &globals[i];
	}
	return found;
}

/*
 * Parses "-json", "--json", "--netns NETNS" or "--netns=NETNS". Returns the number of words that
 * belong to the option, or 0 if there is no such option.
 */
static int scan_global(struct ctl *ctl, struct args *a, char **words)
{
	const char *name = words[0] + (words[0][1] == '-' ? 2 : 1);
	const char *value = strchr(name, '=');
	size_t len = value ? (size_t)(value - name) : strlen(name);
	const struct global *g = global_named(name, len);

	/* after one dash the name must be complete, because -jp is a cluster of letters */
	if (!g || !len || (words[0][1] != '-' && len != strlen(g->name)))
		return 0;
	if (!g->arg && value) {
		bad(a, "option --%s takes no value", g->name);
		return 1;
	}
	if (g->arg && !value && !words[1]) {
		bad(a, "option --%s lacks its value %s", g->name, g->arg);
		return 1;
	}
	take_global(ctl, a, g->letter, value ? value + 1 : words[1]);
	return g->arg && !value ? 2 : 1;
}

/* Stores the error for an unknown option. */
static void bad_option(struct args *a, const struct command *c, const char *option)
{
	char dashed[ARRAY_SIZE(globals)][16], hint[HINT_LEN], whole[64];
	const char *name = option + strspn(option, "-");
	struct choices choices = {0};
	size_t i;

	snprintf(whole, sizeof(whole), "--%.*s", (int)strcspn(name, "="), name);
	if (c && c->words && word_find(c->words, whole + 2)) {
		bad(a, "option %s is not known; write '%s' without dashes", option, whole + 2);
		return;
	}
	if (option[0] == '-' && isalpha((unsigned char)option[1]) && !option[2] &&
	    global_of((char)(option[1] ^ 0x20))) {
		bad(a, "option %s is not known; the nearest is '-%c'", option, option[1] ^ 0x20);
		return;
	}
	choices_split(&choices, c ? c->options : NULL);
	for (i = 0; i < globals_len; i++) {
		snprintf(dashed[i], sizeof(dashed[i]), "--%s", globals[i].name);
		choices_add(&choices, dashed[i]);
	}
	bad(a, "option %.64s is not known%s", option, choices_hint(&choices, whole, "", hint));
}

/* Parses a cluster of letters, as in -jp; -n takes the rest or the next word as its value. */
static int scan_short(struct ctl *ctl, struct args *a, const struct command *c, const char *option,
		      const char *next)
{
	const char *s;

	for (s = option + 1; *s; s++) {
		const struct global *g = global_of(*s);

		if (!g) {
			char letter[3] = {'-', *s};

			if (s == option + 1 && !s[1])
				bad_option(a, c, letter);
			else
				bad(a, "option -%c, in '%s', is not known", *s, option);
			return 0;
		}
		if (!g->arg) {
			take_global(ctl, a, *s, NULL);
			continue;
		}
		if (!s[1] && !next)
			bad(a, "option -%c lacks its value %s", *s, g->arg);
		else
			take_global(ctl, a, *s, s[1] ? s + 1 : next);
		return !s[1] && next;
	}
	return 0;
}

static void give(struct ctl *ctl, struct args *a, char *name, const char *value)
{
	if (ctl->given_len == CTL_OPTIONS_MAX || option_given(ctl, name)) {
		bad(a, "option %s is given twice", name);
		free(name);
		return;
	}
	ctl->given[ctl->given_len].name = name;
	ctl->given[ctl->given_len++].value = value;
}

/*
 * Parses a long option of the command @c, which comes earlier on the line: --NAME, --NAME VALUE or
 * --NAME=VALUE, or the "--" before a program. @words ends with NULL. Returns the number of @words
 * that belong to the option, or 0 if there is no such option.
 */
static int scan_long(struct ctl *ctl, struct args *a, const struct command *c, char **words)
{
	const char *value = strchr(words[0], '='), *takes;
	char *name = c ? command_option(c, words[0], &takes) : NULL;

	if (!name)
		return 0;
	if (*takes != '=' && value) {
		bad(a, "option %s takes no value", name);
	} else if (!strncmp(takes, "=...", 4) && value) {
		bad(a, "option %s takes its value after a space, not after '='", name);
	} else if (!strncmp(takes, "=...", 4)) {
		ctl->rest = words + 1;
	} else if (*takes == '=' && !value && !words[1]) {
		bad(a, "option %s lacks its value %.*s", name, (int)strcspn(takes + 1, " "),
		    takes + 1);
	} else {
		bool next = *takes == '=' && !value;

		give(ctl, a, name, value ? value + 1 : next ? words[1] : "");
		return 1 + next;
	}
	free(name);
	return 1;
}

/* Returns true if @s is no option: "-" is standard input, and "-5" a number. */
static bool is_word(const char *s)
{
	return s[0] != '-' || !s[1] || isdigit((unsigned char)s[1]) || s[1] == '.';
}

void args_scan(struct ctl *ctl, struct args *a, int argc, char **argv)
{
	const struct command *c = NULL;
	bool options = true;
	int i, used;

	for (i = 1; i < argc && !ctl->rest; i++) {
		if (!options || is_word(argv[i])) {
			a->words[a->len++] = argv[i];
			c = command_find(ctl, a->words[0]);
		} else if ((used = scan_long(ctl, a, c, argv + i))) {
			i += used - 1;
		} else if (!strcmp(argv[i], "--")) {
			options = false;
		} else if (c && !strcmp(c->name, "help") && !strcmp(argv[i], "--words")) {
			a->words[a->len++] = argv[i];
		} else if ((used = scan_global(ctl, a, argv + i))) {
			i += used - 1;
		} else if (argv[i][1] != '-') {
			i += scan_short(ctl, a, c, argv[i], argv[i + 1]);
		} else {
			bad_option(a, c, argv[i]);
		}
	}
	a->words[a->len] = NULL;
	ctl->running = c && c->wraps;
}

void args_take_bare(struct ctl *ctl, struct args *a, const struct command *c)
{
	int i, kept = 2;

	if (!c->options || strncmp(c->args, "GROUP", 5))
		return;
	for (i = 2; i < a->len; i++) {
		char option[64], *name = NULL;
		const char *takes = NULL;

		snprintf(option, sizeof(option), "--%s", a->words[i]);
		if (a->words[i][0] && a->words[i][0] != '-' && strlen(option) < sizeof(option) - 1)
			name = command_option(c, option, &takes);
		if (!name || !strncmp(takes, "=...", 4) || strchr(option, '=')) {
			free(name);
			a->words[kept++] = a->words[i];
			/* the value of an option without dashes is no option */
			if (c->words && i + 1 < a->len)
				a->words[kept++] = a->words[++i];
			continue;
		}
		if (*takes == '=' && i + 1 == a->len) {
			bad(a, "%s: option '%s' lacks its value %.*s", c->name, name + 2,
			    (int)strcspn(takes + 1, " "), takes + 1);
			free(name);
			continue;
		}
		give(ctl, a, name, *takes == '=' ? a->words[++i] : "");
	}
	if (a->len > 2)
		a->len = kept;
	a->words[a->len] = NULL;
}

void args_check(const struct ctl *ctl, struct args *a, const struct command *c)
{
	const struct global *g = global_of('t');
	const char *takes;
	char *check;

	if (!ctl->stamps || !strcmp(c->name, g->only))
		return;
	check = command_option(c, "--check", &takes);
	bad(a, "option -%c, --%s, is for %s only%s", g->letter, g->name, g->only,
	    check ? "; to check a file, write --check" : "");
	free(check);
}
