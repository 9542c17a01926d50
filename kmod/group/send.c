// SPDX-License-Identifier: GPL-2.0-only
/* send.c - addresses, signs and sends a group's packets */
#include "group/send.h"
#include "transport/keys.h"
#include "transport/socket.h"

/**
 * bully_send_address() - fill in all of a packet but its content
 * @engine: the group's engine, locked; RCU is read-locked
 * @queued: the message
 * @peer: the peer that the packet is for; NULL for the source of the message (O4)
 * @out: the packet
 */
void bully_send_address(struct bully_engine *engine, const struct bully_queued *queued,
			struct bully_peer *peer, struct bully_packet *out)
{
	struct bully_group *group = bully_group_of(engine);
	struct bully_remote *remote = peer ? bully_peer_remote(peer) : NULL;

	lockdep_assert_held(&engine->lock);
	memset(&out->from, 0, sizeof(out->from));
	if (!remote || (queued->act.target == BULLY_TO_SOURCE && queued->path.remote.family))
		out->to = queued->path.remote; /* S9, O4: to the source of the message */
	else
		out->to = remote->addr;
	/* an answer leaves from the address that the request was sent to */
	if ((queued->act.target == BULLY_TO_SOURCE || queued->act.target == BULLY_TO_SENDER) &&
	    bully_addr_same_host(&out->to, &queued->path.remote))
		out->from = queued->path.local;
	out->route = NULL;
	if (remote && !remote->moving && bully_addr_same_host(&out->to, &remote->addr))
		out->route = &remote->route;
	out->bs = rcu_dereference(group->socket[bully_group_slot(out->to.family)]);
	out->keys = NULL;
	if (group->auth >= BULLY_AUTH_PERMISSIVE)
		out->keys = rcu_dereference(group->keys);
}

static int bully_send_now(struct bully_packet *packet)
{
	if (!packet->bs)
		return -ENOTCONN;
	if (packet->keys && bully_keys_sign(packet->keys, packet->buf))
		return -ENOKEY;
	return bully_xmit(packet->bs, &packet->to, packet->from.family ? &packet->from : NULL,
			  packet->route, packet->buf);
}

/**
 * bully_send_packet() - sign a packet and hand it to the network
 * @engine: the group's engine, not locked; RCU is read-locked
 * @packet: filled in by bully_send_address(), and encoded
 *
 * Return: 0, or why the packet was not sent
 */
int bully_send_packet(struct bully_engine *engine, struct bully_packet *packet)
{
	int err = bully_send_now(packet);

	/* a route may be gone, which no event of a device or an address reports */
	if (err && err != -ENOMEM && err != -ENOKEY && !READ_ONCE(engine->dead))
		bully_kick(&bully_group_of(engine)->bn->kick, 1000);
	return err;
}
