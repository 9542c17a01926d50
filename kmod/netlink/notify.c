// SPDX-License-Identifier: GPL-2.0
/*
 * notify.c - messages to everybody who listens in the namespace
 *
 * In process context, without a lock that a packet needs: how many listen, and so how
 * long a message takes, is up to any user.
 */
#include <net/genetlink.h>

#include "netlink/fill.h"
#include "netlink/message.h"
#include "netlink/notify.h"

/* The only multicast group of the family. */
#define BULLY_NOTIFY_GROUP 0

/* A copy for each listener: the sender makes way for other tasks, and waits for no disk. */
#define BULLY_NOTIFY_COPY (GFP_NOIO | __GFP_HIGH | __GFP_NORETRY | __GFP_NOWARN)

/* Is anybody there to hear it? */
static bool bully_notify_wanted(struct net *net)
{
	return genl_has_listeners(bully_message_family(), net, BULLY_NOTIFY_GROUP);
}

/*
 * Make every listener's next read fail with ENOBUFS, so that it asks for everything anew.
 * The kernel does this with interrupts off, for all listeners at once: it must stay rare.
 */
static void bully_notify_lost(struct net *net)
{
	might_sleep();
	genl_set_err(bully_message_family(), net, 0, BULLY_NOTIFY_GROUP, -ENOBUFS);
}

/**
 * bully_notify_send() - tell the listeners
 * @net: the namespace
 * @cmd: BULLY_CMD_*_NTF
 * @group: the whole group
 * @peer: the whole peer that it is about, or NULL
 *
 * Return: false if not all were; who missed it has been told that something is
 * missing.
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
	/* Whose queue is full gets ENOBUFS from the socket layer by itself, and only
	 * he: one slow listener must not send the others after snapshots.
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
