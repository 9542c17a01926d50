// SPDX-License-Identifier: GPL-2.0-only
/* main.c - loads and unloads the module, which does nothing until a group is created */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/module.h>
#include <linux/reboot.h>

#include "base/queue.h"
#include "compat/rescue.h"
#include "guard/guard.h"
#include "netlink/netlink.h"
#include "netlink/notify.h"
#include "netns/doubt.h"
#include "netns/net.h"
#include "page/device.h"
#include "transport/keys.h"
#include "uapi/bully.h"

#define BULLY_VERSION "0.1"

/* The machine goes down: all groups resign, so that followers need not wait for a timeout. */
static int bully_main_reboot(struct notifier_block *nb, unsigned long event, void *ptr)
{
	bully_net_shutdown();
	return NOTIFY_DONE;
}

/* runs before any notifier that takes devices away */
static struct notifier_block bully_main_reboot_nb = {
	.notifier_call = bully_main_reboot,
	.priority = INT_MAX,
};

static int __init bully_main_init(void)
{
	int err;

	err = bully_rescue_init();
	if (err)
		return err;
	err = bully_keys_init();
	if (err)
		goto err_rescue;
	err = bully_queue_init();
	if (err)
		goto err_keys;
	/* before the namespaces of groups, so that it ends after them and their devices */
	err = bully_guard_init();
	if (err)
		goto err_queue;
	/* namespaces before the family: requests arrive as soon as the family exists */
	err = bully_net_init(&bully_notify_ops);
	if (err)
		goto err_guard;
	err = register_reboot_notifier(&bully_main_reboot_nb);
	if (err)
		goto err_net;
	err = bully_doubt_init();
	if (err)
		goto err_reboot;
	err = bully_device_init();
	if (err)
		goto err_doubt;
	/* the family last: a dump in progress could not be undone, an open can be refused */
	err = bully_nl_init();
	if (err)
		goto err_device;
	bully_device_ready();
	pr_info("version " BULLY_VERSION " loaded\n");
	return 0;

err_device:
	bully_device_exit();
err_doubt:
	bully_doubt_exit();
err_reboot:
	unregister_reboot_notifier(&bully_main_reboot_nb);
err_net:
	bully_net_exit();
err_guard:
	bully_guard_exit();
err_queue:
	bully_queue_exit();
err_keys:
	bully_keys_exit();
err_rescue:
	bully_rescue_exit();
	return err;
}

static void __exit bully_main_exit(void)
{
	/* the grace periods below do not end while softirqs are held back */
	bully_rescue_get(BULLY_HEARTBEAT_NS);
	/* before the family goes, so that listeners receive the last events */
	bully_net_quit();
	bully_nl_exit();
	/* nobody has the device open: an open pins the module, and unloading refuses opens */
	bully_device_exit();
	bully_doubt_exit();
	unregister_reboot_notifier(&bully_main_reboot_nb);
	bully_net_exit();
	bully_guard_exit();
	bully_queue_exit();
	bully_keys_exit();
	/* wait for this module's callbacks, which free peers and groups */
	rcu_barrier();
	bully_rescue_put(BULLY_HEARTBEAT_NS);
	bully_rescue_exit();
}

module_init(bully_main_init);
module_exit(bully_main_exit);

MODULE_AUTHOR("bully maintainers");
MODULE_DESCRIPTION("Leader election by the bully algorithm");
MODULE_VERSION(BULLY_VERSION);
MODULE_LICENSE("GPL");
MODULE_SOFTDEP("pre: hmac sha256");
MODULE_ALIAS_GENL_FAMILY(BULLY_FAMILY_NAME);
