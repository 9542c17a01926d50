// SPDX-License-Identifier: GPL-2.0-only
/* bullyctl elect NAME */
#include "commands/commands.h"
#include "values/values.h"

int cmd_elect(struct ctl *ctl, int argc, char **argv)
{
	char err[SENTENCE_LEN];

	if (check_args(ctl, argc, argv, 1, 1))
		return CTL_USAGE;
	if (parse_name(argv[0], err))
		return fail(ctl, CTL_USAGE, 0, "elect: %s", err);
	if (bully_elect(ctl->b, argv[0]))
		return fail_lib(ctl, "group %s", argv[0]);
	return CTL_DONE;
}
