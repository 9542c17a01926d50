/* SPDX-License-Identifier: GPL-2.0-only */
/* keys.h - owns sets of keys */
#ifndef BULLY_KEYS_H
#define BULLY_KEYS_H

#include "core/core.h"

struct bully_keys;

int bully_keys_init(void);
void bully_keys_exit(void);

/* may sleep; NULL is the set of a group without keys */
struct bully_keys *bully_keys_alloc(void);
int bully_keys_add(struct bully_keys *keys, u32 id, const u8 *key, size_t len, bool active);
struct bully_keys *bully_keys_get(struct bully_keys *keys);
void bully_keys_put(struct bully_keys *keys);
bool bully_keys_has(const struct bully_keys *keys, u32 id);
bool bully_keys_same(const struct bully_keys *a, const struct bully_keys *b);
u32 bully_keys_ids(const struct bully_keys *keys, u32 *ids);

/* messages: bottom halves are off */
u8 bully_keys_verify(const struct bully_keys *keys, const struct bully_msg *msg, u8 *buf);
int bully_keys_sign(const struct bully_keys *keys, u8 *buf);

#endif /* BULLY_KEYS_H */
