// SPDX-License-Identifier: GPL-2.0-only
/* Finds commands, their second words and their options by name or abbreviation. */
#include <stdlib.h>
#include <string.h>

#include "base/ctl.h"
#include "base/suggest.h"

static void command_names(const struct ctl *ctl, struct choices *c)
{
	size_t i;

	for (i = 0; i < ctl->commands_len; i++)
		choices_add(c, ctl->commands[i].name);
}

const struct command *command_find(const struct ctl *ctl, const char *name)
{
	struct choices c = {0};
	int found;

	command_names(ctl, &c);
	found = choices_find(&c, name);
	return found < 0 ? NULL : &ctl->commands[found];
}

int command_unknown(struct ctl *ctl, const char *name)
{
	struct choices c = {0};
	char hint[HINT_LEN];

	command_names(ctl, &c);
	return fail(ctl, CTL_USAGE, 0, "command '%.64s' is not known%s", name,
		    choices_hint(&c, name, "; see 'bullyctl help'", hint));
}

char *command_option(const struct command *c, const char *option, const char **takes)
{
	char *name = strndup(option, strcspn(option, "="));
	struct choices options = {0};
	int found = CHOICE_NONE;

	choices_split(&options, c->options);
	if (name)
		found = choices_find(&options, name);
	/* "--" alone is not an abbreviation: every option begins with it */
	if (found >= 0 && strlen(name) < 3 && options.size[found] != strlen(name))
		found = CHOICE_NONE;
	free(name);
	if (found < 0)
		return NULL;
	*takes = options.word[found] + options.size[found];
	return strndup(options.word[found], options.size[found]);
}

const char *command_sub(struct ctl *ctl, const char *word)
{
	static const struct {
		const char *word, *means;
	} others[] = {
		{"show", "show"},  {"list", "show"},  {"ls", "show"},
		{"delete", "del"}, {"remove", "del"}, {"rm", "del"},
		{"create", "add"}, {"new", "add"},    {"change", "set"},
	};
	static const char *const subs[] = {"add", "set", "del"};
	struct choices c = {0};
	char hint[HINT_LEN];
	int found;
	size_t i;

	choices_split(&c, ctl->cmd->subs);
	found = choices_find(&c, word);
	if (found >= 0)
		return subs[found];
	for (i = 0; i < ARRAY_SIZE(others); i++)
		choices_add(&c, others[i].word);
	found = choices_find(&c, word);
	if (found >= 0)
		return others[(size_t)found - ARRAY_SIZE(subs)].means;
	fail(ctl, CTL_USAGE, 0, "%s: '%.64s' is not one of '%s show'%s", ctl->cmd->name, word,
	     ctl->cmd->subs, choices_hint(&c, word, "", hint));
	return NULL;
}

const char *option_given(const struct ctl *ctl, const char *option)
{
	int i;

	for (i = 0; i < ctl->given_len; i++)
		if (!strcmp(ctl->given[i].name, option))
			return ctl->given[i].value;
	return NULL;
}
