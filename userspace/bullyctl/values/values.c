// SPDX-License-Identifier: GPL-2.0-only
/* Parses and formats durations, numbers and names. */
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "values/values.h"

static const struct {
	const char *word;
	uint64_t ns;
} units[] = {
	{"h", 3600000000000u}, {"m", 60000000000u}, {"s", 1000000000u},
	{"ms", 1000000u},      {"us", 1000u},	    {"ns", 1u},
};

static int refuse_dur(const char *what, const char *s, const char *why, char *err)
{
	snprintf(err, SENTENCE_LEN,
		 "%s: '%.64s' %s; write a number and a unit (ns us ms s m h), as in 500us, 10ms or "
		 "1.5s",
		 what, s, why);
	return -1;
}

static int out_of_range(const char *what, const char *s, const char *min, const char *max,
			char *err)
{
	snprintf(err, SENTENCE_LEN, "%s: '%.64s' is out of range; it may be %s to %s", what, s, min,
		 max);
	return -1;
}

/*
 * Multiplies a decimal number by the unit. Returns 0, -1 if the result is too large, or -2 if it
 * is not a whole number of ns.
 */
static int scale(const char *s, size_t len, uint64_t unit, uint64_t *ns)
{
	unsigned __int128 v = 0, div = 1;
	bool point = false;
	size_t i;

	for (i = 0; i < len; i++) {
		if (s[i] == '.') {
			point = true;
			continue;
		}
		if (v > (unsigned __int128)UINT64_MAX * 1000000000u || div > 1000000000000000000u)
			return -1;
		v = v * 10 + (unsigned int)(s[i] - '0');
		if (point)
			div *= 10;
	}
	if (v > (unsigned __int128)-1 / unit)
		return -1;
	v *= unit;
	if (v % div)
		return -2;
	if (v / div > UINT64_MAX)
		return -1;
	*ns = (uint64_t)(v / div);
	return 0;
}

int parse_dur(const char *what, const char *s, uint64_t min_ns, uint64_t max_ns, uint64_t *ns,
	      char *err)
{
	size_t whole = strspn(s, "0123456789"), len = whole, frac, i;
	uint64_t unit = 0, v = 0;
	char lo[DUR_STRLEN], hi[DUR_STRLEN];
	int ret;

	if (s[0] == '-' && isdigit((unsigned char)s[1]))
		return out_of_range(what, s, format_dur(min_ns, lo), format_dur(max_ns, hi), err);
	if (!whole)
		return refuse_dur(what, s, "is not a duration", err);
	if (s[len] == '.') {
		frac = strspn(s + len + 1, "0123456789");
		if (!frac)
			return refuse_dur(what, s, "is not a duration", err);
		len += 1 + frac;
	}
	if (!s[len])
		return refuse_dur(what, s, "has no unit", err);
	for (i = 0; i < ARRAY_SIZE(units); i++)
		if (!strcmp(s + len, units[i].word))
			unit = units[i].ns;
	if (!unit)
		return refuse_dur(what, s, "has an unknown unit", err);
	ret = scale(s, len, unit, &v);
	if (ret == -2)
		return refuse_dur(what, s, "is not a whole number of nanoseconds", err);
	if (ret || v < min_ns || v > max_ns)
		return out_of_range(what, s, format_dur(min_ns, lo), format_dur(max_ns, hi), err);
	*ns = v;
	return 0;
}

const char *format_dur(uint64_t ns, char *buf)
{
	size_t i;

	if (!ns)
		return strcpy(buf, "0s");
	/* Uses the largest unit that needs no rounding; minutes and hours only from 120 s. */
	for (i = ns < 120000000000u ? 2 : 0; ns % units[i].ns; i++)
		;
	snprintf(buf, DUR_STRLEN, "%" PRIu64 "%s", ns / units[i].ns, units[i].word);
	return buf;
}

const char *format_dur_short(uint64_t ns, char *buf)
{
	if (ns < 1000)
		snprintf(buf, DUR_STRLEN, "%" PRIu64 "ns", ns);
	else if (ns < 1000000)
		snprintf(buf, DUR_STRLEN, "%.1fus", (double)ns / 1e3);
	else if (ns < 1000000000)
		snprintf(buf, DUR_STRLEN, "%.1fms", (double)ns / 1e6);
	else if (ns < 120000000000)
		snprintf(buf, DUR_STRLEN, "%.1fs", (double)ns / 1e9);
	else if (ns < 7200000000000)
		snprintf(buf, DUR_STRLEN, "%.1fm", (double)ns / 6e10);
	else
		snprintf(buf, DUR_STRLEN, "%.1fh", (double)ns / 3.6e12);
	return buf;
}

int parse_u32(const char *what, const char *s, uint32_t min, uint32_t max, uint32_t *v, char *err)
{
	char lo[16], hi[16];
	bool negative = s[0] == '-' && isdigit((unsigned char)s[1]);
	uint64_t n = 0;
	const char *p;

	s += negative;
	for (p = s; isdigit((unsigned char)*p) && n <= UINT32_MAX; p++)
		n = n * 10 + (unsigned int)(*p - '0');
	snprintf(lo, sizeof(lo), "%u", min);
	snprintf(hi, sizeof(hi), "%u", max);
	if (p == s || (*p && !isdigit((unsigned char)*p))) {
		snprintf(err, SENTENCE_LEN, "%s: '%.64s' is not a number; it may be %s to %s", what,
			 s - negative, lo, hi);
		return -1;
	}
	if (negative || n < min || n > max)
		return out_of_range(what, s - negative, lo, hi, err);
	*v = (uint32_t)n;
	return 0;
}

int parse_bool(const char *what, const char *s, bool *v, char *err)
{
	*v = !strcmp(s, "on");
	if (*v || !strcmp(s, "off"))
		return 0;
	snprintf(err, SENTENCE_LEN, "%s: '%.64s' is neither 'on' nor 'off'", what, s);
	return -1;
}

int parse_word(const char *what, const char *s, size_t max, char *err)
{
	const char *why = NULL;
	const unsigned char *p;

	if (!*s)
		why = "is empty";
	else if (strlen(s) > max)
		why = "is too long";
	else if (!strcmp(s, ".") || !strcmp(s, ".."))
		why = "is reserved";
	for (p = (const unsigned char *)s; *p && !why; p++) {
		if (*p == '/')
			why = "contains a slash";
		else if (*p <= ' ' || *p == 0x7f)
			why = "contains white space or a control character";
	}
	if (!why)
		return 0;
	snprintf(err, SENTENCE_LEN,
		 "%s '%.64s' %s; it may be 1 to %zu bytes without '/' or white space", what, s, why,
		 max);
	return -1;
}

int parse_name(const char *s, char *err)
{
	return parse_word("group name", s, BULLY_GROUP_NAME_MAX, err);
}

int parse_dev(const char *what, const char *s, char *name, char *err)
{
	const char *why = NULL;
	const unsigned char *p;

	if (!strcmp(s, "none")) {
		name[0] = '\0';
		return 0;
	}
	if (!*s)
		why = "is empty";
	else if (strlen(s) > BULLY_DEV_NAME_MAX)
		why = "is too long";
	else if (!strcmp(s, ".") || !strcmp(s, ".."))
		why = "is reserved";
	for (p = (const unsigned char *)s; *p && !why; p++)
		if (*p == '/' || *p == ':' || isspace(*p))
			why = "contains a slash, a colon or white space";
	if (!why) {
		strcpy(name, s);
		return 0;
	}
	snprintf(err, SENTENCE_LEN, "%s: '%.64s' %s; the name of an interface has 1 to %d bytes",
		 what, s, why, BULLY_DEV_NAME_MAX);
	return -1;
}
