// SPDX-License-Identifier: GPL-2.0
/* The table of words, and how their values are read. */
#include <stdio.h>
#include <string.h>

#include "values/keyfile.h"
#include "values/words.h"

#define IN_GROUP(m) offsetof(struct bully_group, m)
#define IN_PEER(m) offsetof(struct bully_peer, m)
#define HOLDDOWN_MIN_NS 1000000 /* 1ms, of each of its times */

static const struct word of_group[] = {
	{"id", "ID", NULL, WORD_ID, BULLY_A_GROUP_ID, IN_GROUP(id), 1, UINT32_MAX,
	 WORD_IN_ADD | WORD_IN_FILE, "this node's id, 1 to 4294967295; the highest live one leads"},
	{"local", "ADDR[:PORT]", NULL, WORD_LOCAL, 0, IN_GROUP(local), 0, 0, WORD_ANYWHERE,
	 "where this node listens (default: any address, port 7400)"},
	{"dev", "IFACE|none", NULL, WORD_DEV, BULLY_A_GROUP_DEV_NAME, IN_GROUP(dev_name), 0, 0,
	 WORD_ANYWHERE,
	 "bind to this interface or VRF (default: none)"},
	{"heartbeat", "DUR", NULL, WORD_DUR, BULLY_A_GROUP_HEARTBEAT, IN_GROUP(heartbeat_ns),
	 BULLY_HEARTBEAT_MIN_NS, BULLY_HEARTBEAT_MAX_NS, WORD_ANYWHERE,
	 "time between probes, 1ms to 60s (default: 100ms)"},
	{"misses", "N", NULL, WORD_U32, BULLY_A_GROUP_MISSES, IN_GROUP(misses), BULLY_MISSES_MIN,
	 BULLY_MISSES_MAX, WORD_ANYWHERE,
	 "heartbeats without an answer until the leader is lost, 2 to 100 (default: 3)"},
	{"preempt", "on|off", "on off", WORD_BOOL, BULLY_A_GROUP_PREEMPT, IN_GROUP(preempt), 0, 0,
	 WORD_ANYWHERE, "whether this node claims while a lower one leads (default: on)"},
	{"preempt-delay", "DUR", NULL, WORD_DUR, BULLY_A_GROUP_PREEMPT_DELAY,
	 IN_GROUP(preempt_delay_ns), 0, BULLY_PREEMPT_DELAY_MAX_NS, WORD_ANYWHERE,
	 "how long it waits before that, 0s to 24h (default: 0s)"},
	{"role", "candidate|witness|observer", "candidate witness observer", WORD_ROLE,
	 BULLY_A_GROUP_ROLE, IN_GROUP(role), 0, 0, WORD_ANYWHERE,
	 "what this node may ever be (default: candidate)"},
	{"candidate", "on|off|owner", "on off owner", WORD_CANDIDATE, BULLY_A_GROUP_CANDIDATE,
	 IN_GROUP(candidate), 0, 0, WORD_ANYWHERE,
	 "whether this node stands now, or while a process owns that (default: on)"},
	{"quorum", "off|majority", "off majority", WORD_QUORUM, BULLY_A_GROUP_QUORUM,
	 IN_GROUP(quorum), 0, 0, WORD_ANYWHERE,
	 "what it takes to lead: being the highest, or a majority's lease (default: off)"},
	{"lease", "DUR|default", "default", WORD_LEASE, BULLY_A_GROUP_LEASE, IN_GROUP(lease_ns),
	 BULLY_LEASE_HEARTBEATS_QUICK *BULLY_HEARTBEAT_MIN_NS, BULLY_LEASE_MAX_NS, WORD_ANYWHERE,
	 "how long a grant lasts, 3 heartbeats to 1h (default: heartbeat times misses)"},
	{"voters", "N", NULL, WORD_U32, BULLY_A_GROUP_VOTERS, IN_GROUP(voters), 0,
	 BULLY_PEERS_MAX + 1, WORD_ANYWHERE,
	 "quorum mode: voters that must be named before the first election, 0 to 256 (default: 0, "
	 "which is two)"},
	{"holddown", "on|off", "on off", WORD_BOOL, BULLY_A_GROUP_HOLDDOWN, IN_GROUP(holddown), 0,
	 0, WORD_ANYWHERE,
	 "tell nodes that come and go to stay followers, and heed it (default: on)"},
	{"holddown-free", "N", NULL, WORD_U32, BULLY_A_GROUP_HOLDDOWN_FREE, IN_GROUP(holddown_free),
	 0, BULLY_HOLDDOWN_FREE_MAX, WORD_ANYWHERE,
	 "restarts of a node that cost it nothing, 0 to 100 (default: 2)"},
	{"holddown-delay", "DUR", NULL, WORD_DUR, BULLY_A_GROUP_HOLDDOWN_DELAY,
	 IN_GROUP(holddown_delay_ns), HOLDDOWN_MIN_NS, BULLY_HOLDDOWN_LIMIT_NS, WORD_ANYWHERE,
	 "the first hold-down, which then doubles, 1ms to 24h (default: 10s)"},
	{"holddown-max", "DUR", NULL, WORD_DUR, BULLY_A_GROUP_HOLDDOWN_MAX,
	 IN_GROUP(holddown_max_ns), HOLDDOWN_MIN_NS, BULLY_HOLDDOWN_LIMIT_NS, WORD_ANYWHERE,
	 "the longest hold-down, at least the first one, up to 24h (default: 5m)"},
	{"holddown-half-life", "DUR", NULL, WORD_DUR, BULLY_A_GROUP_HOLDDOWN_HALF_LIFE,
	 IN_GROUP(holddown_half_life_ns), HOLDDOWN_MIN_NS, BULLY_HOLDDOWN_LIMIT_NS, WORD_ANYWHERE,
	 "time in which half of the penalty is forgotten, 1ms to 24h (default: 5m)"},
	{"key-file", "FILE", NULL, WORD_KEYS, BULLY_A_GROUP_KEY, 0, 0, 0, WORD_ANYWHERE,
	 "all keys of the group, a line 'ID KEY [active]' each (default: those that are there)"},
	{"auth", "MODE", "off receive-only permissive enforce", WORD_AUTH, BULLY_A_GROUP_AUTH,
	 IN_GROUP(auth), 0, 0, WORD_ANYWHERE,
	 "off (forgets the keys), receive-only, permissive or enforce (default with keys: enforce)"},
};

const struct words group_words = {of_group, ARRAY_SIZE(of_group)};

static const struct word of_peer[] = {
	{"id", "ID", NULL, WORD_ID, BULLY_A_PEER_ID, IN_PEER(id), 1, UINT32_MAX,
	 WORD_IN_ADD | WORD_IN_SET, "the peer's id, 1 to 4294967295"},
	{"addr", "ADDR[:PORT]", NULL, WORD_ADDR, 0, IN_PEER(addr), 0, 0, WORD_ANYWHERE,
	 "where it listens (default port: 7400)"},
	{"role", "candidate|witness|observer", "candidate witness observer", WORD_ROLE,
	 BULLY_A_PEER_ROLE, IN_PEER(role), 0, 0, WORD_ANYWHERE,
	 "what it may ever be (default: candidate)"},
};

const struct words peer_words = {of_peer, ARRAY_SIZE(of_peer)};

_Static_assert(ARRAY_SIZE(of_group) <= WORDS_MAX, "a word has a bit of its own");

const struct word *word_find(const struct words *words, const char *word)
{
	size_t i;

	for (i = 0; i < words->len; i++)
		if (!strcmp(words->word[i].word, word))
			return &words->word[i];
	return NULL;
}

static int parse_choice(const struct word *w, const char *value, const char *(*name)(unsigned int),
			unsigned int choices, unsigned int *v, char *err)
{
	for (*v = 0; *v < choices; ++*v)
		if (!strcmp(value, name(*v)))
			return 0;
	snprintf(err, SENTENCE_LEN, "%s: '%.64s' is none of '%s'", w->word, value, w->values);
	return -1;
}

/* An address always says its port, so that a word means the same everywhere. */
static uint64_t addr_bits(struct bully_addr *a, bool local)
{
	uint64_t set = 0;

	if (!a->port)
		a->port = BULLY_DEFAULT_PORT;
	if (a->family == 4)
		set |= BULLY_BIT(local ? BULLY_A_GROUP_LOCAL_IP4 : BULLY_A_PEER_IP4);
	if (a->family == 6)
		set |= BULLY_BIT(local ? BULLY_A_GROUP_LOCAL_IP6 : BULLY_A_PEER_IP6);
	if (a->scope_name[0])
		set |= BULLY_BIT(local ? BULLY_A_GROUP_LOCAL_SCOPE_NAME : BULLY_A_PEER_SCOPE_NAME);
	return set | BULLY_BIT(local ? BULLY_A_GROUP_LOCAL_PORT : BULLY_A_PEER_PORT);
}

int word_parse(const struct word *w, const char *value, void *obj, uint64_t *set, char *err)
{
	void *member = (char *)obj + w->offset;
	unsigned int choice;
	int ret = 0;

	switch (w->kind) {
	case WORD_ID:
	case WORD_U32:
		ret = parse_u32(w->word, value, (uint32_t)w->min, (uint32_t)w->max, member, err);
		break;
	case WORD_LOCAL:
	case WORD_ADDR:
		ret = parse_addr(w->word, value, w->kind == WORD_LOCAL, member, err);
		if (!ret)
			*set |= addr_bits(member, w->kind == WORD_LOCAL);
		return ret ? CTL_USAGE : CTL_DONE;
	case WORD_DEV:
		ret = parse_dev(w->word, value, member, err);
		break;
	case WORD_LEASE:
		*(uint64_t *)member = 0; /* to the kernel, the default */
		if (!strcmp(value, "default"))
			break;
		/* fall through */
	case WORD_DUR:
		ret = parse_dur(w->word, value, w->min, w->max, member, err);
		break;
	case WORD_BOOL:
		ret = parse_bool(w->word, value, member, err);
		break;
	case WORD_CANDIDATE:
		ret = parse_choice(w, value, bully_candidate_name, BULLY_CANDIDATE_OWNER + 1,
				   &choice, err);
		if (!ret)
			*(enum bully_candidate *)member = choice;
		break;
	case WORD_ROLE:
		ret = parse_choice(w, value, bully_role_name, BULLY_ROLE_OBSERVER + 1, &choice,
				   err);
		if (!ret)
			*(enum bully_role *)member = choice;
		break;
	case WORD_QUORUM:
		ret = parse_choice(w, value, bully_quorum_name, BULLY_QUORUM_MAJORITY + 1, &choice,
				   err);
		if (!ret)
			*(enum bully_quorum *)member = choice;
		break;
	case WORD_AUTH:
		ret = parse_choice(w, value, bully_auth_name, BULLY_AUTH_ENFORCE + 1, &choice, err);
		if (!ret)
			*(enum bully_auth *)member = choice;
		break;
	case WORD_KEYS:
		ret = keyfile_read(w->word, value, &((struct bully_group *)obj)->keys,
				   &((struct bully_group *)obj)->keys_len, err);
		break;
	}
	if (ret)
		return CTL_USAGE;
	*set |= BULLY_BIT(w->attr);
	return CTL_DONE;
}

struct bully_group group_with_defaults(const struct bully_group *g)
{
	struct bully_group d = {
		.heartbeat_ns = BULLY_HEARTBEAT_NS,
		.misses = BULLY_MISSES,
		.preempt = true,
		.candidate = BULLY_CANDIDATE_ON,
		.holddown = true,
		.holddown_free = BULLY_HOLDDOWN_FREE,
		.holddown_delay_ns = BULLY_HOLDDOWN_DELAY_NS,
		.holddown_max_ns = BULLY_HOLDDOWN_MAX_NS,
		.holddown_half_life_ns = BULLY_HOLDDOWN_HALF_LIFE_NS,
	};

#define TAKE(attr, m)                                                                              \
	do {                                                                                       \
		if (BULLY_HAS(g, attr))                                                            \
			d.m = g->m;                                                                \
	} while (0)
	TAKE(BULLY_A_GROUP_HEARTBEAT, heartbeat_ns);
	TAKE(BULLY_A_GROUP_MISSES, misses);
	TAKE(BULLY_A_GROUP_QUORUM, quorum);
	TAKE(BULLY_A_GROUP_LEASE, lease_ns);
	TAKE(BULLY_A_GROUP_VOTERS, voters);
	TAKE(BULLY_A_GROUP_PREEMPT, preempt);
	TAKE(BULLY_A_GROUP_PREEMPT_DELAY, preempt_delay_ns);
	TAKE(BULLY_A_GROUP_HOLDDOWN, holddown);
	TAKE(BULLY_A_GROUP_HOLDDOWN_FREE, holddown_free);
	TAKE(BULLY_A_GROUP_HOLDDOWN_DELAY, holddown_delay_ns);
	TAKE(BULLY_A_GROUP_HOLDDOWN_MAX, holddown_max_ns);
	TAKE(BULLY_A_GROUP_HOLDDOWN_HALF_LIFE, holddown_half_life_ns);
	TAKE(BULLY_A_GROUP_ROLE, role);
	TAKE(BULLY_A_GROUP_CANDIDATE, candidate);
#undef TAKE
	if (BULLY_HAS(g, BULLY_A_GROUP_DEV_NAME))
		strcpy(d.dev_name, g->dev_name);
	d.local = g->local;
	return d;
}

const char *group_check(const struct bully_group *g, bool whole, char *err)
{
	const struct bully_group d = whole ? group_with_defaults(g) : *g;
	uint64_t known = whole ? UINT64_MAX : g->set;
	char a[DUR_STRLEN], b[DUR_STRLEN];

#define KNOWN(attr) (known & BULLY_BIT(BULLY_A_GROUP_##attr))
	if (KNOWN(LEASE) && KNOWN(HEARTBEAT) && d.lease_ns &&
	    d.lease_ns < BULLY_LEASE_HEARTBEATS(d.heartbeat_ns) * d.heartbeat_ns) {
		snprintf(err, SENTENCE_LEN, "lease: %s is below %d heartbeats of %s",
			 format_dur(d.lease_ns, a), BULLY_LEASE_HEARTBEATS(d.heartbeat_ns),
			 format_dur(d.heartbeat_ns, b));
		return "lease heartbeat";
	}
	if (KNOWN(QUORUM) && d.quorum == BULLY_QUORUM_MAJORITY && KNOWN(LEASE) &&
	    KNOWN(HEARTBEAT) && KNOWN(MISSES) && bully_group_lease(&d) > BULLY_LEASE_MAX_NS) {
		snprintf(err, SENTENCE_LEN,
			 "lease: its default, heartbeat times misses, is above 1h");
		return "lease misses heartbeat quorum";
	}
	if (KNOWN(HOLDDOWN_DELAY) && KNOWN(HOLDDOWN_MAX) &&
	    d.holddown_max_ns < d.holddown_delay_ns) {
		snprintf(err, SENTENCE_LEN, "holddown-max: %s is below holddown-delay, which is %s",
			 format_dur(d.holddown_max_ns, a), format_dur(d.holddown_delay_ns, b));
		return "holddown-max holddown-delay";
	}
#undef KNOWN
	return NULL;
}
