// SPDX-License-Identifier: GPL-2.0-only
/*
 * guard.c - makes and frees guards
 *
 * The order of the teardown. A hook reads a guard and never a group, so a group may be freed at
 * any time. bully_guard_free() takes a guard out of the table first. Packets in progress may still
 * read the guard, under RCU; kfree_rcu() frees it after them. With the last guard of a namespace
 * the hooks go, and bully_hook_unregister() waits until no processor runs one.
 *
 * Each guard holds the module, because an address would become audible with rmmod.
 *
 * A namespace that ends has groups to the last, and its devices still have addresses after the
 * groups have ended. So bully_group_free() leaves a guard that is shown where it is: it belongs to
 * a group that has stopped, and is mute for ever. It is freed here, in the exit of a subsystem,
 * which the kernel calls after the devices are gone.
 */
#include <linux/module.h>
#include <linux/slab.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>

#include "guard/guard.h"
#include "guard/hook.h"

static unsigned int bully_guard_id;

struct bully_guards *bully_guards(struct net *net)
{
	return net_generic(net, bully_guard_id);
}

/* Count one guard more, for which there must be hooks. Return: 0 or an errno */
static int bully_guard_hold(struct bully_guards *all, const char **refusal)
{
	int err;

	if (!bully_hook_possible()) {
		*refusal = "guard needs a kernel with netfilter and its hooks for ARP";
		return -EOPNOTSUPP;
	}
	if (!try_module_get(THIS_MODULE)) {
		*refusal = "the module is being unloaded";
		return -ESHUTDOWN;
	}
	err = all->n ? 0 : bully_hook_register(all);
	if (err)
		module_put(THIS_MODULE);
	else
		all->n++;
	return err;
}

static void bully_guard_release(struct bully_guards *all)
{
	if (!--all->n)
		bully_hook_unregister(all);
	module_put(THIS_MODULE);
}

/**
 * bully_guard_make() - make a guard that no packet sees yet
 * @all: the guards of the namespace
 * @list: checked: the addresses differ, and no other group guards them
 * @refusal: set to a sentence if there can be no guard; else unchanged
 *
 * Return: the guard, for bully_guard_replace(), whose node does not lead; NULL for an empty list;
 * or an ERR_PTR
 */
struct bully_guard *bully_guard_make(struct bully_guards *all, const struct bully_guard_list *list,
				     const char **refusal)
{
	struct bully_guard *guard;
	int err;
	u32 i;

	if (!list->n)
		return NULL;
	guard = kzalloc(struct_size(guard, guarded, list->n), GFP_KERNEL_ACCOUNT);
	if (!guard)
		return ERR_PTR(-ENOMEM);
	err = bully_guard_hold(all, refusal);
	if (err) {
		kfree(guard);
		return ERR_PTR(err);
	}
	guard->all = all;
	guard->n = list->n;
	for (i = 0; i < list->n; i++) {
		guard->guarded[i].addr = list->addr[i];
		guard->guarded[i].guard = guard;
	}
	return guard;
}

/* Free a guard, which may be NULL. It is hidden from packets first. */
void bully_guard_free(struct bully_guard *guard)
{
	if (!guard)
		return;
	if (guard->shown)
		bully_guard_remove(guard);
	bully_guard_release(guard->all);
	kfree_rcu(guard, rcu);
}

/* Show @guard to packets in the place of @old. Both may be NULL. The caller frees @old. */
void bully_guard_replace(struct bully_guard *old, struct bully_guard *guard)
{
	if (old && guard)
		bully_guard_exchange(old, guard);
	else if (guard)
		bully_guard_insert(guard);
	else if (old)
		bully_guard_remove(old);
}

/*
 * Take over what another guard of the same group knows. The caller holds the group's lock and
 * shows @guard under the same hold, so that no change of the leader gets lost in between.
 */
void bully_guard_inherit(struct bully_guard *guard, const struct bully_guard *old)
{
	int i;

	atomic64_set(&guard->lease_end, atomic64_read(&old->lease_end));
	for (i = 0; i < BULLY_GUARD_WAYS; i++)
		atomic64_set(&guard->drops[i], atomic64_read(&old->drops[i]));
}

/* Copy the addresses of a guard, which may be NULL. */
void bully_guard_copy(const struct bully_guard *guard, struct bully_guard_list *list)
{
	u32 i;

	memset(list, 0, sizeof(*list));
	for (i = 0; guard && i < guard->n; i++)
		list->addr[list->n++] = guard->guarded[i].addr;
}

/* Returns true if the list has other addresses than the guard, or another order. */
bool bully_guard_differs(const struct bully_guard *guard, const struct bully_guard_list *list)
{
	u32 i;

	if (list->n != (guard ? guard->n : 0))
		return true;
	for (i = 0; i < list->n; i++)
		if (!bully_addr_same_ip(&guard->guarded[i].addr, &list->addr[i]))
			return true;
	return false;
}

u64 bully_guard_drops(const struct bully_guard *guard, enum bully_guard_way way)
{
	return guard ? atomic64_read(&guard->drops[way]) : 0;
}

static int __net_init bully_guard_begin(struct net *net)
{
	struct bully_guards *all = bully_guards(net);

	all->net = net;
	hash_init(all->table);
	return 0;
}

/* The namespace is gone, with its devices and groups: free the guards that are left. */
static void __net_exit bully_guard_end(struct net *net)
{
	struct bully_guards *all = bully_guards(net);
	struct bully_guarded *one;
	unsigned int i;

	for (i = 0; i < HASH_SIZE(all->table); i++) {
		while (!hlist_empty(&all->table[i])) {
			one = hlist_entry(all->table[i].first, struct bully_guarded, node);
			bully_guard_free(one->guard);
		}
	}
	WARN_ON_ONCE(all->n);
}

static struct pernet_operations bully_guard_ops = {
	.init = bully_guard_begin,
	.exit = bully_guard_end,
	.id = &bully_guard_id,
	.size = sizeof(struct bully_guards),
};

/* Create a struct bully_guards in each namespace, before any group. */
int bully_guard_init(void)
{
	bully_guard_seed();
	return register_pernet_subsys(&bully_guard_ops);
}

void bully_guard_exit(void)
{
	unregister_pernet_subsys(&bully_guard_ops);
}
