/* SPDX-License-Identifier: GPL-2.0-only */
/* receive.h - owns the demultiplexing of datagrams */
#ifndef BULLY_RECEIVE_H
#define BULLY_RECEIVE_H

#include "transport/socket.h"

enum bully_drop bully_receive_datagram(const struct bully_socket *bs, u8 *buf, size_t len,
				       const struct bully_path *path);

#endif /* BULLY_RECEIVE_H */
