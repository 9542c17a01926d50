/* SPDX-License-Identifier: GPL-2.0-only */
/* group.h - owns a group and its lifetime */
#ifndef BULLY_GROUP_H
#define BULLY_GROUP_H

#include <linux/list.h>
#include <linux/rcupdate.h>

#include "base/share.h"
#include "engine/engine.h"
#include "group/events.h"
#include "group/history.h"
#include "group/owner.h"
#include "group/peer.h"
#include "group/space.h"
#include "guard/guard.h"
#include "transport/keys.h"

struct bully_socket;
struct bully_status_page;

#define BULLY_GROUP_AS_IS 255 /* keep the candidacy that the group has when it is changed */

/**
 * struct bully_group_config - a group as the administrator set it
 * @name: the name, padded with NUL
 * @id: this node's id
 * @dev_name: the interface that the sockets are bound to, or empty
 * @dev: the ifindex of @dev_name; 0 while no interface has this name
 * @local: the local address and port; without an address, the wildcard of the peers' families
 * @scope_name: the interface of a link-local @local, else empty; equal to @dev_name if both
 *	are given
 * @lease_ns: the lease of quorum mode; 0 for the default
 * @candidate: enum bully_candidate, or BULLY_GROUP_AS_IS
 * @opts: the options of the core, with the lease in force, which is 0 in classic mode; its
 *	candidacy follows from @candidate and the owners
 * @auth: enum bully_auth; BULLY_AUTH_OFF means that there are no keys
 * @keys: the keys or NULL, without a reference of its own
 * @guard: the addresses that only the leader uses
 */
struct bully_group_config {
	char name[BULLY_NAME_LEN];
	u32 id;
	char dev_name[IFNAMSIZ];
	u32 dev;
	struct bully_addr local;
	char scope_name[IFNAMSIZ];
	u64 lease_ns;
	u8 candidate;
	struct bully_opts opts;
	u8 auth;
	struct bully_keys *keys;
	struct bully_guard_list guard;
};

/**
 * struct bully_group_counters - what the shell counts and remembers of a group
 * @event_overruns: events that a listener missed, or that found no room
 * @own_id_from: source of the last message that another node sent with this node's id
 * @own_id_at: when that message came, CLOCK_BOOTTIME in ns; 0 for never
 *
 * @event_overruns only rises.
 */
struct bully_group_counters {
	u64 event_overruns;
	struct bully_addr own_id_from;
	u64 own_id_at;
};

/**
 * struct bully_group - one election in one network namespace
 * @node: in bully_net.groups, in the order of names (N, R)
 * @hash: in bully_net.names (N, R)
 * @bn: the namespace, which outlives the group
 * @socket: the sockets of IPv4 and of IPv6, or NULL (N, R)
 * @local: the binding of the sockets (G for write; reads also under N)
 * @scope_name: the interface of a link-local @local, or empty; locked as @local
 * @dev_name: the interface that the sockets are bound to, or empty; locked as @local
 * @dev: the ifindex of @dev_name; 0 while no interface has this name; locked as @local
 * @lease_ns: the lease that the administrator set, or 0 for the default; locked as @local
 * @candidate: enum bully_candidate; ON becomes OWNER when a socket owns the candidacy
 *	without a weight (G)
 * @priority: the priority that the administrator set; locked as @local
 * @keys: the keys, or NULL (N and G for write)
 * @auth: enum bully_auth (N and G for write)
 * @page: the status page, or NULL until a descriptor attaches to it (N and G for write)
 * @guard: the guarded addresses, or NULL without any (N and G for write)
 * @rescue_ns: the heartbeat that bully_rescue_get() was called for, or 0 (N)
 * @share: the part of the user's limits that the group uses (N)
 * @engine: runs @core; bully_engine.dead is written under N and G
 * @core: the election (G; the array of peers changes only under N and G)
 * @owners: the owners of the candidacy (see struct bully_owners)
 * @counters: what the shell counts (G)
 * @ended: the group is dead, and listeners were told of its end (N)
 * @events: the events that wait to be sent (see struct bully_events)
 * @history: the last changes of the leader (G)
 * @rcu: frees the group a grace period after it was hidden
 *
 * (N) protected by bully_net.lock. (G) protected by bully_engine.lock. (R) readers are under RCU.
 */
struct bully_group {
	struct list_head node;
	struct hlist_node hash;
	struct bully_net *bn;
	struct bully_socket __rcu *socket[2];
	struct bully_addr local;
	char scope_name[IFNAMSIZ];
	char dev_name[IFNAMSIZ];
	u32 dev;
	u64 lease_ns;
	u8 candidate;
	u32 priority;
	struct bully_keys __rcu *keys;
	u8 auth;
	struct bully_status_page *page;
	struct bully_guard *guard;
	u64 rescue_ns;
	struct bully_share share;
	bool ended;

	struct bully_engine engine; /* G */
	struct bully_core core;
	struct bully_owners owners;
	struct bully_group_counters counters;
	struct bully_events events;
	struct bully_history history;
	struct rcu_head rcu;
};

/* Index of bully_group.socket. */
static inline int bully_group_slot(u16 family)
{
	return family == AF_INET6;
}

static inline struct bully_group *bully_group_of(struct bully_engine *engine)
{
	return container_of(engine, struct bully_group, engine);
}

static inline void bully_group_lock(struct bully_group *group) __acquires(&group->engine.lock)
{
	bully_engine_lock(&group->engine);
}

/* Step the core of a locked group by one event: see bully_engine_step(). */
static inline enum bully_drop bully_group_step(struct bully_group *group,
					       struct bully_event *event,
					       const struct bully_path *path)
{
	return bully_engine_step(&group->engine, event, path);
}

/* Unlock a group that was stepped, and send its packets. */
static inline void bully_group_unlock(struct bully_group *group) __releases(&group->engine.lock)
{
	bully_engine_unlock(&group->engine);
}

/* Unlock a group that was not stepped. */
static inline void bully_group_unlock_quiet(struct bully_group *group)
	__releases(&group->engine.lock)
{
	bully_engine_unlock_quiet(&group->engine);
}

/* group.c: under bully_net.lock, may sleep */
struct bully_group *bully_group_alloc(struct bully_net *bn, struct bully_group *old,
				      const struct bully_group_config *config,
				      const struct bully_peer_config *peers, u32 n_peers,
				      const char **refusal);
void bully_group_start(struct bully_group *group);
void bully_group_halt(struct bully_group *group, enum bully_reason reason);
void bully_group_stop(struct bully_group *group, enum bully_reason reason);
void bully_group_doubt(struct bully_group *group, bool forked);
void bully_group_sleep(struct bully_group *group, bool asleep);
void bully_group_close(struct bully_group *group);
void bully_group_free(struct bully_group *group);
int bully_group_need(struct bully_group *group, u32 n_peers, const struct bully_opts *opts,
		     const char **refusal);
void *bully_group_places(const struct bully_opts *opts);
u64 bully_group_random(void);
void bully_group_settle(struct bully_group *group);
void bully_group_unguard(struct bully_group *group);
u64 bully_group_rescue(const struct bully_net *bn, u64 heartbeat_ns);
const char *bully_group_command(struct bully_group *group, enum bully_event_type command);
const char *bully_group_hand_over(struct bully_group *group, struct bully_peer *peer,
				  bool *again);

/* group.c: under the group's lock */
void bully_group_own_id(struct bully_group *group, const struct bully_msg *msg,
			const struct bully_path *path);

/* config.c: the first under the group's lock, the second under bully_net.lock alone */
void bully_group_copy_config(const struct bully_group *group, struct bully_group_config *config);
void bully_group_config(struct bully_group *group, struct bully_group_config *config);

/* change.c: under bully_net.lock, may sleep */
int bully_group_set(struct bully_group *group, const struct bully_group_config *config,
		    const char **refusal);
int bully_group_add_peer(struct bully_group *group, const struct bully_peer_config *config,
			 const char **refusal);
const char *bully_group_set_peer(struct bully_group *group, const struct bully_peer_config *config);
const char *bully_group_del_peer(struct bully_group *group, struct bully_remote *remote);

#endif /* BULLY_GROUP_H */
