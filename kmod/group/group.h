/* SPDX-License-Identifier: GPL-2.0 */
/* group.h - owns a group and its lifetime */
#ifndef BULLY_GROUP_H
#define BULLY_GROUP_H

#include <linux/list.h>
#include <linux/rcupdate.h>

#include "base/share.h"
#include "engine/engine.h"
#include "group/events.h"
#include "group/owner.h"
#include "group/peer.h"
#include "group/space.h"
#include "transport/keys.h"

struct bully_socket;
struct bully_status_page;

#define BULLY_GROUP_AS_IS 255 /* whatever it is by then */

/**
 * struct bully_group_config - a group as the administrator set it
 * @name: NUL padded
 * @id: this node's
 * @dev_name: interface that the sockets are bound to, or empty
 * @dev: its ifindex; 0 while there is none of this name
 * @local: without an address: the wildcard of the peers' families
 * @scope_name: the interface of a link-local @local; else empty. It is @dev_name if both
 *	are given
 * @lease_ns: of quorum mode; 0 for the default
 * @candidate: enum bully_candidate, or BULLY_GROUP_AS_IS
 * @opts: for the core, with the lease that is in force: 0 in classic mode; whether the
 *	node is a candidate now follows from @candidate and the owner
 * @auth: enum bully_auth; BULLY_AUTH_OFF means that there are no keys
 * @keys: or NULL; without a reference of its own
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
};

/**
 * struct bully_group_counters - what the shell counts of a group, and remembers of it
 * @event_overruns: events that not all listeners got
 * @own_id_from: source of the last message that another node sent with this node's id
 * @own_id_at: when that came, CLOCK_BOOTTIME in ns; 0 for never
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
 * @socket: of IPv4 and of IPv6, or NULL (N, R)
 * @local: where the sockets are bound (G for write; reads also under N)
 * @scope_name: the interface of a link-local @local, or empty; as @local
 * @dev_name: the interface that the sockets are bound to, or empty; as @local
 * @dev: its ifindex; 0 while there is none of this name; as @local
 * @lease_ns: as the administrator set it, or 0 for the default; as @local
 * @candidate: enum bully_candidate; a release of the owner makes OWNER of ON (G)
 * @keys: or NULL (N and G for write)
 * @auth: enum bully_auth (N and G for write)
 * @page: what /dev/bully shows, or NULL until somebody looks (N and G for write)
 * @rescue_ns: the heartbeat that bully_rescue_get() was called for, or 0 (N)
 * @share: what it takes of its user's limits (N)
 * @engine: runs @core; its @dead is written under N and G
 * @core: the election (G; the array of peers changes only under N and G)
 * @owner: the socket that owns the candidacy (G; see there)
 * @counters: (G)
 * @ended: dead, and listeners were told of its end (N)
 * @events: what waits to be told (see there)
 * @rcu: freed a grace period after it was hidden
 *
 * (N) by bully_net.lock. (G) by bully_engine.lock. (R) readers are under RCU.
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
	struct bully_keys __rcu *keys;
	u8 auth;
	struct bully_status_page *page;
	u64 rescue_ns;
	struct bully_share share;
	bool ended;

	struct bully_engine engine; /* G */
	struct bully_core core;
	struct bully_owner owner;
	struct bully_group_counters counters;
	struct bully_events events;
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

/* Let something happen to a group that is locked and not dead: see bully_engine_step(). */
static inline enum bully_drop bully_group_step(struct bully_group *group,
					       struct bully_event *event,
					       const struct bully_path *path)
{
	return bully_engine_step(&group->engine, event, path);
}

/* Let go of a group that was stepped, and send what there is to send. */
static inline void bully_group_unlock(struct bully_group *group) __releases(&group->engine.lock)
{
	bully_engine_unlock(&group->engine);
}

/* Let go of a group that was not stepped. */
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
int bully_group_need(struct bully_group *group, u32 n_peers, u64 heartbeat_ns,
		     const char **refusal);
void bully_group_settle(struct bully_group *group);
u64 bully_group_rescue(const struct bully_net *bn, u64 heartbeat_ns);
const char *bully_group_command(struct bully_group *group, enum bully_event_type command);

/* group.c: under the group's lock */
void bully_group_own_id(struct bully_group *group, const struct bully_msg *msg,
			const struct bully_path *path);

/* config.c: under the group's lock, and under bully_net.lock without it */
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
