// SPDX-License-Identifier: GPL-2.0-only
/* bullyctl stats [NAME] */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "values/values.h"
#include "view/view.h"

typedef const char *(*name_fn)(unsigned int v);

/* Writes the JSON key of a word: underscores for dashes. */
static const char *key_of(const char *word, char *buf, size_t len)
{
	char *p;

	snprintf(buf, len, "%s", word);
	for (p = buf; *p; p++)
		if (*p == '-')
			*p = '_';
	return buf;
}

/* Builds an object from a list of counters; index 0 means nothing. */
static struct json_object *json_counters(const uint64_t *v, size_t len, name_fn name)
{
	struct json_object *o = json_object_new_object();
	char key[32];
	size_t i;

	for (i = 1; i < len; i++)
		json_put(o, key_of(name((unsigned int)i), key, sizeof(key)), json_u64(v[i]));
	return o;
}

static struct json_object *json_of_group(const struct bully_group_stats *g, unsigned int attr,
					 name_fn name)
{
	size_t len;
	const uint64_t *v = bully_group_stats_list(g, attr, &len);

	return json_counters(v, len, name);
}

static struct json_object *json_of_peer(const struct bully_peer_stats *p, unsigned int attr,
					name_fn name)
{
	size_t len;
	const uint64_t *v = bully_peer_stats_list(p, attr, &len);

	return json_counters(v, len, name);
}

static struct json_object *json_peer_stats(const struct bully_peer_stats *p)
{
	struct json_object *o = json_object_new_object();

	json_put(o, "id", json_u64(bully_peer_stats_id(p)));
	json_put(o, "tx", json_of_peer(p, BULLY_A_PEER_STATS_TX, bully_msg_name));
	json_put(o, "rx", json_of_peer(p, BULLY_A_PEER_STATS_RX, bully_msg_name));
	json_put(o, "drops", json_of_peer(p, BULLY_A_PEER_STATS_DROPS, bully_drop_name));
	json_put(o, "sessions", json_u64(PEER_COUNT(p, SESSIONS)));
	json_put(o, "downs", json_u64(PEER_COUNT(p, DOWNS)));
	return o;
}

static struct json_object *json_group_stats(const struct bully_group_stats *g)
{
	struct json_object *o = json_object_new_object();
	struct json_object *late = json_object_new_array();
	struct json_object *peers = json_object_new_array();
	char addr[ADDR_STRLEN];
	size_t i, buckets;
	const uint64_t *bucket_of = bully_group_stats_list(g, BULLY_A_STATS_LATE_BUCKET, &buckets);

	format_addr(bully_group_stats_own_id(g), addr);
	json_put(o, "name", json_text(bully_group_stats_name(g)));
	json_put(o, "tx", json_of_group(g, BULLY_A_STATS_TX, bully_msg_name));
	json_put(o, "rx", json_of_group(g, BULLY_A_STATS_RX, bully_msg_name));
	json_put(o, "drops", json_of_group(g, BULLY_A_STATS_DROPS, bully_drop_name));
	json_put(o, "elections", json_of_group(g, BULLY_A_STATS_ELECTIONS, bully_reason_name));
	json_put(o, "leader_changes", json_u64(COUNT(g, LEADER_CHANGES)));
	json_put(o, "late_max_ns", json_u64(COUNT(g, LATE_MAX)));
	for (i = 0; i < buckets; i++) {
		struct json_object *bucket = json_object_new_object();
		bool last = i + 1 == buckets;

		json_put(bucket, "below_us", last ? NULL : json_u64(1ULL << i));
		json_put(bucket, "count", json_u64(bucket_of[i]));
		json_object_array_add(late, bucket);
	}
	json_put(o, "late", late);
	json_put(o, "voided", json_u64(COUNT(g, VOIDED)));
	json_put(o, "event_overruns", json_u64(COUNT(g, EVENT_OVERRUNS)));
	json_put(o, "tx_errors", json_u64(COUNT(g, TX_ERRORS)));
	json_put(o, "tx_overruns", json_u64(COUNT(g, TX_OVERRUNS)));
	json_put(o, "duplicates", json_u64(COUNT(g, DUPLICATES)));
	json_put(o, "mismatches", json_u64(COUNT(g, MISMATCHES)));
	json_put(o, "claims_limited", json_u64(COUNT(g, CLAIMS_LIMITED)));
	json_put(o, "observers_refused", json_u64(COUNT(g, OBSERVERS_REFUSED)));
	json_put(o, "guard_in", json_u64(COUNT(g, GUARD_IN)));
	json_put(o, "guard_out", json_u64(COUNT(g, GUARD_OUT)));
	json_put(o, "guard_neigh", json_u64(COUNT(g, GUARD_NEIGH)));
	json_put(o, "own_id_from", COUNT(g, OWN_ID_TIME) ? json_text(addr) : NULL);
	json_put(o, "own_id_time_ns",
		 COUNT(g, OWN_ID_TIME) ? json_u64(COUNT(g, OWN_ID_TIME)) : NULL);
	for (i = 0; i < bully_group_stats_peers(g); i++)
		json_object_array_add(peers, json_peer_stats(bully_group_stats_peer(g, i)));
	json_put(o, "peers", peers);
	return o;
}

static void json_stats(struct ctl *ctl, const struct bully_stats *s)
{
	struct json_object *o = json_object_new_object(), *net = NULL;
	struct json_object *groups = json_object_new_array();
	const uint64_t *drops;
	size_t i, len;

	if (bully_stats_has_net(s)) {
		drops = bully_stats_drops(s, &len);
		net = json_object_new_object();
		json_put(net, "sockets", json_u64(bully_stats_sockets(s)));
		json_put(net, "drops", json_counters(drops, len, bully_drop_name));
	}
	json_put(o, "net", net);
	for (i = 0; i < bully_stats_groups(s); i++)
		json_object_array_add(groups, json_group_stats(bully_stats_group(s, i)));
	json_put(o, "groups", groups);
	json_print(ctl, stdout, o);
}

/* Prints the counters that are not zero. */
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

static void text_of_group(const struct bully_group_stats *g, const char *what, unsigned int attr,
			  name_fn name)
{
	size_t len;
	const uint64_t *v = bully_group_stats_list(g, attr, &len);

	text_counters("    ", what, v, len, name);
}

static void text_of_peer(const struct bully_peer_stats *p, const char *what, unsigned int attr,
			 name_fn name)
{
	size_t len;
	const uint64_t *v = bully_peer_stats_list(p, attr, &len);

	text_counters("        ", what, v, len, name);
}

static void text_late(const struct bully_group_stats *g)
{
	char dur[DUR_STRLEN];
	size_t i, buckets;
	const uint64_t *bucket_of = bully_group_stats_list(g, BULLY_A_STATS_LATE_BUCKET, &buckets);

	printf("    %-14s  max %s", "timer late", format_dur_short(COUNT(g, LATE_MAX), dur));
	for (i = 0; i < buckets; i++) {
		if (!bucket_of[i])
			continue;
		if (i + 1 == buckets)
			printf("  more %" PRIu64, bucket_of[i]);
		else
			printf("  <%s %" PRIu64, format_dur_short(1000ULL << i, dur), bucket_of[i]);
	}
	putchar('\n');
}

static void text_group(const struct bully_group_stats *g)
{
	char addr[ADDR_STRLEN];
	size_t i;

	printf("%s:\n", bully_group_stats_name(g));
	text_of_group(g, "sent", BULLY_A_STATS_TX, bully_msg_name);
	text_of_group(g, "received", BULLY_A_STATS_RX, bully_msg_name);
	text_of_group(g, "dropped", BULLY_A_STATS_DROPS, bully_drop_name);
	if (COUNT(g, OWN_ID_TIME))
		printf("    %-14s  %s\n", "own-id from",
		       format_addr(bully_group_stats_own_id(g), addr));
	text_of_group(g, "elections", BULLY_A_STATS_ELECTIONS, bully_reason_name);
	printf("    %-14s  leader-changes %" PRIu64 "  voided %" PRIu64 "  event-overruns %" PRIu64
	       "  tx-errors %" PRIu64 "  tx-overruns %" PRIu64 "  duplicates %" PRIu64
	       "  mismatches %" PRIu64 "  claims-limited %" PRIu64 "\n",
	       "counts", COUNT(g, LEADER_CHANGES), COUNT(g, VOIDED), COUNT(g, EVENT_OVERRUNS),
	       COUNT(g, TX_ERRORS), COUNT(g, TX_OVERRUNS), COUNT(g, DUPLICATES),
	       COUNT(g, MISMATCHES), COUNT(g, CLAIMS_LIMITED));
	if (COUNT(g, GUARD_IN) || COUNT(g, GUARD_OUT) || COUNT(g, GUARD_NEIGH))
		printf("    %-14s  in %" PRIu64 "  out %" PRIu64 "  neigh %" PRIu64 "\n",
		       "guard dropped", COUNT(g, GUARD_IN), COUNT(g, GUARD_OUT),
		       COUNT(g, GUARD_NEIGH));
	if (COUNT(g, OBSERVERS_REFUSED))
		printf("    %-14s  refused %" PRIu64 "\n", "observers",
		       COUNT(g, OBSERVERS_REFUSED));
	text_late(g);
	for (i = 0; i < bully_group_stats_peers(g); i++) {
		const struct bully_peer_stats *p = bully_group_stats_peer(g, i);

		printf("    peer %u:  sessions %" PRIu64 "  downs %" PRIu64 "\n",
		       bully_peer_stats_id(p), PEER_COUNT(p, SESSIONS), PEER_COUNT(p, DOWNS));
		text_of_peer(p, "sent", BULLY_A_PEER_STATS_TX, bully_msg_name);
		text_of_peer(p, "received", BULLY_A_PEER_STATS_RX, bully_msg_name);
		text_of_peer(p, "dropped", BULLY_A_PEER_STATS_DROPS, bully_drop_name);
	}
}

static void text_stats(const struct bully_stats *s)
{
	const uint64_t *drops;
	size_t i, len;

	if (bully_stats_has_net(s)) {
		drops = bully_stats_drops(s, &len);
		printf("network namespace:  sockets %" PRIu64 "\n", bully_stats_sockets(s));
		text_counters("    ", "dropped", drops, len, bully_drop_name);
	}
	for (i = 0; i < bully_stats_groups(s); i++)
		text_group(bully_stats_group(s, i));
}

int cmd_stats(struct ctl *ctl, int argc, char **argv)
{
	const char *name = argc ? argv[0] : NULL;
	struct bully_stats *s;
	char err[SENTENCE_LEN];

	if (check_args(ctl, argc, argv, 0, 1))
		return CTL_USAGE;
	if (name && parse_name(name, err))
		return fail(ctl, CTL_USAGE, 0, "stats: %s", err);
	if (bully_stats_get(ctl->b, name, &s))
		return name ? fail_lib(ctl, "group %s", name) : fail_lib(ctl, "stats");
	if (ctl->json)
		json_stats(ctl, s);
	else
		text_stats(s);
	bully_stats_free(s);
	return CTL_DONE;
}
