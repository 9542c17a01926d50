// SPDX-License-Identifier: GPL-2.0
/* bullyctl syncconf [--check] FILE: sends differences and nothing else. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "config/conf.h"
#include "config/config.h"
#include "values/words.h"

/* A group of the file and what the kernel has of that name, if anything. */
struct pair {
	const struct bully_group *want;
	struct bully_group *have;
	size_t have_len;
};

static bool addr_differs(const struct bully_addr *a, const struct bully_addr *b)
{
	uint16_t pa = a->port ? a->port : BULLY_DEFAULT_PORT;
	uint16_t pb = b->port ? b->port : BULLY_DEFAULT_PORT;

	return a->family != b->family || pa != pb || strcmp(a->scope_name, b->scope_name) ||
	       memcmp(a->bytes, b->bytes, sizeof(a->bytes));
}

static struct bully_group group_diff(const struct pair *p)
{
	const struct bully_group *have = p->have;
	struct bully_group d = group_with_defaults(p->want);
	uint64_t differs = 0;

	strcpy(d.name, p->want->name);
#define CMP(attr, m)                                                                               \
	do {                                                                                       \
		if (d.m != have->m)                                                                \
			differs |= BULLY_BIT(attr);                                                \
	} while (0)
	if (strcmp(d.dev_name, have->dev_name))
		differs |= BULLY_BIT(BULLY_A_GROUP_DEV_NAME);
	CMP(BULLY_A_GROUP_HEARTBEAT, heartbeat_ns);
	CMP(BULLY_A_GROUP_MISSES, misses);
	CMP(BULLY_A_GROUP_QUORUM, quorum);
	CMP(BULLY_A_GROUP_LEASE, lease_ns);
	CMP(BULLY_A_GROUP_VOTERS, voters);
	CMP(BULLY_A_GROUP_PREEMPT, preempt);
	CMP(BULLY_A_GROUP_PREEMPT_DELAY, preempt_delay_ns);
	CMP(BULLY_A_GROUP_HOLDDOWN, holddown);
	CMP(BULLY_A_GROUP_HOLDDOWN_FREE, holddown_free);
	CMP(BULLY_A_GROUP_HOLDDOWN_DELAY, holddown_delay_ns);
	CMP(BULLY_A_GROUP_HOLDDOWN_MAX, holddown_max_ns);
	CMP(BULLY_A_GROUP_HOLDDOWN_HALF_LIFE, holddown_half_life_ns);
	CMP(BULLY_A_GROUP_ROLE, role);
	/* A reload neither takes a live owner's candidacy nor revives a dead one's. */
	if (!BULLY_HAS(p->want, BULLY_A_GROUP_CANDIDATE) &&
	    have->candidate == BULLY_CANDIDATE_OWNER)
		d.candidate = have->candidate;
	CMP(BULLY_A_GROUP_CANDIDATE, candidate);
	/* Of keys that are the same the kernel takes no notice. */
	differs |= p->want->set & BULLY_BIT(BULLY_A_GROUP_KEY);
	d.keys = p->want->keys;
	d.keys_len = p->want->keys_len;
	d.auth = have->auth;
	if (BULLY_HAS(p->want, BULLY_A_GROUP_KEY))
		d.auth = BULLY_AUTH_ENFORCE;
	if (BULLY_HAS(p->want, BULLY_A_GROUP_AUTH))
		d.auth = p->want->auth;
	CMP(BULLY_A_GROUP_AUTH, auth);
#undef CMP
	if (addr_differs(&d.local, &have->local)) {
		/* without an address there is still a port */
		if (!d.local.port)
			d.local.port = BULLY_DEFAULT_PORT;
		differs |= BULLY_BIT(BULLY_A_GROUP_LOCAL_PORT);
		differs |= p->want->set & (BULLY_BIT(BULLY_A_GROUP_LOCAL_IP4) |
					   BULLY_BIT(BULLY_A_GROUP_LOCAL_IP6) |
					   BULLY_BIT(BULLY_A_GROUP_LOCAL_SCOPE_NAME));
	}
	d.set = differs;
	return d;
}

static const struct bully_peer *peer_find(const struct bully_group *g, uint32_t id)
{
	size_t i;

	for (i = 0; i < g->peers_len; i++)
		if (g->peers[i].id == id)
			return &g->peers[i];
	return NULL;
}

/* Sends what makes one peer of the file true. */
static int sync_peer(struct ctl *ctl, const struct pair *p, const struct bully_peer *want)
{
	const struct bully_peer *have = peer_find(p->have, want->id);
	struct bully_peer d = *want;

	if (!have) {
		if (bully_peer_add(ctl->b, p->want->name, want))
			return fail_voters(ctl, p->want->name, "group %s, peer %u", p->want->name,
					   want->id);
		return CTL_DONE;
	}
	if (!addr_differs(&want->addr, &have->addr))
		d.set = BULLY_BIT(BULLY_A_PEER_ID);
	d.set &= ~BULLY_BIT(BULLY_A_PEER_ROLE);
	if (want->role != have->role)
		d.set |= BULLY_BIT(BULLY_A_PEER_ROLE);
	if (d.set != BULLY_BIT(BULLY_A_PEER_ID) && bully_peer_set(ctl->b, p->want->name, &d))
		return fail_voters(ctl, p->want->name, "group %s, peer %u", p->want->name, d.id);
	return CTL_DONE;
}

/*
 * The next peer of the file that may be sent: one whose address no other peer has
 * that still waits for its own. Return: its place, or peers_len if there is none.
 */
static size_t next_peer(const struct pair *p, const bool *done)
{
	const struct bully_group *want = p->want;
	const struct bully_peer *have;
	size_t i, k;

	for (i = 0; i < want->peers_len; i++) {
		if (done[i])
			continue;
		for (k = 0; k < want->peers_len; k++) {
			have = k == i || done[k] ? NULL : peer_find(p->have, want->peers[k].id);
			if (have && !addr_differs(&have->addr, &want->peers[i].addr))
				break;
		}
		if (k == want->peers_len)
			return i;
	}
	return want->peers_len;
}

/* Sends every peer of the file, or only finds out whether that is possible. */
static int sync_peers(struct ctl *ctl, const struct pair *p, bool send)
{
	size_t len = p->want->peers_len, sent, i;
	bool done[BULLY_PEERS_MAX] = {false};
	int ret = CTL_DONE;

	for (sent = 0; sent < len && !ret; sent++) {
		i = next_peer(p, done);
		if (i == len)
			return fail(ctl, CTL_REFUSED, 0,
				    "group %s: syncconf cannot exchange the addresses of peers; "
				    "setconf replaces the group",
				    p->want->name);
		done[i] = true;
		if (send)
			ret = sync_peer(ctl, p, &p->want->peers[i]);
	}
	return ret;
}

static int sync_group(struct ctl *ctl, const struct pair *p)
{
	struct bully_group d;
	size_t i;

	if (!p->have) {
		if (bully_group_add(ctl->b, p->want))
			return fail_conf(ctl, p->want->name);
		return CTL_DONE;
	}
	/* First what the kernel is most likely to refuse. */
	d = group_diff(p);
	if (d.set && bully_group_set(ctl->b, &d))
		return fail_conf(ctl, p->want->name);
	/* What goes makes room, of addresses too, for what comes. */
	for (i = 0; i < p->have->peers_len; i++) {
		uint32_t id = p->have->peers[i].id;

		if (!peer_find(p->want, id) && bully_peer_del(ctl->b, p->want->name, id))
			return fail_voters(ctl, p->want->name, "group %s, peer %u", p->want->name,
					   id);
	}
	return sync_peers(ctl, p, true);
}

/* Fetches what is there, and refuses what no series of small steps can do. */
static int look_up(struct ctl *ctl, struct pair *p)
{
	size_t i;

	if (bully_groups_get(ctl->b, p->want->name, &p->have, &p->have_len)) {
		if (bully_error(ctl->b)->status == BULLY_ERR_REFUSED &&
		    bully_error(ctl->b)->sys_errno == ENOENT)
			return CTL_DONE;
		return fail_conf(ctl, p->want->name);
	}
	if (p->have->id != p->want->id)
		return fail(
			ctl, CTL_REFUSED, 0,
			"group %s: syncconf cannot change id %u to %u; setconf replaces the group",
			p->want->name, p->have->id, p->want->id);
	if (p->have->local.family && !p->want->local.family)
		return fail(
			ctl, CTL_REFUSED, 0,
			"group %s: syncconf cannot take 'local' away; setconf replaces the group",
			p->want->name);
	for (i = 0; i < p->have->peers_len; i++)
		if (p->want->local.family && p->have->peers[i].addr.family != p->want->local.family)
			return fail(ctl, CTL_REFUSED, 0,
				    "group %s: syncconf cannot change the family of 'local'; "
				    "setconf replaces the group",
				    p->want->name);
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
		pairs[i].want = &conf->groups[i];
		ret = look_up(ctl, &pairs[i]);
	}
	for (i = 0; i < conf->len && !ret; i++)
		ret = sync_group(ctl, &pairs[i]);
	for (i = 0; i < conf->len; i++)
		bully_groups_free(pairs[i].have, pairs[i].have_len);
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
	if (!option_given(ctl, "--check"))
		ret = sync_all(ctl, &conf);
	conf_free(&conf);
	return ret;
}
