// SPDX-License-Identifier: GPL-2.0-only
/* bullyctl resign NAME [to ID] */
#include <stdio.h>
#include <string.h>

#include "commands/commands.h"
#include "values/values.h"

/* Parses 'to ID', if it is given. */
static int parse_to(struct ctl *ctl, int argc, char **argv, uint32_t *id)
{
	char err[SENTENCE_LEN];

	*id = 0;
	if (argc < 2)
		return CTL_DONE;
	if (strcmp(argv[1], "to"))
		return fail(ctl, CTL_USAGE, 0,
			    "resign: option '%.64s' is not known here; write 'to ID'", argv[1]);
	if (argc < 3)
		return fail(ctl, CTL_USAGE, 0, "resign: option 'to' lacks its value ID");
	if (parse_u32("to", argv[2], 1, UINT32_MAX, id, err))
		return fail(ctl, CTL_USAGE, 0, "resign: %s", err);
	return CTL_DONE;
}

int cmd_resign(struct ctl *ctl, int argc, char **argv)
{
	char err[SENTENCE_LEN], there[128];
	uint32_t id;
	int ret;

	if (check_args(ctl, argc, argv, 1, 3))
		return CTL_USAGE;
	if (parse_name(argv[0], err))
		return fail(ctl, CTL_USAGE, 0, "resign: %s", err);
	if (parse_to(ctl, argc, argv, &id))
		return CTL_USAGE;
	if (id)
		ret = bully_resign_to(ctl->b, argv[0], id);
	else
		ret = bully_resign(ctl->b, argv[0]);
	if (!ret)
		return CTL_DONE;
	if (id)
		snprintf(there, sizeof(there), "bullyctl resign %s to %u", argv[0], id);
	else
		snprintf(there, sizeof(there), "bullyctl resign %s", argv[0]);
	return fail_leads(ctl, argv[0], id, there);
}
