// SPDX-License-Identifier: GPL-2.0-only
/* Builds the JSON of a group. */
#include <inttypes.h>
#include <stdio.h>

#include "host/own.h"
#include "values/words.h"
#include "view/view.h"

static struct json_object *text_or_null(const char *s)
{
	return s[0] ? json_text(s) : NULL;
}

/* Returns the ids of the keys, the active key first. */
static struct json_object *json_key_ids(const struct bully_group *g)
{
	struct json_object *o = json_object_new_array();
	const uint32_t *ids;
	size_t i, len = bully_group_key_ids(g, &ids);

	for (i = 0; i < len; i++)
		json_object_array_add(o, json_u64(ids[i]));
	return o;
}

/* Returns the guarded addresses, and whether each is on this host. */
static struct json_object *json_guard(const struct bully_group *g)
{
	struct json_object *list = json_object_new_array();
	const struct bully_addr *guard;
	size_t i, len = bully_group_guard(g, &guard);
	char addr[ADDR_STRLEN];

	for (i = 0; i < len; i++) {
		struct json_object *o = json_object_new_object();

		json_put(o, "addr", json_text(format_guard(&guard[i], addr)));
		json_put(o, "here", json_flag(own_addr(&guard[i], 0)));
		json_object_array_add(list, o);
	}
	return list;
}

/* Writes the JSON key of an option: underscores for dashes, and "_ns" for times. */
static const char *json_key(const struct word *w, char *buf, size_t len)
{
	bool time = w->kind == WORD_DUR || w->kind == WORD_LEASE;
	char *p;

	snprintf(buf, len, "%s%s", w->word, time ? "_ns" : "");
	for (p = buf; *p; p++)
		if (*p == '-')
			*p = '_';
	return buf;
}

/* Returns true if the administrator and all owners let the node be a candidate. */
static bool owners_agree(const struct bully_group *g)
{
	bool any = false;
	size_t i;

	for (i = 0; i < bully_group_owners(g); i++) {
		if (bully_group_owner(g, i, BULLY_A_OWNER_WEIGHT))
			continue;
		if (bully_group_owner(g, i, BULLY_A_OWNER_STATE) != BULLY_OWNER_STATE_OK)
			return false;
		any = true;
	}
	return GROUP(g, CANDIDATE) == BULLY_CANDIDATE_ON ||
	       (GROUP(g, CANDIDATE) == BULLY_CANDIDATE_OWNER && any);
}

static struct json_object *json_value(const struct bully_group *g, const struct word *w)
{
	uint64_t v = bully_group_get(g, w->attr);

	switch (w->kind) {
	case WORD_BOOL:
		return json_flag(v);
	case WORD_LEASE:
		return GROUP(g, QUORUM) == BULLY_QUORUM_OFF ? NULL : json_u64(bully_group_lease(g));
	case WORD_CANDIDATE: /* true if the node may be a candidate */
		return json_flag(owners_agree(g));
	case WORD_CHOICE:
	case WORD_AUTH:
		return json_text(w->name((unsigned int)v));
	default:
		return json_u64(v);
	}
}

static struct json_object *json_options(const struct bully_group *g)
{
	struct json_object *o = json_object_new_object();
	char local[ADDR_STRLEN], key[WORD_STRLEN];
	size_t i;

	for (i = 0; i < group_words.len; i++) {
		const struct word *w = &group_words.word[i];

		if (w->number && w->kind != WORD_ID)
			json_put(o, json_key(w, key, sizeof(key)), json_value(g, w));
	}
	format_local(g, local);
	json_put(o, "candidate_mode", json_text(bully_candidate_name(GROUP(g, CANDIDATE))));
	json_put(o, "keys", json_key_ids(g));
	json_put(o, "local", text_or_null(local));
	json_put(o, "dev", text_or_null(bully_group_dev(g)));
	json_put(o, "guard", json_guard(g));
	return o;
}

/* Returns a number, or null if the kernel has left it out. */
static struct json_object *json_known(bool known, uint64_t v)
{
	return known ? json_u64(v) : NULL;
}

/* Returns a position, or null if there is none. */
static struct json_object *json_position(uint64_t term, uint64_t index)
{
	struct json_object *o;

	if (!term && !index)
		return NULL;
	o = json_object_new_object();
	json_put(o, "term", json_u64(term));
	json_put(o, "index", json_u64(index));
	return o;
}

static struct json_object *json_peer(const struct bully_peer *p)
{
	struct json_object *o = json_object_new_object();
	char addr[ADDR_STRLEN];

	format_addr(bully_peer_addr(p), addr);
	json_put(o, "id", json_u64(PEER32(p, ID)));
	json_put(o, "addr", json_text(addr));
	json_put(o, "role", json_text(bully_role_name(PEER(p, ROLE))));
	json_put(o, "state", json_text(bully_peer_state_name(PEER(p, STATE))));
	json_put(o, "priority", json_known(PEER_HAS(p, PRIORITY), PEER(p, PRIORITY)));
	json_put(o, "position", json_position(PEER(p, POSITION_TERM), PEER(p, POSITION_INDEX)));
	json_put(o, "rtt_ns", json_known(PEER_HAS(p, RTT), PEER(p, RTT)));
	json_put(o, "last_seen_ns", json_known(PEER_HAS(p, LAST_SEEN), PEER(p, LAST_SEEN)));
	json_put(o, "duplicate", json_flag(PEER(p, DUPLICATE)));
	json_put(o, "mismatch", json_flag(PEER(p, MISMATCH)));
	json_put(o, "voters_differ", json_flag(PEER(p, VOTERS_DIFFER)));
	json_put(o, "address", json_text(bully_address_name(PEER(p, ADDRESS))));
	json_put(o, "source",
		 bully_peer_source(p)->family ? json_text(format_addr(bully_peer_source(p), addr))
					      : NULL);
	json_put(o, "vote", PEER_HAS(p, VOTE) ? json_text(bully_vote_name(PEER(p, VOTE))) : NULL);
	json_put(o, "holddown_remaining_ns",
		 json_known(PEER_HAS(p, HOLDDOWN_REMAINING), PEER(p, HOLDDOWN_REMAINING)));
	return o;
}

/* Adds the node's state in quorum mode and its hold-down; null if something does not apply. */
static void json_stands(struct json_object *o, const struct bully_group *g)
{
	json_put(o, "lease_remaining_ns",
		 json_known(GROUP_HAS(g, LEASE_REMAINING), GROUP(g, LEASE_REMAINING)));
	json_put(o, "majority", json_known(GROUP_HAS(g, MAJORITY), GROUP32(g, MAJORITY)));
	json_put(o, "grants", json_known(GROUP_HAS(g, GRANTS), GROUP32(g, GRANTS)));
	json_put(o, "grant_to", json_known(GROUP_HAS(g, GRANT_TO), GROUP32(g, GRANT_TO)));
	json_put(o, "grant_remaining_ns",
		 json_known(GROUP_HAS(g, GRANT_REMAINING), GROUP(g, GRANT_REMAINING)));
	json_put(o, "abstain_remaining_ns",
		 json_known(GROUP_HAS(g, ABSTAIN_REMAINING), GROUP(g, ABSTAIN_REMAINING)));
	json_put(o, "holddown_remaining_ns",
		 json_known(GROUP_HAS(g, HOLDDOWN_REMAINING), GROUP(g, HOLDDOWN_REMAINING)));
}

static struct json_object *json_owner(const struct bully_group *g, size_t i)
{
	uint64_t portid = bully_group_owner(g, i, BULLY_A_OWNER_PORTID);
	uint64_t deadline = bully_group_owner(g, i, BULLY_A_OWNER_DEADLINE);
	unsigned int state = (unsigned int)bully_group_owner(g, i, BULLY_A_OWNER_STATE);
	struct json_object *o = json_object_new_object();

	json_put(o, "name", json_text(bully_group_owner_name(g, i)));
	json_put(o, "state", json_text(bully_owner_state_name(state)));
	json_put(o, "weight", json_u64(bully_group_owner(g, i, BULLY_A_OWNER_WEIGHT)));
	json_put(o, "position",
		 json_position(bully_group_owner(g, i, BULLY_A_OWNER_POSITION_TERM),
			       bully_group_owner(g, i, BULLY_A_OWNER_POSITION_INDEX)));
	json_put(o, "portid", json_known(portid, portid));
	json_put(o, "deadline_ns", json_known(deadline, deadline));
	json_put(o, "remaining_ns",
		 json_known(deadline, bully_group_owner(g, i, BULLY_A_OWNER_REMAINING)));
	return o;
}

/* Adds the owners of the candidacy, and the first of them that owns now, or null. */
static void json_owners(struct json_object *o, const struct bully_group *g)
{
	struct json_object *owners = json_object_new_array(), *first = NULL;
	size_t i;

	for (i = 0; i < bully_group_owners(g); i++) {
		json_object_array_add(owners, json_owner(g, i));
		if (!first &&
		    bully_group_owner(g, i, BULLY_A_OWNER_STATE) <= BULLY_OWNER_STATE_UNWILLING)
			first = json_owner(g, i);
	}
	json_put(o, "owner", first);
	json_put(o, "owners", owners);
}

struct json_object *json_group(const struct bully_group *g)
{
	struct json_object *o = json_object_new_object();
	struct json_object *peers = json_object_new_array();
	char session[20];
	size_t i;

	/* Readers of JSON may lose bits of a 64-bit number, so the session is a string. */
	snprintf(session, sizeof(session), "%016" PRIx64, GROUP(g, SESSION));
	json_put(o, "name", json_text(bully_group_name(g)));
	json_put(o, "id", json_u64(GROUP32(g, ID)));
	json_put(o, "role", json_text(bully_role_name(GROUP(g, ROLE))));
	json_put(o, "state", json_text(bully_state_name(GROUP(g, STATE))));
	json_put(o, "leader", GROUP_HAS(g, LEADER) ? json_u64(GROUP32(g, LEADER)) : NULL);
	json_put(o, "epoch", json_u64(GROUP(g, EPOCH)));
	json_put(o, "quorum", json_text(bully_quorum_name(GROUP(g, QUORUM))));
	json_stands(o, g);
	json_put(o, "event_seq", json_u64(GROUP(g, EVENT_SEQ)));
	json_put(o, "reason", json_text(bully_reason_name(GROUP(g, REASON))));
	json_put(o, "link", json_text(bully_link_name(GROUP(g, LINK))));
	json_put(o, "duplicate", json_flag(GROUP(g, DUPLICATE)));
	json_put(o, "resigned", json_flag(GROUP(g, RESIGNED)));
	json_put(o, "effective_priority", json_u64(GROUP(g, EFFECTIVE_PRIORITY)));
	json_put(o, "position", json_position(GROUP(g, POSITION_TERM), GROUP(g, POSITION_INDEX)));
	json_put(o, "observers_now",
		 json_known(GROUP_HAS(g, OBSERVERS_NOW), GROUP32(g, OBSERVERS_NOW)));
	json_put(o, "asked", json_known(GROUP_HAS(g, ASKED), GROUP32(g, ASKED)));
	json_put(o, "session", json_text(session));
	json_owners(o, g);
	json_put(o, "options", json_options(g));
	for (i = 0; i < bully_group_peers(g); i++)
		json_object_array_add(peers, json_peer(bully_group_peer(g, i)));
	json_put(o, "peers", peers);
	return o;
}
