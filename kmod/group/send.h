/* SPDX-License-Identifier: GPL-2.0-only */
/* send.h - owns the destination, socket, source and keys of a packet */
#ifndef BULLY_SEND_H
#define BULLY_SEND_H

#include "group/group.h"

void bully_send_address(struct bully_engine *engine, const struct bully_queued *queued,
			struct bully_peer *peer, struct bully_packet *out);
int bully_send_packet(struct bully_engine *engine, struct bully_packet *packet);

#endif /* BULLY_SEND_H */
