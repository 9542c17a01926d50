// SPDX-License-Identifier: GPL-2.0
/* send.c - where a group's packets go, and how they leave */
#include "group/send.h"
#include "transport/keys.h"
#include "transport/socket.h"

/**
 * bully_send_address() - fill in all of a packet but its content
 * @engine: the group's, locked; RCU is read-locked
 * @queued: the message
 * @peer: the peer that the packet is for
 * @out: set
 */
void bully_send_address(struct bully_engine *engine, const struct bully_queued *queued,
			struct bully_peer *peer, struct bully_packet *out)
{
	struct bully_group *group = bully_group_of(engine);
	struct bully_remote *remote = bully_peer_remote(peer);

	lockdep_assert_held(&engine->lock);
	out->to = remote->addr;
	memset(&out->from, 0, sizeof(out->from));
	if (queued->act.target == BULLY_TO_SOURCE && queued->path.remote.family)
		out->to = queued->path.remote; /* S9: a notice */
	/* who asked this address expects the answer from it */
	if ((queued->act.target == BULLY_TO_SOURCE || queued->act.target == BULLY_TO_SENDER) &&
	    bully_addr_same_host(&out->to, &queued->path.remote))
		out->from = queued->path.local;
	out->route = NULL;
	if (!remote->moving && bully_addr_same_host(&out->to, &remote->addr))
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
 * @engine: the group's, not locked; RCU is read-locked
 * @packet: as bully_send_address() left it, and encoded
 *
 * Return: 0, or why the packet was not sent
 */
int bully_send_packet(struct bully_engine *engine, struct bully_packet *packet)
{
	int err = bully_send_now(packet);

	/* perhaps a route went, which no device and no address tells of */
	if (err && err != -ENOMEM && err != -ENOKEY && !READ_ONCE(engine->dead))
		bully_kick(&bully_group_of(engine)->bn->kick, 1000);
	return err;
}
