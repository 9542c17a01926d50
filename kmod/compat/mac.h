/* SPDX-License-Identifier: GPL-2.0-only */
/* mac.h - owns HMAC-SHA256, with an interface that every supported kernel has */
#ifndef BULLY_MAC_H
#define BULLY_MAC_H

#include <linux/types.h>

struct crypto_shash;

#define BULLY_MAC_LEN 32 /* bytes */

struct crypto_shash *bully_mac_open(const u8 *key, size_t len);
void bully_mac_close(struct crypto_shash *mac);
int bully_mac(struct crypto_shash *mac, const u8 *data, size_t len, u8 *out);
bool bully_mac_equal(const u8 *a, const u8 *b);

#endif /* BULLY_MAC_H */
