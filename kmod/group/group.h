/* SPDX-License-Identifier: GPL-2.0 */
/* group.h - owns a group: its lifetime, its lock, its core and its ring */
#ifndef BULLY_GROUP_H
#define BULLY_GROUP_H

#include <linux/list.h>
#include <linux/rcupdate.h>
#include <linux/spinlock.h>
#include <linux/wait.h>

#include "group/auth.h"
#include "group/events.h"
#include "group/owner.h"
#include "group/peer.h"
#include "base/share.h"
#include "base/timer.h"

struct bully_net;
struct bully_socket;
struct bully_status_page;

#define BULLY_RING 64 /* messages; a power of two */
#define BULLY_RING_PACKETS 60 /* the rest is left to RESIGN, which nothing repeats */
#define BULLY_DRAIN_MAX 512 /* packets that one drain sends */

/**
 * struct bully_queued - a message that waits to be sent
 * @act: what the core wants
 * @cursor: how far it is expanded
 * @path: where the message of that step came from, for BULLY_TO_SOURCE
 */
struct bully_queued {
	struct bully_action act;
	u32 cursor;
	struct bully_path path;
};

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
 * @tx_errors: packets not sent
 * @tx_overruns: packets for which the ring had no room
 * @own_id_from: source of the last message that another node sent with this node's id
 * @own_id_at: when that came, CLOCK_BOOTTIME in ns; 0 for never
 *
 * The numbers only rise.
 */
struct bully_group_counters {
	u64 event_overruns;
	u64 tx_errors;
	u64 tx_overruns;
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
 * @timer: armed under G
 * @lock: taken with bottom halves off; nothing is sent and nothing sleeps under it
 * @core: the election (G; the array of peers changes only under N and G)
 * @owner: the socket that owns the candidacy (G; see there)
 * @counters: (G)
 * @started: BULLY_EV_START was stepped (G)
 * @dead: BULLY_EV_STOP was stepped: only its peers may still come and go, the timer
 *	is not armed, nothing is queued (N and G for write)
 * @ended: dead, and listeners were told of its end (N)
 * @draining: somebody sends what is in the ring (G)
 * @head: next to be sent; counts on without wrapping at BULLY_RING (G)
 * @tail: where the next message goes (G)
 * @idle: woken when a drain of a dead group ends
 * @ring: (G)
 * @actions: the table of the present step (G)
 * @events: what waits to be told (see there)
 * @rcu: freed a grace period after it was hidden
 *
 * (N) by bully_net.lock. (G) by @lock. (R) readers are under RCU.
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
	struct bully_group_timer timer;

	spinlock_t lock; /* G */
	struct bully_core core;
	struct bully_owner owner;
	struct bully_group_counters counters;
	bool started;
	bool dead;
	bool ended;
	bool draining;
	unsigned int head;
	unsigned int tail;
	wait_queue_head_t idle;
	struct bully_queued ring[BULLY_RING];
	struct bully_actions actions;
	struct bully_events events;
	struct rcu_head rcu;
};

/* Index of bully_group.socket. */
static inline int bully_group_slot(u16 family)
{
	return family == AF_INET6;
}

/* group.c: under bully_net.lock, may sleep */
struct bully_group *bully_group_alloc(struct bully_net *bn, struct bully_group *old,
				      const struct bully_group_config *config,
				      const struct bully_peer_config *peers, u32 n_peers,
				      const char **refusal);
void bully_group_publish(struct bully_group *group, struct bully_group *old);
void bully_group_halt(struct bully_group *group, enum bully_reason reason);
void bully_group_stop(struct bully_group *group, enum bully_reason reason);
void bully_group_doubt(struct bully_group *group, bool forked);
void bully_group_sleep(struct bully_group *group, bool asleep);
void bully_group_remove(struct bully_group *group, enum bully_reason reason);
void bully_group_close(struct bully_group *group);
void bully_group_free(struct bully_group *group);
int bully_group_need(struct bully_group *group, u32 n_peers, u64 heartbeat_ns,
		     const char **refusal);
void bully_group_settle(struct bully_group *group);
void bully_group_copy_config(const struct bully_group *group, struct bully_group_config *config);
void bully_group_config(struct bully_group *group, struct bully_group_config *config);
u64 bully_group_rescue(const struct bully_net *bn, u64 heartbeat_ns);
const char *bully_group_command(struct bully_group *group, enum bully_event_type command);

/* group.c: under the group's lock */
void bully_group_own_id(struct bully_group *group, const struct bully_msg *msg,
			const struct bully_path *path);

/* change.c: the same */
int bully_group_set(struct bully_group *group, const struct bully_group_config *config,
		    const char **refusal);
int bully_group_add_peer(struct bully_group *group, const struct bully_peer_config *config,
			 const char **refusal);
const char *bully_group_set_peer(struct bully_group *group, const struct bully_peer_config *config);
const char *bully_group_del_peer(struct bully_group *group, struct bully_remote *remote);

/* drain.c: stepping the core, and sending its packets */
void bully_group_lock(struct bully_group *group) __acquires(&group->lock);
enum bully_drop bully_group_step(struct bully_group *group, struct bully_event *event,
				 const struct bully_path *path);
void bully_group_unlock(struct bully_group *group) __releases(&group->lock);
void bully_group_unlock_quiet(struct bully_group *group) __releases(&group->lock);
void bully_group_flush(struct bully_group *group);
void bully_group_tick(struct tasklet_struct *tasklet);
enum bully_drop bully_group_receive(struct bully_net *bn, const struct bully_socket *bs, u8 *buf,
				    size_t len, const struct bully_path *path);

#endif /* BULLY_GROUP_H */
