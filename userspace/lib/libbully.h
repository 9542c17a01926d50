/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a program may ask of the bully module, in the words of its domain. */
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
 * struct bully_addr - where a node listens
 * @family: 4, 6, or 0 where there is no address
 * @bytes: the address in network order, 4 or 16 bytes of it
 * @scope: index of the interface of a link-local address; 0 while there is none, or without
 * @scope_name: the name of that interface, or an empty string
 * @port: UDP port, 0 where none was given
 */
struct bully_addr {
	uint8_t family;
	uint8_t bytes[16];
	uint32_t scope;
	char scope_name[BULLY_DEV_NAME_MAX + 1];
	uint16_t port;
};

/**
 * enum bully_event_type - what a monitor tells
 * @BULLY_EVENT_SNAPSHOT: a group as it is; @group is NULL where there is none
 * @BULLY_EVENT_RESYNC: events may be missing; snapshots follow
 * @BULLY_EVENT_GROUP_NEW: a group was added, or replaced as a whole
 * @BULLY_EVENT_GROUP_DEL: a group was deleted
 * @BULLY_EVENT_CONFIG: an option or the set of peers changed
 * @BULLY_EVENT_LEADER: the leader or its epoch changed
 * @BULLY_EVENT_STATE: this node's state changed, the leader not
 * @BULLY_EVENT_PEER: a peer went up or down
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
 * enum bully_cause - why a monitor had to look again
 * @BULLY_CAUSE_NONE: it had not
 * @BULLY_CAUSE_OVERRUN: events came faster than they were read
 * @BULLY_CAUSE_GAP: a group's event numbers were not consecutive
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
 * enum bully_wait_for - what bully_wait() waits for
 * @BULLY_WAIT_STATE: that this node is in a state, of enum bully_state
 * @BULLY_WAIT_LEADER: that this node knows a leader: of that id, or of any where it is 0
 */
enum bully_wait_for {
	BULLY_WAIT_STATE,
	BULLY_WAIT_LEADER,
};

/* Nothing but this is visible outside of a shared object. */
#pragma GCC visibility push(default)

/*
 * Threads: the library has no state but its handles. A handle with the monitors that
 * were opened with it, and a candidacy, are for one thread at a time: whoever shares
 * them locks. Handles of their own serve any number of threads. A leadership is the
 * exception: see there.
 *
 * Forks: descriptors are closed on exec. After a fork without exec the child may
 * only close what its parent has opened, and opens its own. It leaves a candidacy
 * alone, as releasing it would resign; a leadership it may use. Nothing here forks or
 * handles a signal; a handle of bully_open_netns() starts threads that have ended when the
 * call returns.
 */
struct bully;
struct bully_group;
struct bully_peer;
struct bully_event;
struct bully_stats;
struct bully_group_stats;
struct bully_peer_stats;
struct bully_monitor;
struct bully_candidacy;
struct bully_leadership;

/* The version of the library as it runs, and that of the family which it speaks. */
const char *bully_version(void);
unsigned int bully_family_version(void);

/* A handle for requests; NULL only for want of memory. Nothing is sent before
 * the first request, and it is of the network namespace that the calling thread is
 * in then: the socket is opened there. A thread that moves by setns() opens a handle anew.
 */
struct bully *bully_open(void);
/*
 * The same of the network namespace that @fd is open on, as of /run/netns/NAME or
 * /proc/PID/ns/net; @fd may be closed then. It needs CAP_SYS_ADMIN there, and the calling thread
 * stays where it is: what has to be opened there, a thread of its own opens. NULL with an errno.
 */
struct bully *bully_open_netns(int fd);
void bully_close(struct bully *b);

/*
 * What can fail returns 0 or a negative errno:
 *
 *   -ENOPKG    the module is not loaded
 *   -EPROTO    module and library are of versions that do not fit
 *   -ENOMEM    there is no memory
 *   -EBADMSG   the module's answer makes no sense
 *   the rest   the kernel's own, or as a function says
 *
 * Of the last call that failed with this handle: one sentence, without a full stop; the
 * attribute that the kernel objects to ("peer 2" for a whole peer), or an empty string; and of
 * the last call what it returned.
 */
const char *bully_error(const struct bully *b);
const char *bully_error_attr(const struct bully *b);
int bully_error_number(const struct bully *b);

int bully_group_add(struct bully *b, const struct bully_group *g);
int bully_group_replace(struct bully *b, const struct bully_group *g);
int bully_group_set(struct bully *b, const struct bully_group *g);
int bully_group_del(struct bully *b, const char *group);
int bully_peer_add(struct bully *b, const char *group, const struct bully_peer *p);
int bully_peer_set(struct bully *b, const char *group, const struct bully_peer *p);
int bully_peer_del(struct bully *b, const char *group, uint32_t id);
int bully_elect(struct bully *b, const char *group);
int bully_resign(struct bully *b, const char *group);

/*
 * A group and a peer are opaque. What they have is asked for by the numbers of bully.h: an
 * attribute that a later module knows is another number, not another function, and no program
 * has to be compiled anew. Numbers, choices, flags (0 or 1), times in ns: get and put. 0 is what
 * get returns where nothing is known; has tells the two apart. A request carries what was put,
 * as far as it is an option. put returns -EINVAL where the attribute is no number, and -ERANGE
 * where it has 32 bits and @value more; what an option may be the kernel judges.
 */

/* A group to be added or changed; NULL with EINVAL or ENOMEM. */
struct bully_group *bully_group_new(const char *name);
void bully_group_free(struct bully_group *g);
const char *bully_group_name(const struct bully_group *g);
/* @attr: BULLY_A_GROUP_* */
bool bully_group_has(const struct bully_group *g, unsigned int attr);
uint64_t bully_group_get(const struct bully_group *g, unsigned int attr);
int bully_group_put(struct bully_group *g, unsigned int attr, uint64_t value);
/* Where this node listens: family 0 is any address. */
const struct bully_addr *bully_group_local(const struct bully_group *g);
void bully_group_put_local(struct bully_group *g, const struct bully_addr *addr);
/* The interface that its sockets are bound to; an empty string for none. */
const char *bully_group_dev(const struct bully_group *g);
int bully_group_put_dev(struct bully_group *g, const char *name);
/* One of all keys that the group shall have; @active: it signs, as one of them does. */
int bully_group_add_key(struct bully_group *g, uint32_t id, bool active, const void *data,
			size_t len);
/* The same keys as @from has for a request, if it has any. */
int bully_group_copy_keys(struct bully_group *g, const struct bully_group *from);
/* Ids of the keys that the kernel has, first of the one that signs. Returns how many. */
size_t bully_group_key_ids(const struct bully_group *g, const uint32_t **ids);
/* A socket owns its candidacy; its numbers, by BULLY_A_OWNER_*. */
bool bully_group_owned(const struct bully_group *g);
uint64_t bully_group_owner(const struct bully_group *g, unsigned int attr);
/* The lease that is in force, ns; in classic mode the one that would be. */
uint64_t bully_group_lease(const struct bully_group *g);

/* Its peers. They live as long as the group, and until another one is added. */
size_t bully_group_peers(const struct bully_group *g);
const struct bully_peer *bully_group_peer(const struct bully_group *g, size_t i);
struct bully_peer *bully_group_add_peer(struct bully_group *g, uint32_t id);

/* A peer for bully_peer_add() and bully_peer_set(). NULL for want of memory. */
struct bully_peer *bully_peer_new(uint32_t id);
void bully_peer_free(struct bully_peer *p);
/* @attr: BULLY_A_PEER_* */
bool bully_peer_has(const struct bully_peer *p, unsigned int attr);
uint64_t bully_peer_get(const struct bully_peer *p, unsigned int attr);
int bully_peer_put(struct bully_peer *p, unsigned int attr, uint64_t value);
/* Where it listens, and where it was last received from: family 0 if that is the same. */
const struct bully_addr *bully_peer_addr(const struct bully_peer *p);
void bully_peer_put_addr(struct bully_peer *p, const struct bully_addr *addr);
const struct bully_addr *bully_peer_source(const struct bully_peer *p);

/* Groups by name with their peers by id; of one name, or of all where @name is NULL. */
int bully_groups_get(struct bully *b, const char *name, struct bully_group ***groups, size_t *len);
void bully_groups_free(struct bully_group **groups, size_t len);

int bully_stats_get(struct bully *b, const char *name, struct bully_stats **stats);
void bully_stats_free(struct bully_stats *stats);
/* Of the network namespace, if the caller may know: messages of no group, by enum bully_drop. */
bool bully_stats_has_net(const struct bully_stats *s);
uint64_t bully_stats_sockets(const struct bully_stats *s);
const uint64_t *bully_stats_drops(const struct bully_stats *s, size_t *len);
/*
 * Of groups and their peers. get: a number, by BULLY_A_STATS_* or BULLY_A_PEER_STATS_*. list:
 * *@len numbers, by enum bully_msg_type (TX, RX), bully_drop (DROPS) and bully_reason
 * (ELECTIONS), whose first means nothing; LATE_BUCKET: how often the timer was late by less
 * than 2^index us, the last for all else. An unknown attribute is 0, or a list of none.
 */
size_t bully_stats_groups(const struct bully_stats *s);
const struct bully_group_stats *bully_stats_group(const struct bully_stats *s, size_t i);
const char *bully_group_stats_name(const struct bully_group_stats *g);
uint64_t bully_group_stats_get(const struct bully_group_stats *g, unsigned int attr);
const uint64_t *bully_group_stats_list(const struct bully_group_stats *g, unsigned int attr,
				       size_t *len);
/* Where the last message came from that another node sent with this node's id; or family 0. */
const struct bully_addr *bully_group_stats_own_id(const struct bully_group_stats *g);
size_t bully_group_stats_peers(const struct bully_group_stats *g);
const struct bully_peer_stats *bully_group_stats_peer(const struct bully_group_stats *g, size_t i);
uint32_t bully_peer_stats_id(const struct bully_peer_stats *p);
uint64_t bully_peer_stats_get(const struct bully_peer_stats *p, unsigned int attr);
const uint64_t *bully_peer_stats_list(const struct bully_peer_stats *p, unsigned int attr,
				      size_t *len);

/*
 * A monitor of one group, or of all where @name is NULL, of the network namespace that
 * the calling thread is in. It begins with snapshots, misses nothing silently, and
 * outlives the module: where it is absent the monitor waits for it. Of the module
 * being absent at the start it tells by a snapshot without a group.
 */
int bully_monitor_open(struct bully *b, const char *name, struct bully_monitor **monitor);
void bully_monitor_close(struct bully_monitor *m);
/*
 * Readable when bully_monitor_next() might have something. While the module is absent
 * nothing makes it readable: call bully_monitor_next() once a second or so then.
 */
int bully_monitor_fd(const struct bully_monitor *m);
/*
 * The next event, waiting up to @timeout_ms (-1: for ever). *@ev is NULL when
 * the time was up. What it points to lives until the next call.
 */
int bully_monitor_next(struct bully_monitor *m, int timeout_ms, const struct bully_event **ev);

/* @cause: of a resync. @group: NULL where there is none; with peers in a snapshot only. */
enum bully_event_type bully_event_type(const struct bully_event *ev);
enum bully_cause bully_event_cause(const struct bully_event *ev);
bool bully_event_module(const struct bully_event *ev);
const struct bully_group *bully_event_group(const struct bully_event *ev);
const struct bully_peer *bully_event_peer(const struct bully_event *ev);

/*
 * Waits until @group is as @what and @value say, or is so already: up to @timeout_ns of
 * CLOCK_MONOTONIC (0: looks once; negative: for ever), by events, without looking again
 * and again. Needs no privilege. It outlives a replacement of the group, and no more:
 *
 * -ETIMEDOUT: the time was up. -ENOENT: there is no such group. -EIDRM: it was deleted
 * meanwhile. -EINVAL: @group, @what or @value is out of range. -ENOPKG: the module is not
 * loaded, or was unloaded meanwhile.
 * A signal does not end it, so EINTR is none of its errors.
 *
 * What it has found may be over when it returns. Threads: it keeps @b and its thread all
 * the time; who waits in one thread and asks in another opens two handles.
 */
int bully_wait(struct bully *b, const char *group, enum bully_wait_for what, uint32_t value,
	       int64_t timeout_ns);

/*
 * To own a group's candidacy: the node stands while the process lives that has
 * this handle, and, where @deadline_ns is not 0, calls bully_candidacy_refresh() at
 * least so often (10 ms to an hour). When the process ends by whatever way, closes
 * it, or is late, the node resigns at once and stands no more until somebody
 * owns it again. -EBUSY where another process owns it, -ENOENT where there is no such
 * group or it has just stopped, -ERANGE for another deadline, -EPERM without CAP_NET_ADMIN in the user namespace of the
 * network namespace, which is the one that the calling thread is in. To refresh and to
 * release needs no privilege, so that a daemon may drop its own once it owns: the socket
 * is the authority. It is closed on exec; a forked child shares it and keeps it open.
 *
 * Threads: a candidacy shares nothing with @b, which may serve another thread, or be
 * closed, meanwhile. It belongs to one thread at a time itself. To refresh and to
 * release never waits, whatever there is to be heard, and refreshing allocates nothing.
 */
int bully_candidacy_own(struct bully *b, const char *group, uint64_t deadline_ns,
			struct bully_candidacy **candidacy);
/*
 * -ESTALE: it was late, and owns nothing any more; own it anew. -ENOENT: the group is gone.
 * -ENOPKG: the module was unloaded, and one that was loaded since knows of no owner. -EAGAIN:
 * the kernel's answer was lost, and nothing is known; call again.
 */
int bully_candidacy_refresh(struct bully_candidacy *c);
const char *bully_candidacy_error(const struct bully_candidacy *c);
/* Resigns, also where a forked child has the socket open, and frees @c. */
void bully_candidacy_release(struct bully_candidacy *c);

/*
 * Leadership as the kernel's status page tells it: one read of memory and of a
 * clock. Needs no privilege, but the device /dev/bully. The group is one of the
 * network namespace that the calling thread is in. -ENOENT where there is
 * no such group, -ENXIO where there is no such device, which a container must be given.
 *
 * Any number of threads may ask at a time; one opens, acknowledges and closes. It
 * needs @b only while it is opened. A forked child may ask, too; in another time
 * namespace than its parent's it is told that the page is gone, and opens anew.
 * A process that moves itself to another time namespace (setns) must open anew.
 *
 * An open page holds the module: rmmod refuses until whoever has one has seen that
 * it is gone, and has closed it.
 */
int bully_leadership_open(struct bully *b, const char *group, struct bully_leadership **l);
void bully_leadership_close(struct bully_leadership *l);
/* Does this node lead, by a lease that lives in quorum mode? In doubt: no. */
bool bully_is_leader(const struct bully_leadership *l);
/* The epoch with which it leads now: the fencing token; 0 if it does not lead. */
uint64_t bully_epoch(const struct bully_leadership *l);
/* The group was deleted, or the clock is another one: close, and open anew. */
bool bully_leadership_gone(const struct bully_leadership *l);
/* Whether bully_is_leader() and bully_epoch() make no system call here, now: the
 * clock is in the vDSO. Where that cannot be known: no.
 */
bool bully_leadership_is_cheap(const struct bully_leadership *l);
/*
 * Readable when something may have changed since bully_leadership_ack(), which
 * comes before the look at what it is now. The end of a lease is such a change,
 * but bully_is_leader() knows of it first.
 */
int bully_leadership_fd(const struct bully_leadership *l);
void bully_leadership_ack(struct bully_leadership *l);

/* Words for numbers, "unknown" for numbers from the future. */
const char *bully_role_name(unsigned int v);
const char *bully_state_name(unsigned int v);
const char *bully_peer_state_name(unsigned int v);
const char *bully_quorum_name(unsigned int v);
const char *bully_vote_name(unsigned int v);
const char *bully_address_name(unsigned int v);
const char *bully_auth_name(unsigned int v);
const char *bully_candidate_name(unsigned int v);
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
