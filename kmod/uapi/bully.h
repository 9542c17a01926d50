/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/* The ABI of the bully module: what crosses generic netlink, by number and by name. */
#ifndef _UAPI_LINUX_BULLY_H
#define _UAPI_LINUX_BULLY_H

/*
 * Documentation/netlink/specs/bully.yaml is the source of this file; a test
 * compares the two, the running family and the manual. Values are never
 * reused or renumbered; new ones are added at the end.
 */

#define BULLY_FAMILY_NAME	"bully"
#ifndef BULLY_FAMILY_VERSION	/* a test builds a module of another version */
#define BULLY_FAMILY_VERSION	1
#endif
#define BULLY_MCGRP_EVENTS	"events"

#define BULLY_GROUP_NAME_MAX	15	/* bytes, without the terminating NUL */
#define BULLY_DEV_NAME_MAX	15	/* bytes of an interface's name, without the NUL */
#define BULLY_PEERS_MAX		255	/* peers in a group, this node not counted */
#define BULLY_GROUPS_MAX	1024	/* groups in a network namespace */
#define BULLY_DEFAULT_PORT	7400
#define BULLY_EPOCH_MAX		((1ULL << 53) - 1)

#define BULLY_HEARTBEAT_MIN_NS	1000000ULL	/* 1 ms */
#define BULLY_HEARTBEAT_MAX_NS	60000000000ULL	/* 60 s */
#define BULLY_HEARTBEAT_NS	100000000ULL	/* 100 ms */
#define BULLY_MISSES_MIN	2
#define BULLY_MISSES_MAX	100
#define BULLY_MISSES		3
#define BULLY_PREEMPT_DELAY_MAX_NS 86400000000000ULL /* a day */
#define BULLY_LEASE_HEARTBEATS_MIN 3	/* a lease is at least so many heartbeats (R13) ... */
#define BULLY_LEASE_HEARTBEATS_QUICK 4	/* ... and so many where the heartbeat is below ... */
#define BULLY_HEARTBEAT_QUICK_NS 10000000ULL /* ... 10 ms */
#define BULLY_LEASE_HEARTBEATS(heartbeat_ns) ((heartbeat_ns) < BULLY_HEARTBEAT_QUICK_NS ? \
	BULLY_LEASE_HEARTBEATS_QUICK : BULLY_LEASE_HEARTBEATS_MIN)
#define BULLY_LEASE_MAX_NS	3600000000000ULL /* an hour */
#define BULLY_HOLDDOWN_FREE	2	/* session changes that cost nothing */
#define BULLY_HOLDDOWN_FREE_MAX	100
#define BULLY_HOLDDOWN_DELAY_NS	10000000000ULL	/* 10 s */
#define BULLY_HOLDDOWN_MAX_NS	300000000000ULL	/* 5 min */
#define BULLY_HOLDDOWN_HALF_LIFE_NS 300000000000ULL /* 5 min */
#define BULLY_HOLDDOWN_LIMIT_NS	86400000000000ULL /* a day, of each of these times */
#define BULLY_KEYS_MAX		8	/* keys of a group */
#define BULLY_KEY_MIN		32	/* bytes */
#define BULLY_KEY_MAX		64	/* bytes */
#define BULLY_OWNER_DEADLINE_MIN_NS 10000000ULL /* 10 ms */
#define BULLY_OWNER_DEADLINE_MAX_NS 3600000000000ULL /* an hour */

/* What a node may ever be. */
enum bully_role {
	BULLY_ROLE_CANDIDATE,	/* may lead and vote */
	BULLY_ROLE_WITNESS,	/* votes, never leads */
	BULLY_ROLE_OBSERVER,	/* neither votes nor leads */
};

/* What a node is now. */
enum bully_state {
	BULLY_STATE_INIT,	/* listening: just started, no peers, or no link */
	BULLY_STATE_ELECTION,	/* has sent ELECTION, waits for OK */
	BULLY_STATE_WAITING,	/* no leader; waits for somebody's COORDINATOR */
	BULLY_STATE_FOLLOWER,
	BULLY_STATE_LEADER,
};

/* What a node believes of a peer. */
enum bully_peer_state {
	BULLY_PEER_STATE_UNKNOWN,
	BULLY_PEER_STATE_UP,
	BULLY_PEER_STATE_DOWN,
};

enum bully_quorum {
	BULLY_QUORUM_OFF,	/* the classic algorithm */
	BULLY_QUORUM_MAJORITY,	/* a leader holds a lease that a majority of voters granted */
};

/* When a node stands. */
enum bully_candidate {
	BULLY_CANDIDATE_OFF,
	BULLY_CANDIDATE_ON,	/* always; becomes OWNER when a socket owns the candidacy */
	BULLY_CANDIDATE_OWNER,	/* while a socket owns its candidacy */
};

/* What a group with keys asks of a message. */
enum bully_auth {
	BULLY_AUTH_OFF,		/* no keys: tags are neither sent nor accepted */
	BULLY_AUTH_RECEIVE_ONLY, /* tags are accepted, and not sent yet */
	BULLY_AUTH_PERMISSIVE,	/* tags are sent, and messages without one still accepted */
	BULLY_AUTH_ENFORCE,	/* tags are sent, and nothing without one accepted */
};

/* What a peer said to this node's claim, and why (quorum mode). */
enum bully_vote {
	BULLY_VOTE_NONE,	/* nothing yet, or this node claims nothing */
	BULLY_VOTE_GRANTED,
	BULLY_VOTE_HELD,	/* refused: another one's grant lives still (R2) */
	BULLY_VOTE_ABSTAINS,	/* refused: it started just now (R4) */
	BULLY_VOTE_EPOCH,	/* refused: the claim is not above all that it knows (R5) */
	BULLY_VOTE_MEMBERS,	/* refused: it has another set of voters (R7) */
	BULLY_VOTE_UNHEARD,	/* refused: the claimant has not shown that it hears it (R10) */
	BULLY_VOTE_LEADS,	/* refused: it claims or leads itself */
	__BULLY_VOTE_MAX,
};

/* What was found of the addresses that two nodes use for each other. */
enum bully_address {
	BULLY_ADDRESS_OK,
	BULLY_ADDRESS_OTHER_SOURCE,	/* it answers at its address, and sends from another */
	BULLY_ADDRESS_ELSEWHERE,	/* it sends from another, and does not answer at its own */
	BULLY_ADDRESS_MISTAKEN,		/* it has another address for this node */
	__BULLY_ADDRESS_MAX,
};

/* Whether a group could lead at all from where its node stands. */
enum bully_link {
	BULLY_LINK_UP,
	BULLY_LINK_NO_PEERS,	/* no peer is configured */
	BULLY_LINK_NO_ADDRESS,	/* the local address is absent, tentative or taken */
	BULLY_LINK_NO_CARRIER,	/* no link with a carrier leads to any peer */
	BULLY_LINK_NO_DEVICE,	/* there is no interface of the name that it is bound to */
};

/* Why something changed. */
enum bully_reason {
	BULLY_REASON_NONE,
	BULLY_REASON_START,
	BULLY_REASON_LEADER_TIMEOUT,
	BULLY_REASON_RESIGNED,
	BULLY_REASON_PREEMPTED,
	BULLY_REASON_ADMIN,
	BULLY_REASON_OWNER_EXIT,
	BULLY_REASON_LEASE_LOST,
	BULLY_REASON_LINK_DOWN,
	BULLY_REASON_CONFIG,
	BULLY_REASON_SHUTDOWN,
	BULLY_REASON_OWNER_LATE,
	BULLY_REASON_DUPLICATE_ID,
	BULLY_REASON_TIME_DOUBT,
	BULLY_REASON_HANDOVER,
	BULLY_REASON_SUPERSEDED,
	__BULLY_REASON_MAX,
};

/* Message types, as on the wire (Documentation/protocol.rst). */
enum bully_msg_type {
	BULLY_MSG_ELECTION = 1,
	BULLY_MSG_OK,
	BULLY_MSG_COORDINATOR,
	BULLY_MSG_COORDINATOR_ACK,
	BULLY_MSG_HEARTBEAT,
	BULLY_MSG_HEARTBEAT_ACK,
	BULLY_MSG_REFUSE,
	BULLY_MSG_RESIGN,
	BULLY_MSG_HELLO,
	BULLY_MSG_HELLO_ACK,
	__BULLY_MSG_MAX,
};

/* Why a received message was not acted upon, in the order of the checks. */
enum bully_drop {
	BULLY_DROP_NONE,
	BULLY_DROP_LENGTH,	/* not exactly one message long */
	BULLY_DROP_MAGIC,
	BULLY_DROP_VERSION,
	BULLY_DROP_MALFORMED,	/* a field is out of its range */
	BULLY_DROP_GROUP,	/* no such group on this port */
	BULLY_DROP_OWN_ID,	/* the sender bears this node's id */
	BULLY_DROP_PEER,	/* the sender is no peer of the group */
	BULLY_DROP_RECEIVER,	/* meant for another id */
	BULLY_DROP_AUTH,	/* carries a tag, or lacks the one that is due */
	BULLY_DROP_SESSION,	/* names another session of this node */
	BULLY_DROP_UNPROVED,	/* from a session that has not answered a HELLO */
	BULLY_DROP_REPLAY,	/* sequence seen before, or too old */
	BULLY_DROP_ECHO,	/* answers nothing that was asked */
	BULLY_DROP_UNEXPECTED,	/* has no meaning from this sender in this state */
	BULLY_DROP_LIMITED,	/* more HELLOs, or tags, than are looked at */
	BULLY_DROP_INACTIVE,	/* the group is being removed or has no link */
	__BULLY_DROP_MAX,
};

/* Top-level attributes. */
enum {
	BULLY_A_UNSPEC,
	BULLY_A_GROUP,		/* nest of BULLY_A_GROUP_* */
	BULLY_A_PEER,		/* nest of BULLY_A_PEER_*; multi-attr in group-new */
	BULLY_A_STATS,		/* nest of BULLY_A_STATS_* */
	BULLY_A_PEER_STATS,	/* nest of BULLY_A_PEER_STATS_* */
	BULLY_A_NET_STATS,	/* nest of BULLY_A_NET_STATS_* */
	BULLY_A_OWNER,		/* nest of BULLY_A_OWNER_*; absent where nobody owns the group */
	__BULLY_A_MAX,
	BULLY_A_MAX = __BULLY_A_MAX - 1
};

enum {
	BULLY_A_GROUP_UNSPEC,
	BULLY_A_GROUP_NAME,		/* string, 1 to 15 bytes, no '/' or space */
	BULLY_A_GROUP_ID,		/* u32, this node's id, 1 to 2^32-1 */
	BULLY_A_GROUP_LOCAL_IP4,	/* be32 */
	BULLY_A_GROUP_LOCAL_IP6,	/* 16 bytes */
	BULLY_A_GROUP_LOCAL_SCOPE,	/* u32, ifindex of a link-local address, if there is one */
	BULLY_A_GROUP_LOCAL_PORT,	/* u32, 1 to 65535 */
	BULLY_A_GROUP_DEV,		/* u32, ifindex of DEV_NAME, while there is one */
	BULLY_A_GROUP_HEARTBEAT,	/* u64, ns */
	BULLY_A_GROUP_MISSES,		/* u32 */
	BULLY_A_GROUP_QUORUM,		/* u32, enum bully_quorum */
	BULLY_A_GROUP_LEASE,		/* u64, ns */
	BULLY_A_GROUP_PREEMPT,		/* u32, 0 or 1 */
	BULLY_A_GROUP_PREEMPT_DELAY,	/* u64, ns */
	BULLY_A_GROUP_HOLDDOWN,		/* u32, 0 or 1 */
	BULLY_A_GROUP_ROLE,		/* u32, enum bully_role */
	BULLY_A_GROUP_CANDIDATE,	/* u32, enum bully_candidate */
	/* from here on only ever sent by the kernel */
	BULLY_A_GROUP_STATE,		/* u32, enum bully_state */
	BULLY_A_GROUP_LEADER,		/* u32, absent where there is none */
	BULLY_A_GROUP_EPOCH,		/* u64, below 2^53; 0 where there is no leader yet */
	BULLY_A_GROUP_EVENT_SEQ,	/* u64, of the group's newest event */
	BULLY_A_GROUP_REASON,		/* u32, enum bully_reason, of that event */
	BULLY_A_GROUP_TIME,		/* u64, ns of CLOCK_BOOTTIME */
	BULLY_A_GROUP_LEASE_REMAINING,	/* u64, ns; leader in quorum mode only */
	BULLY_A_GROUP_SESSION,		/* u64 */
	BULLY_A_GROUP_LINK,		/* u32, enum bully_link */
	BULLY_A_GROUP_DUPLICATE,	/* u32, 1 while another node bears this id */
	BULLY_A_GROUP_RESIGNED,		/* u32, 1 while resigned */
	BULLY_A_GROUP_PEERS,		/* u32, number of peers */
	BULLY_A_GROUP_PAD,
	/* configuration again */
	BULLY_A_GROUP_VOTERS,		/* u32, 1: may lead without another voter; else 0 */
	BULLY_A_GROUP_HOLDDOWN_FREE,	/* u32, session changes that cost nothing */
	BULLY_A_GROUP_HOLDDOWN_DELAY,	/* u64, ns: the first hold-down */
	BULLY_A_GROUP_HOLDDOWN_MAX,	/* u64, ns: the longest */
	BULLY_A_GROUP_HOLDDOWN_HALF_LIFE, /* u64, ns: the penalty halves in it */
	BULLY_A_GROUP_AUTH,		/* u32, enum bully_auth */
	BULLY_A_GROUP_KEY,		/* nest of BULLY_A_KEY_*; multi-attr, never shown */
	/* and only ever sent by the kernel */
	BULLY_A_GROUP_KEY_IDS,		/* binary, u32 each: of its keys, the active one first */
	BULLY_A_GROUP_HOLDDOWN_REMAINING, /* u64, ns: this node is held down so long */
	BULLY_A_GROUP_ABSTAIN_REMAINING, /* u64, ns: this voter grants nothing so long (R4) */
	BULLY_A_GROUP_GRANT_TO,		/* u32, id: whom this voter has granted */
	BULLY_A_GROUP_GRANT_REMAINING,	/* u64, ns: for how long yet */
	BULLY_A_GROUP_MAJORITY,		/* u32, grants that it takes; absent in classic mode */
	BULLY_A_GROUP_GRANTS,		/* u32, grants that live, of this leader or claimant */
	/* configuration again */
	BULLY_A_GROUP_DEV_NAME,		/* string, interface that the sockets are bound to */
	BULLY_A_GROUP_LOCAL_SCOPE_NAME,	/* string, interface of a link-local address */
	__BULLY_A_GROUP_MAX,
	BULLY_A_GROUP_MAX = __BULLY_A_GROUP_MAX - 1
};

enum {
	BULLY_A_PEER_UNSPEC,
	BULLY_A_PEER_ID,		/* u32, 1 to 2^32-1 */
	BULLY_A_PEER_IP4,		/* be32 */
	BULLY_A_PEER_IP6,		/* 16 bytes */
	BULLY_A_PEER_SCOPE,		/* u32, ifindex of a link-local address, if there is one */
	BULLY_A_PEER_PORT,		/* u32, 1 to 65535 */
	BULLY_A_PEER_ROLE,		/* u32, enum bully_role */
	/* from here on only ever sent by the kernel */
	BULLY_A_PEER_STATE,		/* u32, enum bully_peer_state */
	BULLY_A_PEER_RTT,		/* u64, ns; absent until measured */
	BULLY_A_PEER_LAST_SEEN,		/* u64, ns of CLOCK_BOOTTIME; absent if never */
	BULLY_A_PEER_DUPLICATE,		/* u32, 1 while two nodes bear the id */
	BULLY_A_PEER_MISMATCH,		/* u32, 1 if heartbeat, misses or members differ */
	BULLY_A_PEER_SESSION,		/* u64, 0 until proved */
	BULLY_A_PEER_PAD,
	BULLY_A_PEER_VOTE,		/* u32, enum bully_vote; absent in classic mode */
	BULLY_A_PEER_HOLDDOWN_REMAINING, /* u64, ns: what this node tells it (P7) */
	BULLY_A_PEER_VOTERS_DIFFER,	/* u32, 1 if its hash of the voters is another */
	BULLY_A_PEER_ADDRESS,		/* u32, enum bully_address */
	BULLY_A_PEER_SOURCE_IP4,	/* be32: where it was last received from, if that is */
	BULLY_A_PEER_SOURCE_IP6,	/* 16 bytes: another than the configured address */
	BULLY_A_PEER_SOURCE_SCOPE,	/* u32, ifindex of a link-local source */
	BULLY_A_PEER_SOURCE_PORT,	/* u32, 1 to 65535 */
	BULLY_A_PEER_SCOPE_NAME,	/* string, interface of a link-local address */
	__BULLY_A_PEER_MAX,
	BULLY_A_PEER_MAX = __BULLY_A_PEER_MAX - 1
};

/* A key. */
enum {
	BULLY_A_KEY_UNSPEC,
	BULLY_A_KEY_ID,			/* u32, 1 to 2^32-1 */
	BULLY_A_KEY_DATA,		/* 32 to 64 bytes */
	BULLY_A_KEY_ACTIVE,		/* u32, 1 in the one that signs; else 0 */
	__BULLY_A_KEY_MAX,
	BULLY_A_KEY_MAX = __BULLY_A_KEY_MAX - 1
};

/* The socket that owns a group's candidacy. */
enum {
	BULLY_A_OWNER_UNSPEC,
	BULLY_A_OWNER_DEADLINE,		/* u64, ns that it may be silent; absent for none */
	/* from here on only ever sent by the kernel */
	BULLY_A_OWNER_PORTID,		/* u32 */
	BULLY_A_OWNER_REMAINING,	/* u64, ns left of the deadline */
	BULLY_A_OWNER_PAD,
	__BULLY_A_OWNER_MAX,
	BULLY_A_OWNER_MAX = __BULLY_A_OWNER_MAX - 1
};

/* Statistics of a group. */
enum {
	BULLY_A_STATS_UNSPEC,
	BULLY_A_STATS_TX,		/* nest of BULLY_A_MESSAGES_*, sent */
	BULLY_A_STATS_RX,		/* nest of BULLY_A_MESSAGES_*, accepted */
	BULLY_A_STATS_DROPS,		/* nest of BULLY_A_DROPS_* */
	BULLY_A_STATS_ELECTIONS,	/* nest of BULLY_A_REASONS_*, elections begun here */
	BULLY_A_STATS_LEADER_CHANGES,	/* u64 */
	BULLY_A_STATS_LATE_MAX,		/* u64, ns, of the timer */
	BULLY_A_STATS_LATE_BUCKET,	/* u64, multi-attr: below 2^0 us, 2^1 us, ... */
	BULLY_A_STATS_VOIDED,		/* u64, intervals voided by own lateness */
	BULLY_A_STATS_EVENT_OVERRUNS,	/* u64, events for which there was no memory or room */
	BULLY_A_STATS_TX_ERRORS,	/* u64, packets without memory or route */
	BULLY_A_STATS_TX_OVERRUNS,	/* u64, packets dropped for a full ring */
	BULLY_A_STATS_DUPLICATES,	/* u64, times that a duplicate id was noticed */
	BULLY_A_STATS_MISMATCHES,	/* u64, messages with other heartbeat, misses or members */
	BULLY_A_STATS_CLAIMS_LIMITED,	/* u64, claims put off: too many in a heartbeat (R17) */
	BULLY_A_STATS_PAD,
	/* of the last message that another node sent with this id; absent if there was none */
	BULLY_A_STATS_OWN_ID_IP4,	/* be32, its source */
	BULLY_A_STATS_OWN_ID_IP6,	/* 16 bytes */
	BULLY_A_STATS_OWN_ID_SCOPE,	/* u32, ifindex of a link-local address */
	BULLY_A_STATS_OWN_ID_PORT,	/* u32 */
	BULLY_A_STATS_OWN_ID_TIME,	/* u64, ns of CLOCK_BOOTTIME */
	__BULLY_A_STATS_MAX,
	BULLY_A_STATS_MAX = __BULLY_A_STATS_MAX - 1
};

/* Statistics of a peer. */
enum {
	BULLY_A_PEER_STATS_UNSPEC,
	BULLY_A_PEER_STATS_TX,		/* nest of BULLY_A_MESSAGES_* */
	BULLY_A_PEER_STATS_RX,		/* nest of BULLY_A_MESSAGES_* */
	BULLY_A_PEER_STATS_DROPS,	/* nest of BULLY_A_DROPS_* */
	BULLY_A_PEER_STATS_SESSIONS,	/* u64, sessions seen */
	BULLY_A_PEER_STATS_DOWNS,	/* u64, times that it went down */
	BULLY_A_PEER_STATS_PAD,
	__BULLY_A_PEER_STATS_MAX,
	BULLY_A_PEER_STATS_MAX = __BULLY_A_PEER_STATS_MAX - 1
};

/* Statistics of a network namespace: what belongs to no group. */
enum {
	BULLY_A_NET_STATS_UNSPEC,
	BULLY_A_NET_STATS_DROPS,	/* nest of BULLY_A_DROPS_* */
	BULLY_A_NET_STATS_SOCKETS,	/* u32, sockets open now */
	BULLY_A_NET_STATS_PAD,
	__BULLY_A_NET_STATS_MAX,
	BULLY_A_NET_STATS_MAX = __BULLY_A_NET_STATS_MAX - 1
};

/* Counters by message type, by drop reason and by reason: the attribute's
 * number is the enum's value, the payload a u64.
 */
enum {
	BULLY_A_MESSAGES_UNSPEC,
	BULLY_A_MESSAGES_ELECTION,
	BULLY_A_MESSAGES_OK,
	BULLY_A_MESSAGES_COORDINATOR,
	BULLY_A_MESSAGES_COORDINATOR_ACK,
	BULLY_A_MESSAGES_HEARTBEAT,
	BULLY_A_MESSAGES_HEARTBEAT_ACK,
	BULLY_A_MESSAGES_REFUSE,
	BULLY_A_MESSAGES_RESIGN,
	BULLY_A_MESSAGES_HELLO,
	BULLY_A_MESSAGES_HELLO_ACK,
	BULLY_A_MESSAGES_PAD,
	__BULLY_A_MESSAGES_MAX,
	BULLY_A_MESSAGES_MAX = __BULLY_A_MESSAGES_MAX - 1
};

enum {
	BULLY_A_DROPS_UNSPEC,
	BULLY_A_DROPS_LENGTH,
	BULLY_A_DROPS_MAGIC,
	BULLY_A_DROPS_VERSION,
	BULLY_A_DROPS_MALFORMED,
	BULLY_A_DROPS_GROUP,
	BULLY_A_DROPS_OWN_ID,
	BULLY_A_DROPS_PEER,
	BULLY_A_DROPS_RECEIVER,
	BULLY_A_DROPS_AUTH,
	BULLY_A_DROPS_SESSION,
	BULLY_A_DROPS_UNPROVED,
	BULLY_A_DROPS_REPLAY,
	BULLY_A_DROPS_ECHO,
	BULLY_A_DROPS_UNEXPECTED,
	BULLY_A_DROPS_LIMITED,
	BULLY_A_DROPS_INACTIVE,
	BULLY_A_DROPS_PAD,
	__BULLY_A_DROPS_MAX,
	BULLY_A_DROPS_MAX = __BULLY_A_DROPS_MAX - 1
};

enum {
	BULLY_A_REASONS_UNSPEC,
	BULLY_A_REASONS_START,
	BULLY_A_REASONS_LEADER_TIMEOUT,
	BULLY_A_REASONS_RESIGNED,
	BULLY_A_REASONS_PREEMPTED,
	BULLY_A_REASONS_ADMIN,
	BULLY_A_REASONS_OWNER_EXIT,
	BULLY_A_REASONS_LEASE_LOST,
	BULLY_A_REASONS_LINK_DOWN,
	BULLY_A_REASONS_CONFIG,
	BULLY_A_REASONS_SHUTDOWN,
	BULLY_A_REASONS_OWNER_LATE,
	BULLY_A_REASONS_DUPLICATE_ID,
	BULLY_A_REASONS_TIME_DOUBT,
	BULLY_A_REASONS_HANDOVER,
	BULLY_A_REASONS_SUPERSEDED,
	BULLY_A_REASONS_PAD,
	__BULLY_A_REASONS_MAX,
	BULLY_A_REASONS_MAX = __BULLY_A_REASONS_MAX - 1
};

enum {
	BULLY_CMD_GROUP_GET = 1,	/* do (by name) and dump */
	BULLY_CMD_GROUP_NEW,		/* refused if there is one of its name */
	BULLY_CMD_GROUP_SET,
	BULLY_CMD_GROUP_DEL,
	BULLY_CMD_PEER_GET,		/* do (group, id) and dump (of all, or of one group) */
	BULLY_CMD_PEER_NEW,
	BULLY_CMD_PEER_SET,
	BULLY_CMD_PEER_DEL,
	BULLY_CMD_ELECT,
	BULLY_CMD_RESIGN,
	BULLY_CMD_STATS_GET,		/* dump: the namespace, then each group and its peers */
	BULLY_CMD_GROUP_NEW_NTF,
	BULLY_CMD_GROUP_DEL_NTF,
	BULLY_CMD_CONFIG_NTF,		/* an option or the set of peers changed */
	BULLY_CMD_LEADER_NTF,		/* the leader or its epoch changed */
	BULLY_CMD_STATE_NTF,		/* this node's state changed, the leader not */
	BULLY_CMD_PEER_NTF,		/* a peer went up or down; carries group and peer */
	BULLY_CMD_OWN,			/* the asking socket owns the candidacy from now on */
	BULLY_CMD_OWN_REFRESH,		/* it is alive: its deadline begins anew */
	BULLY_CMD_DISOWN,		/* it gives the candidacy back */
	BULLY_CMD_GROUP_REPLACE,	/* group and peers take the place of what is there */
	__BULLY_CMD_MAX,
	BULLY_CMD_MAX = __BULLY_CMD_MAX - 1
};

#endif /* _UAPI_LINUX_BULLY_H */
