// SPDX-License-Identifier: GPL-2.0-only
/* Checks that the parts of a configuration file fit each other, as the kernel does. */
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

static bool guard_has_local(const struct bully_addr *guard, const struct bully_group *g)
{
	const struct bully_addr *local = bully_group_local(g);

	return guard->family == local->family &&
	       !memcmp(guard->bytes, local->bytes, sizeof(guard->bytes));
}

static bool same_addr(const struct bully_addr *a, const struct bully_addr *b)
{
	return same_host(a, b) && port_of(a) == port_of(b);
}

/* Returns the interface that a group is bound to, or an empty string. */
static const char *bound_to(const struct bully_group *g)
{
	return bully_group_local(g)->scope_name[0] ? bully_group_local(g)->scope_name
						   : bully_group_dev(g);
}

/* Applies the rules of bully_check_local() in kmod/netns/check.c to two groups. */
static const char *beside(const struct bully_group *g, const struct bully_group *other, char *err)
{
	const char *dev = bound_to(g), *theirs = bound_to(other);
	unsigned int port = port_of(bully_group_local(g));
	bool same = !strcmp(dev, theirs);

	if (port != port_of(bully_group_local(other)) || (dev[0] && theirs[0] && !same))
		return NULL;
	if (!bully_group_local(g)->family != !bully_group_local(other)->family) {
		snprintf(err, SENTENCE_LEN,
			 "group '%s': on port %u, which group '%s' has too, either both have an "
			 "address in 'local' or neither; write another port",
			 bully_group_name(g), port, bully_group_name(other));
		return "local";
	}
	if (!same && same_host(bully_group_local(g), bully_group_local(other))) {
		snprintf(err, SENTENCE_LEN,
			 "group '%s': group '%s' has the same port %u on another 'dev'; write "
			 "another port, or the same 'dev' for both",
			 bully_group_name(g), bully_group_name(other), port);
		return "dev local";
	}
	return NULL;
}

/* Returns "guard" and a sentence if two groups guard one address, or one guards the other's. */
static const char *guards_beside(const struct bully_group *g, const struct bully_group *other,
				 char *err)
{
	const struct bully_addr *guard;
	size_t i, len = bully_group_guard(g, &guard);
	char addr[ADDR_STRLEN];

	for (i = 0; i < len; i++) {
		bool both = guard_has(other, &guard[i]);

		if (!both && !guard_has_local(&guard[i], other))
			continue;
		snprintf(err, SENTENCE_LEN, "guard: '%s' is %s group '%s'; leave it out here",
			 format_guard(&guard[i], addr), both ? "guarded by" : "'local' of",
			 bully_group_name(other));
		return "guard";
	}
	if (!guard_has(other, bully_group_local(g)))
		return NULL;
	snprintf(err, SENTENCE_LEN,
		 "local: group '%s' guards this address, which must always work; write the host's "
		 "own address",
		 bully_group_name(other));
	return "local";
}

const char *conf_check_group(const struct conf *conf, char *err)
{
	const struct bully_group *g = conf->groups[conf->len - 1];
	const char *about = NULL;
	size_t i;

	if (!GROUP_HAS(g, ID)) {
		snprintf(err, SENTENCE_LEN, "group '%s': 'id' is missing", bully_group_name(g));
		return "";
	}
	if (conf->len > BULLY_GROUPS_MAX) {
		snprintf(err, SENTENCE_LEN, "there are more than %d groups", BULLY_GROUPS_MAX);
		return "";
	}
	if (bully_group_local(g)->scope_name[0] && bully_group_dev(g)[0] &&
	    strcmp(bully_group_local(g)->scope_name, bully_group_dev(g))) {
		snprintf(err, SENTENCE_LEN, "local: its interface is another one than 'dev'");
		return "local";
	}
	about = group_check(g, true, err);
	for (i = 0; !about && i + 1 < conf->len; i++)
		about = beside(g, conf->groups[i], err);
	for (i = 0; !about && i + 1 < conf->len; i++)
		about = guards_beside(g, conf->groups[i], err);
	return about;
}

const char *conf_check_peer(const struct conf *conf, char *err)
{
	const struct bully_group *g = conf->groups[conf->len - 1];
	const struct bully_peer *p = bully_group_peer(g, bully_group_peers(g) - 1);
	const char *about = "addr";
	size_t i;

	if (!bully_peer_addr(p)->family) {
		snprintf(err, SENTENCE_LEN, "peer %u: 'addr' is missing", PEER32(p, ID));
		return "";
	}
	if (bully_group_local(g)->family &&
	    bully_group_local(g)->family != bully_peer_addr(p)->family)
		snprintf(err, SENTENCE_LEN,
			 "peer %u: 'addr' is of another family than 'local' of the group",
			 PEER32(p, ID));
	else if (bully_peer_addr(p)->scope_name[0] && bound_to(g)[0] &&
		 strcmp(bully_peer_addr(p)->scope_name, bound_to(g)))
		snprintf(err, SENTENCE_LEN,
			 "peer %u: the interface in 'addr' is another one than that of the group",
			 PEER32(p, ID));
	else if (same_addr(bully_group_local(g), bully_peer_addr(p)))
		snprintf(err, SENTENCE_LEN, "peer %u: 'addr' is 'local' of the group",
			 PEER32(p, ID));
	else if (guard_has(g, bully_peer_addr(p)))
		snprintf(err, SENTENCE_LEN,
			 "peer %u: 'addr' is one that the group guards; write the host's own",
			 PEER32(p, ID));
	else
		about = NULL;
	for (i = 0; !about && i + 1 < bully_group_peers(g); i++) {
		if (!same_addr(bully_peer_addr(bully_group_peer(g, i)), bully_peer_addr(p)))
			continue;
		snprintf(err, SENTENCE_LEN, "peer %u: 'addr' is that of peer %u", PEER32(p, ID),
			 PEER32(bully_group_peer(g, i), ID));
		about = "addr";
	}
	return about;
}
