// SPDX-License-Identifier: GPL-2.0-only
/* core.c - fuzzes the core: bytes become packets, timers and commands; invariants are checked */
#include <stdlib.h>

#include "world.h"

#define PEERS	5

/* The rest of the input. */
struct input {
	const u8 *at;
	const u8 *end;
};

static u64 session[PEERS + 1];
static u64 seq;
static u8 mute;			/* peers whose packets do not arrive; others report them */

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

static u8 byte(struct input *in)
{
	return in->at < in->end ? *in->at++ : 0;
}

static u32 word(struct input *in)
{
	u32 v = byte(in);

	return v << 8 | byte(in);
}

/* Returns a time in steps that matter: parts of a heartbeat, some heartbeats, hours. */
static u64 span(struct input *in)
{
	static const u64 unit[] = { US, MS / 4, MS, 25 * MS, 100 * MS, 300 * MS, SEC, 3600 * SEC };
	u8 b = byte(in);

	return unit[b & 7] * (b >> 3);
}

static u64 echo(struct input *in, const struct node *n, const struct bully_peer *p)
{
	const struct bully_core *c = n->core;
	u8 b = byte(in);

	switch (b & 7) {
	case 0:
		return 0;
	case 1:
		return p ? p->outbox.hello_seq : 1;
	case 2:
		return p ? p->outbox.ask_seq : 1;
	case 3:
		return c->probe.sent[(c->probe.head - 1 - (b >> 3)) % BULLY_PROBES].seq;
	default:
		return c->outbox.seq - (b >> 3);
	}
}

static u64 epoch(struct input *in, const struct bully_core *c)
{
	u8 b = byte(in);

	switch (b & 3) {
	case 0:
		return 0;
	case 1:
		return c->epoch + (b >> 2) - 8 < BULLY_EPOCH_MAX ? c->epoch + (b >> 2) - 8 : 1;
	case 2:
		return c->epochs.highest + (b >> 2);
	default:
		return WORLD_WALL + (u64)b * 1000;
	}
}

/* Sends a message that passes the first checks in most cases. */
static void packet(struct world *w, struct node *n, struct input *in)
{
	struct bully_core *c = n->core;
	u32 from = 1 + byte(in) % PEERS;
	struct bully_peer *p = bully_core_find(c, w->node[from]->id);
	struct packet pkt = { .src = from };
	struct bully_msg m = { 0 };
	u32 odd = byte(in);

	if (odd & 128)
		pkt.src = 1 + from % PEERS;	/* from another address than the sender's (S9) */
	m.type = 1 + byte(in) % 10;
	m.flags = byte(in) & (odd & 1 ? BULLY_F_MASK : BULLY_F_STANDS | BULLY_F_ALIVE);
	memcpy(m.group, w->group, BULLY_NAME_LEN);
	m.from = w->node[from]->id;
	m.to = odd & 2 ? byte(in) + 1 : c->id;
	m.from_session = session[from];
	m.to_session = odd & 4 ? byte(in) + 1 : c->session;
	m.seq = odd & 8 ? byte(in) + 1 : ++seq;
	m.echo = echo(in, n, p);
	m.epoch = epoch(in, c);
	m.reported = odd & 16 ? epoch(in, c) : m.epoch;
	m.state = byte(in) % 5;
	m.leader = m.state == BULLY_STATE_LEADER ? m.from :
		   odd & 32 ? w->node[byte(in) % (PEERS + 1)]->id : 0;
	m.leader_age_us = word(in) * 16;
	m.members = odd & 64 ? byte(in) & 1 : c->set.members;
	m.members_prev = odd & 64 ? c->set.members : 0;
	m.lease_ms = (u32)((c->opts.lease_ns + MS - 1) / MS);
	m.refusal = byte(in) % __BULLY_VOTE_MAX;
	if (m.refusal == BULLY_VOTE_GRANTED)	/* W2: never decoded */
		m.refusal = BULLY_VOTE_NONE;
	m.remain_us = odd & 1 ? word(in) << 16 : word(in) * 16;
	m.roster = odd & 64 ? 1 : c->set.roster;
	m.heartbeat_us = (u32)(c->opts.heartbeat_ns / 1000);
	m.misses = (u16)c->opts.misses;
	m.alive[0] = byte(in);
	m.alive_age_us = word(in) * 4;
	odd = byte(in) << 8 | odd;
	if (odd & 256)			/* of the other mode, or with another lease */
		m.lease_ms = odd & 512 ? 1 + word(in) : m.lease_ms ? 0 : 300;
	if (odd & 1024)
		m.heartbeat_us = 1000 + word(in) * 64;
	if (odd & 2048)
		m.misses = (u16)(2 + byte(in) % 99);
	if (odd & 4096)
		m.priority = byte(in) & 3;
	if (odd & 8192)
		m.leader_priority = byte(in) & 3;
	if (odd & 16384) {		/* F4 */
		m.position.term = byte(in) & 3;
		m.position.index = byte(in) & 3;
	}
	if (odd & 32768)		/* F3 */
		m.leader = 0;
	if (m.flags & BULLY_F_UNLISTED && odd & 64) {	/* O4 */
		m.from = 100;
		m.role = BULLY_ROLE_OBSERVER;
		m.type = odd & 1024 ? BULLY_MSG_RESIGN : BULLY_MSG_HELLO;
	}
	if (mute >> from & 1)
		return;
	if (m.epoch > BULLY_EPOCH_MAX || m.reported > BULLY_EPOCH_MAX)
		return;
	bully_wire_encode(&m, pkt.buf);
	node_receive(w, n, &pkt);
	if (odd & 128)
		node_receive(w, n, &pkt);
}

/* Gives the node another number of places (O4). */
static void places(struct bully_core *c, u32 n)
{
	static u64 memory[64];

	if (bully_core_places_size(n) > sizeof(memory))
		abort();
	if (n)
		bully_core_places_init(memory, n);
	bully_core_lend_places(c, n ? memory : NULL, n, 7);
}

static void options(struct world *w, struct node *n, struct input *in)
{
	struct bully_opts opts = n->opts;
	u8 b = byte(in);

	opts.preempt = b & 1;
	opts.candidate = b & 6;
	opts.role = (b >> 3) % 3;
	opts.heartbeat_ns = b & 32 ? 100 * MS : 10 * MS;
	opts.misses = b & 64 ? 3 : 2 + byte(in) % 99;
	opts.look_ns = b & 128 ? 0 : opts.heartbeat_ns / 8;
	opts.quorum = byte(in) & 3 ? n->opts.quorum : BULLY_QUORUM_MAJORITY - n->opts.quorum;
	opts.election = byte(in) & 7 ? n->opts.election : BULLY_ELECTION_RAFT - n->opts.election;
	opts.lease_ns = opts.quorum ? (3 + (b >> 6)) * opts.heartbeat_ns : 0;
	opts.voters = b & 16 ? 1 + b % 5 : 0;
	opts.preempt_delay_ns = span(in) % (86400ULL * SEC);
	b = byte(in);
	opts.holddown = b & 1;
	opts.holddown_free = b >> 1 & 3;
	opts.holddown_delay_ns = b & 8 ? BULLY_HOLDDOWN_DELAY_NS : span(in) % (86400ULL * SEC);
	opts.holddown_max_ns = b & 16 ? BULLY_HOLDDOWN_MAX_NS : span(in) % (86400ULL * SEC);
	opts.holddown_half_life_ns = b & 32 ? SEC : span(in) % (86400ULL * SEC);
	opts.priority = b & 128 ? byte(in) & 3 : opts.priority;
	opts.unlisted = opts.quorum && opts.role == BULLY_ROLE_OBSERVER && b & 3;	/* O1 */
	if (b & 4)
		places(n->core, b >> 3 & 7);
	node_set_opts(w, n, &opts, b & 64 ? BULLY_REASON_OWNER_LATE : BULLY_REASON_NONE);
}

static void peers(struct world *w, struct node *n, struct input *in)
{
	u8 b = byte(in);
	struct node *peer = w->node[1 + (b >> 3) % PEERS];

	switch (b & 7) {
	case 0:
	case 1:
		node_peer_del(w, n, peer);
		break;
	case 2:
		node_peer_set(w, n, peer, byte(in) % 3);
		break;
	default:
		node_peer_add(w, n, peer, byte(in) & 7 ? 0 : 1);
	}
}

/* F4: the owner tells its position; far ahead in few cases. */
static void position(struct world *w, struct node *n, struct input *in)
{
	u8 b = byte(in);

	node_set_position(w, n, b & 128 ? ~0ULL : b & 3, b & 64 ? ~0ULL : b >> 2 & 3);
}

static void one(struct world *w, struct node *n, struct input *in)
{
	u8 op = byte(in);
	bool again;

	switch (op & 15) {
	case 0:
		world_run(w, w->now + span(in) % (2 * SEC));
		break;
	case 1:
		w->now += span(in);	/* the timer is late */
		n->fire_at = n->fire_at < w->now ? w->now : n->fire_at;
		break;
	case 2:
		node_timer(w, n);
		break;
	case 3:
		if (!node_elect(w, n))
			break;
		node_resign(w, n);
		break;
	case 4:
		if (op & 16)
			node_resign_to(w, n, byte(in) & 15, &again);
		else
			node_resign(w, n);
		break;
	case 5:
		options(w, n, in);
		break;
	case 6:
		node_set_link(w, n, op & 16 ? BULLY_LINK_NO_CARRIER : BULLY_LINK_UP);
		break;
	case 7:
		peers(w, n, in);
		break;
	case 10:
		if (op & 16)
			packet(w, n, in);
		else
			node_doubt(w, n, op & 32 ? 1 + byte(in) : 0);
		break;
	case 8:
		session[1 + byte(in) % PEERS] += 1 + (op >> 4);
		break;
	case 9:
		if (op & 16) {
			position(w, n, in);
			break;
		}
		n->wall_off = (int64_t)word(in) * 1000000 - 30000000000LL;
		break;
	default:
		packet(w, n, in);
	}
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct input in = { data, data + size };
	struct world *w = world_new(7);
	char label[12];
	u32 i, mode;

	world_add(w, "self", 3 + byte(&in) % 3 * 2, 0);	/* 3, 5 or 7 among 1, 2, 4, 6, 8 */
	for (i = 1; i <= PEERS; i++) {
		static const u32 ids[] = { 0, 1, 2, 4, 6, 8 };

		snprintf(label, sizeof(label), "%u", ids[i]);
		world_add(w, label, ids[i], 0);
		node_peer_add(w, w->node[0], w->node[i], 0);
		session[i] = 1000 * i;
	}
	w->lat_min = 10 * US;
	seq = 0;
	mode = byte(&in);
	if (mode & 1) {
		w->node[0]->opts.election = mode & 2 ? BULLY_ELECTION_RAFT : BULLY_ELECTION_BULLY;
		w->node[0]->opts.quorum = BULLY_QUORUM_MAJORITY;
		w->node[0]->opts.lease_ns = 3 * BULLY_HEARTBEAT_NS;
	}
	w->node[0]->lazy = byte(&in) & 1;
	w->chaos = byte(&in) & 1;
	mute = byte(&in);
	mute &= byte(&in);		/* few */
	node_start(w, w->node[0]);
	places(w->node[0]->core, mode >> 2 & 7);
	while (in.at < in.end && !w->failed)
		one(w, w->node[0], &in);
	if (!w->failed)
		world_run(w, w->now + 2 * SEC);
	if (w->failed) {
		fprintf(stderr, "%s\n", w->why);
		abort();
	}
	world_free(w);
	return 0;
}
