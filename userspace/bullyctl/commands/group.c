// SPDX-License-Identifier: GPL-2.0
/* bullyctl group add|set|del */
#include <string.h>

#include "commands/commands.h"
#include "values/words.h"
#include "view/view.h"

int cmd_group(struct ctl *ctl, int argc, char **argv)
{
	static const char *const need_id[] = {"id", NULL};
	static const char *const need_none[] = {NULL};
	struct bully_group g = {0};
	char err[SENTENCE_LEN];
	const char *sub;
	bool add, set;
	int ret;

	if (argc < 1)
		return check_args(ctl, argc, argv, 2, 2);
	sub = command_sub(ctl, argv[0]);
	if (!sub)
		return CTL_USAGE;
	if (!strcmp(sub, "show"))
		return show_instead(ctl, argc, argv);
	add = !strcmp(sub, "add");
	set = !strcmp(sub, "set");
	if (argc < 2)
		return fail(ctl, CTL_USAGE, 0, "group %s: NAME is missing", sub);
	if (parse_name(argv[1], err))
		return fail(ctl, CTL_USAGE, 0, "group %s: %s", sub, err);
	strcpy(g.name, argv[1]);

	if (!add && !set) {
		ret = check_args(ctl, argc, argv, 2, 2);
		if (ret)
			return ret;
		if (bully_group_del(ctl->b, g.name))
			return fail_lib(ctl, "group %s", g.name);
		return CTL_DONE;
	}
	ret = words_parse(ctl, add ? "group add" : "group set", &group_words,
			  add ? WORD_IN_ADD : WORD_IN_SET, add ? need_id : need_none, argc - 2,
			  argv + 2, &g, &g.set);
	if (!ret && group_check(&g, add, err))
		ret = fail(ctl, CTL_USAGE, 0, "group %s: %s", sub, err);
	if (!ret && set && !g.set)
		ret = fail(ctl, CTL_USAGE, 0, "group set: no option is given for group '%s'",
			   g.name);
	if (!ret && (add ? bully_group_add(ctl->b, &g) : bully_group_set(ctl->b, &g)))
		ret = BULLY_HAS(&g, BULLY_A_GROUP_ROLE) ?
			      fail_voters(ctl, g.name, "group %s", g.name) :
			      fail_lib(ctl, "group %s", g.name);
	bully_keys_free(g.keys, g.keys_len);
	return ret;
}
