// SPDX-License-Identifier: GPL-2.0
/* bullyctl stats [NAME] */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "values/values.h"
#include "view/view.h"

typedef const char *(*name_fn)(unsigned int v);

/* Keys of JSON have underscores, words of people dashes. */
static const char *key_of(const char *word, char *buf, size_t len)
{
	char *p;

	snprintf(buf, len, "%s", word);
	for (p = buf; *p; p++)
		if (*p == '-')
			*p = '_';
	return buf;
}

/* Index 0 of each table means nothing. */
static struct json_object *json_counters(const uint64_t *v, size_t len, name_fn name)
{
	struct json_object *o = json_object_new_object();
	char key[32];
	size_t i;

	for (i = 1; i < len; i++)
		json_put(o, key_of(name((unsigned int)i), key, sizeof(key)), json_u64(v[i]));
	return o;
}

#define COUNTERS(v, name) json_counters(v, ARRAY_SIZE(v), name)

static struct json_object *json_peer_stats(const struct bully_peer_stats *p)
{
	struct json_object *o = json_object_new_object();

	json_put(o, "id", json_u64(p->id));
	json_put(o, "tx", COUNTERS(p->tx, bully_msg_name));
	json_put(o, "rx", COUNTERS(p->rx, bully_msg_name));
	json_put(o, "drops", COUNTERS(p->drops, bully_drop_name));
	json_put(o, "sessions", json_u64(p->sessions));
	json_put(o, "downs", json_u64(p->downs));
	return o;
}

static struct json_object *json_group_stats(const struct bully_group_stats *g)
{
	struct json_object *o = json_object_new_object();
	struct json_object *late = json_object_new_array();
	struct json_object *peers = json_object_new_array();
	char addr[ADDR_STRLEN];
	size_t i;

	format_addr(&g->own_id_from, addr);
	json_put(o, "name", json_text(g->name));
	json_put(o, "tx", COUNTERS(g->tx, bully_msg_name));
	json_put(o, "rx", COUNTERS(g->rx, bully_msg_name));
	json_put(o, "drops", COUNTERS(g->drops, bully_drop_name));
	json_put(o, "elections", COUNTERS(g->elections, bully_reason_name));
	json_put(o, "leader_changes", json_u64(g->leader_changes));
	json_put(o, "late_max_ns", json_u64(g->late_max_ns));
	for (i = 0; i < g->late_buckets; i++) {
		struct json_object *bucket = json_object_new_object();
		bool last = i + 1 == g->late_buckets;

		json_put(bucket, "below_us", last ? NULL : json_u64(1ULL << i));
		json_put(bucket, "count", json_u64(g->late_bucket[i]));
		json_object_array_add(late, bucket);
	}
	json_put(o, "late", late);
	json_put(o, "voided", json_u64(g->voided));
	json_put(o, "event_overruns", json_u64(g->event_overruns));
	json_put(o, "tx_errors", json_u64(g->tx_errors));
	json_put(o, "tx_overruns", json_u64(g->tx_overruns));
	json_put(o, "duplicates", json_u64(g->duplicates));
	json_put(o, "mismatches", json_u64(g->mismatches));
	json_put(o, "claims_limited", json_u64(g->claims_limited));
	json_put(o, "own_id_from", g->own_id_time_ns ? json_text(addr) : NULL);
	json_put(o, "own_id_time_ns", g->own_id_time_ns ? json_u64(g->own_id_time_ns) : NULL);
	for (i = 0; i < g->peers_len; i++)
		json_object_array_add(peers, json_peer_stats(&g->peers[i]));
	json_put(o, "peers", peers);
	return o;
}

static void json_stats(struct ctl *ctl, const struct bully_stats *s)
{
	struct json_object *o = json_object_new_object(), *net = NULL;
	struct json_object *groups = json_object_new_array();
	size_t i;

	if (s->has_net) {
		net = json_object_new_object();
		json_put(net, "sockets", json_u64(s->sockets));
		json_put(net, "drops", COUNTERS(s->drops, bully_drop_name));
	}
	json_put(o, "net", net);
	for (i = 0; i < s->groups_len; i++)
		json_object_array_add(groups, json_group_stats(&s->groups[i]));
	json_put(o, "groups", groups);
	json_print(ctl, stdout, o);
}

/* Text shows what is not zero. */
static void text_counters(const char *indent, const char *what, const uint64_t *v, size_t len,
			  name_fn name)
{
	bool any = false;
	size_t i;

	printf("%s%-14s", indent, what);
	for (i = 1; i < len; i++) {
		if (!v[i])
			continue;
		printf("  %s %" PRIu64, name((unsigned int)i), v[i]);
		any = true;
	}
	printf("%s\n", any ? "" : "  none");
}

#define TEXT(indent, what, v, name) text_counters(indent, what, v, ARRAY_SIZE(v), name)

static void text_late(const struct bully_group_stats *g)
{
	char dur[DUR_STRLEN];
	size_t i;

	printf("    %-14s  max %s", "timer late", format_dur_short(g->late_max_ns, dur));
	for (i = 0; i < g->late_buckets; i++) {
		if (!g->late_bucket[i])
			continue;
		if (i + 1 == g->late_buckets)
			printf("  more %" PRIu64, g->late_bucket[i]);
		else
			printf("  <%s %" PRIu64, format_dur_short(1000ULL << i, dur),
			       g->late_bucket[i]);
	}
	putchar('\n');
}

static void text_group(const struct bully_group_stats *g)
{
	char addr[ADDR_STRLEN];
	size_t i;

	printf("%s:\n", g->name);
	TEXT("    ", "sent", g->tx, bully_msg_name);
	TEXT("    ", "received", g->rx, bully_msg_name);
	TEXT("    ", "dropped", g->drops, bully_drop_name);
	if (g->own_id_time_ns)
		printf("    %-14s  %s\n", "own-id from", format_addr(&g->own_id_from, addr));
	TEXT("    ", "elections", g->elections, bully_reason_name);
	printf("    %-14s  leader-changes %" PRIu64 "  voided %" PRIu64 "  event-overruns %" PRIu64
	       "  tx-errors %" PRIu64 "  tx-overruns %" PRIu64 "  duplicates %" PRIu64
	       "  mismatches %" PRIu64 "  claims-limited %" PRIu64 "\n",
	       "counts", g->leader_changes, g->voided, g->event_overruns, g->tx_errors,
	       g->tx_overruns, g->duplicates, g->mismatches, g->claims_limited);
	text_late(g);
	for (i = 0; i < g->peers_len; i++) {
		const struct bully_peer_stats *p = &g->peers[i];

		printf("    peer %u:  sessions %" PRIu64 "  downs %" PRIu64 "\n", p->id,
		       p->sessions, p->downs);
		TEXT("        ", "sent", p->tx, bully_msg_name);
		TEXT("        ", "received", p->rx, bully_msg_name);
		TEXT("        ", "dropped", p->drops, bully_drop_name);
	}
}

int cmd_stats(struct ctl *ctl, int argc, char **argv)
{
	const char *name = argc ? argv[0] : NULL;
	struct bully_stats *s;
	char err[SENTENCE_LEN];
	size_t i;

	if (check_args(ctl, argc, argv, 0, 1))
		return CTL_USAGE;
	if (name && parse_name(name, err))
		return fail(ctl, CTL_USAGE, 0, "stats: %s", err);
	if (bully_stats_get(ctl->b, name, &s))
		return name ? fail_lib(ctl, "group %s", name) : fail_lib(ctl, "stats");
	if (ctl->json) {
		json_stats(ctl, s);
	} else {
		if (s->has_net) {
			printf("network namespace:  sockets %u\n", s->sockets);
			TEXT("    ", "dropped", s->drops, bully_drop_name);
		}
		for (i = 0; i < s->groups_len; i++)
			text_group(&s->groups[i]);
	}
	bully_stats_free(s);
	return CTL_DONE;
}
