// SPDX-License-Identifier: GPL-2.0
/* Metrics of what has happened: counters, and the lateness of timers. */
#include <string.h>

#include "metrics/metrics.h"
#include "metrics/openmetrics.h"

typedef const char *(*name_fn)(unsigned int v);

/**
 * struct table - a counter of a group that is split up
 * @name: of the family
 * @label: what it is split up by
 * @help: one line
 * @offset: of the array in struct bully_group_stats; its index 0 means nothing
 * @len: of the array
 * @word: what an index is called
 */
struct table {
	const char *name;
	const char *label;
	const char *help;
	size_t offset;
	unsigned int len;
	name_fn word;
};

#define IN_STATS(m) offsetof(struct bully_group_stats, m)
#define IN_PEER(m) offsetof(struct bully_peer_stats, m)

static const struct table tables[] = {
	{"bully_group_messages_sent", "type", "Messages sent.", IN_STATS(tx), __BULLY_MSG_MAX,
	 bully_msg_name},
	{"bully_group_messages_received", "type", "Messages accepted.", IN_STATS(rx),
	 __BULLY_MSG_MAX, bully_msg_name},
	{"bully_group_messages_dropped", "reason", "Messages received and not acted upon.",
	 IN_STATS(drops), __BULLY_DROP_MAX, bully_drop_name},
	{"bully_group_elections", "reason", "Elections begun here.", IN_STATS(elections),
	 __BULLY_REASON_MAX, bully_reason_name},
};

static const struct {
	const char *name;
	const char *help;
	size_t offset;
} counters[] = {
	{"bully_group_leader_changes", "Changes of the leader seen here.",
	 IN_STATS(leader_changes)},
	{"bully_group_voided_intervals",
	 "Intervals in which this node's own timer was too late "
	 "to blame the leader.",
	 IN_STATS(voided)},
	{"bully_group_event_overruns", "Events that not all listeners got.",
	 IN_STATS(event_overruns)},
	{"bully_group_send_errors", "Packets without memory or route.", IN_STATS(tx_errors)},
	{"bully_group_send_overruns", "Packets dropped because too many were to be sent at once.",
	 IN_STATS(tx_overruns)},
	{"bully_group_duplicate_ids", "Times that a duplicate id was noticed.",
	 IN_STATS(duplicates)},
	{"bully_group_mismatches", "Messages with other heartbeat, misses or members.",
	 IN_STATS(mismatches)},
	{"bully_group_claims_limited", "Claims put off: too many in a heartbeat.",
	 IN_STATS(claims_limited)},
};

static const struct {
	const char *name;
	const char *help;
	size_t offset;
	size_t len; /* 0 where it is no array */
} peer_counters[] = {
	{"bully_peer_messages_sent", "Messages sent to the peer.", IN_PEER(tx), __BULLY_MSG_MAX},
	{"bully_peer_messages_received", "Messages accepted from the peer.", IN_PEER(rx),
	 __BULLY_MSG_MAX},
	{"bully_peer_messages_dropped", "Messages of the peer not acted upon.", IN_PEER(drops),
	 __BULLY_DROP_MAX},
	{"bully_peer_sessions", "Sessions of the peer seen: one, and one for each restart.",
	 IN_PEER(sessions), 0},
	{"bully_peer_downs", "Times that the peer went down.", IN_PEER(downs), 0},
};

static const uint64_t *at(const void *obj, size_t offset)
{
	return (const uint64_t *)((const char *)obj + offset);
}

static void table(FILE *f, const struct bully_stats *s, const struct table *t)
{
	unsigned int v;
	size_t i;

	metric_family(f, t->name, "counter", NULL, t->help);
	for (i = 0; i < s->groups_len; i++)
		for (v = 1; v < t->len; v++)
			metric_number(f, t->name, "_total", at(&s->groups[i], t->offset)[v],
				      "group", s->groups[i].name, t->label, t->word(v), NULL);
}

/* Its buckets are those of the kernel, which keeps no sum. */
static void lateness(FILE *f, const struct bully_stats *s)
{
	const char *name = "bully_group_timer_lateness_seconds";
	char le[SECONDS_STRLEN];
	size_t i, j;

	metric_family(f, name, "histogram", "seconds", "How late this node's timer was.");
	for (i = 0; i < s->groups_len; i++) {
		const struct bully_group_stats *g = &s->groups[i];
		uint64_t sum = 0;

		for (j = 0; j < g->late_buckets; j++) {
			sum += g->late_bucket[j];
			if (j + 1 < g->late_buckets)
				format_seconds(1000ULL << j, le);
			metric_number(f, name, "_bucket", sum, "group", g->name, "le",
				      j + 1 < g->late_buckets ? le : "+Inf", NULL);
		}
	}
	name = "bully_group_timer_lateness_max_seconds";
	metric_family(f, name, "gauge", "seconds", "The worst lateness of this node's timer.");
	for (i = 0; i < s->groups_len; i++)
		metric_seconds(f, name, s->groups[i].late_max_ns, "group", s->groups[i].name, NULL);
}

static void groups(FILE *f, const struct bully_stats *s)
{
	size_t i, c;

	for (i = 0; i < ARRAY_SIZE(tables); i++)
		table(f, s, &tables[i]);
	for (c = 0; c < ARRAY_SIZE(counters); c++) {
		metric_family(f, counters[c].name, "counter", NULL, counters[c].help);
		for (i = 0; i < s->groups_len; i++)
			metric_number(f, counters[c].name, "_total",
				      *at(&s->groups[i], counters[c].offset), "group",
				      s->groups[i].name, NULL);
	}
	lateness(f, s);
}

static void peers(FILE *f, const struct bully_stats *s)
{
	size_t i, j, c;
	char id[16];

	for (c = 0; c < ARRAY_SIZE(peer_counters); c++) {
		metric_family(f, peer_counters[c].name, "counter", NULL, peer_counters[c].help);
		for (i = 0; i < s->groups_len; i++)
			for (j = 0; j < s->groups[i].peers_len; j++) {
				const struct bully_peer_stats *p = &s->groups[i].peers[j];
				const uint64_t *v = at(p, peer_counters[c].offset);
				size_t len = peer_counters[c].len;

				snprintf(id, sizeof(id), "%u", p->id);
				metric_number(f, peer_counters[c].name, "_total",
					      len ? sum_of(v, len) : *v, "group", s->groups[i].name,
					      "peer", id, NULL);
			}
	}
}

static void net(FILE *f, const struct bully_stats *s)
{
	const char *name = "bully_messages_dropped";
	unsigned int v;

	metric_family(f, "bully_sockets", "gauge", NULL, "UDP sockets open now.");
	metric_number(f, "bully_sockets", "", s->sockets, NULL);
	metric_family(f, name, "counter", NULL, "Messages dropped that belong to no group.");
	for (v = 1; v < __BULLY_DROP_MAX; v++)
		metric_number(f, name, "_total", s->drops[v], "reason", bully_drop_name(v), NULL);
}

void metrics_counters(FILE *f, const struct bully_stats *s)
{
	if (s->has_net)
		net(f, s);
	groups(f, s);
	peers(f, s);
}
