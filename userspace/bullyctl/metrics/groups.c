// SPDX-License-Identifier: GPL-2.0-only
/* Metrics of the present state of groups and peers. */
#include <string.h>

#include "metrics/metrics.h"
#include "metrics/openmetrics.h"
#include "values/values.h"

#define ID_STRLEN 16

static const char *id_text(uint32_t id, char *buf)
{
	snprintf(buf, ID_STRLEN, "%u", id);
	return buf;
}

static void info(FILE *f, const struct snapshot *s)
{
	const char *name = "bully_group_info";
	char id[ID_STRLEN];
	size_t i;

	metric_family(f, name, "gauge", NULL, "Settings of the group; always 1.");
	for (i = 0; i < s->len; i++) {
		const struct bully_group *g = s->groups[i];

		metric_number(f, name, "", 1, "group", bully_group_name(g), "id",
			      id_text(GROUP32(g, ID), id), "role", bully_role_name(GROUP(g, ROLE)),
			      "unlisted", GROUP(g, UNLISTED) ? "on" : "off", "candidate",
			      bully_candidate_name(GROUP(g, CANDIDATE)), "quorum",
			      bully_quorum_name(GROUP(g, QUORUM)), "election",
			      bully_election_name(GROUP(g, ELECTION)), "auth",
			      bully_auth_name(GROUP(g, AUTH)), NULL);
	}
}

typedef const char *(*name_fn)(unsigned int v);

/* Prints one series for each possible value; that of the present value is 1, the others are 0. */
static void one_of(FILE *f, const char *name, const char *label, const char *help,
		   const struct snapshot *s, unsigned int n, name_fn word,
		   unsigned int (*get)(const struct bully_group *g))
{
	unsigned int v;
	size_t i;

	metric_family(f, name, "gauge", NULL, help);
	for (i = 0; i < s->len; i++)
		for (v = 0; v < n; v++)
			metric_number(f, name, "", get(s->groups[i]) == v, "group",
				      bully_group_name(s->groups[i]), label, word(v), NULL);
}

static unsigned int get_state(const struct bully_group *g)
{
	return GROUP(g, STATE);
}

static unsigned int get_link(const struct bully_group *g)
{
	return GROUP(g, LINK);
}

/**
 * struct value - a metric that is a number of a group or a peer
 * @name: name of the metric family
 * @help: one line
 * @needs: the metric is printed only if this attribute is known; 0 for always
 * @unit: NULL, or "seconds" if the number is in nanoseconds
 * @attr: attribute of the number, unless @get is set
 * @get: returns the number, or NULL
 */
struct value {
	const char *name;
	const char *help;
	unsigned int needs;
	const char *unit;
	unsigned int attr;
	uint64_t (*get)(const void *obj, uint64_t now);
};

static uint64_t get_peers_len(const void *obj, uint64_t now)
{
	(void)now;
	return bully_group_peers(obj);
}

static uint64_t get_owned(const void *obj, uint64_t now)
{
	(void)now;
	return bully_group_owned(obj);
}

static uint64_t get_peers_up(const void *obj, uint64_t now)
{
	const struct bully_group *g = obj;
	uint64_t up = 0;
	size_t i;

	(void)now;
	for (i = 0; i < bully_group_peers(g); i++)
		up += PEER(bully_group_peer(g, i), STATE) == BULLY_PEER_STATE_UP;
	return up;
}

/* Returns 1 for the two kinds of wrong addresses that keep nodes apart. */
static uint64_t get_wrong_address(const void *obj, uint64_t now)
{
	const struct bully_peer *p = obj;

	(void)now;
	return PEER(p, ADDRESS) == BULLY_ADDRESS_ELSEWHERE ||
	       PEER(p, ADDRESS) == BULLY_ADDRESS_MISTAKEN;
}

static uint64_t get_lease(const void *obj, uint64_t now)
{
	(void)now;
	return bully_group_lease(obj);
}

static uint64_t get_silence(const void *obj, uint64_t now)
{
	const struct bully_peer *p = obj;

	return now > PEER(p, LAST_SEEN) ? now - PEER(p, LAST_SEEN) : 0;
}

static const struct value group_values[] = {
	{"bully_group_leader_id", "Id of the leader; absent if there is no leader.",
	 BULLY_A_GROUP_LEADER, NULL, BULLY_A_GROUP_LEADER, NULL},
	{"bully_group_epoch", "Epoch of the leader; the fencing token in quorum mode.", 0, NULL,
	 BULLY_A_GROUP_EPOCH, NULL},
	{"bully_group_peers", "Peers configured.", 0, NULL, 0, get_peers_len},
	{"bully_group_peers_up", "Peers that are up.", 0, NULL, 0, get_peers_up},
	{"bully_group_heartbeat_seconds", "Time between probes.", 0, "seconds",
	 BULLY_A_GROUP_HEARTBEAT, NULL},
	{"bully_group_misses", "Unanswered heartbeats after which the leader is lost.", 0, NULL,
	 BULLY_A_GROUP_MISSES, NULL},
	{"bully_group_priority", "Priority of this node.", 0, NULL, BULLY_A_GROUP_PRIORITY, NULL},
	{"bully_group_effective_priority", "Priority less the weights of owners that are not ok.",
	 0, NULL, BULLY_A_GROUP_EFFECTIVE_PRIORITY, NULL},
	{"bully_group_position_term",
	 "How far the data of this node's owners is, the first number; absent without a position.",
	 BULLY_A_GROUP_POSITION_TERM, NULL, BULLY_A_GROUP_POSITION_TERM, NULL},
	{"bully_group_position_index", "The second number of this node's position.",
	 BULLY_A_GROUP_POSITION_TERM, NULL, BULLY_A_GROUP_POSITION_INDEX, NULL},
	{"bully_group_majority", "Grants that a leader needs; quorum mode only.",
	 BULLY_A_GROUP_MAJORITY, NULL, BULLY_A_GROUP_MAJORITY, NULL},
	{"bully_group_grants", "Valid grants of this leader or claimant; quorum mode only.",
	 BULLY_A_GROUP_MAJORITY, NULL, BULLY_A_GROUP_GRANTS, NULL},
	{"bully_group_lease_seconds", "How long a grant lasts; quorum mode only.",
	 BULLY_A_GROUP_MAJORITY, "seconds", 0, get_lease},
	{"bully_group_lease_remaining_seconds", "Remaining time of this leader's lease.",
	 BULLY_A_GROUP_LEASE_REMAINING, "seconds", BULLY_A_GROUP_LEASE_REMAINING, NULL},
	{"bully_group_grant_remaining_seconds", "Remaining time of the grant that this node gave.",
	 BULLY_A_GROUP_GRANT_REMAINING, "seconds", BULLY_A_GROUP_GRANT_REMAINING, NULL},
	{"bully_group_abstain_remaining_seconds",
	 "Time until this node may grant again after a restart.", BULLY_A_GROUP_ABSTAIN_REMAINING,
	 "seconds", BULLY_A_GROUP_ABSTAIN_REMAINING, NULL},
	{"bully_group_holddown_remaining_seconds", "Remaining time of this node's hold-down.",
	 BULLY_A_GROUP_HOLDDOWN_REMAINING, "seconds", BULLY_A_GROUP_HOLDDOWN_REMAINING, NULL},
	{"bully_group_observers", "Unlisted observers that have a place at this node.",
	 BULLY_A_GROUP_OBSERVERS_NOW, NULL, BULLY_A_GROUP_OBSERVERS_NOW, NULL},
	{"bully_group_observers_limit", "Places for unlisted observers at this node.",
	 BULLY_A_GROUP_OBSERVERS_NOW, NULL, BULLY_A_GROUP_OBSERVERS, NULL},
	{"bully_group_resigned", "1 if this node has resigned and is not a candidate.", 0, NULL,
	 BULLY_A_GROUP_RESIGNED, NULL},
	{"bully_group_owned", "1 if a socket owns this node's candidacy.", 0, NULL, 0, get_owned},
	{"bully_group_duplicate_id", "1 while another node has this node's id.", 0, NULL,
	 BULLY_A_GROUP_DUPLICATE, NULL},
};

static const struct value peer_values[] = {
	{"bully_peer_rtt_seconds", "Last measured round trip to the peer.", BULLY_A_PEER_RTT,
	 "seconds", BULLY_A_PEER_RTT, NULL},
	{"bully_peer_silence_seconds", "Time since the last message of the peer.",
	 BULLY_A_PEER_LAST_SEEN, "seconds", 0, get_silence},
	{"bully_peer_priority", "Priority that the peer told last.", BULLY_A_PEER_PRIORITY, NULL,
	 BULLY_A_PEER_PRIORITY, NULL},
	{"bully_peer_position_term",
	 "Position that the peer told last, the first number; absent without a position.",
	 BULLY_A_PEER_POSITION_TERM, NULL, BULLY_A_PEER_POSITION_TERM, NULL},
	{"bully_peer_position_index", "The second number of the peer's position.",
	 BULLY_A_PEER_POSITION_TERM, NULL, BULLY_A_PEER_POSITION_INDEX, NULL},
	{"bully_peer_mismatch", "1 if the peer has another heartbeat, misses or members.", 0, NULL,
	 BULLY_A_PEER_MISMATCH, NULL},
	{"bully_peer_voters_differ", "1 if the peer has another set of voters.", 0, NULL,
	 BULLY_A_PEER_VOTERS_DIFFER, NULL},
	{"bully_peer_duplicate_id", "1 while two nodes have the peer's id.", 0, NULL,
	 BULLY_A_PEER_DUPLICATE, NULL},
	{"bully_peer_wrong_address",
	 "1 if this node or the peer has a wrong address for the other.", 0, NULL, 0,
	 get_wrong_address},
	{"bully_peer_holddown_remaining_seconds", "Remaining time of the peer's hold-down.",
	 BULLY_A_PEER_HOLDDOWN_REMAINING, "seconds", BULLY_A_PEER_HOLDDOWN_REMAINING, NULL},
};

static uint64_t group_number(const struct value *v, const struct bully_group *g)
{
	return v->get ? v->get(g, GROUP(g, TIME)) : bully_group_get(g, v->attr);
}

static uint64_t peer_number(const struct value *v, const struct bully_group *g,
			    const struct bully_peer *p)
{
	return v->get ? v->get(p, GROUP(g, TIME)) : bully_peer_get(p, v->attr);
}

static void group_value(FILE *f, const struct snapshot *s, const struct value *v)
{
	size_t i;

	metric_family(f, v->name, "gauge", v->unit, v->help);
	for (i = 0; i < s->len; i++) {
		const struct bully_group *g = s->groups[i];

		if (v->needs && !bully_group_has(g, v->needs))
			continue;
		if (v->unit)
			metric_seconds(f, v->name, group_number(v, g), "group", bully_group_name(g),
				       NULL);
		else
			metric_number(f, v->name, "", group_number(v, g), "group",
				      bully_group_name(g), NULL);
	}
}

/* Prints the ids of the keys, which are no secret; the keys themselves stay in the kernel. */
static void keys(FILE *f, const struct snapshot *s)
{
	const char *name = "bully_group_key";
	char id[ID_STRLEN];
	size_t i, j;

	metric_family(f, name, "gauge", NULL, "1 for the active key, 0 for each other key.");
	for (i = 0; i < s->len; i++) {
		const uint32_t *ids;
		size_t len = bully_group_key_ids(s->groups[i], &ids);

		for (j = 0; j < len; j++)
			metric_number(f, name, "", j == 0, "group", bully_group_name(s->groups[i]),
				      "key", id_text(ids[j], id), NULL);
	}
}

static void owner_state(FILE *f, const struct snapshot *s)
{
	const char *name = "bully_group_owner_state";
	unsigned int v;
	size_t i, j;

	metric_family(f, name, "gauge", NULL,
		      "1 for the present state of the owner, 0 for the others.");
	for (i = 0; i < s->len; i++)
		for (j = 0; j < bully_group_owners(s->groups[i]); j++)
			for (v = 0; v <= BULLY_OWNER_STATE_VACANT; v++)
				metric_number(f, name, "",
					      bully_group_owner(s->groups[i], j,
								BULLY_A_OWNER_STATE) == v,
					      "group", bully_group_name(s->groups[i]), "owner",
					      bully_group_owner_name(s->groups[i], j), "state",
					      bully_owner_state_name(v), NULL);
}

static void owner_weight(FILE *f, const struct snapshot *s)
{
	const char *name = "bully_group_owner_weight";
	size_t i, j;

	metric_family(
		f, name, "gauge", NULL,
		"By how much an owner that is not ok lowers the priority; 0 if it has a say.");
	for (i = 0; i < s->len; i++)
		for (j = 0; j < bully_group_owners(s->groups[i]); j++)
			metric_number(f, name, "",
				      bully_group_owner(s->groups[i], j, BULLY_A_OWNER_WEIGHT),
				      "group", bully_group_name(s->groups[i]), "owner",
				      bully_group_owner_name(s->groups[i], j), NULL);
}

void metrics_groups(FILE *f, const struct snapshot *s)
{
	size_t i;

	info(f, s);
	one_of(f, "bully_group_state", "state",
	       "1 for the present state of this node, 0 for the others.", s, BULLY_STATE_LEADER + 1,
	       bully_state_name, get_state);
	one_of(f, "bully_group_link", "link",
	       "1 for the present state of the link, 0 for the others.", s,
	       BULLY_LINK_NO_DEVICE + 1, bully_link_name, get_link);
	owner_state(f, s);
	owner_weight(f, s);
	for (i = 0; i < ARRAY_SIZE(group_values); i++)
		group_value(f, s, &group_values[i]);
	keys(f, s);
}

static void peer_state(FILE *f, const struct snapshot *s)
{
	const char *name = "bully_peer_state";
	char id[ID_STRLEN];
	unsigned int v;
	size_t i, j;

	metric_family(f, name, "gauge", NULL,
		      "1 for the present state of the peer, 0 for the others.");
	for (i = 0; i < s->len; i++)
		for (j = 0; j < bully_group_peers(s->groups[i]); j++)
			for (v = 0; v <= BULLY_PEER_STATE_DOWN; v++)
				metric_number(
					f, name, "",
					PEER(bully_group_peer(s->groups[i], j), STATE) == v,
					"group", bully_group_name(s->groups[i]), "peer",
					id_text(PEER32(bully_group_peer(s->groups[i], j), ID), id),
					"state", bully_peer_state_name(v), NULL);
}

static void peer_info(FILE *f, const struct snapshot *s)
{
	const char *name = "bully_peer_info";
	char id[ID_STRLEN], addr[ADDR_STRLEN];
	size_t i, j;

	metric_family(f, name, "gauge", NULL, "Settings of the peer; always 1.");
	for (i = 0; i < s->len; i++)
		for (j = 0; j < bully_group_peers(s->groups[i]); j++) {
			const struct bully_peer *p = bully_group_peer(s->groups[i], j);

			metric_number(f, name, "", 1, "group", bully_group_name(s->groups[i]),
				      "peer", id_text(PEER32(p, ID), id), "addr",
				      format_addr(bully_peer_addr(p), addr), "role",
				      bully_role_name(PEER(p, ROLE)), NULL);
		}
}

static void peer_value(FILE *f, const struct snapshot *s, const struct value *v)
{
	char id[ID_STRLEN];
	size_t i, j;

	metric_family(f, v->name, "gauge", v->unit, v->help);
	for (i = 0; i < s->len; i++) {
		const struct bully_group *g = s->groups[i];

		for (j = 0; j < bully_group_peers(g); j++) {
			const struct bully_peer *p = bully_group_peer(g, j);

			if (v->needs && !bully_peer_has(p, v->needs))
				continue;
			id_text(PEER32(p, ID), id);
			if (v->unit)
				metric_seconds(f, v->name, peer_number(v, g, p), "group",
					       bully_group_name(g), "peer", id, NULL);
			else
				metric_number(f, v->name, "", peer_number(v, g, p), "group",
					      bully_group_name(g), "peer", id, NULL);
		}
	}
}

void metrics_peers(FILE *f, const struct snapshot *s)
{
	size_t i;

	peer_info(f, s);
	peer_state(f, s);
	for (i = 0; i < ARRAY_SIZE(peer_values); i++)
		peer_value(f, s, &peer_values[i]);
}
