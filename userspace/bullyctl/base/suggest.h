/* SPDX-License-Identifier: GPL-2.0-only */
/* Finds a word by its beginning, and suggests similar words. */
#ifndef BULLYCTL_SUGGEST_H
#define BULLYCTL_SUGGEST_H

#include <stddef.h>

#define CHOICES_MAX 64
#define HINT_LEN 256

enum {
	CHOICE_NONE = -1,
	CHOICE_SEVERAL = -2,
};

/**
 * struct choices - the words to choose from
 * @word: start of each word
 * @size: length of each word, which need not end with NUL
 * @len: number of words
 */
struct choices {
	const char *word[CHOICES_MAX];
	size_t size[CHOICES_MAX];
	size_t len;
};

void choices_add(struct choices *c, const char *word);
/* Adds the words of a list, each up to a space or a '='. */
void choices_split(struct choices *c, const char *list);
/*
 * Returns the index of the word that equals @word, or of the only one that begins with @word;
 * else CHOICE_NONE or CHOICE_SEVERAL.
 */
int choices_find(const struct choices *c, const char *word);
/*
 * Writes to @buf (HINT_LEN) the text that follows "'WORD' is not known": the words that begin with
 * @word, the most similar word, or else @otherwise. Returns @buf.
 */
const char *choices_hint(const struct choices *c, const char *word, const char *otherwise,
			 char *buf);

#endif /* BULLYCTL_SUGGEST_H */
