// SPDX-License-Identifier: GPL-2.0-only
/* The table of options, from lib/options.def; reads and writes their values. */
#include <stdio.h>
#include <string.h>

#include "values/keyfile.h"
#include "values/words.h"

#define HOLDDOWN_MIN_NS 1000000 /* 1 ms, the minimum of all hold-down times */

#define NUMBER_NONE false
#define NUMBER_U32 true
#define NUMBER_U64 true
#define ROW(of_peer, id, width, how, text, ar, vals, fn, lo, hi, d, at, line)                      \
	{                                                                                          \
		.word = text,                                                                      \
		.arg = ar,                                                                         \
		.values = vals,                                                                    \
		.kind = WORD_##how,                                                                \
		.peer = of_peer,                                                                   \
		.number = NUMBER_##width,                                                          \
		.attr = id,                                                                        \
		.name = fn,                                                                        \
		.min = lo,                                                                         \
		.max = hi,                                                                         \
		.def = d,                                                                          \
		.where = WORD_##at,                                                                \
		.help = line,                                                                      \
	},

static const struct word of_group[] = {
#define GROUP_OPTION(attr, ...) ROW(false, BULLY_A_GROUP_##attr, __VA_ARGS__)
#include "options.def"
};

const struct words group_words = {of_group, ARRAY_SIZE(of_group)};

static const struct word of_peer[] = {
#define PEER_OPTION(attr, ...) ROW(true, BULLY_A_PEER_##attr, __VA_ARGS__)
#include "options.def"
};

const struct words peer_words = {of_peer, ARRAY_SIZE(of_peer)};

static const struct word of_node[] = {
	{
		.word = "host",
		.arg = "NAME",
		.kind = WORD_HOST,
		.where = WORD_IN_NODE,
		.help = "the name of the node's host (default: none)",
	},
#define PEER_OPTION(attr, ...) ROW(true, BULLY_A_PEER_##attr, __VA_ARGS__)
#include "options.def"
#define GROUP_OPTION(attr, ...) ROW(false, BULLY_A_GROUP_##attr, __VA_ARGS__)
#include "options.def"
};

const struct words node_words = {of_node, ARRAY_SIZE(of_node)};

_Static_assert(ARRAY_SIZE(of_node) <= WORDS_MAX, "a word has a bit of its own");

const struct word *word_find(const struct words *words, const char *word)
{
	size_t i;

	for (i = 0; i < words->len; i++)
		if (!strcmp(words->word[i].word, word))
			return &words->word[i];
	return NULL;
}

static int parse_choice(const struct word *w, const char *value, uint64_t *v, char *err)
{
	for (*v = w->min; *v <= w->max; ++*v)
		if (!strcmp(value, w->name((unsigned int)*v)))
			return 0;
	snprintf(err, SENTENCE_LEN, "%s: '%.64s' is not one of '%s'", w->word, value, w->values);
	return -1;
}

static int parse_number(const struct word *w, const char *value, uint64_t *v, char *err)
{
	uint32_t number = 0;
	bool on = false;
	int ret;

	switch (w->kind) {
	case WORD_LEASE:
		*v = 0; /* 0 means the default to the kernel */
		if (!strcmp(value, "default"))
			return 0;
		/* fall through */
	case WORD_DUR:
		return parse_dur(w->word, value, w->min, w->max, v, err);
	case WORD_BOOL:
		ret = parse_bool(w->word, value, &on, err);
		*v = on;
		return ret;
	case WORD_CHOICE:
	case WORD_CANDIDATE:
	case WORD_AUTH:
		return parse_choice(w, value, v, err);
	default:
		ret = parse_u32(w->word, value, (uint32_t)w->min, (uint32_t)w->max, &number, err);
		*v = number;
		return ret;
	}
}

/* Always sets the port, so that "set" with an address alone sets the default port. */
static int parse_place(const struct word *w, const char *value, void *obj, char *err)
{
	struct bully_addr addr;

	if (parse_addr(w->word, value, w->kind == WORD_LOCAL, &addr, err))
		return -1;
	if (!addr.port)
		addr.port = BULLY_DEFAULT_PORT;
	if (w->peer)
		bully_peer_put_addr(obj, &addr);
	else
		bully_group_put_local(obj, &addr);
	return 0;
}

int word_parse(const struct word *w, const char *value, void *obj, char *err)
{
	char dev[BULLY_DEV_NAME_MAX + 1];
	uint64_t v = 0;
	int ret;

	if (w->number) {
		ret = parse_number(w, value, &v, err);
		if (!ret)
			ret = w->peer ? bully_peer_put(obj, w->attr, v)
				      : bully_group_put(obj, w->attr, v);
	} else if (w->kind == WORD_KEYS) {
		ret = keyfile_read(w->word, value, obj, err);
	} else if (w->kind == WORD_GUARD) {
		ret = parse_guard(w->word, value, obj, err);
	} else if (w->kind == WORD_DEV) {
		ret = parse_dev(w->word, value, dev, err);
		if (!ret)
			ret = bully_group_put_dev(obj, dev);
	} else {
		ret = parse_place(w, value, obj, err);
	}
	return ret ? CTL_USAGE : CTL_DONE;
}

const char *word_format(const struct word *w, uint64_t v, char *buf)
{
	switch (w->kind) {
	case WORD_LEASE:
		if (!v)
			return "default";
		/* fall through */
	case WORD_DUR:
		return format_dur(v, buf);
	case WORD_BOOL:
		return v ? "on" : "off";
	case WORD_CHOICE:
	case WORD_CANDIDATE:
	case WORD_AUTH:
		return w->name((unsigned int)v);
	default:
		snprintf(buf, WORD_STRLEN, "%u", (uint32_t)v);
		return buf;
	}
}

/* The default of preempt depends on the election, as in the kernel. */
uint64_t group_option(const struct bully_group *g, const struct word *w)
{
	if (bully_group_has(g, w->attr))
		return bully_group_get(g, w->attr);
	if (w->attr == BULLY_A_GROUP_PREEMPT && GROUP(g, ELECTION) == BULLY_ELECTION_RAFT)
		return false;
	return w->def;
}

/* As group_option(), by the number of the attribute. */
static uint64_t value_of(const struct bully_group *g, unsigned int attr)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(of_group); i++)
		if (of_group[i].attr == attr)
			return group_option(g, &of_group[i]);
	return 0;
}

#define MAX(a, b) ((a) > (b) ? (a) : (b))

#define KNOWN(attr) (whole || GROUP_HAS(g, attr))
#define VALUE(attr) value_of(g, BULLY_A_GROUP_##attr)

/* Checks what election raft needs, and that no option of election bully is beside it. */
static const char *check_raft(const struct bully_group *g, bool whole, char *err)
{
	if (VALUE(ELECTION) != BULLY_ELECTION_RAFT)
		return NULL;
	if (KNOWN(QUORUM) && VALUE(QUORUM) != BULLY_QUORUM_MAJORITY) {
		snprintf(err, SENTENCE_LEN, "election: raft needs quorum majority");
		return "election quorum";
	}
	if (VALUE(PREEMPT)) {
		snprintf(err, SENTENCE_LEN,
			 "preempt: no node takes over with election raft; write off, or leave it "
			 "out");
		return "preempt election";
	}
	if (VALUE(PREEMPT_DELAY)) {
		snprintf(err, SENTENCE_LEN,
			 "preempt-delay: no node takes over with election raft; write 0s, or leave "
			 "it out");
		return "preempt-delay election";
	}
	if (VALUE(PRIORITY)) {
		snprintf(err, SENTENCE_LEN,
			 "priority: it has no effect with election raft; write 0, or leave it out");
		return "priority election";
	}
	return NULL;
}

/* Checks what unlisted observers need, and the voters that answer them. */
static const char *check_observers(const struct bully_group *g, bool whole, char *err)
{
	bool classic = KNOWN(QUORUM) && VALUE(QUORUM) != BULLY_QUORUM_MAJORITY;

	if (VALUE(OBSERVERS) && VALUE(UNLISTED)) {
		snprintf(err, SENTENCE_LEN,
			 "observers: an unlisted observer answers no others; write 0, or leave it "
			 "out");
		return "observers unlisted";
	}
	if (VALUE(OBSERVERS) && classic) {
		snprintf(err, SENTENCE_LEN, "observers: they need quorum majority");
		return "observers quorum";
	}
	if (VALUE(UNLISTED) && KNOWN(ROLE) && VALUE(ROLE) != BULLY_ROLE_OBSERVER) {
		snprintf(err, SENTENCE_LEN, "unlisted: it needs role observer");
		return "unlisted role";
	}
	if (VALUE(UNLISTED) && classic) {
		snprintf(err, SENTENCE_LEN, "unlisted: it needs quorum majority");
		return "unlisted quorum";
	}
	return NULL;
}

const char *group_check(const struct bully_group *g, bool whole, char *err)
{
	const char *about = check_raft(g, whole, err);
	char a[DUR_STRLEN], b[DUR_STRLEN];
	uint64_t heartbeat = VALUE(HEARTBEAT), lease = VALUE(LEASE);
	uint64_t least = BULLY_LEASE_HEARTBEATS(heartbeat);

	if (!about)
		about = check_observers(g, whole, err);
	if (about)
		return about;
	if (KNOWN(LEASE) && KNOWN(HEARTBEAT) && lease && lease < least * heartbeat) {
		snprintf(err, SENTENCE_LEN, "lease: %s is below %d heartbeats of %s",
			 format_dur(lease, a), (int)least, format_dur(heartbeat, b));
		return "lease heartbeat";
	}
	if (!lease)
		lease = heartbeat * MAX(VALUE(MISSES), least);
	if (KNOWN(QUORUM) && VALUE(QUORUM) == BULLY_QUORUM_MAJORITY && KNOWN(LEASE) &&
	    KNOWN(HEARTBEAT) && KNOWN(MISSES) && lease > BULLY_LEASE_MAX_NS) {
		snprintf(err, SENTENCE_LEN,
			 "lease: the default, heartbeat times misses, is above 1h; write a shorter "
			 "lease");
		return "lease misses heartbeat quorum";
	}
	if (KNOWN(HOLDDOWN_DELAY) && KNOWN(HOLDDOWN_MAX) &&
	    VALUE(HOLDDOWN_MAX) < VALUE(HOLDDOWN_DELAY)) {
		snprintf(err, SENTENCE_LEN, "holddown-max: %s is below holddown-delay, which is %s",
			 format_dur(VALUE(HOLDDOWN_MAX), a), format_dur(VALUE(HOLDDOWN_DELAY), b));
		return "holddown-max holddown-delay";
	}
	if (guard_has(g, bully_group_local(g))) {
		snprintf(err, SENTENCE_LEN,
			 "guard: it has the address of 'local', which must always work; write the "
			 "host's own address there");
		return "guard local";
	}
#undef KNOWN
#undef VALUE
	return NULL;
}
