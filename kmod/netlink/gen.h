/* SPDX-License-Identifier: GPL-2.0-only */
/* Do not edit directly, auto-generated from: */
/*	Documentation/netlink/specs/bully.yaml */
/* YNL-GEN kernel header */

#ifndef _LINUX_BULLY_GEN_H
#define _LINUX_BULLY_GEN_H

#include <net/netlink.h>
#include <net/genetlink.h>

#include "uapi/bully.h"

/* Common nested types */
extern const struct nla_policy bully_group_config_nl_policy[BULLY_A_GROUP_UNLISTED + 1];
extern const struct nla_policy bully_group_name_nl_policy[BULLY_A_GROUP_NAME + 1];
extern const struct nla_policy bully_guard_nl_policy[BULLY_A_GUARD_IP6 + 1];
extern const struct nla_policy bully_key_nl_policy[BULLY_A_KEY_ACTIVE + 1];
extern const struct nla_policy bully_owner_end_nl_policy[BULLY_A_OWNER_FORGET + 1];
extern const struct nla_policy bully_owner_promise_nl_policy[BULLY_A_OWNER_POSITION_INDEX + 1];
extern const struct nla_policy bully_owner_word_nl_policy[BULLY_A_OWNER_POSITION_INDEX + 1];
extern const struct nla_policy bully_peer_config_nl_policy[BULLY_A_PEER_SCOPE_NAME + 1];
extern const struct nla_policy bully_peer_id_nl_policy[BULLY_A_PEER_ID + 1];

int bully_nl_group_get_doit(struct sk_buff *skb, struct genl_info *info);
int bully_nl_group_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int bully_nl_group_new_doit(struct sk_buff *skb, struct genl_info *info);
int bully_nl_group_set_doit(struct sk_buff *skb, struct genl_info *info);
int bully_nl_group_del_doit(struct sk_buff *skb, struct genl_info *info);
int bully_nl_peer_get_doit(struct sk_buff *skb, struct genl_info *info);
int bully_nl_peer_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int bully_nl_peer_new_doit(struct sk_buff *skb, struct genl_info *info);
int bully_nl_peer_set_doit(struct sk_buff *skb, struct genl_info *info);
int bully_nl_peer_del_doit(struct sk_buff *skb, struct genl_info *info);
int bully_nl_elect_doit(struct sk_buff *skb, struct genl_info *info);
int bully_nl_resign_doit(struct sk_buff *skb, struct genl_info *info);
int bully_nl_own_doit(struct sk_buff *skb, struct genl_info *info);
int bully_nl_own_refresh_doit(struct sk_buff *skb, struct genl_info *info);
int bully_nl_disown_doit(struct sk_buff *skb, struct genl_info *info);
int bully_nl_group_replace_doit(struct sk_buff *skb, struct genl_info *info);
int bully_nl_history_get_doit(struct sk_buff *skb, struct genl_info *info);

enum {
	BULLY_NLGRP_EVENTS,
};

extern struct genl_family bully_nl_family;

#endif /* _LINUX_BULLY_GEN_H */
