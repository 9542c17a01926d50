// SPDX-License-Identifier: GPL-2.0-only
/* Metrics of counters, and of the lateness of timers. */
#include <string.h>

#include "metrics/metrics.h"
#include "metrics/openmetrics.h"

typedef const char *(*name_fn)(unsigned int v);

/**
 * struct table - a list of counters of a group
 * @name: name of the metric family
 * @label: label that tells the entries apart
 * @help: one line
 * @attr: BULLY_A_STATS_*; index 0 of the list means nothing
 * @word: returns the word for an index
 */
struct table {
	const char *name;
	const char *label;
	const char *help;
	unsigned int attr;
	name_fn word;
};

static const struct table tables[] = {
	{"bully_group_messages_sent", "type", "Messages sent.", BULLY_A_STATS_TX, bully_msg_name},
	{"bully_group_messages_received", "type", "Messages accepted.", BULLY_A_STATS_RX,
	 bully_msg_name},
	{"bully_group_messages_dropped", "reason", "Messages received and dropped.",
	 BULLY_A_STATS_DROPS, bully_drop_name},
	{"bully_group_elections", "reason", "Elections that this node began.",
	 BULLY_A_STATS_ELECTIONS, bully_reason_name},
};

static const struct {
	const char *name;
	const char *help;
	unsigned int attr;
} counters[] = {
	{"bully_group_leader_changes", "Changes of the leader that this node saw.",
	 BULLY_A_STATS_LEADER_CHANGES},
	{"bully_group_voided_intervals",
	 "Heartbeat intervals whose missing answers were ignored, because this node's timer was "
	 "late, and doubts about its time.",
	 BULLY_A_STATS_VOIDED},
	{"bully_group_event_overruns", "Events that did not reach all listeners.",
	 BULLY_A_STATS_EVENT_OVERRUNS},
	{"bully_group_send_errors", "Packets not sent for lack of memory or a route.",
	 BULLY_A_STATS_TX_ERRORS},
	{"bully_group_send_overruns", "Packets not sent because too many were sent at once.",
	 BULLY_A_STATS_TX_OVERRUNS},
	{"bully_group_duplicate_ids", "Detections of a duplicate id.", BULLY_A_STATS_DUPLICATES},
	{"bully_group_mismatches", "Messages of peers with another heartbeat, misses or members.",
	 BULLY_A_STATS_MISMATCHES},
	{"bully_group_claims_limited", "Claims delayed because there were too many in a heartbeat.",
	 BULLY_A_STATS_CLAIMS_LIMITED},
	{"bully_group_observers_refused",
	 "Questions of unlisted observers that found no place at this node.",
	 BULLY_A_STATS_OBSERVERS_REFUSED},
	{"bully_group_guard_in", "Packets to a guarded address that were dropped.",
	 BULLY_A_STATS_GUARD_IN},
	{"bully_group_guard_out", "Packets from a guarded address that were dropped.",
	 BULLY_A_STATS_GUARD_OUT},
	{"bully_group_guard_neigh", "ARP and neighbour discovery of a guarded address, dropped.",
	 BULLY_A_STATS_GUARD_NEIGH},
};

static const struct {
	const char *name;
	const char *help;
	unsigned int attr;
	bool list;
} peer_counters[] = {
	{"bully_peer_messages_sent", "Messages sent to the peer.", BULLY_A_PEER_STATS_TX, true},
	{"bully_peer_messages_received", "Messages accepted from the peer.", BULLY_A_PEER_STATS_RX,
	 true},
	{"bully_peer_messages_dropped", "Messages received from the peer and dropped.",
	 BULLY_A_PEER_STATS_DROPS, true},
	{"bully_peer_sessions", "Sessions of the peer: the first, and one for each restart.",
	 BULLY_A_PEER_STATS_SESSIONS, false},
	{"bully_peer_downs", "Times the peer went down.", BULLY_A_PEER_STATS_DOWNS, false},
};

static void table(FILE *f, const struct bully_stats *s, const struct table *t)
{
	size_t i, v, len;

	metric_family(f, t->name, "counter", NULL, t->help);
	for (i = 0; i < bully_stats_groups(s); i++) {
		const struct bully_group_stats *g = bully_stats_group(s, i);
		const uint64_t *list = bully_group_stats_list(g, t->attr, &len);

		for (v = 1; v < len; v++)
			metric_number(f, t->name, "_total", list[v], "group",
				      bully_group_stats_name(g), t->label, t->word((unsigned int)v),
				      NULL);
	}
}

/* Prints the kernel's buckets as a histogram without a sum, which the kernel does not keep. */
static void lateness(FILE *f, const struct bully_stats *s)
{
	const char *name = "bully_group_timer_lateness_seconds";
	char le[SECONDS_STRLEN];
	size_t i, j, buckets;

	metric_family(f, name, "histogram", "seconds", "Lateness of this node's timer.");
	for (i = 0; i < bully_stats_groups(s); i++) {
		const struct bully_group_stats *g = bully_stats_group(s, i);
		const uint64_t *bucket =
			bully_group_stats_list(g, BULLY_A_STATS_LATE_BUCKET, &buckets);
		uint64_t sum = 0;

		for (j = 0; j < buckets; j++) {
			sum += bucket[j];
			if (j + 1 < buckets)
				format_seconds(1000ULL << j, le);
			metric_number(f, name, "_bucket", sum, "group", bully_group_stats_name(g),
				      "le", j + 1 < buckets ? le : "+Inf", NULL);
		}
	}
	name = "bully_group_timer_lateness_max_seconds";
	metric_family(f, name, "gauge", "seconds", "Largest lateness of this node's timer.");
	for (i = 0; i < bully_stats_groups(s); i++)
		metric_seconds(f, name, COUNT(bully_stats_group(s, i), LATE_MAX), "group",
			       bully_group_stats_name(bully_stats_group(s, i)), NULL);
}

static void groups(FILE *f, const struct bully_stats *s)
{
	size_t i, c;

	for (i = 0; i < ARRAY_SIZE(tables); i++)
		table(f, s, &tables[i]);
	for (c = 0; c < ARRAY_SIZE(counters); c++) {
		metric_family(f, counters[c].name, "counter", NULL, counters[c].help);
		for (i = 0; i < bully_stats_groups(s); i++)
			metric_number(
				f, counters[c].name, "_total",
				bully_group_stats_get(bully_stats_group(s, i), counters[c].attr),
				"group", bully_group_stats_name(bully_stats_group(s, i)), NULL);
	}
	lateness(f, s);
}

static void peers(FILE *f, const struct bully_stats *s)
{
	size_t i, j, c;
	char id[16];

	for (c = 0; c < ARRAY_SIZE(peer_counters); c++) {
		metric_family(f, peer_counters[c].name, "counter", NULL, peer_counters[c].help);
		for (i = 0; i < bully_stats_groups(s); i++)
			for (j = 0; j < bully_group_stats_peers(bully_stats_group(s, i)); j++) {
				const struct bully_group_stats *g = bully_stats_group(s, i);
				const struct bully_peer_stats *p = bully_group_stats_peer(g, j);
				unsigned int attr = peer_counters[c].attr;

				snprintf(id, sizeof(id), "%u", bully_peer_stats_id(p));
				metric_number(f, peer_counters[c].name, "_total",
					      peer_counters[c].list ? sum_of_peer(p, attr)
								    : bully_peer_stats_get(p, attr),
					      "group", bully_group_stats_name(g), "peer", id, NULL);
			}
	}
}

static void net(FILE *f, const struct bully_stats *s)
{
	const char *name = "bully_messages_dropped";
	size_t v, len;
	const uint64_t *drops = bully_stats_drops(s, &len);

	metric_family(f, "bully_sockets", "gauge", NULL, "UDP sockets open now.");
	metric_number(f, "bully_sockets", "", bully_stats_sockets(s), NULL);
	metric_family(f, name, "counter", NULL,
		      "Messages dropped because they belong to no group.");
	for (v = 1; v < len; v++)
		metric_number(f, name, "_total", drops[v], "reason",
			      bully_drop_name((unsigned int)v), NULL);
}

void metrics_counters(FILE *f, const struct bully_stats *s)
{
	if (bully_stats_has_net(s))
		net(f, s);
	groups(f, s);
	peers(f, s);
}
