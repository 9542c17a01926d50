// SPDX-License-Identifier: GPL-2.0-only
/* bullyctl group add|set|del */
#include <errno.h>
#include <string.h>

#include "commands/commands.h"
#include "values/words.h"
#include "view/view.h"

/* @argv: the words behind the group's name */
static int change(struct ctl *ctl, bool add, struct bully_group *g, int argc, char **argv)
{
	static const char *const need_id[] = {"id", NULL};
	static const char *const need_none[] = {NULL};
	const char *what = add ? "group add" : "group set";
	const char *name = bully_group_name(g);
	char err[SENTENCE_LEN];
	int ret;

	ret = words_parse(ctl, what, &group_words, add ? WORD_IN_ADD : WORD_IN_SET,
			  add ? need_id : need_none, argc, argv, g);
	if (ret)
		return ret;
	if (group_check(g, add, err))
		return fail(ctl, CTL_USAGE, 0, "%s: %s", what, err);
	if (!argc)
		return fail(ctl, CTL_USAGE, 0,
			    "group set: no option is given for group '%s'; see 'bullyctl help "
			    "group set'",
			    name);
	if (!(add ? bully_group_add(ctl->b, g) : bully_group_set(ctl->b, g)))
		return CTL_DONE;
	return GROUP_HAS(g, ROLE) ? fail_voters(ctl, name, "group %s", name)
				  : fail_lib(ctl, "group %s", name);
}

int cmd_group(struct ctl *ctl, int argc, char **argv)
{
	struct bully_group *g;
	char err[SENTENCE_LEN];
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
		return fail(ctl, CTL_USAGE, 0, "group %s: NAME is missing", sub);
	if (parse_name(argv[1], err))
		return fail(ctl, CTL_USAGE, 0, "group %s: %s", sub, err);

	if (!strcmp(sub, "del")) {
		ret = check_args(ctl, argc, argv, 2, 2);
		if (ret)
			return ret;
		if (bully_group_del(ctl->b, argv[1]))
			return fail_lib(ctl, "group %s", argv[1]);
		return CTL_DONE;
	}
	g = bully_group_new(argv[1]);
	if (!g)
		return fail(ctl, CTL_REFUSED, ENOMEM, "out of memory");
	ret = change(ctl, !strcmp(sub, "add"), g, argc - 2, argv + 2);
	bully_group_free(g);
	return ret;
}
