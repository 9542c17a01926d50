// SPDX-License-Identifier: GPL-2.0-only
/* mac.c - HMAC-SHA256; the KUnit module compiles this file and runs the vectors of RFC 4231 */
#include <crypto/hash.h>
#include <crypto/utils.h>
#include <linux/err.h>
#include <linux/string.h>

#include "compat/mac.h"

/**
 * bully_mac_open() - allocate a transform for a key
 * @key: the key; the caller wipes the buffer
 * @len: the length of @key in bytes
 *
 * May sleep, and load modules.
 *
 * Return: the transform, which the caller releases with bully_mac_close(); or an
 * ERR_PTR: -ENOENT if this kernel has no hmac(sha256)
 */
struct crypto_shash *bully_mac_open(const u8 *key, size_t len)
{
	struct crypto_shash *mac = crypto_alloc_shash("hmac(sha256)", 0, 0);
	int err;

	if (IS_ERR(mac))
		return mac;
	err = crypto_shash_setkey(mac, key, len);
	if (!err)
		return mac;
	crypto_free_shash(mac);
	return ERR_PTR(err);
}

/* Free a transform and wipe its key. May sleep. */
void bully_mac_close(struct crypto_shash *mac)
{
	crypto_free_shash(mac);
}

/**
 * bully_mac() - compute the HMAC-SHA256 of some data
 * @mac: the transform with the key
 * @data: the data
 * @len: the length of @data in bytes
 * @out: set to BULLY_MAC_LEN bytes
 *
 * May be called from any context but a hard interrupt, and from several at once.
 *
 * Return: 0; or an errno, and then @out is undefined
 */
int bully_mac(struct crypto_shash *mac, const u8 *data, size_t len, u8 *out)
{
	SHASH_DESC_ON_STACK(desc, mac);
	int err;

	desc->tfm = mac;
	err = crypto_shash_digest(desc, data, len, out);
	shash_desc_zero(desc);
	return err;
}

/* Compares two codes in a time that does not depend on where they differ. */
bool bully_mac_equal(const u8 *a, const u8 *b)
{
	return !crypto_memneq(a, b, BULLY_MAC_LEN);
}
