/* SPDX-License-Identifier: GPL-2.0-only */
/* Reads the text of a configuration file, and separates its lines and headings. */
#ifndef BULLYCTL_LEX_H
#define BULLYCTL_LEX_H

#include <stdio.h>

#include "base/ctl.h"

/* inih truncates longer lines silently: INI_MAX_LINE less line end and NUL. */
#define LEX_LINE_MAX 190
#define LEX_HEADING_MAX 48

/* Reads all of @f and closes it. Returns the text, or NULL after an error message about @file. */
char *lex_slurp(struct ctl *ctl, const char *file, FILE *f);
/*
 * Writes the line at *@next to @buf (@size), without white space around it and without a comment,
 * so that inih takes no line for a continuation; moves *@next behind the line. A heading keeps its
 * comment. Returns false, and writes an empty line, if the line is too long.
 */
bool lex_line(const char **next, char *buf, size_t size);
/*
 * Splits a heading "[WORD WHAT]" or "[WORD]" with an optional comment. Returns the word, and sets
 * *@what, NULL without WHAT; both are in @text (LEX_HEADING_MAX + 1). Returns NULL if @line is
 * none.
 */
const char *lex_heading(const char *line, char *text, const char **what);

#endif /* BULLYCTL_LEX_H */
