/* SPDX-License-Identifier: GPL-2.0-only */
/* Builds JSON with json-c, which manages memory and escapes text. */
#ifndef BULLYCTL_JSON_H
#define BULLYCTL_JSON_H

#include <stdio.h>

#include <json-c/json.h>

#include "base/ctl.h"

/* Adds @value (NULL: null) to @o, which then owns @value. */
void json_put(struct json_object *o, const char *key, struct json_object *value);
/*
 * Copies the first character of @s as UTF-8 to @piece. An invalid byte becomes "/xNN"; no valid
 * name contains '/', so different names stay different. Returns the number of bytes read from @s.
 */
#define TEXT_PIECE_LEN 5
size_t text_piece(const char *s, char *piece);
/* Returns a JSON string of @s, converted by text_piece(). */
struct json_object *json_text(const char *s);
struct json_object *json_u64(uint64_t v);
struct json_object *json_flag(bool v);
/* Prints @o and a line feed to @f, and frees @o. */
void json_print(struct ctl *ctl, FILE *f, struct json_object *o);

#endif /* BULLYCTL_JSON_H */
