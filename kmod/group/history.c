// SPDX-License-Identifier: GPL-2.0-only
/*
 * history.c - keeps the last changes of a group's leader, for people who look afterwards
 *
 * A change is kept in the step that makes it, so that nothing can lose it. The wall clock is
 * read in the same moment: it may be set later, and the log may be gone.
 */
#include <linux/ktime.h>

#include "group/group.h"
#include "group/history.h"

/* Keep an event of the present step if it is about the leader. */
void bully_history_put(struct bully_group *group, const struct bully_note *note)
{
	struct bully_history *history = &group->history;
	struct bully_change *change;

	lockdep_assert_held(&group->engine.lock);
	if (note->kind != BULLY_NOTE_LEADER)
		return;
	change = &history->change[history->n++ % BULLY_HISTORY_MAX];
	change->time = note->time;
	change->wall = ktime_get_real_ns();
	change->epoch = note->epoch;
	change->leader = note->leader;
	change->state = note->state;
	change->reason = note->reason;
}

/**
 * bully_history_copy() - copy the changes that are kept, the oldest first
 * @group: the group, locked
 * @out: room for BULLY_HISTORY_MAX changes
 *
 * Return: the number of changes
 */
u32 bully_history_copy(const struct bully_group *group, struct bully_change *out)
{
	const struct bully_history *history = &group->history;
	u32 n = min_t(u32, history->n, BULLY_HISTORY_MAX);
	u32 i;

	lockdep_assert_held(&group->engine.lock);
	for (i = 0; i < n; i++)
		out[i] = history->change[(history->n - n + i) % BULLY_HISTORY_MAX];
	return n;
}

/**
 * bully_history_move() - give the history of a replaced group to the new group
 * @old: the replaced group, dead, so that its history does not change any more
 * @group: the new group, not started
 */
void bully_history_move(const struct bully_group *old, struct bully_group *group)
{
	lockdep_assert_held(&group->bn->lock);
	WARN_ON_ONCE(!old->engine.dead);
	bully_group_lock(group);
	group->history = old->history;
	bully_group_unlock_quiet(group);
}
