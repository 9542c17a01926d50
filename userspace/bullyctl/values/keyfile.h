/* SPDX-License-Identifier: GPL-2.0-only */
/* Files of keys; what stands in them is never printed. */
#ifndef BULLYCTL_KEYFILE_H
#define BULLYCTL_KEYFILE_H

#include "values/values.h"

/* 44 characters for 32 bytes, 88 for 64, and a NUL. */
#define KEY_STRLEN 89

/* Reads @file ("-" is standard input) into @g. 0, or -1 with a sentence in @err. */
int keyfile_read(const char *what, const char *file, struct bully_group *g, char *err);
/* As a line of such a file has it, in base64. */
void key_format(const uint8_t *data, size_t len, char *buf);

#endif /* BULLYCTL_KEYFILE_H */
