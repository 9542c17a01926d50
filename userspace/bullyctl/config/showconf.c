// SPDX-License-Identifier: GPL-2.0-only
/* bullyctl showconf NAME [--shared]: prints a file from which setconf makes the same group. */
#include <stdio.h>
#include <stdlib.h>

#include "base/json.h"
#include "config/config.h"
#include "values/words.h"

/* Prints the section of a peer, as [peer ID] or [node ID]. */
static void print_peer(FILE *f, const char *section, const struct bully_peer *p)
{
	char addr[ADDR_STRLEN], value[WORD_STRLEN];
	size_t i;

	fprintf(f, "\n[%s %u]\naddr = %s\n", section, PEER32(p, ID),
		format_addr(bully_peer_addr(p), addr));
	for (i = 0; i < peer_words.len; i++) {
		const struct word *w = &peer_words.word[i];

		if (w->number && w->kind != WORD_ID)
			fprintf(f, "%s = %s\n", w->word,
				word_format(w, bully_peer_get(p, w->attr), value));
	}
}

/* The kernel never returns keys; setconf on this host keeps those that the kernel has. */
static void print_key_ids(FILE *f, const struct bully_group *g)
{
	const uint32_t *ids;
	size_t i, len = bully_group_key_ids(g, &ids);

	fprintf(f, "# key-file = (hidden), with the ids");
	for (i = 0; i < len; i++)
		fprintf(f, " %u%s", ids[i], i ? "" : " (active)");
	fputc('\n', f);
}

static void print_word(FILE *f, const struct bully_group *g, const struct word *w)
{
	uint64_t v = bully_group_get(g, w->attr);
	char text[GUARD_STRLEN] = "", value[WORD_STRLEN];

	if (w->kind == WORD_LOCAL)
		format_local(g, text);
	else if (w->kind == WORD_DEV)
		snprintf(text, sizeof(text), "%s", bully_group_dev(g));
	else if (w->kind == WORD_GUARD)
		format_guards(g, text);
	else if (w->number && (v || (w->kind != WORD_LEASE && w->kind != WORD_AUTH)))
		snprintf(text, sizeof(text), "%s", word_format(w, v, value));
	if (text[0])
		fprintf(f, "%s = %s\n", w->word, text);
	if (text[0] && w->kind == WORD_AUTH)
		print_key_ids(f, g);
}

static void print_conf(FILE *f, const struct bully_group *g)
{
	size_t i;

	fprintf(f, "[group %s]\n", bully_group_name(g));
	for (i = 0; i < group_words.len; i++)
		print_word(f, g, &group_words.word[i]);
	for (i = 0; i < bully_group_peers(g); i++)
		print_peer(f, "peer", bully_group_peer(g, i));
}

/* Prints this node as another node's file has it. */
static int print_own(FILE *f, const struct bully_group *g)
{
	struct bully_peer *p = bully_peer_new(GROUP32(g, ID));
	size_t i;

	if (!p)
		return -1;
	bully_peer_put_addr(p, bully_group_local(g));
	for (i = 0; i < peer_words.len; i++) {
		const struct word *w = word_find(&group_words, peer_words.word[i].word);

		if (w && w->number)
			bully_peer_put(p, peer_words.word[i].attr, bully_group_get(g, w->attr));
	}
	print_peer(f, "node", p);
	bully_peer_free(p);
	return 0;
}

/* Prints the file for all hosts: nodes by id, and what they differ in only in their sections. */
static int print_shared(FILE *f, const struct bully_group *g)
{
	bool own = false;
	int ret = 0;
	size_t i;

	fprintf(f, "[group %s]\n", bully_group_name(g));
	for (i = 0; i < group_words.len; i++)
		if (group_words.word[i].kind != WORD_LOCAL &&
		    group_words.word[i].attr != BULLY_A_GROUP_UNLISTED &&
		    !word_find(&peer_words, group_words.word[i].word))
			print_word(f, g, &group_words.word[i]);
	for (i = 0; i < bully_group_peers(g) && !ret; i++) {
		if (!own && PEER(bully_group_peer(g, i), ID) > GROUP(g, ID)) {
			ret = print_own(f, g);
			own = true;
		}
		print_peer(f, "node", bully_group_peer(g, i));
	}
	return own || ret ? ret : print_own(f, g);
}

static void print_json(struct ctl *ctl, const struct bully_group *g, const char *conf)
{
	struct json_object *o = json_object_new_object();

	json_put(o, "group", json_text(bully_group_name(g)));
	json_put(o, "conf", json_text(conf));
	json_print(ctl, stdout, o);
}

static int print(struct ctl *ctl, const struct bully_group *g)
{
	bool shared = option_given(ctl, "--shared");
	char *text = NULL;
	size_t len;
	FILE *f;
	int ret = 0;

	if (shared && GROUP(g, UNLISTED))
		return fail(ctl, CTL_REFUSED, 0,
			    "group %s: --shared is for nodes that know each other; copy the file "
			    "of this unlisted observer to the other ones",
			    bully_group_name(g));
	if (shared && !bully_group_local(g)->family)
		return fail(ctl, CTL_REFUSED, 0,
			    "group %s: --shared needs this node's own address, which 'local' does "
			    "not have; write 'bullyctl group set %s local ADDR'",
			    bully_group_name(g), bully_group_name(g));
	f = open_memstream(&text, &len);
	if (f && shared)
		ret = print_shared(f, g);
	else if (f)
		print_conf(f, g);
	if (!f || fclose(f) || ret) {
		free(text);
		return fail(ctl, CTL_REFUSED, 0, "out of memory");
	}
	if (ctl->json)
		print_json(ctl, g, text);
	else
		fputs(text, stdout);
	free(text);
	return CTL_DONE;
}

int cmd_showconf(struct ctl *ctl, int argc, char **argv)
{
	struct bully_group **g;
	char err[SENTENCE_LEN];
	size_t len;
	int ret;

	if (check_args(ctl, argc, argv, 1, 1))
		return CTL_USAGE;
	if (parse_name(argv[0], err))
		return fail(ctl, CTL_USAGE, 0, "showconf: %s", err);
	if (bully_groups_get(ctl->b, argv[0], &g, &len))
		return fail_lib(ctl, "group %s", argv[0]);
	ret = print(ctl, g[0]);
	bully_groups_free(g, len);
	return ret;
}
