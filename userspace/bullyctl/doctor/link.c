// SPDX-License-Identifier: GPL-2.0-only
/* Checks a group's link: its address, its port, and other programs that have the port. */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "doctor/doctor.h"
#include "host/own.h"
#include "process/capture.h"
#include "values/values.h"

#define WHO_LEN 64

/* Returns 1 if a UDP socket of the namespace has this port, 0 if none has, -1 if unknown. */
static int port_bound(unsigned int port)
{
	static const char *const files[] = {"/proc/self/net/udp", "/proc/self/net/udp6"};
	bool any = false;
	char line[256];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(files); i++) {
		FILE *f = fopen(files[i], "re");
		unsigned int local;

		if (!f)
			continue;
		any = true;
		while (fgets(line, sizeof(line), f))
			if (sscanf(line, "%*u: %*[0-9A-Fa-f]:%x", &local) == 1 && local == port) {
				fclose(f);
				return 1;
			}
		fclose(f);
	}
	return any ? 0 : -1;
}

/* Returns true if a socket at @at (as ss prints it) blocks the address of this group. */
static bool in_the_way(const struct bully_group *g, const char *at)
{
	char ip[INET6_ADDRSTRLEN];

	if (!bully_group_local(g)->family || at[0] == '*' || !strncmp(at, "0.0.0.0", 7) ||
	    !strncmp(at, "[::]", 4))
		return true;
	inet_ntop(bully_group_local(g)->family == 4 ? AF_INET : AF_INET6,
		  bully_group_local(g)->bytes, ip, sizeof(ip));
	return strstr(at, ip) != NULL;
}

/* Writes the program that has the port, or an empty string: ss names it to root only. */
static void who_has(const struct bully_group *g, unsigned int port, char *who)
{
	char filter[32], out[4096], name[32], at[96], *line, *rest, *users;
	char *command[] = {"ss", "-Hanup", filter, NULL};
	int pid;

	who[0] = '\0';
	snprintf(filter, sizeof(filter), "sport = :%u", port);
	if (capture(command, out, sizeof(out)))
		return;
	for (line = strtok_r(out, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		users = strstr(line, "users:((");
		if (!users || sscanf(line, "%*s %*s %*s %95s", at) != 1 || !in_the_way(g, at))
			continue;
		if (sscanf(users, "users:((\"%31[^\"]\",pid=%d", name, &pid) != 2)
			continue;
		snprintf(who, WHO_LEN, "%s (pid %d)", name, pid);
		return;
	}
}

static void taken(struct doctor *d, const struct bully_group *g, unsigned int port)
{
	char help[SENTENCE_LEN], who[WHO_LEN];

	who_has(g, port, who);
	if (who[0]) {
		doctor_find(d, FINDING_FAIL,
			    "stop that program, or give the group another port on all nodes",
			    "port %u is taken by another program: %s", port, who);
		return;
	}
	snprintf(help, sizeof(help),
		 "as root: ss -anup 'sport = :%u'; stop that program, or give the group another "
		 "port on all nodes",
		 port);
	doctor_find(d, FINDING_FAIL, help, "port %u is taken by another socket", port);
}

static void no_address(struct doctor *d, const struct bully_group *g, unsigned int port)
{
	char local[ADDR_STRLEN];

	format_local(g, local);
	if ((!bully_group_local(g)->family ||
	     (own_addr(bully_group_local(g), 0) && !own_tentative(bully_group_local(g)))) &&
	    port_bound(port) > 0)
		taken(d, g, port);
	else
		doctor_find(d, FINDING_FAIL, "ip addr",
			    "the address %s of this node (local) is absent, tentative or taken",
			    local[0] ? local : "(any)");
}

void doctor_link(struct doctor *d, const struct bully_group *g)
{
	unsigned int port =
		bully_group_local(g)->port ? bully_group_local(g)->port : BULLY_DEFAULT_PORT;
	char local[ADDR_STRLEN];

	d->check = "link";
	format_local(g, local);
	switch (GROUP(g, LINK)) {
	case BULLY_LINK_UP:
		break;
	case BULLY_LINK_NO_PEERS:
		doctor_find(d, FINDING_FAIL, "%s peer add NAME id ID addr ADDR",
			    GROUP(g, UNLISTED)
				    ? "no peer is configured, so there is no voter to ask"
				    : "no peer is configured, so there is no election");
		return;
	case BULLY_LINK_NO_ADDRESS:
		no_address(d, g, port);
		return;
	case BULLY_LINK_NO_DEVICE:
		doctor_find(d, FINDING_FAIL, "ip link",
			    "interface %s does not exist; the group waits for an interface of this "
			    "name",
			    bully_group_dev(g)[0] ? bully_group_dev(g)
						  : bully_group_local(g)->scope_name);
		return;
	case BULLY_LINK_NO_CARRIER:
		doctor_find(d, FINDING_FAIL, "ip link", "no link with a carrier leads to any peer");
		return;
	}
	if (!port_bound(port))
		doctor_find(d, FINDING_FAIL, "ss -lun",
			    "no UDP socket has port %u, at which this group must listen", port);
	else
		doctor_find(d, FINDING_OK, NULL, "up, and listening at %s, port %u",
			    local[0] ? local : "any address", port);
}
