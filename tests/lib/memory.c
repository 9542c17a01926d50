// SPDX-License-Identifier: GPL-2.0-only
/* Tests the library's use of memory: this file replaces malloc() and free(). */
#include <malloc.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "internal.h"

#define NO_FAMILY 0x3ffe /* the number of no family */
#define KEY 0xa5

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t n, size_t size);
extern void __libc_free(void *p);

static int passed, failed, asked, leaks, pokes;

static void check(bool good, const char *name)
{
	printf("%s - memory: %s\n", good ? "ok" : "not ok", name);
	good ? passed++ : failed++;
}

void *malloc(size_t size)
{
	asked++;
	return __libc_malloc(size);
}

void *calloc(size_t n, size_t size)
{
	asked++;
	return __libc_calloc(n, size);
}

/* Looks for bytes of a key in freed memory. */
void free(void *p)
{
	const unsigned char *byte = p;
	size_t i, run = 0, len = p ? malloc_usable_size(p) : 0;

	for (i = 0; i < len && run < 16; i++)
		run = byte[i] == KEY ? run + 1 : 0;
	leaks += run == 16;
	__libc_free(p);
}

/* Simulates a module that accepts the first request; the kernel answers the later requests. */
int __wrap_bully_family_need(struct bully *b);
int __real_bully_socket_poke(struct bully *b, struct nl_msg *msg);
int __wrap_bully_socket_poke(struct bully *b, struct nl_msg *msg);

int __wrap_bully_family_need(struct bully *b)
{
	if (!b->sk && bully_socket_open(b, &b->sk))
		return b->err.status;
	b->family = NO_FAMILY;
	return BULLY_OK;
}

int __wrap_bully_socket_poke(struct bully *b, struct nl_msg *msg)
{
	return pokes++ ? __real_bully_socket_poke(b, msg) : BULLY_OK;
}

static void refresh(struct bully *b)
{
	struct bully_candidacy *c;
	int before, ret;

	if (bully_candidacy_own(b, "g", 0, &c)) {
		check(false, "a candidacy can be owned");
		return;
	}
	before = asked;
	ret = bully_candidacy_refresh(c);
	check(asked == before, "a refresh allocates no memory, with each answer of the kernel");
	check(ret == -ENOPKG, "a refresh without the module returns ENOPKG");
	before = asked;
	ret = bully_candidacy_set_position(c, 3, 5);
	check(asked == before, "nor does a position, the first time");
	check(ret == -ENOPKG, "a position without the module returns ENOPKG");
	bully_candidacy_release(c);
}

static void keys(struct bully *b, size_t peers, const char *name)
{
	static struct bully_peer peer[2000];
	struct bully_key key = {.id = 1, .active = true, .len = BULLY_KEY_MAX};
	struct bully_group g = {
		.set = BULLY_BIT(BULLY_A_GROUP_KEY),
		.name = "g",
		.keys = &key,
		.keys_len = 1,
		.peers = peer,
		.peers_len = peers,
	};
	size_t i;

	for (i = 0; i < peers; i++)
		peer[i].set = BULLY_BIT(BULLY_A_PEER_ID) | BULLY_BIT(BULLY_A_PEER_IP6) |
			      BULLY_BIT(BULLY_A_PEER_PORT);
	memset(key.data, KEY, sizeof(key.data));
	leaks = 0;
	check(bully_group_add(b, &g) && !leaks, name);
}

int main(void)
{
	struct bully *b = bully_open();

	refresh(b);
	keys(b, 1, "a refused request is wiped");
	keys(b, 2000, "a request that does not fit is wiped");
	bully_close(b);
	printf("%d passed, %d failed, 0 skipped\n", passed, failed);
	return failed != 0;
}
