/* SPDX-License-Identifier: GPL-2.0-only */
/* The options of groups and peers: one table for command line, files and output. */
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
	WORD_CANDIDATE, /* a choice; 'on' alone does not make the node a candidate */
	WORD_AUTH, /* a choice; its default depends on keys */
	WORD_LEASE, /* a duration, or 0 for the default */
	WORD_KEYS,
	WORD_HOST, /* the name of a host; only in a section [node ID] */
	WORD_GUARD,
};

#define WORDS_MAX 64 /* rows in a table */
#define WORD_STRLEN DUR_STRLEN

/* Where an option may be given. */
enum {
	WORD_IN_ADD = 1,
	WORD_IN_SET = 2,
	WORD_IN_FILE = 4,
	WORD_ANYWHERE = 7,
	WORD_IN_NODE = 8, /* in a section [node ID] of a file */
	WORD_EVERYWHERE = 15,
};

/**
 * struct word - a row of lib/options.def
 * @word: the option's name
 * @arg: the placeholder for its value in help texts
 * @values: the words that are values, separated by spaces, or NULL
 * @kind: how to read and write the value
 * @peer: the option belongs to a peer, not to a group
 * @number: the attribute is a number
 * @attr: number of the attribute
 * @name: for a choice, the function that returns the word for a number
 * @min: least value
 * @max: greatest value
 * @def: the value if none is given
 * @where: where the option may be given
 * @help: its meaning, with the default
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
 * struct words - the options of a group or of a peer
 * @word: the rows
 * @len: number of rows
 */
struct words {
	const struct word *word;
	size_t len;
};

extern const struct words group_words;
extern const struct words peer_words;
/* All of these, the peer's first, and 'host'. Those with WORD_IN_NODE are keys of [node ID]. */
extern const struct words node_words;

/* Returns the option @word, which must be spelled in full, or NULL. */
const struct word *word_find(const struct words *words, const char *word);
/*
 * Reads @value into @obj, a group or a peer. Returns 0, or an exit status and a sentence in @err
 * (SENTENCE_LEN).
 */
int word_parse(const struct word *w, const char *value, void *obj, char *err);
/* Returns the text for the number @v, as word_parse() reads it; it may be in @buf (WORD_STRLEN). */
const char *word_format(const struct word *w, uint64_t v, char *buf);

/* Warns if @value may be a mistake; @what names its place. */
void word_warn(struct ctl *ctl, const char *what, const struct word *w, const char *value);

/* Returns the value of a number of @g, or its default if @g has none. */
uint64_t group_option(const struct bully_group *g, const struct word *w);
/*
 * Checks that the options of @g fit each other. If @whole, options that are not set have their
 * defaults; else they are not checked. Returns NULL, or the names of the options that do not fit,
 * the most important one first, and a sentence in @err (SENTENCE_LEN).
 */
const char *group_check(const struct bully_group *g, bool whole, char *err);

/*
 * words_parse.c: returns the option that @word names or abbreviates and that may be given in
 * @where; or NULL after it has printed an error that names @what. @needed: the option to write
 * instead, or NULL.
 */
const struct word *words_pick(struct ctl *ctl, const char *what, const struct words *words,
			      unsigned int where, const struct word *needed, const char *word);
/*
 * Reads "WORD VALUE" pairs into @obj, a group or a peer. All options in @need must
 * be given. Returns 0, or an exit status after it has printed an error that names @what.
 */
int words_parse(struct ctl *ctl, const char *what, const struct words *words, unsigned int where,
		const char *const *need, int argc, char **argv, void *obj);

#endif /* BULLYCTL_WORDS_H */
