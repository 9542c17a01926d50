// SPDX-License-Identifier: GPL-2.0-only
/*
 * notify.c - sends messages to all listeners of a namespace
 *
 * Messages are sent in process context, without a lock that a packet needs, because any user
 * can add listeners and so prolong the sending.
 */
#include <net/genetlink.h>

#include "netlink/fill.h"
#include "netlink/message.h"
#include "netlink/notify.h"

/* The only multicast group of the family. */
#define BULLY_NOTIFY_GROUP 0

/* The allocation of a listener's copy: lets other tasks run, and waits for no disk. */
#define BULLY_NOTIFY_COPY (GFP_NOIO | __GFP_HIGH | __GFP_NORETRY | __GFP_NOWARN)

/* Returns true if the namespace has a listener. */
static bool bully_notify_wanted(struct net *net)
{
	return genl_has_listeners(bully_message_family(), net, BULLY_NOTIFY_GROUP);
}

/*
 * Make every listener's next read fail with ENOBUFS, so that the listener asks for everything
 * again. This must stay rare, because the kernel visits all listeners with interrupts off.
 */
static void bully_notify_lost(struct net *net)
{
	might_sleep();
	genl_set_err(bully_message_family(), net, 0, BULLY_NOTIFY_GROUP, -ENOBUFS);
}

/**
 * bully_notify_send() - send a message to all listeners
 * @net: the namespace
 * @cmd: BULLY_CMD_*_NTF
 * @group: the whole group
 * @peer: the whole peer that the message is about, or NULL
 *
 * Return: false if a listener missed the message; such a listener has been told that a
 * message is missing
 */
static bool bully_notify_send(struct net *net, u8 cmd, const struct bully_group_view *group,
			      const struct bully_peer_view *peer)
{
	struct sk_buff *skb;
	void *hdr;

	might_sleep();
	skb = genlmsg_new(BULLY_FILL_SIZE, GFP_ATOMIC);
	if (!skb)
		goto err_lost;
	hdr = genlmsg_put(skb, 0, 0, bully_message_family(), 0, cmd);
	if (!hdr || bully_fill_group(skb, group) || (peer && bully_fill_peer(skb, peer))) {
		WARN_ON_ONCE(1); /* BULLY_FILL_SIZE is too small */
		nlmsg_free(skb);
		goto err_lost;
	}
	genlmsg_end(skb, hdr);
	/* The socket layer gives ENOBUFS to a listener whose queue is full, and to no other:
	 * one slow listener must not make the others ask for everything again.
	 */
	return genlmsg_multicast_netns(bully_message_family(), net, skb, 0, BULLY_NOTIFY_GROUP,
				       BULLY_NOTIFY_COPY) != -ENOBUFS;
err_lost:
	bully_notify_lost(net);
	return false;
}

const struct bully_tell_ops bully_notify_ops = {
	.wanted = bully_notify_wanted,
	.send = bully_notify_send,
	.lost = bully_notify_lost,
};
