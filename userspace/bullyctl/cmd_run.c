// SPDX-License-Identifier: GPL-2.0
/* bullyctl run NAME -- COMMAND [ARG]... */
#include "ctl.h"

int cmd_run(struct ctl *ctl, int argc, char **argv)
{
	(void)argc;
	(void)argv;
	return fail(ctl, CTL_REFUSED, 0, "run is not in this version");
}
