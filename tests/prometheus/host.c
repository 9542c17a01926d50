// SPDX-License-Identifier: GPL-2.0-only
/*
 * Prints the metrics of a made-up host, by the code of bullyctl: node 3 leads three nodes in quorum
 * mode. All numbers are known, so that each metric has at least one sample. With an argument,
 * counters are that many times as high.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/module.h"
#include "metrics/metrics.h"
#include "object.h"

#define S 1000000000ull

static struct bully_peer peers[] = {
	{.num = {[BULLY_A_PEER_ID] = 1,
		 [BULLY_A_PEER_STATE] = BULLY_PEER_STATE_UP,
		 [BULLY_A_PEER_POSITION_TERM] = 3,
		 [BULLY_A_PEER_POSITION_INDEX] = 23803000}},
	{.num = {[BULLY_A_PEER_ID] = 2, [BULLY_A_PEER_STATE] = BULLY_PEER_STATE_DOWN}},
};
static struct bully_group group = {
	.name = "db",
	.num = {[BULLY_A_GROUP_ID] = 3,
		[BULLY_A_GROUP_LEADER] = 3,
		[BULLY_A_GROUP_STATE] = BULLY_STATE_LEADER,
		[BULLY_A_GROUP_QUORUM] = BULLY_QUORUM_MAJORITY,
		[BULLY_A_GROUP_AUTH] = BULLY_AUTH_ENFORCE,
		[BULLY_A_GROUP_CANDIDATE] = BULLY_CANDIDATE_ON,
		[BULLY_A_GROUP_EPOCH] = 1764497640123456,
		[BULLY_A_GROUP_HEARTBEAT] = S / 10,
		[BULLY_A_GROUP_MISSES] = 3,
		[BULLY_A_GROUP_MAJORITY] = 2,
		[BULLY_A_GROUP_GRANTS] = 2,
		[BULLY_A_GROUP_LEASE_REMAINING] = S / 4,
		[BULLY_A_GROUP_POSITION_TERM] = 3,
		[BULLY_A_GROUP_POSITION_INDEX] = 23803720,
		[BULLY_A_GROUP_TIME] = 1000 * S},
	.key_ids = {2, 1},
	.key_ids_len = 2,
	.peers = peers,
	.peers_len = 2,
	.owners = {{.name = "check-web",
		    .num = {[BULLY_A_OWNER_STATE] = BULLY_OWNER_STATE_OK,
			    [BULLY_A_OWNER_WEIGHT] = 20}}},
	.owners_len = 1,
};
static struct bully_peer_stats peer_stats[] = {{.id = 1}, {.id = 2}};
static struct bully_group_stats group_stats = {
	.name = "db", .late_buckets = 20, .peers = peer_stats, .peers_len = 2};
static struct bully_stats stats = {
	.has_net = true, .sockets = 1, .groups = &group_stats, .groups_len = 1};
static struct bully_group *groups[] = {&group};

bool __wrap_module_absent(void);
void __wrap_module_version(char *buf, size_t len);
int __wrap_snapshot_take(struct bully *b, const char *name, struct snapshot *s);
void __wrap_snapshot_free(struct snapshot *s);

bool __wrap_module_absent(void)
{
	return false;
}

void __wrap_module_version(char *buf, size_t len)
{
	snprintf(buf, len, "0.1");
}

int __wrap_snapshot_take(struct bully *b, const char *name, struct snapshot *s)
{
	(void)b;
	(void)name;
	*s = (struct snapshot){.groups = groups, .len = 1, .stats = &stats};
	return 0;
}

void __wrap_snapshot_free(struct snapshot *s)
{
	(void)s;
}

static void count(uint64_t *counters, size_t len, uint64_t by)
{
	size_t i;

	for (i = 0; i < len; i++)
		counters[i] = by * (i + 1);
}

int main(int argc, char **argv)
{
	uint64_t by = argc > 1 ? strtoull(argv[1], NULL, 10) : 1;
	struct ctl ctl = {0};
	char *none[] = {NULL};
	size_t i;

	group.set = UINT64_MAX;
	for (i = 0; i < ARRAY_SIZE(peers); i++) {
		peers[i].set = UINT64_MAX;
		peers[i].num[BULLY_A_PEER_LAST_SEEN] = 999 * S;
		peers[i].addr = (struct bully_addr){
			.family = 4, .port = 28559, .bytes = {192, 0, 2, (uint8_t)(i + 1)}};
		count(peer_stats[i].tx, ARRAY_SIZE(peer_stats[i].tx), by);
		count(peer_stats[i].rx, ARRAY_SIZE(peer_stats[i].rx), by);
		count(peer_stats[i].drops, ARRAY_SIZE(peer_stats[i].drops), by);
	}
	count(group_stats.num, ARRAY_SIZE(group_stats.num), by);
	count(group_stats.tx, ARRAY_SIZE(group_stats.tx), by);
	count(group_stats.rx, ARRAY_SIZE(group_stats.rx), by);
	count(group_stats.drops, ARRAY_SIZE(group_stats.drops), by);
	count(group_stats.elections, ARRAY_SIZE(group_stats.elections), by);
	count(group_stats.late_bucket, group_stats.late_buckets, by);
	count(stats.drops, ARRAY_SIZE(stats.drops), by);
	return cmd_metrics(&ctl, 0, none);
}
