/* SPDX-License-Identifier: GPL-2.0-only */
/* check.h - owns the checks of a group and its peers against each other */
#ifndef BULLY_CHECK_H
#define BULLY_CHECK_H

#include "group/group.h"

/* Each returns a sentence that says what is wrong, or NULL. */
const char *bully_check_local(struct bully_net *bn, struct bully_group_config *config,
			      const struct bully_group *self);
const char *bully_check_peer(struct bully_net *bn, const struct bully_group_config *config,
			     struct bully_peer_config *peer);
const char *bully_check_own(struct bully_net *bn, const struct bully_group_config *config,
			    const struct bully_peer_config *peer);
const char *bully_check_pair(const struct bully_peer_config *a, const struct bully_peer_config *b);
const char *bully_check_peers(const struct bully_group *group, const struct bully_peer_config *peer,
			      const struct bully_remote *self);
const char *bully_check_set(struct bully_net *bn, const struct bully_group *group,
			    struct bully_group_config *config);
const char *bully_check_left(struct bully_net *bn, const struct bully_group *group,
			     const struct bully_guard_list *list);

#endif /* BULLY_CHECK_H */
