/* SPDX-License-Identifier: GPL-2.0-only */
/* netlink.h - owns what the files of the family share; gen.h declares most of the handlers */
#ifndef BULLY_NETLINK_H
#define BULLY_NETLINK_H

#include <net/genetlink.h>

#include "group/view.h"
#include "netlink/gen.h"
#include "netns/table.h"

/* The last attributes of a group and a peer that a request may have; not all before them may. */
#define BULLY_NL_GROUP_LAST BULLY_A_GROUP_UNLISTED
#define BULLY_NL_PEER_LAST BULLY_A_PEER_SCOPE_NAME

/* Does to a group what a request says, under bn->lock. Return: 0 or an errno */
typedef int (*bully_nl_changer)(struct bully_net *bn, struct genl_info *info,
				struct bully_group *group);

/* family.c */
int bully_nl_init(void);
void bully_nl_exit(void);

/* group.c */
int bully_nl_change(struct genl_info *info, bully_nl_changer change);
struct bully_group *bully_nl_group(struct bully_net *bn, struct genl_info *info);
int bully_nl_reply(struct genl_info *info, const struct bully_group_view *group,
		   const struct bully_peer_view *peer, bool whole);
void bully_nl_echo(struct genl_info *info, struct bully_group *group, u32 id);

/* dump.c: the only handler that gen.h does not declare */
int bully_nl_stats_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);

/* auth.c */
int bully_nl_parse_keys(struct nlattr **tb, struct nlattr *group, struct netlink_ext_ack *extack,
			struct bully_keys **keys);
void bully_nl_wipe_keys(struct nlattr *group);
int bully_nl_settle_auth(struct nlattr **tb, struct netlink_ext_ack *extack,
			 struct bully_keys *keys, struct bully_group *old, bool keep,
			 struct bully_group_config *config);

/* guard.c */
int bully_nl_parse_guard(struct nlattr **tb, struct nlattr *group, struct netlink_ext_ack *extack,
			 struct bully_guard_list *list);

/* parse.c */
int bully_nl_refuse(struct netlink_ext_ack *extack, const struct nlattr *attr, const char *text,
		    int err);
int bully_nl_parse_name(struct nlattr *group, struct netlink_ext_ack *extack, char *name);
int bully_nl_parse_config(struct bully_net *bn, struct nlattr **tb, struct netlink_ext_ack *extack,
			  struct bully_group_config *config);
int bully_nl_parse_id(struct nlattr *peer, struct netlink_ext_ack *extack, u32 *id);
int bully_nl_parse_peer(struct bully_net *bn, struct nlattr *peer, struct netlink_ext_ack *extack,
			struct bully_peer_config *config);

#endif /* BULLY_NETLINK_H */
