/* SPDX-License-Identifier: GPL-2.0-only */
/* Writes OpenMetrics text: families, samples, labels. */
#ifndef BULLYCTL_OPENMETRICS_H
#define BULLYCTL_OPENMETRICS_H

#include <stdint.h>
#include <stdio.h>

/*
 * A family begins with its name, without "_total", its type and its help; the unit,
 * where there is one, is what the name ends in.
 */
void metric_family(FILE *f, const char *name, const char *type, const char *unit, const char *help);
/*
 * One sample. @suffix is "_total" of a counter, "_bucket" of a histogram, or "". Then
 * pairs of a label and its value, and NULL.
 */
void metric_number(FILE *f, const char *name, const char *suffix, uint64_t v, ...)
	__attribute__((sentinel));
/* Of nanoseconds; the sample is in seconds. */
void metric_seconds(FILE *f, const char *name, uint64_t ns, ...) __attribute__((sentinel));
/* Nanoseconds as seconds, all digits. */
#define SECONDS_STRLEN 32
const char *format_seconds(uint64_t ns, char *buf);
void metric_end(FILE *f);

#endif /* BULLYCTL_OPENMETRICS_H */
