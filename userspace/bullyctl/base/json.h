/* SPDX-License-Identifier: GPL-2.0-only */
/* Building JSON with json-c, which owns all memory and all escaping. */
#ifndef BULLYCTL_JSON_H
#define BULLYCTL_JSON_H

#include <stdio.h>

#include <json-c/json.h>

#include "base/ctl.h"

/* Adds @value (NULL is null) to @o, which owns it from then on. */
void json_put(struct json_object *o, const char *key, struct json_object *value);
/*
 * A character as text has it that must be UTF-8: a byte that is none becomes "/xNN", which
 * stands in no name, so that different names stay different. Returns the bytes it took of @s.
 */
#define TEXT_PIECE_LEN 5
size_t text_piece(const char *s, char *piece);
/* A string, made of such pieces. */
struct json_object *json_text(const char *s);
struct json_object *json_u64(uint64_t v);
struct json_object *json_flag(bool v);
/* One value and a line feed; frees it. */
void json_print(struct ctl *ctl, FILE *f, struct json_object *o);

#endif /* BULLYCTL_JSON_H */
