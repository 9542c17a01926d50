// SPDX-License-Identifier: GPL-2.0-only
/* config.c - copies the configuration of a group */
#include "group/group.h"

/* Copy the group's configuration. Caller holds the group's lock. */
void bully_group_copy_config(const struct bully_group *group, struct bully_group_config *config)
{
	lockdep_assert_held(&group->engine.lock);
	memset(config, 0, sizeof(*config));
	memcpy(config->name, group->core.name, BULLY_NAME_LEN);
	config->id = group->core.id;
	strscpy(config->dev_name, group->dev_name, IFNAMSIZ);
	config->dev = group->dev;
	config->local = group->local;
	strscpy(config->scope_name, group->scope_name, IFNAMSIZ);
	config->lease_ns = group->lease_ns;
	config->candidate = group->candidate;
	config->opts = group->core.opts;
	config->opts.priority = group->priority;
	config->auth = group->auth;
	config->keys = rcu_dereference_protected(group->keys,
						 lockdep_is_held(&group->engine.lock));
	bully_guard_copy(group->guard, &config->guard);
}

/*
 * Copy the group's configuration. Caller holds bully_net.lock, so the copy stays true, except
 * for the candidacy: the owner may change it at any time.
 */
void bully_group_config(struct bully_group *group, struct bully_group_config *config)
{
	lockdep_assert_held(&group->bn->lock);
	bully_group_lock(group);
	bully_group_copy_config(group, config);
	bully_group_unlock_quiet(group);
}
