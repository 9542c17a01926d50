// SPDX-License-Identifier: GPL-2.0-only
/* The parts of the text format of OpenMetrics 1.0 that bullyctl needs. */
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "base/json.h"
#include "metrics/openmetrics.h"

void metric_family(FILE *f, const char *name, const char *type, const char *unit, const char *help)
{
	fprintf(f, "# TYPE %s %s\n", name, type);
	if (unit)
		fprintf(f, "# UNIT %s %s\n", name, unit);
	fprintf(f, "# HELP %s %s\n", name, help);
}

/* Prints a label's value. A name may contain any byte; invalid UTF-8 is replaced as in JSON. */
static void put_value(FILE *f, const char *value)
{
	char piece[TEXT_PIECE_LEN];

	while (*value) {
		value += text_piece(value, piece);
		if (*piece == '\n')
			fputs("\\n", f);
		else if (*piece == '\\' || *piece == '"')
			fprintf(f, "\\%c", *piece);
		else
			fputs(piece, f);
	}
}

static void put_sample(FILE *f, const char *name, const char *suffix, va_list labels)
{
	const char *label;
	char before = '{';

	fprintf(f, "%s%s", name, suffix);
	while ((label = va_arg(labels, const char *))) {
		fprintf(f, "%c%s=\"", before, label);
		put_value(f, va_arg(labels, const char *));
		putc('"', f);
		before = ',';
	}
	fputs(before == ',' ? "} " : " ", f);
}

void metric_number(FILE *f, const char *name, const char *suffix, uint64_t v, ...)
{
	va_list labels;

	va_start(labels, v);
	put_sample(f, name, suffix, labels);
	va_end(labels);
	fprintf(f, "%" PRIu64 "\n", v);
}

const char *format_seconds(uint64_t ns, char *buf)
{
	size_t len;

	snprintf(buf, SECONDS_STRLEN, "%" PRIu64 ".%09" PRIu64, ns / 1000000000, ns % 1000000000);
	for (len = strlen(buf); buf[len - 1] == '0' && buf[len - 2] != '.'; len--)
		;
	buf[len] = '\0';
	return buf;
}

void metric_seconds(FILE *f, const char *name, uint64_t ns, ...)
{
	char buf[SECONDS_STRLEN];
	va_list labels;

	va_start(labels, ns);
	put_sample(f, name, "", labels);
	va_end(labels);
	fprintf(f, "%s\n", format_seconds(ns, buf));
}

void metric_end(FILE *f)
{
	fputs("# EOF\n", f);
}
