// SPDX-License-Identifier: GPL-2.0-only
/* duplicate.c - two nodes with one id, seen by a third node (D1) and by one of the two (D2) */
#include "clock.h"
#include "duplicate.h"

/* D1: two nodes have the id of @p; it is said for four detection times. Returns true if
 * that is news.
 */
bool bully_duplicate_seen(struct bully_core *c, struct bully_peer *p)
{
	bool news = p->duplicate.until <= c->now;

	c->stats.duplicates += news;
	p->duplicate.until = c->now + 4 * bully_detection(c);
	return news;
}

/* D2: another node has our id; @p has seen both. Returns true if that is news. */
bool bully_duplicate_own(struct bully_core *c, const struct bully_peer *p)
{
	bool news = !c->duplicate.own;

	bully_timer_set(c, BULLY_T_DUPLICATE, c->now + 8 * bully_detection_of(c, p));
	c->stats.duplicates += news;
	c->duplicate.own = true;
	return news;
}

/* D2: our leader answers the other bearer of our id. To follow it would be to lose it again and
 * again.
 */
void bully_duplicate_shut_out(struct bully_core *c)
{
	if (c->duplicate.own)
		c->duplicate.shut_out = true;
}

/* D2: nobody has said for a while that two nodes have our id. */
void bully_duplicate_over(struct bully_core *c)
{
	c->duplicate.own = false;
	c->duplicate.shut_out = false;
}
