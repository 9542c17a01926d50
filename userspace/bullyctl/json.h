/* SPDX-License-Identifier: GPL-2.0 */
/* Building JSON with json-c, which owns all memory and all escaping. */
#ifndef BULLYCTL_JSON_H
#define BULLYCTL_JSON_H

#include <stdio.h>

#include <json-c/json.h>

#include "ctl.h"

/* Adds @value (NULL is null) to @o, which owns it from then on. */
void json_put(struct json_object *o, const char *key, struct json_object *value);
/* Length of the UTF-8 sequence at @s, 0 if it is none. */
size_t utf8_len(const unsigned char *s);
/* A string; bytes that are no UTF-8 become '?'. */
struct json_object *json_text(const char *s);
struct json_object *json_u64(uint64_t v);
struct json_object *json_flag(bool v);
/* One value and a line feed; frees it. */
void json_print(struct ctl *ctl, FILE *f, struct json_object *o);

struct json_object *json_group(const struct bully_group *g);

#endif /* BULLYCTL_JSON_H */
