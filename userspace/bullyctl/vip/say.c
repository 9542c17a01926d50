// SPDX-License-Identifier: GPL-2.0-only
/* Messages to users. None of them waits: the loop must go on. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "vip/vip.h"

#define LINE_LEN 512

/* Returns true if standard error is the journal, which has the time of each line. */
static bool is_journal(void)
{
	const char *stream = getenv("JOURNAL_STREAM");
	char name[64];
	struct stat st;

	if (!stream || fstat(STDERR_FILENO, &st))
		return false;
	snprintf(name, sizeof(name), "%llu:%llu", (unsigned long long)st.st_dev,
		 (unsigned long long)st.st_ino);
	return !strcmp(stream, name);
}

static void stamp(char *buf, size_t len)
{
	uint64_t us = clock_ns(CLOCK_REALTIME) / 1000;
	time_t s = (time_t)(us / 1000000);
	struct tm tm;
	char at[32];

	buf[0] = '\0';
	if (is_journal())
		return;
	strftime(at, sizeof(at), "%Y-%m-%dT%H:%M:%S", localtime_r(&s, &tm));
	snprintf(buf, len, "[%s.%06u] ", at, (unsigned int)(us % 1000000));
}

void vip_say(struct ctl *ctl, const char *group, const char *fmt, ...)
{
	char text[LINE_LEN], line[LINE_LEN + 128], at[48], *p;
	va_list ap;

	if (ctl->json || !has_room(STDERR_FILENO))
		return; /* in JSON mode, standard error has errors only */
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	for (p = text; *p; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			*p = '?';
	stamp(at, sizeof(at));
	snprintf(line, sizeof(line), "%sbullyctl: vip %s: %s\n", at, group, text);
	if (write(STDERR_FILENO, line, strlen(line)) < 0)
		return; /* the line is lost */
}
