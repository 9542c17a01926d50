// SPDX-License-Identifier: GPL-2.0-only
/* net.c - begins and ends bully in network namespaces, and changes all groups at once */
#include <linux/rtnetlink.h>

#include "group/link.h"
#include "netns/net.h"
#include "netns/notifier.h"
#include "netns/receive.h"
#include "netns/table.h"

static const struct bully_tell_ops *bully_net_tell;
static bool bully_net_quitting;
static bool bully_net_down;

/* Returns NULL if groups can be created, or a sentence that says why not. Under bn->lock. */
const char *bully_net_closed(struct bully_net *bn)
{
	lockdep_assert_held(&bn->lock);
	if (bn->closed || READ_ONCE(bully_net_quitting))
		return "the module is being unloaded";
	if (READ_ONCE(bully_net_down))
		return "the machine is being shut down";
	return NULL;
}

static void bully_net_work(struct work_struct *work)
{
	struct bully_net *bn = container_of(to_delayed_work(work), struct bully_net, kick.work);
	unsigned int soonest = 0;
	struct bully_group *group;
	bool moved = false;

	mutex_lock(&bn->lock);
	list_for_each_entry(group, &bn->groups, node)
		moved |= bully_link_rebind(group);
	if (moved) /* one wait for all groups */
		synchronize_net();
	list_for_each_entry(group, &bn->groups, node) {
		unsigned int again = bully_link_update(group);

		if (again && (!soonest || again < soonest))
			soonest = again;
		cond_resched();
	}
	mutex_unlock(&bn->lock);
	if (soonest)
		bully_kick(&bn->kick, soonest);
}

static int __net_init bully_net_begin(struct net *net)
{
	struct bully_net *bn = bully_net(net);

	bn->net = net;
	mutex_init(&bn->lock);
	INIT_LIST_HEAD(&bn->groups);
	hash_init(bn->names);
	bully_sockets_init(&bn->sockets, net, &bn->lock, bully_receive_datagram);
	bn->generation = 1;
	bully_kick_init(&bn->kick, bully_net_work);
	bully_events_init(&bn->teller, bully_net_tell);
	return 0;
}

/*
 * Close a namespace: no group can be created any more, and all groups resign. The dead groups
 * stay in the tables, and the sockets receive nothing. The caller lets a grace period pass
 * before bully_net_clear(). Between the two calls nothing can begin.
 */
static void bully_net_close(struct bully_net *bn)
{
	struct bully_group *group;
	struct bully_socket *bs;

	mutex_lock(&bn->lock);
	bn->closed = true;
	list_for_each_entry(group, &bn->groups, node)
		bully_group_halt(group, BULLY_REASON_SHUTDOWN);
	list_for_each_entry(group, &bn->groups, node) {
		bully_group_stop(group, BULLY_REASON_SHUTDOWN);
		bully_timer_stop(&group->engine.timer);
	}
	list_for_each_entry(bs, &bn->sockets.open, node)
		bully_socket_hush(bs);
	mutex_unlock(&bn->lock);
}

/* Free all groups of a closed namespace. Return: true if callbacks may still free peers */
static bool bully_net_clear(struct bully_net *bn)
{
	struct bully_group *group, *next;
	bool used;

	mutex_lock(&bn->lock);
	list_for_each_entry_safe(group, next, &bn->groups, node) {
		bully_net_del(bn, group);
		bully_link_close_hushed(group);
		bully_group_free(group);
	}
	WARN_ON_ONCE(!list_empty(&bn->sockets.open));
	used = bn->used;
	mutex_unlock(&bn->lock);
	return used;
}

/*
 * The namespace ends. Its devices still work, so the groups can resign. No request can
 * come any more, because a netlink socket would hold the namespace. For the same reason no
 * socket owns a group any more, and no release of an owner comes.
 */
static void __net_exit bully_net_pre_exit(struct net *net)
{
	struct bully_net *bn = bully_net(net);

	bully_kick_stop(&bn->kick);
	bully_net_close(bn);
	bully_events_exit(&bn->teller);
}

/*
 * Nothing can race with this function: requests, work items, timers and drains have ended
 * in bully_net_pre_exit(), and the grace period of receivers has passed. Device and address
 * notifiers may still run; bully_kick() does nothing for them, because the work item is
 * stopped.
 */
static void __net_exit bully_net_end(struct list_head *list)
{
	bool used = false;
	struct net *net;

	list_for_each_entry(net, list, exit_list)
		used |= bully_net_clear(bully_net(net));
	/* the peers' routes must be gone before the namespace's routing is */
	if (used)
		rcu_barrier();
}

static struct pernet_operations bully_net_ops = {
	.init = bully_net_begin,
	.pre_exit = bully_net_pre_exit,
	.exit_batch = bully_net_end,
	.id = &bully_net_id,
	.size = sizeof(struct bully_net),
};

/* Call a function for all groups in all namespaces. */
static void bully_net_for_each(void (*act)(struct bully_group *group, bool how), bool how)
{
	struct bully_group *group;
	struct bully_net *bn;
	struct net *net;

	down_read(&net_rwsem);
	for_each_net(net) {
		bn = bully_net(net);
		mutex_lock(&bn->lock);
		list_for_each_entry(group, &bn->groups, node)
			act(group, how);
		mutex_unlock(&bn->lock);
	}
	up_read(&net_rwsem);
}

static void bully_net_shutdown_one(struct bully_group *group, bool how)
{
	bully_group_stop(group, BULLY_REASON_SHUTDOWN);
}

static void bully_net_halt_one(struct bully_group *group, bool how)
{
	bully_group_halt(group, BULLY_REASON_SHUTDOWN);
}

/* The machine goes down: all groups resign, and then listeners are told. */
void bully_net_shutdown(void)
{
	WRITE_ONCE(bully_net_down, true);
	bully_net_for_each(bully_net_halt_one, true);
	bully_net_for_each(bully_net_shutdown_one, true);
}

/* All groups doubt their time; with @forked this machine is a copy of another one. */
void bully_net_doubt(bool forked)
{
	bully_net_for_each(bully_group_doubt, forked);
}

/* The machine is about to sleep, so that no node stands from now on; or it is awake again. */
void bully_net_sleep(bool asleep)
{
	bully_owner_sleep(asleep);
	bully_net_for_each(bully_group_sleep, asleep);
}

/*
 * The module is unloaded: all groups in all namespaces are removed, and no group can be
 * created any more. The removal has two halves with one grace period between them. No
 * namespace comes or goes meanwhile, because net_rwsem is held. A request in progress finds
 * its namespace closed, or no group. The work item of a namespace runs before or after each
 * half, and finds dead groups or none.
 */
void bully_net_quit(void)
{
	struct net *net;

	WRITE_ONCE(bully_net_quitting, true);
	bully_net_for_each(bully_net_halt_one, true);
	down_read(&net_rwsem);
	for_each_net(net)
		bully_net_close(bully_net(net));
	synchronize_rcu();
	for_each_net(net)
		bully_net_clear(bully_net(net));
	up_read(&net_rwsem);
}

/**
 * bully_net_init() - create a struct bully_net in each namespace
 * @tell: the functions that reach listeners
 */
int bully_net_init(const struct bully_tell_ops *tell)
{
	int err;

	bully_net_tell = tell;
	err = register_pernet_device(&bully_net_ops);
	if (err)
		return err;
	/* each namespace must have its struct bully_net while the notifiers are registered */
	err = bully_notifier_init();
	if (err)
		unregister_pernet_device(&bully_net_ops);
	return err;
}

void bully_net_exit(void)
{
	bully_notifier_exit();
	unregister_pernet_device(&bully_net_ops);
}
