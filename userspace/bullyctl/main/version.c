// SPDX-License-Identifier: GPL-2.0-only
/* bullyctl version, and the option -V */
#include <stdio.h>

#include "base/json.h"
#include "main/commands.h"

int cmd_version(struct ctl *ctl, int argc, char **argv)
{
	struct json_object *o;

	if (check_args(ctl, argc, argv, 0, 0))
		return CTL_USAGE;
	if (!ctl->json) {
		printf("bullyctl %s, family version %u\n", BULLYCTL_VERSION, BULLY_FAMILY_VERSION);
		return CTL_DONE;
	}
	o = json_object_new_object();
	json_put(o, "version", json_text(BULLYCTL_VERSION));
	json_put(o, "family_version", json_u64(BULLY_FAMILY_VERSION));
	json_print(ctl, stdout, o);
	return CTL_DONE;
}
