// SPDX-License-Identifier: GPL-2.0-only
/*
 * Keeps the addresses where they belong. Notifications only say that something has changed; then
 * the kernel is asked for the present state, so that a lost notification does no harm.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "vip/vip.h"

#define AGAIN_NS 1000000000ULL /* between two attempts after an error */
#define REMOVE_AGAIN_NS 100000000ULL /* a left address does harm */
#define END_NS 5000000000ULL /* how long to try to remove the addresses at the end */
#define END_AGAIN_MS 100
#define SECOND_NS 1000000000ULL
#define PUTS_MAX 5 /* how often an address is put back in a second */
#define SAID_NS 60000000000ULL /* between two reports of a dispute */

static uint64_t now(void)
{
	return clock_ns(CLOCK_BOOTTIME);
}

static struct nic *nic_of(struct keeper *k, const char *name)
{
	size_t i;

	for (i = 0; i < k->nics_len; i++)
		if (!strcmp(k->nics[i].name, name))
			return &k->nics[i];
	strcpy(k->nics[i].name, name);
	k->nics_len++;
	return &k->nics[i];
}

int keep_open(struct keeper *k, struct ctl *ctl, const char *group, const struct vip_settings *s)
{
	size_t i;
	int ret;

	memset(k, 0, sizeof(*k));
	k->ctl = ctl;
	k->group = group;
	k->again_at = LEADER_NEVER;
	k->look = true;
	for (i = 0; i < s->addrs_len; i++)
		k->places[i] =
			(struct place){.want = &s->addrs[i], .nic = nic_of(k, s->addrs[i].dev)};
	k->places_len = s->addrs_len;
	for (i = 0; i < s->tracks_len; i++)
		nic_of(k, s->tracks[i])->tracked = true;
	for (i = 0; i < k->nics_len; i++)
		k->nics[i].missed = true;
	ret = rtnl_open(&k->rtnl);
	if (ret)
		return fail(ctl, CTL_REFUSED, -ret, "vip: cannot ask the kernel for addresses: %s",
			    k->rtnl.why);
	return CTL_DONE;
}

void keep_close(struct keeper *k)
{
	rtnl_close(&k->rtnl);
}

void keep_begin(struct keeper *k)
{
	size_t i;

	for (i = 0; i < k->nics_len; i++)
		k->nics[i].missed = false;
	k->look = true;
}

static bool same_addr(const struct vip_addr *want, const struct rtnl_addr *a)
{
	return want->family == a->family && !memcmp(want->bytes, a->bytes, vip_size(want));
}

/* Only an event about an address or an interface of ours requires a request. */
static void on_event(void *arg, const struct rtnl_event *ev)
{
	struct keeper *k = arg;
	size_t i;

	k->look = k->look || ev->overrun;
	for (i = 0; i < k->places_len && ev->addr.family; i++)
		k->look = k->look || (same_addr(k->places[i].want, &ev->addr) &&
				      k->places[i].nic->link.index == ev->index);
	for (i = 0; i < k->nics_len && !ev->addr.family; i++)
		k->look = k->look || (ev->index && k->nics[i].link.index == ev->index) ||
			  !strcmp(k->nics[i].name, ev->name);
}

static void on_addr(void *arg, const struct rtnl_addr *a)
{
	struct keeper *k = arg;
	size_t i, n;

	for (i = 0; i < k->places_len; i++) {
		struct place *p = &k->places[i];

		if (p->nic->link.index != a->index || !same_addr(p->want, a))
			continue;
		p->ours = p->ours || a->ours;
		p->broken = a->failed;
		for (n = 0; n < p->lens_len && p->lens[n] != a->len; n++)
			;
		if (n == p->lens_len && n < VIP_LENS_MAX)
			p->lens[p->lens_len++] = a->len;
	}
}

/* Reports an interface that is absent, once. */
static void note_link(struct keeper *k, struct nic *nic, const struct rtnl_link *was)
{
	const struct rtnl_link *is = &nic->link;

	if (!is->index && !nic->missed)
		vip_say(k->ctl, k->group, "there is no interface %s yet; waiting for it",
			nic->name);
	nic->missed = !is->index;
	if (is->carrier && (!was->carrier || was->index != is->index ||
			    memcmp(was->mac, is->mac, sizeof(is->mac))))
		k->fresh = true;
}

static int look_links(struct keeper *k)
{
	struct rtnl_link was;
	size_t i;
	int ret;

	for (i = 0; i < k->nics_len; i++) {
		was = k->nics[i].link;
		ret = rtnl_link(&k->rtnl, k->nics[i].name, &k->nics[i].link);
		if (ret) {
			k->nics[i].link = was;
			return ret;
		}
		note_link(k, &k->nics[i], &was);
	}
	return 0;
}

/* Asks for the links and for the addresses of the interfaces that have some of ours. */
static int look(struct keeper *k)
{
	size_t i, j;
	int ret;

	ret = look_links(k);
	if (ret)
		return ret;
	for (i = 0; i < k->places_len; i++) {
		k->places[i].lens_len = 0;
		k->places[i].ours = false;
		k->places[i].broken = false;
	}
	for (i = 0; i < k->places_len; i++) {
		const struct nic *nic = k->places[i].nic;

		for (j = 0; j < i && k->places[j].nic != nic; j++)
			;
		if (j < i || !nic->link.index)
			continue;
		ret = rtnl_addrs(&k->rtnl, nic->link.index, on_addr, k);
		if (ret)
			return ret;
	}
	return 0;
}

void keep_update(struct keeper *k)
{
	struct place known[VIP_ADDRS_MAX];

	if (rtnl_events(&k->rtnl, on_event, k))
		k->look = true;
	if (!k->look && now() < k->again_at)
		return;
	k->look = false;
	k->again_at = LEADER_NEVER;
	memcpy(known, k->places, sizeof(known));
	if (!look(k))
		return;
	/* the addresses that were known can still be removed */
	memcpy(k->places, known, sizeof(known));
	vip_say(k->ctl, k->group, "cannot ask the kernel for addresses: %s", k->rtnl.why);
	k->again_at = now() + AGAIN_NS;
}

/* Reports a request that has failed, once, and plans the next attempt. */
static void note_failure(struct keeper *k, struct place *p, const char *what, uint64_t again_ns)
{
	char addr[VIP_STRLEN];

	if (!p->failed)
		vip_say(k->ctl, k->group, "cannot %s %s, dev %s: %s; trying again", what,
			format_vip(p->want, addr), p->nic->name, k->rtnl.why);
	p->failed = true;
	p->again_at = now() + again_ns;
}

/* Returns false if the address was put back too often in this second. */
static bool may_put(struct keeper *k, struct place *p)
{
	char addr[VIP_STRLEN];
	uint64_t t = now();

	if (!p->put)
		return true;
	if (t - p->window_at >= SECOND_NS) {
		p->window_at = t;
		p->puts = 0;
	}
	if (p->puts++ < PUTS_MAX)
		return true;
	p->again_at = p->window_at + SECOND_NS;
	if (!p->said_at || t - p->said_at >= SAID_NS) {
		vip_say(k->ctl, k->group,
			"another program removes %s from %s again and again; it is put back at "
			"most %d times a second",
			format_vip(p->want, addr), p->nic->name, PUTS_MAX);
		p->said_at = t;
	}
	return false;
}

static void put(struct keeper *k, struct place *p, const char *why)
{
	bool back = p->put, quiet = p->said_at && now() - p->said_at < SAID_NS;
	char addr[VIP_STRLEN];
	int ret;

	if (p->broken && p->lens_len)
		rtnl_del(&k->rtnl, p->nic->link.index, p->want, p->lens[0]);
	ret = rtnl_add(&k->rtnl, p->nic->link.index, p->want);
	k->look = true;
	if (ret == -ENODEV)
		return; /* the interface has just gone, as the kernel will tell */
	if (ret && ret != -EEXIST) {
		note_failure(k, p, "put", AGAIN_NS);
		return;
	}
	/* known at once, so that it is removed even if the kernel cannot be asked */
	p->lens[0] = p->want->len;
	p->lens_len = 1;
	p->ours = true;
	p->broken = false;
	p->put = true;
	p->failed = false;
	k->fresh = true;
	p->again_at = 0;
	if (!quiet)
		vip_say(k->ctl, k->group, "%s %s on %s: %s", back ? "put back" : "put",
			format_vip(p->want, addr), p->nic->name, back ? "it was gone" : why);
}

void keep_put(struct keeper *k, struct leader *l, const char *why)
{
	size_t i;

	for (i = 0; i < k->places_len; i++) {
		struct place *p = &k->places[i];

		if ((p->lens_len && !p->broken) || !p->nic->link.index || !p->nic->link.up) {
			p->again_at = 0;
			continue;
		}
		if (now() < p->again_at || !may_put(k, p))
			continue;
		if (!l->epoch(l))
			return;
		put(k, p, why);
	}
}

/* Returns true if the error means that the address is gone. */
static bool is_gone(int err)
{
	return !err || err == -EADDRNOTAVAIL || err == -ENODEV || err == -ENXIO;
}

static bool remove_one(struct keeper *k, struct place *p, const char *why)
{
	char addr[VIP_STRLEN];

	while (p->lens_len) {
		struct vip_addr had = *p->want;

		had.len = p->lens[p->lens_len - 1];
		if (!is_gone(rtnl_del(&k->rtnl, p->nic->link.index, p->want, had.len))) {
			note_failure(k, p, "remove", REMOVE_AGAIN_NS);
			return false;
		}
		p->lens_len--;
		p->failed = false;
		p->again_at = 0;
		vip_say(k->ctl, k->group, "removed %s from %s: %s", format_vip(&had, addr),
			p->nic->name, why);
	}
	return true;
}

bool keep_remove(struct keeper *k, bool ours, const char *why)
{
	bool removed = false, clean = true;
	size_t i;

	for (i = 0; i < k->places_len; i++) {
		struct place *p = &k->places[i];

		p->put = false;
		p->said_at = 0;
		if (!p->lens_len || (ours && !p->ours)) {
			p->again_at = 0;
			continue;
		}
		removed = true;
		clean = remove_one(k, p, why) && clean;
	}
	/* ask again: there may be more, with other prefixes */
	k->look = k->look || removed;
	return clean && !k->look && k->again_at == LEADER_NEVER;
}

int keep_end(struct keeper *k, bool ours, const char *why)
{
	uint64_t end = now() + END_NS;

	while (!keep_remove(k, ours, why)) {
		if (now() >= end)
			return fail(
				k->ctl, CTL_REFUSED, 0,
				"vip: an address is left on this host: it cannot be removed: %s",
				k->rtnl.why);
		if (!k->look)
			poll(NULL, 0, END_AGAIN_MS);
		keep_update(k);
	}
	return CTL_DONE;
}

bool keep_has(const struct keeper *k)
{
	size_t i;

	for (i = 0; i < k->places_len; i++)
		if (k->places[i].lens_len)
			return true;
	return false;
}

bool keep_fit(const struct keeper *k)
{
	size_t i;

	for (i = 0; i < k->nics_len; i++)
		if (k->nics[i].tracked && !k->nics[i].link.carrier)
			return false;
	return true;
}

uint64_t keep_next(const struct keeper *k)
{
	uint64_t next = k->look ? 0 : k->again_at;
	size_t i;

	for (i = 0; i < k->places_len; i++)
		if (k->places[i].again_at && k->places[i].again_at < next)
			next = k->places[i].again_at;
	return next;
}
