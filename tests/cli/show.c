// SPDX-License-Identifier: GPL-2.0-only
/*
 * Prints what bullyctl shows of a made-up group: show voter|observer [json]. The voter answers
 * unlisted observers; the observer is one.
 */
#include <string.h>

#include "object.h"
#include "view/view.h"

#define S 1000000000ull

static struct bully_peer peers[] = {
	{.set = BULLY_BIT(BULLY_A_PEER_ID) | BULLY_BIT(BULLY_A_PEER_VOTE),
	 .num = {[BULLY_A_PEER_ID] = 2, [BULLY_A_PEER_VOTE] = BULLY_VOTE_FULL},
	 .addr = {.family = 4, .port = 28559, .bytes = {10, 0, 0, 2}}},
	{.set = BULLY_BIT(BULLY_A_PEER_ID) | BULLY_BIT(BULLY_A_PEER_RTT) |
		BULLY_BIT(BULLY_A_PEER_LAST_SEEN) | BULLY_BIT(BULLY_A_PEER_VOTE),
	 .num = {[BULLY_A_PEER_ID] = 3,
		 [BULLY_A_PEER_STATE] = BULLY_PEER_STATE_UP,
		 [BULLY_A_PEER_RTT] = S / 1000,
		 [BULLY_A_PEER_LAST_SEEN] = 1000 * S - S / 5},
	 .addr = {.family = 4, .port = 28559, .bytes = {10, 0, 0, 3}}},
};
static struct bully_group group = {
	.name = "db",
	.set = BULLY_BIT(BULLY_A_GROUP_LEADER) | BULLY_BIT(BULLY_A_GROUP_MAJORITY),
	.num = {[BULLY_A_GROUP_ID] = 1,
		[BULLY_A_GROUP_LEADER] = 3,
		[BULLY_A_GROUP_STATE] = BULLY_STATE_FOLLOWER,
		[BULLY_A_GROUP_EPOCH] = 7,
		[BULLY_A_GROUP_QUORUM] = BULLY_QUORUM_MAJORITY,
		[BULLY_A_GROUP_HEARTBEAT] = S,
		[BULLY_A_GROUP_MISSES] = 3,
		[BULLY_A_GROUP_LEASE] = 3 * S,
		[BULLY_A_GROUP_MAJORITY] = 2,
		[BULLY_A_GROUP_REASON] = BULLY_REASON_START,
		[BULLY_A_GROUP_CANDIDATE] = BULLY_CANDIDATE_ON,
		[BULLY_A_GROUP_PREEMPT] = 1,
		[BULLY_A_GROUP_HOLDDOWN] = 1,
		[BULLY_A_GROUP_TIME] = 1000 * S},
	.peers = peers,
	.peers_len = 2,
};
static struct bully_group *groups[] = {&group};

int __wrap_bully_groups_get(struct bully *b, const char *name, struct bully_group ***g,
			    size_t *len);
void __wrap_bully_groups_free(struct bully_group **g, size_t len);

int __wrap_bully_groups_get(struct bully *b, const char *name, struct bully_group ***g, size_t *len)
{
	(void)b;
	(void)name;
	*g = groups;
	*len = 1;
	return 0;
}

void __wrap_bully_groups_free(struct bully_group **g, size_t len)
{
	(void)g;
	(void)len;
}

static void put(unsigned int attr, uint64_t v)
{
	group.num[attr] = v;
	group.set |= BULLY_BIT(attr);
}

int main(int argc, char **argv)
{
	struct ctl ctl = {.json = argc > 2};
	char *words[] = {"db", NULL};

	if (argc > 1 && !strcmp(argv[1], "voter")) {
		put(BULLY_A_GROUP_OBSERVERS, 2000);
		put(BULLY_A_GROUP_OBSERVERS_NOW, 312);
	} else {
		put(BULLY_A_GROUP_ID, 100);
		put(BULLY_A_GROUP_ROLE, BULLY_ROLE_OBSERVER);
		put(BULLY_A_GROUP_UNLISTED, 1);
		put(BULLY_A_GROUP_ASKED, 3);
	}
	return cmd_show(&ctl, 1, words);
}
