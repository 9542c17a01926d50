// SPDX-License-Identifier: GPL-2.0-only
/*
 * owner.c - binds a group's candidacy to sockets
 *
 * A group has a table of owners. Each entry has a name, and a socket or none: an entry without
 * a socket is vacant, and says that an owner is missed. The node stands while the table has an
 * entry without a weight and the state of each such entry is ok. An entry with a weight lowers
 * the node's priority while its state is not ok.
 *
 * An owner is the socket itself, not its port id: another socket may take the port id
 * before anybody has learnt that the first socket is gone. When a netlink socket is
 * released, the kernel first frees its port id, then marks the socket SOCK_DEAD, and then
 * calls a notifier chain (netns/notifier.c). So a release looks up entries by the port
 * id, and counts only for an entry whose own socket is dead.
 *
 * A release waits neither for bully_net.lock nor for another process: the group resigns in
 * the context of the process that closes the socket or is being killed.
 *
 * An entry holds a reference to its socket, and thereby to the socket's namespace, until
 * the socket is released, the owner gives the candidacy back, another socket takes over under
 * the name, the late owner is forgotten, or the group ends. Exactly one of these takes the
 * socket out of its entry, under the group's lock.
 */
#include <linux/ktime.h>
#include <linux/minmax.h>
#include <linux/netlink.h>
#include <net/sock.h>

#include "group/group.h"
#include "group/owner.h"

static bool bully_owner_asleep;

/* The machine is about to sleep, so that no node stands from now on; or it is awake again. */
void bully_owner_sleep(bool asleep)
{
	WRITE_ONCE(bully_owner_asleep, asleep);
}

/* S7: returns true if the administrator and all owners let the node stand. R8: a node does not
 * stand while its machine is about to sleep.
 */
static bool bully_owner_stands(const struct bully_group *group)
{
	u32 states = bully_owners_states(&group->owners);

	lockdep_assert_held(&group->engine.lock);
	if (READ_ONCE(bully_owner_asleep) || group->candidate == BULLY_CANDIDATE_OFF)
		return false;
	/* without such an entry, only 'candidate on' lets the node stand */
	return states == BIT(BULLY_OWNER_STATE_OK) ||
	       (!states && group->candidate == BULLY_CANDIDATE_ON);
}

/**
 * bully_owner_decide() - apply what the owners say to the options of the core
 * @group: the group, locked
 * @opts: candidacy and priority are set to what the administrator and the owners say (S7)
 */
void bully_owner_decide(const struct bully_group *group, struct bully_opts *opts)
{
	u32 weight = bully_owners_weight(&group->owners);

	lockdep_assert_held(&group->engine.lock);
	opts->candidate = bully_owner_stands(group);
	opts->priority = group->priority - min(group->priority, weight);
}

/* Returns why the owners do not let the node stand; NULL if they do, or if it is 'off'. */
const char *bully_owner_veto(const struct bully_group *group)
{
	lockdep_assert_held(&group->engine.lock);
	if (group->candidate == BULLY_CANDIDATE_OFF ||
	    (group->candidate == BULLY_CANDIDATE_ON && !bully_owners_states(&group->owners)))
		return NULL;
	return bully_owners_veto(&group->owners);
}

/**
 * bully_owner_place() - tell the core how far the data of the owners is, if that has changed
 * @group: the group, locked
 *
 * The core makes neither an event nor a message of it: the node's next message has the position
 * (F4). So an owner may tell a position as often as it likes. A group that has not started is
 * told by bully_group_start(); a group that is dead keeps its position.
 */
void bully_owner_place(struct bully_group *group)
{
	struct bully_position position = bully_owners_position(&group->owners);
	struct bully_event event = { .type = BULLY_EV_POSITION, .position = &position };

	lockdep_assert_held(&group->engine.lock);
	if (group->engine.dead || !group->engine.started)
		return;
	if (position.term != group->core.position.term ||
	    position.index != group->core.position.index)
		bully_group_step(group, &event, NULL);
}

/* The table or a deadline changed: tell the core, which makes an event of the change. */
static void bully_owner_changed(struct bully_group *group, enum bully_reason reason)
{
	struct bully_opts opts = group->core.opts;
	struct bully_event event = { .type = BULLY_EV_OPTS, .opts = &opts, .reason = reason };

	/* first, so that whatever the core decides rests on the present position */
	bully_owner_place(group);
	/* a node that has ever had an owner stands only while it has an owner */
	if (group->candidate == BULLY_CANDIDATE_ON && bully_owners_states(&group->owners))
		group->candidate = BULLY_CANDIDATE_OWNER;
	bully_owner_decide(group, &opts);
	/* an owner that is not missed has gone, and the others let the node stand */
	if (opts.candidate)
		event.reason = BULLY_REASON_CONFIG;
	if (!group->engine.dead && group->engine.started)
		bully_group_step(group, &event, NULL);
}

/* A deadline of the table changed, or an entry: the earliest deadline is due next. */
static void bully_owner_plan(struct bully_group *group)
{
	lockdep_assert_held(&group->engine.lock);
	group->engine.due = bully_owners_due(&group->owners);
}

/**
 * bully_owner_drop() - put the sockets that were taken out of a group's entries
 * @group: the group, unlocked
 * @gone: the sockets
 */
void bully_owner_drop(struct bully_group *group, const struct bully_owners_gone *gone)
{
	unsigned int i;

	for (i = 0; i < gone->n; i++) {
		atomic_dec(&group->bn->n_owners);
		sock_put(gone->sk[i]);
	}
}

/**
 * bully_owner_forget() - forget all owners that are vacant or late
 * @group: the group, locked; the caller tells the core what follows for the candidacy
 * @gone: the late sockets are added to it
 */
void bully_owner_forget(struct bully_group *group, struct bully_owners_gone *gone)
{
	lockdep_assert_held(&group->engine.lock);
	bully_owners_forget(&group->owners, gone);
	bully_owner_plan(group);
	bully_owner_place(group);
}

/**
 * bully_owner_check() - mark the owners as late whose deadline has passed
 * @group: the group, locked
 * @now: CLOCK_BOOTTIME in ns
 *
 * Called by the group's tasklet and before each request of a socket (S8: a deadline takes
 * effect from the timer, and before a later word of the owner).
 */
void bully_owner_check(struct bully_group *group, u64 now)
{
	lockdep_assert_held(&group->engine.lock);
	if (now < group->engine.due)
		return;
	bully_owners_judge(&group->owners, now);
	bully_owner_plan(group);
	bully_owner_changed(group, BULLY_REASON_OWNER_LATE);
}

/* Begin an owner's deadline again. */
static void bully_owner_promise(struct bully_group *group, struct bully_owner *owner, u64 now,
				u64 deadline_ns)
{
	owner->deadline_ns = deadline_ns;
	owner->due = deadline_ns ? now + deadline_ns : BULLY_NEVER;
	bully_owner_plan(group);
}

/* Lock a group for a request of a socket, and check the owners. Return: the time */
static u64 bully_owner_lock(struct bully_group *group) __acquires(&group->engine.lock)
{
	u64 now;

	bully_group_lock(group);
	now = ktime_get_boottime_ns();
	bully_owner_check(group, now);
	return now;
}

/* Find the entry that a socket may have under a name. Return: an errno with a refusal, or 0 */
static int bully_owner_seat(struct bully_group *group, const struct sock *sk, const char *name,
			    struct bully_owner **seat, const char **refusal)
{
	struct bully_owner *mine = bully_owners_of(&group->owners, sk);
	struct bully_owner *owner = bully_owners_find(&group->owners, name);

	if (group->engine.dead) {
		*refusal = "this group has stopped";
		return -ENOENT;
	}
	if (mine && mine != owner) {
		*refusal = "this socket owns the candidacy of this group under another name";
		return -EBUSY;
	}
	if (!owner)
		owner = bully_owners_find(&group->owners, "");
	if (!owner) {
		*refusal = "this group has 8 owners; 'candidate on' forgets those that are gone";
		return -ENOSPC;
	}
	if (owner->sk && !mine && !owner->late && !sock_flag(owner->sk, SOCK_DEAD)) {
		*refusal = "another socket owns the candidacy of this group under this name";
		return -EBUSY;
	}
	*seat = owner;
	return 0;
}

/* Put a socket into an entry of the table, in the place of another socket if it has one. */
static void bully_owner_sit(struct bully_group *group, struct bully_owner *owner, struct sock *sk,
			    u32 portid, const char *name, struct bully_owners_gone *gone)
{
	struct bully_owner as = { .sk = sk, .portid = portid, .due = BULLY_NEVER };
	bool stood = owner->sk && !owner->late;

	bully_owners_take(owner, false, gone);
	/* the notifier of the old socket's release is about to run, and finds nothing */
	if (stood)
		bully_owner_changed(group, BULLY_REASON_OWNER_EXIT);
	memcpy(as.name, name, sizeof(as.name));
	atomic_inc(&group->bn->n_owners);
	sock_hold(sk);
	bully_owners_sit(owner, &as);
}

/**
 * bully_owner_own() - let a socket own a group's candidacy
 * @group: the group; the caller holds bully_net.lock
 * @sk: the socket, which the caller keeps alive
 * @portid: the port id of @sk
 * @ask: name, deadline, weight, will and position
 * @refusal: set to a sentence if the socket cannot own the candidacy, else to NULL
 *
 * Return: 0, or an errno with a refusal
 */
int bully_owner_own(struct bully_group *group, struct sock *sk, u32 portid,
		    const struct bully_owner_ask *ask, const char **refusal)
{
	struct bully_owners_gone gone = {};
	struct bully_owner *owner;
	bool news;
	u64 now;
	int err;

	lockdep_assert_held(&group->bn->lock);
	*refusal = NULL;
	now = bully_owner_lock(group);
	err = bully_owner_seat(group, sk, ask->name, &owner, refusal);
	if (err)
		goto out;
	news = owner->sk != sk || owner->late || owner->deadline_ns != ask->deadline_ns ||
	       owner->willing != ask->willing || owner->weight != ask->weight ||
	       (group->candidate == BULLY_CANDIDATE_ON && !ask->weight);
	if (owner->sk != sk)
		bully_owner_sit(group, owner, sk, portid, ask->name, &gone);
	owner->late = false;
	owner->willing = ask->willing;
	owner->weight = ask->weight;
	owner->position = ask->position;
	bully_owner_promise(group, owner, now, ask->deadline_ns);
	bully_owner_place(group);
	if (news)
		bully_owner_changed(group, ask->willing ? BULLY_REASON_CONFIG :
							  BULLY_REASON_OWNER_UNWILLING);
out:
	bully_group_unlock(group);
	bully_owner_drop(group, &gone);
	return err;
}

/* Returns why a socket does not own the candidacy of a group; NULL if @owner is its entry. */
static const char *bully_owner_refusal(const struct bully_owner *owner)
{
	if (!owner)
		return "this socket does not own the candidacy of this group";
	if (owner->late)
		return "this socket missed its deadline and lost the candidacy of this group";
	return NULL;
}

/**
 * bully_owner_refresh() - start the owner's deadline again
 * @group: the group; bully_net.lock need not be held
 * @sk: the socket that asks
 * @ask: whether the owner is willing, and how far its data is
 *
 * Return: NULL, or a sentence that says why @sk is not an owner
 */
const char *bully_owner_refresh(struct bully_group *group, struct sock *sk,
				const struct bully_owner_ask *ask)
{
	struct bully_owner *owner;
	const char *refusal;
	u64 now;

	now = bully_owner_lock(group);
	owner = bully_owners_of(&group->owners, sk);
	refusal = bully_owner_refusal(owner);
	if (refusal)
		goto out;
	bully_owner_promise(group, owner, now, owner->deadline_ns);
	if (ask->positioned) {
		owner->position = ask->position;
		bully_owner_place(group);
	}
	if (ask->willing != BULLY_OWNER_AS_IS && owner->willing != ask->willing) {
		owner->willing = ask->willing;
		bully_owner_changed(group, ask->willing ? BULLY_REASON_CONFIG :
							  BULLY_REASON_OWNER_UNWILLING);
	}
out:
	bully_group_unlock(group);
	return refusal;
}

/**
 * bully_owner_disown() - give the candidacy back
 * @group: the group; bully_net.lock need not be held
 * @sk: the socket that asks, which the caller keeps alive
 * @ask: whether the owner is not missed
 *
 * Return: NULL, or a sentence that says why @sk is not an owner
 */
const char *bully_owner_disown(struct bully_group *group, struct sock *sk,
			       const struct bully_owner_ask *ask)
{
	struct bully_owners_gone gone = {};
	struct bully_owner *owner;
	const char *refusal;

	bully_owner_lock(group);
	owner = bully_owners_of(&group->owners, sk);
	refusal = bully_owner_refusal(owner);
	if (!refusal) {
		bully_owners_take(owner, ask->forget, &gone);
		bully_owner_plan(group);
		bully_owner_changed(group, BULLY_REASON_OWNER_EXIT);
	}
	bully_group_unlock(group);
	bully_owner_drop(group, &gone);
	return refusal;
}

/**
 * bully_owner_release() - resign if an owner's socket is being released
 * @group: the group; RCU is read-locked or bully_net.lock is held
 * @portid: the port id of the socket
 *
 * Return: true if an owner's socket was being released
 */
bool bully_owner_release(struct bully_group *group, u32 portid)
{
	struct bully_owners_gone gone = {};
	struct bully_owner *owner;

	bully_group_lock(group);
	for (owner = group->owners.entry; owner != bully_owners_end(&group->owners); owner++)
		if (owner->sk && owner->portid == portid && sock_flag(owner->sk, SOCK_DEAD))
			bully_owners_take(owner, false, &gone);
	if (gone.n) {
		bully_owner_plan(group);
		bully_owner_changed(group, BULLY_REASON_OWNER_EXIT);
	}
	bully_group_unlock(group);
	bully_owner_drop(group, &gone);
	return gone.n;
}

/**
 * bully_owner_move() - move the owners of a replaced group to the new group
 * @old: the replaced group, hidden
 * @group: the new group, visible in the place of @old, not started
 *
 * A release that finds an owner in neither group is handled here. A release that found
 * @old earlier has taken the owner out.
 */
void bully_owner_move(struct bully_group *old, struct bully_group *group)
{
	struct bully_owners_gone moved = {}, late = {};
	struct bully_owners table;
	unsigned int i;

	lockdep_assert_held(&group->bn->lock);
	bully_group_lock(old);
	table = old->owners;
	bully_owners_clear(&old->owners, &moved);
	bully_owner_plan(old);
	bully_group_unlock_quiet(old);

	bully_group_lock(group);
	/* the references of @moved go to the new entries */
	for (i = 0; i < BULLY_OWNERS_MAX; i++)
		bully_owners_sit(&group->owners.entry[i], &table.entry[i]);
	bully_owner_plan(group);
	if (group->candidate == BULLY_CANDIDATE_ON)
		bully_owner_forget(group, &late);
	bully_group_unlock_quiet(group);
	/* list and portids are set before SOCK_DEAD is read; pairs with bully_notifier_release() */
	smp_mb();
	/* a concurrent release may already have taken an owner out and put its socket */
	for (i = 0; i < BULLY_OWNERS_MAX; i++)
		if (table.entry[i].sk)
			bully_owner_release(group, table.entry[i].portid);
	bully_owner_drop(group, &late);
}

/* The group ends: take its owners out. */
void bully_owner_put(struct bully_group *group)
{
	struct bully_owners_gone gone = {};

	bully_group_lock(group);
	bully_owners_clear(&group->owners, &gone);
	bully_owner_plan(group);
	bully_group_unlock_quiet(group);
	bully_owner_drop(group, &gone);
}
