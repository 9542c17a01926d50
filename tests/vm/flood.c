// SPDX-License-Identifier: GPL-2.0-only
/*
 * flood.c - sends packets as fast as this machine can, and prints how many
 *
 *   flood DEV TO-MAC KIND SECONDS FROM-ADDR TO-ADDR [GROUP FROM-ID TO-ID]
 *
 * KIND: garbage   random bytes, of random length, to the port
 *       formed    well-formed messages of GROUP with a random tag
 *       bare      well-formed messages of GROUP without a tag
 *       vrrp      advertisements of VRRPv3, virtual router 7, with the highest priority
 * Fields that an outsider cannot know are random. A zero in FROM-ADDR's last part stands
 * for a random address in its network.
 */
#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define BATCH 64
#define WIRE_LEN 256
#define PORT 28559

static uint64_t state = 88172645463325252u;
static uint8_t frames[BATCH][1600];

static uint64_t chance(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

static void fill(uint8_t *p, size_t len)
{
	while (len--)
		*p++ = (uint8_t)(chance() >> 24);
}

static void put(uint8_t *p, uint64_t v, int bytes)
{
	while (bytes--) {
		p[bytes] = (uint8_t)v;
		v >>= 8;
	}
}

static uint16_t sum(const uint8_t *p, size_t len, uint32_t s)
{
	for (; len > 1; p += 2, len -= 2)
		s += (uint32_t)p[0] << 8 | p[1];
	while (s >> 16)
		s = (s & 0xffff) + (s >> 16);
	return (uint16_t)~s;
}

/* Makes a message of a random type, by the layout in protocol.rst. */
static void message(uint8_t *m, const char *group, uint32_t from, uint32_t to, int tag)
{
	memset(m, 0, WIRE_LEN);
	memcpy(m, "BLLY\2", 5);
	m[5] = (uint8_t)(1 + chance() % 10);
	m[7] = 4;
	memcpy(m + 8, group, strlen(group));
	put(m + 24, from, 4);
	put(m + 28, to, 4);
	put(m + 32, chance(), 8);
	put(m + 40, chance(), 8);
	put(m + 48, chance(), 8);
	put(m + 56, chance(), 8);
	put(m + 64, chance() >> 12, 8);
	put(m + 72, chance() >> 12, 8);
	put(m + 80, from, 4);
	put(m + 96, 100000, 4);
	put(m + 100, 3, 2);
	m[103] = 4;
	if (!tag)
		return;
	put(m + 160, 1, 4);
	fill(m + 224, 32);
}

/* Makes an advertisement of 16 bytes. */
static size_t vrrp(uint8_t *p, const uint8_t *from, const uint8_t *to)
{
	uint32_t pseudo = 112 + 12;
	int i;

	memcpy(p, "\x31\x07\xfe\x01\x00\x01\x00\x00\x0a\x07\x00\x64", 12);
	for (i = 0; i < 4; i += 2)
		pseudo += (uint32_t)(from[i] << 8 | from[i + 1]) + (uint32_t)(to[i] << 8 | to[i + 1]);
	put(p + 6, sum(p, 12, pseudo), 2);
	return 12;
}

/* Makes a frame, and returns its length. */
static size_t frame(uint8_t *f, char **argv, int argc, const uint8_t *macs)
{
	const char *kind = argv[3];
	uint8_t *ip = f + 14, *udp = ip + 20;
	size_t len = WIRE_LEN;

	memcpy(f, macs, 12);
	put(f + 12, ETH_P_IP, 2);
	memset(ip, 0, 20);
	memcpy(ip, "\x45\xc0", 2);
	ip[8] = 255;
	inet_pton(AF_INET, argv[5], ip + 12);
	inet_pton(AF_INET, argv[6], ip + 16);
	if (!ip[15])
		ip[15] = (uint8_t)(10 + chance() % 240);
	if (!strcmp(kind, "vrrp")) {
		ip[9] = 112;
		len = vrrp(udp, ip + 12, ip + 16);
	} else {
		ip[9] = 17;
		if (!strcmp(kind, "garbage")) {
			len = chance() % 4 ? WIRE_LEN : chance() % 1400;
			fill(udp + 8, len);
			/* some packets have a valid start */
			if (len == WIRE_LEN && chance() % 2)
				memcpy(udp + 8, "BLLY\2", 5);
		} else {
			message(udp + 8, argc > 7 ? argv[7] : "", (uint32_t)atoi(argv[8]),
				(uint32_t)atoi(argv[9]), !strcmp(kind, "formed"));
		}
		len += 8;
		put(udp, PORT, 2);
		put(udp + 2, PORT, 2);
		put(udp + 4, len, 2);
		put(udp + 6, 0, 2);
	}
	put(ip + 2, 20 + len, 2);
	put(ip + 10, sum(ip, 20, 0), 2);
	return 14 + 20 + len;
}

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
	struct sockaddr_ll to = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_IP)};
	struct sockaddr_ll own;
	socklen_t own_len = sizeof(own);
	struct mmsghdr batch[BATCH] = {0};
	struct iovec iov[BATCH];
	unsigned int mac[6];
	uint8_t macs[12];
	unsigned long sent = 0, refused = 0;
	double begin, end;
	int fd, i, n;

	if (argc < 7 || (strcmp(argv[3], "garbage") && strcmp(argv[3], "vrrp") && argc < 10) ||
	    sscanf(argv[2], "%x:%x:%x:%x:%x:%x", mac, mac + 1, mac + 2, mac + 3, mac + 4, mac + 5) != 6) {
		fprintf(stderr, "usage: flood DEV TO-MAC KIND SECONDS FROM TO [GROUP FROM-ID TO-ID]\n");
		return 1;
	}
	fd = socket(AF_PACKET, SOCK_RAW, 0);
	to.sll_ifindex = (int)if_nametoindex(argv[1]);
	if (fd < 0 || bind(fd, (struct sockaddr *)&to, sizeof(to)) ||
	    getsockname(fd, (struct sockaddr *)&own, &own_len)) {
		perror("flood");
		return 1;
	}
	n = 1;
	setsockopt(fd, SOL_PACKET, PACKET_QDISC_BYPASS, &n, sizeof(n));
	for (i = 0; i < 6; i++)
		macs[i] = (uint8_t)mac[i];
	memcpy(macs + 6, own.sll_addr, 6);
	state ^= (uint64_t)getpid() << 32;
	for (i = 0; i < BATCH; i++) {
		batch[i].msg_hdr.msg_iov = &iov[i];
		batch[i].msg_hdr.msg_iovlen = 1;
		iov[i].iov_base = frames[i];
		iov[i].iov_len = frame(frames[i], argv, argc, macs);
	}
	begin = now();
	end = begin + atof(argv[4]);
	while (now() < end) {
		/* only a quarter of the packets is made again each time, for a higher rate */
		for (i = (int)(chance() % 4); i < BATCH; i += 4)
			iov[i].iov_len = frame(frames[i], argv, argc, macs);
		n = sendmmsg(fd, batch, BATCH, 0);
		if (n < 0)
			refused++;
		else
			sent += (unsigned long)n;
	}
	printf("sent %lu refused %lu ms %.0f\n", sent, refused, (now() - begin) * 1000);
	return 0;
}
