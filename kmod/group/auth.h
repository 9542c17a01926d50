/* SPDX-License-Identifier: GPL-2.0 */
/* auth.h - owns the keys of a group, and what the tag of a message is worth */
#ifndef BULLY_AUTH_H
#define BULLY_AUTH_H

#include "core/core.h"

struct bully_group;
struct bully_keys;
struct bully_path;

int bully_auth_init(void);
void bully_auth_exit(void);

/* keys: may sleep; NULL is the set of a group that has none */
struct bully_keys *bully_auth_alloc(void);
int bully_auth_add(struct bully_keys *keys, u32 id, const u8 *key, size_t len, bool active);
struct bully_keys *bully_auth_get(struct bully_keys *keys);
void bully_auth_put(struct bully_keys *keys);
bool bully_auth_has(const struct bully_keys *keys, u32 id);
bool bully_auth_same(const struct bully_keys *a, const struct bully_keys *b);
u32 bully_auth_ids(const struct bully_keys *keys, u32 *ids);

/* messages: bottom halves are off */
bool bully_auth_look(struct bully_group *group, const struct bully_msg *msg,
		     const struct bully_path *path, u8 *tag, struct bully_keys **keys);
u8 bully_auth_verify(const struct bully_keys *keys, const struct bully_msg *msg, u8 *buf);
int bully_auth_sign(const struct bully_keys *keys, u8 *buf);

#endif /* BULLY_AUTH_H */
