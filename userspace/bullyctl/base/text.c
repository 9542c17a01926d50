// SPDX-License-Identifier: GPL-2.0-only
/* Text for people: colour and clocks. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "timens.h"

uint64_t clock_ns(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

uint64_t kernel_ns(void)
{
	return bully_kernel_now();
}

const char *format_wall(uint64_t ns, bool ms, char *buf)
{
	time_t s = (time_t)(ns / 1000000000u);
	struct tm tm;
	size_t len;

	len = strftime(buf, WALL_STRLEN, "%Y-%m-%d %H:%M:%S", localtime_r(&s, &tm));
	if (ms)
		snprintf(buf + len, WALL_STRLEN - len, ".%03u",
			 (unsigned int)(ns / 1000000 % 1000));
	return buf;
}

const char *colour_of(const struct ctl *ctl, const char *word)
{
	static const struct {
		const char *word, *colour;
	} colours[] = {
		{"leader", "\033[1;32m"},   {"follower", "\033[32m"},  {"up", "\033[32m"},
		{"down", "\033[31m"},	    {"election", "\033[33m"},  {"waiting", "\033[33m"},
		{"init", "\033[33m"},	    {"no-peers", "\033[33m"},  {"no-address", "\033[31m"},
		{"no-carrier", "\033[31m"}, {"no-device", "\033[31m"}, {"warning", "\033[1;31m"},
	};
	size_t i;

	for (i = 0; ctl->colour && i < ARRAY_SIZE(colours); i++)
		if (!strcmp(colours[i].word, word))
			return colours[i].colour;
	return "";
}

const char *colour_end(const struct ctl *ctl)
{
	return ctl->colour ? "\033[0m" : "";
}

const char *format_leader(const struct bully_group *g, char *buf, size_t len)
{
	if (GROUP_HAS(g, LEADER))
		snprintf(buf, len, "%u", GROUP32(g, LEADER));
	else
		snprintf(buf, len, "none");
	return buf;
}
