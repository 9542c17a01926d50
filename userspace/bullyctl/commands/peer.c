// SPDX-License-Identifier: GPL-2.0-only
/* bullyctl peer add|set|del */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "commands/commands.h"
#include "values/words.h"
#include "view/view.h"

/* @argv: the words behind the group's name */
static int change(struct ctl *ctl, const char *sub, const char *group, struct bully_peer *p,
		  int argc, char **argv)
{
	static const char *const need_addr[] = {"id", "addr", NULL};
	static const char *const need_id[] = {"id", NULL};
	const struct words peer_id = {peer_words.word, 1};
	bool add = !strcmp(sub, "add"), del = !strcmp(sub, "del");
	char what[16];
	int ret;

	snprintf(what, sizeof(what), "peer %s", sub);
	/* 'del' takes only the id. */
	ret = words_parse(ctl, what, del ? &peer_id : &peer_words, add ? WORD_IN_ADD : WORD_IN_SET,
			  add ? need_addr : need_id, argc, argv, p);
	if (ret)
		return ret;
	if (!add && !del && argc == 2)
		return fail(
			ctl, CTL_USAGE, 0,
			"peer set: no option is given for peer %u; see 'bullyctl help peer set'",
			PEER32(p, ID));
	if (add)
		ret = bully_peer_add(ctl->b, group, p);
	else if (del)
		ret = bully_peer_del(ctl->b, group, PEER32(p, ID));
	else
		ret = bully_peer_set(ctl->b, group, p);
	return ret ? fail_voters(ctl, group, "group %s, peer %u", group, PEER32(p, ID)) : CTL_DONE;
}

int cmd_peer(struct ctl *ctl, int argc, char **argv)
{
	char err[SENTENCE_LEN];
	struct bully_peer *p;
	const char *sub;
	int ret;

	if (argc < 1)
		return check_args(ctl, argc, argv, 2, 2);
	sub = command_sub(ctl, argv[0]);
	if (!sub)
		return CTL_USAGE;
	if (!strcmp(sub, "show"))
		return show_instead(ctl, argc, argv);
	if (argc < 2)
		return fail(ctl, CTL_USAGE, 0, "peer %s: NAME is missing", sub);
	if (parse_name(argv[1], err))
		return fail(ctl, CTL_USAGE, 0, "peer %s: %s", sub, err);
	p = bully_peer_new(0);
	if (!p)
		return fail(ctl, CTL_REFUSED, ENOMEM, "out of memory");
	ret = change(ctl, sub, argv[1], p, argc - 2, argv + 2);
	bully_peer_free(p);
	return ret;
}
