// SPDX-License-Identifier: GPL-2.0-only
/*
 * unlisted.c - observers that are no peers: their places at this node, and its answers (O4)
 *
 * A place is found by the observer's session, in a table of chains. All places are in a list,
 * too, in the order in which they were last asked from: so the oldest one is found at once.
 * Every function costs the same, however many places there are.
 */
#include "bucket.h"
#include "clock.h"
#include "outbox.h"
#include "unlisted.h"

#define ANSWERS_MAX	4	/* to an observer with a place, in a heartbeat */
#define GREETINGS_MIN	16	/* to all without a place, in a heartbeat */
#define SILENT		8	/* detection times after which a place is free again */
#define EXPIRE_MAX	64	/* places that a step frees at most */
#define NONE		0	/* no place; places count from 1 */

/* The place of an unlisted observer at this node (O4). */
struct bully_place {
	u64 session;		/* of the observer */
	u64 seq;		/* of its last question */
	u64 seen;		/* when that came */
	u64 answers_at;		/* start of the interval in which @answers counts */
	u32 answers;
	u32 next;		/* in its chain, or of the free places */
	u32 older;		/* in the order of @seen */
	u32 newer;
};

/* The memory: the places, and behind them the heads of the chains. */
static u32 *heads(const struct bully_core *c)
{
	return (u32 *)&c->unlisted.place[c->unlisted.room + 1];
}

static u32 chains(u32 room)
{
	u32 n = 1;

	while (n < room)
		n *= 2;
	return n;
}

size_t bully_core_places_size(u32 n)
{
	return n ? (n + 1) * sizeof(struct bully_place) + chains(n) * sizeof(u32) : 0;
}

/* Sessions are random, but those of an attacker need not be: the chain is not theirs to know. */
static u32 *chain(const struct bully_core *c, u64 session)
{
	u64 hash = (session ^ c->unlisted.secret) * 0x9e3779b97f4a7c15ULL;

	hash = (hash ^ hash >> 32 ^ c->unlisted.secret) * 0xd6e8feb86659fd93ULL;
	return &heads(c)[(hash >> 32) & (chains(c->unlisted.room) - 1)];
}

static u32 find(const struct bully_core *c, u64 session)
{
	u32 i = c->unlisted.room ? *chain(c, session) : NONE;

	while (i != NONE && c->unlisted.place[i].session != session)
		i = c->unlisted.place[i].next;
	return i;
}

/* Place 0 is the head of the list: its @newer is the oldest place, its @older the newest. */
static void list_remove(struct bully_core *c, u32 i)
{
	struct bully_place *place = c->unlisted.place;

	place[place[i].older].newer = place[i].newer;
	place[place[i].newer].older = place[i].older;
}

static void list_append(struct bully_core *c, u32 i)
{
	struct bully_place *place = c->unlisted.place;

	place[i].older = place[0].older;
	place[i].newer = 0;
	place[place[0].older].newer = i;
	place[0].older = i;
}

void bully_core_places_init(void *memory, u32 n)
{
	struct bully_place *place = memory;
	u32 i;

	memset(memory, 0, bully_core_places_size(n));
	for (i = 1; i < n; i++)
		place[i].next = i + 1;
}

void *bully_core_lend_places(struct bully_core *c, void *memory, u32 n, u64 secret)
{
	void *was = c->unlisted.place;

	c->unlisted.place = memory;
	c->unlisted.room = memory ? n : 0;
	c->unlisted.taken = 0;
	c->unlisted.full = false;
	c->unlisted.free = memory ? 1 : NONE;
	c->unlisted.secret = secret;
	return was;
}

static u64 lifetime(const struct bully_core *c)
{
	return SILENT * bully_detection(c);
}

/* Tell the user that the last place was taken, and that places are free again. Observers that come
 * and go must not make one event each: the second is due a while after the first, and only when an
 * eighth of the places is free.
 */
static void note_room(struct bully_core *c)
{
	u32 free = c->unlisted.room - c->unlisted.taken;
	u64 quiet_until = c->unlisted.full_at + lifetime(c);

	if (!c->unlisted.full) {
		if (free || !c->unlisted.room)
			return;
		c->unlisted.full_at = c->now;
	} else if (free <= c->unlisted.room / 8) {
		return;
	} else if (c->now < quiet_until) {
		bully_timer_advance(c, BULLY_T_PLACES, quiet_until);
		return;
	}
	c->unlisted.full = !c->unlisted.full;
	bully_note(c, BULLY_NOTE_CONFIG, BULLY_REASON_CONFIG);
}

/* Returns a new place, which the caller may use only if there is one. */
static u32 take(struct bully_core *c, u64 session)
{
	u32 i = c->unlisted.free, *head = chain(c, session);
	struct bully_place *place = &c->unlisted.place[i];

	c->unlisted.free = place->next;
	place->session = session;
	place->seq = 0;
	place->answers = 0;
	place->next = *head;
	*head = i;
	list_append(c, i);
	c->unlisted.taken++;
	note_room(c);
	return i;
}

static void leave(struct bully_core *c, u32 i)
{
	struct bully_place *place = c->unlisted.place;
	u32 *at = chain(c, place[i].session);

	while (*at != i)
		at = &place[*at].next;
	*at = place[i].next;
	list_remove(c, i);
	place[i].next = c->unlisted.free;
	c->unlisted.free = i;
	c->unlisted.taken--;
}

/* Returns when the place that was silent for longest is free again, if it stays silent. */
static u64 due_at(const struct bully_core *c)
{
	return c->unlisted.place[c->unlisted.place[0].newer].seen + lifetime(c) + 1;
}

/* Places that were silent for long are free again; a step frees only so many. */
void bully_unlisted_expire(struct bully_core *c)
{
	u32 n = 0;

	while (c->unlisted.taken && n++ < EXPIRE_MAX && due_at(c) <= c->now)
		leave(c, c->unlisted.place[0].newer);
	bully_timer_set(c, BULLY_T_PLACES, !c->unlisted.taken ? BULLY_NEVER :
			bully_max(due_at(c), c->now + c->opts.heartbeat_ns / 16));
	note_room(c);
}

/* Returns true if the sender, which is no peer, is an observer that this node answers. */
bool bully_unlisted_asks(const struct bully_core *c, const struct bully_msg *m)
{
	return c->unlisted.room && bully_leases(c) && m->flags & BULLY_F_UNLISTED &&
	       m->role == BULLY_ROLE_OBSERVER &&
	       (m->type == BULLY_MSG_HELLO || m->type == BULLY_MSG_RESIGN);
}

bool bully_unlisted_is_replay(const struct bully_core *c, const struct bully_msg *m)
{
	u32 i = m->to_session == c->session ? find(c, m->from_session) : NONE;

	return i != NONE && m->seq <= c->unlisted.place[i].seq;
}

static void answer(struct bully_core *c, const struct bully_msg *m, bool has_place)
{
	struct bully_action *act;

	act = bully_send(c, BULLY_TO_SOURCE, m->from, BULLY_MSG_HELLO_ACK, m->seq);
	act->to_session = m->from_session;
	act->flags |= BULLY_F_UNLISTED;
	if (has_place)
		return;
	act->refusal = BULLY_VOTE_FULL;
	c->stats.observers_refused++;
}

/* The sender has not shown that it receives this node, or there is no place for it. */
static enum bully_drop greet(struct bully_core *c, const struct bully_msg *m)
{
	u32 max = bully_max(2 * c->unlisted.room, GREETINGS_MIN);

	if (!bully_bucket_take(&c->unlisted.greetings_full, c->now,
			       bully_div(c->opts.heartbeat_ns, max), max))
		return BULLY_DROP_LIMITED;
	answer(c, m, c->unlisted.taken < c->unlisted.room);
	return BULLY_DROP_NONE;
}

/* The observer keeps its place. */
static enum bully_drop keep(struct bully_core *c, const struct bully_msg *m, u32 i)
{
	struct bully_place *place = &c->unlisted.place[i];

	if (c->now - place->answers_at >= c->opts.heartbeat_ns) {
		place->answers_at = c->now;
		place->answers = 0;
	}
	if (place->answers >= ANSWERS_MAX)
		return BULLY_DROP_LIMITED;
	place->answers++;
	place->seq = m->seq;
	place->seen = c->now;
	list_remove(c, i);
	list_append(c, i);
	bully_timer_advance(c, BULLY_T_PLACES, c->now + lifetime(c));
	answer(c, m, true);
	return BULLY_DROP_NONE;
}

/* A message of which bully_unlisted_asks() is true, and that is no repetition. */
enum bully_drop bully_unlisted_receive(struct bully_core *c, const struct bully_msg *m)
{
	u32 i;

	if (m->to_session != c->session)
		return m->type == BULLY_MSG_HELLO ? greet(c, m) : BULLY_DROP_SESSION;
	i = find(c, m->from_session);
	if (m->type == BULLY_MSG_RESIGN) {
		if (i == NONE)
			return BULLY_DROP_UNPROVED;
		leave(c, i);
		note_room(c);
		return BULLY_DROP_NONE;
	}
	if (i == NONE && c->unlisted.taken < c->unlisted.room)
		i = take(c, m->from_session);
	return i != NONE ? keep(c, m, i) : greet(c, m);
}
