// SPDX-License-Identifier: GPL-2.0-only
/* Text about leaders and peers that 'show' and 'top' have in common. */
#include <inttypes.h>
#include <stdio.h>

#include "base/text.h"
#include "values/values.h"
#include "view/remarks.h"

#define BUILT_US 1735689600000000u /* 2025-01-01: an earlier epoch is not from a set clock */

const char *format_since(const struct bully_group *g, char *buf, size_t len)
{
	uint64_t now_us = clock_ns(CLOCK_REALTIME) / 1000;
	time_t s = (time_t)(GROUP(g, EPOCH) / 1000000);
	char dur[DUR_STRLEN], at[32];
	struct tm tm;

	buf[0] = '\0';
	if (!GROUP_HAS(g, LEADER) || GROUP(g, EPOCH) < BUILT_US || GROUP(g, EPOCH) > now_us)
		return buf;
	strftime(at, sizeof(at), "%Y-%m-%d %H:%M:%S", localtime_r(&s, &tm));
	snprintf(buf, len, "  since %s (%s)", at,
		 format_dur_short((now_us - GROUP(g, EPOCH)) * 1000, dur));
	return buf;
}

void print_remarks(FILE *f, const struct bully_group *g, const struct bully_peer *p)
{
	char dur[DUR_STRLEN], addr[ADDR_STRLEN];

	if (GROUP_HAS(g, LEADER) && GROUP32(g, LEADER) == PEER32(p, ID))
		fprintf(f, "  leader");
	if (PEER(p, PRIORITY))
		fprintf(f, "  priority %u", PEER32(p, PRIORITY));
	if (PEER_HAS(p, POSITION_TERM))
		fprintf(f, "  position %" PRIu64 "/%" PRIu64, PEER(p, POSITION_TERM),
			PEER(p, POSITION_INDEX));
	if (PEER(p, VOTE) == BULLY_VOTE_GRANTED)
		fprintf(f, "  granted");
	else if (PEER(p, VOTE) != BULLY_VOTE_NONE)
		fprintf(f, "  refuses: %s", bully_vote_name(PEER(p, VOTE)));
	if (PEER_HAS(p, HOLDDOWN_REMAINING))
		fprintf(f, "  held down %s", format_dur_short(PEER(p, HOLDDOWN_REMAINING), dur));
	if (PEER(p, ADDRESS) == BULLY_ADDRESS_ELSEWHERE ||
	    PEER(p, ADDRESS) == BULLY_ADDRESS_OTHER_SOURCE)
		fprintf(f, "  %s %s",
			PEER(p, ADDRESS) == BULLY_ADDRESS_ELSEWHERE ? "SENDS FROM" : "sends from",
			format_addr(bully_peer_source(p), addr));
	else if (PEER(p, ADDRESS) == BULLY_ADDRESS_MISTAKEN)
		fprintf(f, "  HAS ANOTHER ADDRESS FOR THIS NODE");
	fprintf(f, "%s%s%s", PEER(p, DUPLICATE) ? "  DUPLICATE ID" : "",
		PEER(p, MISMATCH) ? "  OTHER SETTINGS" : "",
		PEER(p, VOTERS_DIFFER) ? "  OTHER VOTERS" : "");
}
