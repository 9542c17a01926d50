// SPDX-License-Identifier: GPL-2.0
/* bullyctl peer add|set|del */
#include <stdio.h>
#include <string.h>

#include "commands/commands.h"
#include "values/words.h"
#include "view/view.h"

int cmd_peer(struct ctl *ctl, int argc, char **argv)
{
	static const char *const need_addr[] = {"id", "addr", NULL};
	static const char *const need_id[] = {"id", NULL};
	const struct words peer_id = {peer_words.word, 1};
	struct bully_peer p = {0};
	char err[SENTENCE_LEN], what[16];
	const char *group, *sub;
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
	snprintf(what, sizeof(what), "peer %s", sub);
	if (argc < 2)
		return fail(ctl, CTL_USAGE, 0, "%s: NAME is missing", what);
	group = argv[1];
	if (parse_name(group, err))
		return fail(ctl, CTL_USAGE, 0, "%s: %s", what, err);

	/* Of a peer to be deleted only the id may be told. */
	ret = words_parse(ctl, what, add || set ? &peer_words : &peer_id,
			  add ? WORD_IN_ADD : WORD_IN_SET, add ? need_addr : need_id, argc - 2,
			  argv + 2, &p, &p.set);
	if (ret)
		return ret;
	if (set && p.set == BULLY_BIT(BULLY_A_PEER_ID))
		return fail(ctl, CTL_USAGE, 0, "peer set: no option is given for peer %u", p.id);
	if (add)
		ret = bully_peer_add(ctl->b, group, &p);
	else if (set)
		ret = bully_peer_set(ctl->b, group, &p);
	else
		ret = bully_peer_del(ctl->b, group, p.id);
	if (ret)
		return fail_voters(ctl, group, "group %s, peer %u", group, p.id);
	return CTL_DONE;
}
