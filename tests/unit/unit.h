/* SPDX-License-Identifier: GPL-2.0-only */
/* unit.h - declares what the tables of unit cases share; user space and KUnit run the same cases */
#ifndef BULLY_UNIT_H
#define BULLY_UNIT_H

#include "core.h"

/* One run of one case. */
struct unit {
	u32 failures;
	void (*report)(struct unit *u, const char *file, int line, const char *what);
	void *context;
};

struct unit_case {
	const char *name;
	void (*run)(struct unit *u);
};

#define CHECK(u, cond) do {						\
	if (!(cond)) {							\
		(u)->failures++;					\
		(u)->report(u, __FILE__, __LINE__, #cond);		\
	}								\
} while (0)

/* Tables; each ends with an empty name. */
#define UNIT_TABLE(what) extern const struct unit_case unit_##what##_cases[];
#include "tables.h"
#undef UNIT_TABLE
/* a table for the kernel only, which has HMAC-SHA256 */
extern const struct unit_case unit_mac_cases[];

#define FIX_PEERS	32
#define FIX_SENT	96
#define FIX_NOTES	32
#define FIX_HB		100000000ULL	/* ns */
#define FIX_LEASE	300000000ULL	/* ns; quorum mode */
#define FIX_WALL	1700000000000000ULL

/* A core, its peers, and all its actions since the last fix_clear(). */
struct fix {
	struct bully_core core;
	struct bully_peer peer[FIX_PEERS];
	struct bully_opts opts;
	struct bully_actions out;
	struct bully_msg sent[FIX_SENT];
	struct bully_note note[FIX_NOTES];
	u32 n_sent;
	u32 n_notes;
	u64 now;
	u64 wall;
	u64 seq;		/* of the peers' messages */
};

/* Only one exists, because it is too big for a kernel's stack. */
extern struct fix fix;

/* Makes node @id with peers of the other @ids (a zero ends them), link up, not started. */
void fix_make(u32 id, const u32 *ids);
void fix_start(void);
enum bully_drop fix_step(struct bully_event *ev);
void fix_simple(enum bully_event_type type);
void fix_timer(void);			/* lets time pass until the deadline */
void fix_timers_until(u64 t);
void fix_clear(void);

u64 fix_session(u32 id);
/* Returns a well-formed message from a peer, with the right sessions. */
void fix_msg(struct bully_msg *m, u8 type, u32 from);
enum bully_drop fix_deliver(const struct bully_msg *m);
enum bully_drop fix_say(u8 type, u32 from);
/* The peer answers the newest HELLO to it. */
enum bully_drop fix_prove(u32 from);
void fix_prove_all(void);
/* Returns the newest message of @type to @to (0: to any peer) since fix_clear(), or NULL. */
const struct bully_msg *fix_sent(u8 type, u32 to);
u32 fix_count(u8 type);

/* wire.c: the manual's message with a tag, BULLY_WIRE_LEN bytes */
const u8 *unit_tagged_bytes(void);

#endif /* BULLY_UNIT_H */
