/* SPDX-License-Identifier: GPL-2.0-only */
/* Captures the output of another program. */
#ifndef BULLYCTL_CAPTURE_H
#define BULLYCTL_CAPTURE_H

#include <stddef.h>

/*
 * Runs @command, which ends with NULL, for at most 2 s, and stores the first @len - 1 bytes of its
 * standard output in @buf as a string. Returns the exit status, or -1 if the program cannot run.
 */
int capture(char *const *command, char *buf, size_t len);

#endif /* BULLYCTL_CAPTURE_H */
