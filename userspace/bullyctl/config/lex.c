// SPDX-License-Identifier: GPL-2.0-only
/* Reads the text of a configuration file, and separates its lines and headings. */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/lex.h"

#define SIZE_LIMIT (1 << 20)

static bool is_comment(const char *s)
{
	return *s == '#' || *s == ';';
}

/*
 * Returns the ']' that closes a heading: the first with only white space or a comment behind it.
 * Names may contain ']' and '#'. Returns NULL if there is none.
 */
static const char *section_close(const char *line)
{
	const char *close, *tail;

	for (close = strchr(line, ']'); close; close = strchr(close + 1, ']')) {
		tail = close + 1 + strspn(close + 1, " \t");
		if (!*tail || (tail > close + 1 && is_comment(tail)))
			return close;
	}
	return NULL;
}

const char *lex_heading(const char *line, char *text, const char **what)
{
	const char *close = section_close(line), *word;
	size_t len = close ? (size_t)(close - line) : 0;
	char *rest;

	if (!close || len > LEX_HEADING_MAX)
		return NULL;
	memcpy(text, line + 1, len - 1);
	text[len - 1] = '\0';
	word = strtok_r(text, " \t", &rest);
	*what = strtok_r(NULL, " \t", &rest);
	return *what && strtok_r(NULL, " \t", &rest) ? NULL : word;
}

bool lex_line(const char **next, char *buf, size_t size)
{
	const char *start = *next, *end = start + strcspn(start, "\n");
	size_t len, i;

	*next = *end ? end + 1 : end;
	while (start < end && isspace((unsigned char)*start))
		start++;
	/* A comment begins a line or follows white space; headings are handled elsewhere. */
	for (i = 0; start < end && *start != '[' && start + i < end; i++)
		if (is_comment(start + i) && (!i || isspace((unsigned char)start[i - 1])))
			end = start + i;
	while (end > start && isspace((unsigned char)end[-1]))
		end--;
	len = (size_t)(end - start);
	buf[0] = '\0';
	if (len > LEX_LINE_MAX || len + 2 > size)
		return false;
	memcpy(buf, start, len);
	buf[len] = '\0';
	return true;
}

char *lex_slurp(struct ctl *ctl, const char *file, FILE *f)
{
	int err = f ? 0 : errno;
	char *text = malloc(SIZE_LIMIT + 2);
	size_t len = 0;

	if (f && text) {
		errno = 0;
		len = fread(text, 1, SIZE_LIMIT + 1, f);
		if (ferror(f))
			err = errno ? errno : EIO;
		text[len] = '\0';
	}
	if (f && f != stdin)
		fclose(f);
	if (text && !err && len <= SIZE_LIMIT && strlen(text) == len)
		return text;
	if (!text)
		fail(ctl, CTL_USAGE, ENOMEM, "out of memory");
	else if (err)
		fail(ctl, CTL_USAGE, err, "%s: cannot read it: %s", file, strerror(err));
	else if (len > SIZE_LIMIT)
		fail(ctl, CTL_USAGE, 0, "%s: it is larger than 1 MiB", file);
	else
		fail(ctl, CTL_USAGE, 0, "%s: it contains a NUL byte", file);
	free(text);
	return NULL;
}
