// SPDX-License-Identifier: GPL-2.0-only
/* Parses, checks and formats the settings of 'bullyctl vip'. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "values/vip.h"

enum {
	ADDR,
	DEV,
	TRACK,
	ANNOUNCE,
};

static const struct word rows[] = {
	[ADDR] = {.word = "addr",
		  .arg = "ADDR/LEN",
		  .kind = WORD_ADDR,
		  .where = WORD_ANYWHERE,
		  .help = "an address that follows the leader; repeatable"},
	[DEV] = {.word = "dev",
		 .arg = "IFACE",
		 .kind = WORD_DEV,
		 .where = WORD_ANYWHERE,
		 .help = "the interface of the addresses"},
	[TRACK] = {.word = "track",
		   .arg = "IFACE",
		   .kind = WORD_DEV,
		   .where = WORD_ANYWHERE,
		   .help = "this node is not a candidate while IFACE has no carrier; repeatable "
			   "(default none)"},
	[ANNOUNCE] = {.word = "announce",
		      .arg = "DUR|off",
		      .values = "off",
		      .kind = WORD_DUR,
		      .where = WORD_ANYWHERE,
		      .help = "interval of announcements on the leader, 1s to 24h (default 60s)"},
};

const struct words vip_words = {rows, ARRAY_SIZE(rows)};

size_t vip_size(const struct vip_addr *a)
{
	return a->family == 4 ? 4 : 16;
}

const char *format_vip(const struct vip_addr *a, char *buf)
{
	char ip[INET6_ADDRSTRLEN] = "";

	inet_ntop(a->family == 4 ? AF_INET : AF_INET6, a->bytes, ip, sizeof(ip));
	snprintf(buf, VIP_STRLEN, "%s/%u", ip, a->len);
	return buf;
}

/* Returns what is wrong with an IPv4 address, or NULL. */
static const char *judge4(const struct vip_addr *a)
{
	uint32_t ip, host = a->len == 32 ? 0 : UINT32_MAX >> a->len;

	memcpy(&ip, a->bytes, sizeof(ip));
	ip = ntohl(ip);
	if (!(ip >> 24))
		return "is in the network 0.0.0.0, which no host can have";
	if (ip >> 24 == 127)
		return "is a loopback address";
	if (ip >> 28 == 0xe)
		return "is a multicast address";
	if (ip == UINT32_MAX)
		return "is the broadcast address";
	if (a->len > 30)
		return NULL;
	if (!(ip & host))
		return "is the address of its network, not of a host";
	return (ip & host) == host ? "is the broadcast address of its network" : NULL;
}

static const char *judge6(const struct vip_addr *a)
{
	struct in6_addr in6;

	memcpy(&in6, a->bytes, sizeof(in6));
	if (IN6_IS_ADDR_UNSPECIFIED(&in6))
		return "is the unspecified address";
	if (IN6_IS_ADDR_LOOPBACK(&in6))
		return "is the loopback address";
	if (IN6_IS_ADDR_MULTICAST(&in6))
		return "is a multicast address";
	return IN6_IS_ADDR_V4MAPPED(&in6) ? "is an IPv4 address in IPv6 notation" : NULL;
}

static int parse_vip(const char *s, struct vip_addr *a, char *err)
{
	static const char form[] = "write ADDR/LEN, as in 10.0.0.100/24 or fd00::100/64";
	char host[INET6_ADDRSTRLEN], parse_err[SENTENCE_LEN];
	const char *slash = strchr(s, '/'), *why;
	size_t len = slash ? (size_t)(slash - s) : strlen(s);
	uint32_t bits;
	int max;

	memset(a, 0, sizeof(*a));
	snprintf(host, sizeof(host), "%.*s", (int)(len < 64 ? len : 64), s);
	if (len < sizeof(host) && inet_pton(AF_INET, host, a->bytes) == 1) {
		a->family = 4;
	} else if (len < sizeof(host) && inet_pton(AF_INET6, host, a->bytes) == 1) {
		a->family = 6;
	} else {
		snprintf(err, SENTENCE_LEN, "addr: '%.64s' is not an address; %s", s, form);
		return -1;
	}
	max = a->family == 4 ? 32 : 128;
	if (!slash) {
		snprintf(err, SENTENCE_LEN,
			 "addr: '%s' lacks the length of its prefix; write %s/LEN with the length "
			 "of the interface's network, or %s/%d",
			 s, s, s, max);
		return -1;
	}
	if (parse_u32("length", slash + 1, 1, (uint32_t)max, &bits, parse_err)) {
		snprintf(err, SENTENCE_LEN, "addr: the %.200s, in '%.64s'", parse_err, s);
		return -1;
	}
	a->len = (uint8_t)bits;
	why = a->family == 4 ? judge4(a) : judge6(a);
	if (!why)
		return 0;
	snprintf(err, SENTENCE_LEN, "addr: '%.64s' %s; write an address that one host can have", s,
		 why);
	return -1;
}

static int take_addr(struct vip_settings *s, const char *value, char *err)
{
	struct vip_addr a;
	size_t i;

	if (parse_vip(value, &a, err))
		return -1;
	for (i = 0; i < s->addrs_len; i++) {
		if (s->addrs[i].family != a.family ||
		    memcmp(s->addrs[i].bytes, a.bytes, sizeof(a.bytes)))
			continue;
		snprintf(err, SENTENCE_LEN, "addr: '%.64s' is given twice", value);
		return -1;
	}
	if (s->addrs_len == VIP_ADDRS_MAX) {
		snprintf(err, SENTENCE_LEN, "addr: there are more than %d addresses",
			 VIP_ADDRS_MAX);
		return -1;
	}
	s->addrs[s->addrs_len++] = a;
	return 0;
}

static int take_dev(const char *what, const char *value, char *name, char *err)
{
	if (parse_dev(what, value, name, err))
		return -1;
	if (name[0])
		return 0;
	snprintf(err, SENTENCE_LEN, "%s: 'none' is not an interface; write its name, as in '%s eth0'",
		 what, what);
	return -1;
}

static int take_track(struct vip_settings *s, const char *value, char *err)
{
	char name[BULLY_DEV_NAME_MAX + 1];
	size_t i;

	if (take_dev("track", value, name, err))
		return -1;
	for (i = 0; i < s->tracks_len; i++)
		if (!strcmp(s->tracks[i], name)) {
			snprintf(err, SENTENCE_LEN, "track: '%s' is given twice", name);
			return -1;
		}
	if (s->tracks_len == VIP_TRACKS_MAX) {
		snprintf(err, SENTENCE_LEN, "track: there are more than %d interfaces",
			 VIP_TRACKS_MAX);
		return -1;
	}
	strcpy(s->tracks[s->tracks_len++], name);
	return 0;
}

static int take_announce(struct vip_settings *s, const char *value, char *err)
{
	if (s->announce_given) {
		snprintf(err, SENTENCE_LEN, "'announce' is given twice");
		return -1;
	}
	s->announce_given = true;
	if (!strcmp(value, "off")) {
		s->announce_ns = 0;
		return 0;
	}
	return parse_dur("announce", value, VIP_ANNOUNCE_MIN_NS, VIP_ANNOUNCE_MAX_NS,
			 &s->announce_ns, err);
}

void vip_begin(struct vip_settings *s)
{
	s->begun = s->addrs_len;
	s->dev[0] = '\0';
	if (!s->announce_given)
		s->announce_ns = VIP_ANNOUNCE_NS;
}

int vip_take(struct vip_settings *s, const struct word *w, const char *value, char *err)
{
	if (w == &rows[ADDR])
		return take_addr(s, value, err);
	if (w == &rows[TRACK])
		return take_track(s, value, err);
	if (w == &rows[ANNOUNCE])
		return take_announce(s, value, err);
	if (!s->dev[0])
		return take_dev("dev", value, s->dev, err);
	snprintf(err, SENTENCE_LEN,
		 "'dev' is given twice; write a section [vip] for each interface");
	return -1;
}

int vip_end(struct vip_settings *s, char *err)
{
	size_t i;

	if (s->begun == s->addrs_len) {
		snprintf(err, SENTENCE_LEN,
			 "'addr' is missing; write ADDR/LEN, as in "
			 "10.0.0.100/24");
		return -1;
	}
	if (!s->dev[0]) {
		snprintf(err, SENTENCE_LEN,
			 "'dev' is missing: the interface of the addresses, as in eth0");
		return -1;
	}
	for (i = s->begun; i < s->addrs_len; i++)
		strcpy(s->addrs[i].dev, s->dev);
	return 0;
}
