/* SPDX-License-Identifier: GPL-2.0-only */
/* What show and top say of a leadership and of a peer, in the same words. */
#ifndef BULLYCTL_REMARKS_H
#define BULLYCTL_REMARKS_H

#include <stdio.h>

#include "base/ctl.h"

/*
 * "  since 2026-11-29 23:12:05 (5.0m)", by the epoch, which is the time of the claim;
 * nothing where no clock has made that number, or one that is ahead of this host's.
 */
#define SINCE_STRLEN 80
const char *format_since(const struct bully_group *g, char *buf, size_t len);
/* What is out of the ordinary with a peer, at the end of its line. */
void print_remarks(FILE *f, const struct bully_group *g, const struct bully_peer *p);

#endif /* BULLYCTL_REMARKS_H */
