// SPDX-License-Identifier: GPL-2.0-only
/* Tests the calls with which a program makes and reads groups and peers. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <libbully.h>

static int passed, failed;

static void check(bool good, const char *name)
{
	printf("%s - object: %s\n", good ? "ok" : "not ok", name);
	good ? passed++ : failed++;
}

static void numbers(struct bully_group *g)
{
	check(!bully_group_has(g, BULLY_A_GROUP_MISSES) && !bully_group_get(g, BULLY_A_GROUP_MISSES),
	      "a number that was not put is missing, and reads as 0");
	check(!bully_group_put(g, BULLY_A_GROUP_MISSES, 0) && bully_group_has(g, BULLY_A_GROUP_MISSES),
	      "a 0 that was put is present");
	check(!bully_group_put(g, BULLY_A_GROUP_LEASE, UINT64_MAX) &&
		      bully_group_get(g, BULLY_A_GROUP_LEASE) == UINT64_MAX,
	      "a number may have 64 bits");
	check(bully_group_put(g, BULLY_A_GROUP_MISSES, 1ULL << 32) == -ERANGE &&
		      !bully_group_get(g, BULLY_A_GROUP_MISSES),
	      "more than 32 bits for a 32-bit number: ERANGE");
	check(bully_group_put(g, BULLY_A_GROUP_NAME, 1) == -EINVAL &&
		      bully_group_put(g, BULLY_A_GROUP_MAX + 1, 1) == -EINVAL,
	      "an attribute that is no number, or unknown: EINVAL");
	check(!bully_group_has(g, 1000) && !bully_group_get(g, 1000),
	      "no attribute exists beyond the last");
}

static void addresses(struct bully_group *g)
{
	struct bully_addr addr = {.family = 4, .bytes = {10, 0, 0, 1}, .port = 28559};

	bully_group_put_local(g, &addr);
	check(bully_group_has(g, BULLY_A_GROUP_LOCAL_IP4) &&
		      bully_group_has(g, BULLY_A_GROUP_LOCAL_PORT) &&
		      !memcmp(bully_group_local(g), &addr, sizeof(addr)),
	      "an address can be put and read");
	addr = (struct bully_addr){.port = 28560};
	bully_group_put_local(g, &addr);
	check(!bully_group_has(g, BULLY_A_GROUP_LOCAL_IP4) && bully_group_local(g)->port == 28560,
	      "a second address replaces the first");
	check(bully_group_put_dev(g, "sixteen-letters-") == -EINVAL && !bully_group_dev(g)[0],
	      "an interface name that is too long: EINVAL");
}

static void keys(struct bully_group *g)
{
	struct bully_group *other = bully_group_new("other");
	const char key[BULLY_KEY_MAX + 1] = "secret";
	unsigned int i;

	check(bully_group_add_key(g, 1, true, key, BULLY_KEY_MIN - 1) == -EINVAL &&
		      bully_group_add_key(g, 1, true, key, BULLY_KEY_MAX + 1) == -EINVAL &&
		      !bully_group_has(g, BULLY_A_GROUP_KEY),
	      "a key that is too short or too long: EINVAL");
	for (i = 1; i <= BULLY_KEYS_MAX; i++)
		if (bully_group_add_key(g, i, i == 1, key, BULLY_KEY_MAX))
			check(false, "a key can be added");
	check(bully_group_add_key(g, i, false, key, BULLY_KEY_MAX) == -EINVAL,
	      "more keys than the limit: EINVAL");
	check(other && !bully_group_copy_keys(other, g) && bully_group_has(other, BULLY_A_GROUP_KEY) &&
		      bully_group_copy_keys(other, g) == -EINVAL,
	      "keys are copied up to the limit");
	bully_group_free(other);
}

static void guards(struct bully_group *g)
{
	struct bully_addr addr = {.family = 4, .bytes = {10, 0, 0, 100}, .port = 9};
	const struct bully_addr *guard;
	unsigned int i;

	check(!bully_group_guard(g, &guard) && !bully_group_has(g, BULLY_A_GROUP_GUARD),
	      "a new group guards nothing");
	check(!bully_group_add_guard(g, &addr) && bully_group_guard(g, &guard) == 1 &&
		      guard->family == 4 && !memcmp(guard->bytes, addr.bytes, 4) && !guard->port,
	      "an address can be guarded, without its port");
	for (i = 1; i < BULLY_GUARD_MAX; i++)
		if (bully_group_add_guard(g, &addr))
			check(false, "an address can be added");
	check(bully_group_add_guard(g, &addr) == -EINVAL, "more addresses than the limit: EINVAL");
	bully_group_clear_guard(g);
	addr.family = 0;
	check(!bully_group_guard(g, &guard) && bully_group_has(g, BULLY_A_GROUP_GUARD) &&
		      bully_group_add_guard(g, &addr) == -EINVAL,
	      "guarded addresses can be cleared, and no address: EINVAL");
}

static void peers(struct bully_group *g)
{
	struct bully_peer *p = bully_group_add_peer(g, 7);

	check(p && bully_group_peers(g) == 1 && bully_group_peer(g, 0) == p &&
		      bully_peer_get(p, BULLY_A_PEER_ID) == 7,
	      "a peer can be added and read");
	check(!bully_group_peer(g, 1), "a group with one peer has no second peer");
	check(p && bully_peer_put(p, BULLY_A_PEER_IP4, 1) == -EINVAL, "an address is no number");
}

int main(void)
{
	struct bully_group *g = bully_group_new("g");

	check(!bully_group_new("") && errno == EINVAL, "an empty name: EINVAL");
	check(!bully_group_new("1234567890123456") && errno == EINVAL,
	      "a name that is too long: EINVAL");
	if (!g)
		return 1;
	numbers(g);
	addresses(g);
	keys(g);
	guards(g);
	peers(g);
	bully_group_free(g);
	bully_group_free(NULL);
	printf("%d passed, %d failed, 0 skipped\n", passed, failed);
	return failed != 0;
}
