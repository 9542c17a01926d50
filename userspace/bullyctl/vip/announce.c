// SPDX-License-Identifier: GPL-2.0-only
/*
 * Announces the addresses, several times, because any packet may get lost and a switch may learn
 * late. A packet socket bypasses the rules of the kernel's IP layer, so each packet is sent only
 * after a look at the status page.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>

#include "base/text.h"
#include "vip/frames.h"
#include "vip/vip.h"

#define GAP_NS 100000000ULL /* the least time between two announcements */

/* Times of the announcements after the beginning of a series. */
static const uint64_t series[] = {0, 100000000, 1000000000, 5000000000};

static uint64_t now(void)
{
	return clock_ns(CLOCK_BOOTTIME);
}

int announce_open(struct announcer *a, struct ctl *ctl, uint64_t interval_ns)
{
	memset(a, 0, sizeof(*a));
	a->interval_ns = interval_ns;
	a->next = LEADER_NEVER;
	/* without a protocol it receives nothing */
	a->fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (a->fd < 0)
		return fail(ctl, CTL_REFUSED, errno,
			    "vip: cannot open a packet socket: %s; it needs root, or CAP_NET_ADMIN "
			    "and CAP_NET_RAW",
			    strerror(errno));
	return CTL_DONE;
}

void announce_close(struct announcer *a)
{
	if (a->fd >= 0)
		close(a->fd);
	a->fd = -1;
}

void announce_begin(struct announcer *a)
{
	a->began = now();
	if (a->last && a->began - a->last < GAP_NS)
		a->began = a->last + GAP_NS;
	a->step = 0;
	a->next = a->began;
}

void announce_stop(struct announcer *a)
{
	a->next = LEADER_NEVER;
}

/* Returns true if this host forwards the packets of the interface. */
static bool is_router(const char *dev)
{
	char path[64 + BULLY_DEV_NAME_MAX];
	FILE *f;
	int c;

	snprintf(path, sizeof(path), "/proc/sys/net/ipv6/conf/%s/forwarding", dev);
	f = fopen(path, "re");
	if (!f)
		return false;
	c = fgetc(f);
	fclose(f);
	return c != EOF && c != '0';
}

/* Returns 0, or an errno; -1 if this node may not lead any more. */
static int send_frame(const struct announcer *a, struct leader *l, const struct place *p,
		      const uint8_t *frame, size_t len)
{
	struct sockaddr_ll to = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(p->want->family == 4 ? ETH_P_ARP : ETH_P_IPV6),
		.sll_ifindex = p->nic->link.index,
		.sll_halen = FRAME_MAC,
	};

	memcpy(to.sll_addr, frame, FRAME_MAC);
	if (!l->epoch(l))
		return -1;
	return sendto(a->fd, frame, len, 0, (struct sockaddr *)&to, sizeof(to)) < 0 ? errno : 0;
}

static int announce(const struct announcer *a, struct leader *l, const struct place *p)
{
	const struct vip_addr *v = p->want;
	const uint8_t *mac = p->nic->link.mac;
	uint8_t frame[FRAME_MAX];
	size_t len;
	int ret;

	if (v->family == 6) {
		len = frame_na(frame, mac, v->bytes, is_router(p->nic->name));
		return send_frame(a, l, p, frame, len);
	}
	len = frame_arp(frame, mac, v->bytes, false);
	ret = send_frame(a, l, p, frame, len);
	if (ret)
		return ret;
	len = frame_arp(frame, mac, v->bytes, true);
	return send_frame(a, l, p, frame, len);
}

/* Plans the next announcement: the rest of the series, then one in each interval. */
static void plan(struct announcer *a)
{
	a->last = now();
	a->step++;
	if (a->step < ARRAY_SIZE(series))
		a->next = a->began + series[a->step];
	else
		a->next = a->interval_ns ? a->last + a->interval_ns : LEADER_NEVER;
	if (a->next < a->last + GAP_NS)
		a->next = a->last + GAP_NS;
}

void announce_work(struct announcer *a, struct keeper *k, struct leader *l)
{
	char addr[VIP_STRLEN];
	bool failed = false;
	size_t i;
	int err;

	if (now() < a->next)
		return;
	for (i = 0; i < k->places_len; i++) {
		const struct place *p = &k->places[i];

		if (!p->lens_len || !p->nic->link.carrier || !p->nic->link.ethernet)
			continue;
		err = announce(a, l, p);
		if (err < 0)
			return; /* the loop removes the addresses */
		if (!err)
			continue;
		if (!a->failed && !failed)
			vip_say(k->ctl, k->group, "cannot announce %s on %s: %s",
				format_vip(p->want, addr), p->nic->name, strerror(err));
		failed = true;
	}
	a->failed = failed;
	plan(a);
}
