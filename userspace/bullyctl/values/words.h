/* SPDX-License-Identifier: GPL-2.0-only */
/* The words that take a value: on the command line, in files and in what is shown alike. */
#ifndef BULLYCTL_WORDS_H
#define BULLYCTL_WORDS_H

#include "values/values.h"

/* How a value is read and written. */
enum word_kind {
	WORD_ID,
	WORD_LOCAL,
	WORD_ADDR,
	WORD_DEV,
	WORD_DUR,
	WORD_U32,
	WORD_BOOL,
	WORD_CHOICE,
	WORD_CANDIDATE, /* a choice; whether the node stands is another thing */
	WORD_AUTH, /* a choice, whose default depends on keys */
	WORD_LEASE, /* a duration, or 0 for the default */
	WORD_KEYS,
};

#define WORDS_MAX 64 /* in a table */
#define WORD_STRLEN DUR_STRLEN

/* Where a word may stand. */
enum {
	WORD_IN_ADD = 1,
	WORD_IN_SET = 2,
	WORD_IN_FILE = 4,
	WORD_ANYWHERE = 7,
};

/**
 * struct word - a row of lib/options.def
 * @word: itself
 * @arg: how help calls its value
 * @values: the values it takes, separated by spaces, or NULL
 * @kind: how to read the value
 * @peer: it is of a peer
 * @number: the attribute is a number
 * @attr: number of the attribute
 * @name: the word for a number, if it is a choice
 * @min: least value
 * @max: greatest value
 * @def: the value where it is not given
 * @where: where it may stand
 * @help: what it means, with the default
 */
struct word {
	const char *word;
	const char *arg;
	const char *values;
	enum word_kind kind;
	bool peer;
	bool number;
	unsigned int attr;
	const char *(*name)(unsigned int v);
	uint64_t min;
	uint64_t max;
	uint64_t def;
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
/* Reads @value into @obj, a group or a peer. 0, or an exit status with a sentence in @err. */
int word_parse(const struct word *w, const char *value, void *obj, char *err);
/* A number as word_parse() reads it; @buf has room for WORD_STRLEN. */
const char *word_format(const struct word *w, uint64_t v, char *buf);

/* Warns of what @value may have been meant for; @what says where that is. */
void word_warn(struct ctl *ctl, const char *what, const struct word *w, const char *value);

/* The value of a number of @g: the default where it is not known. */
uint64_t group_option(const struct bully_group *g, const struct word *w);
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
		const char *const *need, int argc, char **argv, void *obj);

#endif /* BULLYCTL_WORDS_H */
