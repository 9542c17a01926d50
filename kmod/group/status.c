// SPDX-License-Identifier: GPL-2.0-only
/*
 * status.c - writes the status page of a group
 *
 * A group has a page from the first BULLY_PAGE_ATTACH that names the group. The page is
 * written under the group's lock directly after a step, before any context can drain the
 * messages of the step: page, then packet, then event. So the page of an old leader no
 * longer shows a leader when its RESIGN leaves, which is before the page of a new leader
 * shows the new leader (R6: a node that stops leading tells its user first).
 */
#include <linux/err.h>

#include "group/status.h"
#include "page/page.h"

/* Write the page of a group that has one. Caller holds the group's lock. */
void bully_status_write(struct bully_group *group)
{
	const struct bully_core *core = &group->core;
	struct bully_page next;

	lockdep_assert_held(&group->engine.lock);
	bully_page_read(group->page, &next);
	next.state = core->state;
	next.quorum = core->opts.quorum;
	next.id = core->id;
	next.leader = core->leader;
	next.epoch = core->epoch;
	next.lease_end_ns = bully_core_lease_end(core);
	next.event_seq = core->event_seq;
	bully_page_store(group->page, &next);
}

/* A group replaces another group, which has stopped: descriptors that were attached to the
 * old group's page show the new group.
 */
void bully_status_move(struct bully_group *from, struct bully_group *to)
{
	struct bully_status_page *page = from->page;

	lockdep_assert_held(&to->bn->lock);
	if (!page)
		return;
	bully_group_lock(from);
	from->page = NULL;
	bully_group_unlock_quiet(from);
	bully_group_lock(to);
	to->page = page;
	bully_status_write(to);
	bully_group_unlock_quiet(to);
}

/* A group ends: its page says so, for as long as a descriptor is attached to the page. */
void bully_status_end(struct bully_group *group)
{
	struct bully_status_page *page = group->page;
	struct bully_page next;

	if (!page)
		return;
	bully_group_lock(group);
	group->page = NULL;
	bully_page_read(page, &next);
	next.gone = 1;
	next.state = BULLY_STATE_INIT;
	next.leader = 0;
	next.lease_end_ns = 0;
	bully_page_store(page, &next);
	bully_group_unlock_quiet(group);
	bully_page_put(page);
}

/**
 * bully_status_get() - get the page of a group, and create the page if there is none yet
 * @group: the group
 *
 * Return: the page, with a reference for the caller; or NULL without memory
 */
struct bully_status_page *bully_status_get(struct bully_group *group)
{
	struct bully_status_page *page = group->page;

	lockdep_assert_held(&group->bn->lock);
	if (!page) {
		page = bully_page_alloc();
		if (!page)
			return NULL;
		bully_group_lock(group);
		group->page = page;
		bully_status_write(group);
		bully_group_unlock_quiet(group);
	}
	bully_page_hold(page);
	return page;
}
