// SPDX-License-Identifier: GPL-2.0
/*
 * change.c - a running group gets other options and other peers
 *
 * All of it is called under bully_net.lock, with what was checked. What rests on
 * the core's word is asked and done under one hold of the group's lock.
 */
#include <linux/ktime.h>

#include "base/look.h"
#include "compat/rescue.h"
#include "group/group.h"
#include "group/link.h"

/* The keys of a group, which only the caller changes. */
static struct bully_keys *bully_group_keys(const struct bully_group *group)
{
	return rcu_dereference_protected(group->keys, lockdep_is_held(&group->bn->lock));
}

/* Is another key to sign or to be accepted, or is it to be asked for in another mode? */
static bool bully_group_rekeyed(const struct bully_group *group,
				const struct bully_group_config *config)
{
	return group->auth != config->auth ||
	       !bully_keys_same(bully_group_keys(group), config->keys);
}

/* Is anything else than before that an administrator may set, beside addresses and keys? */
static bool bully_group_differs(const struct bully_group *group,
				const struct bully_group_config *config)
{
	const struct bully_opts *old = &group->core.opts, *new = &config->opts;

	lockdep_assert_held(&group->engine.lock);
	if (config->candidate != BULLY_GROUP_AS_IS && group->candidate != config->candidate)
		return true;
	return old->heartbeat_ns != new->heartbeat_ns || old->misses != new->misses ||
	       old->preempt_delay_ns != new->preempt_delay_ns || old->preempt != new->preempt ||
	       old->role != new->role || old->quorum != new->quorum ||
	       old->lease_ns != new->lease_ns || group->lease_ns != config->lease_ns ||
	       old->voters != new->voters ||
	       old->holddown != new->holddown || old->holddown_free != new->holddown_free ||
	       old->holddown_delay_ns != new->holddown_delay_ns ||
	       old->holddown_max_ns != new->holddown_max_ns ||
	       old->holddown_half_life_ns != new->holddown_half_life_ns;
}

/*
 * May the set of voters change (R7)? Asked under the same lock as the change is
 * made under, since what happens between the two could turn a yes into a no.
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
 * May the options become these (R7)? Quorum mode and lease are what grants that
 * may live somewhere rest on; only a new session, which abstains first (R4), has
 * others.
 */
static const char *bully_group_keeps_opts(const struct bully_group *group,
					  const struct bully_group_config *config)
{
	const struct bully_opts *old = &group->core.opts, *new = &config->opts;
	struct bully_quorum_view view;

	lockdep_assert_held(&group->engine.lock);
	bully_core_quorum(&group->core, ktime_get_boottime_ns(), &view);
	if (view.seen_leader && old->quorum != new->quorum)
		return "quorum stays as it is once a leader was seen; setconf replaces the group";
	if (view.seen_leader && old->lease_ns != new->lease_ns) {
		if (group->lease_ns == config->lease_ns)
			return "the lease, heartbeat times misses, stays once a leader was seen";
		return "the lease stays once a leader was seen; setconf replaces the group";
	}
	if (old->role == new->role)
		return NULL;
	return bully_group_keeps_voters(group, config->id, new->role);
}

/*
 * Give a group other keys. Messages that are on their way keep those that they were
 * given. Return: the keys that it had, for the caller to give back
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

/* Returns true if the sockets must be bound elsewhere. Interfaces are compared by name. */
static bool bully_group_moves(const struct bully_group *group,
			      const struct bully_group_config *config)
{
	return strcmp(group->dev_name, config->dev_name) ||
	       !bully_addr_same_config(&group->local, group->scope_name, &config->local,
				       config->scope_name);
}

/* Keep where the sockets are to be bound. */
static void bully_group_bind(struct bully_group *group, const struct bully_group_config *config)
{
	lockdep_assert_held(&group->engine.lock);
	group->local = config->local;
	strscpy(group->scope_name, config->scope_name, IFNAMSIZ);
	group->dev = config->dev;
	strscpy(group->dev_name, config->dev_name, IFNAMSIZ);
}

/* Have sockets and the link looked at, now and as long as need be. */
static void bully_group_look(struct bully_group *group)
{
	unsigned int again = bully_link_update(group);

	if (again)
		bully_kick(&group->bn->kick, again);
}

/* Bind the sockets where the group says now. */
static void bully_group_move(struct bully_group *group)
{
	bully_link_close(group);
	/* nobody is left who would cache a route of the old socket */
	synchronize_net();
	bully_group_look(group);
}

/**
 * bully_group_set() - change a group
 * @group: the group
 * @config: checked; its name and id are the group's
 * @refusal: set to a sentence where the group must stay as it is while it runs
 *
 * Return: 0; or -EBUSY or -ENOSPC with a refusal, and then nothing has changed
 */
int bully_group_set(struct bully_group *group, const struct bully_group_config *config,
		    const char **refusal)
{
	bool moved = bully_group_moves(group, config);
	u64 rescue_ns = bully_group_rescue(group->bn, config->opts.heartbeat_ns);
	bool rekeyed = bully_group_rekeyed(group, config), differs;
	struct bully_event event = { .type = BULLY_EV_OPTS };
	struct bully_opts opts = config->opts;
	struct bully_keys *keys = NULL;
	int err;

	*refusal = NULL;
	bully_group_lock(group);
	differs = bully_group_differs(group, config);
	bully_group_unlock_quiet(group);
	if (!moved && !rekeyed && !differs)
		return 0;
	err = bully_group_need(group, group->core.n_peers, opts.heartbeat_ns, refusal);
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
		if (config->candidate != BULLY_GROUP_AS_IS)
			group->candidate = config->candidate;
		opts.candidate = bully_owner_stands(group);
		if (rekeyed)
			keys = bully_group_rekey(group, config);
		if (!group->engine.dead)
			bully_group_step(group, &event, NULL);
	}
	bully_group_unlock(group);
	bully_group_settle(group);
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

/* Look at the link after the set of peers changed. */
static void bully_group_peers_changed(struct bully_group *group)
{
	bully_group_look(group);
	bully_net_changed(group->bn);
}

/**
 * bully_group_add_peer() - add a peer
 * @group: the group
 * @config: checked
 * @refusal: set to a sentence where the voters must stay who they are now (R7)
 *
 * Return: 0; -EBUSY or -ENOSPC with a refusal; or -ENOMEM
 */
int bully_group_add_peer(struct bully_group *group, const struct bully_peer_config *config,
			 const char **refusal)
{
	struct bully_event event = { .type = BULLY_EV_PEER_ADD };
	struct bully_remote *remote;
	int err;

	err = bully_group_need(group, group->core.n_peers + 1, group->core.opts.heartbeat_ns,
			       refusal);
	if (err)
		return err;
	remote = bully_peer_alloc(config);
	if (!remote) {
		bully_group_settle(group);
		return -ENOMEM;
	}
	/* the step may send to it at once */
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

/* What else follows a changed peer, when drains that have the old address are over. */
static void bully_group_peer_moved(struct bully_group *group, struct bully_remote *remote)
{
	synchronize_net();
	/* what they cached goes */
	dst_cache_reset(&remote->route);
	bully_group_lock(group);
	remote->moving = false;
	bully_group_unlock_quiet(group);
	bully_group_peers_changed(group);
}

/**
 * bully_group_set_peer() - change a peer
 * @group: the group
 * @config: checked; there is a peer of its id
 *
 * Return: NULL, or a sentence that says why the voters must stay who they are (R7)
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

/* Remove a peer. Return: NULL, or a sentence as of bully_group_set_peer() */
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
