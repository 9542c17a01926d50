/* SPDX-License-Identifier: GPL-2.0-only */
/* Which word of several is meant: by its beginning, and by what is near. */
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
 * struct choices - the words
 * @word: each of them
 * @size: its length, the table may have more behind it
 * @len: how many
 */
struct choices {
	const char *word[CHOICES_MAX];
	size_t size[CHOICES_MAX];
	size_t len;
};

void choices_add(struct choices *c, const char *word);
/* Adds the words of a list, each up to a space or a '='. */
void choices_split(struct choices *c, const char *list);
/* The number of the one that @word is, or that alone begins with it. */
int choices_find(const struct choices *c, const char *word);
/*
 * What is to follow "'WORD' is not known": the words that begin with it, the nearest one, or
 * else @otherwise.
 */
const char *choices_hint(const struct choices *c, const char *word, const char *otherwise,
			 char *buf);

#endif /* BULLYCTL_SUGGEST_H */
