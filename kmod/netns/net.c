// SPDX-License-Identifier: GPL-2.0
/* net.c - a network namespace: its groups, and what happens to its devices and addresses */
#include <linux/inetdevice.h>
#include <linux/jhash.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <net/addrconf.h>
#include <net/netns/generic.h>

#include "group/group.h"
#include "group/link.h"
#include "netns/net.h"
#include "transport/socket.h"

static unsigned int bully_net_id;
static struct workqueue_struct *bully_net_wq;
static struct workqueue_struct *bully_net_tell_wq;
static bool bully_net_quitting;
static bool bully_net_down;
static bool bully_net_asleep;

struct bully_net *bully_net(struct net *net)
{
	return net_generic(net, bully_net_id);
}

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

static u32 bully_net_hash(const char *name)
{
	return jhash(name, BULLY_NAME_LEN, 0);
}

/**
 * bully_net_find() - look a group up
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

/* The set of groups or of some group's peers changed: dumps under way are told. */
void bully_net_changed(struct bully_net *bn)
{
	unsigned int next = bn->generation + 1;

	lockdep_assert_held(&bn->lock);
	/* who sees it sees what has changed: a dump that begins with it has all of that */
	smp_store_release(&bn->generation, next ? next : 1);
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

/* Show a group in the place of one of the same name. */
void bully_net_replace(struct bully_net *bn, struct bully_group *old, struct bully_group *group)
{
	lockdep_assert_held(&bn->lock);
	list_replace_rcu(&old->node, &group->node);
	hlist_replace_rcu(&old->hash, &group->hash);
	bully_net_changed(bn);
}

/* Hide a group from readers; some may hold it until a grace period has passed. */
void bully_net_del(struct bully_net *bn, struct bully_group *group)
{
	lockdep_assert_held(&bn->lock);
	list_del_rcu(&group->node);
	hash_del_rcu(&group->hash);
	WRITE_ONCE(bn->n_groups, bn->n_groups - 1);
	bully_net_changed(bn);
}

/**
 * bully_net_kick() - have sockets and links looked at
 * @bn: the namespace
 * @delay_ms: how soon; one that is due earlier stays so
 *
 * May be called from any context and at any time.
 */
void bully_net_kick(struct bully_net *bn, unsigned int delay_ms)
{
	unsigned long delay = msecs_to_jiffies(delay_ms);
	unsigned long flags;

	spin_lock_irqsave(&bn->work_lock, flags);
	if (!bn->work_stopped && !queue_delayed_work(bully_net_wq, &bn->work, delay) &&
	    time_before(jiffies + delay, READ_ONCE(bn->work.timer.expires)))
		mod_delayed_work(bully_net_wq, &bn->work, delay);
	spin_unlock_irqrestore(&bn->work_lock, flags);
}

/*
 * Queue a work that tells user space something. It ends when the last namespace has.
 * Return: false if it is queued already
 */
bool bully_net_queue(struct work_struct *work)
{
	return queue_work(bully_net_tell_wq, work);
}

static void bully_net_work(struct work_struct *work)
{
	struct bully_net *bn = container_of(to_delayed_work(work), struct bully_net, work);
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
		bully_net_kick(bn, soonest);
}

/*
 * A device or an address of a namespace changed. One that is not yet set up, or
 * whose setting up failed and is undone, has no bully_net, and may have been made
 * before there was a place for it.
 */
static void bully_net_touched(struct net *net)
{
	struct bully_net *bn = NULL;
	struct net_generic *ng;

	rcu_read_lock();
	ng = rcu_dereference(net->gen);
	if (ng->s.len > bully_net_id)
		bn = ng->ptr[bully_net_id];
	rcu_read_unlock();
	if (bn && READ_ONCE(bn->n_groups))
		bully_net_kick(bn, 0);
}

static int bully_net_device_event(struct notifier_block *nb, unsigned long event, void *ptr)
{
	switch (event) {
	case NETDEV_UP:
	case NETDEV_DOWN:
	case NETDEV_CHANGE:
	case NETDEV_CHANGEUPPER:
	case NETDEV_REGISTER:
	case NETDEV_UNREGISTER:
	case NETDEV_CHANGENAME:
		bully_net_touched(dev_net(netdev_notifier_info_to_dev(ptr)));
	}
	return NOTIFY_DONE;
}

static int bully_net_inet_event(struct notifier_block *nb, unsigned long event, void *ptr)
{
	const struct in_ifaddr *ifa = ptr;

	bully_net_touched(dev_net(ifa->ifa_dev->dev));
	return NOTIFY_DONE;
}

static int bully_net_inet6_event(struct notifier_block *nb, unsigned long event, void *ptr)
{
	const struct inet6_ifaddr *ifa = ptr;

	bully_net_touched(dev_net(ifa->idev->dev));
	return NOTIFY_DONE;
}

static struct notifier_block bully_net_device_nb = { .notifier_call = bully_net_device_event };
static struct notifier_block bully_net_inet_nb = { .notifier_call = bully_net_inet_event };
static struct notifier_block bully_net_inet6_nb = { .notifier_call = bully_net_inet6_event };

static int __net_init bully_net_begin(struct net *net)
{
	struct bully_net *bn = bully_net(net);

	bn->net = net;
	mutex_init(&bn->lock);
	INIT_LIST_HEAD(&bn->groups);
	hash_init(bn->names);
	INIT_LIST_HEAD(&bn->sockets);
	bn->generation = 1;
	INIT_DELAYED_WORK(&bn->work, bully_net_work);
	spin_lock_init(&bn->work_lock);
	bully_events_init(&bn->teller);
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
		bully_timer_stop(&group->timer);
	}
	list_for_each_entry(bs, &bn->sockets, node)
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
	WARN_ON_ONCE(!list_empty(&bn->sockets));
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

	spin_lock_irq(&bn->work_lock);
	bn->work_stopped = true;
	spin_unlock_irq(&bn->work_lock);
	cancel_delayed_work_sync(&bn->work);
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
	WRITE_ONCE(bully_net_asleep, asleep);
	bully_net_for_each(bully_group_sleep, asleep);
}

bool bully_net_sleeps(void)
{
	return READ_ONCE(bully_net_asleep);
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

int bully_net_init(void)
{
	int err;

	bully_net_wq = alloc_workqueue("bully", WQ_UNBOUND, 0);
	if (!bully_net_wq)
		return -ENOMEM;
	/* also without memory for another worker; the administrator may choose its processors */
	bully_net_tell_wq = alloc_workqueue("bully_tell", WQ_UNBOUND | WQ_MEM_RECLAIM | WQ_SYSFS,
					    0);
	err = -ENOMEM;
	if (!bully_net_tell_wq)
		goto err_wq;
	err = register_pernet_device(&bully_net_ops);
	if (err)
		goto err_tell_wq;
	/* those that it finds a namespace by must be there as long as it is */
	err = bully_owner_init();
	if (err)
		goto err_pernet;
	err = register_netdevice_notifier(&bully_net_device_nb);
	if (err)
		goto err_owner;
	err = register_inetaddr_notifier(&bully_net_inet_nb);
	if (err)
		goto err_device;
	if (IS_ENABLED(CONFIG_IPV6))
		err = register_inet6addr_notifier(&bully_net_inet6_nb);
	if (err)
		goto err_inet;
	return 0;

err_inet:
	unregister_inetaddr_notifier(&bully_net_inet_nb);
err_device:
	unregister_netdevice_notifier(&bully_net_device_nb);
err_owner:
	bully_owner_exit();
err_pernet:
	unregister_pernet_device(&bully_net_ops);
err_tell_wq:
	destroy_workqueue(bully_net_tell_wq);
err_wq:
	destroy_workqueue(bully_net_wq);
	return err;
}

void bully_net_exit(void)
{
	if (IS_ENABLED(CONFIG_IPV6))
		unregister_inet6addr_notifier(&bully_net_inet6_nb);
	unregister_inetaddr_notifier(&bully_net_inet_nb);
	unregister_netdevice_notifier(&bully_net_device_nb);
	bully_owner_exit();
	unregister_pernet_device(&bully_net_ops);
	destroy_workqueue(bully_net_tell_wq);
	destroy_workqueue(bully_net_wq);
}
