// SPDX-License-Identifier: GPL-2.0
/* The JSON of a group. */
#include <inttypes.h>
#include <stdio.h>

#include "values/values.h"
#include "view/view.h"

static struct json_object *text_or_null(const char *s)
{
	return s[0] ? json_text(s) : NULL;
}

/* The active one first. */
static struct json_object *json_key_ids(const struct bully_group *g)
{
	struct json_object *o = json_object_new_array();
	size_t i;

	for (i = 0; i < g->key_ids_len; i++)
		json_object_array_add(o, json_u64(g->key_ids[i]));
	return o;
}

static struct json_object *json_options(const struct bully_group *g)
{
	bool stands = g->candidate == BULLY_CANDIDATE_OWNER ? g->owned : g->candidate;
	struct json_object *o = json_object_new_object();
	char local[ADDR_STRLEN];

	format_local(g, local);
	json_put(o, "heartbeat_ns", json_u64(g->heartbeat_ns));
	json_put(o, "misses", json_u64(g->misses));
	json_put(o, "quorum", json_text(bully_quorum_name(g->quorum)));
	json_put(o, "lease_ns",
		 g->quorum == BULLY_QUORUM_OFF ? NULL : json_u64(bully_group_lease(g)));
	json_put(o, "voters", json_u64(g->voters));
	json_put(o, "preempt", json_flag(g->preempt));
	json_put(o, "preempt_delay_ns", json_u64(g->preempt_delay_ns));
	json_put(o, "holddown", json_flag(g->holddown));
	json_put(o, "holddown_free", json_u64(g->holddown_free));
	json_put(o, "holddown_delay_ns", json_u64(g->holddown_delay_ns));
	json_put(o, "holddown_max_ns", json_u64(g->holddown_max_ns));
	json_put(o, "holddown_half_life_ns", json_u64(g->holddown_half_life_ns));
	json_put(o, "role", json_text(bully_role_name(g->role)));
	json_put(o, "candidate", json_flag(stands));
	json_put(o, "candidate_mode", json_text(bully_candidate_name(g->candidate)));
	json_put(o, "auth", json_text(bully_auth_name(g->auth)));
	json_put(o, "keys", json_key_ids(g));
	json_put(o, "local", text_or_null(local));
	json_put(o, "dev", text_or_null(g->dev_name));
	return o;
}

/* A number that the kernel may have left out. */
static struct json_object *json_known(bool known, uint64_t v)
{
	return known ? json_u64(v) : NULL;
}

static struct json_object *json_peer(const struct bully_peer *p)
{
	struct json_object *o = json_object_new_object();
	char addr[ADDR_STRLEN];

	format_addr(&p->addr, addr);
	json_put(o, "id", json_u64(p->id));
	json_put(o, "addr", json_text(addr));
	json_put(o, "role", json_text(bully_role_name(p->role)));
	json_put(o, "state", json_text(bully_peer_state_name(p->state)));
	json_put(o, "rtt_ns", json_known(BULLY_HAS(p, BULLY_A_PEER_RTT), p->rtt_ns));
	json_put(o, "last_seen_ns",
		 json_known(BULLY_HAS(p, BULLY_A_PEER_LAST_SEEN), p->last_seen_ns));
	json_put(o, "duplicate", json_flag(p->duplicate));
	json_put(o, "mismatch", json_flag(p->mismatch));
	json_put(o, "voters_differ", json_flag(p->voters_differ));
	json_put(o, "address", json_text(bully_address_name(p->address)));
	json_put(o, "source",
		 p->source.family ? json_text(format_addr(&p->source, addr)) : NULL);
	json_put(o, "vote",
		 BULLY_HAS(p, BULLY_A_PEER_VOTE) ? json_text(bully_vote_name(p->vote)) : NULL);
	json_put(o, "holddown_remaining_ns",
		 json_known(BULLY_HAS(p, BULLY_A_PEER_HOLDDOWN_REMAINING),
			    p->holddown_remaining_ns));
	return o;
}

/* Where the node stands in quorum mode and with its hold-down; null is what does not apply. */
static void json_stands(struct json_object *o, const struct bully_group *g)
{
	json_put(o, "lease_remaining_ns",
		 json_known(BULLY_HAS(g, BULLY_A_GROUP_LEASE_REMAINING), g->lease_remaining_ns));
	json_put(o, "majority", json_known(BULLY_HAS(g, BULLY_A_GROUP_MAJORITY), g->majority));
	json_put(o, "grants", json_known(BULLY_HAS(g, BULLY_A_GROUP_GRANTS), g->grants));
	json_put(o, "grant_to", json_known(BULLY_HAS(g, BULLY_A_GROUP_GRANT_TO), g->grant_to));
	json_put(o, "grant_remaining_ns",
		 json_known(BULLY_HAS(g, BULLY_A_GROUP_GRANT_REMAINING), g->grant_remaining_ns));
	json_put(
		o, "abstain_remaining_ns",
		json_known(BULLY_HAS(g, BULLY_A_GROUP_ABSTAIN_REMAINING), g->abstain_remaining_ns));
	json_put(o, "holddown_remaining_ns",
		 json_known(BULLY_HAS(g, BULLY_A_GROUP_HOLDDOWN_REMAINING),
			    g->holddown_remaining_ns));
}

/* The socket that owns the candidacy; null where none does. */
static struct json_object *json_owner(const struct bully_group *g)
{
	struct json_object *o;

	if (!g->owned)
		return NULL;
	o = json_object_new_object();
	json_put(o, "portid", json_u64(g->owner_portid));
	json_put(o, "deadline_ns", json_known(g->owner_deadline_ns, g->owner_deadline_ns));
	json_put(o, "remaining_ns", json_known(g->owner_deadline_ns, g->owner_remaining_ns));
	return o;
}

struct json_object *json_group(const struct bully_group *g)
{
	struct json_object *o = json_object_new_object();
	struct json_object *peers = json_object_new_array();
	char session[20];
	size_t i;

	/* 64 random bits are no number to a reader of JSON. */
	snprintf(session, sizeof(session), "%016" PRIx64, g->session);
	json_put(o, "name", json_text(g->name));
	json_put(o, "id", json_u64(g->id));
	json_put(o, "role", json_text(bully_role_name(g->role)));
	json_put(o, "state", json_text(bully_state_name(g->state)));
	json_put(o, "leader", BULLY_HAS(g, BULLY_A_GROUP_LEADER) ? json_u64(g->leader) : NULL);
	json_put(o, "epoch", json_u64(g->epoch));
	json_put(o, "quorum", json_text(bully_quorum_name(g->quorum)));
	json_stands(o, g);
	json_put(o, "event_seq", json_u64(g->event_seq));
	json_put(o, "reason", json_text(bully_reason_name(g->reason)));
	json_put(o, "link", json_text(bully_link_name(g->link)));
	json_put(o, "duplicate", json_flag(g->duplicate));
	json_put(o, "resigned", json_flag(g->resigned));
	json_put(o, "session", json_text(session));
	json_put(o, "owner", json_owner(g));
	json_put(o, "options", json_options(g));
	for (i = 0; i < g->peers_len; i++)
		json_object_array_add(peers, json_peer(&g->peers[i]));
	json_put(o, "peers", peers);
	return o;
}
