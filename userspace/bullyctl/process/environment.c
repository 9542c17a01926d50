// SPDX-License-Identifier: GPL-2.0-only
/* The environment of a child. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "process/environment.h"

static void environment_add(struct environment *env, char *word)
{
	char **more = word ? realloc(env->words, (env->len + 2) * sizeof(*more)) : NULL;

	if (!more) {
		env->bad = true;
		return;
	}
	env->words = more;
	more[env->len++] = word;
	more[env->len] = NULL;
}

void environment_put(struct environment *env, const char *name, const char *fmt, ...)
{
	char value[64], *word;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(value, sizeof(value), fmt, ap);
	va_end(ap);
	if (asprintf(&word, "%s=%s", name, value) < 0)
		word = NULL;
	environment_add(env, word);
	if (env->bad)
		free(word);
	else
		env->own++;
}

int environment_end(struct environment *env)
{
	size_t own = env->own, i;
	char **p;

	for (p = environ; *p && !env->bad; p++) {
		size_t len = strcspn(*p, "=");

		for (i = 0; i < own; i++)
			if (!strncmp(env->words[i], *p, len + 1))
				break;
		if (i == own)
			environment_add(env, *p);
	}
	return env->bad ? -1 : 0;
}

void environment_free(struct environment *env)
{
	while (env->own)
		free(env->words[--env->own]);
	free(env->words);
	memset(env, 0, sizeof(*env));
}
