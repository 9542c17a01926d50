// SPDX-License-Identifier: GPL-2.0-only
/*
 * mac.c - tests HMAC-SHA256 with the vectors of RFC 4231 and the example of protocol.rst,
 * through the functions that the module calls
 */
#include <linux/err.h>

#include "../../../kmod/compat/mac.h"
#include "unit.h"

struct vector {
	const char *key;	/* hexadecimal, or one byte and its count */
	u32 key_times;
	const char *data;
	u32 data_times;
	const char *mac;	/* in case 5 only its first 16 bytes */
};

static const struct vector vectors[] = {
	{ "0b", 20, "4869205468657265", 1,
	  "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7" },
	{ "4a656665", 1, "7768617420646f2079612077616e7420666f72206e6f7468696e673f", 1,
	  "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843" },
	{ "aa", 20, "dd", 50,
	  "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe" },
	{ "0102030405060708090a0b0c0d0e0f10111213141516171819", 1, "cd", 50,
	  "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b" },
	{ "0c", 20, "546573742057697468205472756e636174696f6e", 1,
	  "a3b6167473100ee06e0c796c2955552b" },
	{ "aa", 131, "54657374205573696e67204c6172676572205468616e20426c6f636b2d53697a65204b65"
	  "79202d2048617368204b6579204669727374", 1,
	  "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54" },
	{ "aa", 131, "5468697320697320612074657374207573696e672061206c6172676572207468616e2062"
	  "6c6f636b2d73697a65206b657920616e642061206c6172676572207468616e20626c6f636b2d73697a"
	  "6520646174612e20546865206b6579206e6565647320746f20626520686173686564206265666f7265"
	  "206265696e6720757365642062792074686520484d414320616c676f726974686d2e", 1,
	  "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2" },
};

static u8 digit(char c)
{
	return c <= '9' ? c - '0' : c - 'a' + 10;
}

static u32 bytes(const char *hex, u32 times, u8 *out)
{
	u32 len = strlen(hex) / 2, n, i;

	for (n = 0; n < times; n++)
		for (i = 0; i < len; i++)
			out[n * len + i] = digit(hex[2 * i]) << 4 | digit(hex[2 * i + 1]);
	return len * times;
}

static void rfc4231(struct unit *u)
{
	static u8 key[256], data[256], mac[BULLY_MAC_LEN], want[BULLY_MAC_LEN];
	struct crypto_shash *tfm;
	u32 i, len;

	for (i = 0; i < sizeof(vectors) / sizeof(*vectors); i++) {
		const struct vector *v = &vectors[i];

		tfm = bully_mac_open(key, bytes(v->key, v->key_times, key));
		CHECK(u, !IS_ERR(tfm));
		if (IS_ERR(tfm))
			return;
		memset(mac, 0, sizeof(mac));
		CHECK(u, !bully_mac(tfm, data, bytes(v->data, v->data_times, data), mac));
		len = bytes(v->mac, 1, want);
		CHECK(u, !memcmp(mac, want, len));
		/* again with the same transform: it must have no earlier data */
		memset(mac, 0, sizeof(mac));
		CHECK(u, !bully_mac(tfm, data, bytes(v->data, v->data_times, data), mac));
		CHECK(u, !memcmp(mac, want, len));
		bully_mac_close(tfm);
	}
}

/* A2: the tag covers all 256 bytes, with zeros in the place of the tag. */
static void example(struct unit *u)
{
	static u8 key[32], buf[BULLY_WIRE_LEN], mac[BULLY_MAC_LEN];
	struct crypto_shash *tfm;
	u32 i;

	for (i = 0; i < sizeof(key); i++)
		key[i] = i;
	tfm = bully_mac_open(key, sizeof(key));
	CHECK(u, !IS_ERR(tfm));
	if (IS_ERR(tfm))
		return;
	memcpy(buf, unit_tagged_bytes(), sizeof(buf));
	memset(buf + BULLY_WIRE_TAG, 0, BULLY_TAG_LEN);
	CHECK(u, !bully_mac(tfm, buf, sizeof(buf), mac));
	CHECK(u, bully_mac_equal(mac, unit_tagged_bytes() + BULLY_WIRE_TAG));
	/* another value of any byte gives another tag */
	for (i = 0; i < BULLY_WIRE_LEN; i++) {
		buf[i] ^= 1;
		CHECK(u, !bully_mac(tfm, buf, sizeof(buf), mac));
		CHECK(u, !bully_mac_equal(mac, unit_tagged_bytes() + BULLY_WIRE_TAG));
		buf[i] ^= 1;
	}
	bully_mac_close(tfm);
}

static void equal(struct unit *u)
{
	static u8 a[BULLY_MAC_LEN], b[BULLY_MAC_LEN];
	u32 i;

	CHECK(u, bully_mac_equal(a, b));
	for (i = 0; i < 8 * BULLY_MAC_LEN; i++) {
		b[i / 8] ^= 1 << i % 8;
		CHECK(u, !bully_mac_equal(a, b));
		b[i / 8] ^= 1 << i % 8;
	}
}

const struct unit_case unit_mac_cases[] = {
	{ "mac_rfc4231", rfc4231 },
	{ "mac_A2_example", example },
	{ "mac_equal", equal },
	{ 0 },
};
