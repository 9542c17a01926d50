/* SPDX-License-Identifier: GPL-2.0-only */
/* What another program prints. */
#ifndef BULLYCTL_CAPTURE_H
#define BULLYCTL_CAPTURE_H

#include <stddef.h>

/*
 * Runs @command, which ends with NULL, for 2 s at most, and keeps what it prints to standard
 * output, as far as @len allows, as a string. Returns its exit status, or -1 where it could
 * not be run.
 */
int capture(char *const *command, char *buf, size_t len);

#endif /* BULLYCTL_CAPTURE_H */
