// SPDX-License-Identifier: GPL-2.0-only
/* Finds hosts that share one configuration file: by this node's id, and by its addresses. */
#include <inttypes.h>
#include <stdio.h>

#include "doctor/doctor.h"
#include "host/own.h"
#include "values/values.h"

#define RECENT_NS 10000000000u

bool doctor_is_own(const struct bully_group *g, const struct bully_peer *p)
{
	return bully_peer_addr(p)->port == bully_group_local(g)->port &&
	       own_addr(bully_peer_addr(p), GROUP32(g, DEV));
}

static void another_host(struct doctor *d, const struct bully_group *g,
			 const struct bully_group_stats *s)
{
	uint64_t age =
		GROUP(g, TIME) > COUNT(s, OWN_ID_TIME) ? GROUP(g, TIME) - COUNT(s, OWN_ID_TIME) : 0;
	bool recent = age < RECENT_NS + 10 * GROUP(g, HEARTBEAT) * GROUP32(g, MISSES);
	char addr[ADDR_STRLEN], dur[DUR_STRLEN];

	doctor_find(d, recent ? FINDING_FAIL : FINDING_WARNING,
		    "give each host its own id: on the wrong host correct 'id' and the peers in "
		    "the file, then 'bullyctl setconf FILE'",
		    "another host, %s, sends with this node's id %u; last %s ago",
		    format_addr(bully_group_stats_own_id(s), addr), GROUP32(g, ID),
		    format_dur_short(age, dur));
}

void doctor_own_id(struct doctor *d, const struct bully_group *g, const struct bully_group_stats *s)
{
	size_t len;
	uint64_t drops = bully_group_stats_list(s, BULLY_A_STATS_DROPS, &len)[BULLY_DROP_OWN_ID];

	d->check = "own-id";
	if (COUNT(s, OWN_ID_TIME))
		another_host(d, g, s);
	else if (drops)
		doctor_find(d, FINDING_WARNING,
			    "check where the address of each peer leads: 'ip addr', and forwarded "
			    "ports or NAT in between",
			    "%" PRIu64 " of this node's own messages came back to it", drops);
	else
		doctor_find(d, FINDING_OK, NULL, "no other host sends with this node's id %u",
			    GROUP32(g, ID));
}
