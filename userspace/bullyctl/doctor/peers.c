// SPDX-License-Identifier: GPL-2.0-only
/* Checks the peers of a group, and its counters. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "doctor/doctor.h"
#include "values/values.h"

/* Returns true if a wrong address keeps the two nodes apart. */
static bool address(struct doctor *d, const struct bully_peer *p, const char *addr)
{
	char source[ADDR_STRLEN];

	format_addr(bully_peer_source(p), source);
	switch (PEER(p, ADDRESS)) {
	case BULLY_ADDRESS_ELSEWHERE:
		doctor_find(d, FINDING_FAIL,
			    "%s peer set NAME id ID addr ADDR, if that is its address now; "
			    "otherwise correct its 'local', or the network in between",
			    "%u does not answer at %s: it sends from %s", PEER32(p, ID), addr,
			    source);
		return true;
	case BULLY_ADDRESS_MISTAKEN:
		doctor_find(d, FINDING_FAIL,
			    "%s peer set NAME id ID addr ADDR, on that host, with the id and the "
			    "address of this one",
			    "%u (%s) has a wrong address for this node, and does not reach it",
			    PEER32(p, ID), addr);
		return true;
	case BULLY_ADDRESS_OTHER_SOURCE:
		doctor_find(d, FINDING_OK, NULL,
			    "%u answers at %s, and sends from %s (NAT, or several addresses)",
			    PEER32(p, ID), addr, source);
		return false;
	default:
		return false;
	}
}

/* No message ever came: the peer lacks the group or has another id, or a firewall blocks it. */
static void silent(struct doctor *d, const struct bully_peer *p, const char *addr)
{
	char help[SENTENCE_LEN];

	snprintf(
		help, sizeof(help),
		"%%s show NAME, on that host: its id must be %u, and this host must be one of its "
		"peers; then look for a firewall in between: nft list ruleset; tcpdump -ni any udp",
		PEER32(p, ID));
	doctor_find(d, FINDING_FAIL, help, "%u (%s) is %s: nothing was ever received from it",
		    PEER32(p, ID), addr, bully_peer_state_name(PEER(p, STATE)));
}

/* Checks if the peer's messages arrive; dropped messages count. */
static void reach(struct doctor *d, const struct bully_group *g, const struct bully_peer *p,
		  const struct bully_peer_stats *s)
{
	uint64_t silence =
		GROUP(g, TIME) > PEER(p, LAST_SEEN) ? GROUP(g, TIME) - PEER(p, LAST_SEEN) : 0;
	bool heard = PEER_HAS(p, LAST_SEEN);
	char addr[ADDR_STRLEN], dur[DUR_STRLEN];

	format_addr(bully_peer_addr(p), addr);
	if (address(d, p, addr))
		return;
	if (bully_peer_addr(p)->scope_name[0] && !bully_peer_addr(p)->scope)
		doctor_find(d, FINDING_FAIL, "ip link",
			    "%u (%s) cannot be reached: interface %s does not exist", PEER32(p, ID),
			    addr, bully_peer_addr(p)->scope_name);
	else if (PEER(p, STATE) == BULLY_PEER_STATE_UP && PEER_HAS(p, RTT))
		doctor_find(d, FINDING_OK, NULL, "%u (%s) is up, %s away", PEER32(p, ID), addr,
			    format_dur_short(PEER(p, RTT), dur));
	else if (PEER(p, STATE) == BULLY_PEER_STATE_UP)
		doctor_find(d, FINDING_OK, NULL, "%u (%s) is up", PEER32(p, ID), addr);
	else if (doctor_is_own(g, p))
		doctor_find(d, FINDING_FAIL,
			    "each host needs its own file, with its own id and the addresses of "
			    "the others: correct it, then '%s setconf FILE'",
			    "the address of peer %u, %s, is this host's own", PEER32(p, ID), addr);
	else if (GROUP(g, UNLISTED))
		doctor_unanswered(d, p, addr);
	else if (heard)
		doctor_find(d, FINDING_WARNING, "%s show, on that host",
			    "%u (%s) is %s; its last message came %s ago", PEER32(p, ID), addr,
			    bully_peer_state_name(PEER(p, STATE)), format_dur_short(silence, dur));
	else if (s && sum_of_peer(s, BULLY_A_PEER_STATS_DROPS))
		doctor_find(d, FINDING_FAIL, "%s stats",
			    "%u (%s) sends messages, and all of them are dropped", PEER32(p, ID),
			    addr);
	else
		silent(d, p, addr);
}

static void settings(struct doctor *d, const struct bully_group *g, const struct bully_peer *p)
{
	if (GROUP(g, UNLISTED)) {
		doctor_voter(d, p);
		return;
	}
	if (PEER(p, DUPLICATE))
		doctor_find(d, FINDING_FAIL, "give each node its own id",
			    "two nodes have the id %u: neither leads", PEER32(p, ID));
	if (PEER(p, VOTERS_DIFFER) && GROUP(g, QUORUM) != BULLY_QUORUM_OFF)
		doctor_find(d, FINDING_FAIL,
			    "%s showconf NAME, on both; see bully(7), Changing the voters",
			    "%u has another set of voters, or another lease, quorum or election",
			    PEER32(p, ID));
	else if (PEER(p, MISMATCH))
		doctor_find(d, FINDING_FAIL, "%s showconf NAME, on both",
			    "%u has another heartbeat, misses or members than this node",
			    PEER32(p, ID));
}

static void drops(struct doctor *d, const struct bully_group *g, const struct bully_peer *p,
		  const struct bully_peer_stats *s)
{
	size_t len;
	const uint64_t *list = bully_peer_stats_list(s, BULLY_A_PEER_STATS_DROPS, &len);
	uint64_t auth = list[BULLY_DROP_AUTH];
	bool up = PEER(p, STATE) == BULLY_PEER_STATE_UP;

	if (auth)
		doctor_find(d, up ? FINDING_WARNING : FINDING_FAIL,
			    "compare the key-files and auth of both; see bully(7), AUTHENTICATION",
			    "%" PRIu64 " messages of %u had %s", auth, PEER32(p, ID),
			    GROUP(g, AUTH) == BULLY_AUTH_OFF ? "a tag, but this node has no key"
							     : "no tag, or a tag of another key");
	if (list[BULLY_DROP_VERSION])
		doctor_find(d, FINDING_FAIL, "install the same version on both",
			    "%" PRIu64 " messages of %u were of another version of the protocol",
			    list[BULLY_DROP_VERSION], PEER32(p, ID));
}

static void remarks(struct doctor *d, const struct bully_group *g, const struct bully_peer *p)
{
	char dur[DUR_STRLEN], beat[DUR_STRLEN];

	if (PEER_HAS(p, HOLDDOWN_REMAINING))
		doctor_find(d, FINDING_WARNING, "dmesg, on that host",
			    "%u restarted too often: it is held down for another %s", PEER32(p, ID),
			    format_dur_short(PEER(p, HOLDDOWN_REMAINING), dur));
	if (PEER_HAS(p, RTT) && PEER(p, RTT) > GROUP(g, HEARTBEAT))
		doctor_find(d, FINDING_WARNING,
			    GROUP(g, UNLISTED) ? "%s group set NAME heartbeat DUR"
					       : "%s group set NAME heartbeat DUR, on all nodes",
			    "the round trip to %u, %s, is longer than the heartbeat of %s",
			    PEER32(p, ID), format_dur_short(PEER(p, RTT), dur),
			    format_dur(GROUP(g, HEARTBEAT), beat));
	if (PEER(p, VOTE) == BULLY_VOTE_UNHEARD)
		doctor_find(d, FINDING_WARNING, "look for a firewall that blocks one direction",
			    "%u receives from this node, but this node does not receive from it",
			    PEER32(p, ID));
}

void doctor_peers(struct doctor *d, const struct bully_group *g, const struct bully_group_stats *s)
{
	size_t i;

	d->check = "peer";
	for (i = 0; i < bully_group_peers(g); i++) {
		const struct bully_peer *p = bully_group_peer(g, i);
		const struct bully_peer_stats *counters = peer_stats_of(s, PEER32(p, ID));

		reach(d, g, p, counters);
		settings(d, g, p);
		if (counters)
			drops(d, g, p, counters);
		remarks(d, g, p);
	}
}

/* Compares the timer's lateness with the heartbeat. */
static void lateness(struct doctor *d, const struct bully_group *g,
		     const struct bully_group_stats *s)
{
	char late[DUR_STRLEN], beat[DUR_STRLEN];

	d->check = "timer";
	format_dur_short(COUNT(s, LATE_MAX), late);
	format_dur(GROUP(g, HEARTBEAT), beat);
	if (COUNT(s, VOIDED))
		doctor_find(d, FINDING_WARNING,
			    "%s stats; set a longer heartbeat, or prevent long pauses of this host",
			    "%" PRIu64
			    " times this node's timer was so late that missing answers were "
			    "ignored; at worst %s, the heartbeat is %s",
			    COUNT(s, VOIDED), late, beat);
	else if (COUNT(s, LATE_MAX) > GROUP(g, HEARTBEAT) / 4)
		doctor_find(d, FINDING_WARNING, "%s stats",
			    "it was late by up to %s, more than a quarter of the heartbeat of %s",
			    late, beat);
	else
		doctor_find(d, FINDING_OK, NULL, "late by at most %s, the heartbeat is %s", late,
			    beat);
}

void doctor_counters(struct doctor *d, const struct bully_group *g,
		     const struct bully_group_stats *s)
{
	if (!s)
		return;
	/* several unlisted observers may have one id */
	if (!GROUP(g, UNLISTED))
		doctor_own_id(d, g, s);
	lateness(d, g, s);
	d->check = "events";
	if (COUNT(s, EVENT_OVERRUNS))
		doctor_find(d, FINDING_WARNING,
			    "find the listener that does not read its socket: ss -f netlink -p",
			    "%" PRIu64 " events did not reach all listeners",
			    COUNT(s, EVENT_OVERRUNS));
	else
		doctor_find(d, FINDING_OK, NULL, "all listeners received all events");
	d->check = "sending";
	if (COUNT(s, TX_ERRORS) || COUNT(s, TX_OVERRUNS))
		doctor_find(d, FINDING_WARNING, "ip route get ADDR, for each peer",
			    "%" PRIu64 " packets had no route or memory, %" PRIu64
			    " were dropped: too many at once",
			    COUNT(s, TX_ERRORS), COUNT(s, TX_OVERRUNS));
	else
		doctor_find(d, FINDING_OK, NULL, "all packets could be sent");
}
