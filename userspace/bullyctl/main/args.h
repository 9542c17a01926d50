/* SPDX-License-Identifier: GPL-2.0-only */
/* What stands on the command line. */
#ifndef BULLYCTL_ARGS_H
#define BULLYCTL_ARGS_H

#include "base/ctl.h"

/**
 * struct global - an option that belongs to no command
 * @letter: after one dash, alone or with others
 * @name: after one dash or two
 * @arg: how help calls its value, or NULL
 * @help: what it does
 */
struct global {
	char letter;
	const char *name;
	const char *arg;
	const char *help;
};

extern const struct global globals[];
extern const size_t globals_len;

/**
 * struct args - a command line that was read
 * @words: what is no option; ends with NULL
 * @len: how many
 * @help: help is asked for
 * @version: so is the version
 * @bad: the first thing that is wrong, or an empty string
 */
struct args {
	char **words;
	int len;
	bool help;
	bool version;
	char bad[512];
};

/* @a has room for all words. Options go to @ctl. */
void args_scan(struct ctl *ctl, struct args *a, int argc, char **argv);
/*
 * Behind the name of a group an option of the command may do without its dashes, so that
 * 'timeout 5s' and '--timeout 5s' are the same. Takes those out of the words.
 */
void args_take_bare(struct ctl *ctl, struct args *a, const struct command *c);

#endif /* BULLYCTL_ARGS_H */
