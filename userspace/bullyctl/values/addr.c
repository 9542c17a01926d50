// SPDX-License-Identifier: GPL-2.0-only
/* Parses and formats addresses. Host names are not resolved. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "values/values.h"

static int refuse(const char *what, const char *s, const char *why, char *err)
{
	snprintf(err, SENTENCE_LEN,
		 "%s: '%.64s' %s; write ADDR, ADDR:PORT or, with IPv6, [ADDR]:PORT", what, s, why);
	return -1;
}

/*
 * Refuses the same addresses as kmod/transport/addr.c, so that the kernel accepts the addresses of
 * a file that was checked.
 */
int check_addr(const char *what, const char *s, bool wild, const struct bully_addr *addr, char *err)
{
	struct in6_addr in6;
	const char *why = NULL, *instead = "write the address of one host";
	char ip4[INET_ADDRSTRLEN], mapped[INET_ADDRSTRLEN + 32];
	bool any = false;

	memcpy(&in6, addr->bytes, sizeof(in6));
	if (addr->family == 4 && !addr->bytes[0]) {
		why = "is in the network 0.0.0.0/8, which has no hosts";
		any = true;
	} else if (addr->family == 4 && (addr->bytes[0] & 0xf0) == 0xe0) {
		why = "is a multicast address";
	} else if (addr->family == 4 && !memcmp(addr->bytes, "\xff\xff\xff\xff", 4)) {
		why = "is the broadcast address";
	} else if (addr->family == 6 && IN6_IS_ADDR_UNSPECIFIED(&in6)) {
		why = "is not an address of a host";
		any = true;
	} else if (addr->family == 6 && IN6_IS_ADDR_MULTICAST(&in6)) {
		why = "is a multicast address";
	} else if (addr->family == 6 && IN6_IS_ADDR_V4MAPPED(&in6)) {
		why = "is an IPv4 address in IPv6 notation";
		inet_ntop(AF_INET, addr->bytes + 12, ip4, sizeof(ip4));
		snprintf(mapped, sizeof(mapped), "write %s", ip4);
		instead = mapped;
	}
	if (!why)
		return 0;
	if (any && wild)
		instead = "leave it out to listen at any address, or write '*:PORT'";
	snprintf(err, SENTENCE_LEN, "%s: '%.64s' %s; %s", what, s, why, instead);
	return -1;
}

static int parse_port(const char *what, const char *whole, const char *s, struct bully_addr *addr,
		      char *err)
{
	unsigned int port = 0;
	const char *p;

	for (p = s; *p >= '0' && *p <= '9' && port <= 65535; p++)
		port = port * 10 + (unsigned int)(*p - '0');
	if (p == s || *p || !port || port > 65535) {
		snprintf(err, SENTENCE_LEN,
			 "%s: port '%.16s' in '%.64s' is out of range; it may be 1 to 65535", what,
			 s, whole);
		return -1;
	}
	addr->port = (uint16_t)port;
	return 0;
}

static int parse_ip6(const char *what, const char *whole, char *host, struct bully_addr *addr,
		     char *err)
{
	struct in6_addr in6;
	char *scope = strchr(host, '%');

	if (scope)
		*scope++ = '\0';
	if (inet_pton(AF_INET6, host, &in6) != 1)
		return refuse(what, whole, "is not an address", err);
	addr->family = 6;
	memcpy(addr->bytes, &in6, sizeof(in6));
	if (!IN6_IS_ADDR_LINKLOCAL(&in6)) {
		if (scope)
			return refuse(what, whole, "is not link-local and takes no %IFACE", err);
		return 0;
	}
	if (!scope || !*scope)
		return refuse(what, whole,
			      "is link-local and needs its interface, as in fe80::1%eth0", err);
	if (!strcmp(scope, "none"))
		return refuse(what, whole, "has no interface", err);
	return parse_dev(what, scope, addr->scope_name, err);
}

static int parse_text(const char *what, const char *s, bool wild, struct bully_addr *addr,
		      char *err)
{
	char host[ADDR_STRLEN], *colon;
	const char *port = NULL;
	struct in_addr in4;

	memset(addr, 0, sizeof(*addr));
	if (strlen(s) >= sizeof(host))
		return refuse(what, s, "is too long for an address", err);
	strcpy(host, s);

	if (host[0] == '[') {
		char *end = strchr(host, ']');

		if (!end || (end[1] && end[1] != ':'))
			return refuse(what, s, "is not an address", err);
		if (end[1])
			port = s + (end + 2 - host);
		*end = '\0';
		if (parse_ip6(what, s, host + 1, addr, err))
			return -1;
		return port ? parse_port(what, s, port, addr, err) : 0;
	}
	colon = strchr(host, ':');
	if (colon && strchr(colon + 1, ':'))
		return parse_ip6(what, s, host, addr, err);
	if (colon) {
		port = s + (colon + 1 - host);
		*colon = '\0';
	}
	if (!wild || strcmp(host, "*")) {
		if (inet_pton(AF_INET, host, &in4) != 1)
			return refuse(what, s, "is not an address", err);
		addr->family = 4;
		memcpy(addr->bytes, &in4, sizeof(in4));
	}
	return port ? parse_port(what, s, port, addr, err) : 0;
}

int parse_addr(const char *what, const char *s, bool wild, struct bully_addr *addr, char *err)
{
	if (parse_text(what, s, wild, addr, err))
		return -1;
	return check_addr(what, s, wild, addr, err);
}

bool addr_same_host(const struct bully_addr *a, const struct bully_addr *b)
{
	return a->family == b->family && !strcmp(a->scope_name, b->scope_name) &&
	       !memcmp(a->bytes, b->bytes, sizeof(a->bytes));
}

unsigned int addr_port(const struct bully_addr *a)
{
	return a->port ? a->port : BULLY_DEFAULT_PORT;
}

bool addr_same(const struct bully_addr *a, const struct bully_addr *b)
{
	return addr_same_host(a, b) && addr_port(a) == addr_port(b);
}

const char *addr_with_port(const char *s, char *buf)
{
	const char *colon = strrchr(s, ':');
	unsigned long port = colon ? strtoul(colon + 1, NULL, 10) : 0;
	char host[ADDR_STRLEN];
	struct in6_addr in6;

	if (port < 1024 || port > 65535 || strspn(colon + 1, "0123456789") != strlen(colon + 1) ||
	    (size_t)(colon - s) >= sizeof(host))
		return NULL;
	snprintf(host, sizeof(host), "%.*s", (int)(colon - s), s);
	if (inet_pton(AF_INET6, host, &in6) != 1)
		return NULL;
	snprintf(buf, ADDR_STRLEN, "[%.80s]:%lu", host, port);
	return buf;
}

const char *format_addr(const struct bully_addr *a, char *buf)
{
	char ip[INET6_ADDRSTRLEN] = "";
	unsigned int port = addr_port(a);

	buf[0] = '\0';
	if (!a->family)
		return buf;
	inet_ntop(a->family == 4 ? AF_INET : AF_INET6, a->bytes, ip, sizeof(ip));
	if (a->family == 4) {
		snprintf(buf, ADDR_STRLEN, "%s:%u", ip, port);
		return buf;
	}
	snprintf(buf, ADDR_STRLEN, "[%s%s%s]:%u", ip, a->scope_name[0] ? "%" : "", a->scope_name,
		 port);
	return buf;
}

const char *format_local(const struct bully_group *g, char *buf)
{
	format_addr(bully_group_local(g), buf);
	if (!bully_group_local(g)->family && bully_group_local(g)->port &&
	    bully_group_local(g)->port != BULLY_DEFAULT_PORT)
		snprintf(buf, ADDR_STRLEN, "*:%u", bully_group_local(g)->port);
	return buf;
}
