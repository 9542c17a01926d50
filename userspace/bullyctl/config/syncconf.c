// SPDX-License-Identifier: GPL-2.0-only
/* bullyctl syncconf [--check] FILE: sends only what differs between file and kernel. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "config/conf.h"
#include "config/config.h"
#include "host/own.h"
#include "values/words.h"

/**
 * struct pair - a group of the file, and the kernel's group of that name
 * @want: the group of the file
 * @got: the kernel's answer: one group, or none
 * @got_len: number of groups in @got
 * @have: the kernel's group, or NULL
 */
struct pair {
	const struct bully_group *want;
	struct bully_group **got;
	size_t got_len;
	const struct bully_group *have;
};

/* Returns the value of option @w in the file; if the file has none, the value that applies then. */
static uint64_t wanted(const struct pair *p, const struct word *w)
{
	uint64_t have = bully_group_get(p->have, w->attr);

	if (bully_group_has(p->want, w->attr))
		return bully_group_get(p->want, w->attr);
	/* A reload keeps the mode 'owner': the node is a candidate only while a process owns. */
	if (w->kind == WORD_CANDIDATE && have == BULLY_CANDIDATE_OWNER)
		return have;
	if (w->kind == WORD_AUTH)
		return GROUP_HAS(p->want, KEY) ? BULLY_AUTH_ENFORCE : have;
	return group_option(p->want, w);
}

/* Puts the guarded addresses into @d if they differ. Returns true if they do. */
static bool guard_diff(const struct pair *p, struct bully_group *d)
{
	const struct bully_addr *want, *have;
	size_t i, len = bully_group_guard(p->want, &want);
	bool differs = len != bully_group_guard(p->have, &have);

	for (i = 0; i < len && !differs; i++)
		differs = !addr_same(&want[i], &have[i]);
	if (!differs)
		return false;
	bully_group_clear_guard(d);
	for (i = 0; i < len; i++)
		bully_group_add_guard(d, &want[i]);
	return true;
}

/*
 * Puts the options that differ into @d. Returns true if any differ. Keys are not compared: the
 * kernel ignores keys that it has already.
 */
static bool group_diff(const struct pair *p, struct bully_group *d)
{
	struct bully_addr local = *bully_group_local(p->want);
	bool differs = guard_diff(p, d);
	size_t i;

	if (strcmp(bully_group_dev(p->want), bully_group_dev(p->have))) {
		bully_group_put_dev(d, bully_group_dev(p->want));
		differs = true;
	}
	for (i = 0; i < group_words.len; i++) {
		const struct word *w = &group_words.word[i];

		if (!w->number || w->kind == WORD_ID ||
		    wanted(p, w) == bully_group_get(p->have, w->attr))
			continue;
		bully_group_put(d, w->attr, wanted(p, w));
		differs = true;
	}
	if (!addr_same(&local, bully_group_local(p->have))) {
		/* without an address the port alone is sent, so there must be one */
		if (!local.port)
			local.port = BULLY_DEFAULT_PORT;
		bully_group_put_local(d, &local);
		differs = true;
	}
	return differs;
}

static const struct bully_peer *peer_find(const struct bully_group *g, uint32_t id)
{
	size_t i;

	for (i = 0; i < bully_group_peers(g); i++)
		if (PEER32(bully_group_peer(g, i), ID) == id)
			return bully_group_peer(g, i);
	return NULL;
}

/* Puts what differs into @d. Returns true if anything differs. */
static bool peer_diff(const struct bully_peer *want, const struct bully_peer *have,
		      struct bully_peer *d)
{
	bool differs = !addr_same(bully_peer_addr(want), bully_peer_addr(have));
	size_t i;

	if (differs)
		bully_peer_put_addr(d, bully_peer_addr(want));
	for (i = 0; i < peer_words.len; i++) {
		const struct word *w = &peer_words.word[i];
		uint64_t v = bully_peer_has(want, w->attr) ? bully_peer_get(want, w->attr) : w->def;

		if (!w->number || w->kind == WORD_ID || v == bully_peer_get(have, w->attr))
			continue;
		bully_peer_put(d, w->attr, v);
		differs = true;
	}
	return differs;
}

/* Adds or changes one peer as the file says. */
static int sync_peer(struct ctl *ctl, const struct pair *p, const struct bully_peer *want)
{
	const struct bully_peer *have = peer_find(p->have, PEER32(want, ID));
	const char *group = bully_group_name(p->want);
	struct bully_peer *d;
	int ret = 0;

	if (!have) {
		ret = bully_peer_add(ctl->b, group, want);
	} else {
		d = bully_peer_new(PEER32(want, ID));
		if (!d)
			return fail(ctl, CTL_REFUSED, ENOMEM, "out of memory");
		if (peer_diff(want, have, d))
			ret = bully_peer_set(ctl->b, group, d);
		bully_peer_free(d);
	}
	return ret ? fail_voters(ctl, group, "group %s, peer %u", group, PEER32(want, ID))
		   : CTL_DONE;
}

/*
 * Returns the index of the next peer of the file that can be sent: its address must not be the
 * present address of another peer that is not sent yet. Returns the number of peers if none can.
 */
static size_t next_peer(const struct pair *p, const bool *done)
{
	const struct bully_group *want = p->want;
	const struct bully_peer *have;
	size_t i, k;

	for (i = 0; i < bully_group_peers(want); i++) {
		if (done[i])
			continue;
		for (k = 0; k < bully_group_peers(want); k++) {
			have = k == i || done[k]
				       ? NULL
				       : peer_find(p->have, PEER32(bully_group_peer(want, k), ID));
			if (have && !!addr_same(bully_peer_addr(have),
						bully_peer_addr(bully_group_peer(want, i))))
				break;
		}
		if (k == bully_group_peers(want))
			return i;
	}
	return bully_group_peers(want);
}

/* Sends every peer of the file; without @send only checks that this is possible. */
static int sync_peers(struct ctl *ctl, const struct pair *p, bool send)
{
	size_t len = bully_group_peers(p->want), sent, i;
	bool done[BULLY_PEERS_MAX] = {false};
	int ret = CTL_DONE;

	for (sent = 0; sent < len && !ret; sent++) {
		i = next_peer(p, done);
		if (i == len)
			return fail(ctl, CTL_REFUSED, 0,
				    "group %s: syncconf cannot exchange the addresses of peers; "
				    "use setconf",
				    bully_group_name(p->want));
		done[i] = true;
		if (send)
			ret = sync_peer(ctl, p, bully_group_peer(p->want, i));
	}
	return ret;
}

static int sync_options(struct ctl *ctl, const struct pair *p)
{
	const char *name = bully_group_name(p->want);
	struct bully_group *d = bully_group_new(name);
	int ret = CTL_DONE;
	bool differs;

	if (!d || bully_group_copy_keys(d, p->want)) {
		bully_group_free(d);
		return fail(ctl, CTL_REFUSED, ENOMEM, "out of memory");
	}
	differs = group_diff(p, d) || GROUP_HAS(d, KEY);
	if (differs && bully_group_set(ctl->b, d))
		ret = fail_conf(ctl, name);
	bully_group_free(d);
	return ret;
}

static int sync_group(struct ctl *ctl, const struct pair *p)
{
	const char *name = bully_group_name(p->want);
	size_t i;
	int ret;

	if (!p->have) {
		if (bully_group_add(ctl->b, p->want))
			return fail_conf(ctl, name);
		return CTL_DONE;
	}
	/* Options first, because the kernel is most likely to refuse them. */
	ret = sync_options(ctl, p);
	if (ret)
		return ret;
	/* Delete peers before adding: this frees their places and addresses. */
	for (i = 0; i < bully_group_peers(p->have); i++) {
		uint32_t id = PEER32(bully_group_peer(p->have, i), ID);

		if (!peer_find(p->want, id) && bully_peer_del(ctl->b, name, id))
			return fail_voters(ctl, name, "group %s, peer %u", name, id);
	}
	return sync_peers(ctl, p, true);
}

/*
 * A file without 'guard' ends the guard, but an address that is on this host must not be left
 * behind: only 'guard = none', in so many words, does that. The kernel sees no difference.
 */
static int keeps_guard(struct ctl *ctl, const struct pair *p)
{
	const struct bully_addr *have;
	size_t i, len = bully_group_guard(p->have, &have);
	char addr[ADDR_STRLEN];

	for (i = 0; i < len && !GROUP_HAS(p->want, GUARD); i++)
		if (own_addr(&have[i], 0))
			return fail(ctl, CTL_REFUSED, 0,
				    "group %s: guard: %s is on this host; remove it first, or "
				    "write 'guard = none'",
				    bully_group_name(p->want), format_guard(&have[i], addr));
	return CTL_DONE;
}

/* Fetches the kernel's group, and refuses changes that single steps cannot make. */
static int look_up(struct ctl *ctl, struct pair *p)
{
	size_t i;

	if (bully_groups_get(ctl->b, bully_group_name(p->want), &p->got, &p->got_len)) {
		if (bully_error_number(ctl->b) == -ENOENT)
			return CTL_DONE;
		return fail_conf(ctl, bully_group_name(p->want));
	}
	p->have = p->got[0];
	if (GROUP32(p->have, ID) != GROUP32(p->want, ID))
		return fail(ctl, CTL_REFUSED, 0,
			    "group %s: syncconf cannot change id %u to %u; use setconf",
			    bully_group_name(p->want), GROUP32(p->have, ID), GROUP32(p->want, ID));
	if (bully_group_local(p->have)->family && !bully_group_local(p->want)->family)
		return fail(ctl, CTL_REFUSED, 0,
			    "group %s: syncconf cannot remove 'local'; use setconf",
			    bully_group_name(p->want));
	for (i = 0; i < bully_group_peers(p->have); i++)
		if (bully_group_local(p->want)->family &&
		    bully_peer_addr(bully_group_peer(p->have, i))->family !=
			    bully_group_local(p->want)->family)
			return fail(ctl, CTL_REFUSED, 0,
				    "group %s: syncconf cannot change the address family of "
				    "'local'; use setconf",
				    bully_group_name(p->want));
	if (keeps_guard(ctl, p))
		return CTL_REFUSED;
	return sync_peers(ctl, p, false);
}

static int sync_all(struct ctl *ctl, const struct conf *conf)
{
	struct pair *pairs;
	int ret = CTL_DONE;
	size_t i;

	pairs = calloc(conf->len, sizeof(*pairs));
	if (!pairs)
		return fail(ctl, CTL_REFUSED, ENOMEM, "out of memory");
	for (i = 0; i < conf->len && !ret; i++) {
		pairs[i].want = conf->groups[i];
		ret = look_up(ctl, &pairs[i]);
	}
	for (i = 0; i < conf->len && !ret; i++)
		ret = sync_group(ctl, &pairs[i]);
	for (i = 0; i < conf->len; i++)
		bully_groups_free(pairs[i].got, pairs[i].got_len);
	free(pairs);
	return ret;
}

int cmd_syncconf(struct ctl *ctl, int argc, char **argv)
{
	struct conf conf;
	int ret;

	ret = conf_read_arg(ctl, argc, argv, &conf);
	if (ret)
		return ret;
	if (option_given(ctl, "--check"))
		conf_warn(ctl, argv[0], &conf);
	else
		ret = sync_all(ctl, &conf);
	conf_free(&conf);
	return ret;
}
