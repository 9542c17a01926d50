// SPDX-License-Identifier: GPL-2.0
/* Addresses as people write them: no names, no guessing. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "values.h"

static int refuse(const char *what, const char *s, const char *why, char *err)
{
	snprintf(err, SENTENCE_LEN,
		 "%s: '%.64s' %s; write ADDR, ADDR:PORT or, with IPv6, [ADDR]:PORT", what, s, why);
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
		return refuse(what, whole, "is no address", err);
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

int parse_addr(const char *what, const char *s, bool wild, struct bully_addr *addr, char *err)
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
			return refuse(what, s, "is no address", err);
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
			return refuse(what, s, "is no address", err);
		addr->family = 4;
		memcpy(addr->bytes, &in4, sizeof(in4));
	}
	return port ? parse_port(what, s, port, addr, err) : 0;
}

const char *format_addr(const struct bully_addr *a, char *buf)
{
	char ip[INET6_ADDRSTRLEN] = "";
	unsigned int port = a->port ? a->port : BULLY_DEFAULT_PORT;

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
	format_addr(&g->local, buf);
	if (!g->local.family && g->local.port && g->local.port != BULLY_DEFAULT_PORT)
		snprintf(buf, ADDR_STRLEN, "*:%u", g->local.port);
	return buf;
}
