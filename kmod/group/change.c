// SPDX-License-Identifier: GPL-2.0-only
/*
 * change.c - changes the options and the peers of a running group
 *
 * All functions are called under bully_net.lock, with a checked configuration. If the core
 * must permit a change, the question and the change happen under one hold of the group's
 * lock.
 */
#include <linux/err.h>
#include <linux/ktime.h>
#include <linux/slab.h>

#include "base/look.h"
#include "compat/rescue.h"
#include "group/group.h"
#include "group/link.h"

/* Returns the keys of a group. The caller holds bully_net.lock, so the keys do not change. */
static struct bully_keys *bully_group_keys(const struct bully_group *group)
{
	return rcu_dereference_protected(group->keys, lockdep_is_held(&group->bn->lock));
}

/* Returns true if the authentication mode, the keys or the key that signs would change. */
static bool bully_group_rekeyed(const struct bully_group *group,
				const struct bully_group_config *config)
{
	return group->auth != config->auth ||
	       !bully_keys_same(bully_group_keys(group), config->keys);
}

/* Returns true if an option of the administrator differs, other than addresses and keys. */
static bool bully_group_differs(const struct bully_group *group,
				const struct bully_group_config *config)
{
	const struct bully_opts *old = &group->core.opts, *new = &config->opts;

	lockdep_assert_held(&group->engine.lock);
	if (config->candidate != BULLY_GROUP_AS_IS && group->candidate != config->candidate)
		return true;
	if (config->candidate == BULLY_CANDIDATE_ON && bully_owners_miss(&group->owners))
		return true; /* S7: they are forgotten */
	return old->heartbeat_ns != new->heartbeat_ns || old->misses != new->misses ||
	       old->preempt_delay_ns != new->preempt_delay_ns || old->preempt != new->preempt ||
	       group->priority != new->priority ||
	       old->role != new->role || old->quorum != new->quorum ||
	       old->election != new->election ||
	       old->lease_ns != new->lease_ns || group->lease_ns != config->lease_ns ||
	       old->voters != new->voters || old->observers != new->observers ||
	       old->unlisted != new->unlisted ||
	       old->holddown != new->holddown || old->holddown_free != new->holddown_free ||
	       old->holddown_delay_ns != new->holddown_delay_ns ||
	       old->holddown_max_ns != new->holddown_max_ns ||
	       old->holddown_half_life_ns != new->holddown_half_life_ns;
}

/*
 * R7: a majority must have followed the last change of the voters before the next change.
 * The answer holds only until the group's lock is released, so the caller makes the change
 * under the same hold. Return: NULL, or a sentence that says why the voters must stay.
 */
static const char *bully_group_keeps_voters(const struct bully_group *group, u32 id, u8 role)
{
	u32 target = bully_core_members_with(&group->core, id, role);

	lockdep_assert_held(&group->engine.lock);
	if (group->core.opts.quorum == BULLY_QUORUM_OFF)
		return NULL;
	return bully_core_may_change(&group->core, target, NULL, 0, NULL);
}

/*
 * Refuse new options that would void the grants of others. Such grants rest on quorum mode,
 * election and lease. Only a new session may change them, because it abstains first (R4: a
 * restarted voter grants nothing until old grants have ended). A new role changes the voters (R7).
 * Return: NULL, or a sentence that says why the options must stay.
 */
static const char *bully_group_keeps_opts(const struct bully_group *group,
					  const struct bully_group_config *config)
{
	static const char lease_stays[] =
		"the lease cannot change after a leader was seen; setconf replaces the group";
	static const char product_stays[] =
		"heartbeat times misses, the lease, cannot change after a leader was seen";
	const struct bully_opts *old = &group->core.opts, *new = &config->opts;
	struct bully_quorum_view view;

	lockdep_assert_held(&group->engine.lock);
	bully_core_quorum(&group->core, ktime_get_boottime_ns(), &view);
	if (view.seen_leader && old->quorum != new->quorum)
		return "quorum cannot change after a leader was seen; setconf replaces the group";
	if (view.seen_leader && old->election != new->election)
		return "election cannot change after a leader was seen; setconf replaces the group";
	if (view.seen_leader && old->lease_ns != new->lease_ns)
		return group->lease_ns == config->lease_ns ? product_stays : lease_stays;
	if (old->role == new->role)
		return NULL;
	return bully_group_keeps_voters(group, config->id, new->role);
}

/*
 * Give a group other keys. Packets that are being sent or verified keep the old keys.
 * Return: the old keys, which the caller releases
 */
static struct bully_keys *bully_group_rekey(struct bully_group *group,
					    const struct bully_group_config *config)
{
	struct bully_keys *old = bully_group_keys(group);

	lockdep_assert_held(&group->engine.lock);
	group->auth = config->auth;
	rcu_assign_pointer(group->keys, bully_keys_get(config->keys));
	return old;
}

/*
 * Give a group another guard, or none. The guard takes over until when this node leads, and
 * packets see it under the same hold of the lock. Return: the old guard, which the caller frees
 */
static struct bully_guard *bully_group_reguard(struct bully_group *group,
					       struct bully_guard *guard)
{
	struct bully_guard *old = group->guard;

	lockdep_assert_held(&group->engine.lock);
	if (guard && old)
		bully_guard_inherit(guard, old);
	else if (guard)
		bully_guard_lead(guard, bully_core_lease_end(&group->core));
	bully_guard_replace(old, guard);
	group->guard = guard;
	return old;
}

/*
 * Get what a change needs and may not get: a share of limits and, unless NULL, memory for the
 * places of observers, and a guard. Return: 0 or an errno, and then there is nothing to free
 */
static int bully_group_prepare(struct bully_group *group, const struct bully_group_config *config,
			       void **places, struct bully_guard **guard, const char **refusal)
{
	int err = bully_group_need(group, group->core.n_peers, &config->opts, refusal);

	if (err)
		return err;
	if (places) {
		*places = bully_group_places(&config->opts);
		err = PTR_ERR_OR_ZERO(*places);
	}
	if (!err && guard) {
		*guard = bully_guard_make(bully_guards(group->bn->net), &config->guard, refusal);
		err = PTR_ERR_OR_ZERO(*guard);
		if (err && places)
			kvfree(*places);
	}
	if (err)
		bully_group_settle(group);
	return err;
}

/* Returns true if the sockets must be bound elsewhere. Interfaces are compared by name. */
static bool bully_group_moves(const struct bully_group *group,
			      const struct bully_group_config *config)
{
	return strcmp(group->dev_name, config->dev_name) ||
	       !bully_addr_same_config(&group->local, group->scope_name, &config->local,
				       config->scope_name);
}

/* Store the new binding of the sockets. */
static void bully_group_bind(struct bully_group *group, const struct bully_group_config *config)
{
	lockdep_assert_held(&group->engine.lock);
	group->local = config->local;
	strscpy(group->scope_name, config->scope_name, IFNAMSIZ);
	group->dev = config->dev;
	strscpy(group->dev_name, config->dev_name, IFNAMSIZ);
}

/* Update the sockets and the link now, and again later as long as the update asks for it. */
static void bully_group_look(struct bully_group *group)
{
	unsigned int again = bully_link_update(group);

	if (again)
		bully_kick(&group->bn->kick, again);
}

/* Bind the sockets again, after bully_group_bind(). */
static void bully_group_move(struct bully_group *group)
{
	bully_link_close(group);
	/* wait for drains that may still cache a route of the old socket */
	synchronize_net();
	bully_group_look(group);
}

/**
 * bully_group_set() - change the options of a group
 * @group: the group
 * @config: checked; its name and id are the group's
 * @refusal: set to a sentence if the options cannot be changed, else to NULL
 *
 * Return: 0; -EBUSY, -ENOSPC or an errno of bully_guard_make() with a refusal; or -ENOMEM. On an
 * error nothing has changed
 */
int bully_group_set(struct bully_group *group, const struct bully_group_config *config,
		    const char **refusal)
{
	bool moved = bully_group_moves(group, config);
	u64 rescue_ns = bully_group_rescue(group->bn, config->opts.heartbeat_ns);
	bool rekeyed = bully_group_rekeyed(group, config), differs;
	bool guards = bully_guard_differs(group->guard, &config->guard);
	bool seats = group->core.opts.observers != config->opts.observers;
	struct bully_event event = { .type = BULLY_EV_OPTS };
	struct bully_opts opts = config->opts;
	struct bully_owners_gone gone = {};
	struct bully_guard *guard = NULL;
	struct bully_keys *keys = NULL;
	void *places = NULL;
	int err;

	*refusal = NULL;
	bully_group_lock(group);
	differs = bully_group_differs(group, config);
	bully_group_unlock_quiet(group);
	if (!moved && !rekeyed && !guards && !differs)
		return 0;
	err = bully_group_prepare(group, config, seats ? &places : NULL, guards ? &guard : NULL,
				  refusal);
	if (err)
		return err;
	bully_rescue_get(rescue_ns);
	opts.look_ns = bully_look_ns(opts.heartbeat_ns);
	event.opts = &opts;

	bully_group_lock(group);
	*refusal = bully_group_keeps_opts(group, config);
	if (!*refusal) {
		if (moved)
			bully_group_bind(group, config);
		group->lease_ns = config->lease_ns;
		group->priority = config->opts.priority;
		if (config->candidate != BULLY_GROUP_AS_IS)
			group->candidate = config->candidate;
		/* S7: 'on' forgets owners that are vacant or late */
		if (config->candidate == BULLY_CANDIDATE_ON)
			bully_owner_forget(group, &gone);
		bully_owner_decide(group, &opts);
		if (rekeyed)
			keys = bully_group_rekey(group, config);
		if (guards)
			guard = bully_group_reguard(group, guard);
		if (seats)
			places = bully_core_lend_places(&group->core, places, opts.observers,
							bully_group_random());
		if (!group->engine.dead)
			bully_group_step(group, &event, NULL);
	}
	bully_group_unlock(group);
	bully_owner_drop(group, &gone);
	bully_group_settle(group);
	/* the old ones, or the new ones of a refused change */
	bully_guard_free(guard);
	kvfree(places);
	if (*refusal) {
		bully_rescue_put(rescue_ns);
		return -EBUSY;
	}

	bully_keys_put(keys);
	bully_rescue_put(group->rescue_ns);
	group->rescue_ns = rescue_ns;
	if (moved)
		bully_group_move(group);
	bully_net_changed(group->bn);
	return 0;
}

/* The peers changed: update the link, and let dumps in progress notice the change. */
static void bully_group_peers_changed(struct bully_group *group)
{
	bully_group_look(group);
	bully_net_changed(group->bn);
}

/**
 * bully_group_add_peer() - add a peer
 * @group: the group
 * @config: checked
 * @refusal: set to a sentence if the peer cannot be added, else to NULL
 *
 * R7: a voter is refused while the last change of the voters has not reached a majority.
 *
 * Return: 0; -EBUSY or -ENOSPC with a refusal; or -ENOMEM
 */
int bully_group_add_peer(struct bully_group *group, const struct bully_peer_config *config,
			 const char **refusal)
{
	struct bully_event event = { .type = BULLY_EV_PEER_ADD };
	struct bully_remote *remote;
	int err;

	err = bully_group_need(group, group->core.n_peers + 1, &group->core.opts, refusal);
	if (err)
		return err;
	remote = bully_peer_alloc(config);
	if (!remote) {
		bully_group_settle(group);
		return -ENOMEM;
	}
	/* before the step, which may send to the new peer at once */
	bully_link_open(group, config->addr.family);
	event.peer = &remote->core;
	bully_group_lock(group);
	if (config->role != BULLY_ROLE_OBSERVER)
		*refusal = bully_group_keeps_voters(group, config->id, config->role);
	if (!*refusal)
		bully_group_step(group, &event, NULL);
	bully_group_unlock(group);
	bully_group_settle(group);
	if (*refusal) {
		bully_peer_free_now(remote);
		bully_group_look(group);
		return -EBUSY;
	}
	bully_group_peers_changed(group);
	return 0;
}

/* Finish the change of a peer, after the drains that have the old address have ended. */
static void bully_group_peer_moved(struct bully_group *group, struct bully_remote *remote)
{
	synchronize_net();
	/* drop the routes that those drains cached */
	dst_cache_reset(&remote->route);
	bully_group_lock(group);
	remote->moving = false;
	bully_group_unlock_quiet(group);
	bully_group_peers_changed(group);
}

/**
 * bully_group_set_peer() - change a peer
 * @group: the group
 * @config: checked; the group has a peer with this id
 *
 * R7: a new role is refused while the last change of the voters has not reached a majority.
 *
 * Return: NULL, or a sentence that says why the peer cannot be changed
 */
const char *bully_group_set_peer(struct bully_group *group, const struct bully_peer_config *config)
{
	struct bully_event event = { .type = BULLY_EV_PEER_SET, .role = config->role };
	struct bully_peer *peer = bully_core_find(&group->core, config->id);
	struct bully_remote *remote = bully_peer_remote(peer);
	const char *refusal = NULL;

	if (peer->role == config->role &&
	    bully_addr_same_config(&remote->addr, remote->scope_name, &config->addr,
				   config->scope_name))
		return NULL;
	bully_link_open(group, config->addr.family);
	event.peer = peer;
	bully_group_lock(group);
	if (peer->role != config->role)
		refusal = bully_group_keeps_voters(group, config->id, config->role);
	if (!refusal) {
		remote->addr = config->addr;
		strscpy(remote->scope_name, config->scope_name, IFNAMSIZ);
		remote->moving = true;
		bully_group_step(group, &event, NULL);
	}
	bully_group_unlock(group);
	if (refusal)
		bully_group_look(group);
	else
		bully_group_peer_moved(group, remote);
	return refusal;
}

/* Remove a peer. Return: NULL, or a sentence that says why not (R7), as bully_group_set_peer() */
const char *bully_group_del_peer(struct bully_group *group, struct bully_remote *remote)
{
	struct bully_event event = { .type = BULLY_EV_PEER_DEL, .peer = &remote->core };
	const char *refusal = NULL;

	bully_group_lock(group);
	if (remote->core.role != BULLY_ROLE_OBSERVER)
		refusal = bully_group_keeps_voters(group, remote->core.id, BULLY_ROLE_OBSERVER);
	if (!refusal) {
		bully_group_step(group, &event, NULL);
		bully_events_forget(group, remote->core.id);
	}
	bully_group_unlock(group);
	if (refusal)
		return refusal;
	bully_group_settle(group);
	bully_group_peers_changed(group);
	bully_peer_free(remote);
	return NULL;
}
