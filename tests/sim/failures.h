/* SPDX-License-Identifier: GPL-2.0-only */
/* failures.h - declares the failures of years: what fails, how often and for how long */
#ifndef BULLY_SIM_FAILURES_H
#define BULLY_SIM_FAILURES_H

#include "tally.h"

#define MINUTE	(60 * SEC)
#define HOUR	(60 * MINUTE)
#define DAY	(24 * HOUR)
#define YEAR	(365 * DAY + 6 * HOUR)

#define FAILURE_HOSTS	9	/* at most */

enum failure {
	FAILURE_CRASH,		/* a host loses its power */
	FAILURE_RESTART,	/* an operator restarts a host */
	FAILURE_LINK,		/* a host exchanges no packets with any other */
	FAILURE_SPLIT,		/* the hosts are on two sides that exchange no packets */
	FAILURE_PAIR,		/* two hosts exchange no packets with each other */
	FAILURE_LOSS,		/* the network loses packets, and some are late */
	FAILURE_PAUSE,		/* a host stands still; its clock goes on */
	FAILURES
};

/* One failure after another of one kind: on one host, or in the network. */
struct source {
	enum failure kind;
	u32 host;		/* address */
	u64 rng;
	u64 at;			/* when it begins or ends next */
	bool on;
	u64 hosts;		/* a set of hosts: cut off, on one side, or the pair */
	u32 loss;		/* per 10,000 */
};

struct failures {
	u32 nodes;
	u64 faster;		/* so many times as often */
	u32 n;
	struct source source[FAILURES * FAILURE_HOSTS];
};

/* Draws the first failures, from time 0 on. The election has no influence on any failure. */
void failures_draw(struct failures *f, u32 nodes, u64 seed, u64 faster);

/* Returns what begins or ends next. */
struct source *failures_next(struct failures *f);

/* Lets @s begin or end now, and draws when it ends or begins again. */
void failures_turn(struct failures *f, struct source *s, struct world *w, enum side side);

/* Returns true if a host that is on reaches a majority, so that an election can have a leader. */
bool failures_leave_majority(const struct failures *f);

const char *failures_name(enum failure kind);

/* Prints what fails, how often and for how long. */
void failures_print(const struct failures *f, FILE *out);

#endif /* BULLY_SIM_FAILURES_H */
