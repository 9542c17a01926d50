// SPDX-License-Identifier: GPL-2.0-only
/* hearsay.c - what others say of leaders, and what this node has noticed itself (E8, R12) */
#include "hearsay.h"

/* Others follow the leader that @m names, which was alive at @at; that is news for @lifetime. */
void bully_hearsay_hear(struct bully_core *c, const struct bully_msg *m, u64 at, u64 lifetime)
{
	c->hearsay.leader = m->leader;
	c->hearsay.priority = m->leader_priority;
	c->hearsay.at = at;
	c->hearsay.lifetime = lifetime;
}

/* Forget what was said of @leader: it is gone, or no peer any more. */
void bully_hearsay_forget_leader(struct bully_core *c, u32 leader)
{
	if (c->hearsay.leader == leader)
		c->hearsay.leader = 0;
}

/* @leader is lost here; it should have answered at @at. */
void bully_hearsay_missed(struct bully_core *c, u32 leader, u64 at)
{
	c->hearsay.missed = leader;
	c->hearsay.missed_at = at;
}

/* E8: returns true if the leader was alive at @at, which is after it fell silent here. */
bool bully_hearsay_is_news(const struct bully_core *c, u32 leader, u64 at)
{
	return leader != c->hearsay.missed || at > c->hearsay.missed_at;
}

/* @leader has resigned from @epoch. */
void bully_hearsay_resigned(struct bully_core *c, u32 leader, u64 epoch)
{
	c->hearsay.resigned = leader;
	c->hearsay.resigned_epoch = epoch;
}

/* Returns true if the leader has resigned from that epoch. Others may not know that yet. */
bool bully_hearsay_has_resigned(const struct bully_core *c, u32 leader, u64 epoch)
{
	return leader && leader == c->hearsay.resigned && epoch <= c->hearsay.resigned_epoch;
}

/* S11: the last leader has named @heir, which is not this node; 0 if it named none. */
void bully_hearsay_expect(struct bully_core *c, u32 heir)
{
	c->hearsay.heir = heir;
}
