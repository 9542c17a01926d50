/* SPDX-License-Identifier: GPL-2.0-only */
/* A file that says how far this node's data is, which 'run' tells the kernel. */
#ifndef BULLYCTL_POSITION_H
#define BULLYCTL_POSITION_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ctl.h"

#define POSITION_MAX 128 /* the longest file, in bytes */

/**
 * struct position - a file with a position, and the position that it had last
 * @path: the file; NULL: none
 * @dir: its folder
 * @name: its name in the folder
 * @inotify: an inotify descriptor
 * @watch: the watch of the folder, or -1
 * @again_at: when to try again to watch the folder, or to print a warning; RUN_NEVER: not at all
 * @known: the file has had a position
 * @term: the first number of the position
 * @index: the second number
 * @wrong: why the file has no position now, or an empty string
 * @said: the user knows that the file has none
 */
struct position {
	const char *path;
	char dir[PATH_MAX];
	const char *name;
	int inotify;
	int watch;
	uint64_t again_at;
	bool known;
	uint64_t term;
	uint64_t index;
	char wrong[64];
	bool said;
};

/*
 * Reads a line "TERM INDEX" of decimal numbers, or "TERM X/Y" of a decimal and two hexadecimal
 * numbers, as PostgreSQL writes a timeline and an LSN. Returns false if @text is anything else.
 */
bool position_parse(const char *text, size_t len, uint64_t *term, uint64_t *index);

/* Without @path these functions do nothing. */

/* Watches the file and reads it. Returns 0, or an exit status after an error message. */
int position_open(struct ctl *ctl, struct position *p);
/*
 * Reads the file if it may have changed. A file that is missing or malformed leaves the position as
 * it was, and the user is told once. Returns true if the position is another one than before.
 */
bool position_update(struct ctl *ctl, struct position *p);
/* Returns the descriptor that is readable if the file may have changed, or -1. */
int position_fd(const struct position *p);
/* Returns when position_update() must be called even without an event; RUN_NEVER: not at all. */
uint64_t position_next(const struct position *p);
void position_close(struct position *p);

#endif /* BULLYCTL_POSITION_H */
