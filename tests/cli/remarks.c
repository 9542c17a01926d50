// SPDX-License-Identifier: GPL-2.0-only
/* Tests what show and top print about a leadership and about a peer. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "object.h"
#include "view/remarks.h"

#define SECOND_US 1000000u

static int failed;

static void is(const char *what, const char *got, const char *wanted)
{
	if (strcmp(got, wanted)) {
		printf("%s: '%s', not '%s'\n", what, got, wanted);
		failed++;
	}
}

static void since(void)
{
	struct bully_group g = {.set = BULLY_BIT(BULLY_A_GROUP_LEADER), .num = {[BULLY_A_GROUP_LEADER] = 2}};
	uint64_t now_us = clock_ns(CLOCK_REALTIME) / 1000;
	char buf[SINCE_STRLEN], *age;

	g.num[BULLY_A_GROUP_EPOCH] = now_us - 7200ULL * SECOND_US;
	format_since(&g, buf, sizeof(buf));
	age = strchr(buf, '(');
	is("it began by a clock", age ? age : "", "(2.0h)");
	if (strncmp(buf, "  since 20", 10) ||
	    strlen(buf) != strlen("  since 2026-01-01 10:00:00 (2.0h)"))
		is("its date", buf, "  since 2026-01-01 10:00:00 (2.0h)");
	g.num[BULLY_A_GROUP_EPOCH] = now_us + 3600ULL * SECOND_US;
	is("a clock that is ahead", format_since(&g, buf, sizeof(buf)), "");
	g.num[BULLY_A_GROUP_EPOCH] = 17;
	is("no clock has made it", format_since(&g, buf, sizeof(buf)), "");
	g.num[BULLY_A_GROUP_EPOCH] = now_us - SECOND_US;
	g.set = 0;
	is("nobody leads", format_since(&g, buf, sizeof(buf)), "");
}

static void remark(const struct bully_peer *p, const char *wanted)
{
	const struct bully_group g = {.set = BULLY_BIT(BULLY_A_GROUP_LEADER), .num = {[BULLY_A_GROUP_LEADER] = 2}};
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	print_remarks(f, &g, p);
	fclose(f);
	is("a remark", text, wanted);
	free(text);
}

int main(void)
{
	struct bully_peer leader = {.num = {[BULLY_A_PEER_ID] = 2}};
	struct bully_peer plain = {.num = {[BULLY_A_PEER_ID] = 3}};
	struct bully_peer bad = {.num = {[BULLY_A_PEER_ID] = 2,
					 [BULLY_A_PEER_DUPLICATE] = 1,
					 [BULLY_A_PEER_MISMATCH] = 1,
					 [BULLY_A_PEER_VOTERS_DIFFER] = 1}};
	struct bully_peer ahead = {.num = {[BULLY_A_PEER_ID] = 3, [BULLY_A_PEER_VOTE] = BULLY_VOTE_AHEAD}};
	struct bully_peer hears = {.num = {[BULLY_A_PEER_ID] = 3, [BULLY_A_PEER_VOTE] = BULLY_VOTE_HEARS}};
	struct bully_peer full = {.num = {[BULLY_A_PEER_ID] = 3, [BULLY_A_PEER_VOTE] = BULLY_VOTE_FULL}};

	struct bully_peer placed = {.set = BULLY_BIT(BULLY_A_PEER_POSITION_TERM) |
					   BULLY_BIT(BULLY_A_PEER_POSITION_INDEX),
				    .num = {[BULLY_A_PEER_ID] = 3,
					    [BULLY_A_PEER_PRIORITY] = 20,
					    [BULLY_A_PEER_POSITION_INDEX] = UINT64_MAX}};

	since();
	remark(&plain, "");
	remark(&placed, "  priority 20  position 0/18446744073709551615");
	remark(&leader, "  leader");
	remark(&ahead, "  refuses: ahead");
	remark(&hears, "  refuses: hears");
	remark(&full, "  refuses: full");
	remark(&bad, "  leader  DUPLICATE ID  OTHER SETTINGS  OTHER VOTERS");
	return failed != 0;
}
