// SPDX-License-Identifier: GPL-2.0-only
/* group.c - creates, starts, stops and frees groups */
#include <linux/ktime.h>
#include <linux/random.h>
#include <linux/slab.h>
#include <linux/user_namespace.h>

#include "base/look.h"
#include "compat/rescue.h"
#include "group/group.h"
#include "group/link.h"
#include "group/send.h"
#include "group/status.h"
#include "group/view.h"

/* Returns a random number other than 0. */
u64 bully_group_random(void)
{
	u64 value;

	do {
		value = get_random_u64();
	} while (!value);
	return value;
}

/* Returns the heartbeat for bully_rescue_get(); 0 for a group without rescue timers. */
u64 bully_group_rescue(const struct bully_net *bn, u64 heartbeat_ns)
{
	return bn->net->user_ns == &init_user_ns ? heartbeat_ns : 0;
}

/* Returns memory for the places of unlisted observers (O4), NULL for no places, or an ERR_PTR. */
void *bully_group_places(const struct bully_opts *opts)
{
	size_t size = bully_core_places_size(opts->observers);
	void *places;

	if (!size)
		return NULL;
	places = kvmalloc(size, GFP_KERNEL_ACCOUNT);
	if (!places)
		return ERR_PTR(-ENOMEM);
	bully_core_places_init(places, opts->observers);
	return places;
}

static void bully_group_free_rcu(struct rcu_head *rcu)
{
	struct bully_group *group = container_of(rcu, struct bully_group, rcu);

	kvfree(bully_core_lend_places(&group->core, NULL, 0, 0));
	kvfree(group);
}

/* Free what bully_group_alloc() made. Readers under RCU may still use the memory. */
void bully_group_free(struct bully_group *group)
{
	u32 i;

	for (i = 0; i < group->core.n_peers; i++)
		bully_peer_free(bully_peer_remote(group->core.peer[i]));
	bully_owner_put(group);
	bully_status_end(group);
	/* a guard that packets see stays until the devices of an ending namespace are gone */
	if (group->guard && !group->guard->shown)
		bully_guard_free(group->guard);
	bully_rescue_put(group->rescue_ns);
	/* a receiver that uses the keys is under RCU, and the keys are freed by RCU, too */
	bully_keys_put(rcu_dereference_protected(group->keys, true));
	bully_share_end(&group->share);
	call_rcu(&group->rcu, bully_group_free_rcu);
}

/*
 * Account for what a group with these options is about to need: an observer with a place costs as
 * many packets as a peer. Return: as bully_share_raise()
 */
int bully_group_need(struct bully_group *group, u32 n_peers, const struct bully_opts *opts,
		     const char **refusal)
{
	return bully_share_raise(&group->share, group->bn->net->user_ns,
				 n_peers + opts->observers, opts->heartbeat_ns, refusal);
}

/* Return what bully_group_need() accounted for and the group does not need. */
void bully_group_settle(struct bully_group *group)
{
	lockdep_assert_held(&group->bn->lock);
	bully_share_lower(&group->share, group->core.n_peers + group->core.opts.observers,
			  group->core.opts.heartbeat_ns);
}

static void bully_group_event(struct bully_engine *engine, const struct bully_note *note)
{
	bully_history_put(bully_group_of(engine), note);
	bully_events_put(bully_group_of(engine), note);
}

/* The guard first: who reads on the page that this node leads may use the address at once. */
static void bully_group_stepped(struct bully_engine *engine)
{
	struct bully_group *group = bully_group_of(engine);

	if (group->guard)
		bully_guard_lead(group->guard, bully_core_lease_end(&group->core));
	bully_status_update(group);
}

static void bully_group_drained(struct bully_engine *engine)
{
	bully_events_kick(bully_group_of(engine));
}

static void bully_group_due(struct bully_engine *engine, u64 now)
{
	bully_owner_check(bully_group_of(engine), now);
}

static const struct bully_engine_ops bully_group_ops = {
	.event = bully_group_event,
	.stepped = bully_group_stepped,
	.address = bully_send_address,
	.send = bully_send_packet,
	.drained = bully_group_drained,
	.due = bully_group_due,
};

/* Returns a group without peers and without a share, or NULL without memory. */
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
	group->priority = config->opts.priority;
	group->auth = config->auth;
	RCU_INIT_POINTER(group->keys, bully_keys_get(config->keys));
	bully_core_init(&group->core, config->name, config->id, bully_group_random(),
			bully_group_random());
	bully_engine_init(&group->engine, &group->core, &bully_group_ops);
	group->core.opts = config->opts;
	group->core.opts.look_ns = bully_look_ns(config->opts.heartbeat_ns);
	return group;
}

static int bully_group_fill(struct bully_group *group, const struct bully_peer_config *peers,
			    u32 n_peers)
{
	struct bully_event event = { .type = BULLY_EV_PEER_ADD };
	void *places = bully_group_places(&group->core.opts);
	u32 i;

	if (IS_ERR(places))
		return PTR_ERR(places);
	bully_core_lend_places(&group->core, places, group->core.opts.observers,
			       bully_group_random());
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

/* Give a new group its guard, which no packet sees yet. Return: 0 or an errno */
static int bully_group_guard(struct bully_group *group, const struct bully_group_config *config,
			     const char **refusal)
{
	struct bully_guard *guard;

	guard = bully_guard_make(bully_guards(group->bn->net), &config->guard, refusal);
	if (IS_ERR(guard))
		return PTR_ERR(guard);
	group->guard = guard;
	return 0;
}

/* Hide and free the guard of a group that has stopped. Under bully_net.lock, may sleep. */
void bully_group_unguard(struct bully_group *group)
{
	struct bully_guard *guard = group->guard;

	lockdep_assert_held(&group->bn->lock);
	bully_group_lock(group);
	group->guard = NULL;
	bully_group_unlock_quiet(group);
	bully_guard_free(guard);
}

/**
 * bully_group_alloc() - create a group that no reader can find yet
 * @bn: the namespace
 * @old: the group that the new group will replace, or NULL; its share goes to the new group
 * @config: checked
 * @peers: checked
 * @n_peers: the number of @peers
 * @refusal: set to a sentence if a limit of the user or a guard forbids the group, else to NULL
 *
 * Return: the group, for bully_group_start(); or an ERR_PTR
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
	err = bully_group_need(old ? old : group, n_peers, &config->opts, refusal);
	if (!err)
		err = bully_group_fill(group, peers, n_peers);
	if (!err)
		err = bully_group_guard(group, config, refusal);
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

/* Tell listeners that a group is new or has ended, and why. */
static void bully_group_notify(struct bully_group *group, u8 cmd, enum bully_reason reason)
{
	const struct bully_tell_ops *tell = group->bn->teller.ops;
	struct net *net = group->bn->net;
	struct bully_group_view view;
	bool told;

	if (!tell->wanted(net))
		return;
	bully_group_lock(group);
	bully_view_group(group, &view);
	bully_group_unlock_quiet(group);
	/* the reason of the last event, if any, is not the reason of this message */
	view.reason = reason;
	told = tell->send(net, cmd, &view, NULL);
	if (told)
		return;
	bully_group_lock(group);
	group->counters.event_overruns++;
	bully_group_unlock_quiet(group);
}

/* Start a group that readers can already find. */
void bully_group_start(struct bully_group *group)
{
	struct bully_event event = { .type = BULLY_EV_START };
	struct bully_opts opts = group->core.opts;

	lockdep_assert_held(&group->bn->lock);
	bully_group_notify(group, BULLY_CMD_GROUP_NEW_NTF, BULLY_REASON_NONE);
	event.opts = &opts;
	bully_group_lock(group);
	bully_owner_decide(group, &opts);
	group->engine.started = true;
	bully_owner_place(group); /* of owners that came from a replaced group */
	bully_group_step(group, &event, NULL);
	bully_group_unlock(group);
	bully_group_settle(group);
}

/*
 * A group resigns and is dead: nothing but changes of its peers is stepped any more. If many
 * groups end at once, all of them are halted first, because telling listeners takes longer
 * than sending a packet.
 */
void bully_group_halt(struct bully_group *group, enum bully_reason reason)
{
	struct bully_event event = { .type = BULLY_EV_STOP, .reason = reason };

	lockdep_assert_held(&group->bn->lock);
	bully_group_lock(group);
	if (!group->engine.dead) {
		if (group->engine.started)
			bully_group_step(group, &event, NULL);
		WRITE_ONCE(group->engine.dead, true);
	}
	bully_group_unlock(group);
}

/*
 * End a group's election: the group resigns, and its last packets and events are sent. A
 * second call changes nothing.
 */
void bully_group_stop(struct bully_group *group, enum bully_reason reason)
{
	bully_group_halt(group, reason);
	bully_engine_flush(&group->engine);
	bully_events_flush(group);
	if (group->ended)
		return;
	group->ended = true;
	bully_group_notify(group, BULLY_CMD_GROUP_DEL_NTF, reason);
}

/*
 * R8: after a doubt about time a leader has no lease, and a voter abstains. If @forked, this
 * machine is a copy of another one, and the node takes a new session.
 */
void bully_group_doubt(struct bully_group *group, bool forked)
{
	struct bully_event event = { .type = BULLY_EV_DOUBT };

	if (forked)
		event.session = bully_group_random();
	bully_group_lock(group);
	if (!group->engine.dead && group->engine.started)
		bully_group_step(group, &event, NULL);
	bully_group_unlock(group);
}

/*
 * R8: a node does not stand while its machine is about to sleep; when the machine is awake
 * again, the node doubts its time. Caller has called bully_owner_sleep().
 */
void bully_group_sleep(struct bully_group *group, bool asleep)
{
	struct bully_event event = { .type = BULLY_EV_OPTS, .reason = BULLY_REASON_TIME_DOUBT };
	struct bully_opts opts;

	bully_group_lock(group);
	opts = group->core.opts;
	bully_owner_decide(group, &opts);
	event.opts = &opts;
	if (!group->engine.dead && group->engine.started &&
	    opts.candidate != group->core.opts.candidate)
		bully_group_step(group, &event, NULL);
	bully_group_unlock(group);
	if (!asleep)
		bully_group_doubt(group, false);
}

/*
 * Free a group that is stopped and hidden. These contexts may still hold the group, and
 * none of them does any more when its memory is freed:
 *
 * - The group's hrtimer and tasklet: nothing arms or kicks the timer of a dead group, and
 *   bully_timer_stop() waits for a handler and a tasklet that run.
 * - A drain: bully_engine_flush() has waited for the drain, and the ring of a dead group
 *   stays empty.
 * - The work item that sends events: it finds a group in the list of the namespace and
 *   finishes with the group under one hold of bully_teller.sending. bully_events_flush()
 *   held that mutex until no event was left and the group was out of the list. Nothing puts
 *   a dead group into the list.
 * - encap_rcv, dumps, and requests that run without bully_net.lock (get, and the first attempt
 *   of refresh and disown), which found the group before it was hidden: they are inside
 *   rcu_read_lock() and step no dead group. The memory of the group is freed by call_rcu(),
 *   as is the memory of its peers and sockets.
 * - The release of a netlink socket (netns/notifier.c), which found the group before it was
 *   hidden: it is inside rcu_read_lock(), too. Either the release or bully_owner_put() takes
 *   each owner out, under the group's lock.
 * - All other netlink requests and the work item of the namespace: they hold bully_net.lock,
 *   as the caller does.
 */
void bully_group_close(struct bully_group *group)
{
	lockdep_assert_held(&group->bn->lock);
	bully_timer_stop(&group->engine.timer);
	bully_link_close(group);
	bully_group_free(group);
}

/*
 * A message came that has this node's id. A message with this node's session is one of
 * this node's packets that came back. A message with another session is from another node,
 * whose address is remembered. Caller holds the group's lock.
 */
void bully_group_own_id(struct bully_group *group, const struct bully_msg *msg,
			const struct bully_path *path)
{
	lockdep_assert_held(&group->engine.lock);
	if (msg->from_session == group->core.session)
		return;
	group->counters.own_id_from = path->remote;
	group->counters.own_id_at = ktime_get_boottime_ns();
}

/**
 * bully_group_command() - start an election, or resign
 * @group: the group
 * @command: BULLY_EV_ELECT or BULLY_EV_RESIGN
 *
 * Return: NULL, or a sentence that says why the command is refused
 */
const char *bully_group_command(struct bully_group *group, enum bully_event_type command)
{
	struct bully_event event = { .type = command };
	const char *refusal;

	bully_group_lock(group);
	refusal = command == BULLY_EV_ELECT ? bully_owner_veto(group) : NULL;
	if (group->engine.dead)
		refusal = "this group has stopped";
	else if (command == BULLY_EV_ELECT && !refusal)
		refusal = bully_core_may_elect(&group->core);
	else if (command == BULLY_EV_RESIGN)
		refusal = bully_core_may_resign(&group->core);
	if (!refusal)
		bully_group_step(group, &event, NULL);
	bully_group_unlock(group);
	return refusal;
}

/**
 * bully_group_hand_over() - resign, if a certain peer can lead (S11)
 * @group: the group
 * @peer: the peer; it stays in the group meanwhile
 * @again: set to true if the peer was asked, and the request is to be repeated soon
 *
 * Return: NULL, or a sentence that says why this node leads on
 */
const char *bully_group_hand_over(struct bully_group *group, struct bully_peer *peer, bool *again)
{
	struct bully_event event = { .type = BULLY_EV_RESIGN, .peer = peer };
	const char *refusal = "this group has stopped";

	*again = false;
	bully_group_lock(group);
	if (!group->engine.dead) {
		bully_group_step(group, &event, NULL);
		refusal = bully_core_handover(&group->core, again);
	}
	bully_group_unlock(group);
	return refusal;
}
