// SPDX-License-Identifier: GPL-2.0-only
/* Checks the nodes of a group, and makes from them the group of one node. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "config/shared.h"
#include "values/words.h"

struct node *shared_add(struct shared *s, const char *group, uint32_t id, int line)
{
	struct node *more = realloc(s->nodes, (s->len + 1) * sizeof(*more));
	struct node *node;

	if (!more)
		return NULL;
	s->nodes = more;
	node = &more[s->len];
	memset(node, 0, sizeof(*node));
	node->line = line;
	node->peer = bully_peer_new(id);
	node->own = bully_group_new(group);
	if (node->peer && node->own) {
		s->len++;
		return node;
	}
	bully_peer_free(node->peer);
	bully_group_free(node->own);
	return NULL;
}

void shared_free(struct shared *s)
{
	size_t i;

	for (i = 0; i < s->len; i++) {
		bully_peer_free(s->nodes[i].peer);
		bully_group_free(s->nodes[i].own);
	}
	free(s->nodes);
	memset(s, 0, sizeof(*s));
}

const struct node *shared_find(const struct shared *s, uint32_t id)
{
	size_t i;

	for (i = 0; i < s->len; i++)
		if (PEER32(s->nodes[i].peer, ID) == id)
			return &s->nodes[i];
	return NULL;
}

int shared_parse_host(struct node *node, const char *value, char *err)
{
	const char *p;

	for (p = value; isalnum((unsigned char)*p) || (*p && strchr("-._", *p)); p++)
		;
	if (!*value || *p || *value == '.' || strlen(value) >= sizeof(node->host)) {
		snprintf(err, SENTENCE_LEN,
			 "host: '%.64s' is not a host name; write what 'hostname' prints on that "
			 "host",
			 value);
		return -1;
	}
	snprintf(node->host, sizeof(node->host), "%s", value);
	return 0;
}

/* Returns the address that @n listens on; without an address, any. */
static const struct bully_addr *local_of(const struct node *n)
{
	return GROUP_HAS(n->own, LOCAL_PORT) ? bully_group_local(n->own) : bully_peer_addr(n->peer);
}

static const char *dev_of(const struct bully_group *g, const struct node *n)
{
	return bully_group_dev(GROUP_HAS(n->own, DEV_NAME) ? n->own : g);
}

/* Returns the interface that the sockets of @n are bound to, or an empty string. */
static const char *bound_to(const struct bully_group *g, const struct node *n)
{
	return local_of(n)->scope_name[0] ? local_of(n)->scope_name : dev_of(g, n);
}

struct bound shared_bound(const struct bully_group *g, const struct node *node)
{
	return (struct bound){
		.group = bully_group_name(g),
		.local = local_of(node),
		.dev = bound_to(g, node),
	};
}

/* Returns true if @a reaches @b, as far as families of addresses are concerned. */
static bool same_family(const struct node *a, const struct node *b)
{
	return !local_of(a)->family || local_of(a)->family == bully_peer_addr(b->peer)->family;
}

/* Returns true if @a, which is bound to an interface, can send to the address of @b. */
static bool same_link(const struct bully_group *g, const struct node *a, const struct node *b)
{
	const char *scope = bully_peer_addr(b->peer)->scope_name, *dev = bound_to(g, a);

	return !scope[0] || !dev[0] || !strcmp(scope, dev);
}

/* Checks node @n beside @other, which comes earlier. Returns as shared_check_node(). */
static const char *beside(const struct bully_group *g, const struct node *n,
			  const struct node *other, char *err)
{
	uint32_t id = PEER32(n->peer, ID), its = PEER32(other->peer, ID);
	const struct bully_addr *addr = bully_peer_addr(n->peer);

	if (addr_same(addr, bully_peer_addr(other->peer))) {
		snprintf(err, SENTENCE_LEN, "node %u: 'addr' is that of node %u", id, its);
		return "addr";
	}
	if (addr_same(addr, local_of(other))) {
		snprintf(err, SENTENCE_LEN, "node %u: 'addr' is 'local' of node %u", id, its);
		return "addr";
	}
	if (addr_same(local_of(n), bully_peer_addr(other->peer))) {
		snprintf(err, SENTENCE_LEN, "node %u: 'local' is 'addr' of node %u", id, its);
		return "local";
	}
	if (!same_family(n, other) || !same_family(other, n)) {
		snprintf(err, SENTENCE_LEN,
			 "node %u: its address is of another family than that of node %u", id, its);
		return "addr local";
	}
	if (!same_link(g, n, other) || !same_link(g, other, n)) {
		snprintf(err, SENTENCE_LEN,
			 "node %u: the interface in 'addr' is another one than that of node %u", id,
			 its);
		return "addr local dev";
	}
	if (n->host[0] && !strcasecmp(n->host, other->host)) {
		snprintf(err, SENTENCE_LEN, "node %u: 'host' is that of node %u", id, its);
		return "host";
	}
	return NULL;
}

/* Copies the options of a group that are set in @from, without keys and addresses. */
static int copy_options(struct bully_group *to, const struct bully_group *from)
{
	int ret = 0;
	size_t i;

	for (i = 0; i < group_words.len && !ret; i++) {
		const struct word *w = &group_words.word[i];

		if (w->number && bully_group_has(from, w->attr))
			ret = bully_group_put(to, w->attr, bully_group_get(from, w->attr));
	}
	if (!ret && GROUP_HAS(from, DEV_NAME))
		ret = bully_group_put_dev(to, bully_group_dev(from));
	return ret;
}

/* Checks that the options of node @n fit those of the group. Returns as shared_check_node(). */
static const char *check_options(const struct bully_group *g, const struct node *n, char *err)
{
	struct bully_group *made = bully_group_new(bully_group_name(g));
	const char *about = NULL;

	if (made && !copy_options(made, g) && !copy_options(made, n->own))
		about = group_check(made, true, err);
	bully_group_free(made);
	return about;
}

const char *shared_check_node(const struct bully_group *g, const struct shared *s, char *err)
{
	const struct node *n = &s->nodes[s->len - 1];
	const char *scope, *dev, *about = NULL;
	size_t i;

	if (!bully_peer_addr(n->peer)->family) {
		snprintf(err, SENTENCE_LEN, "node %u: 'addr' is missing", PEER32(n->peer, ID));
		return "";
	}
	if (guard_has(g, bully_peer_addr(n->peer)) || guard_has(g, local_of(n))) {
		snprintf(err, SENTENCE_LEN,
			 "node %u: its address is one that the group guards; write the host's own",
			 PEER32(n->peer, ID));
		return "addr local";
	}
	scope = local_of(n)->scope_name;
	dev = dev_of(g, n);
	if (scope[0] && dev[0] && strcmp(scope, dev)) {
		snprintf(err, SENTENCE_LEN,
			 "node %u: the interface in its address is another one than 'dev'",
			 PEER32(n->peer, ID));
		return "addr local dev";
	}
	about = check_options(g, n, err);
	for (i = 0; !about && i + 1 < s->len; i++)
		about = beside(g, n, &s->nodes[i], err);
	return about;
}

/* These keys differ from node to node, so that the group's section cannot have them. */
const char *shared_check_group(const struct bully_group *g, char *err)
{
	const char *about = GROUP_HAS(g, ID)	       ? "id"
			    : GROUP_HAS(g, LOCAL_PORT) ? "local"
			    : GROUP(g, UNLISTED)       ? "unlisted"
			    : GROUP_HAS(g, ROLE)       ? "role"
						       : NULL;

	if (!about)
		return NULL;
	if (!strcmp(about, "unlisted"))
		snprintf(err, SENTENCE_LEN,
			 "unlisted: group '%s' has [node ID] sections, which name nodes that know "
			 "each other; write a file with 'id' and the voters as [peer ID]",
			 bully_group_name(g));
	else if (!strcmp(about, "role"))
		snprintf(err, SENTENCE_LEN,
			 "role: group '%s' has [node ID] sections; write it in that of each node",
			 bully_group_name(g));
	else
		snprintf(err, SENTENCE_LEN,
			 "%s: group '%s' has [node ID] sections, which say it for each node; leave "
			 "it out, or write the other nodes as [peer ID]",
			 about, bully_group_name(g));
	return about;
}

static int copy_guard(struct bully_group *to, const struct bully_group *from)
{
	const struct bully_addr *guard;
	size_t i, len = bully_group_guard(from, &guard);
	int ret = 0;

	if (GROUP_HAS(from, GUARD))
		bully_group_clear_guard(to);
	for (i = 0; i < len && !ret; i++)
		ret = bully_group_add_guard(to, &guard[i]);
	return ret;
}

static int copy_peer(struct bully_group *g, const struct bully_peer *from)
{
	struct bully_peer *p = bully_group_add_peer(g, PEER32(from, ID));

	if (!p)
		return -1;
	bully_peer_put_addr(p, bully_peer_addr(from));
	return PEER_HAS(from, ROLE) ? bully_peer_put(p, BULLY_A_PEER_ROLE, PEER(from, ROLE)) : 0;
}

struct bully_group *shared_group(const struct bully_group *g, const struct shared *s,
				 const struct node *node)
{
	struct bully_group *made = bully_group_new(bully_group_name(g));
	const struct bully_peer *own = node->peer;
	int ret;
	size_t i;

	if (!made)
		return NULL;
	ret = bully_group_put(made, BULLY_A_GROUP_ID, PEER(own, ID));
	if (!ret)
		ret = copy_options(made, g);
	if (!ret)
		ret = bully_group_copy_keys(made, g);
	if (!ret)
		ret = copy_guard(made, g);
	if (!ret)
		ret = copy_options(made, node->own);
	if (!ret && PEER_HAS(own, ROLE))
		ret = bully_group_put(made, BULLY_A_GROUP_ROLE, PEER(own, ROLE));
	bully_group_put_local(made, local_of(node));
	for (i = 0; i < s->len && !ret; i++)
		if (&s->nodes[i] != node)
			ret = copy_peer(made, s->nodes[i].peer);
	if (!ret)
		return made;
	bully_group_free(made);
	return NULL;
}
