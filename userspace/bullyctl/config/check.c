// SPDX-License-Identifier: GPL-2.0-only
/* Checks that the parts of a configuration file fit each other, as the kernel does. */
#include <stdio.h>
#include <string.h>

#include "config/conf.h"
#include "values/words.h"

static bool guard_has_local(const struct bully_addr *guard, const struct bully_group *g)
{
	const struct bully_addr *local = bully_group_local(g);

	return guard->family == local->family &&
	       !memcmp(guard->bytes, local->bytes, sizeof(guard->bytes));
}

/* Returns the interface that a group is bound to, or an empty string. */
static const char *bound_to(const struct bully_group *g)
{
	return bully_group_local(g)->scope_name[0] ? bully_group_local(g)->scope_name
						   : bully_group_dev(g);
}

/* Applies the rules of bully_check_local() in kmod/netns/check.c. */
const char *conf_beside(const struct bound *g, const struct bound *other, char *err)
{
	unsigned int port = addr_port(g->local);
	bool same = !strcmp(g->dev, other->dev);

	if (port != addr_port(other->local) || (g->dev[0] && other->dev[0] && !same))
		return NULL;
	if (!g->local->family != !other->local->family) {
		snprintf(err, SENTENCE_LEN,
			 "group '%s': on port %u, which group '%s' also has, either both groups "
			 "have an address in 'local' or neither; write another port",
			 g->group, port, other->group);
		return "local";
	}
	if (!same && addr_same_host(g->local, other->local)) {
		snprintf(err, SENTENCE_LEN,
			 "group '%s': group '%s' has the same port %u on another 'dev'; write "
			 "another port, or the same 'dev' for both",
			 g->group, other->group, port);
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

/* Checks what group number @n guards against the groups before it. */
static const char *check_guards(const struct conf *conf, size_t n, char *err)
{
	const char *about = NULL;
	size_t i;

	for (i = 0; !about && i < n; i++)
		about = guards_beside(conf->groups[n], conf->groups[i], err);
	return about;
}

static struct bound bound_of(const struct bully_group *g)
{
	return (struct bound){bully_group_name(g), bully_group_local(g), bound_to(g)};
}

const char *conf_check_beside(const struct conf *conf, size_t n, char *err)
{
	const struct bound bound = bound_of(conf->groups[n]);
	const char *about = NULL;
	size_t i;

	for (i = 0; !about && i < n; i++) {
		const struct bound other = bound_of(conf->groups[i]);

		if (!conf->shared[i].len)
			about = conf_beside(&bound, &other, err);
	}
	return about ? about : check_guards(conf, n, err);
}

const char *conf_check_group(const struct conf *conf, bool nodes, char *err)
{
	const struct bully_group *g = conf->groups[conf->len - 1];
	const char *about = nodes ? shared_check_group(g, err) : NULL;

	if (about)
		return about;
	if (!nodes && !GROUP_HAS(g, ID)) {
		snprintf(err, SENTENCE_LEN,
			 "group '%s': 'id' is missing; or write each node, this one too, as "
			 "[node ID]",
			 bully_group_name(g));
		return "";
	}
	if (conf->len > BULLY_GROUPS_MAX) {
		snprintf(err, SENTENCE_LEN, "there are more than %d groups", BULLY_GROUPS_MAX);
		return "";
	}
	if (bully_group_local(g)->scope_name[0] && bully_group_dev(g)[0] &&
	    strcmp(bully_group_local(g)->scope_name, bully_group_dev(g))) {
		snprintf(err, SENTENCE_LEN,
			 "local: its interface differs from 'dev'; write the same one in both");
		return "local";
	}
	about = group_check(g, true, err);
	if (about)
		return about;
	return nodes ? check_guards(conf, conf->len - 1, err)
		     : conf_check_beside(conf, conf->len - 1, err);
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
			 "peer %u: 'addr' and 'local' of the group must both be IPv4 or both IPv6",
			 PEER32(p, ID));
	else if (bully_peer_addr(p)->scope_name[0] && bound_to(g)[0] &&
		 strcmp(bully_peer_addr(p)->scope_name, bound_to(g)))
		snprintf(err, SENTENCE_LEN,
			 "peer %u: the interface in 'addr' differs from the interface of the group",
			 PEER32(p, ID));
	else if (addr_same(bully_group_local(g), bully_peer_addr(p)))
		snprintf(err, SENTENCE_LEN,
			 "peer %u: 'addr' is this node's own address, 'local' of the group",
			 PEER32(p, ID));
	else if (guard_has(g, bully_peer_addr(p)))
		snprintf(err, SENTENCE_LEN,
			 "peer %u: 'addr' is one that the group guards; write the host's own",
			 PEER32(p, ID));
	else
		about = NULL;
	for (i = 0; !about && i + 1 < bully_group_peers(g); i++) {
		if (!addr_same(bully_peer_addr(bully_group_peer(g, i)), bully_peer_addr(p)))
			continue;
		snprintf(err, SENTENCE_LEN, "peer %u: 'addr' is also the address of peer %u",
			 PEER32(p, ID), PEER32(bully_group_peer(g, i), ID));
		about = "addr";
	}
	return about;
}

static bool is_voter(uint64_t role)
{
	return role != BULLY_ROLE_OBSERVER;
}

static void warn_of_quorum(struct ctl *ctl, const char *where, const struct bully_group *g)
{
	unsigned int voters = is_voter(GROUP(g, ROLE));
	size_t i;

	for (i = 0; i < bully_group_peers(g); i++)
		voters += is_voter(PEER(bully_group_peer(g, i), ROLE));
	if (voters < GROUP32(g, VOTERS))
		warn(ctl,
		     "%s: 'voters' is %u, but the file has %u: this node takes no part in the "
		     "first election",
		     where, GROUP32(g, VOTERS), voters);
	else if (voters == 2)
		warn(ctl, "%s: with 2 voters a leader needs both; add a witness", where);
}

/* The peers of an unlisted observer are the voters that it asks; it is none of the voters. */
static void warn_of_unlisted(struct ctl *ctl, const char *where, const struct bully_group *g)
{
	size_t i, len = bully_group_peers(g);

	if (!len)
		warn(ctl, "%s: it has no voter to ask; write each voter as [peer ID]", where);
	for (i = 0; i < len; i++)
		if (!is_voter(PEER(bully_group_peer(g, i), ROLE)))
			warn(ctl,
			     "%s: peer %u is an observer, but an unlisted observer asks voters; "
			     "leave it out",
			     where, PEER32(bully_group_peer(g, i), ID));
}

static void warn_of_group(struct ctl *ctl, const char *where, const struct bully_group *g)
{
	if (GROUP(g, UNLISTED))
		warn_of_unlisted(ctl, where, g);
	else if (GROUP(g, QUORUM) == BULLY_QUORUM_MAJORITY)
		warn_of_quorum(ctl, where, g);
	else if (GROUP(g, VOTERS))
		warn(ctl, "%s: 'voters' has no effect without 'quorum = majority'", where);
	else if (GROUP(g, LEASE))
		warn(ctl, "%s: 'lease' has no effect without 'quorum = majority'", where);
	if (GROUP(g, AUTH) != BULLY_AUTH_OFF && !GROUP_HAS(g, KEY))
		warn(ctl,
		     "%s: 'auth = %s' without 'key-file' is refused unless the kernel has keys of "
		     "the group",
		     where, bully_auth_name(GROUP(g, AUTH)));
}

void conf_warn(struct ctl *ctl, const char *file, const struct conf *conf)
{
	char where[256];
	size_t i;

	for (i = 0; i < conf->len; i++) {
		snprintf(where, sizeof(where), "%.200s: group %s",
			 strcmp(file, "-") ? file : "standard input",
			 bully_group_name(conf->groups[i]));
		warn_of_group(ctl, where, conf->groups[i]);
	}
}
