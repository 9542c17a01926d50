/* SPDX-License-Identifier: GPL-2.0-only */
/* Text about leaders and peers that 'show' and 'top' have in common. */
#ifndef BULLYCTL_REMARKS_H
#define BULLYCTL_REMARKS_H

#include <stdio.h>

#include "base/ctl.h"

/*
 * Writes "  since 2026-11-29 23:12:05 (5.0m)" to @buf: the epoch gives the time of the claim.
 * Writes "" if no leader is known, or if the epoch is not from a clock that was set, or is ahead of
 * this host's clock. Returns @buf.
 */
#define SINCE_STRLEN 80
const char *format_since(const struct bully_group *g, char *buf, size_t len);
/* Prints a peer's vote and its problems at the end of its line. */
void print_remarks(FILE *f, const struct bully_group *g, const struct bully_peer *p);

#endif /* BULLYCTL_REMARKS_H */
