// SPDX-License-Identifier: GPL-2.0-only
/* Parses and formats the list of guarded addresses. */
#include <arpa/inet.h>
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "values/values.h"

#define WRITE "write ADDR or ADDR,ADDR, without ports and interfaces, or 'none'"

static bool is_loopback(const struct bully_addr *a)
{
	static const uint8_t one[16] = {[15] = 1};

	return a->family == 4 ? a->bytes[0] == 127 : !memcmp(a->bytes, one, sizeof(one));
}

bool guard_has(const struct bully_group *g, const struct bully_addr *a)
{
	const struct bully_addr *guard;
	size_t i, len = bully_group_guard(g, &guard);

	for (i = 0; i < len; i++)
		if (a->family == guard[i].family &&
		    !memcmp(a->bytes, guard[i].bytes, sizeof(a->bytes)))
			return true;
	return false;
}

static int add(const char *what, const char *s, struct bully_group *g, char *err)
{
	struct bully_addr addr = {0};

	if (inet_pton(AF_INET, s, addr.bytes) == 1)
		addr.family = 4;
	else if (inet_pton(AF_INET6, s, addr.bytes) == 1)
		addr.family = 6;
	if (!addr.family) {
		snprintf(err, SENTENCE_LEN, "%s: '%.64s' is not an address; " WRITE, what, s);
		return -1;
	}
	if (check_addr(what, s, false, &addr, err))
		return -1;
	if (is_loopback(&addr))
		snprintf(err, SENTENCE_LEN,
			 "%s: '%.64s' is a loopback address, which each host has for itself; "
			 "write an address that clients use",
			 what, s);
	else if (guard_has(g, &addr))
		snprintf(err, SENTENCE_LEN, "%s: '%.64s' is given twice; write it once", what, s);
	else if (bully_group_add_guard(g, &addr))
		snprintf(err, SENTENCE_LEN,
			 "%s: '%.64s' is more than the %d addresses that a group guards; leave it "
			 "out, or guard it in another group",
			 what, s, BULLY_GUARD_MAX);
	else
		return 0;
	return -1;
}

int parse_guard(const char *what, const char *s, struct bully_group *g, char *err)
{
	char one[ADDR_STRLEN];
	const char *end;
	size_t len;

	bully_group_clear_guard(g);
	if (!strcmp(s, "none"))
		return 0;
	for (;; s = end + 1) {
		while (isspace((unsigned char)*s))
			s++;
		end = s + strcspn(s, ",");
		for (len = (size_t)(end - s); len && isspace((unsigned char)s[len - 1]);)
			len--;
		snprintf(one, sizeof(one), "%.*s", (int)(len < 95 ? len : 95), s);
		if (add(what, one, g, err))
			return -1;
		if (!*end)
			return 0;
	}
}

const char *format_guard(const struct bully_addr *a, char *buf)
{
	inet_ntop(a->family == 4 ? AF_INET : AF_INET6, a->bytes, buf, ADDR_STRLEN);
	return buf;
}

const char *format_guards(const struct bully_group *g, char *buf)
{
	const struct bully_addr *guard;
	size_t i, len = bully_group_guard(g, &guard);
	char one[ADDR_STRLEN];
	int at = 0;

	buf[0] = '\0';
	for (i = 0; i < len; i++)
		at += snprintf(buf + at, GUARD_STRLEN - (size_t)at, "%s%s", i ? ", " : "",
			       format_guard(&guard[i], one));
	return buf;
}
