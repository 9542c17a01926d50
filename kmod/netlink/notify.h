/* SPDX-License-Identifier: GPL-2.0 */
/* notify.h - owns the messages that all listeners get */
#ifndef BULLY_NOTIFY_H
#define BULLY_NOTIFY_H

#include <net/net_namespace.h>

#include "group/view.h"

bool bully_notify_wanted(struct net *net);
bool bully_notify_send(struct net *net, u8 cmd, const struct bully_group_view *group,
		       const struct bully_peer_view *peer);
void bully_notify_lost(struct net *net);

#endif /* BULLY_NOTIFY_H */
