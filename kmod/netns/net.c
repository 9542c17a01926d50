// SPDX-License-Identifier: GPL-2.0
/* net.c - network namespaces begin and end, and what happens to all groups at once */
#include <linux/rtnetlink.h>

#include "group/link.h"
#include "netns/net.h"
#include "netns/notifier.h"
#include "netns/receive.h"
#include "netns/table.h"

static const struct bully_tell_ops *bully_net_tell;
static bool bully_net_quitting;
static bool bully_net_down;

/* May groups be made? Caller holds bn->lock. Return: NULL, or a sentence that says why not */
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
	if (moved) /* once for all of them */
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
 * No group may be made any more, and those that there are have resigned. They stay
 * in the tables, dead, and the sockets are deaf; the caller lets a grace period pass
 * before bully_net_clear(). Between the two nothing can begin.
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

/* Return: whether callbacks may be under way that free peers */
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
 * The namespace ends. Its devices still work, so the groups can resign. No
 * request can come any more: a netlink socket would hold the namespace. So
 * nobody owns a group any more, either, and no release of a socket comes.
 */
static void __net_exit bully_net_pre_exit(struct net *net)
{
	struct bully_net *bn = bully_net(net);

	bully_kick_stop(&bn->kick);
	bully_net_close(bn);
	bully_events_exit(&bn->teller);
}

/*
 * Nothing can race with this: requests, work, timers and drains have ended in
 * bully_net_pre_exit(), and receivers are past their grace period. Device and
 * address notifiers may still come; they see that the work is stopped.
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

/* Do the same to all groups everywhere. */
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

/* All groups resign, and then listeners are told; the machine goes down. */
void bully_net_shutdown(void)
{
	WRITE_ONCE(bully_net_down, true);
	bully_net_for_each(bully_net_halt_one, true);
	bully_net_for_each(bully_net_shutdown_one, true);
}

/* All groups doubt their time; with @forked they are another machine's copies. */
void bully_net_doubt(bool forked)
{
	bully_net_for_each(bully_group_doubt, forked);
}

/* The machine is about to sleep: from now on no group stands; or it is awake again. */
void bully_net_sleep(bool asleep)
{
	bully_owner_sleep(asleep);
	bully_net_for_each(bully_group_sleep, asleep);
}

/*
 * All groups everywhere are removed, and none can be made any more; the module
 * goes. In two halves with one grace period between them, as namespaces come and go
 * at no time while net_rwsem is held. A request that is under way finds its
 * namespace closed, or no group; the work of a namespace that looks at its links
 * comes before or after each half, and finds dead groups or none.
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
 * bully_net_init() - have a struct bully_net in each namespace
 * @tell: how listeners are reached
 */
int bully_net_init(const struct bully_tell_ops *tell)
{
	int err;

	bully_net_tell = tell;
	err = register_pernet_device(&bully_net_ops);
	if (err)
		return err;
	/* those that they find a namespace by must be there as long as they are */
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
