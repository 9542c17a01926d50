/* SPDX-License-Identifier: GPL-2.0 */
/* The words that take a value: on the command line and in files alike. */
#ifndef BULLYCTL_WORDS_H
#define BULLYCTL_WORDS_H

#include "values/values.h"

enum word_kind {
	WORD_ID,
	WORD_LOCAL,
	WORD_ADDR,
	WORD_DEV,
	WORD_DUR,
	WORD_U32,
	WORD_BOOL,
	WORD_CANDIDATE,
	WORD_ROLE,
	WORD_QUORUM,
	WORD_LEASE,
	WORD_AUTH,
	WORD_KEYS,
};

#define WORDS_MAX 64 /* in a table */

/* Where a word may stand. */
enum {
	WORD_IN_ADD = 1,
	WORD_IN_SET = 2,
	WORD_IN_FILE = 4,
	WORD_ANYWHERE = 7,
};

/**
 * struct word - one word and what it does to a group or a peer
 * @word: itself
 * @arg: how help calls its value
 * @values: the values it takes, separated by spaces, or NULL
 * @kind: how to read the value
 * @attr: number of the attribute
 * @offset: of the member in struct bully_group or struct bully_peer
 * @min: least value
 * @max: greatest value
 * @where: where it may stand
 * @help: what it means, with the default
 */
struct word {
	const char *word;
	const char *arg;
	const char *values;
	enum word_kind kind;
	unsigned int attr;
	size_t offset;
	uint64_t min;
	uint64_t max;
	unsigned int where;
	const char *help;
};

/**
 * struct words - those of a group, or of a peer
 * @word: a row each
 * @len: how many
 */
struct words {
	const struct word *word;
	size_t len;
};

extern const struct words group_words;
extern const struct words peer_words;

const struct word *word_find(const struct words *words, const char *word);
/* Reads @value into @obj. 0, or an exit status with a sentence in @err. */
int word_parse(const struct word *w, const char *value, void *obj, uint64_t *set, char *err);

/* Warns of what @value may have been meant for; @what says where that is. */
void word_warn(struct ctl *ctl, const char *what, const struct word *w, const char *value);

/* What is set in @g, and the default of all else: as setconf makes it. */
struct bully_group group_with_defaults(const struct bully_group *g);
/*
 * Judges what words say together; where @whole, what is not set has its default.
 * NULL, or the words that it is about, the first one first, with a sentence in @err.
 */
const char *group_check(const struct bully_group *g, bool whole, char *err);

/*
 * words_parse.c; reads "WORD VALUE" pairs for a group or a peer; words in @need have to be
 * there. 0, or an exit status after having complained.
 */
int words_parse(struct ctl *ctl, const char *what, const struct words *words, unsigned int where,
		const char *const *need, int argc, char **argv, void *obj, uint64_t *set);

#endif /* BULLYCTL_WORDS_H */
