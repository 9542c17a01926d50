// SPDX-License-Identifier: GPL-2.0-only
/* seed.c - writes the first inputs of the fuzzers: seed wire|core|group DIR */
#include <stdio.h>
#include <stdlib.h>

#include "wire.h"

static u64 x = 88172645463325252ULL;

static u32 rnd(void)
{
	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	return (u32)(x >> 16);
}

static void put(const char *dir, u32 n, const u8 *data, size_t len)
{
	char path[4096];
	FILE *out;

	snprintf(path, sizeof(path), "%s/seed-%03u", dir, n);
	out = fopen(path, "w");
	if (!out || fwrite(data, 1, len, out) != len || fclose(out)) {
		perror(path);
		exit(1);
	}
}

/* Writes a good message of each type, and one with a tag. */
static void wire(const char *dir)
{
	u8 buf[BULLY_WIRE_LEN];
	u32 type;

	for (type = BULLY_MSG_ELECTION; type < __BULLY_MSG_MAX; type++) {
		struct bully_msg m = {
			.type = (u8)type, .group = "fuzz", .from = 1, .to = 2, .from_session = 3,
			.to_session = 4, .seq = 5, .heartbeat_us = 1000, .misses = 2,
		};

		bully_wire_encode(&m, buf);
		put(dir, type * 2, buf, sizeof(buf));
		m.key_id = type;
		m.tag[3] = 1;
		m.priority = 255;
		m.leader_priority = type;
		m.position.term = 1;
		m.epoch = BULLY_EPOCH_MAX;
		m.state = BULLY_STATE_LEADER;
		m.role = BULLY_ROLE_OBSERVER;
		m.flags = BULLY_F_MASK;
		bully_wire_encode(&m, buf);
		put(dir, type * 2 + 1, buf, sizeof(buf));
	}
}

/*
 * Writes random commands. The first ones give the rest an effect: all peers answer the first
 * HELLO (core.c: operation 11, then peer, oddity, type, flags, echo of the newest HELLO,
 * epoch, state, ages).
 */
static void core(const char *dir)
{
	u8 buf[600];
	u32 n, i, at;

	for (n = 0; n < 48; n++) {
		at = 0;
		buf[at++] = (u8)n;
		buf[at++] = (n >> 3 & 1) | (n & 2);	/* mode and election */
		buf[at++] = n >> 4 & 1;
		buf[at++] = n >> 5 & 1;
		buf[at++] = (u8)n;
		buf[at++] = n > 40 ? 0x12 : 0;
		for (i = 0; i < 5; i++) {
			static const u8 answer[] = { 11, 0, 0, 9, 4, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 };

			memcpy(buf + at, answer, sizeof(answer));
			buf[at + 1] = (u8)i;
			at += sizeof(answer);
		}
		while (at < sizeof(buf) - n * 8)
			buf[at++] = (u8)rnd();
		put(dir, n, buf, at);
	}
}

/* Writes inputs with all parts: number of nodes, election, settings, graph of links, faults. */
static void group(const char *dir)
{
	u8 buf[200];
	u32 n, i;

	for (n = 0; n < 48; n++) {
		for (i = 0; i < sizeof(buf); i++)
			buf[i] = (u8)rnd();
		put(dir, n, buf, 20 + n * 3);
	}
}

int main(int argc, char **argv)
{
	if (argc != 3)
		return 2;
	if (!strcmp(argv[1], "wire"))
		wire(argv[2]);
	else if (!strcmp(argv[1], "group"))
		group(argv[2]);
	else
		core(argv[2]);
	return 0;
}
