// SPDX-License-Identifier: GPL-2.0-only
/* Checks the settings against the group and this host, before anything is changed. */
#include <net/if.h>
#include <stdio.h>
#include <string.h>

#include "vip/vip.h"

static bool is_addr(const struct vip_addr *v, const struct bully_addr *a)
{
	return v->family == a->family && !memcmp(v->bytes, a->bytes, vip_size(v));
}

/* Returns true if an address of the group is one of the virtual addresses. */
static int compare(struct ctl *ctl, const struct bully_group *g, const struct vip_addr *v)
{
	const char *advice = "a virtual address is a further one, which no host has as its own";
	char addr[VIP_STRLEN];
	size_t i;

	if (is_addr(v, bully_group_local(g)))
		return fail(ctl, CTL_USAGE, 0, "vip: addr: %s is 'local' of group %s; %s",
			    format_vip(v, addr), bully_group_name(g), advice);
	for (i = 0; i < bully_group_peers(g); i++) {
		const struct bully_peer *p = bully_group_peer(g, i);

		if (is_addr(v, bully_peer_addr(p)))
			return fail(ctl, CTL_USAGE, 0,
				    "vip: addr: %s is the address of peer %u of group %s; %s",
				    format_vip(v, addr), PEER32(p, ID), bully_group_name(g),
				    advice);
	}
	return CTL_DONE;
}

int check_group(struct ctl *ctl, const char *group, const struct vip_settings *s)
{
	struct bully_group **g;
	size_t len, i;
	int ret = CTL_DONE;

	if (bully_groups_get(ctl->b, group, &g, &len))
		return fail_lib(ctl, "group %s", group);
	for (i = 0; i < s->addrs_len && !ret; i++)
		ret = compare(ctl, g[0], &s->addrs[i]);
	bully_groups_free(g, len);
	return ret;
}

/**
 * struct survey - what this host has of the addresses
 * @k: the keeper
 * @others: for each place, the address on another interface; its @family is 0 if there is none
 * @mine: likewise, the address on its own interface, if no bullyctl has added it
 * @company: for each place, how many addresses of its family its interface has
 */
struct survey {
	const struct keeper *k;
	struct rtnl_addr others[VIP_ADDRS_MAX];
	struct rtnl_addr mine[VIP_ADDRS_MAX];
	unsigned int company[VIP_ADDRS_MAX];
};

static bool is_link_local(uint8_t family, const uint8_t *bytes)
{
	return family == 6 && bytes[0] == 0xfe && (bytes[1] & 0xc0) == 0x80;
}

static void on_addr(void *arg, const struct rtnl_addr *a)
{
	struct survey *s = arg;
	size_t i;

	for (i = 0; i < s->k->places_len; i++) {
		const struct place *p = &s->k->places[i];
		bool same = p->want->family == a->family &&
			    !memcmp(p->want->bytes, a->bytes, vip_size(p->want));

		if (a->index == p->nic->link.index) {
			if (p->want->family == a->family && !is_link_local(a->family, a->bytes))
				s->company[i]++;
			if (same && !a->ours)
				s->mine[i] = *a;
		} else if (same && !is_link_local(a->family, a->bytes)) {
			s->others[i] = *a;
		}
	}
}

/* An earlier run had the address on another interface. */
static int remove_other(struct keeper *k, const struct place *p, const struct rtnl_addr *other,
			const char *dev)
{
	char addr[VIP_STRLEN];

	if (rtnl_del(&k->rtnl, other->index, p->want, other->len))
		return fail(k->ctl, CTL_REFUSED, 0,
			    "vip: cannot remove %s from %s, where an earlier run has left it: %s",
			    format_vip(p->want, addr), dev, k->rtnl.why);
	vip_say(k->ctl, k->group, "removed %s from %s: an earlier run had left it there",
		format_vip(p->want, addr), dev);
	return CTL_DONE;
}

/* Returns an exit status, after an error message, if the place's address belongs to another. */
static int judge(struct keeper *k, const struct survey *s, size_t i)
{
	const struct rtnl_addr *other = &s->others[i], *mine = &s->mine[i];
	const struct place *p = &k->places[i];
	struct vip_addr had = *p->want;
	char dev[IF_NAMESIZE], addr[VIP_STRLEN];

	if (other->family && !other->ours && if_indextoname((unsigned int)other->index, dev)) {
		had.len = other->len;
		return fail(k->ctl, CTL_USAGE, 0,
			    "vip: addr: %s is on %s already; remove it there by 'ip addr del %s "
			    "dev %s', or write 'dev %s'",
			    format_vip(&had, addr), dev, addr, dev, dev);
	}
	if (mine->family && (mine->temporary || (s->company[i] == 1 && !mine->secondary))) {
		had.len = mine->len;
		return fail(k->ctl, CTL_USAGE, 0,
			    "vip: addr: %s is this host's own address: %s; write another address, "
			    "or remove it by 'ip addr del %s dev %s'",
			    format_vip(&had, addr),
			    mine->temporary ? "it has a lifetime, as from DHCP"
					    : "its interface has no other one",
			    addr, p->nic->name);
	}
	return CTL_DONE;
}

int check_host(struct keeper *k)
{
	struct survey s = {.k = k};
	char dev[IF_NAMESIZE];
	int ret = CTL_DONE;
	size_t i;

	keep_update(k);
	if (k->again_at != LEADER_NEVER || rtnl_addrs(&k->rtnl, 0, on_addr, &s))
		return fail(k->ctl, CTL_REFUSED, 0, "vip: cannot ask the kernel for addresses: %s",
			    k->rtnl.why);
	for (i = 0; i < k->places_len && !ret; i++)
		ret = judge(k, &s, i);
	for (i = 0; i < k->places_len && !ret; i++)
		if (s.others[i].ours && if_indextoname((unsigned int)s.others[i].index, dev))
			ret = remove_other(k, &k->places[i], &s.others[i], dev);
	return ret;
}
