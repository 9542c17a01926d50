// SPDX-License-Identifier: GPL-2.0-only
/* Checks and lists which addresses this host has. */
#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "host/own.h"

#define TENTATIVE 0x40 /* IFA_F_TENTATIVE, in /proc/net/if_inet6 */

static bool same(const struct sockaddr *sa, const struct bully_addr *a)
{
	if (sa->sa_family == AF_INET && a->family == 4) {
		const struct sockaddr_in *in = (const struct sockaddr_in *)sa;

		return !memcmp(&in->sin_addr, a->bytes, sizeof(in->sin_addr));
	}
	if (sa->sa_family == AF_INET6 && a->family == 6) {
		const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)sa;

		return !memcmp(&in6->sin6_addr, a->bytes, sizeof(in6->sin6_addr)) &&
		       (!a->scope || in6->sin6_scope_id == a->scope);
	}
	return false;
}

bool own_addr(const struct bully_addr *a, uint32_t dev)
{
	struct ifaddrs *all, *one;
	bool found = false;

	if (a->family == 4 && a->bytes[0] == 127)
		return true;
	if (getifaddrs(&all))
		return false;
	for (one = all; one && !found; one = one->ifa_next)
		found = one->ifa_addr && same(one->ifa_addr, a) &&
			(!dev || if_nametoindex(one->ifa_name) == dev);
	freeifaddrs(all);
	return found;
}

/* Writes an address of another host's reach to @buf (INET6_ADDRSTRLEN). Returns false if it is
 * none. */
static bool format(const struct ifaddrs *one, char *buf)
{
	const struct sockaddr *sa = one->ifa_addr;
	const struct sockaddr_in *in = (const struct sockaddr_in *)sa;
	const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)sa;

	if (!sa || one->ifa_flags & IFF_LOOPBACK)
		return false;
	if (sa->sa_family == AF_INET)
		return inet_ntop(AF_INET, &in->sin_addr, buf, INET6_ADDRSTRLEN);
	return sa->sa_family == AF_INET6 && !IN6_IS_ADDR_LINKLOCAL(&in6->sin6_addr) &&
	       inet_ntop(AF_INET6, &in6->sin6_addr, buf, INET6_ADDRSTRLEN);
}

void own_list(char *buf, size_t len)
{
	char addr[INET6_ADDRSTRLEN];
	struct ifaddrs *all, *one;
	size_t at = 0;

	buf[0] = '\0';
	if (getifaddrs(&all))
		return;
	for (one = all; one; one = one->ifa_next) {
		if (!format(one, addr))
			continue;
		if (at + strlen(addr) + sizeof(", , ...") > len) {
			snprintf(buf + at, len - at, ", ...");
			break;
		}
		at += (size_t)snprintf(buf + at, len - at, "%s%s", at ? ", " : "", addr);
	}
	freeifaddrs(all);
}

bool own_tentative(const struct bully_addr *a)
{
	FILE *f = a->family == 6 ? fopen("/proc/self/net/if_inet6", "re") : NULL;
	char want[33], have[33];
	bool found = false;
	unsigned int flags;
	size_t i;

	if (!f)
		return false;
	for (i = 0; i < 16; i++)
		snprintf(want + 2 * i, 3, "%02x", a->bytes[i]);
	while (!found && fscanf(f, "%32s %*x %*x %*x %x %*s", have, &flags) == 2)
		found = !strcmp(have, want) && flags & TENTATIVE;
	fclose(f);
	return found;
}
