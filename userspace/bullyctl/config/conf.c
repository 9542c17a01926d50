// SPDX-License-Identifier: GPL-2.0-only
/* Reads a configuration file: inih splits the lines, and this file interprets them. */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <ini.h>

#include "base/keepalived.h"
#include "base/suggest.h"
#include "config/conf.h"
#include "values/words.h"

#define CONF_SIZE_MAX (1 << 20)
/* inih truncates longer lines silently: INI_MAX_LINE less line end and NUL. */
#define CONF_LINE_MAX 190
#define CONF_SECTION_MAX 48

/**
 * struct reader - state of reading a file
 * @ctl: the run of the tool
 * @file: name of the file, for errors
 * @text: the whole file
 * @next: the next line that inih gets
 * @line: number of the line that inih got last
 * @conf: result
 * @peer: the peer whose section is read, or NULL
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

static const struct words *words_of(const struct reader *r)
{
	return r->vip ? &vip_words : r->peer ? &peer_words : &group_words;
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

/* Runs the checks that need the complete section. */
static int section_end(struct reader *r)
{
	char err[SENTENCE_LEN];
	const char *about;

	if (!r->section)
		return 0;
	if (r->vip)
		return vip_end(r->vip, err) ? COMPLAIN(r, r->section_line, "%s", err) : 0;
	about = r->peer ? conf_check_peer(r->conf, err) : conf_check_group(r->conf, err);
	return about ? COMPLAIN(r, line_of(r, about), "%s", err) : 0;
}

static int begin_group(struct reader *r, const char *name)
{
	struct vip_settings **vips;
	struct bully_group **more;
	char err[SENTENCE_LEN];
	size_t i;

	if (parse_name(name, err))
		return COMPLAIN(r, r->line, "%s", err);
	for (i = 0; i < r->conf->len; i++)
		if (!strcmp(bully_group_name(r->conf->groups[i]), name))
			return COMPLAIN(r, r->line, "group '%s' is given twice", name);
	more = realloc(r->conf->groups, (r->conf->len + 1) * sizeof(*more));
	if (!more)
		return COMPLAIN(r, r->line, "out of memory");
	r->conf->groups = more;
	vips = realloc(r->conf->vips, (r->conf->len + 1) * sizeof(*vips));
	if (!vips)
		return COMPLAIN(r, r->line, "out of memory");
	r->conf->vips = vips;
	vips[r->conf->len] = NULL;
	more[r->conf->len] = bully_group_new(name);
	if (!more[r->conf->len])
		return COMPLAIN(r, r->line, "out of memory");
	r->conf->len++;
	r->peer = NULL;
	return 0;
}

/* A group may have several sections [vip], one for each interface. */
static int begin_vip(struct reader *r)
{
	struct vip_settings **vip;

	if (!r->conf->len)
		return COMPLAIN(r, r->line, "[vip] comes before any group");
	vip = &r->conf->vips[r->conf->len - 1];
	if (!*vip)
		*vip = calloc(1, sizeof(**vip));
	if (!*vip)
		return COMPLAIN(r, r->line, "out of memory");
	vip_begin(*vip);
	r->vip = *vip;
	return 0;
}

static int begin_peer(struct reader *r, const char *id_text)
{
	struct bully_group *g;
	char err[SENTENCE_LEN];
	uint32_t id;
	size_t i;

	if (!r->conf->len)
		return COMPLAIN(r, r->line, "peer '%s' comes before any group", id_text);
	if (parse_u32("peer", id_text, 1, UINT32_MAX, &id, err))
		return COMPLAIN(r, r->line, "%s", err);
	g = last_group(r);
	if (id == GROUP(g, ID))
		return COMPLAIN(r, r->line, "peer %u bears this node's own id", id);
	for (i = 0; i < bully_group_peers(g); i++)
		if (PEER(bully_group_peer(g, i), ID) == id)
			return COMPLAIN(r, r->line, "peer %u is given twice", id);
	if (bully_group_peers(g) == BULLY_PEERS_MAX)
		return COMPLAIN(r, r->line, "group '%s' has more than %d peers",
				bully_group_name(g), BULLY_PEERS_MAX);
	r->peer = bully_group_add_peer(g, id);
	return r->peer ? 0 : COMPLAIN(r, r->line, "out of memory");
}

static bool is_comment(const char *s)
{
	return *s == '#' || *s == ';';
}

/*
 * Returns the ']' that closes a heading: the first with only white space or a comment behind it.
 * Names may contain ']' and '#'. Returns NULL if there is none.
 */
static const char *section_close(const char *line)
{
	const char *close, *tail;

	for (close = strchr(line, ']'); close; close = strchr(close + 1, ']')) {
		tail = close + 1 + strspn(close + 1, " \t");
		if (!*tail || (tail > close + 1 && is_comment(tail)))
			return close;
	}
	return NULL;
}

/*
 * Parses "[group NAME]", "[peer ID]" or "[vip]" with an optional comment. inih cannot do this: it
 * truncates long names and does not report a section without keys.
 */
static int section_begin(struct reader *r, const char *line)
{
	const char *close = section_close(line);
	size_t len = close ? (size_t)(close - line) : 0;
	char text[CONF_SECTION_MAX + 1], *word, *what, *rest;

	if (section_end(r))
		return -1;
	r->section = false;
	r->section_line = r->line;
	r->seen = 0;
	r->vip = NULL;
	if (!close || len > CONF_SECTION_MAX)
		return COMPLAIN(r, r->line,
				"'%.64s' is no section; write [group NAME], [peer ID] or [vip]",
				line);
	memcpy(text, line + 1, len - 1);
	text[len - 1] = '\0';
	word = strtok_r(text, " \t", &rest);
	what = strtok_r(NULL, " \t", &rest);
	if (word && !what && !strcmp(word, "vip"))
		r->section = !begin_vip(r);
	else if (!word || !what || strtok_r(NULL, " \t", &rest) ||
		 (strcmp(word, "group") && strcmp(word, "peer")))
		COMPLAIN(r, r->line,
			 "'%.64s' is no section; write [group NAME], [peer ID] or [vip]", line);
	else
		r->section = !(strcmp(word, "peer") ? begin_group(r, what) : begin_peer(r, what));
	return r->section ? 0 : -1;
}

/* Gives inih the next line without white space around it, so that no line is a continuation. */
static char *next_line(char *buf, int size, void *arg)
{
	struct reader *r = arg;
	const char *start = r->next, *end;
	size_t len, i;

	if (!*start)
		return NULL;
	end = start + strcspn(start, "\n");
	r->next = *end ? end + 1 : end;
	r->line++;
	while (start < end && isspace((unsigned char)*start))
		start++;
	/* A comment begins a line or follows white space; headings are handled elsewhere. */
	for (i = 0; start < end && *start != '[' && start + i < end; i++)
		if (is_comment(start + i) && (!i || isspace((unsigned char)start[i - 1])))
			end = start + i;
	while (end > start && isspace((unsigned char)end[-1]))
		end--;
	len = (size_t)(end - start);
	buf[0] = '\0';
	if (len > CONF_LINE_MAX || len + 2 > (size_t)size) {
		COMPLAIN(r, r->line, "the line is longer than %d bytes", CONF_LINE_MAX);
		return buf;
	}
	memcpy(buf, start, len);
	buf[len] = '\0';
	/* After the first error, and for headings, inih gets an empty line. */
	if (r->status || buf[0] == '[') {
		if (!r->status)
			section_begin(r, buf);
		buf[0] = '\0';
	}
	return buf;
}

static void unknown_key(struct reader *r, const char *key)
{
	const struct words *words = words_of(r);
	struct choices c = {0};
	char hint[HINT_LEN];
	const char *meant = NULL;
	size_t i;

	if (!r->peer && !r->vip)
		meant = keepalived_hint(key, KEEPALIVED_FILE, NULL, hint);
	for (i = 0; i < words->len; i++)
		if (words->word[i].where & WORD_IN_FILE)
			choices_add(&c, words->word[i].word);
	COMPLAIN(r, r->line, "key '%.64s' is not known in a %s%s", key,
		 r->vip	   ? "section [vip]"
		 : r->peer ? "peer"
			   : "group",
		 meant ? meant : choices_hint(&c, key, "", hint));
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
		COMPLAIN(r, r->line, "'%.64s' comes before any section", key);
		return 1;
	}
	w = word_find(words_of(r), key);
	if (!w || !(w->where & WORD_IN_FILE)) {
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
	status = word_parse(w, value, r->peer ? (void *)r->peer : last_group(r), err);
	if (status) {
		COMPLAIN(r, r->line, "%s", err);
		r->status = status;
		return 1;
	}
	snprintf(where, sizeof(where), "%.100s:%d", r->file, r->line);
	word_warn(r->ctl, where, w, value);
	return 1;
}

/* Reads all of @f and closes it. Returns the text, or NULL after an error message. */
static char *slurp(struct ctl *ctl, const char *file, FILE *f)
{
	int err = f ? 0 : errno;
	char *text = malloc(CONF_SIZE_MAX + 2);
	size_t len = 0;

	if (f && text) {
		errno = 0;
		len = fread(text, 1, CONF_SIZE_MAX + 1, f);
		if (ferror(f))
			err = errno ? errno : EIO;
		text[len] = '\0';
	}
	if (f && f != stdin)
		fclose(f);
	if (text && !err && len <= CONF_SIZE_MAX && strlen(text) == len)
		return text;
	if (!text)
		fail(ctl, CTL_USAGE, ENOMEM, "out of memory");
	else if (err)
		fail(ctl, CTL_USAGE, err, "%s: cannot read it: %s", file, strerror(err));
	else if (len > CONF_SIZE_MAX)
		fail(ctl, CTL_USAGE, 0, "%s: it is larger than 1 MiB", file);
	else
		fail(ctl, CTL_USAGE, 0, "%s: it contains a NUL byte", file);
	free(text);
	return NULL;
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

int conf_read(struct ctl *ctl, const char *file, struct conf *conf)
{
	struct reader r = {
		.ctl = ctl,
		.file = strcmp(file, "-") ? file : "standard input",
		.conf = conf,
	};
	int line, status;

	memset(conf, 0, sizeof(*conf));
	r.text = slurp(ctl, r.file, strcmp(file, "-") ? fopen(file, "re") : stdin);
	if (!r.text)
		return CTL_USAGE;
	r.next = r.text + (strncmp(r.text, "\xef\xbb\xbf", 3) ? 0 : 3);
	line = ini_parse_stream(next_line, &r, on_value, &r);
	if (line > 0)
		complain_syntax(&r, line);
	if (!r.status)
		section_end(&r);
	if (!r.status && line < 0)
		COMPLAIN(&r, 0, "out of memory");
	if (!r.status && !conf->len)
		COMPLAIN(&r, 0, "it names no group");
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

int conf_read_arg(struct ctl *ctl, int argc, char **argv, struct conf *conf)
{
	if (check_args(ctl, argc, argv, 1, 1))
		return CTL_USAGE;
	return conf_read(ctl, argv[0], conf);
}

void conf_free(struct conf *conf)
{
	size_t i;

	for (i = 0; i < conf->len; i++)
		free(conf->vips[i]);
	free(conf->vips);
	bully_groups_free(conf->groups, conf->len);
	memset(conf, 0, sizeof(*conf));
}
