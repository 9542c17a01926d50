// SPDX-License-Identifier: GPL-2.0-only
/* Tests the tool's parser and printer with tables of durations, addresses and guards. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "values/values.h"

static int failed;

static void dur(const char *text, int want, uint64_t ns, const char *back)
{
	char err[SENTENCE_LEN] = "", buf[DUR_STRLEN];
	uint64_t got = 0;
	int ret = parse_dur("word", text, 0, UINT64_MAX, &got, err);

	if (ret != want || (!ret && got != ns) || (ret && !strstr(err, "word: '"))) {
		printf("duration '%s': %d %" PRIu64 " %s\n", text, ret, got, err);
		failed++;
	}
	if (!ret && strcmp(format_dur(got, buf), back)) {
		printf("duration '%s' is printed as %s\n", text, buf);
		failed++;
	}
}

static void addr(const char *text, int want, const char *back)
{
	char err[SENTENCE_LEN] = "", buf[ADDR_STRLEN];
	struct bully_addr a;
	int ret = parse_addr("word", text, false, &a, err);

	if (ret != want || (ret && !strstr(err, "word: "))) {
		printf("address '%s': %d %s\n", text, ret, err);
		failed++;
	}
	if (!ret && strcmp(format_addr(&a, buf), back)) {
		printf("address '%s' is printed as %s\n", text, buf);
		failed++;
	}
}

static void durations(void)
{
	dur("500us", 0, 500000, "500us");
	dur("10ms", 0, 10000000, "10ms");
	dur("1.5s", 0, 1500000000, "1500ms");
	dur("0s", 0, 0, "0s");
	dur("0ns", 0, 0, "0s");
	dur("1ns", 0, 1, "1ns");
	dur("60s", 0, 60000000000, "60s");
	dur("1m", 0, 60000000000, "60s");
	dur("2m", 0, 120000000000, "2m");
	dur("1.5h", 0, 5400000000000, "90m");
	dur("24h", 0, 86400000000000, "24h");
	dur("0.000000001s", 0, 1, "1ns");
	dur("0.1us", 0, 100, "100ns");
	dur("00010ms", 0, 10000000, "10ms");
	dur("1.50000000000000000s", 0, 1500000000, "1500ms");
	dur("18446744073709551615ns", 0, UINT64_MAX, "18446744073709551615ns");
	dur("18446744073709551616ns", -1, 0, NULL);
	dur("5124095.6h", -1, 0, NULL);
	dur("99999999999999999999999999999999999999999s", -1, 0, NULL);
	dur("0.0000000001s", -1, 0, NULL);
	dur("0.5ns", -1, 0, NULL);
	dur("", -1, 0, NULL);
	dur("s", -1, 0, NULL);
	dur("1", -1, 0, NULL);
	dur("100", -1, 0, NULL);
	dur("1.s", -1, 0, NULL);
	dur(".5s", -1, 0, NULL);
	dur("1.2.3s", -1, 0, NULL);
	dur("-1s", -1, 0, NULL);
	dur("+1s", -1, 0, NULL);
	dur(" 1s", -1, 0, NULL);
	dur("1 s", -1, 0, NULL);
	dur("1s ", -1, 0, NULL);
	dur("1S", -1, 0, NULL);
	dur("1d", -1, 0, NULL);
	dur("1e3ms", -1, 0, NULL);
	dur("0x10ms", -1, 0, NULL);
	dur("1mss", -1, 0, NULL);
	dur("inf", -1, 0, NULL);
}

static void addresses(void)
{
	addr("10.0.0.1", 0, "10.0.0.1:28559");
	addr("10.0.0.1:28560", 0, "10.0.0.1:28560");
	addr("10.0.0.1:65535", 0, "10.0.0.1:65535");
	addr("2001:db8::1", 0, "[2001:db8::1]:28559");
	addr("[2001:db8::1]", 0, "[2001:db8::1]:28559");
	addr("[2001:db8::1]:1", 0, "[2001:db8::1]:1");
	addr("fe80::1%lo", 0, "[fe80::1%lo]:28559");
	addr("[fe80::1%lo]:28559", 0, "[fe80::1%lo]:28559");
	addr("fe80::1%nosuchdev0", 0, "[fe80::1%nosuchdev0]:28559");
	addr("::1", 0, "[::1]:28559");
	addr("127.0.0.1", 0, "127.0.0.1:28559");
	addr("255.255.255.254", 0, "255.255.255.254:28559");
	addr("::10.0.0.1", 0, "[::10.0.0.1]:28559");
	addr("0.0.0.0", -1, NULL);
	addr("0.0.0.0:28559", -1, NULL);
	addr("0.255.0.1", -1, NULL);
	addr("224.0.0.1", -1, NULL);
	addr("239.255.255.255", -1, NULL);
	addr("255.255.255.255", -1, NULL);
	addr("::", -1, NULL);
	addr("[::]:28559", -1, NULL);
	addr("ff02::1%lo", -1, NULL);
	addr("ff02::1", -1, NULL);
	addr("::ffff:10.0.0.1", -1, NULL);
	addr("[::ffff:10.0.0.1]:28559", -1, NULL);
	addr("10.0.0.1:0", -1, NULL);
	addr("10.0.0.1:65536", -1, NULL);
	addr("10.0.0.1:", -1, NULL);
	addr("10.0.0.1:7400x", -1, NULL);
	addr("10.0.0.1:+1", -1, NULL);
	addr("10.0.0.256", -1, NULL);
	addr("10.0.0", -1, NULL);
	addr("10.0.0.01", -1, NULL);
	addr("1", -1, NULL);
	addr("", -1, NULL);
	addr("localhost", -1, NULL);
	addr("*", -1, NULL);
	addr("[2001:db8::1", -1, NULL);
	addr("[2001:db8::1]28559", -1, NULL);
	addr("[10.0.0.1]:28559", -1, NULL);
	addr("2001:db8::1%lo", -1, NULL);
	addr("fe80::1", -1, NULL);
	addr("fe80::1%", -1, NULL);
	addr("fe80::1%none", -1, NULL);
	addr("fe80::1%no/such", -1, NULL);
	addr("fe80::1%sixteen-letters-", -1, NULL);
	addr("[fe80::1]:28559", -1, NULL);
	addr("10.0.0.1%lo", -1, NULL);
	addr("2001:db8:::1", -1, NULL);
	addr("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	     "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
	     -1, NULL);
}

static void guard(const char *text, int want, const char *back)
{
	char err[SENTENCE_LEN] = "", buf[GUARD_STRLEN];
	struct bully_group *g = bully_group_new("g");
	int ret = parse_guard("word", text, g, err);

	if (ret != want || (ret && !strstr(err, "word: '"))) {
		printf("guard '%s': %d %s\n", text, ret, err);
		failed++;
	}
	if (!ret && strcmp(format_guards(g, buf), back)) {
		printf("guard '%s' is printed as %s\n", text, buf);
		failed++;
	}
	bully_group_free(g);
}

static void guards(void)
{
	guard("none", 0, "");
	guard("10.0.0.100", 0, "10.0.0.100");
	guard("10.0.0.100,fd00::100", 0, "10.0.0.100, fd00::100");
	guard(" 10.0.0.100 ,\tfd00:0:0::100 ", 0, "10.0.0.100, fd00::100");
	guard("fe80::1", 0, "fe80::1");
	guard("1.0.0.1,1.0.0.2,1.0.0.3,1.0.0.4,1.0.0.5,1.0.0.6,1.0.0.7,1.0.0.8", 0,
	      "1.0.0.1, 1.0.0.2, 1.0.0.3, 1.0.0.4, 1.0.0.5, 1.0.0.6, 1.0.0.7, 1.0.0.8");
	guard("1.0.0.1,1.0.0.2,1.0.0.3,1.0.0.4,1.0.0.5,1.0.0.6,1.0.0.7,1.0.0.8,1.0.0.9", -1, NULL);
	guard("", -1, NULL);
	guard(",", -1, NULL);
	guard("10.0.0.1,", -1, NULL);
	guard("10.0.0.1,,10.0.0.2", -1, NULL);
	guard("10.0.0.1 10.0.0.2", -1, NULL);
	guard("10.0.0.1,none", -1, NULL);
	guard("None", -1, NULL);
	guard("10.0.0.1/32", -1, NULL);
	guard("10.0.0.1:80", -1, NULL);
	guard("[fd00::1]", -1, NULL);
	guard("fe80::1%eth0", -1, NULL);
	guard("fd00::1,fd00:0::1", -1, NULL);
	guard("127.0.0.1", -1, NULL);
	guard("::1", -1, NULL);
	guard("::", -1, NULL);
	guard("0.0.0.0", -1, NULL);
	guard("255.255.255.255", -1, NULL);
	guard("224.0.0.18", -1, NULL);
	guard("ff02::1", -1, NULL);
	guard("::ffff:10.0.0.1", -1, NULL);
	guard("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
	      -1, NULL);
}

int main(void)
{
	durations();
	addresses();
	guards();
	return failed != 0;
}
