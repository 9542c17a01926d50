/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The interface of libbully for programs: groups, leadership, candidacy, events, counters. */
#ifndef LIBBULLY_H
#define LIBBULLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <bully.h> /* the numbers: enum bully_state, enum bully_reason, ... */

#ifdef __cplusplus
extern "C" {
#endif

/**
 * struct bully_addr - an address that a node listens on
 * @family: 4, 6, or 0 for no address
 * @bytes: the address in network byte order; the first 4 or 16 bytes are used
 * @scope: interface index of a link-local address; 0 if the address has no scope, or if the
 *	interface does not exist
 * @scope_name: the name of that interface, or an empty string
 * @port: UDP port in host byte order, or 0 for the default
 */
struct bully_addr {
	uint8_t family;
	uint8_t bytes[16];
	uint32_t scope;
	char scope_name[BULLY_DEV_NAME_MAX + 1];
	uint16_t port;
};

/**
 * enum bully_event_type - the kind of an event of a monitor
 * @BULLY_EVENT_SNAPSHOT: the present state of a group; the group is NULL if there is none
 * @BULLY_EVENT_RESYNC: events may be missing; snapshots follow
 * @BULLY_EVENT_GROUP_NEW: a group was added or replaced as a whole
 * @BULLY_EVENT_GROUP_DEL: a group was deleted
 * @BULLY_EVENT_CONFIG: an option or the set of peers changed
 * @BULLY_EVENT_LEADER: the leader or its epoch changed
 * @BULLY_EVENT_STATE: this node's state changed, and the leader did not
 * @BULLY_EVENT_PEER: a peer went up or down, or has another address or priority
 */
enum bully_event_type {
	BULLY_EVENT_SNAPSHOT,
	BULLY_EVENT_RESYNC,
	BULLY_EVENT_GROUP_NEW,
	BULLY_EVENT_GROUP_DEL,
	BULLY_EVENT_CONFIG,
	BULLY_EVENT_LEADER,
	BULLY_EVENT_STATE,
	BULLY_EVENT_PEER,
};

/**
 * enum bully_cause - the cause of BULLY_EVENT_RESYNC
 * @BULLY_CAUSE_NONE: the event is not a resync
 * @BULLY_CAUSE_OVERRUN: events came faster than the program read them
 * @BULLY_CAUSE_GAP: the event numbers of a group were not consecutive
 * @BULLY_CAUSE_MODULE_GONE: the module was unloaded
 * @BULLY_CAUSE_MODULE_LOADED: the module was loaded
 */
enum bully_cause {
	BULLY_CAUSE_NONE,
	BULLY_CAUSE_OVERRUN,
	BULLY_CAUSE_GAP,
	BULLY_CAUSE_MODULE_GONE,
	BULLY_CAUSE_MODULE_LOADED,
};

/**
 * enum bully_wait_for - the condition that bully_wait() waits for
 * @BULLY_WAIT_STATE: this node is in the given state of enum bully_state
 * @BULLY_WAIT_LEADER: this node knows a leader: the node with the given id, or any node if the
 *	id is 0
 */
enum bully_wait_for {
	BULLY_WAIT_STATE,
	BULLY_WAIT_LEADER,
};

/* The library exports only what is declared between push and pop. */
#pragma GCC visibility push(default)

/*
 * Threads: the library has no state except its handles. One thread at a time may use a handle
 * and the monitors that were opened with it, or a candidacy. Different handles serve any number
 * of threads. Several threads may query one leadership; see bully_leadership_open(). The library
 * does not fork and handles no signals. A call with a handle of bully_open_netns() may start a
 * thread, which ends before the call returns.
 *
 * Forks: descriptors are closed on exec. After a fork without exec the child may only close what
 * its parent has opened, and opens its own handles. The child may query a leadership. It must not
 * release a candidacy, because that resigns; see bully_candidacy_own().
 *
 * Loading: a request loads the module if it is absent and installed, even after an administrator
 * removed it. These never load it: bully_leadership_open(), bully_candidacy_refresh(),
 * bully_candidacy_release(), and bully_monitor_next() after its first call.
 *
 * Functions that close or free accept NULL.
 */
struct bully;
struct bully_group;
struct bully_peer;
struct bully_event;
struct bully_stats;
struct bully_group_stats;
struct bully_peer_stats;
struct bully_history;
struct bully_monitor;
struct bully_candidacy;
struct bully_leadership;

/* Return the version of the running library, and of the netlink family that it uses. */
const char *bully_version(void);
unsigned int bully_family_version(void);

/*
 * Returns a handle for requests, or NULL if there is no memory. Nothing is sent before the first
 * request. The first request opens the socket, in the network namespace of its thread; the handle
 * belongs to that namespace. A thread that moves by setns() opens a new handle.
 */
struct bully *bully_open(void);
/*
 * Returns a handle of the network namespace that @fd refers to, such as /run/netns/NAME or
 * /proc/PID/ns/net, or NULL with an errno. @fd may be closed afterwards. The calling thread stays
 * in its namespace: a short-lived thread opens the sockets, which needs CAP_SYS_ADMIN.
 *
 * Monitors, candidacies and leaderships that are opened with such a handle belong to its
 * namespace. With a handle of bully_open(), they belong to the namespace of the thread that opens
 * them.
 */
struct bully *bully_open_netns(int fd);
/* Frees @b. Its monitors must be closed first. */
void bully_close(struct bully *b);

/*
 * A function that can fail returns 0 or a negative errno:
 *
 *   -ENOPKG    the module is not loaded
 *   -EPROTO    the versions of module and library do not fit
 *   -ENOMEM    there is no memory
 *   -EBADMSG   the module's answer is invalid
 *   others     an error of the kernel, or an error that a function describes below
 *
 * A call that fails leaves its output arguments unchanged; bully_monitor_next() sets NULL.
 *
 * bully_error() returns the reason of the last failed call with this handle or a monitor of it:
 * one sentence without a full stop, valid until the next call with either. bully_error_attr()
 * returns the attribute that the kernel objects to ("peer 2" for a whole peer), or an empty string.
 * bully_error_number() returns what the last call returned.
 */
const char *bully_error(const struct bully *b);
const char *bully_error_attr(const struct bully *b);
int bully_error_number(const struct bully *b);

/*
 * These requests change groups and need CAP_NET_ADMIN. add, replace and set send the options that
 * were put into @g or @p; add and replace also send the peers of @g, and set accepts none. replace
 * adds the group if it does not exist. elect and resign do what the commands of bullyctl(8) do: a
 * program that stops calls bully_candidacy_release() instead of bully_resign(). resign_to hands over
 * to the node @id alone. It waits until that node has answered, up to 20 s, and usually for a few
 * ms. Returns -EBUSY if this node leads on, because it does not lead or that node cannot;
 * bully_error() has the reason.
 */
int bully_group_add(struct bully *b, const struct bully_group *g);
int bully_group_replace(struct bully *b, const struct bully_group *g);
int bully_group_set(struct bully *b, const struct bully_group *g);
int bully_group_del(struct bully *b, const char *group);
int bully_peer_add(struct bully *b, const char *group, const struct bully_peer *p);
int bully_peer_set(struct bully *b, const char *group, const struct bully_peer *p);
int bully_peer_del(struct bully *b, const char *group, uint32_t id);
int bully_elect(struct bully *b, const char *group);
int bully_resign(struct bully *b, const char *group);
int bully_resign_to(struct bully *b, const char *group, uint32_t id);

/*
 * Groups and peers are opaque. get and put read and write their numbers by the attributes of
 * bully.h: ids, counts, choices, flags (0 or 1), and times in ns. A later module may have more
 * attributes, and programs need not be compiled again. The attribute of an option has its name in
 * bully.conf(5), such as BULLY_A_GROUP_PREEMPT_DELAY. BULLY_A_GROUP_STATE, BULLY_A_GROUP_LEADER
 * and BULLY_A_GROUP_EPOCH report the state, and BULLY_A_PEER_STATE that of a peer. get returns 0
 * if nothing is known; has tells that from a known 0. put returns 0, -EINVAL if the attribute is
 * not a number, or -ERANGE if it has 32 bits and @value has more. A request carries the numbers
 * that were put and are options; the kernel checks their values.
 */

/* Returns a group to add or change, or NULL with EINVAL (not 1 to 15 bytes) or ENOMEM. */
struct bully_group *bully_group_new(const char *name);
void bully_group_free(struct bully_group *g);
const char *bully_group_name(const struct bully_group *g);
/* @attr: BULLY_A_GROUP_* */
bool bully_group_has(const struct bully_group *g, unsigned int attr);
uint64_t bully_group_get(const struct bully_group *g, unsigned int attr);
int bully_group_put(struct bully_group *g, unsigned int attr, uint64_t value);
/* The address that this node listens on; family 0 is any address. */
const struct bully_addr *bully_group_local(const struct bully_group *g);
void bully_group_put_local(struct bully_group *g, const struct bully_addr *addr);
/*
 * The interface that the group's sockets are bound to; an empty string for none. put returns
 * -EINVAL for a name that is too long.
 */
const char *bully_group_dev(const struct bully_group *g);
int bully_group_put_dev(struct bully_group *g, const char *name);
/*
 * Adds a key of @len bytes, 32 to 64. A request carries all keys that the group is to have; one
 * of them is @active and signs. Returns 0, -EINVAL for a bad length or too many keys, or -ENOMEM.
 */
int bully_group_add_key(struct bully_group *g, uint32_t id, bool active, const void *data,
			size_t len);
/* Adds to @g the keys that were added to @from. Returns as bully_group_add_key(). */
int bully_group_copy_keys(struct bully_group *g, const struct bully_group *from);
/* Sets *@ids to the ids of the kernel's keys, the signing key first. Returns their number. */
size_t bully_group_key_ids(const struct bully_group *g, const uint32_t **ids);
/*
 * The guarded addresses: the kernel silences them on this host while this node does not lead. guard
 * sets *@addrs to them and returns their number. A request carries all addresses that the group is
 * to guard: add returns -EINVAL for more than BULLY_GUARD_MAX addresses or for none in @addr, whose
 * port and scope do not count. clear removes them; a request then says that there are none, which
 * the kernel also accepts while an address is on this host.
 */
size_t bully_group_guard(const struct bully_group *g, const struct bully_addr **addrs);
int bully_group_add_guard(struct bully_group *g, const struct bully_addr *addr);
void bully_group_clear_guard(struct bully_group *g);
/*
 * The owners of the candidacy, also those that are late or vacant. owned returns true if there is
 * one that is neither, and that has no weight. owner_name returns NULL, and owner 0, if @i is not
 * below the number of owners; owner returns a number by BULLY_A_OWNER_*, such as its enum
 * bully_owner_state, or its position, of which both numbers are 0 if the owner has none.
 */
bool bully_group_owned(const struct bully_group *g);
size_t bully_group_owners(const struct bully_group *g);
const char *bully_group_owner_name(const struct bully_group *g, size_t i);
uint64_t bully_group_owner(const struct bully_group *g, size_t i, unsigned int attr);
/* Returns the lease in force in ns; in classic mode the lease that quorum mode would use. */
uint64_t bully_group_lease(const struct bully_group *g);

/*
 * The peers of a group. A pointer is valid until the next peer is added or the group is freed.
 * peer returns NULL if @i is not below the number of peers; add_peer returns NULL if there is no
 * memory.
 */
size_t bully_group_peers(const struct bully_group *g);
const struct bully_peer *bully_group_peer(const struct bully_group *g, size_t i);
struct bully_peer *bully_group_add_peer(struct bully_group *g, uint32_t id);

/* Returns a peer for bully_peer_add() and bully_peer_set(), or NULL if there is no memory. */
struct bully_peer *bully_peer_new(uint32_t id);
void bully_peer_free(struct bully_peer *p);
/* @attr: BULLY_A_PEER_* */
bool bully_peer_has(const struct bully_peer *p, unsigned int attr);
uint64_t bully_peer_get(const struct bully_peer *p, unsigned int attr);
int bully_peer_put(struct bully_peer *p, unsigned int attr, uint64_t value);
/*
 * addr is the address that the peer listens on. source is the address that the peer last sent
 * from, with family 0 if both are the same.
 */
const struct bully_addr *bully_peer_addr(const struct bully_peer *p);
void bully_peer_put_addr(struct bully_peer *p, const struct bully_addr *addr);
const struct bully_addr *bully_peer_source(const struct bully_peer *p);

/*
 * Returns the group @name, or all groups if @name is NULL: groups sorted by name, peers by id.
 * The caller frees them by bully_groups_free(). -ENOENT: there is no group @name.
 */
int bully_groups_get(struct bully *b, const char *name, struct bully_group ***groups, size_t *len);
void bully_groups_free(struct bully_group **groups, size_t len);

/*
 * Returns the counters of the group @name, or of all groups if @name is NULL. The caller frees
 * them by bully_stats_free(). -ENOENT: there is no group @name.
 */
int bully_stats_get(struct bully *b, const char *name, struct bully_stats **stats);
void bully_stats_free(struct bully_stats *stats);
/*
 * Counters of the network namespace, valid if has_net returns true: the number of open UDP
 * sockets, and by enum bully_drop the messages that belong to no group.
 */
bool bully_stats_has_net(const struct bully_stats *s);
uint64_t bully_stats_sockets(const struct bully_stats *s);
const uint64_t *bully_stats_drops(const struct bully_stats *s, size_t *len);
/*
 * Counters of groups and their peers. get returns one number, by BULLY_A_STATS_* or
 * BULLY_A_PEER_STATS_*. list returns *@len numbers, indexed by enum bully_msg_type (TX, RX),
 * bully_drop (DROPS) or bully_reason (ELECTIONS); index 0 means nothing. In LATE_BUCKET, entry i
 * counts how often the timer was late by less than 2^i us, and the last entry counts the rest.
 * For an unknown attribute get returns 0, and list returns NULL and sets *@len to 0.
 */
size_t bully_stats_groups(const struct bully_stats *s);
const struct bully_group_stats *bully_stats_group(const struct bully_stats *s, size_t i);
const char *bully_group_stats_name(const struct bully_group_stats *g);
uint64_t bully_group_stats_get(const struct bully_group_stats *g, unsigned int attr);
const uint64_t *bully_group_stats_list(const struct bully_group_stats *g, unsigned int attr,
				       size_t *len);
/* The source of the last message that another node sent with this node's id; family 0: none. */
const struct bully_addr *bully_group_stats_own_id(const struct bully_group_stats *g);
size_t bully_group_stats_peers(const struct bully_group_stats *g);
const struct bully_peer_stats *bully_group_stats_peer(const struct bully_group_stats *g, size_t i);
uint32_t bully_peer_stats_id(const struct bully_peer_stats *p);
uint64_t bully_peer_stats_get(const struct bully_peer_stats *p, unsigned int attr);
const uint64_t *bully_peer_stats_list(const struct bully_peer_stats *p, unsigned int attr,
				      size_t *len);

/*
 * Returns the last changes of the leader of @group, or of the leader's epoch: up to
 * BULLY_HISTORY_MAX. The kernel keeps them while the group exists, also when the group is replaced.
 * The caller frees them by bully_history_free(). -ENOENT: there is no such group.
 */
int bully_history_get(struct bully *b, const char *group, struct bully_history **history);
void bully_history_free(struct bully_history *h);
/*
 * Changes are numbered from 0, the oldest. number returns a number by BULLY_A_CHANGE_*: times in
 * ns, TIME by the clock CLOCK_BOOTTIME and WALL since 1970 as this host's wall clock was then;
 * LEADER, which is absent if there was no leader; EPOCH; STATE by enum bully_state, of this node;
 * REASON by enum bully_reason. For a number that is absent has returns false, and number 0.
 */
size_t bully_history_len(const struct bully_history *h);
bool bully_history_has(const struct bully_history *h, size_t i, unsigned int attr);
uint64_t bully_history_number(const struct bully_history *h, size_t i, unsigned int attr);

/*
 * Opens a monitor of the group @name, or of all groups if @name is NULL. A monitor begins with
 * snapshots and reports every gap by BULLY_EVENT_RESYNC. It survives the removal of the module and
 * waits for its return. If the module is absent at the start, the first snapshot has no group.
 */
int bully_monitor_open(struct bully *b, const char *name, struct bully_monitor **monitor);
void bully_monitor_close(struct bully_monitor *m);
/*
 * Returns a descriptor that is readable if there may be an event, but not for the first snapshot.
 * So call bully_monitor_next() without a timeout until there is no event: once before the first
 * wait, and then whenever the descriptor is readable. EPOLLET does not work, because a call may
 * find no event before it has read everything. While the module is absent the notice of its return
 * may get lost: then, and after an error, also call bully_monitor_next() about once a second.
 */
int bully_monitor_fd(const struct bully_monitor *m);
/*
 * Waits up to @timeout_ms (-1: no limit) and sets *@ev to the next event, or to NULL if there was
 * none in that time. The event is valid until the next call. A signal does not end the call. After
 * an error the monitor continues with the next call, and bully_error() of its handle has the
 * reason.
 */
int bully_monitor_next(struct bully_monitor *m, int timeout_ms, const struct bully_event **ev);

/*
 * cause is the cause of a resync, after which all known groups must be forgotten: a group that was
 * deleted has no snapshot. module is true if the module is loaded. group is NULL if the
 * event has none; only snapshots carry its peers. peer is NULL unless the event is about a peer.
 */
enum bully_event_type bully_event_type(const struct bully_event *ev);
enum bully_cause bully_event_cause(const struct bully_event *ev);
bool bully_event_module(const struct bully_event *ev);
const struct bully_group *bully_event_group(const struct bully_event *ev);
const struct bully_peer *bully_event_peer(const struct bully_event *ev);

/*
 * Waits until @group meets the condition @what with @value; returns at once if it does already.
 * Waits up to @timeout_ns of CLOCK_MONOTONIC (0: checks once; negative: no limit). It sleeps
 * until events arrive, needs no privilege, and continues if the group is replaced as a whole.
 *
 * -ETIMEDOUT: the time was up. -ENOENT: there is no such group. -EIDRM: the group was deleted
 * during the wait. -EINVAL: @group, @what or @value is invalid. -ENOPKG: the module is not loaded,
 * or was unloaded during the wait. A signal does not end the wait with -EINTR.
 *
 * The result may be out of date when the call returns. The call uses @b the whole time: a program
 * that waits in one thread and sends requests in another opens two handles.
 */
int bully_wait(struct bully *b, const char *group, enum bully_wait_for what, uint32_t value,
	       int64_t timeout_ns);

/*
 * Makes this process an owner of a group's candidacy: the node is a candidate while all owners
 * live and agree. If @deadline_ns is not 0 (10 ms to an hour), the process must also call
 * bully_candidacy_refresh() at least that often. When the process ends in any way, releases the
 * candidacy, or is late, the node resigns at once. It is not a candidate until a process owns its
 * candidacy under that name again.
 *
 * own_as owns under the name @owner of 1 to 31 bytes, and @willing says whether the owner wants the
 * node to be a candidate. own is own_as under the name "owner", willing. Up to 8 processes own a
 * candidacy together, each under its own name.
 *
 * own_weight is own_as with a @weight, 1 to 255: this owner has no say in whether the node is a
 * candidate. While it is unwilling, late or gone, the node's priority is lower by @weight, and
 * never below 0. With the weight 0 it is own_as.
 *
 * -EBUSY: another process owns the candidacy under this name. -ENOSPC: there are 8 owners with
 * other names. -EINVAL: the name is not valid. -ENOENT: there is no such group, or it has just
 * stopped. -ERANGE: deadline or weight is out of range. -EPERM: the caller lacks CAP_NET_ADMIN in
 * the user namespace that owns the network namespace. The other calls need no privilege, because
 * the socket is the authority: a daemon may drop its privileges once it owns.
 *
 * The socket is closed on exec. A forked child shares the socket: even if the parent is killed,
 * the candidacy stays owned until the deadline, or without one until the child ends. Own with a
 * deadline, fork before you own, or let the child close all descriptors by execve() or
 * close_range().
 *
 * A candidacy shares nothing with @b: another thread may use or close @b. One thread at a time may
 * use the candidacy. The other calls never wait, and refresh and set_willing allocate no memory.
 */
int bully_candidacy_own(struct bully *b, const char *group, uint64_t deadline_ns,
			struct bully_candidacy **candidacy);
int bully_candidacy_own_as(struct bully *b, const char *group, const char *owner,
			   uint64_t deadline_ns, bool willing, struct bully_candidacy **candidacy);
int bully_candidacy_own_weight(struct bully *b, const char *group, const char *owner,
			       uint32_t weight, uint64_t deadline_ns, bool willing,
			       struct bully_candidacy **candidacy);
/*
 * Tells the kernel that the owner is alive. -ESTALE: the call came too late. -ENOENT: the group is
 * gone. -ENOPKG: the module was unloaded; a module that was loaded since knows of no owner. After
 * these three this process owns nothing: release the candidacy and own it again. After any other
 * error call again. -EAGAIN: the kernel's answer was lost, and the result is unknown.
 */
int bully_candidacy_refresh(struct bully_candidacy *c);
/*
 * Says from now on whether the owner wants the node to be a candidate, and refreshes. A node with
 * an owner that is not willing resigns at once. Returns as bully_candidacy_refresh(); after -EAGAIN
 * the next refresh says it again.
 */
int bully_candidacy_set_willing(struct bully_candidacy *c, bool willing);
/*
 * Says from now on how far the owner's data is, and refreshes. Of two positions the one with the
 * higher @term is ahead, and with equal terms the one with the higher @index. The numbers have no
 * unit, but all nodes must count alike: for example the timeline and the WAL position of a
 * database. Both 0: there is no position, as after own. The kernel shows the highest position of a
 * group's owners as the group's, and tells it to the peers. With BULLY_ELECTION_BULLY a position
 * decides nothing.
 *
 * A position belongs to the owner: the kernel forgets it when the owner is gone, and a process that
 * owns again says it again. What a peer knows is as old as the last call, and older by up to a
 * heartbeat: leader and followers exchange messages at each heartbeat. Two followers exchange
 * messages only when there is no leader, so one shows the position that the other told then.
 *
 * The call is as cheap as a refresh, and makes no event. Returns as bully_candidacy_refresh(); after
 * -EAGAIN the next refresh says it again. -EINVAL: the module is older than positions.
 */
int bully_candidacy_set_position(struct bully_candidacy *c, uint64_t term, uint64_t index);
/* As bully_error(), for a candidacy. */
const char *bully_candidacy_error(const struct bully_candidacy *c);
/*
 * Resigns before it returns, even if a forked child has the socket open, and frees @c, which may
 * be NULL. The owner is missed: the node is a candidate again only when a process owns under its
 * name. forget releases an owner that is not missed: the other owners decide without it.
 */
void bully_candidacy_release(struct bully_candidacy *c);
void bully_candidacy_forget(struct bully_candidacy *c);

/*
 * Opens the status page of @group. A query then reads memory and a clock. This needs no privilege,
 * but the device /dev/bully. -ENOENT: there is no such group. -ENOPKG: the module is not loaded.
 * -ENXIO: only the device is missing; a container must be given it. -ENODEV: the device is not that
 * of the loaded module.
 *
 * Any number of threads may query a leadership; one thread opens, acknowledges and closes it, and
 * closes it only when no thread queries it. @b is used during this call only. A forked child may
 * query, too, and its first query makes system calls. If the child is in another time namespace
 * than its parent, or cannot read /proc/self/ns/time, bully_leadership_gone() returns true there,
 * and the child opens the leadership again. A process that moves itself by setns() to another time
 * namespace must open it again.
 *
 * An open page keeps the module loaded: rmmod is refused until every user of a page has closed it.
 */
int bully_leadership_open(struct bully *b, const char *group, struct bully_leadership **l);
void bully_leadership_close(struct bully_leadership *l);
/* Returns true if this node leads now; in quorum mode its lease is valid. In doubt: false. */
bool bully_is_leader(const struct bully_leadership *l);
/*
 * Returns the epoch with which this node leads now, or 0 if it does not lead. In quorum mode the
 * epoch is the fencing token.
 */
uint64_t bully_epoch(const struct bully_leadership *l);
/*
 * Returns true if the page receives no more updates, or if this process is a child in another
 * time namespace. bully_epoch() then returns 0: close the leadership and open it again.
 */
bool bully_leadership_gone(const struct bully_leadership *l);
/*
 * Returns true if bully_is_leader() and bully_epoch() make no system call on this host now,
 * because the vDSO reads the clock. Returns false if that cannot be known.
 */
bool bully_leadership_is_cheap(const struct bully_leadership *l);
/*
 * Returns a descriptor that is readable if state, leader or epoch may have changed since
 * bully_leadership_ack(), or if the page is gone. Call bully_leadership_ack() first, then query.
 * The end of a lease is such a change, but bully_is_leader() knows the end earlier.
 */
int bully_leadership_fd(const struct bully_leadership *l);
void bully_leadership_ack(struct bully_leadership *l);

/* Return the word that bullyctl prints for a number, "unknown" for numbers of a later version. */
const char *bully_role_name(unsigned int v);
const char *bully_state_name(unsigned int v);
const char *bully_peer_state_name(unsigned int v);
const char *bully_quorum_name(unsigned int v);
const char *bully_election_name(unsigned int v);
const char *bully_vote_name(unsigned int v);
const char *bully_address_name(unsigned int v);
const char *bully_auth_name(unsigned int v);
const char *bully_candidate_name(unsigned int v);
const char *bully_owner_state_name(unsigned int v);
const char *bully_link_name(unsigned int v);
const char *bully_reason_name(unsigned int v);
const char *bully_msg_name(unsigned int v);
const char *bully_drop_name(unsigned int v);
const char *bully_event_name(unsigned int v);
const char *bully_cause_name(unsigned int v);

#pragma GCC visibility pop

#ifdef __cplusplus
}
#endif

#endif /* LIBBULLY_H */
