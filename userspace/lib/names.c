// SPDX-License-Identifier: LGPL-2.1-or-later
/* The words for the numbers of bully.h. */
#include "internal.h"

static const char *name_of(const char *const *names, size_t len, unsigned int v)
{
	return v < len && names[v] ? names[v] : "unknown";
}

#define NAMES(func, ...)                                                                           \
	const char *func(unsigned int v)                                                           \
	{                                                                                          \
		static const char *const names[] = {__VA_ARGS__};                                  \
                                                                                                   \
		return name_of(names, ARRAY_SIZE(names), v);                                       \
	}

NAMES(bully_role_name, [BULLY_ROLE_CANDIDATE] = "candidate", [BULLY_ROLE_WITNESS] = "witness",
      [BULLY_ROLE_OBSERVER] = "observer")

NAMES(bully_state_name, [BULLY_STATE_INIT] = "init", [BULLY_STATE_ELECTION] = "election",
      [BULLY_STATE_WAITING] = "waiting", [BULLY_STATE_FOLLOWER] = "follower",
      [BULLY_STATE_LEADER] = "leader")

NAMES(bully_peer_state_name, [BULLY_PEER_STATE_UNKNOWN] = "unknown", [BULLY_PEER_STATE_UP] = "up",
      [BULLY_PEER_STATE_DOWN] = "down")

NAMES(bully_quorum_name, [BULLY_QUORUM_OFF] = "off", [BULLY_QUORUM_MAJORITY] = "majority")

NAMES(bully_election_name, [BULLY_ELECTION_BULLY] = "bully", [BULLY_ELECTION_RAFT] = "raft")

NAMES(bully_vote_name, [BULLY_VOTE_NONE] = "none", [BULLY_VOTE_GRANTED] = "granted",
      [BULLY_VOTE_HELD] = "held", [BULLY_VOTE_ABSTAINS] = "abstains", [BULLY_VOTE_EPOCH] = "epoch",
      [BULLY_VOTE_MEMBERS] = "members", [BULLY_VOTE_UNHEARD] = "unheard",
      [BULLY_VOTE_LEADS] = "leads", [BULLY_VOTE_AHEAD] = "ahead", [BULLY_VOTE_HEARS] = "hears",
      [BULLY_VOTE_FULL] = "full")

NAMES(bully_address_name, [BULLY_ADDRESS_OK] = "ok", [BULLY_ADDRESS_OTHER_SOURCE] = "other-source",
      [BULLY_ADDRESS_ELSEWHERE] = "elsewhere", [BULLY_ADDRESS_MISTAKEN] = "mistaken")

NAMES(bully_auth_name, [BULLY_AUTH_OFF] = "off", [BULLY_AUTH_RECEIVE_ONLY] = "receive-only",
      [BULLY_AUTH_PERMISSIVE] = "permissive", [BULLY_AUTH_ENFORCE] = "enforce")

NAMES(bully_candidate_name, [BULLY_CANDIDATE_OFF] = "off", [BULLY_CANDIDATE_ON] = "on",
      [BULLY_CANDIDATE_OWNER] = "owner")

NAMES(bully_link_name, [BULLY_LINK_UP] = "up", [BULLY_LINK_NO_PEERS] = "no-peers",
      [BULLY_LINK_NO_ADDRESS] = "no-address", [BULLY_LINK_NO_CARRIER] = "no-carrier",
      [BULLY_LINK_NO_DEVICE] = "no-device")

NAMES(bully_reason_name, [BULLY_REASON_NONE] = "none", [BULLY_REASON_START] = "start",
      [BULLY_REASON_LEADER_TIMEOUT] = "leader-timeout", [BULLY_REASON_RESIGNED] = "resigned",
      [BULLY_REASON_PREEMPTED] = "preempted", [BULLY_REASON_ADMIN] = "admin",
      [BULLY_REASON_OWNER_EXIT] = "owner-exit", [BULLY_REASON_LEASE_LOST] = "lease-lost",
      [BULLY_REASON_LINK_DOWN] = "link-down", [BULLY_REASON_CONFIG] = "config",
      [BULLY_REASON_SHUTDOWN] = "shutdown", [BULLY_REASON_OWNER_LATE] = "owner-late",
      [BULLY_REASON_DUPLICATE_ID] = "duplicate-id", [BULLY_REASON_TIME_DOUBT] = "time-doubt",
      [BULLY_REASON_HANDOVER] = "handover", [BULLY_REASON_SUPERSEDED] = "superseded",
      [BULLY_REASON_OWNER_UNWILLING] = "owner-unwilling")

NAMES(bully_owner_state_name, [BULLY_OWNER_STATE_OK] = "ok",
      [BULLY_OWNER_STATE_UNWILLING] = "unwilling", [BULLY_OWNER_STATE_LATE] = "late",
      [BULLY_OWNER_STATE_VACANT] = "vacant")

NAMES(bully_msg_name, [BULLY_MSG_ELECTION] = "election", [BULLY_MSG_OK] = "ok",
      [BULLY_MSG_COORDINATOR] = "coordinator", [BULLY_MSG_COORDINATOR_ACK] = "coordinator-ack",
      [BULLY_MSG_HEARTBEAT] = "heartbeat", [BULLY_MSG_HEARTBEAT_ACK] = "heartbeat-ack",
      [BULLY_MSG_REFUSE] = "refuse", [BULLY_MSG_RESIGN] = "resign", [BULLY_MSG_HELLO] = "hello",
      [BULLY_MSG_HELLO_ACK] = "hello-ack")

NAMES(bully_drop_name, [BULLY_DROP_NONE] = "none", [BULLY_DROP_LENGTH] = "length",
      [BULLY_DROP_MAGIC] = "magic", [BULLY_DROP_VERSION] = "version",
      [BULLY_DROP_MALFORMED] = "malformed", [BULLY_DROP_GROUP] = "group",
      [BULLY_DROP_OWN_ID] = "own-id", [BULLY_DROP_PEER] = "peer",
      [BULLY_DROP_RECEIVER] = "receiver", [BULLY_DROP_AUTH] = "auth",
      [BULLY_DROP_SESSION] = "session", [BULLY_DROP_UNPROVED] = "unproved",
      [BULLY_DROP_REPLAY] = "replay", [BULLY_DROP_ECHO] = "echo",
      [BULLY_DROP_UNEXPECTED] = "unexpected", [BULLY_DROP_LIMITED] = "limited",
      [BULLY_DROP_INACTIVE] = "inactive")

NAMES(bully_event_name, [BULLY_EVENT_SNAPSHOT] = "snapshot", [BULLY_EVENT_RESYNC] = "resync",
      [BULLY_EVENT_GROUP_NEW] = "group-new", [BULLY_EVENT_GROUP_DEL] = "group-del",
      [BULLY_EVENT_CONFIG] = "config", [BULLY_EVENT_LEADER] = "leader",
      [BULLY_EVENT_STATE] = "state", [BULLY_EVENT_PEER] = "peer")

NAMES(bully_cause_name, [BULLY_CAUSE_NONE] = "none", [BULLY_CAUSE_OVERRUN] = "overrun",
      [BULLY_CAUSE_GAP] = "gap", [BULLY_CAUSE_MODULE_GONE] = "module-gone",
      [BULLY_CAUSE_MODULE_LOADED] = "module-loaded")

/* Returns the user's word for an attribute, or an empty string. @inner is 0 for @top itself. */
const char *bully_attr_name(unsigned int top, unsigned int inner)
{
	const char *name = NULL;

	if (top == BULLY_A_GROUP && !inner)
		return "group";
	if (top == BULLY_A_PEER && !inner)
		return "peer";
	if (top == BULLY_A_GROUP && inner <= BULLY_A_GROUP_MAX)
		name = bully_group_attrs[inner].word;
	if (top == BULLY_A_PEER && inner <= BULLY_A_PEER_MAX)
		name = bully_peer_attrs[inner].word;
	if (top == BULLY_A_OWNER && !inner)
		name = "owner";
	if (top == BULLY_A_OWNER && inner == BULLY_A_OWNER_DEADLINE)
		name = "deadline";
	if (top == BULLY_A_OWNER && inner == BULLY_A_OWNER_NAME)
		name = "owner";
	return name ? name : "";
}
