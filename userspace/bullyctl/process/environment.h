/* SPDX-License-Identifier: GPL-2.0-only */
/* The environment of a child. */
#ifndef BULLYCTL_ENVIRONMENT_H
#define BULLYCTL_ENVIRONMENT_H

#include <stdbool.h>
#include <stddef.h>

/**
 * struct environment - that of a child: ours, and some words more
 * @words: NAME=VALUE, ends with NULL
 * @len: how many
 * @own: the first so many are ours to free
 * @bad: there was no memory
 */
struct environment {
	char **words;
	size_t len;
	size_t own;
	bool bad;
};

void environment_put(struct environment *env, const char *name, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* 0, or -1 for want of memory; adds what this process has and was not put. */
int environment_end(struct environment *env);
void environment_free(struct environment *env);

#endif /* BULLYCTL_ENVIRONMENT_H */
