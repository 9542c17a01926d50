// SPDX-License-Identifier: GPL-2.0-only
/* JSON values. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"

void json_put(struct json_object *o, const char *key, struct json_object *value)
{
	json_object_object_add(o, key, value);
}

/* Returns the length of the UTF-8 sequence at @s, or 0 if it is invalid. */
static size_t utf8_len(const unsigned char *s)
{
	size_t len = s[0] < 0x80		      ? 1
		     : (s[0] >= 0xc2 && s[0] <= 0xdf) ? 2
		     : (s[0] & 0xf0) == 0xe0	      ? 3
		     : (s[0] >= 0xf0 && s[0] <= 0xf4) ? 4
						      : 0;
	size_t i;

	for (i = 1; i < len; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	if (len == 3 && ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f)))
		return 0;
	if (len == 4 && ((s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] > 0x8f)))
		return 0;
	return len;
}

size_t text_piece(const char *s, char *piece)
{
	size_t len = utf8_len((const unsigned char *)s);

	if (len) {
		memcpy(piece, s, len);
		piece[len] = '\0';
		return len;
	}
	snprintf(piece, TEXT_PIECE_LEN, "/x%02x", (unsigned char)*s);
	return 1;
}

struct json_object *json_text(const char *s)
{
	char *text = malloc(strlen(s) * (TEXT_PIECE_LEN - 1) + 1), *p = text;
	struct json_object *o;

	while (text && *s) {
		s += text_piece(s, p);
		p += strlen(p);
	}
	o = json_object_new_string_len(text ? text : "", (int)(p - text));
	free(text);
	return o;
}

struct json_object *json_u64(uint64_t v)
{
	return json_object_new_uint64(v);
}

struct json_object *json_flag(bool v)
{
	return json_object_new_boolean(v);
}

void json_print(struct ctl *ctl, FILE *f, struct json_object *o)
{
	int flags = JSON_C_TO_STRING_NOSLASHESCAPE;

	flags |= ctl->pretty ? JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED
			     : JSON_C_TO_STRING_PLAIN;
	if (fprintf(f, "%s\n", json_object_to_json_string_ext(o, flags)) < 0 && f == stdout &&
	    !ctl->output_errno)
		ctl->output_errno = errno;
	json_object_put(o);
}
