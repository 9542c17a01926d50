// SPDX-License-Identifier: GPL-2.0
/*
 * keys.c - sets of keys, and the tags that are computed with them
 *
 * A set of keys is made by a request and never changed: other keys are another set.
 * Groups hold it by a reference, whoever computes a tag by RCU. It goes by a work
 * queue after a grace period, since to give back a transform may sleep; that wipes it.
 */
#include <linux/refcount.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#include "compat/mac.h"
#include "core/wire.h"
#include "transport/keys.h"

/**
 * struct bully_key - a key in use
 * @id: as messages name it
 * @mac: computes with it
 * @print: of a constant; tells whether two sets have the same key, and never shown
 */
struct bully_key {
	u32 id;
	struct crypto_shash *mac;
	u8 print[BULLY_MAC_LEN];
};

/**
 * struct bully_keys - the keys of one group, or of several that followed each other
 * @refs: users
 * @n: how many keys
 * @key: the first one signs
 * @free: gives all of it back
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

/* An empty set with one user, or NULL without memory. */
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
 * bully_keys_add() - put a key into a set that nobody else sees yet
 * @keys: the set, with room for it
 * @id: of the key, not in the set
 * @key: the key; the caller wipes it
 * @len: its length
 * @active: it signs
 *
 * Return: 0 or an errno: -ENOENT where this kernel has no hmac(sha256)
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

/* The last user's readers may go on to the end of their grace period. */
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

/* Are these the same keys by the same ids, and does the same one sign? */
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

/* Sets up to BULLY_KEYS_MAX ids, that of the key that signs first. Return: how many */
u32 bully_keys_ids(const struct bully_keys *keys, u32 *ids)
{
	u32 i;

	for (i = 0; keys && i < keys->n; i++)
		ids[i] = keys->key[i].id;
	return i;
}

/**
 * bully_keys_verify() - compute a received message's tag
 * @keys: one of them is the message's
 * @msg: the message
 * @buf: its BULLY_WIRE_LEN bytes; the tag is wiped out
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
 * bully_keys_sign() - give a message its key id and its tag (A2)
 * @keys: the first one signs
 * @buf: BULLY_WIRE_LEN bytes, encoded without
 *
 * Return: 0 or an errno: then the message is not to be sent
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

/* Nobody has keys any more; some may still be on their way out. */
void bully_keys_exit(void)
{
	rcu_barrier();
	destroy_workqueue(bully_keys_wq);
}
