// SPDX-License-Identifier: GPL-2.0
/* group.c - groups begin and end */
#include <linux/ktime.h>
#include <linux/random.h>
#include <linux/slab.h>
#include <linux/user_namespace.h>

#include "group/group.h"
#include "group/link.h"
#include "netns/net.h"
#include "netlink/notify.h"
#include "page/page.h"
#include "compat/rescue.h"
#include "transport/socket.h"

static u64 bully_group_random(void)
{
	u64 value;

	do {
		value = get_random_u64();
	} while (!value);
	return value;
}

/* The heartbeat that the rescue timers are to keep up with. */
u64 bully_group_rescue(const struct bully_net *bn, u64 heartbeat_ns)
{
	return bn->net->user_ns == &init_user_ns ? heartbeat_ns : 0;
}

static void bully_group_free_rcu(struct rcu_head *rcu)
{
	kvfree(container_of(rcu, struct bully_group, rcu));
}

/* What bully_group_alloc() made; a reader under RCU may still look at it. */
void bully_group_free(struct bully_group *group)
{
	u32 i;

	for (i = 0; i < group->core.n_peers; i++)
		bully_peer_free(bully_peer_remote(group->core.peer[i]));
	bully_owner_put(group);
	bully_page_end(group);
	bully_rescue_put(group->rescue_ns);
	/* a receiver that found the group is as old as those that call_rcu() waits for */
	bully_auth_put(rcu_dereference_protected(group->keys, true));
	bully_share_end(&group->share);
	call_rcu(&group->rcu, bully_group_free_rcu);
}

/* Make sure that a group's user may have what the group is about to be. */
int bully_group_need(struct bully_group *group, u32 n_peers, u64 heartbeat_ns,
		     const char **refusal)
{
	return bully_share_raise(&group->share, group->bn->net->user_ns, n_peers, heartbeat_ns,
				 refusal);
}

/* Give back what bully_group_need() took beyond what the group has become. */
void bully_group_settle(struct bully_group *group)
{
	lockdep_assert_held(&group->bn->lock);
	bully_share_lower(&group->share, group->core.n_peers, group->core.opts.heartbeat_ns);
}

/* A group without peers and without a share, or NULL without memory. */
static struct bully_group *bully_group_new(struct bully_net *bn,
					   const struct bully_group_config *config)
{
	struct bully_group *group = kvzalloc(sizeof(*group), GFP_KERNEL_ACCOUNT);

	if (!group)
		return NULL;
	group->rescue_ns = bully_group_rescue(bn, config->opts.heartbeat_ns);
	bully_rescue_get(group->rescue_ns);
	group->bn = bn;
	group->local = config->local;
	strscpy(group->scope_name, config->scope_name, IFNAMSIZ);
	strscpy(group->dev_name, config->dev_name, IFNAMSIZ);
	group->dev = config->dev;
	group->lease_ns = config->lease_ns;
	group->candidate = config->candidate;
	group->owner.due = BULLY_NEVER;
	group->auth = config->auth;
	RCU_INIT_POINTER(group->keys, bully_auth_get(config->keys));
	spin_lock_init(&group->lock);
	init_waitqueue_head(&group->idle);
	bully_timer_init(&group->timer, bully_group_tick);
	bully_core_init(&group->core, config->name, config->id, bully_group_random(),
			bully_group_random());
	group->core.opts = config->opts;
	group->core.opts.look_ns = bully_rescue_period(config->opts.heartbeat_ns);
	return group;
}

static int bully_group_fill(struct bully_group *group, const struct bully_peer_config *peers,
			    u32 n_peers)
{
	struct bully_event event = { .type = BULLY_EV_PEER_ADD };
	u32 i;

	for (i = 0; i < n_peers; i++) {
		struct bully_remote *remote = bully_peer_alloc(&peers[i]);

		if (!remote)
			return -ENOMEM;
		event.peer = &remote->core;
		bully_group_lock(group);
		bully_group_step(group, &event, NULL);
		bully_group_unlock(group);
	}
	return 0;
}

/**
 * bully_group_alloc() - make a group that nobody sees yet
 * @bn: the namespace
 * @old: the group that it is going to take the place of, or NULL; gives it its share
 * @config: checked
 * @peers: checked
 * @n_peers: how many
 * @refusal: set to a sentence if the user may not have such a group
 *
 * Return: the group, for bully_group_publish(); or an ERR_PTR
 */
struct bully_group *bully_group_alloc(struct bully_net *bn, struct bully_group *old,
				      const struct bully_group_config *config,
				      const struct bully_peer_config *peers, u32 n_peers,
				      const char **refusal)
{
	struct bully_group *group;
	int err;

	*refusal = NULL;
	group = bully_group_new(bn, config);
	if (!group)
		return ERR_PTR(-ENOMEM);
	err = bully_group_need(old ? old : group, n_peers, config->opts.heartbeat_ns, refusal);
	if (!err)
		err = bully_group_fill(group, peers, n_peers);
	if (err) {
		if (old)
			bully_group_settle(old);
		bully_group_free(group);
		return ERR_PTR(err);
	}
	if (old)
		swap(group->share, old->share);
	return group;
}

/* Tell that a group is there, or is no more, and why. */
static void bully_group_notify(struct bully_group *group, u8 cmd, enum bully_reason reason)
{
	struct net *net = group->bn->net;
	struct bully_group_view view;
	bool told;

	if (!bully_notify_wanted(net))
		return;
	bully_group_lock(group);
	bully_view_group(group, &view);
	bully_group_unlock_quiet(group);
	/* one that never stood for anything noted no reason of its own */
	view.reason = reason;
	told = bully_notify_send(net, cmd, &view, NULL);
	if (told)
		return;
	bully_group_lock(group);
	group->counters.event_overruns++;
	bully_group_unlock_quiet(group);
}

/**
 * bully_group_publish() - let a new group begin
 * @group: new
 * @old: the group that it takes the place of, or NULL; it resigns and ends, and
 *	who owned its candidacy owns this one's
 */
void bully_group_publish(struct bully_group *group, struct bully_group *old)
{
	struct bully_event event = { .type = BULLY_EV_START };
	struct bully_opts opts = group->core.opts;
	struct bully_net *bn = group->bn;
	unsigned int again;

	lockdep_assert_held(&bn->lock);
	if (old) {
		/* it may have granted for longer (R4) */
		group->core.lease_longest = old->core.lease_longest;
		bully_net_replace(bn, old, group);
		/* at once: who refreshes looks for itself in this one */
		bully_owner_move(old, group);
		/* a socket that both want stays open all the time */
		bully_link_update(group);
		bully_group_stop(old, BULLY_REASON_CONFIG);
		bully_page_move(old, group);
		bully_group_close(old);
	} else {
		bully_net_add(bn, group);
	}
	/* after the old one's sockets are closed: they may be in the way */
	again = bully_link_update(group);
	if (again)
		bully_net_kick(bn, again);
	bully_group_notify(group, BULLY_CMD_GROUP_NEW_NTF, BULLY_REASON_NONE);
	event.opts = &opts;
	bully_group_lock(group);
	opts.candidate = bully_owner_stands(group);
	group->started = true;
	bully_group_step(group, &event, NULL);
	bully_group_unlock(group);
	bully_group_settle(group);
}

/*
 * A group resigns, and its core is stepped no more. Where many end at once all of them
 * do this first: what listeners are told takes longer than a packet.
 */
void bully_group_halt(struct bully_group *group, enum bully_reason reason)
{
	struct bully_event event = { .type = BULLY_EV_STOP, .reason = reason };

	lockdep_assert_held(&group->bn->lock);
	bully_group_lock(group);
	if (!group->dead) {
		if (group->started)
			bully_group_step(group, &event, NULL);
		group->dead = true;
	}
	bully_group_unlock(group);
}

/*
 * End a group's election: it resigns, and all that it has to say is said, to its peers
 * and to listeners. May be called again.
 */
void bully_group_stop(struct bully_group *group, enum bully_reason reason)
{
	bully_group_halt(group, reason);
	bully_group_flush(group);
	bully_events_flush(group);
	if (group->ended)
		return;
	group->ended = true;
	bully_group_notify(group, BULLY_CMD_GROUP_DEL_NTF, reason);
}

/* The clock may have stood still, or this is a copy of a machine (R8). */
void bully_group_doubt(struct bully_group *group, bool forked)
{
	struct bully_event event = { .type = BULLY_EV_DOUBT };

	if (forked)
		event.session = bully_group_random();
	bully_group_lock(group);
	if (!group->dead && group->started)
		bully_group_step(group, &event, NULL);
	bully_group_unlock(group);
}

/* The machine is about to sleep, so that the node does not stand; or it has slept (R8). */
void bully_group_sleep(struct bully_group *group, bool asleep)
{
	struct bully_event event = { .type = BULLY_EV_OPTS, .reason = BULLY_REASON_TIME_DOUBT };
	struct bully_opts opts;

	bully_group_lock(group);
	opts = group->core.opts;
	opts.candidate = bully_owner_stands(group);
	event.opts = &opts;
	if (!group->dead && group->started && opts.candidate != group->core.opts.candidate)
		bully_group_step(group, &event, NULL);
	bully_group_unlock(group);
	if (!asleep)
		bully_group_doubt(group, false);
}

/*
 * Take apart a group that is stopped and hidden. Who may still hold it, and why
 * none of them does any more when its memory goes:
 *
 * - its hrtimer and its tasklet: the timer is not armed once the group is dead
 *   and not kicked either; bully_timer_stop() waits for what runs;
 * - a drain: bully_group_flush() has waited for it, and a dead group's ring
 *   stays empty;
 * - the work that sends events: it finds groups in the list of its namespace and lets go
 *   of them, both under bully_teller.sending. bully_events_flush() held that until no
 *   event was left and the group was out of the list, into which nothing puts a dead one;
 * - encap_rcv and dumps, which found it by its name before it was hidden: they
 *   are inside rcu_read_lock() and see that it is dead; the memory goes by
 *   call_rcu(), and so does that of peers and sockets;
 * - the release of a netlink socket (owner.c), which found it among the groups
 *   before it was hidden: the same; of it and bully_owner_put() one takes the
 *   owner out;
 * - netlink requests and the work of the namespace: they hold bully_net.lock,
 *   as the caller does.
 */
void bully_group_close(struct bully_group *group)
{
	lockdep_assert_held(&group->bn->lock);
	bully_timer_stop(&group->timer);
	bully_link_close(group);
	bully_group_free(group);
}

void bully_group_remove(struct bully_group *group, enum bully_reason reason)
{
	bully_net_del(group->bn, group);
	bully_group_stop(group, reason);
	bully_page_end(group); /* the rest takes a while */
	bully_group_close(group);
}

/* What the administrator set. Caller holds the group's lock. */
void bully_group_copy_config(const struct bully_group *group, struct bully_group_config *config)
{
	lockdep_assert_held(&group->lock);
	memset(config, 0, sizeof(*config));
	memcpy(config->name, group->core.name, BULLY_NAME_LEN);
	config->id = group->core.id;
	strscpy(config->dev_name, group->dev_name, IFNAMSIZ);
	config->dev = group->dev;
	config->local = group->local;
	strscpy(config->scope_name, group->scope_name, IFNAMSIZ);
	config->lease_ns = group->lease_ns;
	config->candidate = group->candidate;
	config->opts = group->core.opts;
	config->auth = group->auth;
	config->keys = rcu_dereference_protected(group->keys,
						 lockdep_is_held(&group->lock));
}

/*
 * The same. Caller holds bully_net.lock, so nobody changes it meanwhile, but for the
 * owner: that the candidacy is so is true now, and may not be any more when it is used.
 */
void bully_group_config(struct bully_group *group, struct bully_group_config *config)
{
	lockdep_assert_held(&group->bn->lock);
	bully_group_lock(group);
	bully_group_copy_config(group, config);
	bully_group_unlock_quiet(group);
}

/*
 * A message came that bears this node's id. With this node's own session it is one of this
 * node's packets, which came back; with any other it is another node's, and the address of
 * that node is remembered. Caller holds the group's lock.
 */
void bully_group_own_id(struct bully_group *group, const struct bully_msg *msg,
			const struct bully_path *path)
{
	lockdep_assert_held(&group->lock);
	if (msg->from_session == group->core.session)
		return;
	group->counters.own_id_from = path->remote;
	group->counters.own_id_at = ktime_get_boottime_ns();
}

/**
 * bully_group_command() - stand, or step down
 * @group: the group
 * @command: BULLY_EV_ELECT or BULLY_EV_RESIGN
 *
 * Return: NULL, or a sentence that says why not
 */
const char *bully_group_command(struct bully_group *group, enum bully_event_type command)
{
	struct bully_event event = { .type = command };
	const char *refusal;

	bully_group_lock(group);
	if (group->dead)
		refusal = "this group has stopped";
	else if (command == BULLY_EV_ELECT && group->candidate == BULLY_CANDIDATE_OWNER &&
		 !bully_owner_owns(group))
		refusal = "this node does not stand: no socket owns its candidacy";
	else if (command == BULLY_EV_ELECT)
		refusal = bully_core_may_elect(&group->core);
	else
		refusal = bully_core_may_resign(&group->core);
	if (!refusal)
		bully_group_step(group, &event, NULL);
	bully_group_unlock(group);
	return refusal;
}
