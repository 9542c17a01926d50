/* SPDX-License-Identifier: GPL-2.0-only */
/* Reads key files. Their content is never printed. */
#ifndef BULLYCTL_KEYFILE_H
#define BULLYCTL_KEYFILE_H

#include "values/values.h"

/* Base64 needs 44 characters for 32 bytes and 88 for 64; one more for the NUL. */
#define KEY_STRLEN 89

/* Reads the keys of @file ("-": standard input) into @g. 0, or -1 and a sentence in @err. */
int keyfile_read(const char *what, const char *file, struct bully_group *g, char *err);
/* Writes a key in base64, as in a key file, to @buf (KEY_STRLEN). */
void key_format(const uint8_t *data, size_t len, char *buf);

#endif /* BULLYCTL_KEYFILE_H */
