/* SPDX-License-Identifier: GPL-2.0-only */
/* net.h - owns the begin and the end of bully in the network namespaces */
#ifndef BULLY_NET_H
#define BULLY_NET_H

#include "group/space.h"

const char *bully_net_closed(struct bully_net *bn);
int bully_net_init(const struct bully_tell_ops *tell);
void bully_net_exit(void);
void bully_net_shutdown(void);
void bully_net_doubt(bool forked);
void bully_net_sleep(bool asleep);
void bully_net_quit(void);

#endif /* BULLY_NET_H */
