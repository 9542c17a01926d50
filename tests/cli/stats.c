// SPDX-License-Identifier: GPL-2.0-only
/*
 * Prints `bullyctl stats db` by the code of bullyctl, for the sample in bullyctl(8): host 1 of
 * three in quorum mode, 30 s after the start of all and 10 s after the leader, host 3, lost its
 * power. The simulator counted the messages (heartbeat 200 ms, misses 5); the lateness of the
 * timer is made up.
 */
#include <stdio.h>

#include "base/ctl.h"
#include "object.h"
#include "view/view.h"

#define MSG(name, n)	[BULLY_MSG_##name] = (n)

static struct bully_peer_stats peers[] = {
	{.id = 2,
	 .tx = {MSG(ELECTION, 1), MSG(COORDINATOR_ACK, 2), MSG(HEARTBEAT, 46), MSG(HELLO, 5),
		MSG(HELLO_ACK, 5)},
	 .rx = {MSG(OK, 1), MSG(COORDINATOR, 2), MSG(HEARTBEAT_ACK, 46), MSG(HELLO, 5),
		MSG(HELLO_ACK, 5)},
	 .sessions = 1},
	{.id = 3,
	 .tx = {MSG(ELECTION, 1), MSG(COORDINATOR_ACK, 2), MSG(HEARTBEAT, 111), MSG(REFUSE, 1),
		MSG(HELLO, 5), MSG(HELLO_ACK, 4)},
	 .rx = {MSG(OK, 1), MSG(COORDINATOR, 3), MSG(HEARTBEAT_ACK, 94), MSG(HELLO, 4),
		MSG(HELLO_ACK, 5)},
	 .sessions = 1,
	 .downs = 1},
};
static struct bully_group_stats group = {
	.name = "db",
	.num = {[BULLY_A_STATS_LEADER_CHANGES] = 2, [BULLY_A_STATS_LATE_MAX] = 96300},
	.tx = {MSG(ELECTION, 2), MSG(COORDINATOR_ACK, 4), MSG(HEARTBEAT, 157), MSG(REFUSE, 1),
	       MSG(HELLO, 10), MSG(HELLO_ACK, 9)},
	.rx = {MSG(OK, 2), MSG(COORDINATOR, 5), MSG(HEARTBEAT_ACK, 140), MSG(HELLO, 9),
	       MSG(HELLO_ACK, 10)},
	.elections = {[BULLY_REASON_START] = 1},
	.late_bucket = {[4] = 71, [5] = 102, [6] = 18, [7] = 2},
	.late_buckets = 24,
	.peers = peers,
	.peers_len = 2,
};
static struct bully_stats stats = {.has_net = true, .sockets = 1, .groups = &group, .groups_len = 1};

int __wrap_bully_stats_get(struct bully *b, const char *name, struct bully_stats **s);
void __wrap_bully_stats_free(struct bully_stats *s);

int __wrap_bully_stats_get(struct bully *b, const char *name, struct bully_stats **s)
{
	(void)b;
	(void)name;
	*s = &stats;
	return 0;
}

void __wrap_bully_stats_free(struct bully_stats *s)
{
	(void)s;
}

int main(void)
{
	char *words[] = {"db", NULL};
	struct ctl ctl = {0};

	return cmd_stats(&ctl, 1, words);
}
