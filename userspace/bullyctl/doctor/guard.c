// SPDX-License-Identifier: GPL-2.0-only
/* Checks that guarded addresses are on the leader, and nowhere else. */
#include <stdio.h>

#include "doctor/doctor.h"
#include "host/own.h"
#include "values/values.h"

/* Reports an address that is in the wrong place. Returns true if it is. */
static bool misplaced(struct doctor *d, const struct bully_addr *a, bool leads)
{
	char addr[ADDR_STRLEN], help[SENTENCE_LEN];
	bool here = own_addr(a, 0);

	format_guard(a, addr);
	snprintf(help, sizeof(help),
		 "ip addr del %s dev IFACE, and find out why the program that added it did not "
		 "remove it",
		 addr);
	if (here && !leads)
		doctor_find(d, FINDING_WARNING, help,
			    "%s is on this host, and this node does not lead: it is silenced, and "
			    "programs of this host cannot reach the leader by it",
			    addr);
	else if (!here && leads)
		doctor_find(d, FINDING_WARNING,
			    "start the program that adds the address on the leader",
			    "this node leads, and %s is not on this host: no host answers for it",
			    addr);
	return here != leads;
}

void doctor_guard(struct doctor *d, const struct bully_group *g)
{
	bool leads = GROUP(g, STATE) == BULLY_STATE_LEADER, any = false;
	const struct bully_addr *guard;
	size_t i, len = bully_group_guard(g, &guard);

	d->check = "guard";
	for (i = 0; i < len; i++)
		any |= misplaced(d, &guard[i], leads);
	if (len && !any)
		doctor_find(d, FINDING_OK, NULL, "each guarded address is %s this host",
			    leads ? "on" : "away from");
}
