// SPDX-License-Identifier: GPL-2.0
/* Metrics of what groups and peers are now. */
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

	metric_family(f, name, "gauge", NULL, "What a group is set to; always 1.");
	for (i = 0; i < s->len; i++) {
		const struct bully_group *g = &s->groups[i];

		metric_number(f, name, "", 1, "group", g->name, "id", id_text(g->id, id), "role",
			      bully_role_name(g->role), "candidate",
			      bully_candidate_name(g->candidate), "quorum",
			      bully_quorum_name(g->quorum), "auth", bully_auth_name(g->auth), NULL);
	}
}

typedef const char *(*name_fn)(unsigned int v);

/* One series for each state that there is; the one that is has 1. */
static void one_of(FILE *f, const char *name, const char *label, const char *help,
		   const struct snapshot *s, unsigned int n, name_fn word,
		   unsigned int (*get)(const struct bully_group *g))
{
	unsigned int v;
	size_t i;

	metric_family(f, name, "gauge", NULL, help);
	for (i = 0; i < s->len; i++)
		for (v = 0; v < n; v++)
			metric_number(f, name, "", get(&s->groups[i]) == v, "group",
				      s->groups[i].name, label, word(v), NULL);
}

static unsigned int get_state(const struct bully_group *g)
{
	return g->state;
}

static unsigned int get_link(const struct bully_group *g)
{
	return g->link;
}

/**
 * struct value - a metric that is a member of a group or a peer
 * @name: of the family
 * @help: one line
 * @attr: it is known where this attribute is, 0 for always
 * @unit: NULL, or "seconds" where the member is in nanoseconds
 * @get: the member
 */
struct value {
	const char *name;
	const char *help;
	unsigned int attr;
	const char *unit;
	uint64_t (*get)(const void *obj, uint64_t now);
};

#define GETTER(type, member)                                                                       \
	static uint64_t get_##type##_##member(const void *obj, uint64_t now)                       \
	{                                                                                          \
		(void)now;                                                                         \
		return ((const struct bully_##type *)obj)->member;                                 \
	}
GETTER(group, leader)
GETTER(group, epoch)
GETTER(group, peers_len)
GETTER(group, heartbeat_ns)
GETTER(group, misses)
GETTER(group, majority)
GETTER(group, grants)
GETTER(group, lease_remaining_ns)
GETTER(group, grant_remaining_ns)
GETTER(group, abstain_remaining_ns)
GETTER(group, holddown_remaining_ns)
GETTER(group, resigned)
GETTER(group, duplicate)
GETTER(group, owned)
GETTER(peer, rtt_ns)
GETTER(peer, mismatch)
GETTER(peer, duplicate)
GETTER(peer, voters_differ)
GETTER(peer, holddown_remaining_ns)

static uint64_t get_peers_up(const void *obj, uint64_t now)
{
	const struct bully_group *g = obj;
	uint64_t up = 0;
	size_t i;

	(void)now;
	for (i = 0; i < g->peers_len; i++)
		up += g->peers[i].state == BULLY_PEER_STATE_UP;
	return up;
}

/* Of the two kinds that keep nodes apart. */
static uint64_t get_wrong_address(const void *obj, uint64_t now)
{
	const struct bully_peer *p = obj;

	(void)now;
	return p->address == BULLY_ADDRESS_ELSEWHERE || p->address == BULLY_ADDRESS_MISTAKEN;
}

static uint64_t get_lease(const void *obj, uint64_t now)
{
	(void)now;
	return bully_group_lease(obj);
}

static uint64_t get_silence(const void *obj, uint64_t now)
{
	const struct bully_peer *p = obj;

	return now > p->last_seen_ns ? now - p->last_seen_ns : 0;
}

static const struct value group_values[] = {
	{"bully_group_leader_id", "Id of the leader; absent where there is none.",
	 BULLY_A_GROUP_LEADER, NULL, get_group_leader},
	{"bully_group_epoch", "Epoch of the leader, the fencing token of quorum mode.", 0, NULL,
	 get_group_epoch},
	{"bully_group_peers", "Peers configured.", 0, NULL, get_group_peers_len},
	{"bully_group_peers_up", "Peers that are up.", 0, NULL, get_peers_up},
	{"bully_group_heartbeat_seconds", "Time between probes.", 0, "seconds",
	 get_group_heartbeat_ns},
	{"bully_group_misses", "Heartbeats without an answer until the leader is lost.", 0, NULL,
	 get_group_misses},
	{"bully_group_majority", "Grants that a leader needs; quorum mode only.",
	 BULLY_A_GROUP_MAJORITY, NULL, get_group_majority},
	{"bully_group_grants", "Grants that live, of this leader or claimant; quorum mode only.",
	 BULLY_A_GROUP_MAJORITY, NULL, get_group_grants},
	{"bully_group_lease_seconds", "How long a grant lasts; quorum mode only.",
	 BULLY_A_GROUP_MAJORITY, "seconds", get_lease},
	{"bully_group_lease_remaining_seconds", "What is left of this leader's lease.",
	 BULLY_A_GROUP_LEASE_REMAINING, "seconds", get_group_lease_remaining_ns},
	{"bully_group_grant_remaining_seconds", "What is left of the grant that this node gave.",
	 BULLY_A_GROUP_GRANT_REMAINING, "seconds", get_group_grant_remaining_ns},
	{"bully_group_abstain_remaining_seconds", "How long this node grants nothing yet.",
	 BULLY_A_GROUP_ABSTAIN_REMAINING, "seconds", get_group_abstain_remaining_ns},
	{"bully_group_holddown_remaining_seconds", "How long this node is held down yet.",
	 BULLY_A_GROUP_HOLDDOWN_REMAINING, "seconds", get_group_holddown_remaining_ns},
	{"bully_group_resigned", "1 where this node has resigned and does not stand.", 0, NULL,
	 get_group_resigned},
	{"bully_group_owned", "1 where a socket owns this node's candidacy.", 0, NULL,
	 get_group_owned},
	{"bully_group_duplicate_id", "1 while another node bears this node's id.", 0, NULL,
	 get_group_duplicate},
};

static const struct value peer_values[] = {
	{"bully_peer_rtt_seconds", "Last measured round trip to the peer.", BULLY_A_PEER_RTT,
	 "seconds", get_peer_rtt_ns},
	{"bully_peer_silence_seconds", "Since the peer's last sign of life.",
	 BULLY_A_PEER_LAST_SEEN, "seconds", get_silence},
	{"bully_peer_mismatch", "1 where the peer has other heartbeat, misses or members.", 0, NULL,
	 get_peer_mismatch},
	{"bully_peer_voters_differ", "1 where the peer has another set of voters.", 0, NULL,
	 get_peer_voters_differ},
	{"bully_peer_duplicate_id", "1 while two nodes bear the peer's id.", 0, NULL,
	 get_peer_duplicate},
	{"bully_peer_wrong_address", "1 where one of the two nodes has another address for the other.",
	 0, NULL, get_wrong_address},
	{"bully_peer_holddown_remaining_seconds", "How long the peer is held down yet.",
	 BULLY_A_PEER_HOLDDOWN_REMAINING, "seconds", get_peer_holddown_remaining_ns},
};

static void group_value(FILE *f, const struct snapshot *s, const struct value *v)
{
	size_t i;

	metric_family(f, v->name, "gauge", v->unit, v->help);
	for (i = 0; i < s->len; i++) {
		const struct bully_group *g = &s->groups[i];

		if (v->attr && !BULLY_HAS(g, v->attr))
			continue;
		if (v->unit)
			metric_seconds(f, v->name, v->get(g, g->time_ns), "group", g->name, NULL);
		else
			metric_number(f, v->name, "", v->get(g, 0), "group", g->name, NULL);
	}
}

void metrics_groups(FILE *f, const struct snapshot *s)
{
	size_t i;

	info(f, s);
	one_of(f, "bully_group_state", "state", "1 in the series of this node's state.", s,
	       BULLY_STATE_LEADER + 1, bully_state_name, get_state);
	one_of(f, "bully_group_link", "link", "1 in the series of the link's state.", s,
	       BULLY_LINK_NO_DEVICE + 1, bully_link_name, get_link);
	for (i = 0; i < ARRAY_SIZE(group_values); i++)
		group_value(f, s, &group_values[i]);
}

static void peer_state(FILE *f, const struct snapshot *s)
{
	const char *name = "bully_peer_state";
	char id[ID_STRLEN];
	unsigned int v;
	size_t i, j;

	metric_family(f, name, "gauge", NULL, "1 in the series of what is believed of the peer.");
	for (i = 0; i < s->len; i++)
		for (j = 0; j < s->groups[i].peers_len; j++)
			for (v = 0; v <= BULLY_PEER_STATE_DOWN; v++)
				metric_number(f, name, "", s->groups[i].peers[j].state == v,
					      "group", s->groups[i].name, "peer",
					      id_text(s->groups[i].peers[j].id, id), "state",
					      bully_peer_state_name(v), NULL);
}

static void peer_info(FILE *f, const struct snapshot *s)
{
	const char *name = "bully_peer_info";
	char id[ID_STRLEN], addr[ADDR_STRLEN];
	size_t i, j;

	metric_family(f, name, "gauge", NULL, "What a peer is set to; always 1.");
	for (i = 0; i < s->len; i++)
		for (j = 0; j < s->groups[i].peers_len; j++) {
			const struct bully_peer *p = &s->groups[i].peers[j];

			metric_number(f, name, "", 1, "group", s->groups[i].name, "peer",
				      id_text(p->id, id), "addr", format_addr(&p->addr, addr),
				      "role", bully_role_name(p->role), NULL);
		}
}

static void peer_value(FILE *f, const struct snapshot *s, const struct value *v)
{
	char id[ID_STRLEN];
	size_t i, j;

	metric_family(f, v->name, "gauge", v->unit, v->help);
	for (i = 0; i < s->len; i++) {
		const struct bully_group *g = &s->groups[i];

		for (j = 0; j < g->peers_len; j++) {
			const struct bully_peer *p = &g->peers[j];

			if (v->attr && !BULLY_HAS(p, v->attr))
				continue;
			id_text(p->id, id);
			if (v->unit)
				metric_seconds(f, v->name, v->get(p, g->time_ns), "group", g->name,
					       "peer", id, NULL);
			else
				metric_number(f, v->name, "", v->get(p, 0), "group", g->name,
					      "peer", id, NULL);
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
