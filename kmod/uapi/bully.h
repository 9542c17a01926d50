/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* Do not edit directly, auto-generated from: */
/*	Documentation/netlink/specs/bully.yaml */
/* YNL-GEN uapi header */

#ifndef _UAPI_LINUX_BULLY_H
#define _UAPI_LINUX_BULLY_H

#define BULLY_FAMILY_NAME	"bully"
#ifndef BULLY_FAMILY_VERSION /* a test builds a module of another version */
#define BULLY_FAMILY_VERSION	1
#endif

#define BULLY_GROUP_NAME_MAX		15
#define BULLY_DEV_NAME_MAX		15
#define BULLY_PEERS_MAX			255
#define BULLY_GROUPS_MAX		1024
#define BULLY_DEFAULT_PORT		28559
#define BULLY_EPOCH_MAX			9007199254740991ULL
#define BULLY_HEARTBEAT_MIN_NS		1000000ULL
#define BULLY_HEARTBEAT_MAX_NS		60000000000ULL
#define BULLY_HEARTBEAT_NS		100000000ULL
#define BULLY_MISSES_MIN		2
#define BULLY_MISSES_MAX		100
#define BULLY_MISSES			3
#define BULLY_PRIORITY_MAX		255
#define BULLY_PREEMPT_DELAY_MAX_NS	86400000000000ULL
#define BULLY_LEASE_HEARTBEATS_MIN	3
#define BULLY_LEASE_HEARTBEATS_QUICK	4
#define BULLY_HEARTBEAT_QUICK_NS	10000000ULL
#define BULLY_LEASE_MAX_NS		3600000000000ULL
#define BULLY_HOLDDOWN_FREE		2
#define BULLY_HOLDDOWN_FREE_MAX		100
#define BULLY_HOLDDOWN_DELAY_NS		10000000000ULL
#define BULLY_HOLDDOWN_MAX_NS		300000000000ULL
#define BULLY_HOLDDOWN_HALF_LIFE_NS	300000000000ULL
#define BULLY_HOLDDOWN_LIMIT_NS		86400000000000ULL
#define BULLY_HISTORY_MAX		32
#define BULLY_KEYS_MAX			8
#define BULLY_GUARD_MAX			8
#define BULLY_OBSERVERS_MAX		65535
#define BULLY_KEY_MIN			32
#define BULLY_KEY_MAX			64
#define BULLY_OWNER_DEADLINE_MIN_NS	10000000ULL
#define BULLY_OWNER_DEADLINE_MAX_NS	3600000000000ULL

#define BULLY_LEASE_HEARTBEATS(heartbeat_ns) ((heartbeat_ns) < BULLY_HEARTBEAT_QUICK_NS ? \
	BULLY_LEASE_HEARTBEATS_QUICK : BULLY_LEASE_HEARTBEATS_MIN)
#define BULLY_OWNER_NAME_MAX		31
#define BULLY_OWNERS_MAX		8

/**
 * enum bully_role - What a node may ever be.
 * @BULLY_ROLE_CANDIDATE: May lead and vote.
 * @BULLY_ROLE_WITNESS: Votes, never leads.
 * @BULLY_ROLE_OBSERVER: Neither votes nor leads.
 */
enum bully_role {
	BULLY_ROLE_CANDIDATE,
	BULLY_ROLE_WITNESS,
	BULLY_ROLE_OBSERVER,
};

/**
 * enum bully_state - What a node is now.
 * @BULLY_STATE_INIT: Listens, because it has just started, or has no peers or
 *   no link.
 * @BULLY_STATE_ELECTION: Has sent ELECTION and waits for OK.
 * @BULLY_STATE_WAITING: Has no leader and waits for a COORDINATOR.
 * @BULLY_STATE_FOLLOWER: Follows a leader and probes it.
 * @BULLY_STATE_LEADER: Leads.
 */
enum bully_state {
	BULLY_STATE_INIT,
	BULLY_STATE_ELECTION,
	BULLY_STATE_WAITING,
	BULLY_STATE_FOLLOWER,
	BULLY_STATE_LEADER,
};

/**
 * enum bully_peer_state - What a node knows about a peer.
 * @BULLY_PEER_STATE_UNKNOWN: Nothing was received yet.
 * @BULLY_PEER_STATE_UP: The peer is alive.
 * @BULLY_PEER_STATE_DOWN: The peer is dead or unreachable.
 */
enum bully_peer_state {
	BULLY_PEER_STATE_UNKNOWN,
	BULLY_PEER_STATE_UP,
	BULLY_PEER_STATE_DOWN,
};

/**
 * enum bully_quorum - Whether a leader needs a majority.
 * @BULLY_QUORUM_OFF: Classic mode; each side of a partition has a leader.
 * @BULLY_QUORUM_MAJORITY: A leader holds a lease that a majority of the voters
 *   has granted.
 */
enum bully_quorum {
	BULLY_QUORUM_OFF,
	BULLY_QUORUM_MAJORITY,
};

/**
 * enum bully_election - Which node claims leadership, and when.
 * @BULLY_ELECTION_BULLY: The live node with the highest priority, and of these
 *   the one with the highest id.
 * @BULLY_ELECTION_RAFT: After a random time any node whose position no voter
 *   of its majority is ahead of. Needs a quorum of majority.
 */
enum bully_election {
	BULLY_ELECTION_BULLY,
	BULLY_ELECTION_RAFT,
};

/**
 * enum bully_candidate - When a node is a candidate.
 * @BULLY_CANDIDATE_OFF: The node is not a candidate.
 * @BULLY_CANDIDATE_ON: Always. It becomes owner as soon as a socket owns the
 *   candidacy without a weight. Setting it forgets all owners that are vacant
 *   or late.
 * @BULLY_CANDIDATE_OWNER: While the candidacy has an owner without a weight,
 *   and the state of each such owner is ok; see the operation own.
 */
enum bully_candidate {
	BULLY_CANDIDATE_OFF,
	BULLY_CANDIDATE_ON,
	BULLY_CANDIDATE_OWNER,
};

/**
 * enum bully_owner_state - What an owner says about the candidacy. The node is
 *   a candidate only if all owners without a weight say ok.
 * @BULLY_OWNER_STATE_OK: A socket owns under this name, is in time, and is
 *   willing.
 * @BULLY_OWNER_STATE_UNWILLING: A socket owns under this name, is in time, and
 *   does not want the node to be a candidate.
 * @BULLY_OWNER_STATE_LATE: The socket missed its deadline.
 * @BULLY_OWNER_STATE_VACANT: The socket is gone, and no socket has owned under
 *   this name since then.
 */
enum bully_owner_state {
	BULLY_OWNER_STATE_OK,
	BULLY_OWNER_STATE_UNWILLING,
	BULLY_OWNER_STATE_LATE,
	BULLY_OWNER_STATE_VACANT,
};

/**
 * enum bully_auth - What a group with keys requires of a message.
 * @BULLY_AUTH_OFF: There are no keys; tags are neither sent nor accepted.
 * @BULLY_AUTH_RECEIVE_ONLY: Tags are accepted, but not sent yet.
 * @BULLY_AUTH_PERMISSIVE: Tags are sent; messages without a tag are still
 *   accepted.
 * @BULLY_AUTH_ENFORCE: Tags are sent; messages without a tag are dropped.
 */
enum bully_auth {
	BULLY_AUTH_OFF,
	BULLY_AUTH_RECEIVE_ONLY,
	BULLY_AUTH_PERMISSIVE,
	BULLY_AUTH_ENFORCE,
};

/**
 * enum bully_vote - A peer's vote on this node's claim.
 * @BULLY_VOTE_NONE: The peer has not answered yet, or this node claims
 *   nothing.
 * @BULLY_VOTE_GRANTED: The peer granted the lease.
 * @BULLY_VOTE_HELD: Refused, because the peer's grant to another node is still
 *   valid.
 * @BULLY_VOTE_ABSTAINS: Refused, because the peer has just started.
 * @BULLY_VOTE_EPOCH: Refused, because the claim is not above all epochs that
 *   the peer knows.
 * @BULLY_VOTE_MEMBERS: Refused, because the peer has another set of voters.
 * @BULLY_VOTE_UNHEARD: Refused, because the claimant has not shown that it
 *   receives the peer's messages.
 * @BULLY_VOTE_LEADS: Refused, because the peer claims or leads itself.
 * @BULLY_VOTE_AHEAD: Refused, because the peer's position is ahead of this
 *   node's (election raft).
 * @BULLY_VOTE_HEARS: Refused, because the peer hears its leader (election
 *   raft).
 * @BULLY_VOTE_FULL: The peer has no place for one more unlisted observer, as
 *   which this node asked (O4).
 */
enum bully_vote {
	BULLY_VOTE_NONE,
	BULLY_VOTE_GRANTED,
	BULLY_VOTE_HELD,
	BULLY_VOTE_ABSTAINS,
	BULLY_VOTE_EPOCH,
	BULLY_VOTE_MEMBERS,
	BULLY_VOTE_UNHEARD,
	BULLY_VOTE_LEADS,
	BULLY_VOTE_AHEAD,
	BULLY_VOTE_HEARS,
	BULLY_VOTE_FULL,

	/* private: */
	__BULLY_VOTE_MAX,
	BULLY_VOTE_MAX = (__BULLY_VOTE_MAX - 1)
};

/**
 * enum bully_address - Whether two nodes have the right addresses for each
 *   other (S9).
 * @BULLY_ADDRESS_OK: Messages come from the peer's configured address, or no
 *   message was received.
 * @BULLY_ADDRESS_OTHER_SOURCE: The peer answers at its configured address, but
 *   sends from another one.
 * @BULLY_ADDRESS_ELSEWHERE: The peer sends from another address, and does not
 *   answer at its configured one.
 * @BULLY_ADDRESS_MISTAKEN: The peer says that it has another address for this
 *   node.
 */
enum bully_address {
	BULLY_ADDRESS_OK,
	BULLY_ADDRESS_OTHER_SOURCE,
	BULLY_ADDRESS_ELSEWHERE,
	BULLY_ADDRESS_MISTAKEN,

	/* private: */
	__BULLY_ADDRESS_MAX,
	BULLY_ADDRESS_MAX = (__BULLY_ADDRESS_MAX - 1)
};

/**
 * enum bully_link - Whether a group has a way to any peer.
 * @BULLY_LINK_UP: A packet to at least one peer can leave.
 * @BULLY_LINK_NO_PEERS: No peer is configured.
 * @BULLY_LINK_NO_ADDRESS: The local address is absent, tentative, or taken by
 *   another socket.
 * @BULLY_LINK_NO_CARRIER: No device with a carrier leads to any peer.
 * @BULLY_LINK_NO_DEVICE: No interface has the name that the group is bound to.
 */
enum bully_link {
	BULLY_LINK_UP,
	BULLY_LINK_NO_PEERS,
	BULLY_LINK_NO_ADDRESS,
	BULLY_LINK_NO_CARRIER,
	BULLY_LINK_NO_DEVICE,
};

/**
 * enum bully_reason - Why something changed.
 * @BULLY_REASON_NONE: Nothing has changed yet.
 * @BULLY_REASON_START: The group was started, or its link came back.
 * @BULLY_REASON_LEADER_TIMEOUT: The leader did not answer for too long.
 * @BULLY_REASON_RESIGNED: The leader resigned.
 * @BULLY_REASON_PREEMPTED: A higher node claimed leadership.
 * @BULLY_REASON_ADMIN: An administrator asked for it.
 * @BULLY_REASON_OWNER_EXIT: A process that owned the candidacy ended, or
 *   released it.
 * @BULLY_REASON_LEASE_LOST: The lease ran out.
 * @BULLY_REASON_LINK_DOWN: The node lost its link or its address.
 * @BULLY_REASON_CONFIG: An option or the set of peers was changed.
 * @BULLY_REASON_SHUTDOWN: The namespace ended, the module was removed, or the
 *   host was shut down.
 * @BULLY_REASON_OWNER_LATE: An owner of the candidacy missed its deadline.
 * @BULLY_REASON_DUPLICATE_ID: Another node has the same id.
 * @BULLY_REASON_TIME_DOUBT: The node's own timer ran so late that other nodes
 *   have given up the node.
 * @BULLY_REASON_HANDOVER: The leader handed leadership over to another node.
 * @BULLY_REASON_SUPERSEDED: A claim of leadership met a higher one.
 * @BULLY_REASON_OWNER_UNWILLING: An owner does not want the node to be a
 *   candidate.
 */
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
	BULLY_REASON_OWNER_UNWILLING,

	/* private: */
	__BULLY_REASON_MAX,
	BULLY_REASON_MAX = (__BULLY_REASON_MAX - 1)
};

/**
 * enum bully_msg_type - Message types, with the numbers of the wire format.
 * @BULLY_MSG_ELECTION: Asks the higher nodes whether they are alive.
 * @BULLY_MSG_OK: Answers ELECTION, and names the leader that the sender
 *   follows.
 * @BULLY_MSG_COORDINATOR: Claims leadership.
 * @BULLY_MSG_COORDINATOR_ACK: Answers COORDINATOR.
 * @BULLY_MSG_HEARTBEAT: Asks the leader whether it is alive.
 * @BULLY_MSG_HEARTBEAT_ACK: Answers HEARTBEAT, and lists the live nodes.
 * @BULLY_MSG_REFUSE: Answers COORDINATOR, and says why the sender refuses.
 * @BULLY_MSG_RESIGN: Gives up leadership, and names the successor.
 * @BULLY_MSG_HELLO: Asks whether the receiver is alive, and for its session.
 * @BULLY_MSG_HELLO_ACK: Answers HELLO, and names the leader that the sender
 *   follows.
 */
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

	/* private: */
	__BULLY_MSG_MAX,
	BULLY_MSG_MAX = (__BULLY_MSG_MAX - 1)
};

/**
 * enum bully_drop - Why a received message was dropped, in the order of the
 *   checks.
 * @BULLY_DROP_NONE: The message was accepted.
 * @BULLY_DROP_LENGTH: The length is not that of one message.
 * @BULLY_DROP_MAGIC: The message does not begin with the magic number.
 * @BULLY_DROP_VERSION: The version of the protocol is another one.
 * @BULLY_DROP_MALFORMED: A field is out of range.
 * @BULLY_DROP_GROUP: This port has no such group.
 * @BULLY_DROP_OWN_ID: The sender has this node's id.
 * @BULLY_DROP_PEER: The sender is no peer of the group.
 * @BULLY_DROP_RECEIVER: The message is for another id.
 * @BULLY_DROP_AUTH: The tag is wrong, is missing, or is present although there
 *   are no keys.
 * @BULLY_DROP_SESSION: The message names another session of this node.
 * @BULLY_DROP_UNPROVED: The sender's session has not answered a HELLO.
 * @BULLY_DROP_REPLAY: The sequence number was received before, or is too old.
 * @BULLY_DROP_ECHO: The message answers nothing that was asked.
 * @BULLY_DROP_UNEXPECTED: The message has no meaning from this sender in this
 *   state.
 * @BULLY_DROP_LIMITED: There were too many HELLOs, or too many tags to check.
 * @BULLY_DROP_INACTIVE: The group is being deleted, or has no link.
 */
enum bully_drop {
	BULLY_DROP_NONE,
	BULLY_DROP_LENGTH,
	BULLY_DROP_MAGIC,
	BULLY_DROP_VERSION,
	BULLY_DROP_MALFORMED,
	BULLY_DROP_GROUP,
	BULLY_DROP_OWN_ID,
	BULLY_DROP_PEER,
	BULLY_DROP_RECEIVER,
	BULLY_DROP_AUTH,
	BULLY_DROP_SESSION,
	BULLY_DROP_UNPROVED,
	BULLY_DROP_REPLAY,
	BULLY_DROP_ECHO,
	BULLY_DROP_UNEXPECTED,
	BULLY_DROP_LIMITED,
	BULLY_DROP_INACTIVE,

	/* private: */
	__BULLY_DROP_MAX,
	BULLY_DROP_MAX = (__BULLY_DROP_MAX - 1)
};

enum {
	BULLY_A_GROUP = 1,
	BULLY_A_PEER,
	BULLY_A_STATS,
	BULLY_A_PEER_STATS,
	BULLY_A_NET_STATS,
	BULLY_A_OWNER,
	BULLY_A_CHANGE,

	__BULLY_A_MAX,
	BULLY_A_MAX = (__BULLY_A_MAX - 1)
};

enum {
	BULLY_A_GROUP_NAME = 1,
	BULLY_A_GROUP_ID,
	BULLY_A_GROUP_LOCAL_IP4,
	BULLY_A_GROUP_LOCAL_IP6,
	BULLY_A_GROUP_LOCAL_SCOPE,
	BULLY_A_GROUP_LOCAL_PORT,
	BULLY_A_GROUP_DEV,
	BULLY_A_GROUP_HEARTBEAT,
	BULLY_A_GROUP_MISSES,
	BULLY_A_GROUP_QUORUM,
	BULLY_A_GROUP_LEASE,
	BULLY_A_GROUP_PREEMPT,
	BULLY_A_GROUP_PREEMPT_DELAY,
	BULLY_A_GROUP_HOLDDOWN,
	BULLY_A_GROUP_ROLE,
	BULLY_A_GROUP_CANDIDATE,
	BULLY_A_GROUP_STATE,
	BULLY_A_GROUP_LEADER,
	BULLY_A_GROUP_EPOCH,
	BULLY_A_GROUP_EVENT_SEQ,
	BULLY_A_GROUP_REASON,
	BULLY_A_GROUP_TIME,
	BULLY_A_GROUP_LEASE_REMAINING,
	BULLY_A_GROUP_SESSION,
	BULLY_A_GROUP_LINK,
	BULLY_A_GROUP_DUPLICATE,
	BULLY_A_GROUP_RESIGNED,
	BULLY_A_GROUP_PEERS,
	BULLY_A_GROUP_PAD,
	BULLY_A_GROUP_VOTERS,
	BULLY_A_GROUP_HOLDDOWN_FREE,
	BULLY_A_GROUP_HOLDDOWN_DELAY,
	BULLY_A_GROUP_HOLDDOWN_MAX,
	BULLY_A_GROUP_HOLDDOWN_HALF_LIFE,
	BULLY_A_GROUP_AUTH,
	BULLY_A_GROUP_KEY,
	BULLY_A_GROUP_KEY_IDS,
	BULLY_A_GROUP_HOLDDOWN_REMAINING,
	BULLY_A_GROUP_ABSTAIN_REMAINING,
	BULLY_A_GROUP_GRANT_TO,
	BULLY_A_GROUP_GRANT_REMAINING,
	BULLY_A_GROUP_MAJORITY,
	BULLY_A_GROUP_GRANTS,
	BULLY_A_GROUP_DEV_NAME,
	BULLY_A_GROUP_LOCAL_SCOPE_NAME,
	BULLY_A_GROUP_GUARD,
	BULLY_A_GROUP_PRIORITY,
	BULLY_A_GROUP_EFFECTIVE_PRIORITY,
	BULLY_A_GROUP_ELECTION,
	BULLY_A_GROUP_POSITION_TERM,
	BULLY_A_GROUP_POSITION_INDEX,
	BULLY_A_GROUP_OBSERVERS,
	BULLY_A_GROUP_UNLISTED,
	BULLY_A_GROUP_OBSERVERS_NOW,
	BULLY_A_GROUP_ASKED,

	__BULLY_A_GROUP_MAX,
	BULLY_A_GROUP_MAX = (__BULLY_A_GROUP_MAX - 1)
};

enum {
	BULLY_A_PEER_ID = 1,
	BULLY_A_PEER_IP4,
	BULLY_A_PEER_IP6,
	BULLY_A_PEER_SCOPE,
	BULLY_A_PEER_PORT,
	BULLY_A_PEER_ROLE,
	BULLY_A_PEER_STATE,
	BULLY_A_PEER_RTT,
	BULLY_A_PEER_LAST_SEEN,
	BULLY_A_PEER_DUPLICATE,
	BULLY_A_PEER_MISMATCH,
	BULLY_A_PEER_SESSION,
	BULLY_A_PEER_PAD,
	BULLY_A_PEER_VOTE,
	BULLY_A_PEER_HOLDDOWN_REMAINING,
	BULLY_A_PEER_VOTERS_DIFFER,
	BULLY_A_PEER_ADDRESS,
	BULLY_A_PEER_SOURCE_IP4,
	BULLY_A_PEER_SOURCE_IP6,
	BULLY_A_PEER_SOURCE_SCOPE,
	BULLY_A_PEER_SOURCE_PORT,
	BULLY_A_PEER_SCOPE_NAME,
	BULLY_A_PEER_PRIORITY,
	BULLY_A_PEER_POSITION_TERM,
	BULLY_A_PEER_POSITION_INDEX,

	__BULLY_A_PEER_MAX,
	BULLY_A_PEER_MAX = (__BULLY_A_PEER_MAX - 1)
};

enum {
	BULLY_A_GUARD_IP4 = 1,
	BULLY_A_GUARD_IP6,

	__BULLY_A_GUARD_MAX,
	BULLY_A_GUARD_MAX = (__BULLY_A_GUARD_MAX - 1)
};

enum {
	BULLY_A_KEY_ID = 1,
	BULLY_A_KEY_DATA,
	BULLY_A_KEY_ACTIVE,

	__BULLY_A_KEY_MAX,
	BULLY_A_KEY_MAX = (__BULLY_A_KEY_MAX - 1)
};

enum {
	BULLY_A_OWNER_DEADLINE = 1,
	BULLY_A_OWNER_PORTID,
	BULLY_A_OWNER_REMAINING,
	BULLY_A_OWNER_PAD,
	BULLY_A_OWNER_NAME,
	BULLY_A_OWNER_WILLING,
	BULLY_A_OWNER_FORGET,
	BULLY_A_OWNER_STATE,
	BULLY_A_OWNER_WEIGHT,
	BULLY_A_OWNER_POSITION_TERM,
	BULLY_A_OWNER_POSITION_INDEX,

	__BULLY_A_OWNER_MAX,
	BULLY_A_OWNER_MAX = (__BULLY_A_OWNER_MAX - 1)
};

enum {
	BULLY_A_CHANGE_TIME = 1,
	BULLY_A_CHANGE_WALL,
	BULLY_A_CHANGE_LEADER,
	BULLY_A_CHANGE_EPOCH,
	BULLY_A_CHANGE_STATE,
	BULLY_A_CHANGE_REASON,
	BULLY_A_CHANGE_PAD,

	__BULLY_A_CHANGE_MAX,
	BULLY_A_CHANGE_MAX = (__BULLY_A_CHANGE_MAX - 1)
};

enum {
	BULLY_A_STATS_TX = 1,
	BULLY_A_STATS_RX,
	BULLY_A_STATS_DROPS,
	BULLY_A_STATS_ELECTIONS,
	BULLY_A_STATS_LEADER_CHANGES,
	BULLY_A_STATS_LATE_MAX,
	BULLY_A_STATS_LATE_BUCKET,
	BULLY_A_STATS_VOIDED,
	BULLY_A_STATS_EVENT_OVERRUNS,
	BULLY_A_STATS_TX_ERRORS,
	BULLY_A_STATS_TX_OVERRUNS,
	BULLY_A_STATS_DUPLICATES,
	BULLY_A_STATS_MISMATCHES,
	BULLY_A_STATS_CLAIMS_LIMITED,
	BULLY_A_STATS_PAD,
	BULLY_A_STATS_OWN_ID_IP4,
	BULLY_A_STATS_OWN_ID_IP6,
	BULLY_A_STATS_OWN_ID_SCOPE,
	BULLY_A_STATS_OWN_ID_PORT,
	BULLY_A_STATS_OWN_ID_TIME,
	BULLY_A_STATS_GUARD_IN,
	BULLY_A_STATS_GUARD_OUT,
	BULLY_A_STATS_GUARD_NEIGH,
	BULLY_A_STATS_OBSERVERS_REFUSED,

	__BULLY_A_STATS_MAX,
	BULLY_A_STATS_MAX = (__BULLY_A_STATS_MAX - 1)
};

enum {
	BULLY_A_PEER_STATS_TX = 1,
	BULLY_A_PEER_STATS_RX,
	BULLY_A_PEER_STATS_DROPS,
	BULLY_A_PEER_STATS_SESSIONS,
	BULLY_A_PEER_STATS_DOWNS,
	BULLY_A_PEER_STATS_PAD,

	__BULLY_A_PEER_STATS_MAX,
	BULLY_A_PEER_STATS_MAX = (__BULLY_A_PEER_STATS_MAX - 1)
};

enum {
	BULLY_A_NET_STATS_DROPS = 1,
	BULLY_A_NET_STATS_SOCKETS,
	BULLY_A_NET_STATS_PAD,

	__BULLY_A_NET_STATS_MAX,
	BULLY_A_NET_STATS_MAX = (__BULLY_A_NET_STATS_MAX - 1)
};

enum {
	BULLY_A_MESSAGES_ELECTION = 1,
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
	BULLY_A_MESSAGES_MAX = (__BULLY_A_MESSAGES_MAX - 1)
};

enum {
	BULLY_A_DROPS_LENGTH = 1,
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
	BULLY_A_DROPS_MAX = (__BULLY_A_DROPS_MAX - 1)
};

enum {
	BULLY_A_REASONS_START = 1,
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
	BULLY_A_REASONS_OWNER_UNWILLING,
	BULLY_A_REASONS_PAD,

	__BULLY_A_REASONS_MAX,
	BULLY_A_REASONS_MAX = (__BULLY_A_REASONS_MAX - 1)
};

enum {
	BULLY_CMD_GROUP_GET = 1,
	BULLY_CMD_GROUP_NEW,
	BULLY_CMD_GROUP_SET,
	BULLY_CMD_GROUP_DEL,
	BULLY_CMD_PEER_GET,
	BULLY_CMD_PEER_NEW,
	BULLY_CMD_PEER_SET,
	BULLY_CMD_PEER_DEL,
	BULLY_CMD_ELECT,
	BULLY_CMD_RESIGN,
	BULLY_CMD_STATS_GET,
	BULLY_CMD_GROUP_NEW_NTF,
	BULLY_CMD_GROUP_DEL_NTF,
	BULLY_CMD_CONFIG_NTF,
	BULLY_CMD_LEADER_NTF,
	BULLY_CMD_STATE_NTF,
	BULLY_CMD_PEER_NTF,
	BULLY_CMD_OWN,
	BULLY_CMD_OWN_REFRESH,
	BULLY_CMD_DISOWN,
	BULLY_CMD_GROUP_REPLACE,
	BULLY_CMD_HISTORY_GET,

	__BULLY_CMD_MAX,
	BULLY_CMD_MAX = (__BULLY_CMD_MAX - 1)
};

#define BULLY_MCGRP_EVENTS	"events"

#endif /* _UAPI_LINUX_BULLY_H */
