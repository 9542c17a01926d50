// SPDX-License-Identifier: GPL-2.0-only
/* Resolves abbreviations, and finds the word most similar to an unknown one. */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/suggest.h"

#define WORD_MAX 32 /* a longer word is similar to none */
#define FAR 3 /* words that differ by so many letters are not similar; short words by 2 */
#define SHORT 3

void choices_add(struct choices *c, const char *word)
{
	if (c->len == CHOICES_MAX)
		return;
	c->word[c->len] = word;
	c->size[c->len++] = strlen(word);
}

void choices_split(struct choices *c, const char *list)
{
	while (list && *list && c->len < CHOICES_MAX) {
		c->word[c->len] = list;
		c->size[c->len++] = strcspn(list, "= ");
		list += strcspn(list, " ");
		list += strspn(list, " ");
	}
}

int choices_find(const struct choices *c, const char *word)
{
	size_t len = strlen(word), i;
	int found = CHOICE_NONE;

	for (i = 0; i < c->len; i++) {
		if (strncmp(c->word[i], word, len) || len > c->size[i] || !len)
			continue;
		if (len == c->size[i])
			return (int)i;
		found = found == CHOICE_NONE ? (int)i : CHOICE_SEVERAL;
	}
	return found;
}

static unsigned int least(unsigned int a, unsigned int b)
{
	return a < b ? a : b;
}

/* Returns how many letters must be inserted, deleted, changed, or swapped with the next one. */
static unsigned int distance(const char *a, size_t a_len, const char *b, size_t b_len)
{
	unsigned int rows[3][WORD_MAX + 1], *before = rows[0], *last = rows[1], *row = rows[2];
	size_t i, k;

	if (a_len > WORD_MAX || b_len > WORD_MAX)
		return FAR;
	for (k = 0; k <= b_len; k++)
		row[k] = (unsigned int)k;
	for (i = 1; i <= a_len; i++) {
		unsigned int *spare = before;

		before = last;
		last = row;
		row = spare;
		row[0] = (unsigned int)i;
		for (k = 1; k <= b_len; k++) {
			row[k] = least(last[k], row[k - 1]) + 1;
			row[k] = least(row[k], last[k - 1] + (a[i - 1] != b[k - 1]));
			if (i > 1 && k > 1 && a[i - 1] == b[k - 2] && a[i - 2] == b[k - 1])
				row[k] = least(row[k], before[k - 2] + 1);
		}
	}
	return row[b_len];
}

/* Writes "; it may be 'a' or 'b'" with the words that begin with @word to @buf. */
static void several(const struct choices *c, const char *word, char *buf)
{
	size_t len = strlen(word), i;
	int at = 0;

	for (i = 0; i < c->len && at < HINT_LEN - WORD_MAX - 16; i++)
		if (!strncmp(c->word[i], word, len) && len <= c->size[i])
			at += snprintf(buf + at, (size_t)(HINT_LEN - at), "%s'%.*s'",
				       at ? " or " : "; it may be ", (int)c->size[i], c->word[i]);
}

const char *choices_hint(const struct choices *c, const char *word, const char *otherwise,
			 char *buf)
{
	unsigned int nearest = strlen(word) > SHORT ? FAR : 2, d;
	size_t i;

	snprintf(buf, HINT_LEN, "%s", otherwise);
	if (choices_find(c, word) == CHOICE_SEVERAL) {
		several(c, word, buf);
		return buf;
	}
	for (i = 0; i < c->len; i++) {
		d = distance(word, strlen(word), c->word[i], c->size[i]);
		if (d >= nearest)
			continue;
		nearest = d;
		snprintf(buf, HINT_LEN, "; the nearest is '%.*s'", (int)c->size[i], c->word[i]);
	}
	return buf;
}
