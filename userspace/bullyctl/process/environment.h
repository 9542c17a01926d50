/* SPDX-License-Identifier: GPL-2.0-only */
/* The environment of a child. */
#ifndef BULLYCTL_ENVIRONMENT_H
#define BULLYCTL_ENVIRONMENT_H

#include <stdbool.h>
#include <stddef.h>

/**
 * struct environment - environment of a child: that of this process, and added variables
 * @words: NAME=VALUE, ends with NULL
 * @len: number of @words
 * @own: number of added variables; they come first and are freed with @words
 * @bad: memory ran out
 */
struct environment {
	char **words;
	size_t len;
	size_t own;
	bool bad;
};

/* Adds the variable @name; its value has at most 63 bytes. An error sets @bad. */
void environment_put(struct environment *env, const char *name, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/*
 * Adds the variables of this process that were not put. Returns 0, or -1 if memory ran out in this
 * or an earlier call.
 */
int environment_end(struct environment *env);
void environment_free(struct environment *env);

#endif /* BULLYCTL_ENVIRONMENT_H */
