/* SPDX-License-Identifier: GPL-2.0-only */
/* listen.h - owns the asking of a node without a leader */
#ifndef BULLY_CORE_LISTEN_H
#define BULLY_CORE_LISTEN_H

#include "base.h"
#include "hello.h"

bool bully_listen_is_lonely(const struct bully_core *c);
void bully_listen_alone(struct bully_core *c);
void bully_listen_done(struct bully_core *c);
void bully_listen_ask(struct bully_core *c);

/* R14: whether a majority answers is not known, or has been found out. */
static inline void bully_listen_set_lonely(struct bully_core *c, bool lonely)
{
	c->listen.lonely = lonely;
}

/* There is a leader. */
static inline void bully_listen_over(struct bully_core *c)
{
	c->listen.lonely = false;
	c->listen.done = false;
}

/* R14: a voter speaks that had not answered: ask it at once, at most twice a heartbeat. */
static inline void bully_listen_ask_back(struct bully_core *c, struct bully_peer *p)
{
	if (c->listen.lonely && !c->leader && !p->answered && c->role.phase != BULLY_PHASE_LISTEN &&
	    c->now - p->outbox.hello_at >= c->opts.heartbeat_ns / 2)
		bully_hello(c, p);
}

#endif /* BULLY_CORE_LISTEN_H */
