// SPDX-License-Identifier: GPL-2.0-only
/* bullyctl resign NAME */
#include "commands/commands.h"
#include "values/values.h"

int cmd_resign(struct ctl *ctl, int argc, char **argv)
{
	char err[SENTENCE_LEN];

	if (check_args(ctl, argc, argv, 1, 1))
		return CTL_USAGE;
	if (parse_name(argv[0], err))
		return fail(ctl, CTL_USAGE, 0, "resign: %s", err);
	if (bully_resign(ctl->b, argv[0]))
		return fail_lib(ctl, "group %s", argv[0]);
	return CTL_DONE;
}
