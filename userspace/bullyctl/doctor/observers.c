// SPDX-License-Identifier: GPL-2.0-only
/* Checks unlisted observers: the places for them on this node, or whom this one asks. */
#include <stdio.h>

#include "doctor/doctor.h"
#include "values/values.h"

void doctor_places(struct doctor *d, const struct bully_group *g)
{
	unsigned int now = GROUP32(g, OBSERVERS_NOW), places = GROUP32(g, OBSERVERS);

	if (!places)
		return;
	d->check = "observers";
	if (now >= places)
		doctor_find(d, FINDING_WARNING,
			    "%s group set NAME observers N, with a greater N, here or on another "
			    "voter; no election follows",
			    "all %u places for unlisted observers are taken: further ones must "
			    "find a place at other voters",
			    places);
	else
		doctor_find(d, FINDING_OK, NULL, "%u of %u places for unlisted observers are taken",
			    now, places);
}

static bool any_up(const struct bully_group *g)
{
	size_t i;

	for (i = 0; i < bully_group_peers(g); i++)
		if (PEER(bully_group_peer(g, i), STATE) == BULLY_PEER_STATE_UP)
			return true;
	return false;
}

static const struct bully_peer *asked(const struct bully_group *g)
{
	size_t i;

	for (i = 0; i < bully_group_peers(g) && GROUP_HAS(g, ASKED); i++)
		if (PEER32(bully_group_peer(g, i), ID) == GROUP32(g, ASKED))
			return bully_group_peer(g, i);
	return NULL;
}

/* Reports the leader, or why none is known. */
static void leader(struct doctor *d, const struct bully_group *g)
{
	if (GROUP_HAS(g, LEADER))
		doctor_find(d, FINDING_OK, NULL, "%u leads, and this node is an unlisted observer",
			    GROUP32(g, LEADER));
	else if (any_up(g))
		doctor_find(d, FINDING_FAIL,
			    "%s doctor NAME, on a voter; if a leader is known there, it must be a "
			    "peer here",
			    "no leader is known: no voter that answers names one");
	else if (bully_group_peers(g))
		doctor_find(d, FINDING_FAIL,
			    "%s group set NAME observers N, on the voters: with 'observers 0' a "
			    "voter drops the questions (in its stats: dropped peer); then look for "
			    "a firewall in between: nft list ruleset; tcpdump -ni any udp",
			    "no leader is known, because no voter answers this unlisted observer");
}

void doctor_unanswered(struct doctor *d, const struct bully_peer *p, const char *addr)
{
	if (PEER(p, STATE) == BULLY_PEER_STATE_DOWN)
		doctor_find(d, FINDING_WARNING,
			    "%s show NAME, on that host: it answers only with 'observers' above 0; "
			    "then look for a firewall in between",
			    "%u (%s) did not answer when it was asked", PEER32(p, ID), addr);
}

void doctor_voter(struct doctor *d, const struct bully_peer *p)
{
	if (PEER(p, ROLE) == BULLY_ROLE_OBSERVER)
		doctor_find(d, FINDING_WARNING, "%s peer del NAME id ID",
			    "%u has the role observer: the peers of an unlisted observer are the "
			    "voters",
			    PEER32(p, ID));
	if (PEER(p, VOTE) == BULLY_VOTE_FULL)
		doctor_find(d, FINDING_WARNING,
			    "%s group set NAME observers N, on that host, with a greater N",
			    "%u has no place for this node, which asks another voter",
			    PEER32(p, ID));
	if (PEER(p, VOTERS_DIFFER))
		doctor_find(d, FINDING_WARNING,
			    "%s showconf NAME, on both; a leader that is no peer here is not "
			    "believed, the rest has no effect",
			    "%u has another set of voters than this node has peers",
			    PEER32(p, ID));
}

void doctor_asks(struct doctor *d, const struct bully_group *g)
{
	const struct bully_peer *p = asked(g);
	char addr[ADDR_STRLEN];

	d->check = "leader";
	leader(d, g);
	d->check = "asks";
	if (p && PEER(p, STATE) != BULLY_PEER_STATE_DOWN)
		doctor_find(d, FINDING_OK, NULL, "asks voter %u (%s) who leads", PEER32(p, ID),
			    format_addr(bully_peer_addr(p), addr));
}
