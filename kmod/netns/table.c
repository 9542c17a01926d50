// SPDX-License-Identifier: GPL-2.0-only
/* table.c - stores the groups of a network namespace, in order and by name */
#include <linux/jhash.h>
#include <net/netns/generic.h>

#include "netns/table.h"

/* The net_generic index of struct bully_net. */
unsigned int bully_net_id;

struct bully_net *bully_net(struct net *net)
{
	return net_generic(net, bully_net_id);
}

static u32 bully_net_hash(const char *name)
{
	return jhash(name, BULLY_NAME_LEN, 0);
}

/**
 * bully_net_find() - look up a group by its name
 * @bn: the namespace, locked, or RCU is read-locked
 * @name: BULLY_NAME_LEN bytes
 *
 * Return: the group or NULL
 */
struct bully_group *bully_net_find(struct bully_net *bn, const char *name)
{
	struct bully_group *group;

	hash_for_each_possible_rcu(bn->names, group, hash, bully_net_hash(name),
				   lockdep_is_held(&bn->lock))
		if (!memcmp(group->core.name, name, BULLY_NAME_LEN))
			return group;
	return NULL;
}

/* Show a group to readers, at its place in the order of names. */
void bully_net_add(struct bully_net *bn, struct bully_group *group)
{
	struct list_head *before = &bn->groups;
	struct bully_group *other;

	lockdep_assert_held(&bn->lock);
	list_for_each_entry(other, &bn->groups, node) {
		if (strcmp(other->core.name, group->core.name) > 0) {
			before = &other->node;
			break;
		}
	}
	list_add_tail_rcu(&group->node, before);
	hash_add_rcu(bn->names, &group->hash, bully_net_hash(group->core.name));
	WRITE_ONCE(bn->n_groups, bn->n_groups + 1);
	bn->used = true;
	bully_net_changed(bn);
}

/* Show a group in the place of another group with the same name. */
void bully_net_replace(struct bully_net *bn, struct bully_group *old, struct bully_group *group)
{
	lockdep_assert_held(&bn->lock);
	list_replace_rcu(&old->node, &group->node);
	hlist_replace_rcu(&old->hash, &group->hash);
	bully_net_changed(bn);
}

/* Hide a group from readers. Readers may still use the group until a grace period has passed. */
void bully_net_del(struct bully_net *bn, struct bully_group *group)
{
	lockdep_assert_held(&bn->lock);
	list_del_rcu(&group->node);
	hash_del_rcu(&group->hash);
	WRITE_ONCE(bn->n_groups, bn->n_groups - 1);
	bully_net_changed(bn);
}
