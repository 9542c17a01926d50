// SPDX-License-Identifier: GPL-2.0-only
/* print.c - prints a run */
#include <stdarg.h>
#include <stdlib.h>
#include <strings.h>

#include "world.h"

#define NAME(table, i) ((i) < sizeof(table) / sizeof(*(table)) && (table)[i] ? (table)[i] : "?")

const char *print_state(u8 state)
{
	static const char *const names[] = { "init", "election", "waiting", "follower", "leader" };

	return NAME(names, state);
}

const char *print_reason(u8 reason)
{
	static const char *const names[] = {
		"none", "start", "leader-timeout", "resigned", "preempted", "admin", "owner-exit",
		"lease-lost", "link-down", "config", "shutdown", "owner-late", "duplicate-id",
		"time-doubt", "handover", "superseded", "owner-unwilling",
	};

	return NAME(names, reason);
}

const char *print_drop(u8 drop)
{
	static const char *const names[] = {
		"none", "length", "magic", "version", "malformed", "group", "own-id", "peer",
		"receiver", "auth", "session", "unproved", "replay", "echo", "unexpected",
		"limited", "inactive",
	};

	return NAME(names, drop);
}

const char *print_type(u8 type)
{
	static const char *const names[] = {
		NULL, "ELECTION", "OK", "COORDINATOR", "COORDINATOR_ACK", "HEARTBEAT",
		"HEARTBEAT_ACK", "REFUSE", "RESIGN", "HELLO", "HELLO_ACK",
	};

	return NAME(names, type);
}

const char *print_role(u8 role)
{
	static const char *const names[] = { "candidate", "witness", "observer" };

	return NAME(names, role);
}

const char *print_link(u8 link)
{
	static const char *const names[] = { "up", "no-peers", "no-address", "no-carrier",
					     "no-device" };

	return NAME(names, link);
}

const char *print_timer(u32 timer)
{
	static const char *const names[] = {
		"tick", "gone", "probe", "phase", "hello", "claim", "preempt", "duplicate",
		"lease", "again",
	};

	return NAME(names, timer);
}

/* Returns the value in @first to @end - 1 with this name, or -1. */
int print_find(const char *word, const char *(*name)(u8), int first, int end)
{
	int i;

	for (i = first; i < end; i++)
		if (!strcasecmp(word, name((u8)i)))
			return i;
	return -1;
}

/* Prints an epoch, which is a wall clock time, as milliseconds since the run began. */
const char *print_epoch(u64 epoch, char *buf)
{
	int64_t us = (int64_t)(epoch - WORLD_WALL);

	if (!epoch)
		return "-";
	snprintf(buf, 32, "%s%lld.%03lld", us < 0 ? "-" : "", llabs(us) / 1000, llabs(us) % 1000);
	return buf;
}

static const char *print_address(u8 address)
{
	static const char *const names[] = { "ok", "other-source", "elsewhere", "mistaken" };

	return NAME(names, address);
}

static void stamp(struct world *w)
{
	fprintf(w->out, "%10.3f  ", (double)w->now / MS);
}

static bool is_heartbeat(u8 type)
{
	return type == BULLY_MSG_HEARTBEAT || type == BULLY_MSG_HEARTBEAT_ACK;
}

static void print_flags(FILE *out, u16 flags)
{
	if (flags & BULLY_F_LEASE_HELD)
		fputs(" lease-held", out);
	if (flags & BULLY_F_GRANT)
		fputs(" grant", out);
	if (flags & BULLY_F_STANDS)
		fputs(" stands", out);
	if (flags & BULLY_F_DUPLICATE)
		fputs(" duplicate", out);
	if (flags & BULLY_F_ELSEWHERE)
		fputs(" elsewhere", out);
}

static void print_refusal(FILE *out, const struct bully_msg *msg)
{
	static const char *const names[] = {
		"none", "granted", "held", "abstains", "epoch", "members", "unheard", "leads",
		"ahead", "hears",
	};

	if (!msg->refusal)
		return;
	fprintf(out, " refused: %s", NAME(names, msg->refusal));
	if (msg->remain_us)
		fprintf(out, " for %.1fms", msg->remain_us / 1000.0);
}

void print_msg(struct world *w, const struct node *from, u32 dst,
	       const struct bully_msg *msg, const char *fate)
{
	char epoch[32];

	if (!w->out || !w->log_msgs || (is_heartbeat(msg->type) && !w->log_heartbeats))
		return;
	stamp(w);
	fprintf(w->out, "%s -> %s  %s", from->label, w->node[dst]->label, print_type(msg->type));
	if (msg->leader) {
		fprintf(w->out, " leader=%u", msg->leader);
		if (msg->leader != msg->from && msg->type != BULLY_MSG_RESIGN)
			fprintf(w->out, " age=%.1fms", msg->leader_age_us / 1000.0);
	}
	if (msg->epoch)
		fprintf(w->out, " epoch=%s", print_epoch(msg->epoch, epoch));
	print_flags(w->out, msg->flags);
	if (msg->priority)
		fprintf(w->out, " priority=%u", msg->priority);
	if (msg->leader_priority && msg->leader != msg->from)
		fprintf(w->out, " leader-priority=%u", msg->leader_priority);
	if (msg->position.term || msg->position.index)
		fprintf(w->out, " position=%llu/%llu", (unsigned long long)msg->position.term,
			(unsigned long long)msg->position.index);
	if (msg->remain_us && !msg->refusal)
		fprintf(w->out, " remain=%.1fms", msg->remain_us / 1000.0);
	print_refusal(w->out, msg);
	if (fate)
		fprintf(w->out, "  (%s)", fate);
	fputc('\n', w->out);
}

void print_note(struct world *w, const struct node *n, const struct bully_note *note)
{
	char epoch[32];

	if (!w->out)
		return;
	stamp(w);
	fprintf(w->out, "%s  * ", n->label);
	switch (note->kind) {
	case BULLY_NOTE_PEERS:
		fprintf(w->out, "peer %u %s", note->peer,
			note->peer_state == BULLY_PEER_STATE_UP ? "up" :
			note->peer_state == BULLY_PEER_STATE_DOWN ? "down" : "unknown");
		if (note->peer_priority)
			fprintf(w->out, ", priority %u", note->peer_priority);
		if (note->peer_address)
			fprintf(w->out, ", address %s", print_address(note->peer_address));
		fputc('\n', w->out);
		break;
	case BULLY_NOTE_CONFIG:
		fputs("config", w->out);
		if (note->reason != BULLY_REASON_CONFIG)
			fprintf(w->out, " (%s)", print_reason(note->reason));
		fputc('\n', w->out);
		break;
	default:
		fprintf(w->out, "%s", print_state(note->state));
		if (note->leader)
			fprintf(w->out, ", leader %u", note->leader);
		else
			fputs(", no leader", w->out);
		fprintf(w->out, ", epoch %s (%s)\n", print_epoch(note->epoch, epoch),
			print_reason(note->reason));
	}
}

void print_drop_line(struct world *w, const struct node *n, const struct bully_msg *msg,
		     enum bully_drop drop)
{
	if (!w->out || !w->log_msgs)
		return;
	stamp(w);
	fprintf(w->out, "%s  drops %s of %u (%s)\n", n->label, print_type(msg->type), msg->from,
		print_drop(drop));
}

void print_line(struct world *w, const struct node *n, const char *fmt, ...)
{
	va_list ap;

	if (!w->out)
		return;
	stamp(w);
	if (n)
		fprintf(w->out, "%s  ", n->label);
	va_start(ap, fmt);
	vfprintf(w->out, fmt, ap);
	va_end(ap);
	fputc('\n', w->out);
}

static void print_ns(FILE *out, const char *what, u64 ns)
{
	if (ns)
		fprintf(out, "%s%.1fms", what, (double)ns / MS);
}

/* Prints what a node in quorum mode holds and has granted. */
static void print_quorum(struct world *w, const struct node *n)
{
	u64 now = node_local(n, w->now);
	struct bully_quorum_view v;

	if (n->core->opts.quorum == BULLY_QUORUM_OFF)
		return;
	bully_core_quorum(n->core, now, &v);
	if (v.lease_remaining_ns)
		fprintf(w->out, " lease=%.1fms", (double)v.lease_remaining_ns / MS);
	if (n->core->lease.claim)
		fprintf(w->out, " grants=%u/%u", v.grants, v.majority);
	if (v.abstain_remaining_ns)
		fprintf(w->out, " abstains=%.1fms", (double)v.abstain_remaining_ns / MS);
	if (v.grant_to)
		fprintf(w->out, " granted=%u for %.1fms", v.grant_to,
			(double)v.grant_remaining_ns / MS);
}

void print_nodes(struct world *w)
{
	char epoch[32];
	u32 i, j;

	for (i = 0; i < w->n; i++) {
		const struct node *n = w->node[i];
		const struct bully_core *c = n->core;

		stamp(w);
		fprintf(w->out, "%s: ", n->label);
		if (!c) {
			fputs("off\n", w->out);
			continue;
		}
		fprintf(w->out, "%s%s", n->paused ? "paused, " : "", print_state(c->state));
		if (c->leader)
			fprintf(w->out, " leader=%u epoch=%s", c->leader,
				print_epoch(c->epoch, epoch));
		if (c->opts.role != BULLY_ROLE_CANDIDATE)
			fprintf(w->out, " %s", print_role(c->opts.role));
		if (!c->opts.candidate)
			fputs(" candidate-off", w->out);
		if (!c->opts.preempt)
			fputs(" preempt-off", w->out);
		if (c->opts.priority)
			fprintf(w->out, " priority=%u", c->opts.priority);
		if (c->stand.resigned)
			fputs(" resigned", w->out);
		if (c->duplicate.own)
			fputs(" duplicate", w->out);
		if (c->address.unreached)
			fputs(" unreached", w->out);
		if (c->link != BULLY_LINK_UP)
			fprintf(w->out, " link=%s", print_link(c->link));
		print_ns(w->out, " held=", bully_core_holddown(c, node_local(n, w->now)));
		print_quorum(w, n);
		for (j = 0; j < c->n_peers; j++) {
			const struct bully_peer *p = c->peer[j];

			fprintf(w->out, " %s%u%s", j ? "" : "peers: ", p->id,
				p->state == BULLY_PEER_STATE_UP ? "+" :
				p->state == BULLY_PEER_STATE_DOWN ? "-" : "?");
			if (p->ranked && p->priority)
				fprintf(w->out, "(%u)", p->priority);
			if (p->address.found)
				fprintf(w->out, "(%s)", print_address(p->address.found));
			print_ns(w->out, "held=",
				 bully_core_peer_holddown(c, p, node_local(n, w->now)));
		}
		fputc('\n', w->out);
	}
}
