// SPDX-License-Identifier: GPL-2.0-only
/* Reads a configuration file: inih splits the lines, and this file interprets them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <ini.h>

#include "base/keepalived.h"
#include "base/suggest.h"
#include "config/conf.h"
#include "config/lex.h"
#include "values/words.h"

/**
 * struct reader - state of reading a file
 * @ctl: the run of the tool
 * @file: name of the file, for errors
 * @text: the whole file
 * @next: the next line that inih gets
 * @line: number of the line that inih got last
 * @conf: result
 * @peer: the peer whose section is read, or NULL
 * @node: the node whose section is read, or NULL
 * @vip: the settings whose section [vip] is read, or NULL
 * @section: a section has begun
 * @section_line: line of its heading
 * @seen: keys of the section: bit N for row N of the table
 * @word_line: line of each key in @seen
 * @status: exit status of the first error, or 0
 * @bad_line: line of the first error, or 0
 * @err: sentence of the first error
 */
struct reader {
	struct ctl *ctl;
	const char *file;
	char *text;
	const char *next;
	int line;
	struct conf *conf;
	struct bully_peer *peer;
	struct node *node;
	struct vip_settings *vip;
	bool section;
	int section_line;
	uint64_t seen;
	int word_line[WORDS_MAX];
	int status;
	int bad_line;
	char err[SENTENCE_LEN];
};

static int complain(struct reader *r, int line, int status)
{
	if (!r->status) {
		r->status = status;
		r->bad_line = line;
	}
	return -1;
}

#define COMPLAIN(r, line, ...)                                                                     \
	((r)->status                                                                               \
		 ? -1                                                                              \
		 : (snprintf((r)->err, SENTENCE_LEN, __VA_ARGS__), complain(r, line, CTL_USAGE)))

static struct bully_group *last_group(struct reader *r)
{
	return r->conf->groups[r->conf->len - 1];
}

static struct shared *last_shared(struct reader *r)
{
	return &r->conf->shared[r->conf->len - 1];
}

static const struct words *words_of(const struct reader *r)
{
	return r->vip ? &vip_words : r->node ? &node_words : r->peer ? &peer_words : &group_words;
}

/* Returns the line of the first key in @about that the section has, or that of the heading. */
static int line_of(const struct reader *r, const char *about)
{
	const struct words *words = words_of(r);
	size_t i;

	for (; *about; about += strcspn(about, " "), about += strspn(about, " "))
		for (i = 0; i < words->len; i++)
			if (r->seen & 1ULL << i &&
			    strlen(words->word[i].word) == strcspn(about, " ") &&
			    !strncmp(words->word[i].word, about, strlen(words->word[i].word)))
				return r->word_line[i];
	return r->section_line;
}

/* Runs the checks that need the complete section. @node: a section [node ID] follows. */
static int section_end(struct reader *r, bool node)
{
	char err[SENTENCE_LEN];
	const char *about;

	if (!r->section)
		return 0;
	if (r->vip)
		return vip_end(r->vip, err) ? COMPLAIN(r, r->section_line, "%s", err) : 0;
	about = r->node	  ? shared_check_node(last_group(r), last_shared(r), err)
		: r->peer ? conf_check_peer(r->conf, err)
			  : conf_check_group(r->conf, node, err);
	return about ? COMPLAIN(r, line_of(r, about), "%s", err) : 0;
}

static int begin_group(struct reader *r, const char *name)
{
	char err[SENTENCE_LEN];
	size_t i;

	if (parse_name(name, err))
		return COMPLAIN(r, r->line, "%s", err);
	for (i = 0; i < r->conf->len; i++)
		if (!strcmp(bully_group_name(r->conf->groups[i]), name))
			return COMPLAIN(r, r->line, "group '%s' is given twice", name);
	return conf_add(r->conf, name) ? 0 : COMPLAIN(r, r->line, "out of memory");
}

/* A group may have several sections [vip], one for each interface. */
static int begin_vip(struct reader *r, const char *nothing)
{
	(void)nothing;
	if (!r->conf->len)
		return COMPLAIN(r, r->line, "[vip] comes before any group");
	r->vip = conf_add_vip(r->conf);
	if (!r->vip)
		return COMPLAIN(r, r->line, "out of memory");
	vip_begin(r->vip);
	return 0;
}

static int begin_peer(struct reader *r, const char *id_text)
{
	struct bully_group *g;
	char err[SENTENCE_LEN];
	uint32_t id;
	size_t i;

	if (!r->conf->len)
		return COMPLAIN(r, r->line,
				"peer '%s' comes before any group; write [group NAME] first",
				id_text);
	if (parse_u32("peer", id_text, 1, UINT32_MAX, &id, err))
		return COMPLAIN(r, r->line, "%s", err);
	g = last_group(r);
	if (last_shared(r)->len)
		return COMPLAIN(r, r->line,
				"peer %u: group '%s' has [node ID] sections; write [node %u]", id,
				bully_group_name(g), id);
	if (id == GROUP(g, ID))
		return COMPLAIN(r, r->line, "peer %u has this node's own id", id);
	for (i = 0; i < bully_group_peers(g); i++)
		if (PEER(bully_group_peer(g, i), ID) == id)
			return COMPLAIN(r, r->line, "peer %u is given twice", id);
	if (bully_group_peers(g) == BULLY_PEERS_MAX)
		return COMPLAIN(r, r->line, "group '%s' has more than %d peers",
				bully_group_name(g), BULLY_PEERS_MAX);
	r->peer = bully_group_add_peer(g, id);
	return r->peer ? 0 : COMPLAIN(r, r->line, "out of memory");
}

static int begin_node(struct reader *r, const char *id_text)
{
	struct bully_group *g;
	char err[SENTENCE_LEN];
	uint32_t id;

	if (!r->conf->len)
		return COMPLAIN(r, r->line, "node '%s' comes before any group", id_text);
	if (parse_u32("node", id_text, 1, UINT32_MAX, &id, err))
		return COMPLAIN(r, r->line, "%s", err);
	g = last_group(r);
	if (GROUP_HAS(g, ID))
		return COMPLAIN(r, r->line,
				"node %u: group '%s' has 'id' and [peer ID] sections; write [peer "
				"%u], or all nodes as [node ID] and no 'id'",
				id, bully_group_name(g), id);
	if (shared_find(last_shared(r), id))
		return COMPLAIN(r, r->line, "node %u is given twice", id);
	if (last_shared(r)->len == SHARED_NODES_MAX)
		return COMPLAIN(r, r->line, "group '%s' has more than %d nodes",
				bully_group_name(g), SHARED_NODES_MAX);
	r->node = shared_add(last_shared(r), bully_group_name(g), id, r->line);
	return r->node ? 0 : COMPLAIN(r, r->line, "out of memory");
}

/* Returns true if the next section of the group that is no [vip] is a [node ID]. @word: the next.
 */
static bool nodes_follow(const struct reader *r, const char *word)
{
	char line[LEX_LINE_MAX + 2], text[LEX_HEADING_MAX + 1];
	const char *next = r->next, *what;

	while (word && !strcmp(word, "vip") && *next)
		if (lex_line(&next, line, sizeof(line)) && line[0] == '[')
			word = lex_heading(line, text, &what);
	return word && !strcmp(word, "node");
}

/*
 * Parses "[group NAME]", "[peer ID]", "[node ID]" or "[vip]" with an optional comment. inih cannot
 * do this: it truncates long names and does not report a section without keys.
 */
static int section_begin(struct reader *r, const char *line)
{
	static const struct {
		const char *word;
		bool named;
		int (*begin)(struct reader *r, const char *what);
	} kinds[] = {{"group", true, begin_group},
		     {"peer", true, begin_peer},
		     {"node", true, begin_node},
		     {"vip", false, begin_vip}};
	char text[LEX_HEADING_MAX + 1];
	const char *what = NULL, *word = lex_heading(line, text, &what);
	size_t i;

	if (section_end(r, nodes_follow(r, word)))
		return -1;
	r->section = false;
	r->section_line = r->line;
	r->seen = 0;
	for (i = 0; word && i < ARRAY_SIZE(kinds); i++) {
		if (strcmp(word, kinds[i].word) || kinds[i].named != !!what)
			continue;
		r->peer = NULL;
		r->node = NULL;
		r->vip = NULL;
		r->section = !kinds[i].begin(r, what);
		return r->section ? 0 : -1;
	}
	return COMPLAIN(
		r, r->line,
		"'%.64s' is not a section; write [group NAME], [node ID], [peer ID] or [vip]",
		line);
}

/* Gives inih the next line. After the first error, and for headings, inih gets an empty line. */
static char *next_line(char *buf, int size, void *arg)
{
	struct reader *r = arg;

	if (!*r->next)
		return NULL;
	r->line++;
	if (!lex_line(&r->next, buf, (size_t)size))
		COMPLAIN(r, r->line, "the line is longer than %d bytes", LEX_LINE_MAX);
	if (!r->status && buf[0] == '[')
		section_begin(r, buf);
	if (r->status || buf[0] == '[')
		buf[0] = '\0';
	return buf;
}

static unsigned int place_of(const struct reader *r)
{
	return r->node ? WORD_IN_NODE : WORD_IN_FILE;
}

static void unknown_key(struct reader *r, const char *key)
{
	const struct words *words = words_of(r);
	struct choices c = {0};
	char hint[HINT_LEN];
	const char *meant = NULL;
	size_t i;

	if (r->node && word_find(words, key)) {
		COMPLAIN(r, r->line, "key '%s' does not belong to a node; %s", key,
			 !strcmp(key, "id")	    ? "the id is the number in [node ID]"
			 : !strcmp(key, "unlisted") ? "an unlisted observer has a file of its own"
						    : "write it in the section of the group");
		return;
	}
	if (!r->peer && !r->node && !r->vip)
		meant = keepalived_hint(key, KEEPALIVED_FILE, NULL, hint);
	for (i = 0; i < words->len; i++)
		if (words->word[i].where & place_of(r))
			choices_add(&c, words->word[i].word);
	COMPLAIN(r, r->line, "key '%.64s' is not known in a %s%s", key,
		 r->node   ? "node"
		 : r->vip  ? "section [vip]"
		 : r->peer ? "peer"
			   : "group",
		 meant ? meant : choices_hint(&c, key, "", hint));
}

/* Reads @value into the group, peer or node whose section is read. */
static int take_value(struct reader *r, const struct word *w, const char *value, char *err)
{
	if (!r->node)
		return word_parse(w, value, r->peer ? (void *)r->peer : last_group(r), err);
	if (w->kind == WORD_HOST)
		return shared_parse_host(r->node, value, err) ? CTL_USAGE : CTL_DONE;
	return word_parse(w, value, w->peer ? (void *)r->node->peer : r->node->own, err);
}

static int on_value(void *arg, const char *section, const char *key, const char *value)
{
	const struct word *w;
	char err[SENTENCE_LEN], where[128];
	struct reader *r = arg;
	size_t place;
	int status;

	(void)section;
	if (r->status)
		return 1;
	if (!r->section) {
		COMPLAIN(r, r->line, "'%.64s' comes before any section; write [group NAME] first",
			 key);
		return 1;
	}
	w = word_find(words_of(r), key);
	if (!w || !(w->where & place_of(r))) {
		unknown_key(r, key);
		return 1;
	}
	if (r->vip) {
		if (vip_take(r->vip, w, value, err))
			COMPLAIN(r, r->line, "%s", err);
		return 1;
	}
	place = (size_t)(w - words_of(r)->word);
	if (r->seen & 1ULL << place) {
		COMPLAIN(r, r->line, "key '%s' is given twice", key);
		return 1;
	}
	r->seen |= 1ULL << place;
	r->word_line[place] = r->line;
	status = take_value(r, w, value, err);
	if (status) {
		COMPLAIN(r, r->line, "%s", err);
		r->status = status;
		return 1;
	}
	snprintf(where, sizeof(where), "%.100s:%d", r->file, r->line);
	word_warn(r->ctl, where, w, value);
	return 1;
}

/* Stores the error for a line that inih could not split. */
static void complain_syntax(struct reader *r, int line)
{
	const char *s = r->text;
	char hint[HINT_LEN];
	int i;

	if (r->status && r->bad_line <= line)
		return;
	for (i = 1; i < line; i++)
		s += strcspn(s, "\n") + 1;
	s += strspn(s, " \t");
	r->status = 0;
	COMPLAIN(r, line, "'%.*s' is neither 'KEY = VALUE' nor a section%s",
		 (int)(strcspn(s, "\r\n") > 64 ? 64 : strcspn(s, "\r\n")), s,
		 keepalived_hint(s, KEEPALIVED_FILE, "", hint));
}

const char *conf_name(const char *file)
{
	return strcmp(file, "-") ? file : "standard input";
}

int conf_read(struct ctl *ctl, const char *file, struct conf *conf)
{
	struct reader r = {
		.ctl = ctl,
		.file = conf_name(file),
		.conf = conf,
	};
	int line, status;

	memset(conf, 0, sizeof(*conf));
	r.text = lex_slurp(ctl, r.file, strcmp(file, "-") ? fopen(file, "re") : stdin);
	if (!r.text)
		return CTL_USAGE;
	r.next = r.text + (strncmp(r.text, "\xef\xbb\xbf", 3) ? 0 : 3);
	line = ini_parse_stream(next_line, &r, on_value, &r);
	if (line > 0)
		complain_syntax(&r, line);
	if (!r.status)
		section_end(&r, false);
	if (!r.status && line < 0)
		COMPLAIN(&r, 0, "out of memory");
	if (!r.status && !conf->len)
		COMPLAIN(&r, 0, "it has no section [group NAME]");
	status = r.status;
	if (status && r.bad_line)
		fail(ctl, status, 0, "%s:%d: %s", r.file, r.bad_line, r.err);
	else if (status)
		fail(ctl, status, 0, "%s: %s", r.file, r.err);
	if (status)
		conf_free(conf);
	free(r.text);
	return status;
}
