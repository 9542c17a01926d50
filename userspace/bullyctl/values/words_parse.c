// SPDX-License-Identifier: GPL-2.0-only
/* Parses options on the command line, which may be abbreviated, and reports unknown ones. */
#include <stdio.h>
#include <string.h>

#include "base/keepalived.h"
#include "base/suggest.h"
#include "values/words.h"

void word_warn(struct ctl *ctl, const char *what, const struct word *w, const char *value)
{
	bool addr = w->kind == WORD_ADDR || w->kind == WORD_LOCAL;
	char meant[ADDR_STRLEN];

	if (addr && addr_with_port(value, meant))
		warn(ctl, "%s: %s: '%s' is an address without a port; to give a port, write '%s'",
		     what, w->word, value, meant);
}

/* Returns the option that @word names or abbreviates and that may be given here; or NULL. */
static const struct word *word_pick(const struct words *words, unsigned int where, const char *word)
{
	struct choices c = {0};
	int found;
	size_t i;

	for (i = 0; i < words->len; i++)
		if (words->word[i].where & where)
			choices_add(&c, words->word[i].word);
	found = choices_find(&c, word);
	return found < 0 ? NULL : word_find(words, c.word[found]);
}

/* Returns true if @value is an id or address that option @w accepts. */
static bool is_value_of(const struct word *w, const char *value)
{
	char err[SENTENCE_LEN];
	struct bully_addr addr;
	uint32_t id;

	return w->kind == WORD_ID
		       ? !parse_u32("", value, 1, UINT32_MAX, &id, err)
		       : w->kind == WORD_ADDR && !parse_addr("", value, false, &addr, err);
}

/* Prints that @word is not an option here, with a hint. Returns an exit status. */
static int word_unknown(struct ctl *ctl, const char *what, const struct words *words,
			unsigned int where, const struct word *needed, const char *word)
{
	size_t name = strcspn(word, "=");
	struct choices c = {0};
	char hint[HINT_LEN], otherwise[HINT_LEN], plain[32];
	const char *meant = NULL;
	const struct word *w;
	size_t i;

	snprintf(plain, sizeof(plain), "%.*s", (int)name, word);
	w = word[name] ? word_pick(words, where, plain) : NULL;
	if (w)
		return fail(ctl, CTL_USAGE, 0, "%s: '%.64s' is not known here; write '%s %.64s'",
			    what, word, w->word, word + name + 1);
	if (word_find(words, word))
		return fail(ctl, CTL_USAGE, 0,
			    "%s: option '%s' cannot be changed; only '%.*s add' sets it", what,
			    word, (int)strcspn(what, " "), what);
	snprintf(otherwise, sizeof(otherwise), "; see 'bullyctl help %.*s'",
		 (int)strcspn(what, " "), what);
	if (needed)
		snprintf(otherwise, sizeof(otherwise), "; write '%s %.64s'", needed->word,
			 is_value_of(needed, word) ? word : needed->arg);
	if (words == &group_words)
		meant = keepalived_hint(word, KEEPALIVED_OPTION, NULL, hint);
	for (i = 0; i < words->len; i++)
		if (words->word[i].where & where)
			choices_add(&c, words->word[i].word);
	return fail(ctl, CTL_USAGE, 0, "%s: option '%.64s' is not known here%s", what, word,
		    meant ? meant : choices_hint(&c, word, otherwise, hint));
}

/* Returns the first option in @need that was not given; or NULL. */
static const struct word *first_needed(const struct words *words, const char *const *need,
				       uint64_t seen)
{
	for (; *need; need++) {
		const struct word *w = word_find(words, *need);

		if (!(seen & 1ULL << (w - words->word)))
			return w;
	}
	return NULL;
}

const struct word *words_pick(struct ctl *ctl, const char *what, const struct words *words,
			      unsigned int where, const struct word *needed, const char *word)
{
	const struct word *w = word_pick(words, where, word);

	if (!w)
		word_unknown(ctl, what, words, where, needed, word);
	return w;
}

int words_parse(struct ctl *ctl, const char *what, const struct words *words, unsigned int where,
		const char *const *need, int argc, char **argv, void *obj)
{
	const struct word *needed;
	char err[SENTENCE_LEN];
	uint64_t seen = 0;
	int i, ret;

	for (i = 0; i < argc; i += 2) {
		const struct word *w = words_pick(ctl, what, words, where,
						  first_needed(words, need, seen), argv[i]);
		uint64_t bit;

		if (!w)
			return CTL_USAGE;
		bit = 1ULL << (w - words->word);
		if (seen & bit)
			return fail(ctl, CTL_USAGE, 0, "%s: option '%s' is given twice", what,
				    w->word);
		seen |= bit;
		if (i + 1 >= argc)
			return fail(ctl, CTL_USAGE, 0, "%s: option '%s' lacks its value %s", what,
				    w->word, w->arg);
		ret = word_parse(w, argv[i + 1], obj, err);
		if (ret)
			return fail(ctl, ret, 0, "%s: %s", what, err);
		word_warn(ctl, what, w, argv[i + 1]);
	}
	needed = first_needed(words, need, seen);
	return needed ? fail(ctl, CTL_USAGE, 0, "%s: '%s %s' is missing", what, needed->word,
			     needed->arg)
		      : CTL_DONE;
}
