/* SPDX-License-Identifier: GPL-2.0-only */
/* Writes OpenMetrics text: families, samples, labels. */
#ifndef BULLYCTL_OPENMETRICS_H
#define BULLYCTL_OPENMETRICS_H

#include <stdint.h>
#include <stdio.h>

/*
 * Begins a family. @name has no suffix "_total". @unit is the end of @name, or NULL.
 */
void metric_family(FILE *f, const char *name, const char *type, const char *unit, const char *help);
/*
 * Prints one sample. @suffix is "_total" for a counter, "_bucket" for a histogram, or "". Pairs of
 * label and value follow, and NULL.
 */
void metric_number(FILE *f, const char *name, const char *suffix, uint64_t v, ...)
	__attribute__((sentinel));
/* As metric_number(), for @ns nanoseconds; the sample is in seconds. */
void metric_seconds(FILE *f, const char *name, uint64_t ns, ...) __attribute__((sentinel));
/* Writes nanoseconds as seconds, without rounding, to @buf. Returns @buf. */
#define SECONDS_STRLEN 32
const char *format_seconds(uint64_t ns, char *buf);
/* Ends the text. */
void metric_end(FILE *f);

#endif /* BULLYCTL_OPENMETRICS_H */
