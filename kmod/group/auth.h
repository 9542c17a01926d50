/* SPDX-License-Identifier: GPL-2.0-only */
/* auth.h - owns the verdict on the tag of a message */
#ifndef BULLY_AUTH_H
#define BULLY_AUTH_H

#include "core/core.h"

struct bully_group;
struct bully_keys;
struct bully_path;

/* bottom halves are off */
bool bully_auth_look(struct bully_group *group, const struct bully_msg *msg,
		     const struct bully_path *path, u8 *tag, struct bully_keys **keys);

#endif /* BULLY_AUTH_H */
