// SPDX-License-Identifier: GPL-2.0
/* Text for people: colour, clocks, order. */
#include <stdio.h>
#include <stdlib.h>
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
	if (BULLY_HAS(g, BULLY_A_GROUP_LEADER))
		snprintf(buf, len, "%u", g->leader);
	else
		snprintf(buf, len, "none");
	return buf;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct bully_group *)a)->name, ((const struct bully_group *)b)->name);
}

static int by_id(const void *a, const void *b)
{
	uint32_t x = ((const struct bully_peer *)a)->id;
	uint32_t y = ((const struct bully_peer *)b)->id;

	return (x > y) - (x < y);
}

void sort_groups(struct bully_group *groups, size_t len)
{
	size_t i;

	if (len)
		qsort(groups, len, sizeof(*groups), by_name);
	for (i = 0; i < len; i++)
		if (groups[i].peers_len)
			qsort(groups[i].peers, groups[i].peers_len, sizeof(*groups[i].peers),
			      by_id);
}
