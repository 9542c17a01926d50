// SPDX-License-Identifier: GPL-2.0-only
/* bullyctl setconf [--check] FILE: replaces each group of the file as a whole. */
#include "config/conf.h"
#include "config/config.h"

int cmd_setconf(struct ctl *ctl, int argc, char **argv)
{
	bool check = option_given(ctl, "--check");
	struct conf conf;
	size_t i;
	int ret;

	ret = conf_read_arg(ctl, argc, argv, &conf);
	if (ret)
		return ret;
	if (check)
		conf_warn(ctl, argv[0], &conf);
	for (i = 0; i < conf.len && !check && !ret; i++)
		if (bully_group_replace(ctl->b, conf.groups[i]))
			ret = fail_conf(ctl, bully_group_name(conf.groups[i]));
	conf_free(&conf);
	return ret;
}
