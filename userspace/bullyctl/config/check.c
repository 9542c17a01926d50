// SPDX-License-Identifier: GPL-2.0
/* What the parts of a configuration file say together; the kernel would refuse the same. */
#include <stdio.h>
#include <string.h>

#include "config/conf.h"
#include "values/words.h"

static unsigned int port_of(const struct bully_addr *a)
{
	return a->port ? a->port : BULLY_DEFAULT_PORT;
}

static bool same_host(const struct bully_addr *a, const struct bully_addr *b)
{
	return a->family == b->family && !strcmp(a->scope_name, b->scope_name) &&
	       !memcmp(a->bytes, b->bytes, sizeof(a->bytes));
}

static bool same_addr(const struct bully_addr *a, const struct bully_addr *b)
{
	return same_host(a, b) && port_of(a) == port_of(b);
}

/* The interface that a group is bound to, or an empty string. */
static const char *bound_to(const struct bully_group *g)
{
	return g->local.scope_name[0] ? g->local.scope_name : g->dev_name;
}

/* As bully_check_local() of kmod/check.c has it. */
static const char *beside(const struct bully_group *g, const struct bully_group *other, char *err)
{
	const char *dev = bound_to(g), *theirs = bound_to(other);
	unsigned int port = port_of(&g->local);
	bool same = !strcmp(dev, theirs);

	if (port != port_of(&other->local) || (dev[0] && theirs[0] && !same))
		return NULL;
	if (!g->local.family != !other->local.family) {
		snprintf(err, SENTENCE_LEN,
			 "group '%s': on port %u, which group '%s' has too, either both have an "
			 "address in 'local' or neither; write another port",
			 g->name, port, other->name);
		return "local";
	}
	if (!same && same_host(&g->local, &other->local)) {
		snprintf(err, SENTENCE_LEN,
			 "group '%s': group '%s' has the same port %u on another 'dev'; write "
			 "another port, or the same 'dev' for both",
			 g->name, other->name, port);
		return "dev local";
	}
	return NULL;
}

const char *conf_check_group(const struct conf *conf, char *err)
{
	const struct bully_group *g = &conf->groups[conf->len - 1];
	const char *about = NULL;
	size_t i;

	if (!BULLY_HAS(g, BULLY_A_GROUP_ID)) {
		snprintf(err, SENTENCE_LEN, "group '%s': 'id' is missing", g->name);
		return "";
	}
	if (conf->len > BULLY_GROUPS_MAX) {
		snprintf(err, SENTENCE_LEN, "there are more than %d groups", BULLY_GROUPS_MAX);
		return "";
	}
	if (g->local.scope_name[0] && g->dev_name[0] &&
	    strcmp(g->local.scope_name, g->dev_name)) {
		snprintf(err, SENTENCE_LEN, "local: its interface is another one than 'dev'");
		return "local";
	}
	about = group_check(g, true, err);
	for (i = 0; !about && i + 1 < conf->len; i++)
		about = beside(g, &conf->groups[i], err);
	return about;
}

const char *conf_check_peer(const struct conf *conf, char *err)
{
	const struct bully_group *g = &conf->groups[conf->len - 1];
	const struct bully_peer *p = &g->peers[g->peers_len - 1];
	const char *about = "addr";
	size_t i;

	if (!p->addr.family) {
		snprintf(err, SENTENCE_LEN, "peer %u: 'addr' is missing", p->id);
		return "";
	}
	if (g->local.family && g->local.family != p->addr.family)
		snprintf(err, SENTENCE_LEN,
			 "peer %u: 'addr' is of another family than 'local' of the group", p->id);
	else if (p->addr.scope_name[0] && bound_to(g)[0] &&
		 strcmp(p->addr.scope_name, bound_to(g)))
		snprintf(err, SENTENCE_LEN,
			 "peer %u: the interface in 'addr' is another one than that of the group",
			 p->id);
	else if (same_addr(&g->local, &p->addr))
		snprintf(err, SENTENCE_LEN, "peer %u: 'addr' is 'local' of the group", p->id);
	else
		about = NULL;
	for (i = 0; !about && i + 1 < g->peers_len; i++) {
		if (!same_addr(&g->peers[i].addr, &p->addr))
			continue;
		snprintf(err, SENTENCE_LEN, "peer %u: 'addr' is that of peer %u", p->id,
			 g->peers[i].id);
		about = "addr";
	}
	return about;
}
