// SPDX-License-Identifier: GPL-2.0-only
/* Prints findings as text, or collects them for JSON. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "doctor/doctor.h"
#include "values/values.h"

static const char *const kinds[] = {
	[FINDING_OK] = "ok",
	[FINDING_WARNING] = "warning",
	[FINDING_FAIL] = "FAIL",
};

const char *finding_word(enum finding kind)
{
	return kind == FINDING_FAIL ? "fail" : kinds[kind];
}

static void keep(struct doctor *d, enum finding kind, const char *text, const char *help)
{
	struct json_object *o = json_object_new_object();

	json_put(o, "check", json_text(d->check));
	json_put(o, "group", d->group ? json_text(bully_group_name(d->group)) : NULL);
	json_put(o, "result", json_text(finding_word(kind)));
	json_put(o, "text", json_text(text));
	json_put(o, "help", *help ? json_text(help) : NULL);
	json_object_array_add(d->list, o);
}

static void print(const struct doctor *d, enum finding kind, const char *text, const char *help)
{
	const char *colour = kind == FINDING_OK ? "up" : kind == FINDING_FAIL ? "warning" : "init";

	printf("%s%-7s%s  ", colour_of(d->ctl, colour), kinds[kind], colour_end(d->ctl));
	if (d->group)
		printf("%s: ", bully_group_name(d->group));
	printf("%s: %s\n", d->check, text);
	if (*help)
		printf("         -> %s\n", help);
}

/* Copies @help with the prefix of commands for "%s" and the group's name for "NAME". */
static void fill_in(const struct doctor *d, const char *help, char *buf, size_t len)
{
	size_t at = 0;

	buf[0] = '\0';
	while (help && *help && at + 1 < len) {
		if (!strncmp(help, "%s", 2)) {
			at += (size_t)snprintf(buf + at, len - at, "%s", d->prefix);
			help += 2;
		} else if (!strncmp(help, "NAME", 4) && d->group) {
			at += (size_t)snprintf(buf + at, len - at, "%s",
					       bully_group_name(d->group));
			help += 4;
		} else {
			buf[at++] = *help++;
			buf[at] = '\0';
		}
	}
}

void doctor_find(struct doctor *d, enum finding kind, const char *help, const char *fmt, ...)
{
	char text[SENTENCE_LEN], command[SENTENCE_LEN];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	fill_in(d, help, command, sizeof(command));
	if (kind > d->worst)
		d->worst = kind;
	d->counts[kind]++;
	if (d->list)
		keep(d, kind, text, command);
	else
		print(d, kind, text, command);
}
