// SPDX-License-Identifier: GPL-2.0
/*
 * owner.c - a group's candidacy, bound to a socket
 *
 * The owner is the socket itself, not its port id: that may be taken by another
 * socket before anybody has heard that the first one is gone. When a netlink
 * socket is released the kernel first frees its port id, then marks it SOCK_DEAD,
 * then calls a chain (netns/notifier.c). So what the chain says is looked
 * up by the port id, but believed only of an owner whose own socket is dead.
 *
 * Nothing of this sleeps or waits for the configuration: the group resigns in the
 * context of the process that closes the socket, or that is being killed.
 *
 * A record holds a reference to its socket, and by that the socket's namespace,
 * until the socket is released, the group ends, or another one takes over. Every
 * record is taken out under its group's lock, by exactly one of those.
 */
#include <linux/ktime.h>
#include <linux/netlink.h>
#include <net/sock.h>

#include "group/group.h"
#include "group/owner.h"

static bool bully_owner_asleep;

/* The machine is about to sleep: from now on no owner's node stands; or it is awake again. */
void bully_owner_sleep(bool asleep)
{
	WRITE_ONCE(bully_owner_asleep, asleep);
}

/* Does a socket own the candidacy, and is in time? */
bool bully_owner_owns(const struct bully_group *group)
{
	return group->owner.sk && !group->owner.late;
}

/* Does the node stand, as far as that is the administrator's and the owner's? (S7)
 * While the machine is about to sleep it does not, whatever they say (R8).
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

/* The owner, or the promise, is another one: the core is told, and so is user space. */
static void bully_owner_changed(struct bully_group *group, enum bully_reason reason)
{
	struct bully_opts opts = group->core.opts;
	struct bully_event event = { .type = BULLY_EV_OPTS, .opts = &opts, .reason = reason };

	/* who has ever had an owner stands only while there is one */
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

/* Take the record out. Return: its socket, for the caller to put without the lock, or NULL */
static struct sock *bully_owner_take(struct bully_group *group)
{
	static const struct bully_owner nobody;
	struct sock *sk = group->owner.sk;

	bully_owner_set(group, &nobody, BULLY_NEVER);
	return sk;
}

/* The same, and what follows from it (S7). */
static struct sock *bully_owner_leave(struct bully_group *group, enum bully_reason reason)
{
	bool owned = bully_owner_owns(group);
	struct sock *sk = bully_owner_take(group);

	if (owned)
		bully_owner_changed(group, reason);
	return sk;
}

/**
 * bully_owner_check() - is the owner late?
 * @group: locked
 * @now: the time
 *
 * From the group's tasklet, and before anything that would be too late (S8).
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

/* Lock a group for a request of a socket. */
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
 * @group: the group
 * @sk: the socket, which is in use by the caller
 * @portid: its port id
 * @deadline_ns: how long it may be silent, 0 for ever
 *
 * Return: NULL, or a sentence that says why not
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
		/* one that was late, or one whose release is about to be told */
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

/* Why a socket may not speak for a group; NULL if it may. */
static const char *bully_owner_refusal(const struct bully_group *group, const struct sock *sk)
{
	if (group->owner.sk != sk)
		return "this socket does not own the candidacy of this group";
	if (group->owner.late)
		return "this socket was late, and owns the candidacy of this group no more";
	return NULL;
}

/**
 * bully_owner_refresh() - the owner is alive
 * @group: the group; bully_net.lock need not be held
 * @sk: the socket that says so
 *
 * Return: NULL, or a sentence that says why it does not matter
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
 * bully_owner_disown() - the owner gives the candidacy back
 * @group: the group; bully_net.lock need not be held
 * @sk: the socket that says so, which is in use by the caller
 *
 * Return: NULL, or a sentence that says why it cannot
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
 * @portid: of the socket
 *
 * Return: true if it was
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
 * bully_owner_move() - a group takes the place of another, and gets its owner
 * @old: hidden
 * @group: visible in its place, not started
 *
 * A release that finds neither is seen here; one that finds @old before was first.
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
	/* what the release looks at was changed before; with the one in bully_notifier_release() */
	smp_mb();
	/* by now another one may have done it, and the socket be gone */
	bully_owner_release(group, owner.portid);
}

/* The group ends. */
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
