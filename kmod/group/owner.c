// SPDX-License-Identifier: GPL-2.0-only
/*
 * owner.c - binds a group's candidacy to a socket
 *
 * The owner is the socket itself, not its port id: another socket may take the port id
 * before anybody has heard that the first socket is gone. When a netlink socket is
 * released, the kernel first frees its port id, then marks the socket SOCK_DEAD, and then
 * calls a notifier chain (netns/notifier.c). So a release looks up the owner by the port
 * id, and counts only if the owner's own socket is dead.
 *
 * A release waits neither for bully_net.lock nor for another process: the group resigns in
 * the context of the process that closes the socket or is being killed.
 *
 * A record holds a reference to its socket, and thereby to the socket's namespace, until
 * the socket is released, the owner gives the candidacy back, another socket takes over,
 * or the group ends. Exactly one of these takes the record out, under the group's lock.
 */
#include <linux/ktime.h>
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

/* Returns true if a socket owns the candidacy and is not late. */
bool bully_owner_owns(const struct bully_group *group)
{
	return group->owner.sk && !group->owner.late;
}

/* S7: returns true if the administrator and the owner let the node stand. R8: a node does not
 * stand while its machine is about to sleep.
 */
bool bully_owner_stands(const struct bully_group *group)
{
	lockdep_assert_held(&group->engine.lock);
	if (READ_ONCE(bully_owner_asleep))
		return false;
	if (group->candidate == BULLY_CANDIDATE_OWNER)
		return bully_owner_owns(group);
	return group->candidate == BULLY_CANDIDATE_ON;
}

/* The owner or its deadline changed: tell the core, which makes an event of the change. */
static void bully_owner_changed(struct bully_group *group, enum bully_reason reason)
{
	struct bully_opts opts = group->core.opts;
	struct bully_event event = { .type = BULLY_EV_OPTS, .opts = &opts, .reason = reason };

	/* a node that has ever had an owner stands only while it has an owner */
	if (group->candidate == BULLY_CANDIDATE_ON)
		group->candidate = BULLY_CANDIDATE_OWNER;
	opts.candidate = bully_owner_stands(group);
	if (!group->engine.dead && group->engine.started)
		bully_group_step(group, &event, NULL);
}

static void bully_owner_set(struct bully_group *group, const struct bully_owner *owner, u64 due)
{
	lockdep_assert_held(&group->engine.lock);
	group->owner.sk = owner->sk;
	WRITE_ONCE(group->owner.portid, owner->portid);
	group->owner.late = owner->late;
	group->owner.deadline_ns = owner->deadline_ns;
	group->engine.due = due;
}

/* Take the record out. Return: its socket, which the caller puts without the lock; or NULL */
static struct sock *bully_owner_take(struct bully_group *group)
{
	static const struct bully_owner nobody;
	struct sock *sk = group->owner.sk;

	bully_owner_set(group, &nobody, BULLY_NEVER);
	return sk;
}

/* Take the record out. S7: without an owner the node does not stand, and a leader resigns. */
static struct sock *bully_owner_leave(struct bully_group *group, enum bully_reason reason)
{
	bool owned = bully_owner_owns(group);
	struct sock *sk = bully_owner_take(group);

	if (owned)
		bully_owner_changed(group, reason);
	return sk;
}

/**
 * bully_owner_check() - mark the owner as late if its deadline has passed
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
	group->engine.due = BULLY_NEVER;
	group->owner.late = true;
	bully_owner_changed(group, BULLY_REASON_OWNER_LATE);
}

static void bully_owner_promise(struct bully_group *group, u64 now, u64 deadline_ns)
{
	group->owner.deadline_ns = deadline_ns;
	group->engine.due = deadline_ns ? now + deadline_ns : BULLY_NEVER;
}

/* Lock a group for a request of a socket, and check the owner. Return: the time */
static u64 bully_owner_lock(struct bully_group *group) __acquires(&group->engine.lock)
{
	u64 now;

	bully_group_lock(group);
	now = ktime_get_boottime_ns();
	bully_owner_check(group, now);
	return now;
}

/**
 * bully_owner_own() - let a socket own a group's candidacy
 * @group: the group; the caller holds bully_net.lock
 * @sk: the socket, which the caller keeps alive
 * @portid: the port id of @sk
 * @deadline_ns: how long the owner may be silent, 0 for ever
 *
 * Return: NULL, or a sentence that says why the socket cannot own the candidacy
 */
const char *bully_owner_own(struct bully_group *group, struct sock *sk, u32 portid,
			    u64 deadline_ns)
{
	struct bully_owner *owner = &group->owner;
	struct sock *old = NULL;
	const char *refusal = NULL;
	bool news;
	u64 now;

	lockdep_assert_held(&group->bn->lock);
	now = bully_owner_lock(group);
	if (group->engine.dead)
		refusal = "this group has stopped";
	else if (bully_owner_owns(group) && owner->sk != sk && !sock_flag(owner->sk, SOCK_DEAD))
		refusal = "another socket owns the candidacy of this group";
	if (refusal)
		goto out;
	news = !bully_owner_owns(group) || owner->deadline_ns != deadline_ns ||
	       group->candidate == BULLY_CANDIDATE_ON;
	if (owner->sk != sk) {
		/* the old owner was late, or the notifier of its release is about to run */
		old = bully_owner_leave(group, BULLY_REASON_OWNER_EXIT);
		if (!old)
			atomic_inc(&group->bn->n_owners);
		sock_hold(sk);
		owner->sk = sk;
		WRITE_ONCE(owner->portid, portid);
		news = true;
	}
	owner->late = false;
	bully_owner_promise(group, now, deadline_ns);
	if (news)
		bully_owner_changed(group, BULLY_REASON_CONFIG);
out:
	bully_group_unlock(group);
	if (old)
		sock_put(old);
	return refusal;
}

/* Returns why a socket does not own the candidacy of a group; NULL if it does. */
static const char *bully_owner_refusal(const struct bully_group *group, const struct sock *sk)
{
	if (group->owner.sk != sk)
		return "this socket does not own the candidacy of this group";
	if (group->owner.late)
		return "this socket missed its deadline and lost the candidacy of this group";
	return NULL;
}

/**
 * bully_owner_refresh() - start the owner's deadline anew
 * @group: the group; bully_net.lock need not be held
 * @sk: the socket that asks
 *
 * Return: NULL, or a sentence that says why @sk is not the owner
 */
const char *bully_owner_refresh(struct bully_group *group, struct sock *sk)
{
	const char *refusal;
	u64 now;

	now = bully_owner_lock(group);
	refusal = bully_owner_refusal(group, sk);
	if (!refusal)
		bully_owner_promise(group, now, group->owner.deadline_ns);
	bully_group_unlock(group);
	return refusal;
}

/**
 * bully_owner_disown() - give the candidacy back
 * @group: the group; bully_net.lock need not be held
 * @sk: the socket that asks, which the caller keeps alive
 *
 * Return: NULL, or a sentence that says why @sk is not the owner
 */
const char *bully_owner_disown(struct bully_group *group, struct sock *sk)
{
	struct sock *old = NULL;
	const char *refusal;

	bully_owner_lock(group);
	refusal = bully_owner_refusal(group, sk);
	if (!refusal)
		old = bully_owner_leave(group, BULLY_REASON_OWNER_EXIT);
	bully_group_unlock(group);
	if (!old)
		return refusal;
	atomic_dec(&group->bn->n_owners);
	sock_put(old);
	return NULL;
}

/**
 * bully_owner_release() - resign if the owner's socket is being released
 * @group: the group; RCU is read-locked or bully_net.lock is held
 * @portid: the port id of the socket
 *
 * Return: true if the owner's socket was being released
 */
bool bully_owner_release(struct bully_group *group, u32 portid)
{
	struct sock *sk = NULL;

	bully_group_lock(group);
	if (group->owner.portid == portid && sock_flag(group->owner.sk, SOCK_DEAD))
		sk = bully_owner_leave(group, BULLY_REASON_OWNER_EXIT);
	bully_group_unlock(group);
	if (!sk)
		return false;
	atomic_dec(&group->bn->n_owners);
	sock_put(sk);
	return true;
}

/**
 * bully_owner_move() - move the owner of a replaced group to the new group
 * @old: the replaced group, hidden
 * @group: the new group, visible in the place of @old, not started
 *
 * A release that finds the owner in neither group is handled here. A release that found
 * @old earlier has taken the owner out.
 */
void bully_owner_move(struct bully_group *old, struct bully_group *group)
{
	struct bully_owner owner;
	u64 due;

	lockdep_assert_held(&group->bn->lock);
	bully_group_lock(old);
	owner = old->owner;
	due = old->engine.due;
	bully_owner_take(old);
	bully_group_unlock_quiet(old);
	if (!owner.sk)
		return;
	bully_group_lock(group);
	bully_owner_set(group, &owner, due);
	bully_group_unlock_quiet(group);
	/* list and portid are set before SOCK_DEAD is read; pairs with bully_notifier_release() */
	smp_mb();
	/* a concurrent release may already have taken the owner out and put the socket */
	bully_owner_release(group, owner.portid);
}

/* The group ends: take its owner out. */
void bully_owner_put(struct bully_group *group)
{
	struct sock *sk;

	bully_group_lock(group);
	sk = bully_owner_take(group);
	bully_group_unlock_quiet(group);
	if (!sk)
		return;
	atomic_dec(&group->bn->n_owners);
	sock_put(sk);
}
