// SPDX-License-Identifier: GPL-2.0-only
/* Prints the findings of doctor for a made-up group: doctor CASE. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/text.h"
#include "doctor/doctor.h"
#include "object.h"

#define S 1000000000ull
#define YEAR_2000_US 946684800000000ull

static struct bully_peer peer = {
	.set = BULLY_BIT(BULLY_A_PEER_ID),
	.num = {[BULLY_A_PEER_ID] = 2},
	.addr = {.family = 4, .port = 28559, .bytes = {203, 0, 113, 2}},
};
static struct bully_group g = {
	.name = "g",
	.set = BULLY_BIT(BULLY_A_GROUP_LEADER),
	.num = {[BULLY_A_GROUP_ID] = 1,
		[BULLY_A_GROUP_LEADER] = 1,
		[BULLY_A_GROUP_STATE] = BULLY_STATE_LEADER,
		[BULLY_A_GROUP_HEARTBEAT] = S / 10,
		[BULLY_A_GROUP_MISSES] = 3,
		[BULLY_A_GROUP_TIME] = 1000 * S},
	.local = {.port = 28559},
	.peers = &peer,
	.peers_len = 1,
};
static struct bully_group_stats stats = {.name = "g"};
static struct ctl ctl;
static struct doctor d = {.ctl = &ctl, .group = &g, .prefix = "bullyctl"};

static void own_id(uint64_t ago_s)
{
	stats.drops[BULLY_DROP_OWN_ID] = 7;
	stats.own_id_from = (struct bully_addr){.family = 4, .port = 28559, .bytes = {203, 0, 113, 9}};
	stats.num[BULLY_A_STATS_OWN_ID_TIME] = g.num[BULLY_A_GROUP_TIME] - ago_s * S;
	doctor_own_id(&d, &g, &stats);
}

/* Opens a port of the kernel's choice in this process, and returns it. */
static unsigned int take_port(void)
{
	struct sockaddr_in in = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
	socklen_t len = sizeof(in);
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&in, sizeof(in)) ||
	    getsockname(fd, (struct sockaddr *)&in, &len))
		return 0;
	return ntohs(in.sin_port);
}

static void link_of(const char *ip, unsigned int port)
{
	g.num[BULLY_A_GROUP_LINK] = BULLY_LINK_NO_ADDRESS;
	g.local.family = 4;
	g.local.port = (uint16_t)port;
	inet_pton(AF_INET, ip, g.local.bytes);
	doctor_link(&d, &g);
}

static void epoch_of(uint64_t us, enum bully_quorum quorum, uint32_t leader)
{
	g.num[BULLY_A_GROUP_EPOCH] = us;
	g.num[BULLY_A_GROUP_QUORUM] = quorum;
	g.num[BULLY_A_GROUP_LEADER] = leader;
	doctor_group(&d, &g);
}

/* A group with an owner that is ok and has a weight. */
static void weight_of(enum bully_election election)
{
	g.num[BULLY_A_GROUP_QUORUM] = BULLY_QUORUM_MAJORITY;
	g.num[BULLY_A_GROUP_ELECTION] = election;
	g.num[BULLY_A_GROUP_CANDIDATE] = BULLY_CANDIDATE_ON;
	g.owners_len = 1;
	snprintf(g.owners[0].name, sizeof(g.owners[0].name), "check-web");
	g.owners[0].num[BULLY_A_OWNER_STATE] = BULLY_OWNER_STATE_OK;
	g.owners[0].num[BULLY_A_OWNER_WEIGHT] = 20;
	doctor_group(&d, &g);
}

static void guard_of(const char *ip, bool leads)
{
	struct bully_addr addr = {.family = 4};

	inet_pton(AF_INET, ip, addr.bytes);
	bully_group_add_guard(&g, &addr);
	if (!leads)
		g.num[BULLY_A_GROUP_STATE] = BULLY_STATE_FOLLOWER;
	doctor_guard(&d, &g);
}

static void places(unsigned int now)
{
	g.num[BULLY_A_GROUP_QUORUM] = BULLY_QUORUM_MAJORITY;
	g.num[BULLY_A_GROUP_OBSERVERS] = 2000;
	g.num[BULLY_A_GROUP_OBSERVERS_NOW] = now;
	g.set |= BULLY_BIT(BULLY_A_GROUP_OBSERVERS_NOW);
	doctor_places(&d, &g);
}

/* An unlisted observer, which asks its only peer. */
static void unlisted(enum bully_peer_state state, uint32_t leader)
{
	g.num[BULLY_A_GROUP_QUORUM] = BULLY_QUORUM_MAJORITY;
	g.num[BULLY_A_GROUP_ROLE] = BULLY_ROLE_OBSERVER;
	g.num[BULLY_A_GROUP_UNLISTED] = 1;
	g.num[BULLY_A_GROUP_STATE] = leader ? BULLY_STATE_FOLLOWER : BULLY_STATE_WAITING;
	g.num[BULLY_A_GROUP_LEADER] = leader;
	g.num[BULLY_A_GROUP_ASKED] = 2;
	g.set = (leader ? BULLY_BIT(BULLY_A_GROUP_LEADER) : 0) | BULLY_BIT(BULLY_A_GROUP_ASKED);
	peer.num[BULLY_A_PEER_STATE] = state;
	stats.drops[BULLY_DROP_OWN_ID] = 7;
	doctor_group(&d, &g);
	doctor_peers(&d, &g, &stats);
	doctor_counters(&d, &g, &stats);
}

/* Linked in place of module_is_for_host(): the test itself may run in a container. */
bool __wrap_module_is_for_host(void);
bool __wrap_module_is_for_host(void)
{
	return false;
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	if (!strcmp(what, "nobody-else")) {
		doctor_own_id(&d, &g, &stats);
	} else if (!strcmp(what, "another-host")) {
		own_id(1);
	} else if (!strcmp(what, "once-another-host")) {
		own_id(900);
	} else if (!strcmp(what, "comes-back")) {
		stats.drops[BULLY_DROP_OWN_ID] = 7;
		doctor_own_id(&d, &g, &stats);
	} else if (!strcmp(what, "own-peer")) {
		inet_pton(AF_INET, "127.0.0.1", peer.addr.bytes);
		doctor_peers(&d, &g, &stats);
	} else if (!strcmp(what, "own-peer-port")) {
		inet_pton(AF_INET, "127.0.0.1", peer.addr.bytes);
		peer.addr.port = 28560;
		doctor_peers(&d, &g, &stats);
	} else if (!strcmp(what, "silent-peer")) {
		doctor_peers(&d, &g, &stats);
	} else if (!strcmp(what, "taken")) {
		unsigned int port = take_port();

		printf("%u %d\n", port, getpid());
		link_of("127.0.0.1", port);
	} else if (!strcmp(what, "not-here")) {
		link_of("203.0.113.1", 28559);
	} else if (!strcmp(what, "guard-left") || !strcmp(what, "guard-led")) {
		/* each address of 127.0.0.0/8 is on this host */
		guard_of("127.0.0.2", !strcmp(what, "guard-led"));
	} else if (!strcmp(what, "guard-missing") || !strcmp(what, "guard-away")) {
		guard_of("203.0.113.1", !strcmp(what, "guard-missing"));
	} else if (!strcmp(what, "absent")) {
		d.group = NULL;
		d.check = "module";
		doctor_absent(&d);
	} else if (!strcmp(what, "raft-weight")) {
		weight_of(BULLY_ELECTION_RAFT);
	} else if (!strcmp(what, "bully-weight")) {
		weight_of(BULLY_ELECTION_BULLY);
	} else if (!strcmp(what, "other-voters")) {
		g.num[BULLY_A_GROUP_QUORUM] = BULLY_QUORUM_MAJORITY;
		peer.num[BULLY_A_PEER_STATE] = BULLY_PEER_STATE_UP;
		peer.num[BULLY_A_PEER_VOTERS_DIFFER] = 1;
		doctor_peers(&d, &g, &stats);
	} else if (!strcmp(what, "epoch-early")) {
		epoch_of(5000000, BULLY_QUORUM_MAJORITY, 1);
	} else if (!strcmp(what, "epoch-early-classic")) {
		epoch_of(YEAR_2000_US, BULLY_QUORUM_OFF, 3);
	} else if (!strcmp(what, "epoch-now")) {
		epoch_of(clock_ns(CLOCK_REALTIME) / 1000, BULLY_QUORUM_MAJORITY, 1);
	} else if (!strcmp(what, "places-left") || !strcmp(what, "places-taken")) {
		places(!strcmp(what, "places-left") ? 312 : 2000);
	} else if (!strcmp(what, "unlisted-asks")) {
		unlisted(BULLY_PEER_STATE_UP, 2);
	} else if (!strcmp(what, "unlisted-alone")) {
		unlisted(BULLY_PEER_STATE_DOWN, 0);
	} else if (!strcmp(what, "unlisted-untold")) {
		unlisted(BULLY_PEER_STATE_UP, 0);
	} else if (!strcmp(what, "unlisted-not-asked")) {
		unlisted(BULLY_PEER_STATE_UNKNOWN, 3);
	} else if (!strcmp(what, "unlisted-full")) {
		peer.num[BULLY_A_PEER_VOTE] = BULLY_VOTE_FULL;
		peer.num[BULLY_A_PEER_MISMATCH] = 1;
		unlisted(BULLY_PEER_STATE_UP, 2);
	} else if (!strcmp(what, "unlisted-wrong-peer")) {
		peer.num[BULLY_A_PEER_ROLE] = BULLY_ROLE_OBSERVER;
		peer.num[BULLY_A_PEER_VOTERS_DIFFER] = 1;
		unlisted(BULLY_PEER_STATE_UP, 2);
	} else {
		return 1;
	}
	return d.worst == FINDING_FAIL ? 3 : 0;
}
