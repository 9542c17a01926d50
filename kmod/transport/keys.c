// SPDX-License-Identifier: GPL-2.0-only
/*
 * keys.c - sets of keys, and the tags that are computed with the keys
 *
 * A request creates a set of keys, and the set never changes afterwards: other keys are
 * another set. A group holds a reference to its set. A context that computes a tag uses
 * the set under RCU. A work queue frees the set after a grace period, because freeing a
 * transform may sleep. Freeing wipes the keys.
 */
#include <linux/refcount.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#include "compat/mac.h"
#include "core/wire.h"
#include "transport/keys.h"

/**
 * struct bully_key - a key in use
 * @id: the id that messages name
 * @mac: the transform with the key
 * @print: the key's code of a constant; shows if two sets have the same key; never sent
 */
struct bully_key {
	u32 id;
	struct crypto_shash *mac;
	u8 print[BULLY_MAC_LEN];
};

/**
 * struct bully_keys - the keys of one group, or of a group and the group that replaces it
 * @refs: the number of users
 * @n: the number of keys
 * @key: the keys; the first key signs
 * @free: frees the set
 */
struct bully_keys {
	refcount_t refs;
	u32 n;
	struct bully_key key[BULLY_KEYS_MAX];
	struct rcu_work free;
};

static struct workqueue_struct *bully_keys_wq;

static void bully_keys_free(struct bully_keys *keys)
{
	u32 i;

	for (i = 0; i < keys->n; i++)
		bully_mac_close(keys->key[i].mac);
	kfree_sensitive(keys);
}

static void bully_keys_free_work(struct work_struct *work)
{
	bully_keys_free(container_of(to_rcu_work(work), struct bully_keys, free));
}

/* Returns an empty set with one user, or NULL without memory. */
struct bully_keys *bully_keys_alloc(void)
{
	struct bully_keys *keys = kzalloc(sizeof(*keys), GFP_KERNEL_ACCOUNT);

	if (!keys)
		return NULL;
	refcount_set(&keys->refs, 1);
	INIT_RCU_WORK(&keys->free, bully_keys_free_work);
	return keys;
}

/**
 * bully_keys_add() - add a key to a set that no other context can see yet
 * @keys: the set, with room for another key
 * @id: the id of the key, which the set does not have
 * @key: the key; the caller wipes the buffer
 * @len: the length of @key in bytes
 * @active: this key signs
 *
 * Return: 0 or an errno: -ENOENT if this kernel has no hmac(sha256)
 */
int bully_keys_add(struct bully_keys *keys, u32 id, const u8 *key, size_t len, bool active)
{
	static const u8 mark[] = "bully";
	struct bully_key new = { .id = id };
	int err;

	new.mac = bully_mac_open(key, len);
	if (IS_ERR(new.mac))
		return PTR_ERR(new.mac);
	err = bully_mac(new.mac, mark, sizeof(mark), new.print);
	if (err) {
		bully_mac_close(new.mac);
		return err;
	}
	keys->key[keys->n] = new;
	if (active)
		swap(keys->key[0], keys->key[keys->n]);
	keys->n++;
	memzero_explicit(&new, sizeof(new));
	return 0;
}

struct bully_keys *bully_keys_get(struct bully_keys *keys)
{
	if (keys)
		refcount_inc(&keys->refs);
	return keys;
}

/* Release a reference. RCU readers may use the set until their grace period ends. */
void bully_keys_put(struct bully_keys *keys)
{
	if (keys && refcount_dec_and_test(&keys->refs))
		queue_rcu_work(bully_keys_wq, &keys->free);
}

static const struct bully_key *bully_keys_find(const struct bully_keys *keys, u32 id)
{
	u32 i;

	for (i = 0; i < keys->n; i++)
		if (keys->key[i].id == id)
			return &keys->key[i];
	return NULL;
}

bool bully_keys_has(const struct bully_keys *keys, u32 id)
{
	return bully_keys_find(keys, id);
}

/* Returns true if both sets have the same keys with the same ids, and the same key signs. */
bool bully_keys_same(const struct bully_keys *a, const struct bully_keys *b)
{
	u32 i;

	if (a == b)
		return true;
	if (!a || !b || a->n != b->n || a->key[0].id != b->key[0].id)
		return false;
	for (i = 0; i < a->n; i++) {
		const struct bully_key *key = bully_keys_find(b, a->key[i].id);

		if (!key || !bully_mac_equal(key->print, a->key[i].print))
			return false;
	}
	return true;
}

/* Copy the ids of the keys, the key that signs first. Return: how many, at most BULLY_KEYS_MAX */
u32 bully_keys_ids(const struct bully_keys *keys, u32 *ids)
{
	u32 i;

	for (i = 0; keys && i < keys->n; i++)
		ids[i] = keys->key[i].id;
	return i;
}

/**
 * bully_keys_verify() - compute and compare the tag of a received message
 * @keys: a set that has the message's key
 * @msg: the message
 * @buf: the BULLY_WIRE_LEN bytes of the message; their tag is set to zero
 *
 * Return: BULLY_TAG_PASSED or BULLY_TAG_FAILED
 */
u8 bully_keys_verify(const struct bully_keys *keys, const struct bully_msg *msg, u8 *buf)
{
	const struct bully_key *key = bully_keys_find(keys, msg->key_id);
	u8 tag[BULLY_MAC_LEN];

	memset(buf + BULLY_WIRE_TAG, 0, BULLY_TAG_LEN);
	if (bully_mac(key->mac, buf, BULLY_WIRE_LEN, tag) || !bully_mac_equal(tag, msg->tag))
		return BULLY_TAG_FAILED;
	return BULLY_TAG_PASSED;
}

/**
 * bully_keys_sign() - write the key id and the tag into a message
 * @keys: the set; its first key signs
 * @buf: the BULLY_WIRE_LEN bytes of the message, encoded with a tag of zero
 *
 * A2: the tag is an HMAC-SHA256 over all 256 bytes, with the tag itself as zero.
 *
 * Return: 0; or an errno, and then the message must not be sent
 */
int bully_keys_sign(const struct bully_keys *keys, u8 *buf)
{
	__be32 id = cpu_to_be32(keys->key[0].id);

	memcpy(buf + BULLY_WIRE_KEY_ID, &id, sizeof(id));
	return bully_mac(keys->key[0].mac, buf, BULLY_WIRE_LEN, buf + BULLY_WIRE_TAG);
}

int bully_keys_init(void)
{
	bully_keys_wq = alloc_workqueue("bully_auth", WQ_UNBOUND, 0);
	return bully_keys_wq ? 0 : -ENOMEM;
}

/* No group has keys any more. Wait for the sets that are being freed. */
void bully_keys_exit(void)
{
	rcu_barrier();
	destroy_workqueue(bully_keys_wq);
}
