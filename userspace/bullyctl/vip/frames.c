// SPDX-License-Identifier: GPL-2.0-only
/*
 * Frames that tell neighbours and switches where an address is now.
 *
 * IPv4: a request whose sender and target address are the announced one, with an empty target
 * hardware address (RFC 5227, an ARP announcement), and a reply whose target hardware address is
 * the sender's. Some hosts renew an entry by the one form only, some by the other. Linux takes a
 * reply for gratuitous only if both hardware addresses are equal.
 *
 * IPv6: a neighbour advertisement to all nodes (RFC 4861, 7.2.6), not solicited, with the override
 * flag and the option that has the hardware address. A host forgets a default router whose
 * advertisement lacks the router flag, so a host that forwards sets it.
 */
#include <string.h>

#include "vip/frames.h"

#define ETHERNET 14
#define IP6_HEADER 40
#define ADVERTISEMENT 32 /* ICMPv6 header, flags, target, option */

static void put16(uint8_t *at, unsigned int v)
{
	at[0] = (uint8_t)(v >> 8);
	at[1] = (uint8_t)v;
}

static void put_ethernet(uint8_t *frame, const uint8_t *to, const uint8_t *from, unsigned int type)
{
	memcpy(frame, to, FRAME_MAC);
	memcpy(frame + 6, from, FRAME_MAC);
	put16(frame + 12, type);
}

size_t frame_arp(uint8_t *frame, const uint8_t *mac, const uint8_t *ip, bool reply)
{
	static const uint8_t all[FRAME_MAC] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
	uint8_t *arp = frame + ETHERNET;

	memset(frame, 0, FRAME_ARP);
	put_ethernet(frame, all, mac, 0x0806);
	put16(arp, 1); /* Ethernet */
	put16(arp + 2, 0x0800); /* IPv4 */
	arp[4] = FRAME_MAC;
	arp[5] = 4;
	put16(arp + 6, reply ? 2 : 1);
	memcpy(arp + 8, mac, FRAME_MAC);
	memcpy(arp + 14, ip, 4);
	if (reply)
		memcpy(arp + 18, mac, FRAME_MAC);
	memcpy(arp + 24, ip, 4);
	return FRAME_ARP;
}

/* Adds @len bytes, an even number, to a sum of 16-bit words. */
static uint32_t sum(uint32_t so_far, const uint8_t *bytes, size_t len)
{
	size_t i;

	for (i = 0; i < len; i += 2)
		so_far += (uint32_t)bytes[i] << 8 | bytes[i + 1];
	return so_far;
}

/* Returns the checksum of an ICMPv6 message behind its IPv6 header (RFC 8200, 8.1). */
static unsigned int checksum(const uint8_t *ip6)
{
	uint32_t s = sum(ADVERTISEMENT + 58, ip6 + 8, 32);

	s = sum(s, ip6 + IP6_HEADER, ADVERTISEMENT);
	while (s >> 16)
		s = (s & 0xffff) + (s >> 16);
	return ~s & 0xffff;
}

size_t frame_na(uint8_t *frame, const uint8_t *mac, const uint8_t *ip, bool router)
{
	static const uint8_t to[FRAME_MAC] = {0x33, 0x33, 0, 0, 0, 1};
	static const uint8_t all_nodes[16] = {0xff, 0x02, [15] = 1};
	uint8_t *ip6 = frame + ETHERNET, *icmp = ip6 + IP6_HEADER;

	memset(frame, 0, FRAME_NA);
	put_ethernet(frame, to, mac, 0x86dd);
	ip6[0] = 0x60;
	put16(ip6 + 4, ADVERTISEMENT);
	ip6[6] = 58; /* ICMPv6 */
	ip6[7] = 255; /* receivers refuse a lower hop limit */
	memcpy(ip6 + 8, ip, 16);
	memcpy(ip6 + 24, all_nodes, 16);
	icmp[0] = 136; /* neighbour advertisement */
	icmp[4] = router ? 0xa0 : 0x20; /* override, and router */
	memcpy(icmp + 8, ip, 16);
	icmp[24] = 2; /* target link-layer address */
	icmp[25] = 1; /* in units of 8 bytes */
	memcpy(icmp + 26, mac, FRAME_MAC);
	put16(icmp + 2, checksum(ip6));
	return FRAME_NA;
}
