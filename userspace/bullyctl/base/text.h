/* SPDX-License-Identifier: GPL-2.0-only */
/* Text for people: colour and clocks. */
#ifndef BULLYCTL_TEXT_H
#define BULLYCTL_TEXT_H

#include <stdio.h>
#include <time.h>

#include "base/ctl.h"

uint64_t clock_ns(clockid_t clock);
/* The clock of the kernel's events and answers: CLOCK_BOOTTIME of the initial time namespace. */
uint64_t kernel_ns(void);
/* Colour for a state's word, and its end; empty strings without colour. */
const char *colour_of(const struct ctl *ctl, const char *word);
const char *colour_end(const struct ctl *ctl);
/* "3", or "none" */
const char *format_leader(const struct bully_group *g, char *buf, size_t len);

#endif /* BULLYCTL_TEXT_H */
