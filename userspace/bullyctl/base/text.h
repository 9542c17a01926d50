/* SPDX-License-Identifier: GPL-2.0-only */
/* Text for people: colour and clocks. */
#ifndef BULLYCTL_TEXT_H
#define BULLYCTL_TEXT_H

#include <stdio.h>
#include <time.h>

#include "base/ctl.h"

uint64_t clock_ns(clockid_t clock);
/* Returns CLOCK_BOOTTIME of the initial time namespace in ns, as in the kernel's messages. */
uint64_t kernel_ns(void);
/*
 * Writes a time of the wall clock, in ns since 1970, as local time to @buf: to the second, or to
 * the millisecond if @ms. Returns @buf.
 */
#define WALL_STRLEN 32
const char *format_wall(uint64_t ns, bool ms, char *buf);
/* Return the control sequences that begin and end the colour of a word; "" without colour. */
const char *colour_of(const struct ctl *ctl, const char *word);
const char *colour_end(const struct ctl *ctl);
/* Writes the leader's id, as in "3", or "none" to @buf. Returns @buf. */
const char *format_leader(const struct bully_group *g, char *buf, size_t len);

#endif /* BULLYCTL_TEXT_H */
