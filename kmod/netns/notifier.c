// SPDX-License-Identifier: GPL-2.0-only
/* notifier.c - receives the kernel's events of devices, addresses and sockets */
#include <linux/inetdevice.h>
#include <linux/netdevice.h>
#include <linux/netlink.h>
#include <net/addrconf.h>
#include <net/netns/generic.h>

#include "netns/notifier.h"
#include "netns/table.h"

/*
 * A device or an address of a namespace changed. A namespace that is not set up yet, or whose
 * setup failed and is undone, has no bully_net. Its net_generic may also be older than this
 * module and have no slot for a bully_net.
 */
static void bully_notifier_touched(struct net *net)
{
	struct bully_net *bn = NULL;
	struct net_generic *ng;

	rcu_read_lock();
	ng = rcu_dereference(net->gen);
	if (ng->s.len > bully_net_id)
		bn = ng->ptr[bully_net_id];
	rcu_read_unlock();
	if (bn && READ_ONCE(bn->n_groups))
		bully_kick(&bn->kick, 0);
}

static int bully_notifier_device_event(struct notifier_block *nb, unsigned long event, void *ptr)
{
	switch (event) {
	case NETDEV_UP:
	case NETDEV_DOWN:
	case NETDEV_CHANGE:
	case NETDEV_CHANGEUPPER:
	case NETDEV_REGISTER:
	case NETDEV_UNREGISTER:
	case NETDEV_CHANGENAME:
		bully_notifier_touched(dev_net(netdev_notifier_info_to_dev(ptr)));
	}
	return NOTIFY_DONE;
}

static int bully_notifier_inet_event(struct notifier_block *nb, unsigned long event, void *ptr)
{
	const struct in_ifaddr *ifa = ptr;

	bully_notifier_touched(dev_net(ifa->ifa_dev->dev));
	return NOTIFY_DONE;
}

static int bully_notifier_inet6_event(struct notifier_block *nb, unsigned long event, void *ptr)
{
	const struct inet6_ifaddr *ifa = ptr;

	bully_notifier_touched(dev_net(ifa->idev->dev));
	return NOTIFY_DONE;
}

static struct notifier_block bully_notifier_device_nb = {
	.notifier_call = bully_notifier_device_event,
};

static struct notifier_block bully_notifier_inet_nb = {
	.notifier_call = bully_notifier_inet_event,
};

static struct notifier_block bully_notifier_inet6_nb = {
	.notifier_call = bully_notifier_inet6_event,
};

/* Release the candidacy of one group that the socket owns. Return: true if there was one */
static bool bully_notifier_release_one(struct bully_net *bn, u32 portid)
{
	struct bully_group *group;
	bool released = false;

	rcu_read_lock();
	list_for_each_entry_rcu(group, &bn->groups, node) {
		if (!bully_owners_have(&group->owners, portid))
			continue;
		released = bully_owner_release(group, portid);
		if (released)
			break;
	}
	rcu_read_unlock();
	return released;
}

/*
 * A netlink socket is being released. The kernel calls this function for each netlink socket
 * of the machine, whatever its family. So it takes no bully_net.lock, which may be held long.
 */
static int bully_notifier_release(struct notifier_block *nb, unsigned long event, void *ptr)
{
	const struct netlink_notify *notify = ptr;
	struct bully_net *bn;

	if (event != NETLINK_URELEASE || notify->protocol != NETLINK_GENERIC)
		return NOTIFY_DONE;
	bn = bully_net(notify->net);
	if (!atomic_read(&bn->n_owners))
		return NOTIFY_DONE;
	/* SOCK_DEAD was set before list and portids are read; pairs with bully_owner_move() */
	smp_mb();
	while (bully_notifier_release_one(bn, notify->portid))
		cond_resched();
	return NOTIFY_DONE;
}

static struct notifier_block bully_notifier_release_nb = {
	.notifier_call = bully_notifier_release,
};

/* The caller ensures that each namespace has a struct bully_net until bully_notifier_exit(). */
int bully_notifier_init(void)
{
	int err;

	err = netlink_register_notifier(&bully_notifier_release_nb);
	if (err)
		return err;
	err = register_netdevice_notifier(&bully_notifier_device_nb);
	if (err)
		goto err_release;
	err = register_inetaddr_notifier(&bully_notifier_inet_nb);
	if (err)
		goto err_device;
	if (IS_ENABLED(CONFIG_IPV6))
		err = register_inet6addr_notifier(&bully_notifier_inet6_nb);
	if (err)
		goto err_inet;
	return 0;

err_inet:
	unregister_inetaddr_notifier(&bully_notifier_inet_nb);
err_device:
	unregister_netdevice_notifier(&bully_notifier_device_nb);
err_release:
	netlink_unregister_notifier(&bully_notifier_release_nb);
	return err;
}

/* Unregister the notifiers, and wait for callbacks in progress. */
void bully_notifier_exit(void)
{
	if (IS_ENABLED(CONFIG_IPV6))
		unregister_inet6addr_notifier(&bully_notifier_inet6_nb);
	unregister_inetaddr_notifier(&bully_notifier_inet_nb);
	unregister_netdevice_notifier(&bully_notifier_device_nb);
	netlink_unregister_notifier(&bully_notifier_release_nb);
}
