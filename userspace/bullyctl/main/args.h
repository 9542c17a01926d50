/* SPDX-License-Identifier: GPL-2.0-only */
/* Parses the command line. */
#ifndef BULLYCTL_ARGS_H
#define BULLYCTL_ARGS_H

#include "base/ctl.h"

/**
 * struct global - an option of bullyctl itself
 * @letter: letter after one dash, which may be combined with others
 * @name: name after one dash or two
 * @arg: placeholder for its value in help texts, or NULL
 * @help: what the option does
 * @only: the only command that takes the option, or NULL if all do
 */
struct global {
	char letter;
	const char *name;
	const char *arg;
	const char *help;
	const char *only;
};

extern const struct global globals[];
extern const size_t globals_len;

/**
 * struct args - a parsed command line
 * @words: the words that are not options; ends with NULL
 * @len: number of @words
 * @help: -h was given
 * @version: -V was given
 * @bad: the first error, or an empty string
 */
struct args {
	char **words;
	int len;
	bool help;
	bool version;
	char bad[512];
};

/*
 * Sorts the command line into words, which go to @a, and options, which go to @ctl. a->words must
 * have room for @argc + 1 pointers. Errors are stored in a->bad.
 */
void args_scan(struct ctl *ctl, struct args *a, int argc, char **argv);
/*
 * Options of the command may be given without dashes behind the name of a group: 'timeout 5s' means
 * '--timeout 5s'. Moves such options from the words to @ctl.
 */
void args_take_bare(struct ctl *ctl, struct args *a, const struct command *c);

/* Stores an error if an option was given that the command @c does not take. */
void args_check(const struct ctl *ctl, struct args *a, const struct command *c);

#endif /* BULLYCTL_ARGS_H */
