// SPDX-License-Identifier: LGPL-2.1-or-later
/* Creates, reads, changes and frees groups and peers; reads events. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "object.h"

/* ---- a group ---- */

struct bully_group *bully_group_new(const char *name)
{
	struct bully_group *g;

	if (!name || !*name || strlen(name) > BULLY_GROUP_NAME_MAX) {
		errno = EINVAL;
		return NULL;
	}
	g = calloc(1, sizeof(*g));
	if (g)
		strcpy(g->name, name);
	return g;
}

void bully_group_drop(struct bully_group *g)
{
	if (g->keys)
		explicit_bzero(g->keys, g->keys_len * sizeof(*g->keys));
	free(g->keys);
	free(g->peers);
}

void bully_group_free(struct bully_group *g)
{
	if (!g)
		return;
	bully_group_drop(g);
	free(g);
}

const char *bully_group_name(const struct bully_group *g)
{
	return g->name;
}

bool bully_group_has(const struct bully_group *g, unsigned int attr)
{
	return attr <= BULLY_A_GROUP_MAX && (g->set & BULLY_BIT(attr));
}

uint64_t bully_group_get(const struct bully_group *g, unsigned int attr)
{
	return attr <= BULLY_A_GROUP_MAX ? g->num[attr] : 0;
}

/* Returns 0 if attribute @attr of @attrs can have @value, else -EINVAL or -ERANGE. */
static int judge(const struct bully_attr *attrs, unsigned int max, unsigned int attr,
		 uint64_t value)
{
	if (attr > max || !attrs[attr].width)
		return -EINVAL;
	return attrs[attr].width == 4 && value > UINT32_MAX ? -ERANGE : 0;
}

int bully_group_put(struct bully_group *g, unsigned int attr, uint64_t value)
{
	int ret = judge(bully_group_attrs, BULLY_A_GROUP_MAX, attr, value);

	if (ret)
		return ret;
	g->num[attr] = value;
	g->set |= BULLY_BIT(attr);
	return 0;
}

const struct bully_addr *bully_group_local(const struct bully_group *g)
{
	return &g->local;
}

/* Returns the bits of the address attributes that @a has. */
static uint64_t addr_bits(const struct bully_addr *a, unsigned int ip4, unsigned int ip6,
			  unsigned int scope_name, unsigned int port)
{
	uint64_t bits = 0;

	if (a->family == 4)
		bits |= BULLY_BIT(ip4);
	if (a->family == 6)
		bits |= BULLY_BIT(ip6);
	if (a->scope_name[0])
		bits |= BULLY_BIT(scope_name);
	return a->port ? bits | BULLY_BIT(port) : bits;
}

void bully_group_put_local(struct bully_group *g, const struct bully_addr *addr)
{
	g->set &=
		~(BULLY_BIT(BULLY_A_GROUP_LOCAL_IP4) | BULLY_BIT(BULLY_A_GROUP_LOCAL_IP6) |
		  BULLY_BIT(BULLY_A_GROUP_LOCAL_SCOPE_NAME) | BULLY_BIT(BULLY_A_GROUP_LOCAL_PORT));
	g->local = *addr;
	g->set |= addr_bits(addr, BULLY_A_GROUP_LOCAL_IP4, BULLY_A_GROUP_LOCAL_IP6,
			    BULLY_A_GROUP_LOCAL_SCOPE_NAME, BULLY_A_GROUP_LOCAL_PORT);
}

const char *bully_group_dev(const struct bully_group *g)
{
	return g->dev_name;
}

int bully_group_put_dev(struct bully_group *g, const char *name)
{
	if (strlen(name) > BULLY_DEV_NAME_MAX)
		return -EINVAL;
	strcpy(g->dev_name, name);
	g->set |= BULLY_BIT(BULLY_A_GROUP_DEV_NAME);
	return 0;
}

int bully_group_add_key(struct bully_group *g, uint32_t id, bool active, const void *data,
			size_t len)
{
	struct bully_key *more, *old = g->keys;

	if (len < BULLY_KEY_MIN || len > BULLY_KEY_MAX || g->keys_len == BULLY_KEYS_MAX)
		return -EINVAL;
	/* not realloc(), which may leave keys in freed memory */
	more = calloc(g->keys_len + 1, sizeof(*more));
	if (!more)
		return -ENOMEM;
	if (old) {
		memcpy(more, old, g->keys_len * sizeof(*more));
		explicit_bzero(old, g->keys_len * sizeof(*old));
		free(old);
	}
	g->keys = more;
	more += g->keys_len++;
	more->id = id;
	more->active = active;
	more->len = len;
	memcpy(more->data, data, len);
	g->set |= BULLY_BIT(BULLY_A_GROUP_KEY);
	return 0;
}

int bully_group_copy_keys(struct bully_group *g, const struct bully_group *from)
{
	const struct bully_key *key = from->keys;
	int ret = 0;
	size_t i;

	for (i = 0; i < from->keys_len && !ret; i++, key++)
		ret = bully_group_add_key(g, key->id, key->active, key->data, key->len);
	return ret;
}

size_t bully_group_key_ids(const struct bully_group *g, const uint32_t **ids)
{
	*ids = g->key_ids;
	return g->key_ids_len;
}

size_t bully_group_guard(const struct bully_group *g, const struct bully_addr **addrs)
{
	*addrs = g->guard;
	return g->guard_len;
}

int bully_group_add_guard(struct bully_group *g, const struct bully_addr *addr)
{
	struct bully_addr *one = &g->guard[g->guard_len];

	if (g->guard_len == BULLY_GUARD_MAX || (addr->family != 4 && addr->family != 6))
		return -EINVAL;
	memset(one, 0, sizeof(*one));
	one->family = addr->family;
	memcpy(one->bytes, addr->bytes, addr->family == 4 ? 4 : 16);
	g->guard_len++;
	g->set |= BULLY_BIT(BULLY_A_GROUP_GUARD);
	return 0;
}

void bully_group_clear_guard(struct bully_group *g)
{
	g->guard_len = 0;
	g->set |= BULLY_BIT(BULLY_A_GROUP_GUARD);
}

bool bully_group_owned(const struct bully_group *g)
{
	size_t i;

	for (i = 0; i < g->owners_len; i++)
		if (!g->owners[i].num[BULLY_A_OWNER_WEIGHT] &&
		    g->owners[i].num[BULLY_A_OWNER_STATE] <= BULLY_OWNER_STATE_UNWILLING)
			return true;
	return false;
}

size_t bully_group_owners(const struct bully_group *g)
{
	return g->owners_len;
}

const char *bully_group_owner_name(const struct bully_group *g, size_t i)
{
	return i < g->owners_len ? g->owners[i].name : NULL;
}

uint64_t bully_group_owner(const struct bully_group *g, size_t i, unsigned int attr)
{
	return i < g->owners_len && attr <= BULLY_A_OWNER_MAX ? g->owners[i].num[attr] : 0;
}

#define MAX(a, b) ((a) > (b) ? (a) : (b))

uint64_t bully_group_lease(const struct bully_group *g)
{
	uint64_t heartbeat = g->num[BULLY_A_GROUP_HEARTBEAT];

	if (g->num[BULLY_A_GROUP_LEASE])
		return g->num[BULLY_A_GROUP_LEASE];
	return heartbeat * MAX(g->num[BULLY_A_GROUP_MISSES], BULLY_LEASE_HEARTBEATS(heartbeat));
}

/* ---- its peers ---- */

size_t bully_group_peers(const struct bully_group *g)
{
	return g->peers_len;
}

const struct bully_peer *bully_group_peer(const struct bully_group *g, size_t i)
{
	return i < g->peers_len ? &g->peers[i] : NULL;
}

struct bully_peer *bully_group_append(struct bully_group *g, const struct bully_peer *p)
{
	struct bully_peer *more = realloc(g->peers, (g->peers_len + 1) * sizeof(*more));

	if (!more)
		return NULL;
	g->peers = more;
	more += g->peers_len++;
	*more = *p;
	return more;
}

struct bully_peer *bully_group_add_peer(struct bully_group *g, uint32_t id)
{
	struct bully_peer p = {.set = BULLY_BIT(BULLY_A_PEER_ID)};

	p.num[BULLY_A_PEER_ID] = id;
	return bully_group_append(g, &p);
}

struct bully_peer *bully_peer_new(uint32_t id)
{
	struct bully_peer *p = calloc(1, sizeof(*p));

	if (p)
		bully_peer_put(p, BULLY_A_PEER_ID, id);
	return p;
}

void bully_peer_free(struct bully_peer *p)
{
	free(p);
}

bool bully_peer_has(const struct bully_peer *p, unsigned int attr)
{
	return attr <= BULLY_A_PEER_MAX && (p->set & BULLY_BIT(attr));
}

uint64_t bully_peer_get(const struct bully_peer *p, unsigned int attr)
{
	return attr <= BULLY_A_PEER_MAX ? p->num[attr] : 0;
}

int bully_peer_put(struct bully_peer *p, unsigned int attr, uint64_t value)
{
	int ret = judge(bully_peer_attrs, BULLY_A_PEER_MAX, attr, value);

	if (ret)
		return ret;
	p->num[attr] = value;
	p->set |= BULLY_BIT(attr);
	return 0;
}

const struct bully_addr *bully_peer_addr(const struct bully_peer *p)
{
	return &p->addr;
}

void bully_peer_put_addr(struct bully_peer *p, const struct bully_addr *addr)
{
	p->set &= ~(BULLY_BIT(BULLY_A_PEER_IP4) | BULLY_BIT(BULLY_A_PEER_IP6) |
		    BULLY_BIT(BULLY_A_PEER_SCOPE_NAME) | BULLY_BIT(BULLY_A_PEER_PORT));
	p->addr = *addr;
	p->set |= addr_bits(addr, BULLY_A_PEER_IP4, BULLY_A_PEER_IP6, BULLY_A_PEER_SCOPE_NAME,
			    BULLY_A_PEER_PORT);
}

const struct bully_addr *bully_peer_source(const struct bully_peer *p)
{
	return &p->source;
}

/* ---- events ---- */

enum bully_event_type bully_event_type(const struct bully_event *ev)
{
	return ev->type;
}

enum bully_cause bully_event_cause(const struct bully_event *ev)
{
	return ev->cause;
}

bool bully_event_module(const struct bully_event *ev)
{
	return ev->module;
}

const struct bully_group *bully_event_group(const struct bully_event *ev)
{
	return ev->group;
}

const struct bully_peer *bully_event_peer(const struct bully_event *ev)
{
	return ev->peer;
}
